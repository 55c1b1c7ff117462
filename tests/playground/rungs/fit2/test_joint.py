"""The plane on its stages: what travels to the browser, the tables, the words, and a script that makes it again."""

import contextlib
import io
import json

import numpy as np
import pytest

from core.data import builtin
from core.evaluation import metrics
from core.evaluation.two_sample import Null
from core.joint.joint import Copula, Kernels, Mixture, OneGaussian, WithPrior
from core.key import Key
from core.laws.conjugate import normal
from core.laws.ranking import Row
from core.process import Halt
from playground.instruments.stage import pack, unpack
from playground.rungs.fit2 import charts, closer, controls, files, joint, words
from playground.rungs.fit2 import scene as plane_scene

FAITHFUL, MOONS = builtin.load("faithful"), builtin.load("two_moons", 200)
WAYS = [OneGaussian(), WithPrior(normal.Config()), Kernels("scott"), Mixture(2, Key(3) / "fit2"), Copula()]
EACH = pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
KEY = Key(0) / "test"


def seen(way, dataset=FAITHFUL):
    *_, step = joint.steps(way, dataset, KEY)
    return step.state


def shoelace(xy):
    x, y = xy.T
    return abs(x @ np.roll(y, 1) - y @ np.roll(x, 1)) / 2


# Fitted and laid out


@EACH
def test_the_step_holds_the_law_its_grid_and_its_level(way):
    found, (xs, ys) = seen(way), joint.axes(FAITHFUL)
    assert found.density.shape == (len(ys), len(xs))
    at = np.array([[xs[50], ys[90]]])
    assert found.density[90, 50] == pytest.approx(np.exp(found.law.log_prob(at))[0], rel=1e-9)
    assert found.log_likelihood.value == pytest.approx(found.law.log_prob(FAITHFUL.points).mean())


def test_wider_kernels_reuse_the_rule_s_choice():
    first, wider = seen(Kernels("scott")), seen(Kernels("scott", 2.0))
    np.testing.assert_allclose(wider.law.model.bandwidth, 4 * first.law.model.bandwidth)


def test_contour_lines_enclose_the_ellipse_s_area():
    found = seen(OneGaussian())
    arrays = joint.lines(FAITHFUL, found)
    area = np.pi * np.sqrt(np.linalg.det(found.law.model.covariance))
    parts = [arrays["xy"][a:b] for a, b in zip(arrays["start"], arrays["start"][1:], strict=False)]
    areas = sorted(shoelace(part) for part in parts if np.allclose(part[0], part[-1]))
    expected = [-2 * np.log(1 - mass) * area for mass in joint.MASSES]
    np.testing.assert_allclose(areas[:2], expected[:2], rtol=0.05)


def test_the_gap_is_the_divergence_from_the_truth():
    found = seen(OneGaussian(), MOONS)
    expected = metrics.divergence(found.law, MOONS.truth, Key(9), 20_000)
    assert found.gap.value == pytest.approx(expected.value, abs=4 * (found.gap.error + expected.error))
    assert seen(OneGaussian()).gap is None


def test_the_moments_of_every_law_are_those_of_its_draws():
    for way in WAYS:
        law = seen(way).law
        mean, covariance, exact = joint.moments(law, KEY)
        draws = law.sample(40_000, Key(8))
        np.testing.assert_allclose(mean, draws.mean(axis=0), rtol=0.01)
        np.testing.assert_allclose(covariance, np.cov(draws.T), rtol=0.06, atol=0.05)
        assert exact == (way.name != "copula best law")


# What travels to the browser


def layers(scene):
    return {layer["name"]: layer for layer in unpack(pack(scene, [], run="r"))["scene"]["layers"]}


