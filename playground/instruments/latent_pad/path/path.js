/* path: one picture's way through the networks, layer by layer. The encoder's half comes from Python with the picture; the
   decoder's is worked out here for the z under the hand, and painted in the frame that paints the picture. */

const TALL = {wide: 80, narrow: 54}; // CSS pixels of a sheet
const NARROW = 640;
const PROBES = [-1, 1]; // of each number on show: where a decoder's layers are looked at for their scale

/** The figures of the path, made anew where it has other layers. */
function buildPath(s) {
  const {path} = s;
  s.el.path.hidden = !path;
  if (!path) return;
  const tall = s.root.clientWidth < NARROW ? TALL.narrow : TALL.wide;
  const state = JSON.stringify([path.encoder, path.decoder, path.arrays.mean.length, tall]);
  if (s.pathMade !== state) {
    s.pathMade = state;
    const {shape} = s.decoder;
    const mean = path.decoder.at(-1);
    s.sheets = {
      before: [{shape, pixels: true, title: "x"}, ...path.encoder.slice(0, -1)].map((layer) => sheetOf(layer, tall)),
      after: [...path.decoder, {shape, pixels: true, title: "p(x|z)", equation: mean.means}].map((layer) => sheetOf(layer, tall)),
    };
    const half = (name, title, ...figures) => {
      const part = make("div", `half ${name}`);
      const row = make("div", "figures");
      row.append(...figures);
      part.append(make("div", "title", {textContent: title}), row);
      return part;
    };
    const cost = (layers) => `${layers.reduce((sum, {parameters}) => sum + parameters, 0).toLocaleString("en")} parameters`;
    s.code = codeFigure(path.arrays.mean.length);
    s.el.path.replaceChildren(
      half("before", `Encoder, ${cost(path.encoder)}`, ...s.sheets.before.map((sheet) => sheet.figure)),
      half("code", "z = μ + σ ε", s.code.figure),
      half("after", `Decoder, ${cost(path.decoder)}`, ...s.sheets.after.map((sheet) => sheet.figure)),
    );
  }
  paintEncoder(s);
}

/** q and z: a bar for every mean and every standard deviation, and how z comes from them, in digits. */
function codeFigure(d) {
  const figure = make("figure", "codes");
  const bars = make("div", d > 4 ? "bars many" : "bars");
  bars.append(make("i", "name", {textContent: ""}), make("i", "name", {textContent: "μ"}), make("i", "name", {textContent: "σ"}));
  const rows = Array.from({length: d}, (_, k) => {
    const [name, mean, sd] = [make("i", "name", {textContent: d > 4 ? "" : zName(k)}), make("i", "bar mean"), make("i", "bar sd")];
    bars.append(name, mean, sd);
    return {mean, sd};
  });
  const sums = make("div", "sums");
  figure.append(bars, sums);
  return {figure, rows, sums};
}

function paintEncoder(s) {
  const {values, mean, sd} = s.path.arrays;
  let at = 0;
  for (const sheet of s.sheets.before) {
    const own = values.subarray(at, (at += countOf(sheet.shape)));
    if (sheet.pixels) paintPixels(sheet, own);
    else paintCells(s, sheet, own, own.reduce((top, v) => Math.max(top, Math.abs(v)), 1e-9));
  }
  const {reach} = s.decoder;
  s.code.rows.forEach((row, k) => {
    const [from, to] = [0, mean[k]].map((v) => 50 + 50 * Math.max(-1, Math.min(1, v / reach))).sort((a, b) => a - b);
    row.mean.style.setProperty("--from", `${from}%`);
    row.mean.style.setProperty("--long", `${Math.max(to - from, 1)}%`);
    row.sd.style.setProperty("--long", `${100 * Math.min(1, sd[k])}%`);
  });
}

/** The decoder's half: the `pixels` that its network has just answered, and all its layers before them. */
function paintPath(s, pixels) {
  if (!s.path || !s.sheets) return;
  const network = networkOf(s, indexOf(s));
  s.el.path.classList.toggle("past", s.path.at !== indexOf(s));
  s.sheets.after.forEach((sheet, i) => {
    if (sheet.pixels) paintPixels(sheet, pixels);
    else paintCells(s, sheet, network.values[i], network.tops[i]);
  });
  showSums(s);
}

/** Before a network's first picture: the largest activation of each layer at four places of the plane, so that a hand that
    moves does not move the scale. */
function scalePath(s) {
  const network = s.path && networkOf(s, indexOf(s));
  if (!network || network.tops) return;
  network.tops = [];
  for (const a of PROBES) {
    for (const b of PROBES) {
      const z = s.z.slice();
      [z[s.axes[0]], z[s.axes[1]]] = [a, b];
      network(inputOf(s, z, s.labels));
      network.values.forEach((own, i) => {
        network.tops[i] = own.reduce((top, v) => Math.max(top, Math.abs(v)), network.tops[i] ?? 1e-9);
      });
    }
  }
}

/** z of the two numbers on show as sums: where the hand is, in standard deviations of q from its mean. */
function sumsOf(s) {
  const {mean, sd} = s.path.arrays;
  return s.axes.filter((k) => k < mean.length).map((k) => {
    const eps = (s.z[k] - mean[k]) / sd[k];
    const digits = Math.abs(eps) < 0.005 ? "0.00" : fixed(eps, Math.abs(eps) < 100 ? 2 : 0);
    return `${zName(k)} = ${fixed(mean[k], 2)} + ${sd[k].toFixed(2)} × ${digits} = ${fixed(s.z[k], 2)}`;
  });
}

/** The sums in digits, and z on the bars of the means. */
function showSums(s) {
  s.code.rows.forEach((row, k) => row.mean.style.setProperty("--z", `${50 + (50 * s.z[k]) / s.decoder.reach}%`));
  const text = sumsOf(s).join("\n");
  if (s.code.sums.textContent !== text) s.code.sums.textContent = text;
}

/** The path in words. */
function pathName(s) {
  const names = (layers) => layers.map(({word, shape}) => `${word} ${shapeText(shape)}`).join(", ");
  return `The picture's way: encoder ${names(s.path.encoder)}; ${sumsOf(s).join("; ")}; decoder ${names(s.path.decoder)}.`;
}

/** What tests look at: the decoder's layers at the z under the hand, and the sums. */
function pathTold(s) {
  if (!s.path) return null;
  const network = networkOf(s, indexOf(s));
  network(inputOf(s, s.z, s.labels));
  const layers = network.values.map((own) => Array.from(own));
  return {layers, sums: s.code.sums.textContent, past: s.el.path.classList.contains("past")};
}
