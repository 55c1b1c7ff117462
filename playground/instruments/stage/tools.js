/* tools: the bar over a sheet to spray on, and how full the sheet is. */

function buildBrush(s) {
  const {brush, el} = s;
  const again = (act) => () => {
    act();
    if (s.brush) buildBrush(s);
  };
  const classes = brush.classes.map((name, c) => {
    const choose = () => Object.assign(brush, {cls: c, eraser: false});
    const html = '<span class="dot"></span><span></span>';
    const button = tool("class", name, again(choose), {pressed: brush.cls === c && !brush.eraser, html});
    button.firstChild.style.background = css(brushColour(s, c));
    button.lastChild.textContent = name;
    return button;
  });
  el.brush.replaceChildren(
    ...(classes.length > 1 ? classes : []),
    tool("eraser", "Eraser", again(() => (brush.eraser = !brush.eraser)), {pressed: brush.eraser}),
    toolSlider(brush, "size", [0.01, 0.2, 0.005]),
    toolSlider(brush, "jitter", [0, 1, 0.005]),
    tool("undo", "Undo", again(() => travel(s, "undo", "redo"))),
    tool("redo", "Redo", again(() => travel(s, "redo", "undo"))),
    tool("clear", "Clear", again(() => clearDrawing(s))),
  );
  showBrush(s);
}

/** How full the sheet is. */
function showBrush(s) {
  const n = s.brush.points.length;
  const {el, brush} = s;
  const part = (name) => el.brush.querySelector(`.${name}`);
  el.drawn.textContent = n >= MOST ? "full: 2,000 points" : `${n.toLocaleString("en")} / 2,000 points`;
  part("undo").disabled = !brush.undo.length;
  part("redo").disabled = !brush.redo.length;
  part("clear").disabled = !n;
}