def test_the_square_has_its_layers_and_one_line():
    scene = plane_scene.scene(MOONS, seen(OneGaussian(), MOONS), 1, 0.5, (50, KEY), None, True, "id")
    found = layers(scene)
    assert list(found) == ["density", "points", "contours", "labels", "likeliest", "truth", "samples", "line"]
    assert found["line"]["form"] == "line"
    assert found["line"]["axis"] == "y"
    assert found["line"]["arrays"]["xy"][0, 1] == 0.5
    np.testing.assert_allclose(
        found["samples"]["arrays"]["xy"], OneGaussian().fit(MOONS.points).sample(50, KEY), rtol=1e-5
    )
    assert found["density"]["log"]


def test_before_the_fit_there_are_the_points_alone():
    assert list(layers(plane_scene.scene(FAITHFUL, None, 0, 3.0, (5, KEY), None, False, "id"))) == ["points"]


@pytest.mark.parametrize("column", [0, 1])
def test_the_second_stage_cuts_what_the_first_shows(column):
    found = seen(Kernels("scott"))
    scene = plane_scene.along(FAITHFUL, found, column, 3.0, "id")
    sent = layers(scene)
    assert sent["given"]["axis"] == "xy"[column]
    np.testing.assert_allclose(sent["given"]["arrays"]["values"], found.density, rtol=1e-6, atol=1e-30)
    np.testing.assert_allclose(sent["given"]["across"], FAITHFUL.bounds[column])
    np.testing.assert_allclose(scene.bounds[0], FAITHFUL.bounds[1 - column])
    assert scene.axes[0] == FAITHFUL.columns[1 - column]
    alone = sent["alone"]["arrays"]
    assert np.trapezoid(alone["y"][0], alone["x"]) == pytest.approx(1, abs=0.05)  # a little lies beyond the axis
    at, known = joint.axes(FAITHFUL)[column], sent["given"]["arrays"]["known"]
    np.testing.assert_allclose(known, np.exp(found.law.log_marginal(column, at)), rtol=1e-5, atol=1e-30)
    cut = found.density[:, 70] if column == 0 else found.density[70]
    exact = found.law.conditional(column, at[70], joint.axes(FAITHFUL)[1 - column])
    np.testing.assert_allclose(cut / known[70], exact, rtol=1e-5)


def test_the_axis_holds_every_usual_slice():
    found = seen(OneGaussian())
    sd = np.sqrt(found.law.model.conditional(0, 3.0).covariance[0, 0])
    assert joint.highest(FAITHFUL, found.density, 0) == pytest.approx(1 / np.sqrt(2 * np.pi) / sd, rel=0.03)


# Tables and words


def test_every_way_is_listed_once_with_the_one_shown_as_it_is_set():
    listed = controls.others(Mixture(4, Key(5)), Key(0))
    assert len({way.name for way in listed}) == len(listed)
    assert Mixture(4, Key(5)) in listed
    assert Mixture(4, Key(0)) not in listed


@EACH
def test_parameters_are_told_in_words(way):
    rows = charts.parameters(seen(way).law, FAITHFUL)
    assert all(name and value for name, value, _ in rows)


def test_the_table_marks_what_is_on_the_stage():
    rows = (Row("a", "A", held_out=metrics.Estimate(-1.0, 0.1)), Row("b", "B", problem="Why not."))
    table = charts.ranked(rows, "b")
    assert table["way"].tolist() == ["A", "▸ B"]
    assert table["note"].tolist()[1] == "Why not."


def test_what_n_points_say():
    said = words.known(FAITHFUL)
    assert "272 points" in said
    assert "0.90" in said  # the correlation of Old Faithful
    few = builtin.load("two_moons", 20)
    assert "So few points" in words.known(few)


def test_verdicts_follow_the_numbers():
    best = Row("a", "A", held_out=metrics.Estimate(-1.0, 0.01))
    other = Row("b", "B", held_out=metrics.Estimate(-1.5, 0.01), behind=metrics.Estimate(np.log(2), 0.02))
    assert "2 times as likely" in words.verdict((best, other))
    tied = Row("b", "B", held_out=metrics.Estimate(-1.0, 0.01), behind=metrics.Estimate(0.001, 0.02), tied=True)
    assert "cannot tell them apart: B" in words.verdict((best, tied))
    assert "No law" in words.verdict((Row("c", "C"),))


