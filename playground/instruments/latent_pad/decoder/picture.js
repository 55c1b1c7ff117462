/* picture: what the decoder makes of z, large and with hard pixels. */

const NETWORKS = 6; // decoders kept ready; a scrubbed film builds them again

/** The decoder of frame `index`, built at its first use; null before the first snapshot is here. */
function networkOf(s, index) {
  const arrays = s.frames[index]?.arrays.decoder;
  const weights = arrays?.weights ?? arrays?.half;
  if (!weights) return null;
  let network = s.networks.get(weights);
  if (!network) {
    network = makeNetwork(s.decoder.spec, weights);
    s.networks.set(weights, network);
    if (s.networks.size > NETWORKS) s.networks.delete(s.networks.keys().next().value);
  }
  return network;
}

/** The decoder's input: z, then every label as one-hot. */
function inputOf(s, z, labels) {
  const input = s.input ?? (s.input = new Float64Array(s.decoder.spec[0].in));
  input.fill(0);
  input.set(z);
  let at = s.decoder.latent;
  s.decoder.conditions.forEach(([, words], c) => {
    input[at + labels[c]] = 1;
    at += words.length;
  });
  return input;
}

/** Pixels (colours, h, w) in [0, 1], or null; valid until the next decoding. */
function decodeAt(s, z, labels, index = indexOf(s)) {
  const network = networkOf(s, index);
  return network && network(inputOf(s, z, labels));
}

/** Write a decoded picture into RGBA bytes of a sheet `width` pixels wide, its top left corner at (left, top). */
function drawPixels(s, pixels, bytes, width, left, top) {
  const [c, h, w] = s.decoder.shape;
  const plane = h * w;
  const [green, blue] = c === 3 ? [plane, 2 * plane] : [0, 0];
  for (let y = 0, i = 0; y < h; y++) {
    for (let x = 0, p = 4 * ((top + y) * width + left); x < w; x++, i++, p += 4) {
      bytes[p] = 255 * pixels[i]; // clamped and rounded by the array
      bytes[p + 1] = 255 * pixels[i + green];
      bytes[p + 2] = 255 * pixels[i + blue];
      bytes[p + 3] = 255;
    }
  }
}

/** The canvas at whole multiples of a pixel, so that every pixel is as large as its neighbour. */
function sizePicture(s) {
  const {decoded} = s.el;
  const [, h, w] = s.decoder.shape;
  const box = decoded.parentElement.clientWidth;
  const dpr = ratio();
  const times = Math.max(1, Math.floor((box * dpr) / w));
  if (!fit(decoded, times * w, times * h, 1)) return;
  decoded.style.width = `${(times * w) / dpr}px`;
  decoded.style.height = `${(times * h) / dpr}px`;
}

function paintPicture(s) {
  const began = performance.now();
  sizePicture(s);
  scalePath(s);
  const pixels = decodeAt(s, s.z, s.labels);
  s.drawn = indexOf(s);
  s.el.decoded.hidden = !pixels;
  if (!pixels) return;
  paintPath(s, pixels);
  const [, h, w] = s.decoder.shape;
  const small = smallCanvas(s, "small", w, h);
  drawPixels(s, pixels, small.image.data, w, 0, 0);
  small.g.putImageData(small.image, 0, 0);
  const g = s.el.decoded.getContext("2d", {alpha: false});
  g.imageSmoothingEnabled = false;
  g.drawImage(small.canvas, 0, 0, s.el.decoded.width, s.el.decoded.height);
  s.decodeMs = performance.now() - began;
  s.pictures++;
}
