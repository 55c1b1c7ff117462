/* zoom: fingers and mouse on the plot. One finger scrolls the page until there is something to drag or to draw. */

function bindPlot(s) {
  const plot = s.el.plot;
  const down = new Map(); // pointer id -> place
  const zoomed = () => zoomOf(s) > 1.001;
  const look = () => {
    plot.style.touchAction = s.brush || zoomed() ? "none" : "pan-y";
    plot.classList.toggle("zoomed", zoomed() && !s.brush);
    plot.classList.toggle("drawing", Boolean(s.brush));
    s.el.unzoom.hidden = !zoomed();
  };
  s.zoom = (factor, place, shift) => {
    zoomBy(s, factor, place, shift);
    look();
    touch(s, true);
  };
  s.unzoom = () => {
    s.view = wholeView(s.scene.bounds);
    look();
    touch(s, true);
  };
  s.look = look;

  plot.onpointerdown = (event) => {
    const place = placeOf(s, event);
    if (event.button || !inside(s, place)) return;
    down.set(event.pointerId, place);
    if (down.size === 2 && s.brush?.at) endStroke(s);
    if (down.size > 1 || zoomed() || s.brush) plot.setPointerCapture(event.pointerId);
    if (down.size === 1 && s.brush) startStroke(s, place);
    showReadout(s, place);
  };
  plot.onpointermove = (event) => {
    const place = placeOf(s, event);
    const before = down.get(event.pointerId);
    if (before) {
      if (down.size === 2) pinch(s, down, event.pointerId, place);
      else if (s.brush?.at) s.brush.at = place;
      else if (zoomed()) s.zoom(1, before, [place[0] - before[0], place[1] - before[1]]);
      down.set(event.pointerId, place);
    }
    showReadout(s, place);
  };
  plot.onpointerup = plot.onpointercancel = (event) => {
    if (!down.delete(event.pointerId)) return;
    if (s.brush?.at) endStroke(s);
    if (event.type === "pointercancel") showReadout(s, null);
  };
  plot.onpointerleave = () => down.size || showReadout(s, null);
  plot.onwheel = (event) => {
    if (!event.ctrlKey && !event.metaKey) return; // a plain wheel scrolls the page
    event.preventDefault();
    s.zoom(Math.exp(-0.0022 * event.deltaY * (event.deltaMode ? 16 : 1)), placeOf(s, event));
  };
  plot.ondblclick = () => s.brush || s.unzoom();
}

/** Two fingers: the place between them stays between them. */
function pinch(s, down, id, place) {
  const other = [...down].find(([key]) => key !== id)[1];
  const before = down.get(id);
  const span = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]) || 1;
  const middle = [(before[0] + other[0]) / 2, (before[1] + other[1]) / 2];
  s.zoom(span(place, other) / span(before, other), middle, [(place[0] - before[0]) / 2, (place[1] - before[1]) / 2]);
}
