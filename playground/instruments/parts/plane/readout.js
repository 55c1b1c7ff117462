/* readout: what lies under the pointer, in the margin above the plot, and a hairline cross. */

const NEAR = 14; // CSS pixels within which a point answers

/** The nearest visible point to a place: its layer, index and screen position. */
function nearest(s, [px, py]) {
  let best = null;
  let least = NEAR * NEAR;
  for (const layer of s.scene.layers) {
    const xy = layer.kind === "Points" && s.on[layer.name] && s.shown[layer.name]?.xy;
    if (!xy) continue;
    for (let i = 0; i < xy.length / 2; i++) {
      const [x, y] = [toX(s, xy[2 * i]), toY(s, xy[2 * i + 1])];
      const d = (x - px) ** 2 + (y - py) ** 2;
      if (d < least) {
        least = d;
        best = {layer, i, x, y};
      }
    }
  }
  return best;
}

/** What a point under the pointer is called: by its number, or by its layer's label where it is alone there. */
function pointName(s, {layer, i}) {
  if (layer.label && s.shown[layer.name].xy.length === 2) return layer.label;
  return `point ${(layer.arrays.numbers?.[i] ?? i + 1).toLocaleString("en")}`;
}

/** The class of point `i` by its name, if its label is on the plane. */
function classOf(s, {i}) {
  const layer = s.scene.layers.find(({kind, name, classes}) => kind === "Points" && s.on[name] && classes.length);
  const c = layer && s.shown[layer.name]?.cls?.[i];
  return c === undefined ? [] : [{text: layer.classes[c], colour: s.theme.cls(c)}];
}

/** The mix of point `i` in per cent, largest first. */
function mixOf(s, {layer, i}) {
  const {mix} = s.shown[layer.name];
  if (!mix) return [];
  const k = mix.shape[1];
  const shares = Array.from(mix.subarray(i * k, (i + 1) * k), (w, c) => ({c, w}));
  const total = shares.reduce((sum, {w}) => sum + w, 0) || 1;
  return shares
    .map(({c, w}) => ({c, percent: Math.round((100 * w) / total)}))
    .filter(({percent}) => percent > 0)
    .sort((a, b) => b.percent - a.percent)
    .slice(0, 3);
}

/** What a layer says of (x, y), by its kind. */
const READERS = {
  Field: (s, layer, {values}, x, y) => {
    if (!values) return [];
    if (!layer.log) return [valueOf(s, layer, fieldAt(s, values, x, y), layer.vmax - layer.vmin)];
    return [{text: `log p ${fixed(fieldAt(s, values, x, y, Math.log), 2)} nats`, colour: s.theme.role(layer.role)}];
  },
  Density: (s, layer, now, x, y) => (now.weight ? [valueOf(s, layer, densityAt(gaussians(now), x, y), layer.vmax)] : []),
  Bells: (s, layer, now, x) => (layer.total && now.weight ? [valueOf(s, layer, bellsAt(now, x), heightOf(s))] : []),
  Histogram: (s, layer, now, x) => (now.edges && now.heights ? [valueOf(s, layer, barAt(now, x), heightOf(s))] : []),
  Curves: (s, layer, now, x) => (now.x ? curvesAt(s, layer, now, x) : []),
};
const OVER_X = new Set(["Bells", "Curves", "Histogram", "Slice"]); // what is read up the hairline: the height of the pointer says nothing
const heightOf = (s) => s.scene.bounds[1][1] - s.scene.bounds[1][0];

function valueOf(s, layer, value, range) {
  return {text: `${layer.label || layer.name} ${resolved(value, range)}`, colour: s.theme.role(layer.role)};
}

/** Values of the functions that are on the plane at (x, y). */
function functionsAt(s, x, y) {
  const shown = s.scene.layers.filter(({name}) => s.on[name]);
  return shown.flatMap((layer) => READERS[layer.kind]?.(s, layer, s.shown[layer.name] ?? {}, x, y) ?? []);
}

