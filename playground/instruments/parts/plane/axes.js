/* axes: ground, grid and numbers of the plane, and what stands at its axes. */

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
