/* pixels: bytes of pictures (channels, height, width) onto canvases, every pixel a crisp square. */

/** Picture number `i` of the bytes `a`, mixed with `b` by the share `t`, into RGBA bytes `width` pixels wide at (left, top). */
function putPicture(out, width, left, top, [c, h, w], i, a, b, t) {
  const plane = h * w;
  const base = i * c * plane;
  const [green, blue] = c === 3 ? [plane, 2 * plane] : [0, 0];
  const mix = b && b !== a && t > 0 ? (at) => a[at] + (b[at] - a[at]) * t : (at) => a[at];
  for (let y = 0, at = base; y < h; y++) {
    for (let x = 0, p = 4 * ((top + y) * width + left); x < w; x++, at++, p += 4) {
      out[p] = mix(at);
      out[p + 1] = mix(at + green);
      out[p + 2] = mix(at + blue);
      out[p + 3] = 255;
    }
  }
}

/** A canvas of one pixel a pixel, kept in `holder` under `name`, and its RGBA bytes. */
function smallCanvas(holder, name, width, height) {
  let small = holder[name];
  if (!small || small.canvas.width !== width || small.canvas.height !== height) {
    const canvas = newCanvas();
    [canvas.width, canvas.height] = [width, height];
    const g = canvas.getContext("2d", {willReadFrequently: true});
    small = holder[name] = {canvas, g, image: g.createImageData(width, height)};
  }
  return small;
}
