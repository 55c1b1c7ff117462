"""Targets: the score is the gradient, the normaliser and the moments are the integrals, the draws agree with them."""

import numpy as np
import pytest
from scipy import integrate

from core.key import Key
from core.samplers import modes, targets

TILTED = targets.Normal(np.array([0.5, -1.0]), np.array([[1.5, -0.8], [-0.8, 0.9]]))
ALL = (TILTED, targets.Banana(), targets.Funnel(1.0), modes.Rings(), modes.three_modes())
NAMES = [type(target).__name__ for target in ALL]
each = pytest.mark.parametrize("target", ALL, ids=NAMES)
drawn = pytest.mark.parametrize("target", [t for t in ALL if hasattr(t, "sample")], ids=lambda t: type(t).__name__)


@each
def test_the_score_is_the_gradient(target):
    x = np.random.default_rng(1).normal(0, 1.5, (4, 25, 2))
    h = 1e-5
    slopes = [(target.log_density(x + h * e) - target.log_density(x - h * e)) / (2 * h) for e in np.eye(2)]
    np.testing.assert_allclose(target.score(x), np.stack(slopes, axis=-1), rtol=1e-5, atol=1e-6)


@each
def test_normaliser_and_moments_are_the_integrals(target):
    """The rectangle rule, which on a smooth density that has died out at the edge is exact to many digits."""
    if isinstance(target, targets.Funnel):
        a, b = np.linspace(-6, 6, 601), np.linspace(-200, 200, 20_001)
    else:
        a, b = np.linspace(-8, 8, 801), np.linspace(-8, 32, 2001)
    grid = np.stack(np.meshgrid(a, b, indexing="ij"), axis=-1)
    mass = np.exp(target.log_density(grid) - target.log_normaliser) * (a[1] - a[0]) * (b[1] - b[0])
    assert mass.sum() == pytest.approx(1, abs=1e-6)
    mean = np.einsum("ab,abi->i", mass, grid)
    np.testing.assert_allclose(mean, target.mean, atol=1e-5)
    np.testing.assert_allclose(
        np.einsum("ab,abi,abj->ij", mass, grid, grid) - np.outer(mean, mean), target.covariance, atol=2e-4
    )


@pytest.mark.parametrize("width", [1.5, 3.0])
def test_wide_rings_have_their_normaliser_and_covariance(width):
    """Where a ring is as wide as its radius its middle counts too; narrow rings cannot tell."""
    rings = modes.Rings((1.0, 2.5), width)
    r = np.linspace(0, 2.5 + 12 * width, 200_001)
    profile = sum(np.exp(-0.5 * ((r - radius) / width) ** 2) for radius in rings.radii)
    first, third = (integrate.simpson(profile * r**power, x=r) for power in (1, 3))
    assert np.exp(rings.log_normaliser) == pytest.approx(2 * np.pi * first, rel=1e-9)
    np.testing.assert_allclose(rings.covariance, np.eye(2) * third / (2 * first), rtol=1e-9, atol=1e-12)


@drawn
def test_draws_have_the_moments(target):
    x = target.sample(200_000, Key(3))
    np.testing.assert_allclose(x.mean(axis=0), target.mean, atol=5 * np.sqrt(np.diag(target.covariance).max() / 2e5))
    np.testing.assert_allclose(np.cov(x.T), target.covariance, atol=0.06)


def test_the_conditional_of_a_gaussian_is_the_textbook_s():
    rho = 0.9
    x = np.array([[0.3, -1.2], [2.0, 0.5]])
    mean, deviation = targets.tilted(rho).conditional(0, x)
    np.testing.assert_allclose(mean, rho * x[:, 1])
    assert deviation == pytest.approx(np.sqrt(1 - rho**2))


@pytest.mark.parametrize("rho", [1.0, -1.5, np.nan])
def test_a_gaussian_that_is_none_is_refused(rho):
    with pytest.raises(ValueError, match="Gaussian target"):
        targets.tilted(rho)
