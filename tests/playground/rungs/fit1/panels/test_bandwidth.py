"""The kernel estimate's panel: its numbers are core's, and the marks stand where the rules say."""

import numpy as np
import pytest

from core.data import builtin
from core.dataset import Dataset, around
from core.digits import written
from core.kernels import bandwidth, risk
from core.kernels.kde import KDE
from core.key import Key
from core.laws import bins
from playground.rungs.fit1 import smoothing
from playground.rungs.fit1.panels import bandwidth as panel
from tests import apps
from tests.playground.rungs.fit1 import sets
from tests.playground.rungs.fit1.test_smoothing import judged
from tests.playground.shown import specs


@pytest.fixture(autouse=True)
def _rested(monkeypatch):
    with apps.rested(monkeypatch):
        yield


def opened(name="bimodal", asked=None, **query):
    return sets.opened("bandwidth", name, 1000, asked, **query)


def said(at):
    return " ".join(m.value for m in at.markdown)


@pytest.mark.parametrize(("name", "kernel"), [("bimodal", "gaussian"), ("galaxies", "biweight")])
def test_the_table_is_cores(name, kernel):
    dataset, table = builtin.load(name), opened(name, kernel=kernel).dataframe[0].value.set_index("rule")
    for rule, h in bandwidth.marks(dataset.points, kernel).items():
        assert table.loc[rule, "h"] == written(h)
        at = np.array([h])
        assert table.loc[rule, "left out (nats)"] == written(bandwidth.likelihood(dataset.points, at, kernel)[0])
    if dataset.truth:
        best = risk.oracle(dataset.truth, len(dataset), kernel)
        assert table.loc["Oracle", "h"] == written(best)
        mise = [risk.risk(dataset.truth, len(dataset), np.array([h]), kernel).mise[0] for h in (h, best)]
        assert float(table.loc["Likelihood CV", "MISE / oracle's"]) == pytest.approx(mise[0] / mise[1], abs=1e-3)
    else:
        assert "Oracle" not in table.index


def test_the_boundary_is_announced():
    assert "all values are positive" in said(opened("galaxies", boundary="reflect"))
    assert "the extremes" in said(opened("gapped", boundary="reflect"))
    assert "No boundary correction" in said(opened("gapped"))


def test_a_bandwidth_by_hand():
    at = opened("normal", rule="By hand", factor="0.0998" if "0.0998" in smoothing.FACTORS else "3")
    dataset = builtin.load("normal")
    factor = float(at.select_slider[0].value)
    assert f"**h = {factor * dataset.points.std(ddof=1):.4g}**" in said(at)


def test_the_held_out_score_has_its_error():
    assert "±" in said(opened())


@pytest.mark.parametrize("cut", bins.NAMES)
def test_the_bins_choose_the_story(cut):
    at = opened("galaxies", {"bins": cut})
    number = len(bins.histogram(builtin.load("galaxies").points, cut).counts)
    assert f"{number} bins by {cut}" in " ".join(c.value for c in at.caption)


@pytest.mark.parametrize(("name", "word"), [("bandwidth", "constant"), ("posterior", "same")])
def test_a_constant_column_is_told_in_words(name, word):
    assert word in sets.opened(name, "constant").caption[0].value


def test_the_chart_over_h_holds_the_exact_risk_and_every_rule():
    found = judged()
    marked = {rule: (row[0], "noise") for rule, row in found.rules.items()} | {"lost": (float("nan"), "noise")}
    rows = specs.rows(panel.cost("x", found, marked, False))
    for word, values in (("bias²", found.known.bias2), ("variance", found.known.variance), ("MISE", found.known.mise)):
        assert [r["y"] for r in rows if r.get("curve") == word] == pytest.approx(list(values))
    assert {r["mark"]: r["x"] for r in rows if "mark" in r} == {rule: row[0] for rule, row in found.rules.items()}
    assert found.rules["Oracle"][0] == pytest.approx(found.h[found.known.mise.argmin()], rel=0.05)


@pytest.mark.parametrize("name", ["skewed", "galaxies"])
def test_the_estimate_and_the_truth_are_drawn(name):
    dataset = builtin.load(name)
    model = KDE.on_line(dataset.points, 0.4)
    rows = specs.rows(panel.estimate(dataset, bins.histogram(dataset.points), model, True))
    x, y = np.array([(r["x"], r["y"]) for r in rows if r.get("curve") == "estimate"]).T
    exact = np.exp(model.log_prob(x[:, None]))
    assert y == pytest.approx(exact, abs=1e-3 * exact.max())
    assert bool([r for r in rows if r.get("curve") == "truth"]) == (dataset.truth is not None)


def test_no_peak_is_lost_between_the_nodes_of_a_wide_axis():
    x = np.append((Key(0) / "peak").generator().normal(size=(300, 1)), [[1e6]], axis=0)
    dataset, model = Dataset("far", x, around(x), ("x",), standardise=True), KDE.on_line(x, 0.3)
    rows = specs.rows(panel.estimate(dataset, bins.histogram(x), model, True))
    places, heights = np.array([(r["x"], r["y"]) for r in rows if r.get("curve") == "estimate"]).T
    assert (np.diff(places) > 0).all()
    assert heights == pytest.approx(np.exp(model.log_prob(places[:, None])), abs=1e-4)
    assert heights.max() > 0.3
