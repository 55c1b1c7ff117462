"""Bandwidth rules against R's and scipy's values, brute force, and the risk that a known truth makes exact."""

import numpy as np
import pytest
from scipy import stats
from scipy.optimize import brentq

from core.data import builtin
from core.data.sets.toys_1d import SkewNormal, StudentT, UniformGap, bimodal, normal
from core.kernels import bandwidth, risk, sums
from core.kernels.kde import KDE
from core.kernels.sums import KERNELS
from core.key import Key
from core.mixture.gmm import GMM
from core.process import Halt

EVERY = pytest.mark.parametrize("kernel", KERNELS)
H = np.geomspace(0.05, 1.5, 7)


def draws(n, d=1):
    return bimodal().sample(n, Key(5)) if d == 1 else (Key(5) / d).generator().standard_t(6, (n, d))


def faithful():
    return builtin.load("faithful").points


# Rules


def test_scott_is_scipys_default():
    x = draws(300)
    assert bandwidth.scott(x) == pytest.approx(stats.gaussian_kde(x.T).factor * x.std(ddof=1), rel=1e-12)


def test_silverman_is_rs_default_on_old_faithful():
    """bw.nrd0(faithful$eruptions) is 0.3348, the default bandwidth that R prints for these durations."""
    assert bandwidth.silverman(faithful()[:, :1]) == pytest.approx(0.3348, abs=5e-5)


def test_sheather_jones_is_rs_on_old_faithful():
    """density(faithful$eruptions, bw = "sj") prints 0.14 (R's manual page of `density`)."""
    assert bandwidth.sheather_jones(faithful()[:, :1]) == pytest.approx(0.14, abs=5e-4)


def plain_sheather_jones(x):
    """Sheather and Jones (1991), every pair, with scipy's Hermite polynomials."""
    n, u = len(x), x - x.T
    scale = min(x.std(ddof=1), np.subtract(*np.quantile(x, [0.75, 0.25])) / 1.34)

    def psi(r, g):
        hermite = np.polynomial.hermite_e.hermeval(u / g, np.eye(r + 1)[r])
        return (hermite * stats.norm.pdf(u / g)).sum() / (n * (n - 1) * g ** (r + 1))

    ratio = psi(4, 1.24 * scale * n ** (-1 / 7)) / -psi(6, 1.23 * scale * n ** (-1 / 9))
    at = lambda h: (2 * np.sqrt(np.pi) * n * psi(4, 1.357 * ratio ** (1 / 7) * h ** (5 / 7))) ** -0.2 - h  # noqa: E731
    return brentq(at, 0.05 * scale * n**-0.2, 1.5 * scale * n**-0.2)


@pytest.mark.parametrize("n", [50, 300, 1500])
def test_sheather_jones_is_a_plain_one(n):
    x = draws(n)
    assert bandwidth.sheather_jones(x) == pytest.approx(plain_sheather_jones(x), rel=1e-3)


def test_sheather_jones_nears_the_oracle_from_above():
    """Its pilot takes the data for one normal, so two far peaks are smoothed a little more than is best."""
    h = [bandwidth.sheather_jones(bimodal().sample(1000, Key(i))) for i in range(8)]
    assert 1 < np.mean(h) / risk.oracle(bimodal(), 1000) < 1.15
    assert min(bandwidth.scott(bimodal().sample(1000, Key(i))) for i in range(8)) > 3 * max(h)


@pytest.mark.parametrize("n", [2, 3, 5, 11])
@pytest.mark.parametrize("law", ["normal", "standard_cauchy", "random"])
def test_sheather_jones_answers_for_a_handful(n, law):
    for i in range(20):
        x = getattr((Key(i) / "few").generator(), law)(size=(n, 1))
        assert 0 < bandwidth.sheather_jones(x) < 10 * np.ptp(x)


# Cross-validation


