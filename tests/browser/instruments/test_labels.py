"""Numbers at the axes of an instrument: whole at both edges of its canvas however long, and read back as what they are."""

import math
import re

import pytest

from playground.instruments.parts.component import HERE

FILES = (
    "canvas/numbers",
    "canvas/colour",
    "canvas/canvas",
    "plane/geometry",
    "plane/axes",
    "plane/readout",
    "transport/chart",
)
CANVAS = """([width, bounds, axes]) => {
  const g = document.createElement("canvas").getContext("2d"), found = [];
  g.canvas.width = width;
  const write = g.fillText.bind(g);
  g.fillText = (text, x, y) => {
    const box = g.measureText(text);
    found.push([text, x - box.actualBoundingBoxLeft, x + box.actualBoundingBoxRight, y]);
    write(text, x, y);
  };
  const ink = [0, 0, 0];
  const theme = {stage: ink, page: ink, grid: ink, quiet: ink, text: ink};
  const [[x0, x1], [y0, y1]] = bounds;
  const geo = {left: 38, top: 22, w: width - 48, h: width - 48, dpr: 1, width};
  paintAxes({geo, theme, view: {x0, x1, y0, y1}, font: "sans-serif", scene: {bounds, axes}}, g);
  paintChartAxes({geo, theme, font: "sans-serif", frames: [1, 2], chart: {width, scales: {a: {lo: y0, hi: y1}}}}, g);
  return found;
}"""
LONG = [
    [[-2.7732, -2.7729], [-2.77321, -2.77292]],
    [[1e-9, 9e-9], [-4e-12, 4e-12]],
    [[45017, 98000], [-123456.5, 123456.5]],
    [[1e12, 9e12], [-7e15, 3e15]],
    [[2.0e6, 2.0e6 + 30], [-5e8, 5e8 + 1]],
    [[-1e-4, 1e-4], [0.99990, 1.00003]],
]


@pytest.fixture
def blank(new_page):
    """A page with nothing on it but what instruments write numbers with."""
    page = new_page()
    page.set_content("<p></p>")
    page.add_script_tag(content="\n".join((HERE / f"{name}.js").read_text("utf-8") for name in FILES))
    return page


def value(text: str) -> float:
    """The number that a label says."""
    plain = text.translate(str.maketrans("−⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "-0123456789-")).replace(" ", "")
    return float(re.sub("×10(-?[0-9]+)$", r"e\1", plain))


@pytest.mark.parametrize("width", [340, 720])
def test_no_label_is_cut_at_an_edge(blank, width):
    for bounds in LONG:
        name = "a column whose title is a whole sentence and goes on and on, far beyond the edge of a phone (thousands)"
        for axes in (["x", "density"], [name, name]):
            for text, left, right, _ in blank.evaluate(CANVAS, [width, bounds, axes]):
                assert left >= -0.5, (text, bounds)
                assert right <= width + 0.5, (text, bounds)


def test_labels_of_one_axis_do_not_meet(blank):
    for bounds in LONG:
        row = [f for f in blank.evaluate(CANVAS, [340, bounds, ["x", "y"]]) if abs(f[3] - (22 + 292 + 13)) < 1]
        assert len(row) >= 3, row
        row.sort(key=lambda found: found[1])
        assert all(a[2] < b[1] for a, b in zip(row, row[1:], strict=False)), row


def test_ticks_read_back_as_what_they_are(blank):
    for (low, high), _ in LONG:
        found = blank.evaluate("([a, b]) => { const t = ticks(a, b, 5); return [t.values, tickTexts(t)] }", [low, high])
        for tick, text in zip(*found, strict=True):
            assert value(text) == pytest.approx(tick, rel=1e-9, abs=1e-6 * (high - low)), text
        assert len({"×" in text for text in found[1] if text != "0"}) == 1, found[1]


@pytest.mark.parametrize(("low", "high"), [(-4.6, 4.6), (-4.99, 4.99), (-2.7, -2.376), (0.0, 1.0), (3.0, 47.0)])
def test_an_axis_has_three_numbers_at_least(blank, low, high):
    for count in (3, 4, 7):
        values = blank.evaluate("([a, b, n]) => ticks(a, b, n).values", [low, high, count])
        assert 3 <= len(values) <= 2 * count + 2


def test_a_value_is_read_out_to_a_thousandth_of_its_range(blank):
    for size in (1e-12, 1e-5, 1.0, 4e4, 1e12):
        for share in (-0.98765, 0.0, 0.012345, 0.5):
            text = blank.evaluate("([v, r]) => resolved(v, r)", [share * size, size])
            assert math.isclose(value(text), share * size, abs_tol=1e-3 * size), text
            assert len(text) <= 14, text


def test_a_point_is_called_by_its_own_number(blank):
    layer = {"name": "a", "label": "Data", "arrays": {"numbers": [7, 40, 31234]}}
    call = "([layer, n, i]) => pointName({shown: {a: {xy: new Float32Array(2 * n)}}}, {layer, i})"
    assert blank.evaluate(call, [layer, 3, 2]) == "point 31,234"
    assert blank.evaluate(call, [layer | {"arrays": {}}, 3, 2]) == "point 3"
    assert blank.evaluate(call, [layer | {"label": "Maximum", "arrays": {}}, 1, 0]) == "Maximum"
