/* floats: half-precision weights, the error function, and the normal distribution's quantiles. */

/** The value of every half float, made at the first use. */
let halves = null;
function halfTable() {
  if (halves) return halves;
  halves = new Float32Array(65536);
  for (let bits = 0; bits < 65536; bits++) {
    const [sign, exponent, fraction] = [bits & 0x8000 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
    const size = exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -14 * (fraction / 1024);
    halves[bits] = exponent === 31 ? (fraction ? NaN : sign * Infinity) : sign * size;
  }
  return halves;
}

/** Weights as numbers, whether they came as single or as half floats. */
function numbers(array) {
  if (!(array instanceof Uint16Array)) return array;
  const table = halfTable();
  const out = new Float32Array(array.length);
  for (let i = 0; i < out.length; i++) out[i] = table[array[i]];
  return out;
}

/** erf to 1.2e-7: rational approximation 7.1.26 of Abramowitz and Stegun (1964), the sign taken out. */
function erf(x) {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const tail = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  return Math.sign(x) * (1 - tail * Math.exp(-x * x));
}

/** The standard normal's distribution function and its inverse, by bisection: a pointer asks for two a move. */
const phi = (z) => 0.5 * (1 + erf(z / Math.SQRT2));
function quantile(u, reach) {
  let [lo, hi] = [-reach, reach];
  for (let i = 0; i < 40; i++) {
    const z = (lo + hi) / 2;
    if (phi(z) < u) lo = z;
    else hi = z;
  }
  return (lo + hi) / 2;
}
