/* layout: where every picture lies. Sizes are whole multiples of a pixel, so that no pixel is wider than its neighbour. */

const SPACE = 6; // between pictures, CSS pixels
const ASIDE = 20; // between the grid and the chosen picture
const UNDER = 18; // for a label under a picture
const NAMED = 40; // at least from one picture to the next where each has a label
const OVER = 24; // for the name of a group, or of a kind
const WIDE = 540; // from here on the chosen picture stands beside the grid
const LARGEST = 260; // a picture of the grid, CSS pixels
const RING = 3; // around the grid, so that the first picture's ring is whole

/** Rows of pictures: the first of each and how many, and the group whose name stands over it. */
function rowsOf({count, groups}, columns) {
  const rows = [];
  let first = 0;
  for (const [label, many] of groups.length ? groups : [["", count]]) {
    for (let k = 0; k < many; k += columns) rows.push({first: first + k, many: Math.min(columns, many - k), label: k ? "" : label});
    first += many;
  }
  return rows;
}

/** Work out all sizes from the width there is; true if anything changed. */
function arrange(s) {
  const {scene} = s;
  const {count, shape: [, h, w], kinds} = scene;
  const width = s.root.clientWidth;
  const dpr = ratio();
  const inner = width - 2 * RING;
  const least = Math.max(w / dpr, scene.labels.length ? NAMED : 0) + SPACE;
  let columns = scene.columns || Math.ceil(Math.sqrt(count));
  while (columns > 1 && columns * least - SPACE > inner) columns = Math.ceil(columns / 2);
  const rows = rowsOf(scene, columns);
  const wide = scene.close && width >= WIDE;
  const high = scene.close ? Math.max(300, innerHeight - 345) / rows.length - SPACE : LARGEST; // the player stays in sight
  const across = wide ? (inner - ASIDE - columns * SPACE) / (columns + 1) : (inner - (columns - 1) * SPACE) / columns;
  const times = Math.max(1, Math.floor((Math.min(across, (high * w) / h, LARGEST) * dpr) / w));
  const cell = [(times * w) / dpr, (times * h) / dpr];
  let top = RING;
  const places = [];
  for (const row of rows) {
    row.top = top += row.label ? OVER : 0;
    for (let k = 0; k < row.many; k++) places[row.first + k] = [RING + k * (cell[0] + SPACE), top];
    top += cell[1] + SPACE + (scene.labels.length ? UNDER : 0);
  }
  const grid = [columns * (cell[0] + SPACE) - SPACE + 2 * RING, top - SPACE + RING];
  const tall = Math.max((grid[1] - kinds.length * OVER) / kinds.length, (2 / 3) * cell[1]);
  const side = wide ? Math.min(width - ASIDE - grid[0], (tall * w) / h, cell[0]) : Math.min(100, (width - (kinds.length - 1) * SPACE) / kinds.length);
  const tile = Math.max(1, Math.floor((side * dpr) / w));
  const next = {width, dpr, columns, rows, wide, times, cell, places, grid, tile, left: 0, top: 0, w: grid[0], h: grid[1], height: grid[1]};
  const changed = JSON.stringify(next) !== JSON.stringify(s.geo);
  s.geo = next;
  return changed;
}

/** Size the canvases as `arrange` says. */
function sizeAll(s) {
  const {el, geo} = s;
  const size = (canvas, wide, high) => {
    fit(canvas, wide, high, geo.dpr);
    canvas.style.width = `${wide}px`;
    canvas.style.height = `${high}px`;
  };
  size(el.picture, ...geo.grid);
  el.plot.style.width = `${geo.grid[0]}px`;
  el.plot.style.height = `${geo.grid[1]}px`;
  s.root.classList.toggle("wide", geo.wide);
  const [, h, w] = s.scene.shape;
  for (const canvas of el.close.querySelectorAll("canvas")) size(canvas, (geo.tile * w) / geo.dpr, (geo.tile * h) / geo.dpr);
  el.close.hidden = !s.scene.close;
  s.film.stale = true;
}

/** The picture at a place of the grid, or -1. */
function pictureAt(s, [px, py]) {
  const [w, h] = s.geo.cell;
  return s.geo.places.findIndex(([x, y]) => px >= x && px < x + w + SPACE && py >= y && py < y + h + SPACE);
}
