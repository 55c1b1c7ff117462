/* hands: handles that are moved by mouse, touch or arrow keys. They are buttons, so that Tab reaches each. */

const handLayer = (s) => s.scene.layers.find((layer) => layer.kind === "Handles");

/** Take the handles of a message; what the hand moved stays until Python sends other numbers, or another scene. */
function takeHands(s, otherScene) {
  const layer = handLayer(s);
  const sent = layer?.arrays.xy;
  if (!sent) s.hands = null;
  else if (otherScene || !s.hands || !sameNumbers(s.hands.sent, sent)) s.hands = {sent, xy: Float64Array.from(sent), moved: false};
  buildHands(s);
}

function buildHands(s) {
  const k = s.hands ? s.hands.xy.length / 2 : 0;
  while (s.el.hands.children.length > k) s.el.hands.lastChild.remove();
  while (s.el.hands.children.length < k) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "hand";
    const nib = document.createElement("span");
    button.append(nib);
    s.el.hands.append(button);
    bindHand(s, button, s.el.hands.children.length - 1);
  }
  const {form, axis, signs} = handLayer(s) ?? {};
  const sign = (i) => signs?.[i] ?? (form === "line" ? (axis === "x" ? "↔" : "↕") : form === "bell" ? "μσ"[i] : k === 1 ? "" : i + 1);
  [...s.el.hands.children].forEach((button, i) => (button.firstChild.textContent = sign(i)));
}

/** Put every button over its place and name it for a screen reader. */
function placeHands(s) {
  if (!s.hands) return;
  const layer = handLayer(s);
  [...s.el.hands.children].forEach((button, i) => {
    const [x, y] = [s.hands.xy[2 * i], s.hands.xy[2 * i + 1]];
    const place = layer.form === "line" ? gripOf(s, [x, y]) : [toX(s, x), toY(s, y)];
    button.hidden = !s.on[layer.name] || !inside(s, place);
    button.style.transform = `translate(${place[0]}px, ${place[1]}px)`;
    const [across, up] = [x, y].map((value, k) => resolved(value, s.scene.bounds[k][1] - s.scene.bounds[k][0], 500));
    const where = layer.axis === "x" ? across : layer.axis === "y" ? up : `(${across}, ${up})`;
    button.setAttribute("aria-label", `${layer.label || layer.name} ${layer.signs[i] || i + 1} at ${where}`);
  });
}

/** Layers that follow the hand: at the first frame their means are where the handles are. */
function follow(s, layer, now) {
  const hand = handLayer(s);
  if (!s.hands?.moved || !now.mean || !hand.moves.includes(layer.name)) return now;
  if (hand.form === "bell") {
    const [mu, sigma] = bellOf(s);
    return {...now, mean: Float64Array.of(mu), var: Float64Array.of(sigma * sigma)};
  }
  if (s.pos > 0) return now;
  const flat = layer.kind === "Bells"; // means on the x-axis alone
  const mean = Float64Array.from(now.mean, (_, i) => s.hands.xy[flat ? 2 * i : i]);
  return {...now, mean};
}

/** Mean and standard deviation of the Gaussian that two handles, or a point (mu, sigma) of a linked stage, stand for. */
function bellOf(s) {
  const {xy} = s.hands;
  return handLayer(s).form === "bell" ? [xy[0], Math.abs(xy[2] - xy[0])] : [xy[0], xy[1]];
}

/** The mean log-likelihood of a Gaussian, nats, from the data's mean and variance. */
function likelihoodOf([mean, variance], mu, sigma) {
  return -0.5 * Math.log(2 * Math.PI) - Math.log(sigma) - (variance + (mean - mu) ** 2) / (2 * sigma * sigma);
}

/** What a place (mu, sigma) under the pointer is worth, where the handle is such a point; else null. */
function likelihoodAt(s, mu, sigma) {
  const layer = handLayer(s);
  if (!layer?.stats || layer.form !== "points") return null;
  const text = `log-likelihood ${fixed(likelihoodOf(layer.stats, mu, sigma), 4)} nats per point`;
  return [{text, colour: s.theme.roles.model}];
}

