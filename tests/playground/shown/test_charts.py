"""Charts say the numbers they were given; the Vega-Lite specification is read back."""

import subprocess
import sys
from pathlib import Path

import pytest

from core.evaluation.metrics import Estimate
from core.mixture.select import Judged
from playground.palette import ROLES
from playground.shown import charts, density, vega
from tests.playground.shown.specs import layers

ROOT = Path(__file__).resolve().parents[3]
NAN = float("nan")


def judged(k, held=None):
    return Judged(k, 3 * k - 1, -1.0 / k, 500.0 - k, 400.0 + k, held or Estimate(-2.0 + k / 10, k / 100), None)


def drawn(*args):
    """(mark, encoding, rows) of every layer of every chart."""
    return [part for chart in charts.selection(*args).values() for part in layers(chart)]


@pytest.fixture
def rows():
    return [judged(k) for k in (1, 2, 3)]


@pytest.mark.parametrize("dark", [False, True])
def test_bic_and_aic_are_drawn_in_their_colours(rows, dark):
    found = [part for part in drawn(rows, 2, 12, dark) if "criterion" in str(part[1])]
    assert {mark["type"] for mark, _, _ in found} == {"line", "point"}
    for _, encoding, data in found:
        assert (encoding["x"]["field"], encoding["y"]["field"]) == ("K", "value")
        values = {(row["K"], row["criterion"]): row["value"] for row in data}
        assert values == {(r.components, name): value for r in rows for name, value in (("BIC", r.bic), ("AIC", r.aic))}
        paint = encoding["color"]["scale"]
        assert dict(zip(paint["domain"], paint["range"], strict=True)) == {
            "BIC": ROLES["model"][dark],
            "AIC": ROLES["data"][dark],
        }
        assert encoding["x"]["scale"]["domain"] == [0.5, 12.5]


@pytest.mark.parametrize("chosen", [1, 3])
def test_the_chosen_k_is_marked(rows, chosen):
    ruled = [(e, d) for m, e, d in drawn(rows, chosen, 12, False) if m["type"] == "rule" and "y" not in e]
    assert [(e["x"]["field"], d) for e, d in ruled] == [("K", [{"K": chosen}])]


def test_no_mark_where_nothing_was_chosen(rows):
    assert not [e for m, e, _ in drawn(rows, None, 12, False) if m["type"] == "rule" and "y" not in e]


def test_held_out_scores_have_bars_of_one_standard_error(rows):
    scored = [(m, e, d) for m, e, d in drawn(rows, 2, 12, False) if "held out" in str(e.get("y")) or "y2" in e]
    assert {m["type"] for m, _, _ in scored} == {"rule", "point"}
    for mark, encoding, data in scored:
        assert mark["color"] == ROLES["truth"][0]
        for row, r in zip(data, rows, strict=True):
            assert row["held out"] == r.held_out.value
            assert row["high"] - row["low"] == pytest.approx(2 * r.held_out.error)
        if mark["type"] == "rule":
            assert (encoding["y"]["field"], encoding["y2"]["field"]) == ("low", "high")


def test_collapsed_rows_are_left_out_and_no_nan_is_written(rows):
    gone = Judged(4, 11, NAN, NAN, NAN, Estimate(NAN, NAN), None)
    found = drawn([*rows, gone], 2, 12, False)
    assert not any(value is None or value != value for _, _, data in found for row in data for value in row.values())
    assert all({row["K"] for row in data} == {1, 2, 3} for _, e, data in found if "criterion" in str(e))


def test_all_collapsed_is_an_empty_chart():
    gone = Judged(1, 2, NAN, NAN, NAN, Estimate(NAN, NAN), None)
    assert all(data == [] for _, _, data in drawn([gone], None, 12, False))


def test_the_held_out_axis_has_one_title(rows):
    titles = [e["y"].get("title", e["y"]["field"]) for m, e, _ in drawn(rows, 2, 12, False) if "y2" in e]
    assert titles == [None] or "low" not in titles


def test_no_rule_crosses_the_name_of_another():
    across = vega.axis("x", "h", (0.1, 1.0), log=True)
    made = density.marks({"Scott": (0.3, "noise"), "Oracle": (0.2, "truth")}, across, False, stairs=True)
    parts = layers(vega.layers(made, 100))
    kinds = [mark for mark, _, _ in parts]
    tops = [encoding["y"]["value"] for _, encoding, _ in parts]
    assert 0 < tops[0] < tops[2] < tops[1] < tops[4]  # a rule begins at its own name and under that of the one before
    assert [kind["type"] for kind in kinds] == ["rule"] * 2 + ["text"] * 4
    assert ["stroke" in kind for kind in kinds[2:]] == [True, False] * 2


def test_charts_need_no_streamlit():
    code = "import sys; import playground.shown.charts; print('streamlit' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize("level", [-1.0, NAN])
def test_an_axis_has_ends_while_nothing_is_held_out_yet(level):
    rows = [Judged(k, 2, level, 5.0, 4.0, Estimate(NAN, NAN), None) for k in (1, 2)]
    for mark, encoding, data in drawn(rows, 1, 12, False):
        if not data and mark["type"] in ("rule", "point"):
            low, high = encoding["y"]["scale"]["domain"]
            assert low < high
            assert mark["aria"] is False
    assert any(not data for _, _, data in drawn(rows, 1, 12, False))