@EVERY
@pytest.mark.parametrize("n", [40, 700])
def test_least_squares_is_brute_force(kernel, n):
    x = draws(n)
    axis = np.linspace(x.min() - 8, x.max() + 8, 20_001)[:, None]
    for h, score in zip(H, bandwidth.least_squares(x, H, kernel), strict=True):
        square = (np.exp(KDE.on_line(x, h, kernel).log_prob(axis)) ** 2).sum() * (axis[1, 0] - axis[0, 0])
        pairs = sums.density(kernel, ((x - x.T) / h) ** 2, 1) / h
        expected = square - 2 * (pairs.sum() - np.trace(pairs)) / (n * (n - 1))
        assert score == pytest.approx(
            expected, abs=(1e-2 if kernel == "uniform" else 2e-3) * square
        )  # bins, and a jump


@pytest.mark.parametrize("d", [2, 3])
def test_least_squares_in_more_dimensions_is_the_closed_form(d):
    x, h = draws(80, d), np.array([0.3, 0.9])
    gap = ((x[:, None] - x) ** 2).sum(axis=2)
    normal_density = lambda v: np.exp(-gap / (2 * v)) / (2 * np.pi * v) ** (d / 2)  # noqa: E731
    for width, score in zip(h, bandwidth.least_squares(x, h), strict=True):
        left_out = normal_density(width**2)
        expected = normal_density(2 * width**2).mean() - 2 * (left_out.sum() - np.trace(left_out)) / (80 * 79)
        assert score == pytest.approx(expected, rel=1e-10)


def brute_likelihood(x, h, kernel):
    n, d = x.shape
    logs = [KDE(np.delete(x, i, 0), h**2 * np.eye(d), kernel).log_prob(x[[i]])[0] for i in range(n)]
    return np.mean(logs)


@EVERY
@pytest.mark.parametrize(("n", "d"), [(40, 1), (40, 2), (700, 1)])
def test_likelihood_is_brute_force(kernel, n, d):
    x, h = draws(n, d), np.array([0.05, 0.3, 2.0])
    tolerance = 1e-10 if n < bandwidth.EXACT else 2e-3
    for width, score in zip(h, bandwidth.likelihood(x, h, kernel), strict=True):
        assert score == pytest.approx(brute_likelihood(x, width, kernel), abs=tolerance)


def test_likelihood_of_far_outliers_is_not_lost():
    x = np.concatenate([draws(700), [[1e4], [1e4 + 3], [-5e5]]])
    h = np.array([0.2])
    assert bandwidth.likelihood(x, h)[0] == pytest.approx(brute_likelihood(x, 0.2, "gaussian"), rel=1e-6)


@pytest.mark.parametrize("rule", ["Least squares CV", "Likelihood CV"])
@pytest.mark.parametrize("n", [150, 2000])
def test_a_search_finds_the_best_of_a_dense_sweep(rule, n):
    x = draws(n)
    found, dense = bandwidth.search(rule, x), np.geomspace(0.05, 1, 200)
    score = bandwidth.likelihood(x, dense) if rule == "Likelihood CV" else -bandwidth.least_squares(x, dense)
    assert found.best_score >= score.max() - 1e-5
    assert found.best_score >= found.score.max()


def test_cross_validation_nears_the_oracle_of_a_large_sample():
    found = [bandwidth.search("Least squares CV", bimodal().sample(20_000, Key(i))).best for i in range(4)]
    assert np.mean(found) == pytest.approx(risk.oracle(bimodal(), 20_000), rel=0.2)


def test_rounded_values_do_not_draw_the_bandwidth_to_zero():
    waiting = faithful()[:, 1:]
    assert np.unique(waiting).size < len(waiting) / 2
    assert min(bandwidth.marks(waiting).values()) > 0.5
    assert min(bandwidth.marks(np.repeat(np.arange(5.0), 20)[:, None]).values()) > 0.4
    assert bandwidth.grain(draws(50)) == 0


def test_a_kernel_that_leaves_points_alone_has_no_likelihood_there():
    x = np.array([[0.0], [0.1], [0.2], [9.0]])
    assert bandwidth.likelihood(x, np.array([0.1, 20.0]), "uniform").tolist()[0] == -np.inf
    near = (
        (Key(2) / "near").generator().normal(size=(30, 1))
    )  # the one outside is alone, and yet not far from all others
    with pytest.raises(Halt, match="alone"):
        bandwidth.search("Likelihood CV", np.append(near, [[7.0]], axis=0), "uniform")


