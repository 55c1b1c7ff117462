/* pointer: fingers and mouse on the plot. One finger scrolls the page until there is something to drag or to draw. */

function bindPointer(s) {
  const plot = s.el.plot;
  const down = new Map(); // pointer id -> place
  s.look = () => {
    plot.style.touchAction = s.brush || zoomed(s) ? "none" : "pan-y";
    plot.classList.toggle("zoomed", zoomed(s) && !s.brush);
    plot.classList.toggle("drawing", Boolean(s.brush));
    s.el.unzoom.hidden = !zoomed(s);
  };
  plot.onpointerdown = (event) => {
    const place = placeOf(s, event);
    if (event.button || !inside(s, place)) return;
    down.set(event.pointerId, place);
    if (down.size === 2 && s.brush?.at) endStroke(s);
    if (down.size > 1 || zoomed(s) || s.brush) plot.setPointerCapture(event.pointerId);
    if (down.size === 1 && s.brush) startStroke(s, place);
    showReadout(s, place);
  };
  plot.onpointermove = (event) => {
    const place = placeOf(s, event);
    const before = down.get(event.pointerId);
    if (before) {
      if (down.size === 2) pinch(s, down, event.pointerId, place);
      else if (s.brush?.at) s.brush.at = place;
      else if (zoomed(s)) s.zoom(1, before, [place[0] - before[0], place[1] - before[1]]);
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
}
