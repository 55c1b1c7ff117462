/* lines: the layers that are drawn with a pen. Every painter gets CSS pixels, clipped to the plot. */

const dashes = (layer) => layer.dashed || layer.role === "truth"; // truth is dashed wherever it is a line

function trace(s, g, xy, from, to) {
  for (let i = from; i < to; i++) {
    const [px, py] = [toX(s, xy[2 * i]), toY(s, xy[2 * i + 1])];
    if (i === from) g.moveTo(px, py);
    else g.lineTo(px, py);
  }
}

function paintContours(s, g, layer, {xy, start, level}) {
  if (!xy || !start) return;
  const top = level?.length ? level.reduce((a, b) => Math.max(a, b)) : 1;
  for (let p = 0; p + 1 < start.length; p++) {
    const share = level ? Math.max(0, level[p] / (top || 1)) : 1;
    ink(s, g, s.theme.role(layer.role), 1.25, {dashed: dashes(layer), alpha: 0.45 + 0.55 * share});
    g.beginPath();
    trace(s, g, xy, start[p], start[p + 1]);
    g.stroke();
  }
}

/** Half-axes and angle, on the screen, of the one-sigma ellipse of covariance `c` (at offset `o`). */
function ellipseOf(s, c, o) {
  const [kx, ky] = [toX(s, 1) - toX(s, 0), toY(s, 1) - toY(s, 0)];
  const [a, b, d] = [c[o] * kx * kx, c[o + 1] * kx * ky, c[o + 3] * ky * ky];
  const [mid, half] = [(a + d) / 2, Math.hypot((a - d) / 2, b)];
  return {major: Math.sqrt(Math.max(0, mid + half)), minor: Math.sqrt(Math.max(0, mid - half)), angle: Math.atan2(2 * b, a - d) / 2};
}

const classColour = (s, layer, i) => (layer.role === "classes" ? s.theme.cls(i) : s.theme.role(layer.role));

function paintEllipses(s, g, layer, {mean, cov, weight}) {
  if (!mean || !cov) return;
  const k = mean.length / 2;
  for (let i = 0; i < k; i++) {
    const [px, py] = [toX(s, mean[2 * i]), toY(s, mean[2 * i + 1])];
    const {major, minor, angle} = ellipseOf(s, cov, 4 * i);
    if (!Number.isFinite(px + py + major + minor)) continue;
    const strength = weight ? Math.sqrt(Math.min(1, Math.max(0, weight[i] * k))) : 1;
    layer.sigmas.forEach((sigma, n) => {
      const width = (n ? 1.25 : 2.25) * (0.6 + 0.4 * strength);
      g.beginPath();
      g.ellipse(px, py, sigma * major, sigma * minor, angle, 0, 2 * Math.PI);
      ink(s, g, s.theme.stage, width + 2, {alpha: 0.6}); // a halo, so that the line stands out from its own points
      g.stroke();
      ink(s, g, classColour(s, layer, i), width, {dashed: dashes(layer), alpha: (0.35 + 0.65 * strength) * (n ? 0.75 : 1)});
      g.stroke();
    });
    badge(s, g, px, py, String(i + 1), classColour(s, layer, i));
  }
}

/** A small numbered disc. */
function badge(s, g, px, py, text, colour, radius = 8) {
  g.beginPath();
  g.arc(px, py, radius, 0, 2 * Math.PI);
  g.fillStyle = css(colour);
  g.fill();
  ink(s, g, s.theme.stage, 1.5);
  g.stroke();
  g.fillStyle = luminance(colour) > 0.5 ? "#101318" : "#ffffff";
  g.font = `600 10.5px ${s.font}`;
  g.textAlign = "center";
  g.textBaseline = "middle";
  g.fillText(text, px, py + 0.5);
}

function paintCurves(s, g, layer, {x, y}) {
  if (!x || !y) return;
  const m = x.length;
  for (let c = 0; c < y.length / m; c++) {
    ink(s, g, classColour(s, layer, c), 2, {dashed: dashes(layer)});
    g.beginPath();
    for (let i = 0; i < m; i++) {
      const value = y[c * m + i];
      if (!Number.isFinite(value)) continue;
      g.lineTo(toX(s, x[i]), toY(s, value));
    }
    g.stroke();
  }
}

function paintHistogram(s, g, layer, {edges, heights}) {
  if (!edges || !heights) return;
  const base = toY(s, 0);
  const colour = s.theme.role(layer.role);
  g.fillStyle = css(colour, 0.28);
  ink(s, g, colour, 1, {alpha: 0.55});
  for (let i = 0; i < heights.length; i++) {
    const [left, right, top] = [toX(s, edges[i]), toX(s, edges[i + 1]), toY(s, heights[i])];
    g.fillRect(left + 0.5, top, right - left - 1, base - top);
    g.strokeRect(left + 0.5, top, right - left - 1, base - top);
  }
}

function paintArrows(s, g, layer, {xy, uv}) {
  if (!xy || !uv) return;
  ink(s, g, s.theme.role(layer.role), 1.25, {alpha: 0.85});
  g.beginPath();
  for (let i = 0; i < xy.length; i += 2) {
    const [ax, ay] = [toX(s, xy[i]), toY(s, xy[i + 1])];
    const [bx, by] = [toX(s, xy[i] + uv[i]), toY(s, xy[i + 1] + uv[i + 1])];
    const length = Math.hypot(bx - ax, by - ay);
    if (!(length > 0.5)) continue;
    const head = Math.min(6, 0.4 * length) / length;
    const [hx, hy] = [(bx - ax) * head, (by - ay) * head];
    g.moveTo(ax, ay);
    g.lineTo(bx, by);
    g.moveTo(bx - hx - hy * 0.6, by - hy + hx * 0.6);
    g.lineTo(bx, by);
    g.lineTo(bx - hx + hy * 0.6, by - hy - hx * 0.6);
  }
  g.stroke();
}

function paintMesh(s, g, layer, {grid}) {
  if (!grid) return;
  const [gh, gw] = grid.shape;
  ink(s, g, s.theme.role(layer.role), 1, {alpha: 0.55});
  g.beginPath();
  for (let i = 0; i < gh; i++) trace(s, g, grid, i * gw, (i + 1) * gw);
  for (let j = 0; j < gw; j++) {
    for (let i = 0; i < gh; i++) {
      const k = 2 * (i * gw + j);
      if (i) g.lineTo(toX(s, grid[k]), toY(s, grid[k + 1]));
      else g.moveTo(toX(s, grid[k]), toY(s, grid[k + 1]));
    }
  }
  g.stroke();
}

function paintPaths(s, g, layer, {xy}) {
  if (!xy) return;
  const [p, length] = xy.shape;
  for (let i = 0; i < p; i++) {
    ink(s, g, classColour(s, layer, i), 1.25, {dashed: dashes(layer), alpha: p > 60 ? 0.3 : 0.7});
    g.beginPath();
    trace(s, g, xy, i * length, (i + 1) * length);
    g.stroke();
  }
}
