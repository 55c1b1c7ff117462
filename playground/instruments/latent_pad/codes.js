/* codes: the encoded data on the plane, as discs or as thumbnails. A Codes layer is a Points layer whose places are two
   of the latent numbers. */

const THUMB = [26, 44]; // CSS pixels of a thumbnail, far and near
const NEARBY = 2.5; // zoom from which points become thumbnails
const GAP = 3; // CSS pixels between two thumbnails

/** A latent number as a coordinate of the plane, and back: itself, or its quantile under the prior. */
const toPlane = (s, z) => (s.quantiles ? phi(z) : z);
const fromPlane = (s, u) => (s.quantiles ? quantile(Math.min(1, Math.max(0, u)), s.decoder.reach) : u);

/** The codes with their places on the plane that is looked at; a class that is switched off has none. */
function placeCodes(s, layer, now) {
  if (!now.z) return now;
  const d = s.decoder.latent;
  const n = now.z.length / d;
  const xy = s.places?.length === 2 * n ? s.places : (s.places = new Float32Array(2 * n));
  const [i, j] = s.axes;
  for (let k = 0; k < n; k++) {
    const shown = !now.cls || !s.without.has(now.cls[k]);
    xy[2 * k] = shown ? toPlane(s, now.z[k * d + i]) : NaN;
    xy[2 * k + 1] = toPlane(s, now.z[k * d + j]);
  }
  return {...now, xy};
}

const codesLayer = (s) => s.scene.layers.find((layer) => layer.own === "Codes");

/** What the picture of datum `k` is called. */
const pictureName = (s, k) => `picture ${(codesLayer(s).arrays.numbers?.[k] ?? k + 1).toLocaleString("en")}`;

/** The latent numbers of datum `k` now. */
function codeOf(s, k) {
  const d = s.decoder.latent;
  return Array.from(s.shown[codesLayer(s).name].z.subarray(k * d, (k + 1) * d));
}

function paintCodes(s, g, layer, now) {
  if (!now.xy) return;
  if (layer.arrays.pictures && (s.thumbnails || zoomOf(s) >= NEARBY)) paintThumbnails(s, g, layer, now);
  else {
    paintPoints(s, g, {...layer, size: layer.size * Math.min(1.6, Math.sqrt(zoomOf(s)))}, now);
    nameClasses(s, g, layer, now);
  }
  if (s.point !== null && 2 * s.point < now.xy.length) ring(s, g, now.xy, s.point);
}

function ring(s, g, xy, k) {
  const [px, py] = [toX(s, xy[2 * k]), toY(s, xy[2 * k + 1])];
  if (!Number.isFinite(px + py)) return;
  ink(s, g, s.theme.text, 1.5);
  g.beginPath();
  g.arc(px, py, 9, 0, 2 * Math.PI);
  g.stroke();
}

/** All thumbnails side by side in one canvas, made once. */
function atlasOf(s, layer) {
  const {pictures} = layer.arrays;
  if (s.atlas?.pictures === pictures) return s.atlas;
  const [n, h, w, c] = pictures.shape;
  const columns = Math.max(1, Math.ceil(Math.sqrt(n)));
  const canvas = newCanvas();
  fit(canvas, columns * w, Math.ceil(n / columns) * h, 1);
  const g = canvas.getContext("2d");
  const image = g.createImageData(canvas.width, canvas.height);
  for (let k = 0, i = 0; k < n; k++) {
    for (let y = 0; y < h; y++) {
      let p = 4 * ((Math.floor(k / columns) * h + y) * canvas.width + (k % columns) * w);
      for (let x = 0; x < w; x++, p += 4, i += c) {
        for (let q = 0; q < 3; q++) image.data[p + q] = pictures[i + (c === 3 ? q : 0)];
        image.data[p + 3] = 255;
      }
    }
  }
  g.putImageData(image, 0, 0);
  return (s.atlas = {pictures, canvas, columns, n, h, w});
}

/** Is there room for a thumbnail at (px, py)? Asked of the nine cells about it; if so, the place is taken. */
function takeRoom(taken, px, py, side) {
  const [i, j] = [Math.floor(px / side), Math.floor(py / side)];
  for (let a = i - 1; a <= i + 1; a++) {
    for (let b = j - 1; b <= j + 1; b++) {
      const other = taken.get(a * 4096 + b);
      if (other && Math.abs(other[0] - px) < side && Math.abs(other[1] - py) < side) return false;
    }
  }
  taken.set(i * 4096 + j, [px, py]);
  return true;
}

/** Thumbnails where there is room, the first data first. */
function paintThumbnails(s, g, layer, {xy, cls}) {
  const {canvas, columns, n, h, w} = atlasOf(s, layer);
  const side = THUMB[zoomOf(s) >= 2 * NEARBY ? 1 : 0];
  const [wide, tall] = [side * Math.min(1, w / h), side * Math.min(1, h / w)];
  const taken = new Map();
  g.imageSmoothingEnabled = false;
  for (let k = 0; k < n; k++) {
    const [px, py] = [toX(s, xy[2 * k]), toY(s, xy[2 * k + 1])];
    if (!inside(s, [px, py]) || !takeRoom(taken, px, py, side + GAP)) continue;
    g.fillStyle = css(cls ? s.theme.cls(cls[k]) : s.theme.roles.data);
    g.fillRect(px - wide / 2 - 1.5, py - tall / 2 - 1.5, wide + 3, tall + 3);
    g.drawImage(canvas, (k % columns) * w, Math.floor(k / columns) * h, w, h, px - wide / 2, py - tall / 2, wide, tall);
  }
}

/** Each class's name at the median of its points, with a halo: no legend to look up. One that would cover another is left out. */
function nameClasses(s, g, layer, {xy, cls}) {
  if (!cls || !layer.classes.length) return;
  const middle = (values) => values.sort()[values.length >> 1];
  const groups = layer.classes.map(() => [[], []]);
  for (let k = 0; k < cls.length; k++) {
    if (!Number.isFinite(xy[2 * k]) || !groups[cls[k]]) continue;
    groups[cls[k]][0].push(xy[2 * k]);
    groups[cls[k]][1].push(xy[2 * k + 1]);
  }
  g.font = `600 13px ${s.font}`;
  g.textAlign = "center";
  g.textBaseline = "middle";
  const written = [];
  groups.forEach(([x, y], c) => {
    if (!x.length) return;
    const [px, py] = [toX(s, middle(Float32Array.from(x))), toY(s, middle(Float32Array.from(y)))];
    const half = g.measureText(layer.classes[c]).width / 2;
    if (written.some((w) => Math.abs(w.px - px) < w.half + half && Math.abs(w.py - py) < 14)) return;
    written.push({px, py, half});
    ink(s, g, s.theme.stage, 4, {alpha: 0.9});
    g.strokeText(layer.classes[c], px, py);
    g.fillStyle = css(s.theme.text);
    g.fillText(layer.classes[c], px, py);
  });
}
