/* panel: everything one can press: legend, transport, brush, keys, and the picture to keep. */

const icon = (path) => `<svg viewBox="0 0 24 24" aria-hidden="true">${path}</svg>`;
const ICONS = {
  play: icon('<path class="solid" d="M8 5.2v13.6a.8.8 0 0 0 1.2.7l11-6.8a.8.8 0 0 0 0-1.4l-11-6.8A.8.8 0 0 0 8 5.2z"/>'),
  pause: icon('<rect class="solid" x="6.5" y="5" width="4" height="14" rx="1"/><rect class="solid" x="13.5" y="5" width="4" height="14" rx="1"/>'),
  back: icon('<path class="solid" d="M18 6.4v11.2a.6.6 0 0 1-.9.5L8.6 12.5a.6.6 0 0 1 0-1l8.5-5.6a.6.6 0 0 1 .9.5z"/><path d="M6 6v12"/>'),
  forward: icon('<path class="solid" d="M6 6.4v11.2a.6.6 0 0 0 .9.5l8.5-5.6a.6.6 0 0 0 0-1L6.9 5.9a.6.6 0 0 0-.9.5z"/><path d="M18 6v12"/>'),
  save: icon('<path d="M12 4v11m0 0 4.5-4.5M12 15l-4.5-4.5M5 19.5h14"/>'),
  unzoom: icon('<path d="M4.5 9.5v-5h5M19.5 9.5v-5h-5M4.5 14.5v5h5M19.5 14.5v5h-5"/>'),
  undo: icon('<path d="M8.5 5 4.5 9l4 4M4.5 9h9a5 5 0 0 1 0 10H9"/>'),
  redo: icon('<path d="m15.5 5 4 4-4 4M19.5 9h-9a5 5 0 0 0 0 10H15"/>'),
  clear: icon('<path d="M5 7h14M10 7V4.5h4V7M7 7l.8 12.5h8.4L17 7"/>'),
  eraser: icon('<path d="m4.5 15 9-9.5a1.5 1.5 0 0 1 2.2 0l4 4a1.5 1.5 0 0 1 0 2.2L12.5 19H8z M9 10.5l6 6M8 19h12"/>'),
};

/** A legend's sign: the layer's shape in the layer's colour. */
function swatch(s, {kind, role, dashed, arrays}) {
  const colour = css(s.theme.role(role));
  const several = role === "classes" ? [0, 1, 2].map((i) => css(s.theme.cls(i))) : [colour, colour, colour];
  const line = (path, extra = "", width = 2) => `<path d="${path}" fill="none" stroke="${colour}" stroke-width="${width}" ${extra}/>`;
  const dash = dashed || role === "truth" ? 'stroke-dasharray="4 3" stroke-linecap="butt"' : "";
  const shapes = {
    Points: several.map((c, i) => `<circle cx="${[5.5, 11, 8][i]}" cy="${[5.5, 6.5, 11.5][i]}" r="2.4" fill="${c}"/>`).join(""),
    Field: `<rect x="1.5" y="3" width="4.4" height="10" fill="${colour}" opacity=".25"/><rect x="5.9" y="3" width="4.4" height="10" fill="${colour}" opacity=".6"/><rect x="10.3" y="3" width="4.4" height="10" fill="${colour}"/>`,
    Contours: `<g fill="none" stroke="${colour}" stroke-width="1.5"><circle cx="8" cy="8" r="6"/><circle cx="8" cy="8" r="2.8"/></g>`,
    Ellipses: `<ellipse cx="8" cy="8" rx="6.5" ry="3.8" transform="rotate(-30 8 8)" fill="none" stroke="${several[1]}" stroke-width="2" ${dash}/>`,
    Curves: line("M1 8h14", dash),
    Histogram: `<g fill="${colour}"><rect x="1.5" y="8" width="3.5" height="6"/><rect x="6.2" y="3" width="3.5" height="11"/><rect x="11" y="6" width="3.5" height="8"/></g>`,
    Arrows: line("M2 13 13 3M7 3h6v6"),
    Mesh: line("M2 5.5h12M2 10.5h12M5.5 2v12M10.5 2v12", "", 1.3),
    Paths: line("M1.5 11c3-9 5 6 7.5 0s3-6 5.5-5", dash),
    Handles: `<circle cx="8" cy="8" r="5" fill="none" stroke="${colour}" stroke-width="3"/>`,
  };
  shapes.Density = shapes.Field;
  shapes.Draws = shapes.Points;
  shapes.Slice = arrays?.edges ? shapes.Histogram : shapes.Curves;
  shapes.Bells = line("M1 13c5 0 4-10 7-10s2 10 7 10", dash);
  return `<svg class="swatch" viewBox="0 0 16 16" aria-hidden="true">${shapes[kind]}</svg>`;
}

