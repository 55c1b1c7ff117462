"""The kernel estimate's panel: its numbers are core's, it integrates to one, and the marks stand where the rules say."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.data import builtin
from core.kernels import bandwidth, risk
from core.kernels.kde import KDE
from core.kernels.sums import KERNELS
from core.key import Key
from core.laws import bins
from playground.rungs.fit1.panels import bandwidth as smooth_panels
from playground.shown import density
from tests import apps


@pytest.fixture(autouse=True)
def _rested(monkeypatch):
    with apps.rested(monkeypatch):
        yield


def page(name):
    from core.data import builtin
    from core.key import Key
    from playground.rungs.fit1.panels import bandwidth as smooth_panels

    smooth_panels.smooth("test", builtin.load(name), Key(0))


def opened(name="bimodal", **query):
    return apps.opened(page, {"name": name}, **query)


def said(at):
    return " ".join(m.value for m in at.markdown)


def judged(name="bimodal", kernel="gaussian"):
    return list(smooth_panels.judge(builtin.load(name), kernel))[-1].state


@pytest.mark.parametrize(("name", "kernel"), [("bimodal", "gaussian"), ("galaxies", "biweight")])
def test_the_table_is_cores(name, kernel):
    dataset, table = builtin.load(name), opened(name, kernel=kernel).dataframe[0].value.set_index("rule")
    for rule, h in bandwidth.marks(dataset.points, kernel).items():
        assert table.loc[rule, "h"] == f"{h:.4g}"
        at = np.array([h])
        assert table.loc[rule, "left-out score (nats)"] == f"{bandwidth.likelihood(dataset.points, at, kernel)[0]:.4g}"
    if dataset.truth:
        best = risk.oracle(dataset.truth, len(dataset), kernel)
        assert table.loc["oracle", "h"] == f"{best:.4g}"
        mise = [risk.risk(dataset.truth, len(dataset), np.array([h]), kernel).mise[0] for h in (h, best)]
        assert float(table.loc["likelihood cv", "MISE / oracle's"]) == pytest.approx(mise[0] / mise[1], abs=1e-3)
    else:
        assert "oracle" not in table.index


def test_no_rule_beats_the_oracle():
    assert min(row[3] for row in judged("skewed").rules.values()) == pytest.approx(1)


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("boundary", ["none", "reflect"])
def test_the_estimate_integrates_to_one(kernel, boundary):
    at = opened("gapped", kernel=kernel, boundary=boundary)
    first = next(m.value for m in at.markdown if m.value.startswith("| | identity")).splitlines()[2]
    verdict, _, value, _ = (cell.strip() for cell in first.strip("|").split("|"))
    assert float(value) == pytest.approx(1, abs=1e-3)
    assert verdict == "✓"


@pytest.mark.parametrize("h", [0.01, 0.3, 3.0])
def test_the_self_test_sees_a_lost_mass(h):
    x = builtin.load("skewed").points
    assert all(check.holds for check in smooth_panels.tested(KDE.on_line(x, h)))


def test_the_boundary_is_announced():
    assert "all values are positive" in said(opened("galaxies", boundary="reflect"))
    assert "the extremes" in said(opened("gapped", boundary="reflect"))
    assert "No boundary correction" in said(opened("gapped"))


def test_a_bandwidth_by_hand():
    at = opened("normal", rule="by hand", factor="0.0998" if "0.0998" in smooth_panels.FACTORS else "3")
    dataset = builtin.load("normal")
    factor = float(at.select_slider[0].value)
    assert f"**h = {factor * dataset.points.std(ddof=1):.4g}**" in said(at)


def test_the_held_out_score_has_its_error():
    assert "±" in said(opened())
    model = KDE.on_line(builtin.load("normal").points, 1e-4, "uniform")
    assert "minus infinity" in smooth_panels.held_out(model, Key(0))
    assert "Too few" in smooth_panels.held_out(KDE.on_line(np.arange(5.0)[:, None], 1.0), Key(0))


@pytest.mark.parametrize("cut", bins.NAMES)
def test_the_bins_choose_the_story(cut):
    at = opened("galaxies", cut=cut)
    number = len(bins.histogram(builtin.load("galaxies").points, cut).counts)
    assert f"{number} bins by {cut}" in " ".join(c.value for c in at.caption)


def test_a_page_with_its_own_bins_is_followed():
    def page():
        from core.data import builtin
        from core.key import Key
        from playground.rungs.fit1.panels import bandwidth as smooth_panels

        smooth_panels.smooth("test", builtin.load("galaxies"), Key(0), "Knuth")

    at = AppTest.from_function(page, default_timeout=120).run()
    assert not at.exception
    assert "by Knuth" in " ".join(c.value for c in at.caption)
    assert [box.key for box in at.selectbox] == ["rule", "kernel"]


def test_a_constant_column_is_told_in_words():
    def page():
        import numpy as np

        from core.dataset import Dataset
        from core.key import Key
        from playground.rungs.fit1.panels import bandwidth as smooth_panels
        from playground.rungs.fit1.panels import posterior

        dataset = Dataset("same", np.ones((20, 1)), np.array([[0.0, 2.0]]), ("x",))
        smooth_panels.smooth("test", dataset, Key(0))
        posterior.posterior("test", dataset)

    at = AppTest.from_function(page, default_timeout=120).run()
    assert not at.exception
    assert ["constant" in at.caption[0].value, "same" in at.caption[1].value] == [True, True]


def test_the_chart_over_h_holds_the_exact_risk_and_every_rule():
    found = judged()
    marked = {rule: (row[0], "noise") for rule, row in found.rules.items()} | {"lost": (float("nan"), "noise")}
    spec = density.cost("x", found.h, found.score, found.known, marked, False).to_dict()
    rows = [row for table in spec["datasets"].values() for row in table]
    for word, values in (("bias²", found.known.bias2), ("variance", found.known.variance), ("MISE", found.known.mise)):
        assert [r["y"] for r in rows if r.get("curve") == word] == pytest.approx(list(values))
    assert {r["mark"]: r["x"] for r in rows if "mark" in r} == {rule: row[0] for rule, row in found.rules.items()}
    assert found.rules["oracle"][0] == pytest.approx(found.h[found.known.mise.argmin()], rel=0.05)


@pytest.mark.parametrize("name", ["skewed", "galaxies"])
def test_the_estimate_and_the_truth_are_drawn(name):
    dataset = builtin.load(name)
    model = KDE.on_line(dataset.points, 0.4)
    spec = density.estimate(dataset, bins.histogram(dataset.points), model, True).to_dict()
    rows = [row for table in spec["datasets"].values() for row in table]
    x, y = np.array([(r["x"], r["y"]) for r in rows if r.get("curve") == "estimate"]).T
    exact = np.exp(model.log_prob(x[:, None]))
    assert y == pytest.approx(exact, abs=1e-3 * exact.max())
    assert bool([r for r in rows if r.get("curve") == "truth"]) == (dataset.truth is not None)