/** The height of the bar over x: 0 beyond them all; the last one holds its right edge too. */
function barAt({edges, heights}, x) {
  const last = heights.length - 1;
  if (x < edges[0] || x > edges[last + 1]) return 0;
  const i = edges.findIndex((edge) => edge > x) - 1;
  return heights[i < 0 ? last : i];
}

function curvesAt(s, layer, {x: nodes, y: rows}, x) {
  const m = nodes.length;
  let i = nodes.findIndex((node) => node > x);
  if (i <= 0) return [];
  const t = (x - nodes[i - 1]) / (nodes[i] - nodes[i - 1]);
  const range = heightOf(s);
  return Array.from({length: rows.length / m}, (_, c) => {
    const value = rows[c * m + i - 1] * (1 - t) + rows[c * m + i] * t;
    const name = rows.length > m ? `${layer.label || layer.name} ${c + 1}` : layer.label || layer.name;
    return {text: `${name} ${resolved(value, range)}`, colour: classColour(s, layer, c)};
  });
}

function showReadout(s, place) {
  s.pointer = place && inside(s, place) ? place : null;
  s.scored = false;
  refreshReadout(s);
}

function refreshReadout(s) {
  const g = s.el.over.getContext("2d");
  g.setTransform(1, 0, 0, 1, 0, 0);
  if (s.crossed) g.clearRect(0, 0, s.el.over.width, s.el.over.height);
  s.crossed = Boolean(s.pointer) || Boolean(s.brush?.cursor);
  s.el.over.hidden = !s.crossed; // an empty sheet over the picture would still be blended at every frame
  if (!s.crossed) return void s.el.readout.replaceChildren(...HAND.words(s).map(readoutPart));
  g.setTransform(s.geo.dpr, 0, 0, s.geo.dpr, 0, 0);
  HAND.over(s, g);
  if (s.pointer) paintReadout(s, g);
}

function paintReadout(s, g) {
  const [px, py] = s.pointer;
  const {left, top, w, h} = s.geo;
  const [x, y] = [fromX(s, px), fromY(s, py)];
  const hit = s.brush || s.scored ? null : nearest(s, s.pointer);
  if (!s.brush) {
    ink(s, g, s.theme.quiet, 1 / s.geo.dpr, {alpha: 0.7});
    g.beginPath();
    g.moveTo(px, top);
    g.lineTo(px, top + h);
    g.moveTo(left, py);
    g.lineTo(left + w, py);
    g.stroke();
  }
  if (hit) {
    ink(s, g, s.theme.text, 1.5);
    g.beginPath();
    g.arc(hit.x, hit.y, hit.layer.size / 2 + 3, 0, 2 * Math.PI);
    g.stroke();
  }
  const flat = !s.brush && s.scene.layers.some(({kind, name}) => OVER_X.has(kind) && s.on[name]);
  const parts = [
    {text: `${s.scene.axes[0]} ${resolved(x, s.view.x1 - s.view.x0, 500)}`},
    ...(flat ? [] : [{text: `${s.scene.axes[1]} ${resolved(y, s.view.y1 - s.view.y0, 500)}`}]),
    ...(HAND.score(s, x, y) ?? functionsAt(s, x, y)),
  ];
  if (hit) {
    parts.push({text: HAND.named(s, hit)}, ...classOf(s, hit));
    for (const {c, percent} of mixOf(s, hit)) parts.push({text: `${c + 1}: ${percent} %`, colour: s.theme.cls(c)});
  }
  s.el.readout.replaceChildren(...parts.map(readoutPart));
}

function readoutPart({text, colour}) {
  const part = document.createElement("span");
  part.textContent = text;
  if (colour) {
    const dot = document.createElement("i");
    dot.style.background = css(colour);
    part.prepend(dot);
  }
  return part;
}
