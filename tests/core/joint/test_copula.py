"""Margins against scipy, and the copula against the multivariate normal, its own margins and its own samples."""

import numpy as np
import pytest
from scipy import stats

from core.data.sets.toys_1d import bimodal
from core.joint import copula
from core.joint.copula import GaussianCopula
from core.joint.margins import KernelMargin, Margin, MixtureMargin, ScipyMargin
from core.kernels.kde import KDE
from core.key import Key
from core.process import Halt

R = np.array([[1.0, -0.7], [-0.7, 1.0]])
GAMMA, LAPLACE = ScipyMargin(stats.gamma(2.0)), ScipyMargin(stats.laplace(1, 0.5))
SKEWED = GaussianCopula((GAMMA, LAPLACE), R)


def kernel_margin(kernel="gaussian", edge=None, n=200):
    x = (Key(1) / "margin").generator().gamma(2, size=(n, 1))
    return KernelMargin(KDE.on_line(x, 0.3, kernel, None if edge is None else np.array([[edge, np.inf]])))


MARGINS = {
    "scipy": GAMMA,
    "mixture": MixtureMargin(bimodal()),
    "kernels": kernel_margin(),
    "triangles": kernel_margin("triangular"),
    "edge": kernel_margin("gaussian", 0.0),
}
EVERY = pytest.mark.parametrize("margin", MARGINS.values(), ids=MARGINS)


@EVERY
def test_a_cdf_is_the_integral_of_the_density(margin):
    x = np.linspace(-12, 20, 64_001)
    mass = np.cumsum(np.exp(margin.log_prob(x))) * (x[1] - x[0])
    assert isinstance(margin, Margin)
    assert np.allclose(margin.cdf(x), mass, atol=1e-3)
    assert (np.diff(margin.cdf(x)) > -1e-12).all()


@EVERY
def test_a_ppf_undoes_the_cdf(margin):
    u = np.array([0.001, 0.02, 0.3, 0.5, 0.77, 0.999])
    assert np.allclose(margin.cdf(margin.ppf(u)), u, atol=2e-5)


@pytest.mark.parametrize("edge", [None, 0.0], ids=["no", "edge"])
@pytest.mark.parametrize("kernel", ["gaussian", "epanechnikov", "uniform"])
def test_the_table_of_a_large_kernel_density_is_its_cdf(kernel, edge):
    margin = kernel_margin(kernel, edge)
    x = np.linspace(-1, 12, 301)
    many = np.tile(x, 400)  # more kernel values than are summed
    assert np.allclose(margin.cdf(many)[:301], margin.cdf(x), atol=1e-4 if kernel != "uniform" else 1e-3)


# The copula


def test_normal_margins_make_the_multivariate_normal():
    mean, sd = np.array([1.0, -2.0, 0.5]), np.array([2.0, 0.3, 1.0])
    r = np.array([[1, 0.5, -0.2], [0.5, 1, 0.3], [-0.2, 0.3, 1]])
    model = GaussianCopula(tuple(ScipyMargin(stats.norm(m, s)) for m, s in zip(mean, sd, strict=True)), r)
    law = stats.multivariate_normal(mean, r * sd * sd[:, None])
    x = law.rvs(200, random_state=0)
    assert np.allclose(model.log_prob(x), law.logpdf(x), rtol=0, atol=1e-9)


def test_no_correlation_is_independence():
    model, x = GaussianCopula((GAMMA, LAPLACE), np.eye(2)), SKEWED.sample(50, Key(0))
    assert np.allclose(model.log_prob(x), GAMMA.log_prob(x[:, 0]) + LAPLACE.log_prob(x[:, 1]), atol=1e-12)


def test_samples_keep_the_margins_and_the_correlation_of_their_scores():
    x = SKEWED.sample(20_000, Key(2))
    assert stats.kstest(x[:, 0], GAMMA.cdf).pvalue > 0.01
    assert stats.kstest(x[:, 1], LAPLACE.cdf).pvalue > 0.01
    assert np.corrcoef(SKEWED.scores(x).T)[0, 1] == pytest.approx(-0.7, abs=0.02)


