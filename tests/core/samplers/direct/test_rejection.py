"""Rejection: the best envelope is the closed form's, acceptance is Z / k, and what dimension does to it is exact."""

import numpy as np
import pytest

from core.evaluation.metrics import wilson
from core.key import Key
from core.samplers.direct.rejection import log_ratio, log_widening, throw, touch
from core.samplers.targets import Banana, Normal, tilted

VIEW = np.array([[-5.0, 5.0], [-5.0, 5.0]])


def gaussian(mean, scale):
    return Normal(np.array(mean), scale**2 * np.eye(len(mean)))


def test_a_gaussian_under_a_wider_one_touches_where_it_must():
    """p = N(m, 1), q = N(0, s^2): the ratio is largest at m s^2 / (s^2 - 1), and is s^d exp(|m|^2 / (2 (s^2 - 1)))."""
    mean, s = np.array([0.6, -0.3]), 1.7
    found = touch(gaussian(mean, 1.0), gaussian([0.0, 0.0], s), VIEW)
    np.testing.assert_allclose(found.at, mean * s**2 / (s**2 - 1), atol=1e-5)
    best = 2 * np.log(s) + mean @ mean / (2 * (s**2 - 1)) + np.log(2 * np.pi)  # the target is not normalised
    assert found.log_k == pytest.approx(best, abs=1e-9)
    assert not found.at_edge


def test_nothing_on_the_plane_rises_above_the_best():
    target, proposal = Banana(), Normal(np.array([0.0, 1.0]), np.diag([2.0, 6.0]))
    found = touch(target, proposal, VIEW)
    x = np.random.default_rng(0).uniform(-5, 5, (200_000, 2))
    highest = log_ratio(target, proposal, x).max()
    assert found.log_k - 1e-3 < highest <= found.log_k


def test_an_envelope_that_is_too_narrow_is_told_by_its_edge():
    assert touch(tilted(0.0), gaussian([0.0, 0.0], 0.8), VIEW).at_edge
    line = touch(gaussian([0.0], 1.0), gaussian([0.0], 2.0), VIEW[:1])
    assert line.log_k == pytest.approx(np.log(2) + 0.5 * np.log(2 * np.pi), abs=1e-12)


def test_acceptance_is_z_over_k():
    target, proposal = Banana(), Normal(np.array([0.0, 1.0]), np.diag([2.0, 6.0]))
    log_k = touch(target, proposal, VIEW).log_k
    for more, n in ((0.0, 100_000), (1.0, 100_000)):  # the best k, and one e times as large
        darts = throw(target, proposal, log_k + more, n, Key(1))
        share = np.exp(target.log_normaliser - log_k - more)
        assert darts.kept.mean() == pytest.approx(share, abs=4 * np.sqrt(share / n))
        assert darts.interval == wilson(int(darts.kept.sum()), n)
        low, high = darts.normaliser
        assert low < np.exp(target.log_normaliser) < high
    kept = darts.x[darts.kept]
    np.testing.assert_allclose(kept.mean(axis=0), target.mean, atol=5 * np.sqrt(2.25 / len(kept)))


def test_the_interval_covers_as_often_as_it_says():
    target, proposal = tilted(0.0), gaussian([0.0, 0.0], 2.0)
    log_k = touch(target, proposal, VIEW).log_k
    seen = [throw(target, proposal, log_k, 400, Key(i)).interval for i in range(300)]
    assert np.mean([low < 0.25 < high for low, high in seen]) == pytest.approx(0.95, abs=0.04)


def test_where_the_envelope_is_too_low_it_is_counted():
    target, proposal = tilted(0.0), gaussian([0.0, 0.0], 2.0)
    log_k = touch(target, proposal, VIEW).log_k
    assert throw(target, proposal, log_k + 1e-9, 2000, Key(0)).above == 0
    assert throw(target, proposal, log_k - 0.5, 2000, Key(0)).above > 0


@pytest.mark.parametrize("d", [2, 5, 20])
def test_what_dimension_does(d):
    """(sigma_q / sigma_p)^d: 1.44, 2.5 and 38 darts a draw at 1.2 times the width."""
    target, proposal, n = gaussian(np.zeros(d), 1.0), gaussian(np.zeros(d), 1.2), 40_000
    log_m = log_widening(d, 1.2)
    at_origin = log_ratio(target, proposal, np.zeros((1, d)))[0] - target.log_normaliser
    assert log_m == pytest.approx(at_origin, abs=1e-12)
    darts = throw(target, proposal, log_m + target.log_normaliser, n, Key(d))
    share = 1.2**-d
    assert darts.kept.mean() == pytest.approx(share, abs=4 * np.sqrt(share / n))
    assert darts.above == 0


def test_no_envelope_is_narrower():
    with pytest.raises(ValueError, match="narrower Gaussian"):
        log_widening(3, 0.9)
