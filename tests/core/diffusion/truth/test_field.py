"""The density of a field's error is that: its integral is the excess of the loss, whichever way it is summed."""

import numpy as np
import pytest

from core.diffusion.noise.schedule import Schedule
from core.diffusion.truth import field
from core.diffusion.truth.exact import ExactMixture, ExactPoints
from core.key import Key
from core.mixture.gmm import GMM

TRUE = GMM(np.array([0.3, 0.7]), np.array([[-0.8, 0.3], [0.6, -0.4]]), np.stack([0.2 * np.eye(2), 0.3 * np.eye(2)]))
WRONG = GMM(np.array([0.6, 0.4]), np.array([[-0.6, 0.1], [0.9, -0.2]]), np.stack([0.3 * np.eye(2), 0.2 * np.eye(2)]))
NODES = np.linspace(-6, 6, 241)


@pytest.mark.parametrize("schedule", ["cosine", "flow", "EDM"])
def test_the_error_integrates_to_the_excess_of_the_loss(schedule):
    s = Schedule(schedule)
    t = float(s.at_log_snr(0.5))
    exact, learned = ExactMixture(TRUE, s), ExactMixture(WRONG, s)
    x = exact.noised(t).sample(40_000, Key(0))
    squared = ((field.noise(learned, x, t) - field.noise(exact, x, t)) ** 2).sum(1)
    totals = [np.trapezoid(field.across(learned, exact, NODES, NODES, axis, t) ** 2, NODES) for axis in (0, 1)]
    assert totals[0] == pytest.approx(totals[1], rel=1e-9)
    assert totals[0] == pytest.approx(squared.mean(), abs=4 * squared.std() / np.sqrt(len(x)))
    assert totals[0] > 0.01


def test_the_noise_is_minus_sigma_times_the_score():
    s = Schedule("linear")
    exact = ExactMixture(TRUE, s)
    x = np.random.default_rng(0).standard_normal((20, 2))
    np.testing.assert_allclose(field.noise(exact, x, 0.4), -float(s.sigma(0.4)) * exact.score(x, 0.4), atol=1e-12)


def test_across_puts_each_column_where_it_is():
    """A wrong field that depends on the first column alone: its error lies along the first axis, not the second."""
    s, t = Schedule("cosine"), 0.5
    exact = ExactMixture(GMM(np.ones(1), np.zeros((1, 2)), np.diag([0.05, 0.9])[None]), s)
    moved = ExactMixture(GMM(np.ones(1), np.array([[1.0, 0.0]]), np.diag([0.05, 0.9])[None]), s)
    spread = [
        float((e := field.across(moved, exact, NODES, NODES, axis, t) ** 2) @ NODES**2 / e.sum()) for axis in (0, 1)
    ]
    variances = [float(np.diag(exact.noised(t).covariances[0])[axis]) for axis in (0, 1)]
    np.testing.assert_allclose(spread, variances, rtol=1e-6)


def test_what_is_exact_has_no_error_and_no_noise_is_refused():
    points = ExactPoints(np.random.default_rng(1).standard_normal((9, 2)), Schedule("cosine"))
    assert not field.along(points, points, np.ones((3, 2)), 0.3).any()
    with pytest.raises(ValueError, match="t must be above 0"):
        field.noise(points, np.ones((3, 2)), 0.0)