def test_rank_correlation_is_the_normals():
    """Kendall's tau of a Gaussian copula is 2 arcsin(rho) / pi, whatever the margins."""
    x = SKEWED.sample(4000, Key(3))
    assert stats.kendalltau(*x.T).statistic == pytest.approx(2 * np.arcsin(-0.7) / np.pi, abs=0.03)


def test_the_density_has_mass_one_and_its_own_margins():
    u, v = np.linspace(0.0005, 14, 1400), np.linspace(-8, 10, 1800)
    p = np.exp(SKEWED.log_prob(np.stack([a.ravel() for a in np.meshgrid(u, v, indexing="ij")], axis=1))).reshape(
        1400, -1
    )
    du, dv = u[1] - u[0], v[1] - v[0]
    assert p.sum() * du * dv == pytest.approx(1, abs=2e-3)
    assert np.allclose(p.sum(axis=1) * dv, np.exp(GAMMA.log_prob(u)), atol=1e-3)


@pytest.mark.parametrize(("column", "value"), [(0, 0.4), (0, 6.0), (1, 1.0), (1, 3.0)])
def test_a_conditional_is_the_joint_over_the_margin_and_has_mass_one(column, value):
    ys = np.linspace(0.001, 18, 9001) if column else np.linspace(-9, 9, 9001)
    p = SKEWED.conditional(column, value, ys)
    at = np.empty((len(ys), 2))
    at[:, column], at[:, 1 - column] = value, ys
    alone = SKEWED.margins[column].log_prob(np.array([value]))[0]
    assert p.sum() * (ys[1] - ys[0]) == pytest.approx(1, abs=2e-3)
    assert np.allclose(p, np.exp(SKEWED.log_prob(at) - alone), rtol=1e-9)


def test_a_marginal_is_the_copula_of_those_columns():
    r = np.array([[1, 0.5, -0.2], [0.5, 1, 0.3], [-0.2, 0.3, 1]])
    part = GaussianCopula((GAMMA, LAPLACE, GAMMA), r).marginal([2, 0])
    assert np.array_equal(part.correlation, [[1, -0.2], [-0.2, 1]])
    assert part.marginal([1]).log_prob(np.array([[0.7]]))[0] == pytest.approx(GAMMA.log_prob(np.array([0.7]))[0])


def test_fitting_finds_the_correlation_and_is_blind_to_rising_maps():
    x = SKEWED.sample(4000, Key(4))
    found = copula.fit((GAMMA, LAPLACE), x)
    assert found.correlation[0, 1] == pytest.approx(-0.7, abs=0.03)
    logs = np.column_stack([np.log(x[:, 0]), x[:, 1]])
    law = ScipyMargin(stats.loggamma(2.0))
    assert copula.fit((law, LAPLACE), logs).correlation[0, 1] == pytest.approx(found.correlation[0, 1], abs=1e-9)


def test_kernel_and_mixture_margins_are_joined():
    x = np.column_stack([kernel_margin(n=300).model.points[:, 0], bimodal().sample(300, Key(6))[:, 0]])
    found = copula.fit((kernel_margin(edge=0.0, n=300), MixtureMargin(bimodal())), x)
    z = found.sample(3000, Key(0))
    assert z[:, 0].min() >= 0
    assert np.isfinite(found.log_prob(z)).all()
    held = found.log_prob(np.array([[-1.0, 0.0]]))
    assert held[0] == -np.inf


@pytest.mark.parametrize(
    ("x", "words"),
    [
        (np.ones((9, 3)), "margins"),
        (np.ones((2, 2)), "too few"),
        (np.column_stack([np.ones(9), np.arange(9.0)]), "Column 1 is constant"),
        (np.tile(np.linspace(-1, 1, 9)[:, None], 2), "copies"),
    ],
)
def test_data_without_a_copula_are_refused_by_a_sentence(x, words):
    with pytest.raises(Halt, match=words):
        copula.fit((LAPLACE, LAPLACE), x)


@pytest.mark.parametrize("r", [np.eye(3), np.ones((2, 2)), 2 * np.eye(2), np.array([[1, 0.5], [0.2, 1]])])
def test_a_matrix_that_is_no_correlation_is_refused(r):
    with pytest.raises(ValueError, match="positive definite correlation"):
        GaussianCopula((LAPLACE, LAPLACE), r)
