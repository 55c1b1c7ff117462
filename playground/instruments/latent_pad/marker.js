/* marker: the latent code that the hand holds, moved by mouse, touch and keys. The picture follows in the same frame. */

const GRIP = 16; // CSS pixels about the marker within which it is taken without a jump
const TAP = 4; // CSS pixels that a click may wander
const SETTLED = 300; // milliseconds of stillness before Python hears of the hand
const STEPS = {plain: 0.05, coarse: 0.5, fine: 0.005}; // of an arrow key, in units of z

const SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉";
const zName = (k) => `z${[...String(k + 1)].map((digit) => SUBSCRIPTS[digit]).join("")}`;
const words = (s) => Array.from(s.z, (v, k) => `${zName(k)} ${fixed(v, 2)}`).join(", ");

/** Take the code of a message: on another plane, or where Python sends another than before. */
function takeMarker(s, otherScene) {
  const sent = s.decoder.z;
  const held = s.decoder.held.length ? s.decoder.held : s.decoder.conditions.map(() => 0);
  if (!otherScene && sameNumbers(sent, s.sentZ) && sameNumbers(held, s.sentHeld)) return;
  [s.sentZ, s.sentHeld] = [sent, held];
  s.z = Float64Array.from(sent);
  s.point = null;
  if (otherScene || s.decoder.held.length) s.labels = [...held];
}

/** Set latent numbers by their dimension and let everything follow. */
function hold(s, changes, point = null) {
  const {reach, latent} = s.decoder;
  for (const [k, v] of Object.entries(changes)) if (k < latent) s.z[k] = Math.min(reach, Math.max(-reach, v));
  const otherPoint = s.point !== point;
  s.point = point;
  s.el.path.classList.add("lit");
  refresh(s);
  if (otherPoint || s.on.manifold) touch(s, s.on.manifold);
  holdTwins(s);
  settle(s);
}

/** Picture, marker and knobs at the next frame, however many events ask for it. */
function refresh(s) {
  s.asking ||= requestAnimationFrame(() => {
    s.asking = 0;
    if (!s.alive || !s.scene) return;
    paintPicture(s);
    placeMarker(s);
    showKnobs(s);
  });
}

function placeMarker(s) {
  const place = [toX(s, toPlane(s, s.z[s.axes[0]])), toY(s, toPlane(s, s.z[s.axes[1]]))];
  s.el.marker.hidden = !inside(s, place);
  s.el.marker.style.transform = `translate(${place[0]}px, ${place[1]}px)`;
}

/** Called after every painting of the plane: axes may have moved, and the playhead may be at another decoder. */
function placePainted(s) {
  placeMarker(s);
  leadTwins(s);
  if (indexOf(s) !== s.drawn) refresh(s);
}

/** Python, and a screen reader, hear of the hand when it rests. */
function settle(s) {
  clearTimeout(s.letting);
  s.letting = setTimeout(() => {
    if (!s.alive || s.grip) return;
    s.el.path.classList.remove("lit");
    s.el.say.textContent = words(s);
    nameThings(s);
    const z = Array.from(s.z, (v) => Math.round(v * 1e6) / 1e6);
    const report = {scene: s.scene.id, z, labels: s.labels, axes: s.axes, point: s.point};
    if (JSON.stringify(report) === s.reportedHand) return;
    s.reportedHand = JSON.stringify(report);
    s.tell("hand", report);
  }, SETTLED);
}

function nameThings(s) {
  const held = s.labels.map((label, c) => s.decoder.conditions[c][1][label]);
  s.el.decoded.setAttribute("aria-label", `Decoded picture at ${[words(s), ...held].join(", ")}`);
  if (s.path) s.el.path.setAttribute("aria-label", pathName(s));
  s.el.plot.setAttribute("aria-label", `${s.scene.alt || "Latent plane"}. The marker is at ${words(s)}. Arrow keys move it.`);
}

const moveTo = (s, [px, py]) =>
  hold(s, {[s.axes[0]]: fromPlane(s, fromX(s, px)), [s.axes[1]]: fromPlane(s, fromY(s, py))});

function bindMarker(s) {
  const {plot} = s.el;
  const down = new Map(); // pointer id -> place
  plot.onpointerdown = (event) => {
    const place = placeOf(s, event);
    if (event.button || !s.decoder || !inside(s, place)) return;
    down.set(event.pointerId, place);
    plot.setPointerCapture(event.pointerId);
    s.grip = null;
    if (down.size > 1) return; // two fingers zoom
    const held = [toX(s, toPlane(s, s.z[s.axes[0]])), toY(s, toPlane(s, s.z[s.axes[1]]))];
    const taken = Math.hypot(held[0] - place[0], held[1] - place[1]) < GRIP;
    const hit = nearest(s, place); // a datum is chosen, to any other point of the plane the marker goes
    const point = hit?.layer.own === "Codes" ? hit.i : null;
    s.grip = {from: place, point, by: taken ? [held[0] - place[0], held[1] - place[1]] : [0, 0], moved: false};
    s.root.classList.add("gripped");
    if (point === null && !taken) moveTo(s, hit ? [hit.x, hit.y] : place);
  };
  plot.onpointermove = (event) => {
    const place = placeOf(s, event);
    if (down.size === 2 && down.has(event.pointerId)) pinch(s, down, event.pointerId, place);
    else if (s.grip && down.has(event.pointerId)) {
      s.grip.moved ||= Math.hypot(place[0] - s.grip.from[0], place[1] - s.grip.from[1]) > TAP;
      if (s.grip.moved) moveTo(s, [place[0] + s.grip.by[0], place[1] + s.grip.by[1]]);
    }
    if (down.has(event.pointerId)) down.set(event.pointerId, place);
    if (!down.size) showReadout(s, place);
    else if (s.pointer) showReadout(s, null);
  };
  plot.onpointerup = plot.onpointercancel = (event) => {
    if (!down.delete(event.pointerId)) return;
    const {grip} = s;
    s.grip = null;
    s.root.classList.remove("gripped");
    if (grip && !grip.moved && grip.point !== null && event.type === "pointerup") choose(s, grip.point);
    if (grip) settle(s);
  };
  plot.onpointerleave = () => down.size || showReadout(s, null);
  plot.onkeydown = (event) => markerKey(s, event);
}

/** Hold datum `k`: its code under the marker, its number to Python. */
function choose(s, k) {
  const {cls} = codesLayer(s).arrays;
  if (cls && s.decoder.conditions.length === 1) {
    s.labels = [cls[k]];
    buildConditions(s);
  }
  hold(s, codeOf(s, k), k);
  touch(s);
}

function markerKey(s, event) {
  const by = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1]}[event.key];
  const {ctrlKey, metaKey, shiftKey, altKey} = event;
  if (by && !ctrlKey && !metaKey) {
    event.preventDefault(); // with Alt, the browser would leave the page
    const size = STEPS[shiftKey ? "coarse" : altKey ? "fine" : "plain"];
    const [i, j] = s.axes;
    return hold(s, {[i]: s.z[i] + size * by[0], [j]: s.z[j] + size * by[1]});
  }
  if (event.key === "Home") {
    event.preventDefault();
    return hold(s, Array.from(s.z, () => 0));
  }
  const steps = {",": -1, ".": 1};
  if (event.key in steps && s.frames.length > 1) return step(s, steps[event.key]);
  if (event.key.toLowerCase() === "p" && !ctrlKey && !metaKey) return keepPicture(s);
  if (event.key !== "End") keyPressed(s, event);
}
