/* outline: boxes or a polygon whose corners are handles, and how much of it and of a region the two have in common. */

/** The corners of every outline, one after the other. */
function outlinesOf(s, {outline, outlined}) {
  const corner = (i) => [s.hands.xy[2 * i], s.hands.xy[2 * i + 1]];
  if (outline === "polygon") return [Array.from({length: outlined}, (_, i) => corner(i))];
  return Array.from({length: outlined / 2}, (_, k) => {
    const [[x0, y0], [x1, y1]] = [corner(2 * k), corner(2 * k + 1)];
    return [[x0, y0], [x1, y0], [x1, y1], [x0, y1]];
  });
}

function paintOutline(s, g, layer) {
  if (!s.hands) return;
  for (const corners of outlinesOf(s, layer)) {
    g.beginPath();
    for (const [x, y] of corners) g.lineTo(toX(s, x), toY(s, y));
    g.closePath();
    g.fillStyle = css(s.theme.roles.model, 0.16);
    g.fill("evenodd");
    ink(s, g, s.theme.roles.model, 2.5);
    g.stroke();
  }
}

/** Whether each of `count` even cells between `low` and `high` has its middle inside some outline, in the row at height y. */
function markRow(marked, outlines, y, low, high) {
  const count = marked.length;
  marked.fill(0);
  for (const corners of outlines) {
    const crossed = corners.flatMap(([x0, y0], i) => {
      const [x1, y1] = corners[(i + 1) % corners.length];
      return y0 > y !== y1 > y ? [x0 + ((y - y0) / (y1 - y0)) * (x1 - x0)] : [];
    });
    crossed.sort((a, b) => a - b);
    for (let k = 0; k + 1 < crossed.length; k += 2) {
      const [from, to] = [crossed[k], crossed[k + 1]].map((x) => Math.ceil(((x - low) / (high - low)) * count - 0.5));
      marked.fill(1, Math.max(0, from), Math.max(0, Math.min(count, to)));
    }
  }
}

/** Cells of the outlines, of the region, and of both, each cell by its share. */
function commonOf(s, layer) {
  const {cells} = layer.arrays;
  const [h, w] = cells.shape;
  const [[x0, x1], [y0, y1]] = s.scene.bounds;
  const outlines = outlinesOf(s, layer);
  const marked = new Uint8Array(w);
  let [inside, region, both] = [0, 0, 0];
  for (let row = 0; row < h; row++) {
    markRow(marked, outlines, y0 + ((row + 0.5) / h) * (y1 - y0), x0, x1);
    for (let i = 0; i < w; i++) {
      const share = cells[row * w + i] / 255;
      region += share;
      inside += marked[i];
      both += marked[i] * share;
    }
  }
  return {inside, region, both};
}

/** Precision and coverage of the outlines, in words. */
function outlineScore(s) {
  const layer = s.hands && handLayer(s);
  if (!layer?.outline || !layer.arrays.cells) return [];
  const {inside, region, both} = commonOf(s, layer);
  const percent = (share) => `${Math.round(100 * share)} %`;
  return [{text: `precision ${inside ? percent(both / inside) : "none"}, coverage ${percent(both / region)}`, colour: s.theme.roles.model}];
}
