/* chart: the frames' metrics as curves under the player. The past is ink, the future is pale, the cursor scrubs. */

const CHART = {height: 110, top: 8, bottom: 18};

/** Vertical ranges: lines of one unit share a scale. */
function chartScales(s) {
  const scales = {};
  for (const line of s.scene.lines) {
    const scale = (scales[line.unit] ??= {lo: Infinity, hi: -Infinity});
    for (const frame of s.frames) {
      const v = frame.metrics[line.metric];
      if (v === null || v === undefined) continue;
      if (v < scale.lo) scale.lo = v;
      if (v > scale.hi) scale.hi = v;
    }
  }
  for (const scale of Object.values(scales)) {
    if (scale.lo > scale.hi) [scale.lo, scale.hi] = [0, 1];
    const pad = 0.06 * (scale.hi - scale.lo) || 0.5;
    scale.lo -= pad;
    scale.hi += pad;
  }
  return scales;
}

const chartX = (s, i) => MARGIN.left + 5 + (i / Math.max(1, lastOf(s))) * (s.chart.width - MARGIN.left - MARGIN.right - 10);
const chartY = (scale, v) =>
  CHART.top + ((scale.hi - v) / (scale.hi - scale.lo)) * (CHART.height - CHART.top - CHART.bottom);

/** All curves in full, once for every message, size or theme; playing only copies them. */
function drawCurves(s) {
  const {canvas, width} = s.chart;
  const dpr = s.geo.dpr;
  fit(canvas, width, CHART.height, dpr);
  const g = canvas.getContext("2d");
  g.setTransform(dpr, 0, 0, dpr, 0, 0);
  g.clearRect(0, 0, width, CHART.height);
  for (const line of s.scene.lines) {
    const scale = s.chart.scales[line.unit];
    ink(s, g, s.theme.role(line.role), 1.75, {dashed: line.dashed || line.role === "truth"});
    g.beginPath();
    let open = false;
    s.frames.forEach((frame, i) => {
      const v = frame.metrics[line.metric] ?? null;
      if (v !== null && open) g.lineTo(chartX(s, i), chartY(scale, v));
      else if (v !== null) g.moveTo(chartX(s, i), chartY(scale, v));
      open = v !== null;
    });
    g.stroke();
  }
}

function paintChartAxes(s, g) {
  const scales = Object.values(s.chart.scales);
  const {width} = s.chart;
  const bottom = CHART.height - CHART.bottom;
  g.font = `11px ${s.font}`;
  g.fillStyle = css(s.theme.quiet);
  g.strokeStyle = css(s.theme.grid);
  g.setLineDash([]);
  g.lineWidth = 1 / s.geo.dpr;
  g.textBaseline = "middle";
  g.textAlign = "right";
  if (scales.length === 1) {
    const up = ticks(scales[0].lo, scales[0].hi, 2);
    const texts = tickTexts(up);
    for (const [i, v] of up.values.entries()) {
      const y = chartY(scales[0], v);
      g.beginPath();
      g.moveTo(MARGIN.left, y);
      g.lineTo(width - MARGIN.right, y);
      g.stroke();
      writeWhole(g, texts[i], MARGIN.left - 7, y, width, s.theme.page);
    }
  }
  g.beginPath();
  g.moveTo(MARGIN.left, bottom + 0.5);
  g.lineTo(width - MARGIN.right, bottom + 0.5);
  g.stroke();
  g.textAlign = "left";
  g.fillText("frame 1", MARGIN.left, bottom + 10);
  g.textAlign = "right";
  g.fillText(String(s.frames.length), width - MARGIN.right, bottom + 10);
}

function paintChart(s) {
  if (s.el.strip.hidden || s.el.strip.classList.contains("idle")) return;
  const dpr = s.geo.dpr;
  if (s.chart.stale) {
    s.chart.width = s.el.strip.clientWidth;
    s.chart.scales = chartScales(s);
    fit(s.el.chart, s.chart.width, CHART.height, dpr);
    drawCurves(s);
    s.chart.stale = false;
  }
  const {width, canvas} = s.chart;
  const g = s.el.chart.getContext("2d");
  const cursor = chartX(s, s.pos);
  g.setTransform(dpr, 0, 0, dpr, 0, 0);
  g.clearRect(0, 0, width, CHART.height);
  paintChartAxes(s, g);
  g.globalAlpha = 0.28;
  g.drawImage(canvas, 0, 0, width, CHART.height);
  g.globalAlpha = 1;
  g.save();
  g.beginPath();
  g.rect(0, 0, cursor, CHART.height);
  g.clip();
  g.drawImage(canvas, 0, 0, width, CHART.height);
  g.restore();
  ink(s, g, s.theme.quiet, 1);
  g.beginPath();
  g.moveTo(cursor, CHART.top - 6);
  g.lineTo(cursor, CHART.height - CHART.bottom);
  g.stroke();
  paintDots(s, g, cursor);
}

function paintDots(s, g, cursor) {
  const i = Math.floor(s.pos);
  for (const line of s.scene.lines) {
    const a = s.frames[i]?.metrics[line.metric] ?? null;
    const b = s.frames[Math.min(lastOf(s), i + 1)]?.metrics[line.metric] ?? null;
    if (a === null || b === null) continue;
    g.beginPath();
    g.arc(cursor, chartY(s.chart.scales[line.unit], a + (b - a) * (s.pos - i)), 4, 0, 2 * Math.PI);
    g.fillStyle = css(s.theme.role(line.role));
    g.fill();
    ink(s, g, s.theme.page, 1.5);
    g.stroke();
  }
}

/** The legend of the chart: a swatch, a name, the value where the playhead is. */
function buildValues(s) {
  s.el.values.replaceChildren(
    ...s.scene.lines.map((line) => {
      const item = document.createElement("span");
      item.className = "value";
      item.innerHTML = `${swatch(s, {kind: "Curves", role: line.role, dashed: line.dashed})}<span></span><b></b><i></i>`;
      item.children[1].textContent = line.label;
      item.children[3].textContent = line.unit;
      return item;
    }),
  );
}

function showValues(s) {
  const metrics = s.frames[indexOf(s)]?.metrics ?? {};
  s.scene.lines.forEach((line, i) => {
    const scale = s.chart.scales?.[line.unit] ?? {lo: 0, hi: 1};
    s.el.values.children[i].children[2].textContent = resolved(metrics[line.metric] ?? NaN, scale.hi - scale.lo);
  });
}
