/* numbers: as text, as ticks, and whether they are the same. */

/** A number with fixed decimals and a real minus sign. */
function fixed(value, decimals) {
  if (!Number.isFinite(value)) return "–";
  const text = value.toFixed(decimals);
  return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "−");
}

/** The decimals that resolve a hundredth (or `parts`) of a range. */
function decimalsFor(range, parts = 100) {
  return range > 0 ? Math.max(0, Math.min(6, Math.ceil(-Math.log10(range / parts) - 1e-9))) : 2;
}

/** Round numbers in [lo, hi], about `count` of them. */
function ticks(lo, hi, count) {
  const rough = (hi - lo) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((k) => k * power >= rough) ?? 10);
  const values = [];
  for (let k = Math.ceil(lo / step - 1e-9); k * step <= hi + 1e-9 * step; k++) values.push(k * step);
  return {values, decimals: Math.max(0, -Math.floor(Math.log10(step) + 1e-9))};
}

const sameNumbers = (a, b) => a?.length === b?.length && a.every((v, i) => v === b[i]);
