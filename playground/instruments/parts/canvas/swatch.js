/* swatch: a layer's or a line's sign, for legends. */

/** The layer's shape in the layer's colour. */
function swatch(s, {kind, role, dashed, arrays}) {
  const colour = css(s.theme.role(role));
  const several = role === "classes" ? [0, 1, 2].map((i) => css(s.theme.cls(i))) : [colour, colour, colour];
  const line = (path, extra = "", width = 2) => `<path d="${path}" fill="none" stroke="${colour}" stroke-width="${width}" ${extra}/>`;
  const dash = dashed || role === "truth" ? 'stroke-dasharray="4 3" stroke-linecap="butt"' : "";
  const shapes = {
    Points: several.map((c, i) => `<circle cx="${[5.5, 11, 8][i]}" cy="${[5.5, 6.5, 11.5][i]}" r="2.4" fill="${c}"/>`).join(""),
    Field: `<rect x="1.5" y="3" width="4.4" height="10" fill="${colour}" opacity=".25"/><rect x="5.9" y="3" width="4.4" height="10" fill="${colour}" opacity=".6"/><rect x="10.3" y="3" width="4.4" height="10" fill="${colour}"/>`,
    Contours: `<g fill="none" stroke="${colour}" stroke-width="1.5"><circle cx="8" cy="8" r="6"/><circle cx="8" cy="8" r="2.8"/></g>`,
    Ellipses: `<ellipse cx="8" cy="8" rx="6.5" ry="3.8" transform="rotate(-30 8 8)" fill="none" stroke="${several[1]}" stroke-width="2" ${dash}/>`,
    Curves: line("M1 8h14", dash),
    Histogram: `<g fill="${colour}"><rect x="1.5" y="8" width="3.5" height="6"/><rect x="6.2" y="3" width="3.5" height="11"/><rect x="11" y="6" width="3.5" height="8"/></g>`,
    Arrows: line("M2 13 13 3M7 3h6v6"),
    Mesh: line("M2 5.5h12M2 10.5h12M5.5 2v12M10.5 2v12", "", 1.3),
    Paths: line("M1.5 11c3-9 5 6 7.5 0s3-6 5.5-5", dash),
    Handles: `<circle cx="8" cy="8" r="5" fill="none" stroke="${colour}" stroke-width="3"/>`,
  };
  shapes.Density = shapes.Field;
  shapes.Draws = shapes.Points;
  shapes.Slice = arrays?.edges ? shapes.Histogram : shapes.Curves;
  shapes.Bells = line("M1 13c5 0 4-10 7-10s2 10 7 10", dash);
  return `<svg class="swatch" viewBox="0 0 16 16" aria-hidden="true">${shapes[kind]}</svg>`;
}
