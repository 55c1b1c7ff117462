/* grid: all pictures of this moment, or one of them large; and the chosen one in every kind. */

const picturesOf = (s, i, kind) => s.frames[i]?.arrays.pictures[kind];

/** The pictures of one kind between two frames, pixel for pixel, as a sheet of `columns` pictures. */
function sheetOf(s, kind) {
  const {i, j, t} = between(s);
  const {shape, count} = s.scene;
  const [, h, w] = shape;
  const {columns, rows} = s.geo;
  const small = smallCanvas(s, "small", columns * w, rows.length * h);
  const [a, b] = [picturesOf(s, i, kind), picturesOf(s, j, kind)];
  rows.forEach((row, y) => {
    for (let k = 0; k < row.many && row.first + k < count; k++) putPicture(small.image.data, columns * w, k * w, y * h, shape, row.first + k, a, b, t);
  });
  small.g.putImageData(small.image, 0, 0);
  return small.canvas;
}

function paintGrid(s) {
  const {geo, scene, theme} = s;
  const g = s.el.picture.getContext("2d");
  g.setTransform(1, 0, 0, 1, 0, 0);
  g.clearRect(0, 0, s.el.picture.width, s.el.picture.height);
  g.imageSmoothingEnabled = false;
  if (s.large) return paintLarge(s, g);
  const sheet = sheetOf(s, scene.kinds[s.kind].name);
  const [, h, w] = scene.shape;
  geo.rows.forEach((row, y) => {
    for (let k = 0; k < row.many; k++) {
      const [left, top] = geo.places[row.first + k].map((v) => Math.round(v * geo.dpr));
      g.drawImage(sheet, k * w, y * h, w, h, left, top, geo.times * w, geo.times * h);
    }
  });
  g.setTransform(geo.dpr, 0, 0, geo.dpr, 0, 0);
  paintWords(s, g);
  paintMarks(s, g);
  if (!choosable(s)) return;
  g.strokeStyle = css(theme.roles.hand);
  g.lineWidth = 2;
  const [x, y] = geo.places[s.picked];
  g.strokeRect(x - 2, y - 2, geo.cell[0] + 4, geo.cell[1] + 4);
}

/** The names of groups over their rows, and labels under pictures. */
function paintWords(s, g) {
  const {geo, scene, theme} = s;
  g.textBaseline = "alphabetic";
  g.fillStyle = css(theme.text);
  g.textAlign = "left";
  g.font = `600 13px ${s.font}`;
  for (const row of geo.rows) if (row.label) g.fillText(row.label, RING, row.top - 9, geo.grid[0]);
  g.fillStyle = css(theme.quiet);
  g.textAlign = "center";
  g.font = `12px ${s.font}`;
  scene.labels.forEach((label, i) => {
    if (geo.places[i]) g.fillText(label, geo.places[i][0] + geo.cell[0] / 2, geo.places[i][1] + geo.cell[1] + 14, geo.cell[0] + SPACE);
  });
}

/** What is said of a picture at this moment, over its upper edge; what does not fit is counted. */
function paintMarks(s, g) {
  const {geo, theme} = s;
  const wide = geo.cell[0];
  const size = Math.max(9, Math.min(12, wide / 8));
  g.font = `600 ${size}px ${s.font}`;
  g.textAlign = "center";
  marksOf(s).forEach((mark, i) => {
    if (!mark || !geo.places[i]) return;
    const [x, y] = geo.places[i];
    const [first, ...more] = mark.split(", ");
    const fits = !more.length || g.measureText(mark).width <= wide - 4;
    g.fillStyle = css(theme.page, 0.86);
    g.fillRect(x, y, wide, 1.4 * size);
    g.fillStyle = css(theme.text);
    g.fillText(fits ? mark : `${first} +${more.length}`, x + wide / 2, y + 1.05 * size, wide - 4);
  });
}

const marksOf = (s) => s.frames[indexOf(s)]?.marks ?? [];

/** The chosen picture over the whole board. */
function paintLarge(s, g) {
  const {i, j, t} = between(s);
  const {geo} = s;
  const {shape} = s.scene;
  const [, h, w] = shape;
  const kind = s.scene.kinds[s.kind].name;
  const one = smallCanvas(s, "one", w, h);
  putPicture(one.image.data, w, 0, 0, shape, s.picked, picturesOf(s, i, kind), picturesOf(s, j, kind), t);
  one.g.putImageData(one.image, 0, 0);
  const {width, height} = s.el.picture;
  const times = Math.max(1, Math.floor(Math.min(width / w, height / h)));
  g.drawImage(one.canvas, RING * geo.dpr, RING * geo.dpr, times * w, times * h);
}

/** The chosen picture in every kind. */
function paintClose(s) {
  if (!s.scene.close) return;
  const {i, j, t} = between(s);
  const {shape, kinds} = s.scene;
  const [, h, w] = shape;
  const one = smallCanvas(s, "one", w, h);
  [...s.el.close.querySelectorAll("canvas")].forEach((canvas, k) => {
    putPicture(one.image.data, w, 0, 0, shape, s.picked, picturesOf(s, i, kinds[k].name), picturesOf(s, j, kinds[k].name), t);
    one.g.putImageData(one.image, 0, 0);
    const g = canvas.getContext("2d");
    g.imageSmoothingEnabled = false;
    g.drawImage(one.canvas, 0, 0, canvas.width, canvas.height);
  });
}

/** The bytes of one picture of one kind at a frame, as tests and screen readers want them. */
function bytesOf(s, kind, i, frame = indexOf(s)) {
  const [c, h, w] = s.scene.shape;
  const all = picturesOf(s, frame, kind);
  return all ? Array.from(all.subarray(i * c * h * w, (i + 1) * c * h * w)) : null;
}
