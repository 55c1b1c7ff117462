/* network: a decoder as a list of layers over typed arrays. A convolution reads a zero-padded stack of planes through a
   table of offsets, two pixels by four channels at a time. One that doubles the size first (nearest neighbour) is done as
   four convolutions of 2 x 2 on the small picture, one for each corner of a doubled pixel: the same sums in 4/9 of the
   products. Sums are in double precision. */

const ACTS = {
  none: null,
  relu: (x) => (x > 0 ? x : 0),
  tanh: Math.tanh,
  silu: (x) => x / (1 + Math.exp(-x)),
  gelu: (x) => 0.5 * x * (1 + erf(x * Math.SQRT1_2)),
};

function activate(values, act) {
  const f = ACTS[act];
  if (f === undefined) throw new Error(`unknown activation ${act}`);
  if (f) for (let i = 0; i < values.length; i++) values[i] = f(values[i]);
}

/** out = W x + b with W (out, in), four rows at a time. */
function denseLayer({in: n, out: m, act}, w, b) {
  const out = new Float64Array(m);
  const run = (x) => {
    let o = 0;
    for (; o + 3 < m; o += 4) {
      let [p0, p1, p2, p3] = [o * n, (o + 1) * n, (o + 2) * n, (o + 3) * n];
      let [s0, s1, s2, s3] = [b[o], b[o + 1], b[o + 2], b[o + 3]];
      for (let i = 0; i < n; i++) {
        const v = x[i];
        s0 += w[p0++] * v;
        s1 += w[p1++] * v;
        s2 += w[p2++] * v;
        s3 += w[p3++] * v;
      }
      out[o] = s0;
      out[o + 1] = s1;
      out[o + 2] = s2;
      out[o + 3] = s3;
    }
    for (; o < m; o++) {
      let sum = b[o];
      for (let i = 0, p = o * n; i < n; i++) sum += w[p++] * x[i];
      out[o] = sum;
    }
    activate(out, act);
    return out;
  };
  return run;
}

/** The taps of a convolution by corner of a doubled pixel: [dy, dx, which of the 3 x 3 weights they sum]. */
function tapsOf(py, px, doubled) {
  if (!doubled) return Array.from({length: 9}, (_, t) => [((t / 3) | 0) - 1, (t % 3) - 1, [t]]);
  const parts = (p) => (p ? [[0, [0, 1]], [1, [2]]] : [[-1, [0]], [0, [1, 2]]]);
  return parts(py).flatMap(([dy, rows]) =>
    parts(px).map(([dx, columns]) => [dy, dx, rows.flatMap((r) => columns.map((c) => 3 * r + c))]));
}

/** One corner's weights, four output channels side by side, and the offsets they multiply. */
function kernelOf(w, outs, ins, taps, {plane, stride}) {
  const blocks = Math.ceil(outs / 4);
  const k = ins * taps.length;
  const packed = new Float64Array(blocks * k * 4);
  const offsets = new Int32Array(k);
  for (let c = 0; c < ins; c++) {
    taps.forEach(([dy, dx, which], t) => {
      const at = c * taps.length + t;
      offsets[at] = c * plane + dy * stride + dx;
      for (let o = 0; o < outs; o++) {
        let sum = 0;
        for (const tap of which) sum += w[(o * ins + c) * 9 + tap];
        packed[((o >> 2) * k + at) * 4 + (o & 3)] = sum;
      }
    });
  }
  return {packed, offsets, k, blocks};
}

