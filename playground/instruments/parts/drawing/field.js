/* field: a function on a grid, coloured by its role's ramp and drawn smoothly. */

/** One small picture a layer, a pixel a node; the canvas enlarges it. */
function paintField(s, g, layer, {values}) {
  if (!values) return;
  const [h, w] = values.shape;
  const slot = (s.fields[layer.name] ??= {canvas: document.createElement("canvas")});
  if (fit(slot.canvas, w, h, 1) || !slot.image) {
    slot.g = slot.canvas.getContext("2d");
    slot.image = slot.g.createImageData(w, h);
  }
  colourField(slot.image.data, values, w, h, layer, s.theme.ramp(layer.role));
  slot.g.putImageData(slot.image, 0, 0);
  const [[bx0, bx1], [by0, by1]] = s.scene.bounds;
  const [left, right, top, bottom] = [toX(s, bx0), toX(s, bx1), toY(s, by1), toY(s, by0)];
  const dx = (right - left) / (w - 1); // nodes lie on the edges: the outer half pixels stick out and are clipped
  const dy = (bottom - top) / (h - 1);
  g.imageSmoothingEnabled = true;
  g.imageSmoothingQuality = "medium";
  g.drawImage(slot.canvas, left - dx / 2, top - dy / 2, dx * w, dy * h);
}

function colourField(pixels, values, w, h, layer, ramp) {
  const signed = layer.role === "difference";
  const scale = signed ? 127.5 / layer.vmax : 255 / (layer.vmax - layer.vmin || 1);
  const zero = signed ? 127.5 : -layer.vmin * scale;
  const colours = new Uint32Array(ramp.buffer);
  const out = new Uint32Array(pixels.buffer);
  for (let y = 0; y < h; y++) {
    for (let x = 0, from = (h - 1 - y) * w, to = y * w; x < w; x++) {
      const level = zero + values[from + x] * scale;
      out[to + x] = colours[level > 0 ? (level < 255 ? level | 0 : 255) : 0];
    }
  }
}

/** The field's value at a place, or `read` of it, between its nodes by bilinear interpolation. */
function fieldAt(s, values, x, y, read = (value) => value) {
  const [h, w] = values.shape;
  const [[bx0, bx1], [by0, by1]] = s.scene.bounds;
  const u = Math.min(w - 1, Math.max(0, ((x - bx0) / (bx1 - bx0)) * (w - 1)));
  const v = Math.min(h - 1, Math.max(0, ((y - by0) / (by1 - by0)) * (h - 1)));
  const [i, j] = [Math.min(w - 2, u | 0), Math.min(h - 2, v | 0)];
  const [a, b] = [u - i, v - j];
  const at = (jj, ii) => read(values[jj * w + ii]);
  return (1 - b) * ((1 - a) * at(j, i) + a * at(j, i + 1)) + b * ((1 - a) * at(j + 1, i) + a * at(j + 1, i + 1));
}
