/* manifold: a grid of decoded pictures over the plane, made a few at a time so that no frame waits for it. */

const SLICE = 5; // milliseconds of decoding before the browser may do something else
const SETTLE = 120; // milliseconds of stillness before it is made again

/** Everything the grid depends on, as text. */
function manifoldKey(s) {
  const others = s.z.map((v, k) => (s.axes.includes(k) ? 0 : v));
  return JSON.stringify([s.run, indexOf(s), s.axes, others, s.labels, s.quantiles]);
}

/** The centres of the cells along one axis of the plane. */
function centres(s, side) {
  const [[lo, hi]] = s.scene.bounds;
  return Array.from({length: side}, (_, i) => fromPlane(s, lo + ((i + 0.5) / side) * (hi - lo)));
}

function paintManifold(s, g, layer) {
  if (manifoldKey(s) !== s.grid.key || networkOf(s, indexOf(s)) !== s.grid.network) askForManifold(s, layer);
  if (!s.grid.done) return;
  const [[x0, x1], [y0, y1]] = s.scene.bounds;
  g.imageSmoothingEnabled = s.grid.canvas.width > (toX(s, x1) - toX(s, x0)) * s.geo.dpr; // fewer pixels than it has: smooth
  g.imageSmoothingQuality = "medium";
  g.drawImage(s.grid.canvas, toX(s, x0), toY(s, y1), toX(s, x1) - toX(s, x0), toY(s, y0) - toY(s, y1));
}

function askForManifold(s, layer) {
  if (s.grid.waiting || !networkOf(s, indexOf(s))) return;
  s.grid.waiting = true;
  setTimeout(() => {
    s.grid.waiting = false;
    if (s.alive && s.on[layer.name] && networkOf(s, indexOf(s))) beginManifold(s, layer);
  }, s.grid.key ? SETTLE : 0);
}

/** Start over; the old pictures stay until a new one takes their place. */
function beginManifold(s, layer) {
  const {grid} = s;
  const {side} = layer;
  const [, h, w] = s.decoder.shape;
  if (fit(grid.canvas, side * w, side * h, 1)) grid.done = 0;
  grid.g = grid.canvas.getContext("2d");
  grid.tile = grid.g.createImageData(w, h);
  grid.slices = [];
  grid.key = manifoldKey(s);
  grid.network = networkOf(s, indexOf(s));
  const nodes = centres(s, side);
  const held = s.axes.map((axis) => s.z[axis]);
  const distance = ([i, j]) => (nodes[i] - held[0]) ** 2 + (nodes[j] - held[1]) ** 2;
  const cells = Array.from({length: side * side}, (_, k) => [k % side, Math.floor(k / side)]);
  grid.job = {frame: indexOf(s), nodes, side, z: [...s.z], cells: cells.sort((a, b) => distance(a) - distance(b)), at: 0};
  continueManifold(s, grid.job);
}

function continueManifold(s, job) {
  const {grid} = s;
  if (!s.alive || grid.job !== job) return;
  const began = performance.now();
  const [, h, w] = s.decoder.shape;
  const [i, j] = s.axes;
  let longest = 0;
  for (let now = began; job.at < job.cells.length && now - began + longest < SLICE + 1; ) {
    const [column, row] = job.cells[job.at++];
    job.z[i] = job.nodes[column];
    job.z[j] = job.nodes[row];
    drawPixels(s, decodeAt(s, job.z, s.labels, job.frame), grid.tile.data, w, 0, 0);
    grid.g.putImageData(grid.tile, column * w, (job.side - 1 - row) * h);
    grid.done++;
    const then = performance.now();
    longest = Math.max(longest, then - now);
    now = then;
    if (now - began >= SLICE) break;
  }
  grid.slices.push(performance.now() - began);
  touch(s, true);
  if (job.at < job.cells.length) setTimeout(() => continueManifold(s, job));
  else grid.made++;
}

/** The picture in column `i` and row `j` (from below) as its bytes. */
function tileOf(s, i, j, side) {
  const [, h, w] = s.decoder.shape;
  return Array.from(s.grid.g.getImageData(i * w, (side - 1 - j) * h, w, h).data);
}
