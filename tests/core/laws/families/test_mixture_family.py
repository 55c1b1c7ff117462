"""Mixtures as a family: the same law as the mixture, EM's fixed point again, and p-values that are uniform."""

import numpy as np
import pytest
from scipy import integrate, stats

from core.data import builtin
from core.key import Key
from core.laws.families.continuous import Fitted
from core.laws.families.line_mixture import Mixtures
from core.laws.families.mixture_family import as_family, climb, estimate
from core.laws.goodness import bootstrap, check_the_check, qq

COLUMNS = {name: builtin.load(name).points[:, -1] for name in ("galaxies", "faithful")}
EVERY = pytest.mark.parametrize("name", COLUMNS)


def pair(name):
    """The fitted mixture, and the same as a family's law."""
    law = Mixtures().fit(COLUMNS[name])
    return law, as_family(law)


@EVERY
def test_the_law_is_that_of_the_mixture(name):
    law, ours = pair(name)
    x = np.linspace(COLUMNS[name].min() - 5, COLUMNS[name].max() + 5, 201)
    np.testing.assert_allclose(ours.log_prob(x), law.log_prob(x), rtol=0, atol=1e-12)
    np.testing.assert_allclose(ours.cdf(x), law.cdf(x), rtol=0, atol=1e-14)
    np.testing.assert_allclose(ours.cdf(x) + ours.sf(x), 1, rtol=0, atol=1e-14)
    mass = integrate.quad(lambda v: float(np.exp(ours.log_prob(np.array([v]))[0])), x[0] - 20, x[-1] + 20, limit=400)[0]
    assert mass == pytest.approx(1, abs=1e-7)


@EVERY
def test_quantiles_invert_both_tails(name):
    ours = pair(name)[1]
    p = np.array([1e-12, 1e-4, 0.1, 0.3, 0.5, 0.8, 0.999])
    np.testing.assert_allclose(ours.cdf(ours.ppf(p)), p, rtol=1e-9)
    np.testing.assert_allclose(ours.sf(ours.ppf(1 - p[1:4])), p[1:4], rtol=1e-9)


@EVERY
def test_draws_follow_the_law_one_sample_or_many_at_a_time(name):
    ours = pair(name)[1]
    x = ours.sample(4000, Key(1))
    assert x.shape == (4000, 1)
    assert stats.kstest(x[:, 0], ours.cdf).pvalue > 1e-3
    rows = ours.family.draw(np.tile(ours.theta, (3, 1)), (3, 4000), Key(2).generator())
    for row in rows:
        assert stats.kstest(row, ours.cdf).pvalue > 1e-3


@EVERY
def test_the_fit_is_where_the_mixture_was_fitted(name):
    law, ours = pair(name)
    again = ours.family.fit(COLUMNS[name])
    assert again.log_prob(COLUMNS[name]).mean() >= law.log_prob(COLUMNS[name]).mean() - 1e-9
    np.testing.assert_allclose(again.theta, ours.theta, rtol=0.02, atol=0.02)


@EVERY
def test_many_samples_at_a_time_are_fitted_as_one_at_a_time(name):
    ours = pair(name)[1]
    x = np.sort(ours.family.draw(np.tile(ours.theta, (5, 1)), (5, 60), Key(3).generator()), axis=1)
    together = ours.family.estimate(x)[0]
    for row, theta in zip(x, together, strict=True):
        np.testing.assert_allclose(ours.family.estimate(row[None])[0][0], theta, rtol=1e-9, atol=1e-9)


def test_a_refit_is_likelier_than_the_law_the_sample_came_from_and_stationary():
    ours = pair("faithful")[1]
    x = np.sort(ours.sample(300, Key(4))[:, 0])
    theta = estimate(x[None], ours.theta, 0.05)[0][0]
    fitted = Fitted(ours.family, tuple(theta))
    assert fitted.log_prob(x).mean() > ours.log_prob(x).mean()
    for i in range(2, 6):  # the means and the deviations; the weights are bound to add up to one
        h = 1e-4 * np.eye(6)[i] * x.std()
        up, down = (ours.family.call("logpdf", x, theta + s * h).mean() for s in (1, -1))
        assert abs(up - down) / 2e-4 < 5e-3
    assert theta[:2].sum() == pytest.approx(1)


def test_a_climb_never_falls_and_keeps_its_floor():
    x = np.sort(np.append(np.zeros(30), np.random.Generator(np.random.PCG64(5)).normal(size=30)))[None]
    begin = np.array([[0.5, 0.5, 0.0, 0.1, 0.3, 1.0]])
    theta, level = climb(x, begin, 0.2)
    before = stats.norm.pdf(x[0][:, None], begin[0, 2:4], begin[0, 4:]) @ begin[0, :2]
    assert level[0] >= np.log(before).mean()
    assert theta[0, 4:].min() == pytest.approx(0.2)


def test_p_values_of_a_true_mixture_are_uniform():
    true = as_family(Mixtures().fit(COLUMNS["faithful"]))
    *_, last = check_the_check(true, 80, Key(6), names=("KS", "AD", "CvM"), repeats=150, replicates=39)
    for p, plain in zip(last.state.calibrated.T, last.state.naive.T, strict=True):
        assert abs((p <= 0.25).mean() - 0.25) < 4 * np.sqrt(0.25 * 0.75 / 150)
        assert (plain <= 0.25).mean() < 0.05


def test_a_mixture_is_rejected_where_it_is_wrong_and_not_where_it_is_right():
    ours = pair("faithful")[1]
    x = np.random.Generator(np.random.PCG64(7)).uniform(size=1500)
    for values, right in ((ours.sample(1500, Key(8))[:, 0], True), (x, False)):
        law = ours.family.fit(values)
        *_, last = bootstrap(law, values, Key(9), replicates=99)
        assert (last.state.p[:3] > 0.05).all() == right
        assert last.state.failed == 0
        assert qq(last.state).outside.any() == (last.state.p[3] <= 0.05)
