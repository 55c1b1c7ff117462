/* tools: the buttons and sliders of a brush. */

Object.assign(ICONS, {
  undo: icon('<path d="M8.5 5 4.5 9l4 4M4.5 9h9a5 5 0 0 1 0 10H9"/>'),
  redo: icon('<path d="m15.5 5 4 4-4 4M19.5 9h-9a5 5 0 0 0 0 10H15"/>'),
  clear: icon('<path d="M5 7h14M10 7V4.5h4V7M7 7l.8 12.5h8.4L17 7"/>'),
  eraser: icon('<path d="m4.5 15 9-9.5a1.5 1.5 0 0 1 2.2 0l4 4a1.5 1.5 0 0 1 0 2.2L12.5 19H8z M9 10.5l6 6M8 19h12"/>'),
});

/** A button: its sign (or `html`), its name, what it does, and whether it is down or off. */
function tool(name, label, act, {pressed, off = false, html = ICONS[name]} = {}) {
  const button = Object.assign(document.createElement("button"), {type: "button", className: name, title: label, disabled: off});
  button.innerHTML = html;
  button.setAttribute("aria-label", label);
  if (pressed !== undefined) button.setAttribute("aria-pressed", pressed);
  button.onclick = act;
  return button;
}

/** A slider with its name before it, for the number `name` of `holder`. */
function toolSlider(holder, name, [min, max, step]) {
  const label = document.createElement("label");
  const input = Object.assign(document.createElement("input"), {type: "range", min, max, step, value: holder[name]});
  input.oninput = () => (holder[name] = Number(input.value));
  label.append(name, input);
  return label;
}
