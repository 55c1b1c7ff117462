/* geometry: where the plane is on the screen, and what part of it is in view. */

/** Measure the plot's box; true if anything changed. */
function measure(s) {
  const width = s.el.plot.clientWidth;
  const height = s.el.plot.clientHeight;
  const dpr = s.coarse ? 1 : ratio();
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
