/* easel: its own state, and what it does with a message. */

const PARTS = [...PLAYER, "kinds", "plot", "picture", "close", "film"];

function mount(parent) {
  const s = {
    ...held(parent, "easel", PARTS), ...playhead(), paints: 0, kind: 0, picked: 0, large: false, film: {canvas: newCanvas(), stale: true},
  };
  bindEasel(s);
  watchSize(s, s.root, (s) => {
    if (arrange(s)) sizeAll(s);
    s.chart.stale = true;
    touch(s);
  });
  s.root.__easel = publish(s, easelTold(s));
  return s;
}

/** What tests look at. */
function easelTold(s) {
  return {
    get live() { return s.live; },
    get picked() { return s.picked; },
    get large() { return s.large; },
    get kind() { return s.scene.kinds[s.kind].name; },
    get paints() { return s.paints; },
    get count() { return s.scene.count; },
    get cell() { return s.geo.cell; },
    get names() { return s.scene.names; },
    get marks() { return marksOf(s); },
    get layers() { return {}; },
    bytes: (kind, i, frame) => bytesOf(s, kind, i, frame),
    place: (i) => s.geo.places[i].map((v, k) => v + s.geo.cell[k] / 2),
  };
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

/** A message: another scene says which picture is chosen, another run begins another recording. */
function receive(s, message) {
  if (takeScene(s, message)) Object.assign(s, {large: false, picked: s.scene.picked});
  s.root.classList.toggle("large", s.large);
  if (!s.frames.length) s.run = null;
  insist(s, record(s, message) ? null : s.frames.length);
  s.chart.scales = chartScales(s);
  if (!s.scene.chart) for (const scale of Object.values(s.chart.scales)) scale.hi = Math.max(scale.hi, scale.lo + 1); // three digits will do
  s.chart.stale = true;
}

function show(s) {
  showTransport(s);
  s.el.chart.hidden = !s.scene.chart;
  const made = JSON.stringify([s.scene.kinds, s.scene.lines, s.theme.dark]);
  if (made !== s.made) {
    buildKinds(s);
    buildValues(s);
    s.made = made;
    s.geo = null;
  }
  describe(s);
  if (arrange(s)) sizeAll(s);
  touch(s);
}

export default instrument({mount, receive, show});
