"""A law blurred over the cells of a grid: its mass is there however thin it is, and its moments are those of the sum."""

import numpy as np
import pytest

from core.joint.copula import GaussianCopula
from core.joint.grid import blurred
from core.joint.joint import Joint, Kernels
from core.key import Key
from core.laws.gaussian import Gaussian
from core.mixture.gmm import GMM

THIN = np.array([[1.0, 0.999], [0.999, 1.0]])


def cells(low, high, m):
    """The middles of m x m cells, and a cell's sides."""
    at = low + (np.arange(m) + 0.5) / m * (high - low)
    return np.stack([np.tile(at, m), np.repeat(at, m)], axis=1), np.full(2, (high - low) / m)


@pytest.mark.parametrize("m", [30, 60])
def test_a_ridge_thinner_than_the_cells_keeps_its_mass_on_the_grid(m):
    law = Joint(GMM(np.array([0.6, 0.4]), np.array([[0.0, 0.0], [1.0, -1.0]]), np.stack([THIN, 0.002 * np.eye(2)])))
    x, sides = cells(-6.0, 6.0, m)
    area = float(np.prod(sides))
    assert np.exp(blurred(law, sides).log_prob(x)).sum() * area == pytest.approx(1, abs=0.035)
    assert abs(np.exp(law.log_prob(x)).sum() * area - 1) > 0.1, "which the law itself does not"


def test_it_is_the_law_of_a_sum():
    """Draws of the law with Gaussian noise of half a cell added have its density: mean and covariance add up."""
    law, sides = Joint(Gaussian(np.array([0.3, -0.2]), np.array([[1.0, 0.4], [0.4, 0.7]]))), np.array([0.5, 2.0])
    wide = blurred(law, sides).model
    np.testing.assert_allclose(wide.mean, law.model.mean)
    np.testing.assert_allclose(wide.covariance, law.model.covariance + np.diag([0.0625, 1.0]))


def test_kernels_are_widened_and_a_copula_is_refused():
    x = Gaussian(np.zeros(2), np.eye(2)).sample(50, Key(0))
    law = Kernels().fit(x)
    wide = blurred(law, np.array([0.6, 1.2])).model
    np.testing.assert_allclose(wide.bandwidth - law.model.bandwidth, np.diag([0.09, 0.36]), atol=1e-12)
    with pytest.raises(TypeError, match="copula"):
        blurred(Joint(GaussianCopula.__new__(GaussianCopula)), np.ones(2))
