/* keep: the stage as a file. */

/** The stage as it is, with its handles and caption, on the page's colour. */
function savePicture(s) {
  const {width, height, dpr} = s.geo;
  const caption = s.frames[indexOf(s)]?.caption ?? "";
  const canvas = newCanvas();
  fit(canvas, width, height + (caption ? 28 : 0), dpr);
  const g = canvas.getContext("2d");
  g.fillStyle = css(s.theme.page);
  g.fillRect(0, 0, canvas.width, canvas.height);
  g.drawImage(s.el.picture, 0, 0);
  g.setTransform(dpr, 0, 0, dpr, 0, 0);
  [...s.el.hands.children].forEach((button, i) => {
    if (!button.hidden && handLayer(s).form !== "line") badge(s, g, toX(s, s.hands.xy[2 * i]), toY(s, s.hands.xy[2 * i + 1]), String(i + 1), s.theme.roles.hand, 11);
  });
  g.fillStyle = css(s.theme.text);
  g.font = `13px ${s.font}`;
  g.textAlign = "left";
  g.fillText(caption, MARGIN.left, height + 12, width - MARGIN.left - MARGIN.right);
  keepCanvas(canvas, `${s.scene.id}-${indexOf(s) + 1}`);
}
