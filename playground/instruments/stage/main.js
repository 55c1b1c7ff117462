/* main: one stage for every mounted element, fed by messages. Streamlit calls this again with the same element whenever
   the data or the theme change, so everything that must survive lives in `stages`. */

const stages = new WeakMap();
const PARTS = ["plot", "picture", "over", "readout", "hands", "brush", "drawn", "legend", "unzoom", "save", "transport", "caption",
  "pulse", "number", "back", "play", "forward", "scrub", "ticks", "fill", "thumb", "speed", "strip", "values", "chart", "say"];

function mount(parent) {
  const root = parent.querySelector(".stage");
  const el = Object.fromEntries(PARTS.map((name) => [name, root.querySelector(`.${name}`)]));
  const s = {
    root, el, alive: true, scene: null, frames: [], run: null, live: false, messages: 0,
    pos: 0, playing: false, scrubbing: false, glide: null, speed: 1,
    on: {}, told: {}, view: null, hands: null, lines: {}, brush: null, pointer: null,
    fields: {}, scratch: {}, shown: {}, beats: [], lastPaintMs: 0,
    coarse: false, sheet: makeSheet(), ground: {canvas: document.createElement("canvas"), stale: true, count: 0},
    chart: {canvas: document.createElement("canvas"), stale: true, width: 0, scales: null},
  };
  el.hands.replaceChildren();
  bindPlot(s);
  bindTransport(s);
  s.watch = new ResizeObserver(() => {
    if (!s.scene || !el.plot.clientWidth) return;
    measure(s);
    s.chart.stale = true;
    touch(s, true);
  });
  s.watch.observe(root);
  s.hear = (event) => hearLinked(s, event.detail);
  window.addEventListener("stage-hand", s.hear);
  publish(s);
  return s;
}

/** What tests look at. */
function publish(s) {
  s.root.__stage = {
    get frames() { return s.frames.length; },
    get index() { return indexOf(s); },
    get pos() { return s.pos; },
    get playing() { return s.playing; },
    get bounds() { return s.scene.bounds; },
    get view() { return s.view; },
    get zoom() { return zoomOf(s); },
    get layers() { return {...s.on}; },
    get dark() { return s.theme.dark; },
    get handles() { return s.hands && Array.from(s.hands.xy); },
    get slices() {
      const cut = s.scene.layers.filter((layer) => layer.kind === "Slice");
      const told = (layer, {values}) => (values ? sliceOf(s, layer, layer.arrays) : barsOf(s, layer, layer.arrays));
      return Object.fromEntries(cut.map((layer) => {
        const {x, y, heights, count} = told(layer, layer.arrays);
        return [layer.name, {at: lineAt(s, layer), x: x && Array.from(x), y: Array.from(y ?? heights), count}];
      }));
    },
    get drawn() { return s.brush?.points.length ?? 0; },
    get coarse() { return s.coarse; },
    get lastPaintMs() { return s.lastPaintMs; },
    fps: () => fps(s),
    pixel: (x, y) => [toX(s, x), toY(s, y)],
  };
}

function dress(s, parent) {
  const style = getComputedStyle(parent.host ?? parent);
  const dark = isDark(parent.host ?? parent);
  const colours = s.palette[dark ? "dark" : "light"];
  s.theme = makeTheme(colours, dark);
  s.font = style.fontFamily || "sans-serif";
  for (const [name, hex] of Object.entries(colours.surface)) s.root.style.setProperty(`--${name}`, hex);
  s.root.style.setProperty("--hand", colours.roles.hand);
  s.root.dataset.theme = dark ? "dark" : "light";
}

/** A message: another scene may reset zoom and hands, another run only the recording. */
function receive(s, message) {
  const otherScene = message.scene.id !== s.scene?.id;
  const otherBounds = JSON.stringify(message.scene.bounds) !== JSON.stringify(s.scene?.bounds);
  s.scene = message.scene;
  s.palette = message.palette;
  s.messages++;
  if (otherBounds) s.view = wholeView(s.scene.bounds);
  for (const layer of s.scene.layers) {
    if (s.told[layer.name] !== layer.on) s.on[layer.name] = s.told[layer.name] = layer.on; // what a person toggled stays
  }
  const complete = record(s, message);
  if (!complete) askFor(s, s.frames.length);
  return otherScene;
}

/** Frames were lost on the way, or came before this element was here: ask for them, at most once a second. */
function askFor(s, have) {
  const now = performance.now();
  if (now - (s.asked ?? -1e9) < 1000) return;
  s.asked = now;
  setTimeout(() => s.alive && s.ask("missing", {have, run: s.run}));
  setTimeout(() => s.alive && !s.frames.length && askFor(s, 0), 2000); // a rerun of the page may have swallowed the question
}

function rebuild(s, otherScene) {
  const {el, scene} = s;
  s.root.dataset.aspect = scene.aspect;
  el.plot.setAttribute("aria-label", scene.alt || scene.id);
  el.transport.hidden = s.frames.length < 2 && !s.live;
  el.strip.hidden = !scene.lines.length || (s.frames.length < 2 && !s.live);
  el.brush.hidden = el.drawn.hidden = !scene.brush;
  buildLegend(s);
  buildValues(s);
  takeHands(s, otherScene);
  takeBrush(s, otherScene);
  s.look();
  measure(s);
  s.chart.stale = true;
}

export default function ({data, parentElement, setStateValue, setTriggerValue}) {
  let s = stages.get(parentElement);
  if (!s) stages.set(parentElement, (s = mount(parentElement)));
  s.tell = setStateValue;
  s.ask = setTriggerValue;
  const fresh = data !== s.data && data?.byteLength;
  let otherScene = false;
  if (fresh) {
    s.data = data;
    otherScene = receive(s, decode(data));
  }
  if (s.scene) {
    dress(s, parentElement);
    rebuild(s, otherScene);
    touch(s, true);
  }
  return () => {
    s.alive = false;
    cancelAnimationFrame(s.pending);
    clearTimeout(s.resting);
    clearTimeout(s.letting);
    s.watch.disconnect();
    window.removeEventListener("stage-hand", s.hear);
    stages.delete(parentElement);
  };
}
