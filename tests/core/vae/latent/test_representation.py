"""How well a code holds its factors: against scipy's Procrustes, and against mutual information in closed form."""

import numpy as np
import pytest
from scipy.spatial import procrustes as peer

from core.key import Key
from core.vae.latent import representation

G = Key(0).generator()
FACTORS = G.uniform(size=(400, 2)) * [3.0, 40.0]


def turned(noise=0.0, scale=2.5, angle=0.7, mirror=-1.0):
    f = (FACTORS - FACTORS.mean(axis=0)) / FACTORS.std(axis=0)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) * [1, mirror]
    return scale * f @ turn + 5 + noise * (Key(1) / "noise").generator().normal(size=f.shape)


def test_a_shifted_turned_mirrored_and_scaled_copy_is_perfect():
    assert representation.procrustes(turned(), FACTORS) == pytest.approx(1, abs=1e-12)
    assert np.allclose(representation.aligned(turned(), FACTORS), FACTORS, atol=1e-9)


def test_it_is_scipys_disparity():
    code = turned(noise=1.5)
    standard = (FACTORS - FACTORS.mean(axis=0)) / FACTORS.std(axis=0)
    assert representation.procrustes(code, FACTORS) == pytest.approx(1 - peer(standard, code)[2], abs=1e-12)
    off = (representation.aligned(code, FACTORS) - FACTORS) / FACTORS.std(axis=0)
    assert 1 - (off**2).sum() / (standard**2).sum() == pytest.approx(
        representation.procrustes(code, FACTORS), abs=1e-12
    )


def test_a_sheared_copy_is_linear_and_no_longer_perfect():
    code = turned() @ np.array([[1, 2.0], [0, 1]])
    assert representation.procrustes(code, FACTORS) < 0.9
    assert np.allclose(representation.linear(code, FACTORS), 1)


def test_noise_knows_nothing():
    code = (Key(2) / "alone").generator().normal(size=(400, 2))
    assert representation.procrustes(code, FACTORS) < 0.05
    assert (representation.linear(code, FACTORS) < 0.05).all()
    told = representation.information(code, FACTORS[:, 0], Key(3))
    assert abs(told.value) < 0.1


@pytest.mark.parametrize("rho", [0.3, 0.9, 0.99])
def test_the_information_of_gaussians_is_the_closed_form(rho):
    g = (Key(4) / "pair").generator()
    x = g.normal(size=4000)
    y = rho * x + np.sqrt(1 - rho**2) * g.normal(size=4000)
    found = representation.information(x[:, None], y, Key(5))
    assert found.value == pytest.approx(-0.5 * np.log(1 - rho**2), abs=0.06)
    bent = representation.information(np.exp(x)[:, None], y**3, Key(5))  # any one-to-one map of either
    assert bent.value == pytest.approx(found.value, abs=1e-9)


def test_the_estimate_is_not_biased_where_there_is_nothing_to_know():
    g = (Key(6) / "none").generator()
    found = [representation.information(g.normal(size=(60, 1)), g.normal(size=60), Key(i)).value for i in range(100)]
    assert abs(np.mean(found)) < 5 * np.std(found) / 10


@pytest.mark.parametrize(("code", "factors"), [(turned() * 0, FACTORS), (turned(), FACTORS * [1, 0])])
def test_what_never_changes_is_refused(code, factors):
    with pytest.raises(ValueError, match="the same for every picture"):
        representation.procrustes(code, factors)
