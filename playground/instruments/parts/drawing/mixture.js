/* mixture: sums of Gaussians, evaluated here, so that they follow the hand and stay exact between two frames. */

const NODES = 96; // nodes of a density along each side

/** Place, precision and peak of every component: rows of (mx, my, pxx, pxy, pyy, peak). */
function gaussians({mean, cov, weight}) {
  const k = weight.length;
  const rows = new Float64Array(6 * k);
  for (let i = 0; i < k; i++) {
    const [a, b, d] = [cov[4 * i], cov[4 * i + 1], cov[4 * i + 3]];
    const det = Math.max(a * d - b * b, 1e-300);
    rows.set([mean[2 * i], mean[2 * i + 1], d / det, -b / det, a / det, weight[i] / (2 * Math.PI * Math.sqrt(det))], 6 * i);
  }
  return rows;
}

function densityAt(rows, x, y) {
  let sum = 0;
  for (let o = 0; o < rows.length; o += 6) {
    const [dx, dy] = [x - rows[o], y - rows[o + 1]];
    const q = rows[o + 2] * dx * dx + 2 * rows[o + 3] * dx * dy + rows[o + 4] * dy * dy;
    if (q < 80) sum += rows[o + 5] * Math.exp(-0.5 * q);
  }
  return sum;
}

/** Responsibilities of the components for every point, in 255ths, by logarithms: far from all of them one still leads. */
function responsibilities(xy, now) {
  const rows = gaussians(now);
  const [n, k] = [xy.length / 2, rows.length / 6];
  const mix = Object.assign(new Uint8Array(n * k), {shape: [n, k]});
  const joint = new Float64Array(k);
  for (let i = 0; i < n; i++) {
    let top = -Infinity;
    for (let c = 0, o = 0; c < k; c++, o += 6) {
      const [dx, dy] = [xy[2 * i] - rows[o], xy[2 * i + 1] - rows[o + 1]];
      joint[c] = Math.log(rows[o + 5]) - 0.5 * (rows[o + 2] * dx * dx + 2 * rows[o + 3] * dx * dy + rows[o + 4] * dy * dy);
      top = Math.max(top, joint[c]);
    }
    let total = 0;
    for (let c = 0; c < k; c++) total += joint[c] = Math.exp(joint[c] - top);
    for (let c = 0; c < k; c++) mix[i * k + c] = Math.round((255 * joint[c]) / total);
  }
  return mix;
}

const beliefs = new WeakMap(); // means: the responsibilities last worked out for them

/** Points beside a mixture carry its responsibilities instead of it; equal arrays give the same object again. */
function believed(layer, now) {
  if (layer.kind !== "Points" || !now.mean) return now;
  const {mean, cov, weight, ...rest} = now;
  const found = beliefs.get(mean);
  if (found && found.cov === cov && found.weight === weight && found.xy === rest.xy) return {...rest, mix: found.mix};
  const mix = responsibilities(rest.xy, {mean, cov, weight});
  beliefs.set(mean, {cov, weight, xy: rest.xy, mix});
  return {...rest, mix};
}

/** The mixture on a grid over the axes, as a field. */
function paintDensity(s, g, layer, now) {
  if (!now.mean || !now.cov || !now.weight) return;
  const values = (s.scratch[`${layer.name}/values`] ??= Object.assign(new Float32Array(NODES * NODES), {shape: [NODES, NODES]}));
  const rows = gaussians(now);
  const [[x0, x1], [y0, y1]] = s.scene.bounds;
  const [dx, dy] = [(x1 - x0) / (NODES - 1), (y1 - y0) / (NODES - 1)];
  for (let j = 0, to = 0; j < NODES; j++) for (let i = 0; i < NODES; i++) values[to++] = densityAt(rows, x0 + i * dx, y0 + j * dy);
  paintField(s, g, layer, {values});
}

/** Weighted bell `i` at x. */
function bellAt({mean, var: variance, weight}, i, x) {
  const v = Math.max(variance[i], 1e-300);
  return (weight[i] / Math.sqrt(2 * Math.PI * v)) * Math.exp((-0.5 * (x - mean[i]) ** 2) / v);
}
const bellsAt = (now, x) => now.weight.reduce((sum, _, i) => sum + bellAt(now, i, x), 0);

function paintBells(s, g, layer, now) {
  if (!now.mean || !now.var || !now.weight) return;
  const {left, w} = s.geo;
  const base = toY(s, 0);
  const places = Array.from({length: Math.floor(w) + 1}, (_, i) => left + i); // and the means: a bell may be under a pixel wide
  for (const mean of now.mean) if (toX(s, mean) >= left && toX(s, mean) <= left + w) places.push(toX(s, mean));
  places.sort((a, b) => a - b);
  const draw = (height, colour, filled, width) => {
    g.beginPath();
    for (const px of places) g.lineTo(px, toY(s, height(fromX(s, px))));
    ink(s, g, colour, width, {dashed: dashes(layer)});
    g.stroke();
    if (!filled) return;
    g.lineTo(left + w, base);
    g.lineTo(left, base);
    g.fillStyle = css(colour, 0.16);
    g.fill();
  };
  if (layer.total) return draw((x) => bellsAt(now, x), s.theme.role(layer.role), false, 2.5);
  for (let i = 0; i < now.weight.length; i++) draw((x) => bellAt(now, i, x), classColour(s, layer, i), true, 1.75);
  for (let i = 0; i < now.weight.length; i++) {
    const [px, py] = [toX(s, now.mean[i]), toY(s, bellAt(now, i, now.mean[i]))];
    badge(s, g, px, Math.max(py, s.geo.top + 12), String(i + 1), classColour(s, layer, i));
  }
}

/** Draws from the mixture: the same u and z give the same draws at every frame, so that they glide. */
function paintDraws(s, g, layer, {mean, cov, weight, u, z}) {
  if (!mean || !cov || !weight || !u || !z) return;
  const k = weight.length;
  const xy = (s.scratch[`${layer.name}/xy`] ??= new Float64Array(2 * u.length));
  const total = weight.reduce((sum, w) => sum + w, 0);
  for (let n = 0; n < u.length; n++) {
    let i = 0;
    for (let sum = weight[0]; i < k - 1 && sum <= u[n] * total; ) sum += weight[++i];
    const l11 = Math.sqrt(Math.max(cov[4 * i], 0));
    const l21 = l11 ? cov[4 * i + 1] / l11 : 0;
    const l22 = Math.sqrt(Math.max(cov[4 * i + 3] - l21 * l21, 0));
    xy[2 * n] = mean[2 * i] + l11 * z[2 * n];
    xy[2 * n + 1] = mean[2 * i + 1] + l21 * z[2 * n] + l22 * z[2 * n + 1];
  }
  paintPoints(s, g, layer, {xy});
}