def test_a_comparison_says_what_p_says():
    far, near = Null(9.0, np.arange(99) / 10, 50, 50), Null(1.0, np.arange(99) / 10, 50, 50)
    assert "No difference seen" in words.compared(near, "Energy distance", True)
    assert "had not seen" in words.compared(near, "Energy distance", True)
    assert "They differ" in words.compared(Null(99.0, far.null, 50, 50), "Energy distance", False)
    lenient = words.compared(near, "Energy distance", False)
    assert "Nothing can be said" in lenient
    assert "not calibrated" in lenient
    assert "No difference seen" not in lenient


class Known:
    """A way that knows the law and need not fit it."""

    def __init__(self, law):
        self.law = law

    def fit(self, x):
        return self.law


@pytest.mark.parametrize("unseen", [True, False])
def test_the_two_sample_test_sees_moons_and_passes_the_truth(unseen, monkeypatch):
    monkeypatch.setattr(closer, "REPEATS", 59)

    def p(dataset, law, statistic, key=Key(1)):  # noqa: B008
        *_, step = closer.comparison(Known(law), dataset, law, unseen, statistic, key)
        return step.state.p_value

    moons = builtin.load("two_moons", 900)
    law = OneGaussian().fit(moons.points)
    for statistic in ("energy", "sliced wasserstein"):
        assert p(moons, law, statistic) < 0.05
        sets = (type(moons)(f"{i}", law.sample(120, Key(i)), moons.bounds, moons.columns) for i in range(12))
        found = [p(dataset, law, statistic, Key(i)) for i, dataset in enumerate(sets)]
        assert np.mean(found) == pytest.approx(0.5, abs=4 / np.sqrt(12 * 12))  # uniform where the law is the truth


def test_points_held_out_of_a_comparison_are_not_fitted():
    class Watched(Known):
        seen = None

        def fit(self, x):
            self.seen = x
            return self.law

    way = Watched(OneGaussian().fit(FAITHFUL.points))
    step = next(closer.comparison(way, FAITHFUL, way.law, True, "energy", Key(0)))
    assert len(way.seen) == step.state.n == len(FAITHFUL) // 2
    few = builtin.columns(builtin.load("faithful"), FAITHFUL.columns)
    few = type(few)("few", few.points[:8], few.bounds, few.columns)
    with pytest.raises(Halt, match="too few"):
        closer.comparison(way, few, way.law, True, "energy", Key(0))


# What is taken home


def ran(script):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(script, found := {})
    return out.getvalue(), found


@EACH
def test_the_script_makes_the_same_law_and_the_same_samples(way):
    printed, found = ran(files.script("dataset = builtin.load('faithful')", way, KEY, 30))
    shown = seen(way)
    np.testing.assert_allclose(found["law"].log_prob(FAITHFUL.points), shown.law.log_prob(FAITHFUL.points))
    np.testing.assert_array_equal(found["samples"], shown.law.sample(30, KEY))
    assert f"{shown.log_likelihood.value:.10g}"[:9] in printed


@EACH
def test_files_hold_what_is_shown(way):
    shown = seen(way)
    parameters = json.loads(files.as_json(shown, FAITHFUL, way))
    assert parameters["columns"] == list(FAITHFUL.columns)
    assert len(parameters) > 6
    grid = np.load(io.BytesIO(files.grid_npy(shown, FAITHFUL)))
    np.testing.assert_array_equal(grid, shown.density)
    table = np.genfromtxt(io.BytesIO(files.grid_csv(shown, FAITHFUL)), delimiter=",", skip_header=1)
    at = table[1000:1005]
    with np.errstate(divide="ignore"):
        np.testing.assert_allclose(at[:, 2], shown.law.log_prob(at[:, :2]), rtol=1e-5)
    draws = np.genfromtxt(io.BytesIO(files.samples(shown, FAITHFUL, 12, KEY)), delimiter=",", skip_header=1)
    np.testing.assert_allclose(draws, shown.law.sample(12, KEY))
