/* main: the pad's own state, and what it does with a message. */

const PARTS = [...PLOT, ...PLAYER, "marker", "decoded", "held", "conditions", "knobs", "modes", "path"];
Object.assign(ROUGH, {pictures: true, weights: true, half: true});

function mount(parent) {
  const s = {
    ...held(parent, "pad", PARTS), ...planeState(), decoder: null,
    z: new Float64Array(2), labels: [], axes: [0, 1], point: null, grip: null, drawn: -1, pictures: 0, decodeMs: 0,
    networks: new Map(), grid: {canvas: newCanvas(), done: 0, made: 0, slices: [], key: "", waiting: false},
    without: new Set(), thumbnails: false, quantiles: false,
  };
  s.save = () => keepPicture(s);
  bindZoom(s);
  bindTransport(s, keyPressed);
  bindMarker(s);
  bindTwin(s);
  watchSize(s, s.el.plot, (s) => {
    resized(s);
    refresh(s);
  });
  s.root.__pad = publish(s, planeTold(s), padTold(s));
  return s;
}

/** What tests look at. */
function padTold(s) {
  return {
    get z() { return Array.from(s.z); },
    get labels() { return s.labels; },
    get axes() { return s.axes; },
    get point() { return s.point; },
    get pictures() { return s.pictures; },
    get decodeMs() { return s.decodeMs; },
    get manifold() { return {done: s.grid.done, made: s.grid.made, slices: s.grid.slices}; },
    decode: (z, labels) => Array.from(decodeAt(s, z, labels ?? s.labels)),
    get path() { return pathTold(s); },
    tile: (i, j, side) => tileOf(s, i, j, side),
    hold: (z) => hold(s, z),
    pixel: (x, y) => [toX(s, toPlane(s, x)), toY(s, toPlane(s, y))],
  };
}

/** A message: another plane resets marker, zoom and toggles; later messages of a run leave out the thumbnails. */
function receive(s, message) {
  const {scene} = message;
  const before = s.scene && codesLayer(s);
  s.decoder = scene.layers.find((layer) => layer.kind === "Decoder");
  s.path = scene.layers.find((layer) => layer.kind === "Path") ?? null;
  scene.layers = scene.layers.filter((layer) => layer !== s.decoder && layer !== s.path);
  for (const layer of scene.layers) if (layer.kind in ALIAS) [layer.own, layer.kind] = [layer.kind, ALIAS[layer.kind]];
  const otherScene = takeScene(s, message);
  const again = !otherScene && s.quantiles;
  takeToggles(s);
  if (otherScene || !s.view) Object.assign(s, {quantiles: false, without: new Set(), view: wholeView(scene.bounds)});
  if (otherScene || s.axes.some((k) => k >= s.decoder.latent)) s.axes = [...s.decoder.plane];
  if (again) scene.bounds = [[0, 1], [0, 1]];
  takeMarker(s, otherScene);
  const codes = codesLayer(s);
  codes.arrays.pictures ??= otherScene ? undefined : before?.arrays.pictures;
  if (!s.frames.length) s.run = null; // what came before held no snapshot: the recording begins now
  const whole = record(s, message);
  insist(s, codes.pictured && !codes.arrays.pictures ? 0 : whole ? null : s.frames.length);
  joinTwins(s);
  return otherScene;
}

function show(s) {
  buildKnobs(s);
  buildConditions(s);
  buildModes(s);
  buildPath(s);
  look(s, s.axes);
  nameThings(s);
  rebuildPlane(s);
  refresh(s);
}

export default instrument({mount, receive, show, leave: partTwins});