/** The hand's Gaussian and its mean log-likelihood. */
function handScore(s) {
  const stats = s.hands && handLayer(s).stats;
  if (!stats) return [];
  const [mu, sigma] = bellOf(s);
  const [[low, high]] = s.scene.bounds;
  const [at, wide] = [mu, sigma].map((value) => resolved(value, high - low, 2000));
  return [{text: `μ ${at}  σ ${wide}  log-likelihood ${fixed(likelihoodOf(stats, mu, sigma), 4)} nats per point`, colour: s.theme.roles.hand}];
}

function moveBell(s, i, x) {
  const {xy} = s.hands;
  const [x0, x1] = s.scene.bounds[0];
  if (i === 1) return void (xy[2] = Math.max(x, xy[0] + 0.004 * (x1 - x0)));
  const sigma = xy[2] - xy[0];
  xy[0] = Math.min(x1, Math.max(x0, x));
  xy[2] = xy[0] + sigma;
}

/** Stages whose handles share a link move together, within the same frame. */
function tellLinked(s) {
  const {link} = handLayer(s);
  if (link) window.dispatchEvent(new CustomEvent("stage-hand", {detail: {link, from: s, bell: bellOf(s)}}));
}
function hearLinked(s, {link, from, bell: [mu, sigma]}) {
  if (from === s || !s.scene) return;
  hearLine(s, link, [mu, sigma]);
  if (!s.hands || handLayer(s).link !== link) return;
  s.hands.moved = true;
  if (handLayer(s).form === "bell") [s.hands.xy[0], s.hands.xy[2]] = [mu, mu + sigma];
  else s.hands.xy.set([mu, sigma]);
  touch(s, true);
}

function moveHand(s, i, x, y) {
  const [[x0, x1], [y0, y1]] = s.scene.bounds;
  const {form, axis} = handLayer(s);
  s.hands.moved = true;
  if (form === "bell") moveBell(s, i, x);
  else if (axis !== "y") s.hands.xy[2 * i] = Math.min(x1, Math.max(x0, x));
  if (axis !== "x") s.hands.xy[2 * i + 1] = Math.min(y1, Math.max(y0, y));
  if (form === "points" && (s.pos > 0 || s.playing)) seek(s, 0); // the hand moves the start
  tellLinked(s);
  s.pointer = form === "line" ? null : [toX(s, s.hands.xy[2 * i]), toY(s, s.hands.xy[2 * i + 1])];
  s.scored = Boolean(handLayer(s).stats || handLayer(s).outline);
  touch(s, handLayer(s).moves.length > 0);
}

/** Python hears of the hands only when they let go. */
function letGo(s) {
  const xy = Array.from({length: s.hands.xy.length / 2}, (_, i) => [s.hands.xy[2 * i], s.hands.xy[2 * i + 1]]);
  s.tell("hands", {scene: s.scene.id, xy});
}

function bindHand(s, button, i) {
  let grip = null; // where on the handle it was taken, so that it does not jump
  button.onpointerdown = (event) => {
    if (event.button) return;
    event.stopPropagation();
    button.setPointerCapture(event.pointerId);
    const [px, py] = placeOf(s, event);
    grip = [toX(s, s.hands.xy[2 * i]) - px, toY(s, s.hands.xy[2 * i + 1]) - py];
    button.classList.add("held");
  };
  button.onpointermove = (event) => {
    if (!grip) return;
    event.stopPropagation();
    const [px, py] = placeOf(s, event);
    moveHand(s, i, fromX(s, px + grip[0]), fromY(s, py + grip[1]));
  };
  button.onpointerup = button.onpointercancel = () => {
    if (grip && s.hands.moved) letGo(s);
    grip = null;
    button.classList.remove("held");
  };
  button.onkeydown = (event) => {
    const by = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1]}[event.key];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    const size = event.shiftKey ? 0.05 : 0.01;
    const [dx, dy] = [(s.view.x1 - s.view.x0) * size * by[0], (s.view.y1 - s.view.y0) * size * by[1]];
    moveHand(s, i, s.hands.xy[2 * i] + dx, s.hands.xy[2 * i + 1] + dy);
    clearTimeout(s.letting);
    s.letting = setTimeout(() => letGo(s), 400); // a held key is one movement
  };
  button.onblur = () => showReadout(s, null);
}
