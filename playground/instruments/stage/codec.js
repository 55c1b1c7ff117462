/* codec: one message from Python is a JSON header and the typed arrays it points to. */

const ARRAYS = {f4: Float32Array, f8: Float64Array, u1: Uint8Array, i4: Int32Array};

/** The header with every [dtype, shape, offset] replaced by a typed array that knows its shape. */
function decode(bytes) {
  const copy = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  const length = new DataView(copy).getUint32(0, true);
  const message = JSON.parse(new TextDecoder().decode(new Uint8Array(copy, 4, length)));
  const known = new Map(); // equal arrays come as one object, so that painters can compare by identity
  const view = ([type, shape, at]) => {
    const key = `${type}${shape}@${at}`;
    if (!known.has(key)) {
      const size = shape.reduce((a, b) => a * b, 1);
      known.set(key, Object.assign(new ARRAYS[type](copy, 4 + length + at, size), {shape}));
    }
    return known.get(key);
  };
  const views = (arrays) => Object.fromEntries(Object.entries(arrays).map(([name, where]) => [name, view(where)]));
  for (const layer of message.scene.layers) layer.arrays = views(layer.arrays);
  if (message.scene.brush) message.scene.brush.arrays = views(message.scene.brush.arrays);
  for (const frame of message.frames) {
    for (const name in frame.arrays) frame.arrays[name] = views(frame.arrays[name]);
  }
  return message;
}

/** Points on the lattice as base64: uint16 pairs, then one class byte each. */
function encodePoints(points) {
  const n = points.length;
  const raw = new DataView(new ArrayBuffer(5 * n));
  points.forEach(([x, y, c], i) => {
    raw.setUint16(4 * i, x, true);
    raw.setUint16(4 * i + 2, y, true);
    raw.setUint8(4 * n + i, c);
  });
  let text = "";
  for (let i = 0; i < 5 * n; i++) text += String.fromCharCode(raw.getUint8(i));
  return btoa(text);
}

/** A number with fixed decimals and a real minus sign. */
function fixed(value, decimals) {
  if (!Number.isFinite(value)) return "–";
  const text = value.toFixed(decimals);
  return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "−");
}

/** The decimals that resolve a hundredth (or `parts`) of a range. */
function decimalsFor(range, parts = 100) {
  return range > 0 ? Math.max(0, Math.min(6, Math.ceil(-Math.log10(range / parts) - 1e-9))) : 2;
}
