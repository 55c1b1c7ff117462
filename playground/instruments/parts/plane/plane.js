/* plane: what an instrument holds that shows a plane, and what it does alike with every message. */

const PLOT = ["plot", "picture", "over", "readout", "legend", "unzoom"];

/** A plane before anything is on it. */
const planeState = () => ({
  ...playhead(), on: {}, told: {}, view: null, pointer: null, scored: false, brush: null,
  fields: {}, scratch: {}, shown: {}, beats: [], lastPaintMs: 0, coarse: false,
  sheet: makeSheet(), ground: {canvas: newCanvas(), stale: true, count: 0},
});

/** What a person toggled stays, until Python says otherwise. */
function takeToggles(s) {
  for (const layer of s.scene.layers) {
    if (s.told[layer.name] !== layer.on) s.on[layer.name] = s.told[layer.name] = layer.on;
  }
}

/** Legend, player and chart of the scene, all to be painted afresh. */
function rebuildPlane(s) {
  showTransport(s);
  buildLegend(s);
  buildValues(s);
  s.look();
  resized(s);
}

function resized(s) {
  measure(s);
  s.chart.stale = true;
  touch(s, true);
}

/** What tests look at. */
function planeTold(s) {
  return {
    get bounds() { return s.scene.bounds; },
    get view() { return s.view; },
    get zoom() { return zoomOf(s); },
    get layers() { return {...s.on}; },
    get coarse() { return s.coarse; },
    get lastPaintMs() { return s.lastPaintMs; },
    fps: () => fps(s),
    pixel: (x, y) => [toX(s, x), toY(s, y)],
  };
}
