/* main: one pad for every mounted element, fed by messages. What must survive a rerun lives in `pads`. */

const pads = new WeakMap();
const PARTS = ["plot", "picture", "over", "readout", "hands", "marker", "decoded", "held", "conditions", "knobs", "modes", "legend",
  "unzoom", "save", "transport", "caption", "pulse", "number", "back", "play", "forward", "scrub", "ticks", "fill", "thumb", "speed",
  "strip", "values", "chart", "say"];
Object.assign(ROUGH, {pictures: true, weights: true, half: true});

function mount(parent) {
  const root = parent.querySelector(".pad");
  const el = Object.fromEntries(PARTS.map((name) => [name, root.querySelector(`.${name}`)]));
  const canvas = () => document.createElement("canvas");
  const s = {
    root, el, alive: true, scene: null, decoder: null, frames: [], run: null, live: false, messages: 0,
    pos: 0, playing: false, scrubbing: false, glide: null, speed: 1,
    on: {}, told: {}, view: null, hands: null, lines: {}, brush: null, pointer: null,
    fields: {}, scratch: {}, shown: {}, beats: [], lastPaintMs: 0,
    coarse: false, sheet: makeSheet(), ground: {canvas: canvas(), stale: true, count: 0},
    chart: {canvas: canvas(), stale: true, width: 0, scales: null},
    z: new Float64Array(2), labels: [], axes: [0, 1], point: null, grip: null, drawn: -1, pictures: 0, decodeMs: 0,
    networks: new Map(), small: {canvas: canvas()}, grid: {canvas: canvas(), done: 0, made: 0, slices: [], key: "", waiting: false},
    without: new Set(), thumbnails: false, quantiles: false,
  };
  bindPlot(s); // wheel, pinch and double click are the stage's; the pointer and the keys are the marker's
  bindTransport(s);
  bindMarker(s);
  bindTwin(s);
  s.el.save.onclick = () => keepPicture(s);
  s.look = () => (s.el.unzoom.hidden = zoomOf(s) <= 1.001);
  s.watch = new ResizeObserver(() => {
    if (!s.scene || !el.plot.clientWidth) return;
    measure(s);
    s.chart.stale = true;
    touch(s, true);
    refresh(s);
  });
  s.watch.observe(root);
  publish(s);
  return s;
}

/** What tests look at. */
function publish(s) {
  s.root.__stage = s.root.__pad = {
    get frames() { return s.frames.length; },
    get index() { return indexOf(s); },
    get pos() { return s.pos; },
    get playing() { return s.playing; },
    get z() { return Array.from(s.z); },
    get labels() { return s.labels; },
    get axes() { return s.axes; },
    get point() { return s.point; },
    get bounds() { return s.scene.bounds; },
    get view() { return s.view; },
    get zoom() { return zoomOf(s); },
    get layers() { return {...s.on}; },
    get dark() { return s.theme.dark; },
    get pictures() { return s.pictures; },
    get decodeMs() { return s.decodeMs; },
    get lastPaintMs() { return s.lastPaintMs; },
    get manifold() { return {done: s.grid.done, made: s.grid.made, slices: s.grid.slices}; },
    decode: (z, labels) => Array.from(decodeAt(s, z, labels ?? s.labels)),
    tile: (i, j, side) => tileOf(s, i, j, side),
    hold: (z) => hold(s, z),
    pixel: (x, y) => [toX(s, toPlane(s, x)), toY(s, toPlane(s, y))],
  };
}

function dress(s, parent) {
  const host = parent.host ?? parent;
  const dark = isDark(host);
  const colours = s.palette[dark ? "dark" : "light"];
  s.theme = makeTheme(colours, dark);
  s.font = getComputedStyle(host).fontFamily || "sans-serif";
  for (const [name, hex] of Object.entries(colours.surface)) s.root.style.setProperty(`--${name}`, hex);
  s.root.style.setProperty("--hand", colours.roles.hand);
  s.root.dataset.theme = dark ? "dark" : "light";
}

/** A message: another plane resets marker, zoom and toggles; later messages of a run leave out the thumbnails. */
function receive(s, message) {
  const {scene} = message;
  const before = s.scene && codesLayer(s);
  const otherScene = scene.id !== s.scene?.id;
  const again = !otherScene && s.quantiles;
  s.decoder = scene.layers.find((layer) => layer.kind === "Decoder");
  scene.layers = scene.layers.filter((layer) => layer !== s.decoder);
  for (const layer of scene.layers) if (layer.kind in ALIAS) [layer.own, layer.kind] = [layer.kind, ALIAS[layer.kind]];
  s.scene = scene;
  s.palette = message.palette;
  s.messages++;
  for (const layer of scene.layers) {
    if (s.told[layer.name] !== layer.on) s.on[layer.name] = s.told[layer.name] = layer.on; // what a person toggled stays
  }
  if (otherScene || !s.view) Object.assign(s, {quantiles: false, without: new Set(), view: wholeView(scene.bounds)});
  if (otherScene || s.axes.some((k) => k >= s.decoder.latent)) s.axes = [...s.decoder.plane];
  if (again) scene.bounds = [[0, 1], [0, 1]];
  takeMarker(s, otherScene);
  const codes = codesLayer(s);
  codes.arrays.pictures ??= otherScene ? undefined : before?.arrays.pictures;
  if (!s.frames.length) s.run = null; // what came before held no snapshot: the recording begins now
  const complete = record(s, message) && (!codes.pictured || codes.arrays.pictures);
  if (!complete) askFor(s, codes.pictured && !codes.arrays.pictures ? 0 : s.frames.length);
  joinTwins(s);
  return otherScene;
}

/** Snapshots were lost on the way, or came before this element was here: ask for them, at most once a second. */
function askFor(s, have) {
  const now = performance.now();
  if (now - (s.asked ?? -1e9) < 1000) return;
  s.asked = now;
  setTimeout(() => s.alive && s.ask("missing", {have, run: s.run}));
}

function rebuild(s) {
  const {el} = s;
  el.transport.hidden = s.frames.length < 2 && !s.live;
  el.strip.hidden = !s.scene.lines.length || (s.frames.length < 2 && !s.live);
  buildLegend(s);
  buildValues(s);
  buildKnobs(s);
  buildConditions(s);
  buildModes(s);
  look(s, s.axes);
  nameThings(s);
  s.look();
  measure(s);
  s.chart.stale = true;
  refresh(s);
}

export default function ({data, parentElement, setStateValue, setTriggerValue}) {
  let s = pads.get(parentElement);
  if (!s) pads.set(parentElement, (s = mount(parentElement)));
  s.tell = setStateValue;
  s.ask = setTriggerValue;
  if (data !== s.data && data?.byteLength) {
    s.data = data;
    receive(s, decode(data));
  }
  if (s.scene) {
    dress(s, parentElement);
    rebuild(s);
    touch(s, true);
  }
  return () => {
    s.alive = false;
    partTwins(s);
    cancelAnimationFrame(s.pending);
    clearTimeout(s.resting);
    clearTimeout(s.letting);
    s.watch.disconnect();
    pads.delete(parentElement);
  };
}
