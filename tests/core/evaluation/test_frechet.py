"""Frechet's distance: against the formula with scipy's matrix square root, and Gaussians whose distance is known."""

import numpy as np
import pytest
from scipy.linalg import sqrtm

from core.evaluation.frechet import frechet, gaussians
from core.key import Key


def covariance(d, seed, rank=None):
    root = Key(seed).generator().standard_normal((d, rank or d))
    return root @ root.T


@pytest.mark.parametrize("d", [1, 3, 20])
def test_it_is_the_published_formula(d):
    a, b = covariance(d, 1), covariance(d, 2)
    mean_a, mean_b = Key(3).generator().standard_normal((2, d))
    wanted = ((mean_a - mean_b) ** 2).sum() + np.trace(a + b - 2 * np.real(sqrtm(a @ b)))
    assert gaussians(mean_a, a, mean_b, b) == pytest.approx(wanted, rel=1e-9)


def test_round_gaussians_are_as_far_as_their_centres_and_spreads():
    assert gaussians(np.array([1.0, 2.0]), 9 * np.eye(2), np.array([4.0, 6.0]), np.eye(2)) == pytest.approx(25 + 2 * 4)


def test_it_is_symmetric_and_nothing_is_0_from_itself():
    a, b, zero = covariance(5, 1), covariance(5, 2), np.zeros(5)
    assert gaussians(zero, a, zero, b) == pytest.approx(gaussians(zero, b, zero, a), rel=1e-9)
    assert gaussians(zero, a, zero, a) == pytest.approx(0, abs=1e-9)


def test_singular_covariances_are_borne():
    a, b = covariance(6, 1, rank=2), covariance(6, 2, rank=3)
    found = gaussians(np.zeros(6), a, np.zeros(6), b)
    near = gaussians(np.zeros(6), a + 1e-10 * np.eye(6), np.zeros(6), b + 1e-10 * np.eye(6))
    assert found == pytest.approx(near, abs=1e-3)
    assert gaussians(np.zeros(6), 0 * a, np.zeros(6), b) == pytest.approx(np.trace(b))


def test_samples_of_one_law_are_near_and_nearer_the_more_there_are():
    draw = Key(0).generator()
    far = [frechet(*draw.standard_normal((2, n, 4))) for n in (50, 500, 20_000)]
    assert far[0] > far[1] > far[2] > 0
    assert far[2] < 2e-3
    a, b = draw.standard_normal((2, 50_000, 2))
    assert frechet(a, 2 * b + 3) == pytest.approx(18 + 2, rel=0.02)


def test_one_feature_is_enough():
    a, b = Key(0).generator().standard_normal((2, 4000, 1))
    assert frechet(a, b + 5) == pytest.approx(25, rel=0.05)


@pytest.mark.parametrize("a", [np.zeros((1, 2)), np.full((5, 2), np.nan)])
def test_what_has_no_spread_is_refused(a):
    with pytest.raises(ValueError, match="two rows"):
        frechet(a, np.zeros((5, 2)))
