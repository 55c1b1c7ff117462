"""What a law expects where one column is known: the closed forms are the integrals, whatever the line says."""

import numpy as np
import pytest

from core.data import builtin
from core.joint import given
from core.joint.joint import Copula, Kernels, Mixture, OneGaussian

X = builtin.load("faithful").points
WAYS = [OneGaussian(), Mixture(3), Kernels("Scott"), Kernels("Scott", 3.0), Copula()]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: f"{way.name} {getattr(way, 'wider', '')}")
@pytest.mark.parametrize("column", [0, 1])
@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_the_moments_are_those_of_the_conditional(way, column, share):
    law, value = way.fit(X), float(np.quantile(X[:, column], share))
    low, high = X[:, 1 - column].min(), X[:, 1 - column].max()
    at = np.linspace(low - 2 * (high - low), high + 2 * (high - low), 8001)
    there = law.conditional(column, value, at)
    assert np.trapezoid(there, at) == pytest.approx(1, abs=1e-6)
    mean = np.trapezoid(at * there, at)
    sd = np.sqrt(np.trapezoid((at - mean) ** 2 * there, at))
    assert given.moments(law, column, value, at) == pytest.approx((mean, sd), rel=1e-6)


def test_far_from_all_points_the_nearest_bump_speaks():
    law = Kernels("Scott").fit(X)
    mean, sd = given.moments(law, 0, 1e6, np.zeros(2))
    bump = law.model.bandwidth
    assert mean == pytest.approx(X[X[:, 0].argmax(), 1] + bump[0, 1] / bump[0, 0] * (1e6 - X[:, 0].max()), rel=1e-6)
    assert sd == pytest.approx(np.sqrt(bump[1, 1] - bump[0, 1] ** 2 / bump[0, 0]), rel=1e-3)


def test_a_copula_without_mass_says_nothing():
    law = Copula().fit(X)
    assert given.moments(law, 0, 3.0, np.linspace(1e4, 1e5, 100)) is None
