/* overlays: the painters of a pad. Other layers lie on the plane they were computed for and nowhere else. */

const ALIAS = {Codes: "Points", Manifold: "Mesh", Prior: "Ellipses"}; // each has the sign and the reports of its like
const RIM = 96; // corners of a circle of the prior

/** Is the layer's plane the one that is looked at? */
const lies = (s, layer) => Boolean(layer.own) || (!s.quantiles && sameNumbers(s.axes, s.decoder.plane));

function paintPrior(s, g, layer) {
  g.font = `11px ${s.font}`;
  g.textAlign = "left";
  g.textBaseline = "bottom";
  for (let sigma = 1; sigma <= 3; sigma++) {
    ink(s, g, s.theme.role(layer.role), 1, {alpha: 0.45});
    g.beginPath();
    for (let i = 0; i <= RIM; i++) {
      const angle = (2 * Math.PI * i) / RIM;
      g.lineTo(toX(s, toPlane(s, sigma * Math.cos(angle))), toY(s, toPlane(s, sigma * Math.sin(angle))));
    }
    g.stroke();
    g.fillStyle = css(s.theme.quiet);
    const corner = toPlane(s, sigma * Math.SQRT1_2);
    g.fillText(`${sigma}σ`, toX(s, corner) + 2, toY(s, corner) - 1);
  }
}

/** Gaussians as outlines at their scale, without the number of a mixture's component. */
function paintOutlines(s, g, layer, {mean, cov}) {
  if (!mean || !cov) return;
  for (let i = 0; i < mean.length / 2; i++) {
    const {major, minor, angle} = ellipseOf(s, cov, 4 * i);
    const [px, py] = [toX(s, mean[2 * i]), toY(s, mean[2 * i + 1])];
    layer.sigmas.forEach((sigma, n) => {
      g.beginPath();
      g.ellipse(px, py, sigma * major, sigma * minor, angle, 0, 2 * Math.PI);
      ink(s, g, s.theme.stage, n ? 3 : 4, {alpha: 0.6});
      g.stroke();
      ink(s, g, classColour(s, layer, i), n ? 1.25 : 2.25, {dashed: dashes(layer)});
      g.stroke();
    });
  }
}

/** Paths with their layer's label beside the middle of the first. */
function paintNamedPaths(s, g, layer, now) {
  paintPaths(s, g, layer, now);
  if (!now.xy || !layer.label) return;
  const at = 2 * (now.xy.shape[1] >> 1);
  g.font = `600 12px ${s.font}`;
  g.textAlign = "left";
  g.textBaseline = "middle";
  ink(s, g, s.theme.stage, 4, {alpha: 0.9});
  const place = [toX(s, now.xy[at]) + 8, toY(s, now.xy[at + 1])];
  g.strokeText(layer.label, ...place);
  g.fillStyle = css(s.theme.role(layer.role));
  g.fillText(layer.label, ...place);
}

const FORMS = {Codes: paintCodes, Manifold: paintManifold, Prior: paintPrior};
Object.assign(PAINTERS, {Ellipses: paintOutlines, Paths: paintNamedPaths});
for (const [kind, paint] of Object.entries(PAINTERS)) {
  PAINTERS[kind] = (s, g, layer, now) => lies(s, layer) && (FORMS[layer.own] ?? paint)(s, g, layer, now);
}

Object.assign(HAND, {
  named: (s, hit) => (hit.layer.own === "Codes" ? pictureName(s, hit.i) : pointName(s, hit)),
  follow: (s, layer, now) => (layer.own === "Codes" ? placeCodes(s, layer, now) : now),
  painted: placePainted,
  toggled: (s, layer) => {
    const codes = s.scene.layers.findIndex(({own}) => own === "Codes");
    // the manifold would be hidden by the data: it comes without them, and they can be called back
    if (layer.own === "Manifold" && s.on[layer.name] === s.on[s.scene.layers[codes].name]) flipLayer(s, codes);
    for (const other of twinsOf(s)) {
      other.scene.layers.forEach(({name}, k) => name in s.on && s.on[name] !== other.on[name] && flipLayer(other, k));
    }
  },
});