def test_marks_are_in_the_datas_unit():
    x = draws(400)
    small, large = bandwidth.marks(x), bandwidth.marks(60 * x)
    assert set(small) == set(bandwidth.RULES) - {"By hand"}
    assert all(large[rule] == pytest.approx(60 * h, rel=1e-6) for rule, h in small.items())


def test_a_part_in_the_plane_speaks_for_all_at_the_right_rate():
    x = (Key(1) / "plane").generator().normal(size=(4 * bandwidth.SUBSET, 2))
    part = x[np.sort((Key(0) / "subset").generator().choice(len(x), bandwidth.SUBSET, replace=False))]
    chosen = bandwidth.factors("Likelihood CV", x, "gaussian", Key(0))[-1][0]
    assert chosen == pytest.approx(bandwidth.search("Likelihood CV", part).best * 4 ** (-1 / 6), rel=1e-12)
    assert chosen == pytest.approx(len(x) ** (-1 / 6), rel=0.35)


# The risk of a known truth


MIXTURES = {
    "normal": normal(),
    "bimodal": bimodal(),
    "claw": GMM(
        np.array([0.5, *[0.1] * 5]),
        np.array([[0.0], *[[k / 2 - 1] for k in range(5)]]),
        np.array([[[1.0]], *[[[0.01]]] * 5]),
    ),
}


@pytest.mark.parametrize("truth", MIXTURES.values(), ids=MIXTURES)
def test_quadrature_is_marron_and_wands_closed_form(truth):
    ours, closed = risk.risk(truth, 200, H), risk.mixture_risk(truth, 200, H)
    assert np.allclose(ours.bias2, closed.bias2, atol=1e-10)
    assert np.allclose(ours.variance, closed.variance, rtol=1e-6)


def test_the_normals_risk_is_fryers():
    """Fryer (1976): 2 sqrt(pi) MISE = 1 / (n h) + (1 - 1/n) / sqrt(1 + h^2) - 2 sqrt(2 / (2 + h^2)) + 1."""
    n, h = 100, H
    expected = 1 / (n * h) + (1 - 1 / n) / np.sqrt(1 + h**2) - 2 * np.sqrt(2 / (2 + h**2)) + 1
    assert np.allclose(risk.mixture_risk(normal(), n, h).mise, expected / (2 * np.sqrt(np.pi)), rtol=1e-10)


@EVERY
def test_the_risk_is_the_mean_of_squared_errors_of_many_samples(kernel):
    n, h, repeats, axis = 60, np.array([0.2, 0.6]), 200, np.linspace(-12, 12, 1201)
    f, step = np.exp(SkewNormal().log_prob(axis[:, None])), axis[1] - axis[0]
    errors = np.empty((repeats, len(h)))
    for i in range(repeats):
        x = SkewNormal().sample(n, Key(i))
        errors[i] = [((KDE.on_line(x, w, kernel).on_grid(axis) - f) ** 2).sum() * step for w in h]
    exact = risk.risk(SkewNormal(), n, h, kernel).mise
    assert (abs(errors.mean(axis=0) - exact) < 5 * errors.std(axis=0) / np.sqrt(repeats)).all()


@pytest.mark.parametrize("truth", [SkewNormal(), StudentT(), UniformGap()], ids=["skewed", "heavy", "gap"])
def test_bias_rises_variance_falls_and_the_oracle_is_the_least(truth):
    r = risk.risk(truth, 500, H)
    assert (np.diff(r.bias2) > 0).all()
    assert (np.diff(r.variance) < 0).all()
    h = risk.oracle(truth, 500)
    around = risk.risk(truth, 500, h * np.array([0.8, 1.0, 1.25])).mise
    assert around.argmin() == 1


def test_the_oracle_falls_as_the_fifth_root_of_n():
    few, many = (risk.oracle(normal(), n) for n in (10**5, 32 * 10**5))
    assert few / many == pytest.approx(2, rel=0.02)
    assert few == pytest.approx((4 / 3) ** 0.2 * (1e5) ** -0.2, rel=0.02)
