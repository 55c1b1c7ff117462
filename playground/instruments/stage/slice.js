/* slice: a density along a line that a hand drags on a linked stage, and the points near that line. */

/** Where the line stands: where the hand has it, until Python says otherwise. */
function lineAt(s, layer) {
  const held = s.lines[layer.link];
  return held && held.told === layer.at ? held.place : layer.at;
}

/** A hand moved the line of a linked stage to (x, y): take the coordinate that the slices are cut by. */
function hearLine(s, link, place) {
  const cut = s.scene?.layers.filter((layer) => layer.kind === "Slice" && layer.link === link) ?? [];
  if (!cut.length) return;
  s.lines[link] = {told: cut[0].at, place: place[cut[0].axis === "x" ? 0 : 1]};
  touch(s);
}

/** p(y given x), or p(x given y), over the axis of this stage, with its mean and spread as far as the axis reaches. */
function sliceOf(s, layer, {values, known}) {
  const [h, w] = values.shape;
  const upright = layer.axis === "x"; // the line stands on x, and is cut along y
  const [count, nodes] = upright ? [w, h] : [h, w];
  const [low, high] = layer.across;
  const u = Math.min(count - 1, Math.max(0, ((lineAt(s, layer) - low) / (high - low)) * (count - 1)));
  const i = Math.min(count - 2, u | 0);
  const part = u - i;
  const [a, b] = layer.along;
  const gap = (b - a) / (nodes - 1);
  const at = (line, j) => (upright ? values[j * w + line] : values[line * w + j]);
  const [x, y] = [new Float64Array(nodes), new Float32Array(nodes)];
  let total = 0;
  for (let j = 0; j < nodes; j++) {
    x[j] = a + j * gap;
    y[j] = (1 - part) * at(i, j) + part * at(i + 1, j);
    total += y[j] * gap * (j && j < nodes - 1 ? 1 : 0.5);
  }
  const whole = known ? (1 - part) * known[i] + part * known[i + 1] : total;
  let [mean, square] = [0, 0];
  for (let j = 0; j < nodes; j++) {
    mean += (x[j] * y[j] * gap) / total;
    square += (x[j] * x[j] * y[j] * gap) / total;
    y[j] = whole > 0 ? y[j] / whole : NaN;
  }
  return {x, y, mean, spread: Math.sqrt(Math.max(0, square - mean * mean))};
}

/** The points less than `near` from the line, counted between `edges` as a density. */
function barsOf(s, layer, {xy, edges}) {
  const place = lineAt(s, layer);
  const k = layer.axis === "x" ? 0 : 1;
  const heights = new Float32Array(edges.length - 1);
  const gap = edges[1] - edges[0];
  let count = 0;
  for (let i = 0; i < xy.length; i += 2) {
    if (Math.abs(xy[i + k] - place) > layer.near) continue;
    count++;
    const cell = Math.floor((xy[i + 1 - k] - edges[0]) / gap);
    if (cell >= 0 && cell < heights.length) heights[cell] += 1;
  }
  if (count) heights.forEach((v, i) => (heights[i] = v / (count * gap)));
  return {edges, heights, count};
}

Object.assign(PAINTERS, {Slice: paintSlice, Handles: (s, g, layer) => (layer.outline ? paintOutline(s, g, layer) : paintLine(s, g, layer))});
READERS.Slice = (s, layer, now, x) => {
  if (now.values) return curvesAt(s, layer, sliceOf(s, layer, now), x);
  return now.xy && now.edges ? [valueOf(s, layer, barAt(barsOf(s, layer, now), x), heightOf(s))] : [];
};

function paintSlice(s, g, layer, now) {
  if (now.values) paintCurves(s, g, layer, sliceOf(s, layer, now));
  if (now.xy && now.edges) paintHistogram(s, g, layer, barsOf(s, layer, now));
}

/** The line in words, for the margin: where it stands, what the law says there, how many points are near. */
function lineScore(s) {
  const cut = s.scene.layers.filter((layer) => layer.kind === "Slice" && s.on[layer.name]);
  if (!cut.length) return [];
  const said = (value, [low, high]) => resolved(value, high - low, 200);
  const [first] = cut;
  const parts = [{text: `${first.given} ${said(lineAt(s, first), first.across)}`, colour: s.theme.roles.hand}];
  for (const layer of cut) {
    const colour = s.theme.role(layer.role);
    if (layer.arrays.xy) parts.push({text: `${barsOf(s, layer, layer.arrays).count} points`, colour});
    else if (layer.role === "model") {
      const {mean, spread} = sliceOf(s, layer, layer.arrays);
      parts.push({text: `mean ${said(mean, layer.along)}, sd ${said(spread, layer.along)}`, colour});
    }
  }
  return parts;
}

/** A line across the plot through the handle, with the strip of the points that are near it. */
function paintLine(s, g, layer) {
  if (layer.form !== "line" || !s.hands) return;
  const {left, top, w, h} = s.geo;
  const colour = s.theme.role(layer.role);
  const [x, y] = s.hands.xy;
  g.fillStyle = css(colour, 0.16);
  if (layer.axis === "x") g.fillRect(toX(s, x - layer.near), top, toX(s, x + layer.near) - toX(s, x - layer.near), h);
  else g.fillRect(left, toY(s, y + layer.near), w, toY(s, y - layer.near) - toY(s, y + layer.near));
  ink(s, g, colour, 2.5);
  g.beginPath();
  if (layer.axis === "x") {
    g.moveTo(toX(s, x), top);
    g.lineTo(toX(s, x), top + h);
  } else {
    g.moveTo(left, toY(s, y));
    g.lineTo(left + w, toY(s, y));
  }
  g.stroke();
}

/** The handle of a line sits at the edge of the plot, out of the way of the points. */
function gripOf(s, [x, y]) {
  const {left, top, h} = s.geo;
  return handLayer(s).axis === "x" ? [toX(s, x), top + h - 15] : [left + 15, toY(s, y)];
}
