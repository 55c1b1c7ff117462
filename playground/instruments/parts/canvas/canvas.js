/* canvas: its resolution, its margins, the pen, and how it becomes a file. */

const MARGIN = {left: 38, right: 10, top: 22, bottom: 26}; // left + right = top + bottom: a square instrument has a square plot
const DASH = [6, 4];

const ratio = () => Math.min(3, devicePixelRatio || 1);
const newCanvas = () => document.createElement("canvas");

/** Fit canvas `c` to its box at device resolution; true if its size changed. */
function fit(c, width, height, dpr) {
  const w = Math.round(width * dpr);
  const h = Math.round(height * dpr);
  if (c.width === w && c.height === h) return false;
  c.width = w;
  c.height = h;
  return true;
}

function ink(s, g, colour, width, {dashed = false, alpha = 1} = {}) {
  g.strokeStyle = css(colour, alpha);
  g.lineWidth = width;
  g.setLineDash(dashed ? DASH : []);
  g.lineJoin = "round";
  g.lineCap = dashed ? "butt" : "round";
}

/** Write in one line, moved sideways as far as it takes to be whole between 0 and `width`, on a halo of the ground. */
function writeWhole(g, text, x, y, width, ground) {
  const box = g.measureText(text);
  const over = Math.max(0, box.actualBoundingBoxLeft - x);
  const beyond = Math.min(0, width - x - box.actualBoundingBoxRight);
  const moved = x + (over || beyond);
  if (moved !== x) {
    g.save();
    Object.assign(g, {strokeStyle: css(ground), lineWidth: 4, lineJoin: "round"});
    g.setLineDash([]);
    g.strokeText(text, moved, y);
    g.restore();
  }
  g.fillText(text, moved, y);
}

/** The head of a text that fits into `room`, with an ellipsis where it goes on. */
function cutTo(g, text, room) {
  if (g.measureText(text).width <= room) return text;
  let n = text.length;
  while (n > 1 && g.measureText(`${text.slice(0, n)}…`).width > room) n--;
  return `${text.slice(0, n).trimEnd()}…`;
}

/** Keep a canvas as a file. */
function keepCanvas(canvas, name) {
  canvas.toBlob((blob) => {
    const link = Object.assign(document.createElement("a"), {href: URL.createObjectURL(blob), download: `${name.replace(/[^\w-]+/g, "-")}.png`});
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  });
}
