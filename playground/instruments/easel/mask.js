/* mask: one picture, and a brush that covers what is to be painted again. The mask has one bit a pixel. */

const KEPT = 60; // masks that can be undone

function mount(parent) {
  const s = {
    ...held(parent, "sheet", ["brush", "plot", "picture", "drawn"]),
    eraser: false, size: 2.5, undo: [], redo: [], count: 0, cursor: null, down: null,
  };
  bindMask(s);
  watchSize(s, s.root, paintMask);
  s.root.__sheet = {
    get covered() { return Array.from(s.mask); },
    get count() { return s.count; },
    get undos() { return s.undo.length; },
    get eraser() { return s.eraser; },
    place: (x, y) => [((x + 0.5) * s.times) / s.dpr, ((y + 0.5) * s.times) / s.dpr],
  };
  return s;
}

/** The picture, and over it what is covered, in the hand's colour with an edge. */
function paintMask(s) {
  const {picture} = s.el;
  const [, h, w] = s.scene.shape;
  s.dpr = ratio();
  s.times = Math.max(1, Math.floor((Math.min(s.root.clientWidth, 320) * s.dpr) / Math.max(w, h)));
  fit(picture, s.times * w, s.times * h, 1);
  s.el.plot.style.width = picture.style.width = `${(s.times * w) / s.dpr}px`;
  s.el.plot.style.height = picture.style.height = `${(s.times * h) / s.dpr}px`;
  const one = smallCanvas(s, "one", w, h);
  putPicture(one.image.data, w, 0, 0, s.scene.shape, 0, s.bytes, null, 0);
  one.g.putImageData(one.image, 0, 0);
  const g = picture.getContext("2d");
  g.imageSmoothingEnabled = false;
  g.drawImage(one.canvas, 0, 0, picture.width, picture.height);
  paintCovered(s, g);
  if (!s.cursor) return;
  const [x, y] = s.cursor.map((v) => (v + 0.5) * s.times);
  g.strokeStyle = css(s.theme.text);
  g.lineWidth = 2 * edgeOf(s);
  g.beginPath();
  g.arc(x, y, s.size * s.times, 0, 2 * Math.PI);
  g.stroke();
}
const edgeOf = (s) => Math.max(1, Math.round(s.dpr));

/** Every covered pixel as a square, and an edge where its neighbour is not. */
function paintCovered(s, g) {
  const [, h, w] = s.scene.shape;
  const k = s.times;
  const edge = edgeOf(s);
  const on = (x, y) => x >= 0 && y >= 0 && x < w && y < h && s.mask[y * w + x];
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      if (!on(x, y)) continue;
      g.fillStyle = css(s.theme.roles.hand, (x + y) % 2 ? 0.82 : 0.7);
      g.fillRect(x * k, y * k, k, k);
      g.fillStyle = css(s.theme.text);
      if (!on(x - 1, y)) g.fillRect(x * k, y * k, edge, k);
      if (!on(x + 1, y)) g.fillRect((x + 1) * k - edge, y * k, edge, k);
      if (!on(x, y - 1)) g.fillRect(x * k, y * k, k, edge);
      if (!on(x, y + 1)) g.fillRect(x * k, (y + 1) * k - edge, k, edge);
    }
  }
}

/** Cover (or uncover) every pixel within the brush of the line from `a` to `b`, in pixels. */
function stroke(s, a, b) {
  const [, h, w] = s.scene.shape;
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const long = dx * dx + dy * dy || 1;
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      const u = Math.max(0, Math.min(1, ((x - a[0]) * dx + (y - a[1]) * dy) / long));
      if ((x - a[0] - u * dx) ** 2 + (y - a[1] - u * dy) ** 2 <= s.size ** 2) s.mask[y * w + x] = s.eraser ? 0 : 1;
    }
  }
}

function rememberMask(s) {
  s.undo = [...s.undo.slice(1 - KEPT), s.mask.slice()];
  s.redo = [];
}

/** Python hears of the mask when the hand lets go: one bit a pixel, the first pixel the highest bit. */
function tellMask(s) {
  const bytes = new Uint8Array(Math.ceil(s.mask.length / 8));
  s.mask.forEach((bit, i) => (bytes[i >> 3] |= bit << (7 - (i & 7))));
  s.count++;
  s.tell("mask", {scene: s.scene.id, bits: btoa(String.fromCharCode(...bytes)), count: s.count});
  buildTools(s);
  paintMask(s);
}

const within = (s, event) => {
  const box = s.el.picture.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top].map((v) => (v * s.dpr) / s.times - 0.5);
};

function bindMask(s) {
  const {plot} = s.el;
  plot.onpointerdown = (event) => {
    if (event.button || !s.scene) return;
    plot.setPointerCapture(event.pointerId);
    rememberMask(s);
    s.down = within(s, event);
    stroke(s, s.down, s.down);
    paintMask(s);
  };
  plot.onpointermove = (event) => {
    if (!s.down) return;
    const to = within(s, event);
    stroke(s, s.down, to);
    s.down = to;
    paintMask(s);
  };
  plot.onpointerup = plot.onpointercancel = () => {
    if (!s.down) return;
    s.down = null;
    tellMask(s);
  };
  plot.onblur = () => {
    s.cursor = null;
    if (s.scene) paintMask(s);
  };
  plot.onkeydown = (event) => maskKey(s, event);
}

/** Arrow keys move a cursor, Enter covers what is under it. */
function maskKey(s, event) {
  const [, h, w] = s.scene.shape;
  const by = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]}[event.key];
  const at = s.cursor ?? [Math.floor(w / 2), Math.floor(h / 2)];
  if (by) s.cursor = [Math.min(w - 1, Math.max(0, at[0] + by[0])), Math.min(h - 1, Math.max(0, at[1] + by[1]))];
  else if ((event.ctrlKey || event.metaKey) && event.key === "z") return travelMask(s, "undo", "redo"), event.preventDefault();
  else if (event.key === "e" || event.key === "E") s.eraser = !s.eraser;
  else if (event.key === "Enter" && s.cursor) {
    rememberMask(s);
    stroke(s, s.cursor, s.cursor);
    tellMask(s);
  } else return;
  event.preventDefault();
  buildTools(s);
  paintMask(s);
}

function travelMask(s, from, to) {
  if (!s[from].length) return;
  s[to].push(s.mask);
  s.mask = s[from].pop();
  tellMask(s);
}

/** Change the whole mask at once. */
function remake(s, covered) {
  const [, h, w] = s.scene.shape;
  rememberMask(s);
  s.mask = s.mask.map((bit, i) => (covered(i % w, Math.floor(i / w), w, h, bit) ? 1 : 0));
  tellMask(s);
}

/** A message: another picture brings its own mask; the same picture keeps the one under the hand. */
function receive(s, message) {
  const other = takeScene(s, message);
  const {x, mask} = message.frames[0].arrays.picture;
  s.bytes = x;
  if (!other) return;
  const {shape, size} = s.scene;
  Object.assign(s, {mask: mask ? mask.slice() : new Uint8Array(shape[1] * shape[2]), undo: [], redo: [], size});
}

function show(s) {
  s.el.plot.setAttribute("aria-label", s.scene.alt);
  if (!s.down) buildTools(s);
  paintMask(s);
}

export default instrument({mount, receive, show});
