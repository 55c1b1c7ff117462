"""The exact matrix: stationary and reversible to rounding, its spectrum foretells the chain, and each break is seen."""

import numpy as np
import pytest

from core.samplers import modes, spectral, targets
from core.samplers.gibbs import Gibbs
from core.samplers.walks import Langevin, RandomWalk

X = spectral.cells(-3.5, 3.5, 16, 2)
TARGETS = (targets.tilted(0.7), targets.Banana(), modes.three_modes())
each = pytest.mark.parametrize("target", TARGETS, ids=lambda t: type(t).__name__)


@each
@pytest.mark.parametrize("kernel", [RandomWalk(0.8), Langevin(0.6), Gibbs()], ids=str)
def test_the_target_is_stationary(kernel, target):
    pi, p = spectral.stationary(target, X), spectral.transition(kernel, target, X)
    assert p.min() > -1e-15
    np.testing.assert_allclose(p.sum(axis=1), 1, atol=1e-12)
    np.testing.assert_allclose(pi @ p, pi, atol=1e-12)


@each
def test_detailed_balance(target):
    pi = spectral.stationary(target, X)
    halves = spectral.gibbs(target, X)
    for p in (spectral.transition(RandomWalk(0.8), target, X), spectral.transition(Langevin(0.6), target, X), *halves):
        assert spectral.unbalance(p, pi) < 1e-14
    assert spectral.unbalance(halves[0] @ halves[1], pi) > 1e-6  # a sweep in order is stationary, not reversible


@pytest.mark.parametrize("broken", ["no correction", "no Hastings term"])
def test_what_is_broken_is_not_stationary(broken):
    target = targets.tilted(0.7)
    pi, p = spectral.stationary(target, X), spectral.transition(Langevin(0.8, broken), target, X)
    np.testing.assert_allclose(p.sum(axis=1), 1, atol=1e-12)
    assert np.abs(pi @ p - pi).max() > 1e-4


def test_gibbs_gap_is_one_minus_rho_squared():
    """On a Gaussian of correlation rho the sweep's second eigenvalue is rho^2 (Roberts and Sahu, 1997)."""
    rho, x = 0.5, spectral.cells(-6.0, 6.0, 30, 2)
    assert spectral.gap(spectral.transition(Gibbs(), targets.tilted(rho), x)) == pytest.approx(1 - rho**2, abs=1e-6)


def test_autocorrelation_is_that_of_the_powers():
    target = TARGETS[1]
    pi, p = spectral.stationary(target, X), spectral.transition(RandomWalk(0.8), target, X)
    f = X[:, 0] - pi @ X[:, 0]
    direct = [pi @ (f * (np.linalg.matrix_power(p, t) @ f)) / (pi @ f**2) for t in range(6)]
    np.testing.assert_allclose(spectral.autocorrelation(p, pi, X[:, 0], 5), direct, atol=1e-10)


def test_total_variation_falls_at_the_rate_of_the_gap():
    target = TARGETS[0]
    pi, p = spectral.stationary(target, X), spectral.transition(RandomWalk(0.8), target, X)
    distance = spectral.total_variation(p, pi, 0, 200)
    assert distance[0] == pytest.approx(1 - pi[0])
    assert (np.diff(distance) <= 1e-14).all()
    assert distance[200] / distance[199] == pytest.approx(1 - spectral.gap(p), abs=1e-3)


def test_bad_input_is_one_sentence():
    pi, halves = spectral.stationary(TARGETS[0], X), spectral.gibbs(TARGETS[0], X)
    with pytest.raises(ValueError, match="reversible"):
        spectral.autocorrelation(halves[0] @ halves[1], pi, X[:, 0], 3)
    with pytest.raises(ValueError, match="constant"):
        spectral.autocorrelation(halves[0], pi, np.full(len(pi), 0.3), 3)
    with pytest.raises(ValueError, match="low < high"):
        spectral.cells(1.0, -1.0, 5, 2)
