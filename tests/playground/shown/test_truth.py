"""The truth on the stage is the truth: exact densities, their level lines and draws, and histograms that are densities."""

import numpy as np
import pytest

from core.data import builtin
from core.dataset import Dataset, around
from core.key import Key
from playground.shown import truth

FLAT = [name for name in builtin.NAMES if builtin.dim(name) == 1]
TRUE_2D = [name for name in builtin.TOYS if builtin.dim(name) == 2]
TRUE_1D = [name for name in FLAT if builtin.load(name).truth is not None]


@pytest.mark.parametrize("name", FLAT)
def test_histograms_are_densities(name):
    edges, heights = truth.histogram(builtin.load(name, 400))
    assert len(edges) <= 81
    assert (np.diff(edges) * heights).sum() == pytest.approx(1)


def test_a_far_outlier_does_not_ask_for_terabytes():
    x = np.append(np.linspace(0, 1, 60), 1e13)[:, None]
    assert len(truth.histogram(Dataset("a", x, around(x), ("a",)))[0]) <= 81


@pytest.mark.parametrize("name", TRUE_1D)
def test_the_true_curve_is_the_density(name):
    dataset = builtin.load(name)
    x, y = truth.truth_curve(name)
    np.testing.assert_allclose(y, np.exp(dataset.truth.log_prob(x[:, None])), rtol=1e-12)
    assert (x[0], x[-1]) == tuple(dataset.bounds[0])
    assert np.trapezoid(y, x) == pytest.approx(1, abs=5e-3)


SMOOTH = [name for name in TRUE_2D if name != "checkerboard"]  # its density jumps


def lines_of(name):
    lines = truth.truth_lines(name)
    parts = zip(lines["start"], lines["start"][1:], lines["level"], strict=False)
    return lines, [(lines["xy"][a:b], level) for a, b, level in parts]


@pytest.mark.parametrize("name", SMOOTH)
def test_level_lines_lie_where_the_density_is_their_level(name):
    """To within a pixel of a stage 600 pixels wide: the distance is log density over its slope (and bend)."""
    dataset = builtin.load(name)
    log_p, pixel = dataset.truth.log_prob, np.diag(np.ptp(dataset.bounds, axis=1) / 600)
    for xy, level in lines_of(name)[1]:
        ahead, behind = (np.array([log_p(xy + side * step) for step in pixel]) for side in (1, -1))
        slope, bend = np.hypot(*(ahead - behind) / 2), np.abs(ahead + behind - 2 * log_p(xy)).sum(axis=0) / 2
        assert (np.abs(log_p(xy) - np.log(level)) <= slope + bend).all()


def test_level_lines_are_a_tenth_off_in_the_density_at_most():
    worst = {}
    for name in SMOOTH:
        exact = builtin.load(name).truth
        worst[name] = max(np.abs(np.exp(exact.log_prob(xy)) / level - 1).max() for xy, level in lines_of(name)[1])
    assert max(worst.values()) < 0.1


@pytest.mark.parametrize("name", TRUE_2D)
def test_level_lines_are_whole_and_on_the_axes(name):
    lines, parts = lines_of(name)
    assert lines["start"][-1] == len(lines["xy"])
    assert all(len(xy) > 1 for xy, _ in parts)
    bounds = builtin.load(name).bounds
    assert (lines["xy"] >= bounds[:, 0]).all()
    assert (lines["xy"] <= bounds[:, 1]).all()


@pytest.mark.parametrize("name", SMOOTH)
def test_level_lines_enclose_the_mass_they_say(name):
    exact = builtin.load(name).truth
    levels = np.unique(lines_of(name)[0]["level"])[::-1]
    density = np.exp(exact.log_prob(exact.sample(20_000, Key(5))))
    assert len(levels) == 3
    np.testing.assert_allclose([(density >= level).mean() for level in levels], (0.3, 0.6, 0.9), atol=0.02)


def test_true_draws_carry_their_density():
    x, log_p = truth.truth_draws("pinwheel")
    dataset = builtin.load("pinwheel")
    np.testing.assert_allclose(log_p, dataset.truth.log_prob(x))
    assert -log_p.mean() == pytest.approx(dataset.entropy, abs=5 * log_p.std() / np.sqrt(len(x)))
