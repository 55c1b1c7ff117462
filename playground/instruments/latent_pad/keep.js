/* keep: the plane and the picture side by side, as a file. */

function keepPicture(s) {
  const {width, height, dpr} = s.geo;
  const side = height - MARGIN.top - MARGIN.bottom;
  const canvas = newCanvas();
  fit(canvas, width + side + MARGIN.right, height + 12, dpr);
  const g = canvas.getContext("2d");
  g.fillStyle = css(s.theme.page);
  g.fillRect(0, 0, canvas.width, canvas.height);
  g.drawImage(s.el.picture, 0, 0);
  g.setTransform(dpr, 0, 0, dpr, 0, 0);
  const [px, py] = [toX(s, toPlane(s, s.z[s.axes[0]])), toY(s, toPlane(s, s.z[s.axes[1]]))];
  if (inside(s, [px, py])) badge(s, g, px, py, "", s.theme.roles.hand, 9);
  g.imageSmoothingEnabled = false;
  const [, h, w] = s.decoder.shape;
  g.drawImage(smallCanvas(s, "small", w, h).canvas, width, MARGIN.top, side * Math.min(1, w / h), side * Math.min(1, h / w));
  g.fillStyle = css(s.theme.text);
  g.font = `13px ${s.font}`;
  g.textAlign = "left";
  g.textBaseline = "middle";
  g.fillText(words(s), width, height - 4, side);
  keepCanvas(canvas, `${s.scene.id}-${indexOf(s) + 1}`);
}
