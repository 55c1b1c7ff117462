/* codec: one message from Python is a JSON header and the typed arrays it points to. */

const ARRAYS = {f4: Float32Array, f8: Float64Array, u1: Uint8Array, u2: Uint16Array, i4: Int32Array};

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
