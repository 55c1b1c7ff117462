/* geometry: where the axes are on the screen, what part of them is in view, and their ticks. */

const MARGIN = {left: 38, right: 10, top: 22, bottom: 26}; // left + right = top + bottom: a square stage has a square plot

/** Fit canvas `c` to its box at device resolution; true if its size changed. */
function fit(c, width, height, dpr) {
  const w = Math.round(width * dpr);
  const h = Math.round(height * dpr);
  if (c.width === w && c.height === h) return false;
  c.width = w;
  c.height = h;
  return true;
}

/** Measure the plot's box; true if anything changed. */
function measure(s) {
  const width = s.el.plot.clientWidth;
  const height = s.el.plot.clientHeight;
  const dpr = s.coarse ? 1 : Math.min(3, devicePixelRatio || 1);
  if (s.geo && s.geo.width === width && s.geo.height === height && s.geo.dpr === dpr) return false;
  const {left, top} = MARGIN;
  const [w, h] = [Math.max(1, width - left - MARGIN.right), Math.max(1, height - top - MARGIN.bottom)];
  s.geo = {width, height, dpr, left, top, w, h};
  fit(s.el.picture, width, height, dpr);
  fit(s.el.over, width, height, dpr);
  return true;
}

const wholeView = (bounds) => ({x0: bounds[0][0], x1: bounds[0][1], y0: bounds[1][0], y1: bounds[1][1]});
const zoomOf = (s) => (s.scene.bounds[0][1] - s.scene.bounds[0][0]) / (s.view.x1 - s.view.x0);

/** Data to CSS pixels of the plot. */
const toX = (s, x) => s.geo.left + ((x - s.view.x0) / (s.view.x1 - s.view.x0)) * s.geo.w;
const toY = (s, y) => s.geo.top + ((s.view.y1 - y) / (s.view.y1 - s.view.y0)) * s.geo.h;
/** CSS pixels of the plot to data. */
const fromX = (s, px) => s.view.x0 + ((px - s.geo.left) / s.geo.w) * (s.view.x1 - s.view.x0);
const fromY = (s, py) => s.view.y1 - ((py - s.geo.top) / s.geo.h) * (s.view.y1 - s.view.y0);
/** A pointer event's place in the plot. */
function placeOf(s, event) {
  const box = s.el.plot.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
}
const inside = (s, [px, py]) =>
  px >= s.geo.left && px <= s.geo.left + s.geo.w && py >= s.geo.top && py <= s.geo.top + s.geo.h;

/** Scale the view by `factor` about a pixel and shift it by pixels, inside the bounds. */
function zoomBy(s, factor, [px, py], [dx, dy] = [0, 0]) {
  const all = wholeView(s.scene.bounds);
  const zoom = Math.min(50, Math.max(1, zoomOf(s) * factor));
  const axis = (lo, hi, at, place, shift) => {
    const span = (hi - lo) / zoom;
    const start = Math.min(hi - span, Math.max(lo, at - place * span - shift * span));
    return [start, start + span];
  };
  const u = (px - s.geo.left) / s.geo.w;
  const v = (s.geo.top + s.geo.h - py) / s.geo.h;
  const [x0, x1] = axis(all.x0, all.x1, fromX(s, px), u, dx / s.geo.w);
  const [y0, y1] = axis(all.y0, all.y1, fromY(s, py), v, -dy / s.geo.h);
  s.view = zoom === 1 ? all : {x0, x1, y0, y1};
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

/** The round number that an axis far from 0 is counted from, so that its ticks stay short; else 0. */
function baseOf([lo, hi]) {
  if (Math.abs(lo) + Math.abs(hi) <= 1000 * (hi - lo)) return 0;
  const unit = 10 ** Math.ceil(Math.log10(hi - lo));
  return Math.round((lo + hi) / 2 / unit) * unit;
}

/** What stands at an axis: its name, less the number it is counted from. */
function axisName(s, i) {
  const base = baseOf(s.scene.bounds[i]);
  const size = Math.abs(base).toLocaleString("en", {maximumFractionDigits: 12});
  return base ? `${s.scene.axes[i]} ${base > 0 ? "−" : "+"} ${size}` : s.scene.axes[i];
}

/** Ground, hairline grid and a few numbers. */
function paintAxes(s, g) {
  const {left, top, w, h, dpr, width} = s.geo;
  const {theme, view} = s;
  const crisp = (v) => (Math.round(v * dpr) + 0.5) / dpr;
  g.fillStyle = css(theme.stage);
  g.beginPath();
  g.roundRect(left, top, w, h, 6);
  g.fill();
  g.font = `11px ${s.font}`;
  g.lineWidth = 1 / dpr;
  g.strokeStyle = css(theme.grid);
  g.fillStyle = css(theme.quiet);
  const count = Math.max(4, Math.round(w / 110));
  const across = ticks(view.x0, view.x1, count);
  const up = ticks(view.y0, view.y1, Math.max(3, Math.round((count * h) / w)));
  g.textBaseline = "middle";
  g.beginPath();
  g.textAlign = "center";
  const [across0, up0] = s.scene.bounds.map(baseOf);
  const named = g.measureText(axisName(s, 0)).width; // the axis's name stands at its end
  for (const x of across.values) {
    const px = crisp(toX(s, x));
    g.moveTo(px, top);
    g.lineTo(px, top + h);
    if (px < left + w - named - 14) g.fillText(fixed(x - across0, across.decimals), px, top + h + 13);
  }
  g.textAlign = "right";
  for (const y of up.values) {
    const py = crisp(toY(s, y));
    g.moveTo(left, py);
    g.lineTo(left + w, py);
    g.fillText(fixed(y - up0, up.decimals), left - 7, Math.min(py, top + h - 5));
  }
  g.stroke();
  g.fillStyle = css(theme.text);
  g.fillText(axisName(s, 0), width - MARGIN.right, top + h + 13);
  g.textAlign = "left";
  g.fillText(axisName(s, 1), left, top - 10);
}
