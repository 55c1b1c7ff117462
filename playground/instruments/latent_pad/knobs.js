/* knobs: a slider for every latent number, the plane that is looked at, the label, and how the plane is shown. */

function make(tag, name, properties = {}) {
  return Object.assign(document.createElement(tag), {className: name, ...properties});
}

/** A button that stays down. */
function press(text, pressed, act, title = "") {
  const button = make("button", "chip", {type: "button", title, onclick: act});
  button.append(text);
  button.setAttribute("aria-pressed", pressed);
  return button;
}

function buildKnobs(s) {
  const {latent, reach} = s.decoder;
  const state = `${latent}/${reach}`;
  if (s.knobs === state) return;
  s.knobs = state;
  s.el.knobs.replaceChildren(...Array.from({length: latent}, (_, k) => {
    const row = make("label", "knob");
    const name = make("span", "", {textContent: zName(k)});
    const input = make("input", "", {type: "range", min: -reach, max: reach, step: 0.01});
    input.setAttribute("aria-label", `Latent number ${k + 1}`);
    input.oninput = () => hold(s, {[k]: Number(input.value)});
    row.append(name, input, make("output", ""));
    return row;
  }));
}

/** Sliders and numbers follow the marker. */
function showKnobs(s) {
  [...s.el.knobs.children].forEach((row, k) => {
    const [name, input, output] = row.children;
    const text = fixed(s.z[k], 2);
    if (output.textContent === text) return;
    output.textContent = text;
    if (document.activeElement !== input || Number(input.value) !== Math.round(100 * s.z[k]) / 100) input.value = s.z[k];
    input.style.setProperty("--at", `${50 + (50 * s.z[k]) / s.decoder.reach}%`);
    name.classList.toggle("shown", s.axes.includes(k));
  });
  const chosen = s.point === null ? "" : pictureName(s, s.point);
  const named = codesLayer(s)?.classes[codesLayer(s).arrays.cls?.[s.point]];
  const held = s.axes.map((k) => `${zName(k)} ${fixed(s.z[k], 2)}`).join("\u2003");
  s.el.held.textContent = [held, chosen, named].filter(Boolean).join("\u2003");
}

/** One segmented control for every label; long ones are a list. Made anew only where they say something else. */
function buildConditions(s) {
  const {conditions} = s.decoder;
  const made = JSON.stringify([conditions, s.labels]);
  if (made === s.conditionsMade) return;
  s.conditionsMade = made;
  s.el.conditions.hidden = !conditions.length;
  s.el.conditions.replaceChildren(...conditions.map(([title, options], c) => {
    const group = make("div", "condition");
    group.append(make("span", "title", {textContent: title}));
    const choose = (k) => {
      s.labels = s.labels.with(c, k);
      buildConditions(s);
      s.el.conditions.children[c].querySelector("[aria-checked=true], select")?.focus();
      hold(s, {}, s.point);
    };
    group.append(options.length > 10 ? listOf(options, s.labels[c], choose, title) : segmentsOf(options, s.labels[c], choose, title));
    return group;
  }));
}

function listOf(options, chosen, choose, title) {
  const list = make("select", "list", {onchange: () => choose(list.selectedIndex)});
  list.setAttribute("aria-label", title);
  list.append(...options.map((text, k) => new Option(text, k, k === chosen, k === chosen)));
  return list;
}

function segmentsOf(options, chosen, choose, title) {
  const group = make("div", "segments");
  group.setAttribute("role", "radiogroup");
  group.setAttribute("aria-label", title);
  group.append(...options.map((text, k) => {
    const button = make("button", "", {type: "button", textContent: text, tabIndex: k === chosen ? 0 : -1, onclick: () => choose(k)});
    button.setAttribute("role", "radio");
    button.setAttribute("aria-checked", k === chosen);
    button.onkeydown = (event) => {
      const by = {ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1}[event.key];
      if (!by) return;
      event.preventDefault();
      choose((k + by + options.length) % options.length);
    };
    return button;
  }));
  return group;
}

/** Classes to hide, thumbnails, quantiles of the prior, and which two dimensions the plane is; made anew only where they say
    something else, so that no press is lost while a run goes on. */
function buildModes(s) {
  const codes = codesLayer(s);
  const {latent} = s.decoder;
  const pictured = Boolean(codes.arrays.pictures);
  const made = JSON.stringify([codes.classes, [...s.without], s.thumbnails, s.quantiles, pictured, latent, s.axes, s.theme.dark]);
  if (made === s.modesMade) return;
  s.modesMade = made;
  const again = (change) => () => {
    change();
    const held = () => [...s.el.modes.querySelectorAll("button, select")];
    const at = held().indexOf(s.root.getRootNode().activeElement);
    buildModes(s);
    held()[at]?.focus();
    touch(s, true);
    refresh(s);
  };
  const classes = codes.classes.map((name, c) => {
    const flip = again(() => (s.without.has(c) ? s.without.delete(c) : s.without.add(c)));
    const button = press(make("i", "dot"), !s.without.has(c), flip, `Show or hide ${name}`);
    button.firstChild.style.background = css(s.theme.cls(c));
    button.append(make("span", "", {textContent: name}));
    return button;
  });
  const pictures = press("thumbnails", s.thumbnails, again(() => (s.thumbnails = !s.thumbnails)), "Data as pictures");
  const quantiles = press("prior quantiles", s.quantiles, again(() => warp(s, !s.quantiles)), "Axes in quantiles of the prior");
  s.el.modes.replaceChildren(
    ...classes,
    ...(pictured ? [pictures] : []),
    quantiles,
    ...(latent > 2 ? [planeLists(s, again)] : []),
  );
}

function planeLists(s, again) {
  const both = make("span", "axes");
  both.append(planeList(s, 0, "across", again), planeList(s, 1, "up", again));
  return both;
}

/** A small list of the latent dimensions for one axis; taking the other axis's swaps them. */
function planeList(s, which, word, again) {
  const holder = make("label", "axis", {textContent: word});
  const list = make("select", "list");
  list.setAttribute("aria-label", `Latent dimension ${word}`);
  list.append(...Array.from(s.z, (_, k) => new Option(zName(k), k, k === s.axes[which], k === s.axes[which])));
  list.onchange = again(() => {
    const next = [...s.axes];
    next[which] = Number(list.value);
    if (next[0] === next[1]) next[1 - which] = s.axes[which];
    look(s, next);
    settle(s);
  });
  holder.append(list);
  return holder;
}

/** Look at the plane of two latent dimensions. */
function look(s, axes) {
  s.axes = axes;
  s.scene.axes = axes.map((k) => (s.quantiles ? `Φ(${zName(k)})` : zName(k)));
  [...s.el.knobs.children].forEach((row, k) => row.firstChild.classList.toggle("shown", axes.includes(k)));
}

/** Axes in z, or in the prior's quantiles, where the prior is uniform. */
function warp(s, quantiles) {
  s.quantiles = quantiles;
  const {reach} = s.decoder;
  s.scene.bounds = quantiles ? [[0, 1], [0, 1]] : [[-reach, reach], [-reach, reach]];
  s.unzoom();
  look(s, s.axes);
}
