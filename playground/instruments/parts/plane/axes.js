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
  const name = cutTo(g, axisName(s, 0), 0.6 * w); // it stands at the axis's end
  const named = g.measureText(name).width;
  const texts = tickTexts({...across, values: across.values.map((x) => x - across0)});
  for (const [i, x] of across.values.entries()) {
    const px = crisp(toX(s, x));
    g.moveTo(px, top);
    g.lineTo(px, top + h);
    const half = g.measureText(texts[i]).width / 2;
    if (px + half < left + w - named - 8) writeWhole(g, texts[i], px, top + h + 13, width, theme.page);
  }
  g.textAlign = "right";
  const labels = [];
  const heights = tickTexts({...up, values: up.values.map((y) => y - up0)});
  for (const [i, y] of up.values.entries()) {
    const py = crisp(toY(s, y));
    g.moveTo(left, py);
    g.lineTo(left + w, py);
    labels.push([heights[i], Math.min(py, top + h - 5)]);
  }
  g.stroke();
  for (const [text, py] of labels) writeWhole(g, text, left - 7, py, width, theme.stage);
  g.fillStyle = css(theme.text);
  g.fillText(name, width - MARGIN.right, top + h + 13);
  g.textAlign = "left";
  g.fillText(cutTo(g, axisName(s, 1), w), left, top - 10);
}
