/* zoom: wheel, double click and two fingers on the plot, and the button that undoes them. */

const zoomed = (s) => zoomOf(s) > 1.001;

/** Bind what zooms; `s.look` is called whenever the view has changed. */
function bindZoom(s) {
  const {plot, unzoom} = s.el;
  s.zoom = (factor, place, shift) => {
    zoomBy(s, factor, place, shift);
    s.look();
    touch(s, true);
  };
  s.unzoom = () => {
    s.view = wholeView(s.scene.bounds);
    s.look();
    touch(s, true);
  };
  s.look = () => (unzoom.hidden = !zoomed(s));
  unzoom.innerHTML = ICONS.unzoom;
  unzoom.onclick = () => s.unzoom();
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
