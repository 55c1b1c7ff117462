/* discs: thousands of antialiased discs, stamped as pixels into one buffer.

   A canvas arc() a point costs a path each; here a disc is a small table of coverages, made once for every radius and
   subpixel place, and blended with integer arithmetic. One put and one draw then bring all of them to the screen. */

const SUB = 4; // subpixel places along each axis: enough for motion without shimmer
const masks = new Map();

/** Coverage (0..255) of a disc of `radius` device pixels, centred `i/SUB, j/SUB` off the middle of its middle pixel. */
function maskFor(radius, i, j) {
  const key = Math.round(radius * 8) * SUB * SUB + j * SUB + i;
  let mask = masks.get(key);
  if (mask) return mask;
  const reach = Math.ceil(radius + 1);
  const side = 2 * reach + 1;
  const cover = new Uint8Array(side * side);
  for (let y = 0, k = 0; y < side; y++) {
    for (let x = 0; x < side; x++, k++) {
      const d = Math.hypot(x - reach - i / SUB, y - reach - j / SUB);
      cover[k] = 255 * Math.min(1, Math.max(0, radius + 0.5 - d));
    }
  }
  masks.set(key, (mask = {cover, side, reach}));
  return mask;
}

/** A transparent sheet that remembers what part of it was touched. */
function makeSheet() {
  return {canvas: document.createElement("canvas"), image: null, box: [0, 0, 0, 0]};
}

function clearSheet(sheet, width, height) {
  if (fit(sheet.canvas, width, height, 1) || !sheet.image) {
    sheet.g = sheet.canvas.getContext("2d", {willReadFrequently: true});
    sheet.image = sheet.g.createImageData(width, height);
    sheet.words = new Uint32Array(sheet.image.data.buffer);
  } else {
    const [x0, y0, x1, y1] = sheet.box;
    for (let y = y0; y < y1; y++) sheet.words.fill(0, y * width + x0, y * width + x1);
    if (x1 > x0) sheet.g.clearRect(x0, y0, x1 - x0, y1 - y0);
  }
  sheet.box = [width, height, 0, 0];
}

/** Blend one disc of whole-numbered colour (r, g, b) and opacity (0..255) at device pixel (x, y). */
function stamp(sheet, x, y, radius, r, g, b, opacity) {
  const {image, box, words} = sheet;
  const {width, height} = image;
  const fx = Math.floor(x * SUB + 0.5);
  const fy = Math.floor(y * SUB + 0.5);
  const cx = Math.floor(fx / SUB);
  const cy = Math.floor(fy / SUB);
  const {cover, side, reach} = maskFor(radius, fx - cx * SUB, fy - cy * SUB);
  const x0 = Math.max(0, cx - reach);
  const y0 = Math.max(0, cy - reach);
  const x1 = Math.min(width, cx + reach + 1);
  const y1 = Math.min(height, cy + reach + 1);
  if (!(x0 < x1 && y0 < y1)) return; // outside, or not a number
  if (x0 < box[0]) box[0] = x0;
  if (y0 < box[1]) box[1] = y0;
  if (x1 > box[2]) box[2] = x1;
  if (y1 > box[3]) box[3] = y1;
  const colour = (b << 16) | (g << 8) | r;
  for (let py = y0; py < y1; py++) {
    let m = (py - cy + reach) * side + x0 - cx + reach;
    let p = py * width + x0;
    for (let px = x0; px < x1; px++, m++, p++) {
      const a = (cover[m] * opacity + 127) >> 8;
      if (a === 0) continue;
      const word = words[p];
      const under = word >>> 24;
      if (under === 0) {
        words[p] = (a << 24) | colour;
        continue;
      }
      const out = Math.min(255, a + under - ((a * under) >> 8)); // rounded down, the product may leave 256
      const share = ((a << 8) / out) | 0; // of 256
      const dr = word & 255;
      const dg = (word >> 8) & 255;
      const db = (word >> 16) & 255;
      const mixed = ((db + (((b - db) * share) >> 8)) << 16) | ((dg + (((g - dg) * share) >> 8)) << 8) | (dr + (((r - dr) * share) >> 8));
      words[p] = (out << 24) | mixed;
    }
  }
}

/** Bring the sheet to `g`, whose transform is the identity here. */
function showSheet(sheet, g) {
  const [x0, y0, x1, y1] = sheet.box;
  if (x1 <= x0) return;
  sheet.g.putImageData(sheet.image, 0, 0, x0, y0, x1 - x0, y1 - y0);
  g.drawImage(sheet.canvas, x0, y0, x1 - x0, y1 - y0, x0, y0, x1 - x0, y1 - y0);
}

/** Points as discs: a mix of the class colours, one of them, or the role's colour. */
function paintPoints(s, g, layer, {xy, mix, cls}) {
  if (!xy) return;
  const {dpr, width, height} = s.geo;
  const n = xy.length / 2;
  const radius = (layer.size / 2) * dpr;
  const opacity = n > 3000 ? 170 : n > 600 ? 200 : 225;
  const classes = mix ? mix.shape[1] : 0;
  const table = Array.from({length: Math.max(classes, 256)}, (_, k) => s.theme.cls(k));
  const plain = s.theme.role(layer.role);
  clearSheet(s.sheet, Math.round(width * dpr), Math.round(height * dpr));
  const [kx, ky] = [toX(s, 1) - toX(s, 0), toY(s, 1) - toY(s, 0)];
  const [ox, oy] = [toX(s, 0) * dpr - 0.5, toY(s, 0) * dpr - 0.5];
  for (let i = 0; i < n; i++) {
    let [r, gr, b] = cls ? table[cls[i]] : plain;
    if (mix) {
      let total = 0;
      r = gr = b = 0;
      for (let k = 0; k < classes; k++) {
        const w = mix[i * classes + k];
        total += w;
        r += w * table[k][0];
        gr += w * table[k][1];
        b += w * table[k][2];
      }
      total = total || 1;
      r = (r / total) | 0;
      gr = (gr / total) | 0;
      b = (b / total) | 0;
    }
    stamp(s.sheet, ox + xy[2 * i] * kx * dpr, oy + xy[2 * i + 1] * ky * dpr, radius, r, gr, b, opacity);
  }
  g.save();
  g.setTransform(1, 0, 0, 1, 0, 0);
  showSheet(s.sheet, g);
  g.restore();
}
