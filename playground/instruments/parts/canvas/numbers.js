/* numbers: as text, as ticks, and whether they are the same. */

const SUPERSCRIPTS = {"-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹"};

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

/** A number by a power of ten, its other factor with fixed decimals. */
function powered(value, power, decimals) {
  if (!Number.isFinite(value) || value === 0) return fixed(value, 0);
  const raised = [...String(power)].map((sign) => SUPERSCRIPTS[sign]).join("");
  return `${fixed(value / 10 ** power, Math.max(0, Math.min(15, decimals)))} × 10${raised}`;
}

/** A number to a `parts`-th of a range; by its power of ten where decimals would be more than six, or its size vast. */
function resolved(value, range, parts = 1000) {
  const decimals = Math.ceil(-Math.log10(range / parts) - 1e-9);
  const size = Math.floor(Math.log10(Math.abs(value)));
  if (!(range > 0) || (decimals <= 6 && !(size >= 7))) return fixed(value, decimalsFor(range, parts));
  return powered(value, size, size + decimals);
}

/** The numbers at an axis, all in one style: with decimals, or where those were long by one power of ten. */
function tickTexts({values, decimals}) {
  const size = Math.floor(Math.log10(Math.max(...values.map(Math.abs))) + 1e-9);
  if (decimals <= 5 && !(size >= 6)) return values.map((value) => fixed(value, Math.max(0, decimals)));
  return values.map((value) => powered(Math.abs(value) < 1e-9 * 10 ** size ? 0 : value, size, size + decimals));
}

/** Round numbers in [lo, hi], about `count` of them; where that leaves fewer than three, or all asked for, closer ones. */
function ticks(lo, hi, count) {
  const rough = (hi - lo) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const inside = (step) => Math.floor(hi / step + 1e-9) - Math.ceil(lo / step - 1e-9) + 1;
  const steps = [10, 5, 2, 1, 0.5, 0.2].map((k) => k * power);
  const first = steps.findLastIndex((each) => each >= rough);
  const step = steps.slice(first).find((each) => inside(each) >= Math.min(3, count)) ?? steps.at(-1);
  const values = [];
  for (let k = Math.ceil(lo / step - 1e-9); k * step <= hi + 1e-9 * step; k++) values.push(k * step);
  return {values, decimals: -Math.floor(Math.log10(step) + 1e-9)};
}

const sameNumbers = (a, b) => a?.length === b?.length && a.every((v, i) => v === b[i]);
