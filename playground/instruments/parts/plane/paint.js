/* paint: what is on the plane at this instant. Nothing is drawn unless something changed. */

const PAINTERS = {
  Points: paintPoints,
  Field: paintField,
  Contours: paintContours,
  Ellipses: paintEllipses,
  Density: paintDensity,
  Bells: paintBells,
  Draws: paintDraws,
  Curves: paintCurves,
  Histogram: paintHistogram,
  Arrows: paintArrows,
  Mesh: paintMesh,
  Paths: paintPaths,
};
const SNAPS = {Contours: true}; // level lines have no identity from frame to frame
const ROUGH = {cls: true, start: true}; // arrays of labels jump

/** The name under which frames speak of a layer. */
const toldOf = (layer) => layer.of || layer.name;

/** The arrays of a layer now: the scene's, overridden by the two frames around the playhead, tweened. */
function resolve(s, layer, {i, j, t}) {
  const [a, b] = [i, j].map((at) => believed(layer, {...layer.arrays, ...s.frames[at]?.arrays[toldOf(layer)]}));
  const now = {};
  for (const name in {...a, ...b}) {
    const jumps = SNAPS[layer.kind] || ROUGH[name] || a[name]?.length !== b[name]?.length;
    if (a[name] === b[name] || t === 0) now[name] = a[name];
    else if (jumps) now[name] = t < 0.5 ? a[name] : b[name];
    else now[name] = lerp(s, `${layer.name}/${name}`, a[name], b[name], t);
  }
  return HAND.follow(s, layer, now);
}

function lerp(s, key, a, b, t) {
  let out = s.scratch[key];
  if (out?.length !== a.length || out.constructor !== a.constructor) out = s.scratch[key] = new a.constructor(a.length);
  out.shape = a.shape;
  for (let i = 0; i < a.length; i++) out[i] = a[i] + (b[i] - a[i]) * t;
  return out;
}

/** Layers that no frame overrides and that lie under all others are painted once into `s.ground`. */
function groundLayers(s) {
  const led = (layer) => layer.kind === "Slice" || layer.form === "line" || layer.outline; // by a hand, here or on a linked stage
  const moving = s.scene.layers.findIndex((layer) => led(layer) || s.frames.some((frame) => toldOf(layer) in frame.arrays));
  return moving < 0 ? s.scene.layers.length : moving;
}

function paintLayer(s, g, layer, at) {
  s.shown[layer.name] = resolve(s, layer, at);
  if (s.on[layer.name]) PAINTERS[layer.kind]?.(s, g, layer, s.shown[layer.name]);
}

function clipped(s, g, draw) {
  const {dpr, left, top, w, h} = s.geo;
  g.save();
  g.setTransform(dpr, 0, 0, dpr, 0, 0);
  g.beginPath();
  g.rect(left, top, w, h); // pixel-aligned: a rounded clip would make every picture under it several times slower
  g.clip();
  draw();
  g.restore();
}

function paintGround(s, count, at) {
  const {canvas} = s.ground;
  fit(canvas, s.geo.width, s.geo.height, s.geo.dpr);
  const g = canvas.getContext("2d", {willReadFrequently: true});
  g.setTransform(s.geo.dpr, 0, 0, s.geo.dpr, 0, 0);
  g.clearRect(0, 0, s.geo.width, s.geo.height);
  paintAxes(s, g);
  clipped(s, g, () => s.scene.layers.slice(0, count).forEach((layer) => paintLayer(s, g, layer, at)));
}

function paintPlane(s) {
  const began = performance.now();
  const at = between(s);
  const g = s.el.picture.getContext("2d", {willReadFrequently: true});
  if (s.ground.stale) {
    s.ground.count = groundLayers(s);
    paintGround(s, s.ground.count, at);
    s.ground.stale = false;
  }
  g.setTransform(1, 0, 0, 1, 0, 0);
  g.globalCompositeOperation = "copy"; // the ground covers whatever was there: no clearing, no blending
  g.drawImage(s.ground.canvas, 0, 0);
  g.globalCompositeOperation = "source-over";
  clipped(s, g, () => {
    s.scene.layers.slice(s.ground.count).forEach((layer) => paintLayer(s, g, layer, at));
    HAND.paint(s, g);
  });
  HAND.painted(s);
  s.lastPaintMs = performance.now() - began;
}

/** Something changed: paint at the next frame. `all` also repaints the ground (view, theme, size, toggles, scene). */
function touch(s, all = false) {
  s.dirty = true;
  if (all) s.ground.stale = true;
  if (!s.pending && s.alive) s.pending = requestAnimationFrame((now) => beat(s, now));
}

/** A slow machine plays at one pixel a CSS pixel, and is sharp again as soon as the picture rests. */
function pace(s, moving) {
  if (moving && s.beats.length > 15 && fps(s) < 40) s.coarse = true;
  else if (!moving) s.coarse = false;
  if (measure(s)) s.ground.stale = s.chart.stale = s.dirty = true;
}

function beat(s, now) {
  s.pending = 0;
  if (!s.scene || !s.geo) return;
  const dt = s.before ? Math.min(0.1, (now - s.before) / 1000) : 0;
  const moving = advance(s, dt);
  const busy = HAND.spend(s, dt);
  pace(s, moving);
  if ((s.dirty || moving) && s.geo.width && s.geo.height) { // an element that is folded away has no size
    s.dirty = false;
    paintPlane(s);
    paintChart(s);
    showClock(s);
    refreshReadout(s);
    if (moving) s.beats = [...(dt ? s.beats.slice(-60) : []), now];
  }
  s.before = moving || busy ? now : 0;
  if (moving || busy || (s.dirty && s.geo.width)) touch(s);
}

/** Frames a second over the last second of motion. */
function fps(s) {
  const b = s.beats;
  return b.length > 1 ? ((b.length - 1) * 1000) / (b[b.length - 1] - b[0]) : 0;
}
