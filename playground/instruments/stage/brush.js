/* brush: the stage as a sheet to spray points on. Points lie on a lattice, so that they travel as two bytes an axis. */

const LATTICE = 4095;
const MOST = 2000;
const UNDOS = 60;

/** Take the brush of a message; another scene may bring another drawing, but its own drawing come back keeps the undos. */
function takeBrush(s, otherScene) {
  const told = s.scene.brush;
  if (!told) return void (s.brush = null);
  const born = !s.brush;
  s.brush ??= drawings().get(told.name) ?? {points: [], undo: [], redo: [], cls: 0, size: told.size, jitter: told.jitter, eraser: false, due: 0};
  if (told.name) drawings().set(told.name, s.brush);
  const points = drawnPoints(told.arrays);
  if ((otherScene || born) && asSet(points) !== asSet(s.brush.points)) Object.assign(s.brush, {points, undo: [], redo: []});
  Object.assign(s.brush, {classes: told.classes, rate: told.rate, fresh: s.brush.fresh && !otherScene});
  s.brush.cls = Math.min(s.brush.cls, told.classes.length - 1);
  buildBrush(s);
}

/** The brushes by their names: a stage that is taken down and set up again finds its undos. */
const drawings = () => (window.stageDrawings ??= new Map());

function drawnPoints({xy, cls}) {
  const at = (share) => Math.round(share * LATTICE);
  return Array.from({length: xy ? xy.length / 2 : 0}, (_, i) => [at(xy[2 * i]), at(xy[2 * i + 1]), cls?.[i] ?? 0]);
}
const asSet = (points) => points.map(([x, y, c]) => (c * 4096 + x) * 4096 + y).sort().join();

function lattice(s, x, y, cls) {
  const at = (v, [lo, hi]) => Math.round(Math.min(1, Math.max(0, (v - lo) / (hi - lo))) * LATTICE);
  return [at(x, s.scene.bounds[0]), at(y, s.scene.bounds[1]), cls];
}
const sheetX = (s, q) => toX(s, s.scene.bounds[0][0] + (q / LATTICE) * (s.scene.bounds[0][1] - s.scene.bounds[0][0]));
const sheetY = (s, q) => toY(s, s.scene.bounds[1][0] + (q / LATTICE) * (s.scene.bounds[1][1] - s.scene.bounds[1][0]));
const nib = (s) => s.brush.size * s.geo.w;
const brushColour = (s, c) => (s.brush.classes.length > 1 ? s.theme.cls(c) : s.theme.roles.data);

/** The drawing, as discs; not where a layer already shows it, except while it changes. */
function paintDrawing(s, g) {
  if (s.scene.layers.length && !s.brush.fresh) return;
  const {dpr, width, height} = s.geo;
  clearSheet(s.sheet, Math.round(width * dpr), Math.round(height * dpr));
  for (const [x, y, c] of s.brush.points) {
    stamp(s.sheet, sheetX(s, x) * dpr - 0.5, sheetY(s, y) * dpr - 0.5, 3.25 * dpr, ...brushColour(s, c), 220);
  }
  g.save();
  g.setTransform(1, 0, 0, 1, 0, 0);
  showSheet(s.sheet, g);
  g.restore();
}

/** The ring that shows how far the brush reaches. */
function paintNib(s, g) {
  const place = s.pointer ?? s.brush.cursor;
  if (!place) return;
  const colour = s.brush.eraser ? s.theme.quiet : brushColour(s, s.brush.cls);
  ink(s, g, colour, 1.5, {dashed: s.brush.eraser});
  g.beginPath();
  g.arc(...place, nib(s), 0, 2 * Math.PI);
  g.stroke();
}

/** Remember the drawing before it changes. */
function remember(s) {
  s.brush.undo = [...s.brush.undo.slice(1 - UNDOS), s.brush.points];
  s.brush.redo = [];
  s.brush.points = [...s.brush.points];
  s.brush.fresh = true;
}

function startStroke(s, place) {
  remember(s);
  s.brush.at = place;
  s.brush.due = 1; // a tap leaves a point
  sprayFor(s, 0);
  touch(s);
}

/** Spray for `dt` seconds where the pointer is; true while it is down. */
function sprayFor(s, dt) {
  const {brush} = s;
  if (!brush.at) return false;
  if (brush.eraser) erase(s, brush.at);
  else {
    brush.due += dt * brush.rate;
    for (; brush.due >= 1; brush.due--) sprayOne(s, brush.at);
  }
  s.dirty = true;
  return true;
}

function sprayOne(s, [px, py]) {
  if (s.brush.points.length >= MOST) return;
  const far = nib(s) * s.brush.jitter * Math.sqrt(Math.random());
  const turn = 2 * Math.PI * Math.random();
  const place = [px + far * Math.cos(turn), py + far * Math.sin(turn)];
  if (inside(s, place)) s.brush.points.push(lattice(s, fromX(s, place[0]), fromY(s, place[1]), s.brush.cls));
}

function erase(s, [px, py]) {
  const reach = nib(s) ** 2;
  s.brush.points = s.brush.points.filter(([x, y]) => (sheetX(s, x) - px) ** 2 + (sheetY(s, y) - py) ** 2 > reach);
}

function endStroke(s) {
  s.brush.at = null;
  reportDrawing(s);
}

/** Python hears of the drawing when the hand lets go. */
function reportDrawing(s) {
  showBrush(s);
  touch(s);
  s.tell("drawn", {scene: s.scene.id, points: encodePoints(s.brush.points)});
}

function travel(s, from, to) {
  if (!s.brush[from].length) return;
  s.brush[to].push(s.brush.points);
  s.brush.points = s.brush[from].pop();
  s.brush.fresh = true;
  reportDrawing(s);
}

function clearDrawing(s) {
  if (!s.brush.points.length) return;
  remember(s);
  s.brush.points = [];
  reportDrawing(s);
}

/** Arrow keys move a cursor, Enter sprays there. */
function brushKey(s, event) {
  const by = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]}[event.key];
  const {left, top, w, h} = s.geo;
  s.brush.cursor ??= [left + w / 2, top + h / 2];
  if (by) {
    const far = event.shiftKey ? 40 : 10;
    s.brush.cursor = [
      Math.min(left + w, Math.max(left, s.brush.cursor[0] + by[0] * far)),
      Math.min(top + h, Math.max(top, s.brush.cursor[1] + by[1] * far)),
    ];
    showReadout(s, s.brush.cursor);
    return true;
  }
  if (event.key !== "Enter") return false;
  remember(s);
  if (s.brush.eraser) erase(s, s.brush.cursor);
  else for (let i = 0; i < 8; i++) sprayOne(s, s.brush.cursor);
  reportDrawing(s);
  return true;
}

/** Points on the lattice as base64: uint16 pairs, then one class byte each. */
function encodePoints(points) {
  const n = points.length;
  const raw = new DataView(new ArrayBuffer(5 * n));
  points.forEach(([x, y, c], i) => {
    raw.setUint16(4 * i, x, true);
    raw.setUint16(4 * i + 2, y, true);
    raw.setUint8(4 * n + i, c);
  });
  let text = "";
  for (let i = 0; i < 5 * n; i++) text += String.fromCharCode(raw.getUint8(i));
  return btoa(text);
}
