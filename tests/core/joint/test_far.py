"""A row a million deviations away, for every way to fit a joint law.

Kernels and mixtures see the others as if it were not there. A Gaussian, and a copula of normal margins, are most likely
where their moments are those of all rows, the far one too: that is their definition, and stays exact.
"""

import warnings

import numpy as np
import pytest

from core.joint import grid
from core.joint.joint import Copula, Kernels, Mixture, OneGaussian, WithPrior
from core.key import Key
from core.laws.conjugate import normal
from core.mixture.gmm import GMM

FAR = 1e6
N = 400
WAYS = [
    *(OneGaussian(kind) for kind in ("full", "diag", "spherical")),
    WithPrior(normal.Config()),
    *(Kernels(rule) for rule in ("Likelihood CV", "Least squares CV", "Scott", "Silverman")),
    *(Mixture(k) for k in (1, 2, 3)),
    *(Copula(margins) for margins in ("best law", "kernels", "normal")),
]


def groups():
    g = (Key(5) / "groups").generator()
    return np.concatenate([g.normal(size=(N // 2, 2)), g.normal(size=(N // 2, 2)) @ [[1, 0.5], [0, 0.6]] + [6, 2]])


def with_far(far):
    return np.append(groups(), [far], axis=0)


@pytest.mark.parametrize("far", [(FAR, FAR), (FAR, 0.0)])
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.title)
def test_every_way_stays_finite(way, far):
    x = with_far(far)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        law = way.fit(x)
        axes = [np.linspace(low, high, 40) for low, high in zip(x.min(axis=0) - 9, x.max(axis=0) + 9, strict=True)]
        contours = grid.contours(law, (0.5, 0.9), Key(1))
        volume, density = grid.volume(law), grid.density(law, *axes)
    assert np.isfinite(law.log_prob(groups())).all()
    assert np.isfinite(law.sample(200, Key(2))).all()
    assert np.isfinite(density).all()
    assert all(np.isfinite(contour.level) for contour in contours)
    assert np.isnan(volume) or volume == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("far", [(FAR, FAR), (FAR, 0.0)])
@pytest.mark.parametrize(
    "way", [Kernels("Likelihood CV"), Kernels("Least squares CV"), Kernels("Scott"), Kernels("Silverman")]
)
def test_kernels_see_the_others_as_if_it_were_not_there(way, far):
    without, beside = way.fit(groups()), way.fit(with_far(far))
    assert beside.log_prob(groups()) == pytest.approx(without.log_prob(groups()) + np.log(N / (N + 1)), abs=0.02)


@pytest.mark.parametrize("far", [(FAR, FAR), (FAR, 0.0)])
@pytest.mark.parametrize("k", [1, 2])
def test_a_mixture_gives_it_a_component_and_fits_the_others_as_before(k, far):
    without, beside = Mixture(k).fit(groups()), Mixture(k + 1).fit(with_far(far))
    assert beside.log_prob(groups()) == pytest.approx(without.log_prob(groups()) + np.log(N / (N + 1)), abs=0.05)


def test_a_gaussian_keeps_the_moments_of_all_rows():
    x, model = with_far((FAR, 0.0)), OneGaussian().fit(with_far((FAR, 0.0))).model
    assert model.mean == pytest.approx(x.mean(axis=0), rel=1e-12)
    assert model.covariance == pytest.approx(np.cov(x.T, bias=True), rel=1e-9)


def test_kernel_margins_see_the_others_as_if_it_were_not_there():
    without, beside = (Copula("kernels").fit(x).model.margins for x in (groups(), with_far((FAR, FAR))))
    for a, b, column in zip(without, beside, groups().T, strict=True):
        assert b.log_prob(column) == pytest.approx(a.log_prob(column) + np.log(N / (N + 1)), abs=0.02)


def test_the_best_mixture_is_a_mixture_in_original_units():
    assert isinstance(Mixture(2).fit(with_far((FAR, 0.0))).model, GMM)
