"""Conjugate posteriors against numerical integration of prior x likelihood, scipy, and their own identities."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from core.key import Key
from core.laws import gaussian
from core.laws.conjugate import normal as conjugate
from core.laws.conjugate.bernoulli import BetaBernoulli
from core.laws.conjugate.normal import Config, NormalInverseGamma, NormalInverseWishart
from core.laws.conjugate.predictive import InverseGamma, StudentT
from core.laws.gaussian import Gaussian
from core.laws.likelihood import sufficient
from core.process import Halt

PRIOR = NormalInverseGamma(1.0, 2.0, 3.0, 4.0)
FLAT = NormalInverseGamma(0.0, 0.0, -1.5, 0.0)


def points(n, seed=0):
    return 2.0 + 1.5 * (Key(seed) / "points").generator().normal(size=n)


def matrix_prior(d, seed=0):
    g = (Key(seed) / "wishart").generator()
    a = np.eye(d) + 0.4 * g.normal(size=(d, d))
    return NormalInverseWishart(g.normal(size=d), 1.5, d + 3.0, a @ a.T)


def plane(n, d=2, seed=0):
    g = (Key(seed) / "plane").generator()
    return g.normal(size=(n, d)) @ (np.eye(d) + 0.5 * g.normal(size=(d, d))) + 1


# Quadrature: prior x likelihood over (mu, log sigma), by the trapezoid rule, from scipy's densities alone


def grid(side=801):
    """mu (side, 1) and sigma (1, side), fine enough and wide enough for `PRIOR` after a few points."""
    return np.linspace(-40, 42, side)[:, None], np.geomspace(0.15, 60, side)[None]


def integral(values):
    """Over mu and sigma of values on the grid."""
    mu, sigma = grid(len(values))
    inner = integrate.trapezoid(values * sigma, x=np.log(sigma[0]), axis=1)
    return integrate.trapezoid(inner, x=mu[:, 0])


def product(x):
    """Prior (mu, sigma) x likelihood on the grid, by scipy."""
    mu, sigma = grid()
    prior = stats.norm.pdf(mu, PRIOR.mean, sigma / np.sqrt(PRIOR.strength))
    prior = prior * stats.invgamma.pdf(sigma**2, PRIOR.shape, scale=PRIOR.scale) * 2 * sigma
    return prior * np.prod([stats.norm.pdf(v, mu, sigma) for v in x], axis=0)


@pytest.mark.parametrize("n", [0, 1, 5, 12])
def test_the_posterior_is_prior_times_likelihood_normalised(n):
    weight = product(points(n))
    posterior = np.exp(PRIOR.posterior(points(n)).log_prob_sigma(*grid()))
    np.testing.assert_allclose(posterior, weight / integral(weight), rtol=0, atol=1e-6)


@pytest.mark.parametrize("n", [1, 5, 12])
def test_the_evidence_is_the_integral_of_prior_times_likelihood(n):
    assert PRIOR.evidence(points(n)) == pytest.approx(np.log(integral(product(points(n)))), abs=1e-6)


@pytest.mark.parametrize("value", [-3.0, 1.0, 4.5])
def test_the_predictive_is_the_likelihood_averaged_over_the_posterior(value):
    weight, (mu, sigma) = product(points(5)), grid()
    average = integral(weight * stats.norm.pdf(value, mu, sigma)) / integral(weight)
    predictive = PRIOR.posterior(points(5)).predictive()
    assert predictive.pdf(np.array([value]))[0] == pytest.approx(average, rel=1e-6)


def test_the_marginal_of_mu_is_the_posterior_integrated_over_sigma():
    weight, (mu, sigma) = product(points(5)), grid()
    marginal = integrate.trapezoid(weight * sigma, x=np.log(sigma[0]), axis=1) / integral(weight)
    assert PRIOR.posterior(points(5)).marginal_mu().pdf(mu[:, 0]) == pytest.approx(marginal, abs=1e-6)


def test_the_marginal_of_sigma_is_the_posterior_integrated_over_mu():
    weight, (mu, sigma) = product(points(5)), grid()
    marginal = integrate.trapezoid(weight, x=mu[:, 0], axis=0) / integral(weight)
    law = PRIOR.posterior(points(5)).marginal_variance()
    assert np.exp(law.log_prob_sigma(sigma[0])) == pytest.approx(marginal, abs=1e-6)


def test_the_expectation_is_that_of_quadrature():
    weight, (mu, sigma) = product(points(12)), grid()
    expected = [integral(weight * mu) / integral(weight), integral(weight * sigma**2) / integral(weight)]
    assert PRIOR.posterior(points(12)).expectation() == pytest.approx(expected, rel=1e-5)


# Identities


@pytest.mark.parametrize("law", [PRIOR, matrix_prior(1), matrix_prior(3)], ids=["gamma", "wishart 1", "wishart 3"])
def test_the_evidence_is_the_product_of_one_step_predictives(law):
    x = points(20) if law is PRIOR else plane(20, len(law.mean))
    steps = [law.posterior(x[:i]).evidence(x[i : i + 1]) for i in range(20)]
    assert law.evidence(x) == pytest.approx(sum(steps), abs=1e-10)


def test_the_evidence_of_one_point_is_its_predictive():
    assert PRIOR.evidence(np.array([2.7])) == pytest.approx(PRIOR.predictive().log_prob(np.array([2.7]))[0], abs=1e-12)


def test_bayes_rule_holds_wherever_it_is_read():
    """log prior + log likelihood - log evidence = log posterior, at any (mu, v)."""
    x = points(30)
    for mu, v in [(2.0, 1.0), (-1.0, 5.0)]:
        at = np.array([mu]), np.array([v])
        likelihood = stats.norm.logpdf(x, mu, np.sqrt(v)).sum()
        bayes = PRIOR.log_prob(*at) + likelihood - PRIOR.evidence(x)
        assert PRIOR.posterior(x).log_prob(*at) == pytest.approx(bayes, abs=1e-9)


@given(cut=st.integers(0, 15), shift=st.floats(-1e3, 1e3))
def test_updating_twice_is_updating_once(cut, shift):
    x, prior = points(15) + shift, PRIOR.rescaled(shift, 1.0)
    twice, once = prior.posterior(x[:cut]).posterior(x[cut:]), prior.posterior(x)
    assert dataclasses.astuple(twice) == pytest.approx(dataclasses.astuple(once), rel=1e-10)


@given(shift=st.floats(-100, 100), scale=st.floats(0.01, 100))
def test_the_posterior_does_not_depend_on_the_unit(shift, scale):
    x = points(10)
    a, b = PRIOR.posterior(x).rescaled(shift, scale), PRIOR.rescaled(shift, scale).posterior(shift + scale * x)
    assert (a.mean, a.scale) == pytest.approx((b.mean, b.scale), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("coordinates", ["variance", "sigma"])
def test_the_mode_is_the_top_of_the_density_in_its_coordinates(coordinates):
    law = PRIOR.posterior(points(4))
    top = law.mode(coordinates)
    spread = top.covariance[0, 0] if coordinates == "variance" else np.sqrt(top.covariance[0, 0])
    density = law.log_prob if coordinates == "variance" else law.log_prob_sigma
    mu = top.mean[0] + np.linspace(-0.5, 0.5, 101)[:, None]
    other = spread * np.linspace(0.5, 1.5, 101)[None]
    height = density(mu, other)
    assert np.unravel_index(height.argmax(), height.shape) == (50, 50)


def test_the_mode_of_the_prior_is_the_path_at_no_points():
    at_none = conjugate.path(PRIOR, points(50), [0])[0]
    assert (at_none.mean[0], at_none.covariance[0, 0]) == pytest.approx((PRIOR.mean, PRIOR.scale / 4.5))


@pytest.mark.parametrize("sizes", [[0, 3, 3, 20], [20, 0, 7]], ids=["ascending", "any order"])
def test_the_path_is_the_mode_of_each_posterior(sizes):
    for size, top in zip(sizes, conjugate.path(PRIOR, points(20), sizes), strict=True):
        expected = PRIOR.posterior(points(20)[:size]).mode()
        assert (top.mean[0], top.covariance[0, 0]) == pytest.approx(
            (expected.mean[0], expected.covariance[0, 0]), rel=1e-12
        )


def test_the_path_ends_at_the_mle():
    x = points(200_000)
    distance = [
        np.abs([a.mean[0] - x[:n].mean(), a.covariance[0, 0] - x[:n].var()]).max()
        for n, a in zip((20, 2000, 200_000), conjugate.path(PRIOR, x, [20, 2000, 200_000]), strict=True)
    ]
    assert distance[2] < 1e-4
    assert distance[0] > 10 * distance[1] > 100 * distance[2]


@pytest.mark.parametrize(("shape", "coordinates"), [(-1.5, "variance"), (-1.0, "sigma")])
def test_the_map_of_a_flat_prior_is_the_mle(shape, coordinates):
    x = points(9)
    top = NormalInverseGamma(5.0, 0.0, shape, 0.0).posterior(x).mode(coordinates)
    assert (top.mean[0], top.covariance[0, 0]) == pytest.approx((x.mean(), x.var()), rel=1e-13)


def test_a_flat_prior_gives_students_interval_of_the_mean():
    """The prior 1 / v (k = b = 0, a = -1/2) makes the credible interval the classical confidence interval."""
    x = points(12)
    law = NormalInverseGamma(0.0, 0.0, -0.5, 0.0).posterior(x)
    expected = stats.t.interval(0.9, 11, x.mean(), stats.sem(x))
    assert law.interval_mu(0.9) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("ask", ["constant", "marginal_mu", "marginal_variance", "predictive", "mode"])
def test_a_flat_prior_has_no_density_and_says_so(ask):
    with pytest.raises(Halt, match=r"^A flat prior .*\.$"):
        getattr(FLAT, ask)() if ask != "constant" else FLAT.constant
    assert not FLAT.proper


# Laws and draws


@pytest.mark.parametrize("degrees", [0.3, 2.0, 6.5, 4e4])
def test_students_t_is_scipys(degrees):
    ours, theirs, x = StudentT(degrees, 1.0, 2.5), stats.t(degrees, 1.0, 2.5), np.linspace(-9, 9, 40)
    assert ours.log_prob(x) == pytest.approx(theirs.logpdf(x), abs=1e-8)
    assert ours.cdf(x) == pytest.approx(theirs.cdf(x), abs=1e-12)
    assert ours.interval(0.8) == pytest.approx(theirs.interval(0.8), rel=1e-9)


@pytest.mark.parametrize("shape", [0.2, 3.0, 500.0])
def test_the_inverse_gamma_is_scipys(shape):
    ours, theirs, v = InverseGamma(shape, 4.0), stats.invgamma(shape, scale=4.0), np.geomspace(0.01, 90, 40)
    assert ours.log_prob(v) == pytest.approx(theirs.logpdf(v), rel=1e-10, abs=1e-10)
    assert ours.cdf(v) == pytest.approx(theirs.cdf(v), abs=1e-12)
    assert ours.interval(0.8) == pytest.approx(theirs.interval(0.8), rel=1e-9)


N = 20_000


def test_draws_follow_the_marginals():
    mu, variance = PRIOR.sample(N, Key(0))
    assert stats.kstest(mu, PRIOR.marginal_mu().cdf).pvalue > 0.001
    assert stats.kstest(variance, PRIOR.marginal_variance().cdf).pvalue > 0.001


def test_draws_of_mu_follow_sigma():
    mu, variance = PRIOR.sample(N, Key(1))
    white = (mu - PRIOR.mean) * np.sqrt(PRIOR.strength / variance)
    assert stats.kstest(white, stats.norm.cdf).pvalue > 0.001
    assert stats.spearmanr(np.abs(white), variance).pvalue > 0.001


def test_predictive_draws_are_points_of_drawn_gaussians():
    mu, variance = PRIOR.sample(N, Key(2))
    x = mu + np.sqrt(variance) * Key(3).generator().normal(size=N)
    assert stats.kstest(x, PRIOR.predictive().cdf).pvalue > 0.001
    assert stats.kstest(PRIOR.predictive().sample(N, Key(4)), PRIOR.predictive().cdf).pvalue > 0.001


def simulated(n=10, draws=2000):
    """Parameters from the prior, n points from each, and the posteriors (Talts et al., 2018)."""
    mu, variance = PRIOR.sample(draws, Key(5))
    x = mu[:, None] + np.sqrt(variance)[:, None] * Key(6).generator().normal(size=(draws, n))
    return mu, variance, [PRIOR.posterior(row) for row in x]


def test_ranks_of_the_truth_in_the_posterior_are_uniform():
    mu, variance, laws = simulated()
    ranks = [law.marginal_mu().cdf(np.array([m]))[0] for law, m in zip(laws, mu, strict=True)]
    spreads = [law.marginal_variance().cdf(np.array([v]))[0] for law, v in zip(laws, variance, strict=True)]
    assert stats.kstest(ranks, "uniform").pvalue > 0.001
    assert stats.kstest(spreads, "uniform").pvalue > 0.001


@pytest.mark.parametrize("level", [0.5, 0.9])
def test_credible_intervals_hold_the_truth_as_often_as_they_say(level):
    mu, variance, laws = simulated()
    truth = {"interval_mu": mu, "interval_sigma": np.sqrt(variance)}
    for name, values in truth.items():
        ends = np.array([getattr(law, name)(level) for law in laws])
        inside = int(((ends[:, 0] <= values) & (values <= ends[:, 1])).sum())
        assert stats.binomtest(inside, len(laws), level).pvalue > 0.001, name


# Inverse Wishart


def scalar():
    """`PRIOR` as a normal-inverse-Wishart of one dimension: nu = 2 a, Psi = 2 b."""
    return NormalInverseWishart(np.array([PRIOR.mean]), PRIOR.strength, 2 * PRIOR.shape, np.array([[2 * PRIOR.scale]]))


def test_in_one_dimension_wishart_is_gamma():
    x = points(7)
    a, b = scalar().posterior(x[:, None]), PRIOR.posterior(x)
    assert a.mode().covariance[0, 0] == pytest.approx(b.mode().covariance[0, 0], rel=1e-12)
    assert scalar().evidence(x[:, None]) == pytest.approx(PRIOR.evidence(x), abs=1e-11)
    model = Gaussian(np.array([0.3]), np.array([[1.7]]))
    assert a.log_prob(model) == pytest.approx(b.log_prob(np.array([0.3]), np.array([1.7]))[0], abs=1e-11)
    assert a.marginal(0).scale == pytest.approx(b.scale, rel=1e-12)


@pytest.mark.parametrize("d", [1, 2, 3])
def test_the_density_is_scipys(d):
    law, model = matrix_prior(d), gaussian.maximum(gaussian.Config(), sufficient(plane(40, d)))
    wishart = stats.invwishart.logpdf(model.covariance, law.degrees, law.scale)
    normal = stats.multivariate_normal.logpdf(model.mean, law.mean, model.covariance / law.strength)
    assert law.log_prob(model) == pytest.approx(wishart + normal, abs=1e-10)


@pytest.mark.parametrize("d", [2, 3])
def test_bayes_rule_holds_for_matrices(d):
    law, x = matrix_prior(d), plane(25, d)
    for model in (law.mode(), gaussian.maximum(gaussian.Config(), sufficient(x))):
        bayes = law.log_prob(model) + model.log_prob(x).sum() - law.evidence(x)
        assert law.posterior(x).log_prob(model) == pytest.approx(bayes, abs=1e-9)


def test_no_neighbour_is_more_probable_than_the_mode():
    law, g = matrix_prior(2).posterior(plane(10)), Key(8).generator()
    top = law.mode()
    for _ in range(100):
        e = np.eye(2) + 0.05 * g.normal(size=(2, 2))
        near = Gaussian(top.mean + 0.05 * g.normal(size=2), e @ top.covariance @ e.T)
        assert law.log_prob(near) < law.log_prob(top)


def test_updating_twice_is_updating_once_for_matrices():
    x, law = plane(20), matrix_prior(2)
    once, twice = law.posterior(x), law.posterior(x[:7]).posterior(x[7:])
    assert twice.scale == pytest.approx(once.scale, rel=1e-11)
    assert twice.mean == pytest.approx(once.mean, rel=1e-11)


def test_the_map_of_matrices_goes_to_the_mle():
    x = plane(100_000)
    top = matrix_prior(2).posterior(x).mode()
    assert top.covariance == pytest.approx(np.cov(x.T, bias=True), rel=1e-3)
    assert top.mean == pytest.approx(x.mean(axis=0), abs=1e-4)


def test_a_column_of_the_matrix_prior_has_the_prior_of_one_column():
    config, shift, scale = Config(0.5, 3.0, 2.0, 1.5), np.array([3.0, -7.0]), np.array([0.4, 9.0])
    both = config.prior_of_columns(shift, scale)
    for i in range(2):
        alone = config.prior(float(shift[i]), float(scale[i]))
        assert dataclasses.astuple(both.marginal(i)) == pytest.approx(dataclasses.astuple(alone))


def test_variances_of_wishart_draws_follow_the_marginal():
    law = matrix_prior(2)
    drawn = stats.invwishart.rvs(law.degrees, law.scale, size=5000, random_state=Key(9).generator())
    assert stats.kstest(drawn[:, 1, 1], law.marginal(1).marginal_variance().cdf).pvalue > 0.001


def test_one_point_in_the_plane_has_a_map_but_no_mle():
    assert matrix_prior(2).posterior(plane(1)).mode().dim == 2
    with pytest.raises(Halt):
        gaussian.maximum(gaussian.Config(), sufficient(plane(1)))


# Sliders


def test_the_sliders_are_in_units_of_the_data():
    law = Config(2.0, 5.0, 3.0, 1.0).prior(10.0, 4.0)
    assert (law.mean, law.strength, law.shape, law.scale) == (18.0, 5.0, 3.0, 16.0)


@pytest.mark.parametrize("outside", [{"mean": 3.1}, {"strength": -1.0}, {"shape": -2.0}, {"scale": 99.0}], ids=str)
def test_a_slider_outside_its_range_is_refused(outside):
    with pytest.raises(ValueError, match="must lie between"):
        Config(**outside)


@pytest.mark.parametrize("bad", [(np.nan, 1.0, 1.0, 1.0), (0.0, -1.0, 1.0, 1.0), (0.0, 1.0, -2.0, 1.0)], ids=str)
def test_what_is_no_law_is_refused(bad):
    with pytest.raises(ValueError, match="normal-inverse-gamma"):
        NormalInverseGamma(*bad)


# Two values

COIN = BetaBernoulli(2.0, 3.0)


def test_the_posterior_of_two_values_is_the_normalised_product():
    p = np.linspace(0, 1, 20_001)
    weight = stats.beta.pdf(p, 2, 3) * p**4 * (1 - p) ** 2
    assert np.exp(COIN.posterior(4, 2).log_prob(p)) == pytest.approx(weight / integrate.simpson(weight, x=p), abs=1e-7)


def test_the_beta_law_is_scipys():
    p = np.linspace(0.01, 0.99, 33)
    assert COIN.log_prob(p) == pytest.approx(stats.beta.logpdf(p, 2, 3), abs=1e-12)
    assert COIN.interval(0.9) == pytest.approx(stats.beta.interval(0.9, 2, 3), rel=1e-10)
    assert COIN.predictive() == pytest.approx(stats.beta.mean(2, 3))
    assert stats.kstest(COIN.sample(N, Key(0)), stats.beta(2, 3).cdf).pvalue > 0.001


def test_outside_zero_and_one_there_is_no_density():
    assert np.array_equal(COIN.log_prob(np.array([-0.1, 1.1, 0.0])), [-np.inf, -np.inf, -np.inf])


def test_the_mode_of_two_values_is_the_top():
    p = np.linspace(0, 1, 10_001)
    assert COIN.mode() == pytest.approx(p[COIN.log_prob(p).argmax()], abs=1e-4)
    assert BetaBernoulli(1.0, 1.0).mode() is None
    assert BetaBernoulli(1.0, 1.0).posterior(3, 1).mode() == pytest.approx(0.75)


def test_the_evidence_of_two_values_is_the_product_of_predictives():
    law, total = COIN, 0.0
    for success in (True, False, True, True):
        total += np.log(law.predictive() if success else 1 - law.predictive())
        law = law.posterior(int(success), int(not success))
    assert COIN.evidence(3, 1) == pytest.approx(total, abs=1e-12)


def test_a_beta_law_needs_positive_counts():
    with pytest.raises(ValueError, match="a > 0"):
        BetaBernoulli(0.0, 1.0)
