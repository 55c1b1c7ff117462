/* tools: the bar over the sheet, and how much is covered. */

Object.assign(ICONS, {
  paint: icon('<path d="M14 4.5 19.5 10 10 19.5H4.5V14z"/>'),
  invert: icon('<circle cx="12" cy="12" r="7.5"/><path class="solid" d="M12 4.5a7.5 7.5 0 0 1 0 15z"/>'),
});

/** Masks at one press: what each covers of a picture w wide and h high. */
const PRESETS = {
  "Right half": (x, y, w) => x >= w / 2,
  Middle: (x, y, w, h) => Math.abs(x + 0.5 - w / 2) < w / 4 && Math.abs(y + 0.5 - h / 2) < h / 4,
  Border: (x, y, w, h) => Math.abs(x + 0.5 - w / 2) > w / 4 || Math.abs(y + 0.5 - h / 2) > h / 4,
};

function buildTools(s) {
  const again = (change) => () => {
    change();
    buildTools(s);
  };
  const some = s.mask.some(Boolean);
  const focused = s.el.brush.contains(s.root.getRootNode().activeElement) && s.root.getRootNode().activeElement.className;
  s.el.brush.replaceChildren(
    tool("paint", "Cover", again(() => (s.eraser = false)), {pressed: !s.eraser}),
    tool("eraser", "Uncover", again(() => (s.eraser = true)), {pressed: s.eraser}),
    toolSlider(s, "size", [0.6, 6, 0.1]),
    tool("undo", "Undo", () => travelMask(s, "undo", "redo"), {off: !s.undo.length}),
    tool("redo", "Redo", () => travelMask(s, "redo", "undo"), {off: !s.redo.length}),
    tool("invert", "Invert", () => remake(s, (x, y, w, h, bit) => !bit), {off: !some}),
    tool("clear", "Clear", () => remake(s, () => false), {off: !some}),
    ...Object.entries(PRESETS).map(([label, covers]) => tool("preset", label, () => remake(s, covers), {html: `<span>${label}</span>`})),
  );
  if (focused) s.el.brush.querySelector(`.${CSS.escape(focused)}:not(:disabled)`)?.focus();
  const covered = s.mask.reduce((sum, bit) => sum + bit, 0);
  s.el.drawn.textContent = covered ? `${covered.toLocaleString("en")} of ${s.mask.length.toLocaleString("en")} pixels will be painted again` : "Cover what is to be painted again";
}