function buildLegend(s) {
  s.el.legend.replaceChildren(
    ...s.scene.layers.map((layer, i) => {
      const button = document.createElement("button");
      button.type = "button";
      button.innerHTML = `${swatch(s, layer)}<span></span>`;
      button.lastChild.textContent = layer.label || layer.name;
      if (layer.classes?.length) button.append(classNames(s, layer.classes));
      if (i < 9) button.title = `Show or hide (${i + 1})`;
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
  const layer = s.scene.layers[i];
  if (!layer) return;
  s.on[layer.name] = !s.on[layer.name];
  s.el.legend.children[i].setAttribute("aria-pressed", s.on[layer.name]);
  touch(s, true);
}

function bindTransport(s) {
  const {el} = s;
  for (const name of ["back", "forward", "save", "unzoom"]) el[name].innerHTML = ICONS[name];
  el.play.onclick = () => toggle(s);
  el.back.onclick = () => step(s, -1);
  el.forward.onclick = () => step(s, 1);
  el.save.onclick = () => savePicture(s);
  el.unzoom.onclick = () => s.unzoom();
  el.speed.replaceChildren(...SPEEDS.map((v) => new Option(`${v}×`, v, v === 1, v === 1)));
  el.speed.onchange = () => {
    s.speed = Number(el.speed.value);
    touch(s);
  };
  scrubbable(s, el.scrub, (event) => {
    const box = el.scrub.getBoundingClientRect();
    return (event.clientX - box.left - 8) / (box.width - 16);
  });
  scrubbable(s, el.chart, (event) => {
    const left = el.chart.getBoundingClientRect().left;
    return (event.clientX - left - chartX(s, 0)) / Math.max(1, chartX(s, lastOf(s)) - chartX(s, 0));
  });
  const keys = (event) => keyPressed(s, event);
  el.plot.onkeydown = keys;
  el.scrub.onkeydown = keys;
}

function keyPressed(s, event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const middle = [s.geo.left + s.geo.w / 2, s.geo.top + s.geo.h / 2];
  const actions = {
    " ": () => toggle(s),
    ArrowLeft: () => step(s, -1),
    ArrowRight: () => step(s, 1),
    Home: () => seek(s, 0),
    End: () => seek(s, lastOf(s)),
    "+": () => s.zoom(1.25, middle),
    "=": () => s.zoom(1.25, middle),
    "-": () => s.zoom(0.8, middle),
    0: () => s.unzoom(),
    p: () => savePicture(s),
    P: () => savePicture(s),
  };
  const action = /^[1-9]$/.test(event.key) ? () => toggleLayer(s, Number(event.key) - 1) : actions[event.key];
  if (s.brush && event.currentTarget === s.el.plot && brushKey(s, event)) event.preventDefault();
  else if (action) {
    event.preventDefault();
    action();
  }
}

/** Words, counter, slider and values follow the playhead; the DOM is written only where it changes. */
function showClock(s) {
  const n = s.frames.length;
  const frame = n ? indexOf(s) : 0;
  const {el} = s;
  const share = n > 1 ? s.pos / (n - 1) : 0;
  el.fill.style.width = `${100 * share}%`;
  el.thumb.style.left = `calc(8px + ${share} * (100% - 16px))`;
  const state = `${frame}/${n}/${s.playing}/${s.live}/${s.run}/${s.theme.dark}/${s.messages}`;
  if (state === s.shownState) return;
  s.shownState = state;
  el.caption.textContent = s.frames[frame]?.caption ?? "";
  el.number.textContent = `${n ? frame + 1 : 0} / ${n}`;
  el.pulse.hidden = !s.live;
  el.play.innerHTML = s.playing ? ICONS.pause : ICONS.play;
  el.play.setAttribute("aria-label", s.playing ? "Pause" : "Play");
  el.scrub.setAttribute("aria-valuemax", Math.max(1, n));
  el.scrub.setAttribute("aria-valuenow", frame + 1);
  el.scrub.setAttribute("aria-valuetext", `${frame + 1} of ${n}`);
  el.ticks.style.backgroundSize = n > 1 && n <= 60 ? `${100 / (n - 1)}% 100%` : "0 0";
  Object.assign(s.root.dataset, {frame, frames: n, run: s.run, playing: s.playing});
  showValues(s);
}

function buildBrush(s) {
  const {brush, el} = s;
  const press = (name, label, act, pressed) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = name;
    button.innerHTML = ICONS[name] ?? '<span class="dot"></span><span></span>';
    if (!ICONS[name]) button.lastChild.textContent = label;
    button.setAttribute("aria-label", label);
    button.title = label;
    if (pressed !== undefined) button.setAttribute("aria-pressed", pressed);
    button.onclick = () => {
      act();
      if (s.brush) buildBrush(s);
    };
    return button;
  };
  const slider = (name, label, [min, max]) => {
    const holder = document.createElement("label");
    const input = Object.assign(document.createElement("input"), {type: "range", min, max, step: 0.005, value: brush[name]});
    input.oninput = () => (brush[name] = Number(input.value));
    holder.append(label, input);
    return holder;
  };
  const classes = brush.classes.map((name, c) => {
    const choose = () => Object.assign(brush, {cls: c, eraser: false});
    const button = press("class", name, choose, brush.cls === c && !brush.eraser);
    button.firstChild.style.background = css(brushColour(s, c));
    return button;
  });
  el.brush.replaceChildren(
    ...(classes.length > 1 ? classes : []),
    press("eraser", "Eraser", () => (brush.eraser = !brush.eraser), brush.eraser),
    slider("size", "size", [0.01, 0.2]),
    slider("jitter", "jitter", [0, 1]),
    press("undo", "Undo", () => travel(s, "undo", "redo")),
    press("redo", "Redo", () => travel(s, "redo", "undo")),
    press("clear", "Clear", () => clearDrawing(s)),
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

/** The stage as it is, with its handles and caption, on the page's colour. */
function savePicture(s) {
  const {width, height, dpr} = s.geo;
  const caption = s.frames[indexOf(s)]?.caption ?? "";
  const canvas = document.createElement("canvas");
  fit(canvas, width, height + (caption ? 28 : 0), dpr);
  const g = canvas.getContext("2d");
  g.fillStyle = css(s.theme.page);
  g.fillRect(0, 0, canvas.width, canvas.height);
  g.drawImage(s.el.picture, 0, 0);
  g.setTransform(dpr, 0, 0, dpr, 0, 0);
  [...s.el.hands.children].forEach((button, i) => {
    if (!button.hidden && handLayer(s).form !== "line") badge(s, g, toX(s, s.hands.xy[2 * i]), toY(s, s.hands.xy[2 * i + 1]), String(i + 1), s.theme.roles.hand, 11);
  });
  g.fillStyle = css(s.theme.text);
  g.font = `13px ${s.font}`;
  g.textAlign = "left";
  g.fillText(caption, MARGIN.left, height + 12, width - MARGIN.left - MARGIN.right);
  canvas.toBlob((blob) => {
    const link = Object.assign(document.createElement("a"), {href: URL.createObjectURL(blob), download: `${s.scene.id.replace(/[^\w-]+/g, "-")}-${indexOf(s) + 1}.png`});
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  });
}