/** Convolve rows of `source` into `out`; both are stacks of planes, the places of which `from` and `to` tell. */
function convolve(source, out, kernel, bias, from, to, py, px) {
  const {packed, offsets, k, blocks} = kernel;
  const {h, w, stride} = from;
  const outs = bias.length;
  for (let block = 0; block < blocks; block++) {
    const o = 4 * block;
    const [b0, b1, b2, b3] = [bias[o], bias[o + 1] ?? 0, bias[o + 2] ?? 0, bias[o + 3] ?? 0];
    for (let y = 0; y < h; y++) {
      for (let x = 0; x < w; x += 2) {
        const base = (y + 1) * stride + x + 1;
        let r0 = b0, r1 = b1, r2 = b2, r3 = b3, q0 = b0, q1 = b1, q2 = b2, q3 = b3;
        for (let i = 0, p = block * k * 4; i < k; i++, p += 4) {
          const at = base + offsets[i];
          const u = source[at];
          const v = source[at + 1];
          const w0 = packed[p], w1 = packed[p + 1], w2 = packed[p + 2], w3 = packed[p + 3];
          r0 += u * w0;
          r1 += u * w1;
          r2 += u * w2;
          r3 += u * w3;
          q0 += v * w0;
          q1 += v * w1;
          q2 += v * w2;
          q3 += v * w3;
        }
        const two = x + 1 < w;
        let place = o * to.plane + (y * to.scale + py) * to.stride + x * to.scale + px;
        for (let j = 0; j < 4 && o + j < outs; j++, place += to.plane) {
          out[place] = j === 0 ? r0 : j === 1 ? r1 : j === 2 ? r2 : r3;
          if (two) out[place + to.scale] = j === 0 ? q0 : j === 1 ? q1 : j === 2 ? q2 : q3;
        }
      }
    }
  }
}

/** A 3 x 3 convolution with zero padding of a (c, h, w) picture, after doubling its size if `up` is 2. */
function convLayer({in: ins, out: outs, up, act}, weight, bias, [h, w]) {
  const from = {h, w, stride: w + 3, plane: (w + 3) * (h + 2)}; // one column more: pixels go in pairs
  const to = {scale: up, stride: w * up, plane: w * h * up * up};
  const corners = up === 2 ? [[0, 0], [0, 1], [1, 0], [1, 1]] : [[0, 0]];
  const kernels = corners.map(([py, px]) => kernelOf(weight, outs, ins, tapsOf(py, px, up === 2), from));
  const padded = new Float64Array(ins * from.plane + 2);
  const out = new Float64Array(outs * to.plane);
  return (x) => {
    for (let c = 0, i = 0; c < ins; c++) {
      for (let y = 0; y < h; y++) {
        for (let q = 0, p = c * from.plane + (y + 1) * from.stride + 1; q < w; q++) padded[p++] = x[i++];
      }
    }
    corners.forEach(([py, px], i) => convolve(padded, out, kernels[i], bias, from, to, py, px));
    activate(out, act);
    return out;
  };
}

/** The mean picture, in [0, 1], of a likelihood's parameters: planes in order (parameter, colour). */
function meanLayer({likelihood, levels, c, h, w}) {
  const n = c * h * w;
  const out = new Float32Array(n);
  const sigmoid = (x) => 1 / (1 + Math.exp(-x));
  const pixel = {
    bernoulli: (p, i) => sigmoid(p[i]),
    logistic: (p, i) => sigmoid(p[i]),
    gaussian: (p, i) => Math.min(1, Math.max(0, p[i])),
    categorical: (p, i) => {
      let top = -Infinity;
      for (let k = 0, q = i; k < levels; k++, q += n) if (p[q] > top) top = p[q];
      let [total, sum] = [0, 0];
      for (let k = 0, q = i; k < levels; k++, q += n) {
        const share = Math.exp(p[q] - top);
        total += share;
        sum += k * share;
      }
      return sum / total / (levels - 1);
    },
  }[likelihood];
  if (!pixel) throw new Error(`unknown likelihood ${likelihood}`);
  return (p) => {
    for (let i = 0; i < n; i++) out[i] = pixel(p, i);
    return out;
  };
}

/** The decoder as a function of its input; what it answers is overwritten by its next picture, and so are the `values` of its
    layers, a list for each that computes. */
function makeNetwork(spec, packed) {
  const weights = numbers(packed);
  let [at, size] = [0, [1, 1]];
  const take = (count) => weights.subarray(at, (at += count));
  const steps = [];
  for (const layer of spec) {
    if (layer.kind === "dense") steps.push(denseLayer(layer, take(layer.in * layer.out), take(layer.out)));
    else if (layer.kind === "reshape") size = [layer.h, layer.w];
    else if (layer.kind === "conv") {
      steps.push(convLayer(layer, take(layer.in * layer.out * 9), take(layer.out), size));
      size = size.map((side) => side * layer.up);
    } else if (layer.kind === "mean") steps.push(meanLayer(layer));
    else throw new Error(`unknown layer ${layer.kind}`);
  }
  const run = (input) => steps.reduce((x, step, i) => (run.values[i] = step(x)), input);
  run.values = [];
  return run;
}
