"""A law over its data: the curves are the densities, the dots the probabilities, and the axes do not move."""

import numpy as np
import pytest

from core.dataset import Dataset, around
from core.key import Key
from core.laws import bins, ranking
from core.laws.families import continuous, discrete
from playground.palette import ROLES
from playground.rungs.fit1.picture import picture
from tests.playground.rungs.fit1.sets import data, ranked
from tests.playground.shown.specs import layers


def drawn(chart):
    """(mark, rows) of every layer of a chart made here."""
    return [(mark, rows) for mark, _, rows in layers(chart)]


@pytest.mark.parametrize("dark", [False, True])
def test_the_curves_are_the_densities(dark):
    dataset, best = data("skewed", 240), ranked("skewed", 240)[0]
    histogram = bins.histogram(dataset.points)
    layers = drawn(picture(dataset, dataset.points[:, 0], best, histogram, "x", dark))
    assert [r["density"] for r in layers[0][1]] == pytest.approx(histogram.heights.tolist())
    by = {mark["color"]: rows for mark, rows in layers if mark["type"] == "line"}
    for role, law in (("model", best.fitted), ("truth", dataset.truth)):
        rows = by[ROLES[role][dark]]
        x = np.array([[r["x"]] for r in rows])
        assert [r["density"] for r in rows] == pytest.approx(np.exp(law.log_prob(x)).tolist())


def test_axes_do_not_move_with_the_law():
    dataset, rows = data("skewed", 240), ranked("skewed", 240)
    histogram = bins.histogram(dataset.points)
    made = [picture(dataset, dataset.points[:, 0], r, histogram, "x", False) for r in (None, *rows)]
    assert len({str(layers(chart)[0][1]) for chart in made}) == 1


def test_shares_are_those_of_the_counts():
    dataset = data("counts", 400)
    x, best = dataset.points[:, 0], ranked("counts", 400, discrete.FAMILIES)[0]
    (_, bars), (_, dots), *_ = drawn(picture(dataset, x, best, None, "x", False))
    assert {r["count"]: r["share"] for r in bars} == pytest.approx({v: (x == v).mean() for v in np.unique(x)})
    at = np.array([r["count"] for r in dots], dtype=float)
    assert [r["share"] for r in dots] == pytest.approx(np.exp(best.fitted.log_prob(at)).tolist())


def test_a_peak_on_a_wide_axis_is_drawn():
    x = np.append((Key(0) / "peak").generator().normal(size=(300, 1)), [[1e6]], axis=0)
    dataset, histogram = Dataset("far", x, around(x), ("x",), standardise=True), bins.histogram(x)
    row = ranking.judge(continuous.NAMED["cauchy"], x[:, 0], Key(0))
    layers = drawn(picture(dataset, x[:, 0], row, histogram, "x", True))
    rows = next(rows for mark, rows in layers if mark["type"] == "line")
    assert max(r["density"] for r in rows) == pytest.approx(np.exp(row.fitted.log_prob(x[:, 0])).max(), rel=0.05)
