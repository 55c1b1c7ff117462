/* sheets: numbers as cells and pixels, with what they are under them. */

const countOf = (shape) => shape.reduce((a, b) => a * b, 1);
const shapeText = (shape) => (shape.length > 1 ? `${shape[0] > 1 ? `${shape[0]} × ` : ""}${shape[1]} × ${shape[2]}` : `${shape[0]}`);

/** Columns and rows of `n` tiles, about `aspect` times as high as wide; none is left over where n can be divided so. */
function gridOf(n, aspect) {
  const best = Math.max(1, Math.round(Math.sqrt(n / aspect)));
  const fair = (c) => n % c === 0 && c > best / 1.7 && c < best * 1.7;
  const columns = Array.from({length: n}, (_, i) => i + 1).filter(fair).sort((a, b) => Math.abs(a - best) - Math.abs(b - best))[0] ?? best;
  return [columns, Math.ceil(n / columns)];
}

/** How the values of a shape are laid out: a vector as cells, planes as tiles with a line between them, a picture as itself. */
function layoutOf({shape, pixels}) {
  if (pixels) return {width: shape[2], height: shape[1]};
  if (shape.length === 1) {
    const [columns, rows] = gridOf(shape[0], 2);
    return {columns, rows, h: 1, w: 1, gap: 0, width: columns, height: rows};
  }
  const [planes, h, w] = shape;
  const [columns, rows] = gridOf(planes, 0.55);
  const gap = planes > 1 ? 1 : 0;
  return {columns, rows, h, w, gap, width: columns * (w + gap) - gap, height: rows * (h + gap) - gap};
}

/** A figure: a sheet of cells or pixels with its shape and its equation under it. */
function sheetOf(layer, tall) {
  const figure = make("figure", "sheet");
  const canvas = make("canvas", "");
  const layout = layoutOf(layer);
  const dpr = ratio();
  const times = Math.max(1, Math.floor((tall * dpr) / layout.height));
  [canvas.width, canvas.height] = [layout.width, layout.height];
  canvas.style.width = `${(times * layout.width) / dpr}px`;
  canvas.style.height = `${(times * layout.height) / dpr}px`;
  const caption = make("figcaption", "");
  caption.append(make("b", "", {textContent: layer.title ?? shapeText(layer.shape)}), layer.equation ?? shapeText(layer.shape));
  figure.append(canvas, caption);
  if (layer.parameters) figure.title = `${layer.word}, ${shapeText(layer.shape)}: ${layer.parameters.toLocaleString("en")} parameters`;
  const g = canvas.getContext("2d");
  return {figure, g, layout, shape: layer.shape, pixels: layer.pixels, image: g.createImageData(layout.width, layout.height)};
}

/** Numbers as cells: blue below 0, orange above, the ground of the page at 0. */
function paintCells(s, sheet, values, top) {
  const ramp = s.theme.ramp("difference");
  const {columns, h, w, gap, width} = sheet.layout;
  const out = sheet.image.data;
  for (let i = 0; i < values.length; i++) {
    const [tile, inner] = [Math.floor(i / (h * w)), i % (h * w)];
    const y = Math.floor(tile / columns) * (h + gap) + Math.floor(inner / w);
    const x = (tile % columns) * (w + gap) + (inner % w);
    const from = 4 * Math.round(127.5 + 127.5 * Math.max(-1, Math.min(1, values[i] / top)));
    const p = 4 * (y * width + x);
    for (let c = 0; c < 4; c++) out[p + c] = ramp[from + c];
  }
  sheet.g.putImageData(sheet.image, 0, 0);
}

function paintPixels(sheet, values) {
  const [c, h, w] = sheet.shape;
  const [green, blue] = c === 3 ? [h * w, 2 * h * w] : [0, 0];
  const out = sheet.image.data;
  for (let i = 0; i < h * w; i++) {
    out[4 * i] = 255 * values[i];
    out[4 * i + 1] = 255 * values[i + green];
    out[4 * i + 2] = 255 * values[i + blue];
    out[4 * i + 3] = 255;
  }
  sheet.g.putImageData(sheet.image, 0, 0);
}
