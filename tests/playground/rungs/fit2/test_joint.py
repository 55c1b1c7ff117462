"""The law on the axes of its data: its grid, its contours, its moments, and how far it is from the truth."""

import numpy as np
import pytest

from core.evaluation import metrics
from core.joint.joint import Kernels, OneGaussian
from core.key import Key
from playground.rungs.fit2 import joint
from tests.playground.rungs.fit2.laws import EACH, FAITHFUL, KEY, MOONS, WAYS, seen


def shoelace(xy):
    x, y = xy.T
    return abs(x @ np.roll(y, 1) - y @ np.roll(x, 1)) / 2


@EACH
def test_the_step_holds_the_law_its_grid_and_its_level(way):
    found, (xs, ys) = seen(way), joint.axes(FAITHFUL)
    assert found.density.shape == (len(ys), len(xs))
    at = np.array([[xs[50], ys[90]]])
    assert found.density[90, 50] == pytest.approx(np.exp(found.law.log_prob(at))[0], rel=1e-9)
    assert found.log_likelihood.value == pytest.approx(found.law.log_prob(FAITHFUL.points).mean())


def test_wider_kernels_reuse_the_rule_s_choice():
    first, wider = seen(Kernels("Scott")), seen(Kernels("Scott", 2.0))
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


def test_the_axis_holds_every_usual_slice():
    found = seen(OneGaussian())
    sd = np.sqrt(found.law.model.conditional(0, 3.0).covariance[0, 0])
    assert joint.highest(FAITHFUL, found.density, 0) == pytest.approx(1 / np.sqrt(2 * np.pi) / sd, rel=0.03)
