/* film: the chosen picture, from the first step to the last; drag along it to scrub. */

const FILM = {left: 58, gap: 3, rows: 2, mark: 4};

/** The sides of a thumbnail, how many there are, and how far apart they begin. */
function filmOf(s) {
  const [, h, w] = s.scene.shape;
  const {width, dpr} = s.geo;
  const left = s.geo.wide ? FILM.left : 0;
  const times = Math.max(1, Math.round((32 * dpr) / w));
  const side = [(times * w) / dpr, (times * h) / dpr];
  const total = Math.max(s.frames.length, s.scene.expected);
  const many = Math.max(2, Math.min(total, Math.floor((width - left + FILM.gap) / (side[0] + FILM.gap))));
  const pitch = Math.min(side[0] + FILM.gap, (width - left - side[0]) / (many - 1));
  return {left, times, side, many, pitch, total, rows: Math.min(FILM.rows, s.scene.kinds.length)};
}

function drawFilm(s) {
  const {left, times, side, many, pitch, total, rows} = filmOf(s);
  const {width, dpr} = s.geo;
  const {shape, kinds} = s.scene;
  const [, h, w] = shape;
  const height = rows * (side[1] + FILM.gap) + FILM.mark;
  const {canvas} = s.film;
  fit(canvas, width, height, dpr);
  fit(s.el.film, width, height, dpr);
  s.el.film.style.width = `${width}px`;
  s.el.film.style.height = `${height}px`;
  const g = canvas.getContext("2d");
  g.setTransform(1, 0, 0, 1, 0, 0);
  g.clearRect(0, 0, canvas.width, canvas.height);
  g.imageSmoothingEnabled = false;
  const one = smallCanvas(s, "one", w, h);
  for (let k = 0; k < many; k++) {
    const frame = Math.round((k * (total - 1)) / (many - 1));
    if (frame >= s.frames.length) break;
    for (let row = 0; row < rows; row++) {
      putPicture(one.image.data, w, 0, 0, shape, s.picked, picturesOf(s, frame, kinds[row].name), null, 0);
      one.g.putImageData(one.image, 0, 0);
      g.drawImage(one.canvas, Math.round((left + k * pitch) * dpr), Math.round(row * (side[1] + FILM.gap) * dpr), times * w, times * h);
    }
  }
  if (!left) return;
  g.setTransform(dpr, 0, 0, dpr, 0, 0);
  g.fillStyle = css(s.theme.quiet);
  g.font = `12px ${s.font}`;
  g.textBaseline = "middle";
  for (let row = 0; row < rows; row++) g.fillText(kinds[row].label.split(" ")[0], 0, row * (side[1] + FILM.gap) + side[1] / 2, left - 8);
}

function paintFilm(s) {
  s.el.film.hidden = !s.scene.close || (s.frames.length < 2 && !s.live);
  if (s.el.film.hidden) return;
  const key = `${s.frames.length}/${s.run}/${s.picked}/${s.geo.width}/${s.theme.dark}`;
  if (s.film.stale || key !== s.film.key) drawFilm(s);
  s.film.stale = false;
  s.film.key = key;
  const {left, side, many, pitch, total} = filmOf(s);
  const g = s.el.film.getContext("2d");
  g.setTransform(1, 0, 0, 1, 0, 0);
  g.globalCompositeOperation = "copy";
  g.drawImage(s.film.canvas, 0, 0);
  g.globalCompositeOperation = "source-over";
  g.setTransform(s.geo.dpr, 0, 0, s.geo.dpr, 0, 0);
  g.fillStyle = css(s.theme.text);
  const at = left + (s.pos / Math.max(1, total - 1)) * (many - 1) * pitch;
  g.fillRect(at, s.el.film.clientHeight - 3, side[0], 3);
}

/** How far along the film an event is, 0 to 1 of what was recorded. */
function alongFilm(s, event) {
  const {left, side, many, pitch, total} = filmOf(s);
  const x = event.clientX - s.el.film.getBoundingClientRect().left - left - side[0] / 2;
  return ((x / ((many - 1) * pitch)) * (total - 1)) / Math.max(1, lastOf(s));
}
