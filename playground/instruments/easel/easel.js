/* easel: one easel for every mounted element, fed by messages. What must survive a rerun lives in `easels`. */

const easels = new WeakMap();
const PARTS = ["kinds", "plot", "picture", "close", "transport", "caption", "pulse", "number", "back", "play", "forward", "scrub",
  "ticks", "fill", "thumb", "speed", "save", "unzoom", "strip", "values", "film", "chart", "say"];

function mount(parent) {
  const root = parent.querySelector(".easel");
  const el = Object.fromEntries(PARTS.map((name) => [name, root.querySelector(`.${name}`)]));
  const s = {
    root, el, alive: true, scene: null, frames: [], run: null, live: false, messages: 0, paints: 0,
    pos: 0, playing: false, scrubbing: false, glide: null, speed: 1,
    kind: 0, picked: 0, large: false, chart: {canvas: document.createElement("canvas"), stale: true, width: 0, scales: null}, film: {canvas: document.createElement("canvas"), stale: true},
  };
  bindEasel(s);
  s.watch = new ResizeObserver(() => {
    if (!s.scene || !root.clientWidth) return;
    if (arrange(s)) sizeAll(s);
    s.chart.stale = true;
    touch(s);
  });
  s.watch.observe(root);
  root.__stage = root.__easel = {
    get frames() { return s.frames.length; },
    get index() { return indexOf(s); },
    get pos() { return s.pos; },
    get playing() { return s.playing; },
    get live() { return s.live; },
    get picked() { return s.picked; },
    get large() { return s.large; },
    get kind() { return s.scene.kinds[s.kind].name; },
    get paints() { return s.paints; },
    get count() { return s.scene.count; },
    get cell() { return s.geo.cell; },
    get names() { return s.scene.names; },
    get dark() { return s.theme.dark; },
    get layers() { return {}; },
    bytes: (kind, i, frame) => bytesOf(s, kind, i, frame),
    place: (i) => s.geo.places[i].map((v, k) => v + s.geo.cell[k] / 2),
  };
  return s;
}

/** Something changed: paint at the next frame. */
function touch(s) {
  s.dirty = true;
  if (!s.pending && s.alive) s.pending = requestAnimationFrame((now) => beat(s, now));
}

function beat(s, now) {
  s.pending = 0;
  if (!s.scene || !s.geo) return;
  const moving = advance(s, s.before ? Math.min(0.1, (now - s.before) / 1000) : 0);
  if (s.frames.length && s.root.clientWidth && (s.dirty || moving)) {
    s.dirty = false;
    s.paints++;
    paintGrid(s);
    paintClose(s);
    paintFilm(s);
    if (s.scene.chart) paintChart(s);
    showClock(s);
  }
  s.before = moving ? now : 0;
  if (moving) touch(s);
}

/** A message: another scene chooses its first picture, another run begins another recording. */
function receive(s, message) {
  const otherScene = message.scene.id !== s.scene?.id;
  s.scene = message.scene;
  s.palette = message.palette;
  s.messages++;
  if (otherScene) Object.assign(s, {large: false});
  s.picked = Math.min(s.picked, s.scene.count - 1);
  s.root.classList.toggle("large", s.large);
  if (!s.frames.length) s.run = null;
  if (!record(s, message)) askFor(s, s.frames.length);
  s.chart.scales = chartScales(s);
  if (!s.scene.chart) for (const scale of Object.values(s.chart.scales)) scale.hi = Math.max(scale.hi, scale.lo + 1); // three digits will do
  s.chart.stale = true;
}

/** Frames were lost on the way, or came before this element was here: ask for them, at most once a second. */
function askFor(s, have) {
  const now = performance.now();
  if (now - (s.asked ?? -1e9) < 1000) return;
  s.asked = now;
  setTimeout(() => s.alive && s.ask("missing", {have, run: s.run}));
  setTimeout(() => s.alive && !s.frames.length && askFor(s, 0), 2000);
}

function rebuild(s) {
  const {el} = s;
  el.transport.hidden = s.frames.length < 2 && !s.live;
  el.strip.hidden = !s.scene.lines.length || el.transport.hidden;
  el.chart.hidden = !s.scene.chart;
  const made = JSON.stringify([s.scene.kinds, s.scene.lines, s.theme.dark]);
  if (made !== s.made) {
    buildKinds(s);
    buildValues(s);
    s.made = made;
    s.geo = null;
  }
  describe(s);
  if (arrange(s)) sizeAll(s);
}

export default function ({data, parentElement, setStateValue, setTriggerValue}) {
  let s = easels.get(parentElement);
  if (!s) easels.set(parentElement, (s = mount(parentElement)));
  s.tell = setStateValue;
  s.ask = setTriggerValue;
  if (data !== s.data && data?.byteLength) {
    s.data = data;
    receive(s, decode(data));
  }
  if (s.scene) {
    wear(s, parentElement);
    rebuild(s);
    touch(s);
  }
  return () => {
    s.alive = false;
    cancelAnimationFrame(s.pending);
    clearTimeout(s.resting);
    s.watch.disconnect();
    easels.delete(parentElement);
  };
}
