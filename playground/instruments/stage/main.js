/* main: the stage's own state, and what it does with a message. */

const PARTS = [...PLOT, ...PLAYER, "hands", "brush", "drawn"];

Object.assign(HAND, {
  follow,
  paint: (s, g) => s.brush && paintDrawing(s, g),
  painted: placeHands,
  spend: (s, dt) => Boolean(s.brush) && sprayFor(s, dt),
  over: (s, g) => s.brush && paintNib(s, g),
  words: (s) => [...handScore(s), ...lineScore(s), ...outlineScore(s)],
  score: (s, x, y) => (s.scored ? [...handScore(s), ...outlineScore(s)] : likelihoodAt(s, x, y)),
});

function mount(parent) {
  const s = {...held(parent, "stage", PARTS), ...planeState(), hands: null, lines: {}};
  s.save = () => savePicture(s);
  s.el.hands.replaceChildren();
  bindZoom(s);
  bindPointer(s);
  bindTransport(s, stageKey);
  watchSize(s, s.el.plot, resized);
  s.hear = (event) => hearLinked(s, event.detail);
  window.addEventListener("stage-hand", s.hear);
  publish(s, planeTold(s), stageTold(s));
  return s;
}

/** What tests look at. */
function stageTold(s) {
  const told = (layer) => (layer.arrays.values ? sliceOf(s, layer, layer.arrays) : barsOf(s, layer, layer.arrays));
  return {
    get handles() { return s.hands && Array.from(s.hands.xy); },
    get slices() {
      const cut = s.scene.layers.filter((layer) => layer.kind === "Slice");
      return Object.fromEntries(cut.map((layer) => {
        const {x, y, heights, count} = told(layer);
        return [layer.name, {at: lineAt(s, layer), x: x && Array.from(x), y: Array.from(y ?? heights), count}];
      }));
    },
    get drawn() { return s.brush?.points.length ?? 0; },
  };
}

/** A key on the plot is the brush's first, if there is one. */
function stageKey(s, event) {
  const drawing = s.brush && event.currentTarget === s.el.plot && !modified(event);
  if (drawing && brushKey(s, event)) event.preventDefault();
  else keyPressed(s, event);
}

/** A message: another scene may reset zoom and hands, another run only the recording. */
function receive(s, message) {
  const otherBounds = JSON.stringify(message.scene.bounds) !== JSON.stringify(s.scene?.bounds);
  const otherScene = takeScene(s, message);
  if (otherBounds) s.view = wholeView(s.scene.bounds);
  takeToggles(s);
  insist(s, record(s, message) ? null : s.frames.length);
  return otherScene;
}

function show(s, otherScene) {
  const {el, scene} = s;
  s.root.dataset.aspect = scene.aspect;
  el.plot.setAttribute("aria-label", scene.alt || scene.id);
  el.brush.hidden = el.drawn.hidden = !scene.brush;
  takeHands(s, otherScene);
  takeBrush(s, otherScene);
  rebuildPlane(s);
}

export default instrument({mount, receive, show, leave: (s) => window.removeEventListener("stage-hand", s.hear)});
