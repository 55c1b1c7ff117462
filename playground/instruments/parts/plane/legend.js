/* legend: the layers by their names, each a switch; and the keys of the plane. */

const KEYS = {
  ...PLAYS,
  "+": (s) => s.zoom(1.25, middleOf(s)),
  "=": (s) => s.zoom(1.25, middleOf(s)),
  "-": (s) => s.zoom(0.8, middleOf(s)),
  0: (s) => s.unzoom(),
  p: (s) => s.save(),
  P: (s) => s.save(),
};
const middleOf = (s) => [s.geo.left + s.geo.w / 2, s.geo.top + s.geo.h / 2];

/** The legend is made anew only where it says something else: a button that has the focus keeps it while a run goes on. */
function buildLegend(s) {
  const made = JSON.stringify([s.scene.layers, s.theme.dark], (key, value) => (key === "arrays" ? undefined : value));
  if (made === s.legendMade) {
    s.scene.layers.forEach((layer, i) => s.el.legend.children[i].setAttribute("aria-pressed", s.on[layer.name]));
    return;
  }
  s.legendMade = made;
  s.el.legend.replaceChildren(
    ...s.scene.layers.map((layer, i) => {
      const button = document.createElement("button");
      button.type = "button";
      button.innerHTML = `${swatch(s, layer)}<span></span>`;
      button.lastChild.textContent = layer.label || layer.name;
      if (layer.classes?.length) button.append(classNames(s, layer.classes));
      if (i < 9) button.title = `Show or hide (${i + 1})`;
      button.hidden = layer.bare === true; // no data, no switch for them
      button.setAttribute("aria-pressed", s.on[layer.name]);
      button.onclick = () => toggleLayer(s, i);
      return button;
    }),
  );
}

/** The names of a layer's classes, each beside its colour; seen while the layer is. */
function classNames(s, classes) {
  const names = document.createElement("span");
  names.className = "names";
  names.append(...classes.map((text, c) => readoutPart({text, colour: s.theme.cls(c)})));
  return names;
}

function toggleLayer(s, i) {
  if (!s.scene.layers[i]) return;
  flipLayer(s, i);
  HAND.toggled(s, s.scene.layers[i]);
}

function flipLayer(s, i) {
  const layer = s.scene.layers[i];
  s.on[layer.name] = !s.on[layer.name];
  s.el.legend.children[i].setAttribute("aria-pressed", s.on[layer.name]);
  touch(s, true);
}

function keyPressed(s, event) {
  if (modified(event)) return;
  const action = /^[1-9]$/.test(event.key) ? () => toggleLayer(s, Number(event.key) - 1) : KEYS[event.key];
  if (!action) return;
  event.preventDefault();
  action(s);
}
