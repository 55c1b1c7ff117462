"""Standard errors against formulas, against the spread of many fits, and by the share of intervals that cover the truth."""

import numpy as np
import pytest
from scipy import stats
from scipy.special import polygamma

from core.key import Key
from core.laws.families import discrete
from core.laws.families.continuous import FAMILIES, NAMED, Fitted
from core.laws.families.line_mixture import Mixtures
from core.laws.information import errors
from tests.core.laws.families.test_families import TRUE

KEY = Key(0) / "errors"


def sample(name, n, seed=0):
    return Fitted(NAMED[name], TRUE[name]).sample(n, Key(seed) / "information" / name)[:, 0]


def found(name, x):
    return errors(NAMED[name].fit(x), x, KEY)


@pytest.mark.parametrize("n", [30, 500, 50_000])
@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_formulas_of_textbooks(n, scale):
    x = scale * sample("normal", n)
    s = x.std()
    assert found("normal", x).values == pytest.approx(
        (s / np.sqrt(n), s / np.sqrt(2 * n)), rel=0.03 if n > 20_000 else 1e-4
    )
    x = scale * sample("exponential", n)
    assert found("exponential", x).values == pytest.approx((x.mean() / np.sqrt(n),), rel=0.03 if n > 20_000 else 1e-4)


def test_more_formulas():
    x = sample("gamma", 800)
    k, scale = NAMED["gamma"].fit(x).parameters
    fisher = np.array([[polygamma(1, k), 1 / scale], [1 / scale, k / scale**2]])
    assert found("gamma", x).values == pytest.approx(np.sqrt(np.diag(np.linalg.inv(fisher)) / 800), rel=1e-3)
    x = sample("lognormal", 800)
    median, sigma = NAMED["lognormal"].fit(x).parameters
    assert found("lognormal", x).values == pytest.approx(
        (median * sigma / np.sqrt(800), sigma / np.sqrt(1600)), rel=1e-3
    )
    x = sample("laplace", 800)
    b = NAMED["laplace"].fit(x).parameters[1]
    assert found("laplace", x).values == pytest.approx((b / np.sqrt(800), b / np.sqrt(800)), rel=0.15)
    x = sample("uniform", 400)
    assert found("uniform", x).values == pytest.approx([np.ptp(x) / 400] * 2, rel=0.25)


@pytest.mark.parametrize(
    ("law", "theta", "by_hand"),
    [
        (discrete.POISSON, (4.0,), lambda t, n: [np.sqrt(t[0] / n)]),
        (discrete.BERNOULLI, (0.3,), lambda t, n: [np.sqrt(t[0] * (1 - t[0]) / n)]),
        (discrete.GEOMETRIC, (0.2,), lambda t, n: [t[0] * np.sqrt((1 - t[0]) / n)]),
    ],
    ids=["poisson", "bernoulli", "geometric"],
)
def test_counts(law, theta, by_hand):
    x = discrete.CountLaw(law, theta).sample(600, Key(2))[:, 0]
    fitted = law.fit(x)
    assert errors(fitted, x, KEY).values == pytest.approx(by_hand(fitted.parameters, 600), rel=1e-3)


def test_the_trials_of_a_binomial_have_no_error():
    x = np.random.Generator(np.random.PCG64(0)).binomial(9, 0.4, 500).astype(float)
    trials, p = errors(discrete.BINOMIAL.fit(x), x, KEY).values
    assert np.isnan(trials)
    assert p > 0


@pytest.mark.parametrize("family", FAMILIES, ids=lambda f: f.name)
def test_errors_are_the_spread_of_many_fits(family):
    n, rows = 800, 300
    draws = family.draw(np.tile(TRUE[family.name], (rows, 1)), (rows, n), (Key(4) / family.name).generator())
    spread = np.nanstd(family.estimate(draws)[0], axis=0, ddof=1)
    said = np.array([errors(family.fit(x), x, KEY / i).values for i, x in enumerate(draws[:6])])
    known = np.isfinite(said).all(axis=0)
    assert known.sum() == len(known) - 2 * (family.name == "beta")
    np.testing.assert_allclose(np.median(said, axis=0)[known], spread[known], rtol=0.35)


@pytest.mark.parametrize("name", ["gamma", "gumbel", "logistic", "weibull", "cauchy", "lognormal", "normal"])
def test_ninety_five_of_a_hundred_intervals_hold_the_truth(name):
    rows, n = 400, 300
    family, theta = NAMED[name], np.array(TRUE[name])
    draws = family.draw(np.tile(theta, (rows, 1)), (rows, n), (Key(5) / name).generator())
    hits = np.zeros(len(theta))
    for x, parameters in zip(draws, family.estimate(draws)[0], strict=True):  # all fits in one climb
        fitted = Fitted(family, tuple(parameters.tolist()))
        hits += np.abs(fitted.theta - theta) < 1.96 * np.array(errors(fitted, x, KEY).values)
    assert (np.abs(hits / rows - 0.95) < 4 * np.sqrt(0.05 * 0.95 / rows)).all(), hits / rows


def test_the_method_is_named():
    methods = {f.name: found(f.name, sample(f.name, 200)).how for f in FAMILIES}
    assert methods["uniform"] == methods["pareto"] == "bootstrap of 200 samples"
    assert methods["laplace"] == methods["generalised normal"] == "squared scores"
    others = set(methods) - {"uniform", "pareto", "laplace", "generalised normal"}
    assert {methods[name] for name in others} == {"observed information"}


def test_a_beta_on_proportions_has_given_ends_and_any_other_is_bootstrapped():
    x = sample("beta", 300)
    assert np.isnan(found("beta", x).values[2:]).all()
    free = found("beta", 10 * x)
    assert free.how.startswith("bootstrap")
    assert np.isfinite(free.values).all()


def test_a_parameter_at_its_bound_has_no_error_and_the_others_have():
    x = np.linspace(-1, 1, 200)
    values = found("student t", x).values
    assert np.isnan(values[0])
    assert values[1:] == pytest.approx((x.std() / np.sqrt(200), x.std() / np.sqrt(400)), rel=0.05)


@pytest.mark.parametrize("name", ["normal", "gumbel", "student t", "gamma", "uniform"])
def test_errors_have_the_unit_of_the_parameter(name):
    x = np.abs(sample(name, 300)) + 1
    here, there = (errors(NAMED[name].fit(s * x), s * x, KEY).values for s in (1, 60))
    roles = [role for _, role in NAMED[name].words]
    by = [1 if role == "number" else 60 for role in roles]
    assert there == pytest.approx(tuple(b * e for b, e in zip(by, here, strict=True)), rel=1e-3)


def test_a_steep_law_keeps_its_digits():
    x = stats.skewnorm(400).rvs(500, random_state=np.random.default_rng(3))
    fitted = NAMED["skew-normal"].fit(x)
    place = errors(fitted, x, KEY).values[1]
    assert np.isnan(place) or 0 < place < 0.05


def hills(n, rows, key):
    g = key.generator()
    return np.where(g.random((rows, n)) < 0.4, g.normal(-3, 0.8, (rows, n)), g.normal(2, 1.5, (rows, n)))


def test_the_errors_of_a_mixture_are_the_spread_of_many_fits():
    draws = hills(600, 60, Key(6))
    laws = [Mixtures(2).fit(x) for x in draws]
    values = np.array([[v for _, v, _ in law.describe()] for law in laws])
    said = np.array([errors(law, x, KEY).values for law, x in zip(laws[:10], draws[:10], strict=True)])
    np.testing.assert_allclose(np.median(said, axis=0), values.std(axis=0, ddof=1), rtol=0.45)
    assert said[:, 0] == pytest.approx(said[:, 3])  # two weights that sum to 1 have the same error


def test_a_mixture_of_one_has_the_errors_of_a_normal():
    x = sample("normal", 400)
    law = Mixtures(1).fit(x)
    weight, mean, deviation = errors(law, x, KEY).values
    assert np.isnan(weight)
    assert (mean, deviation) == pytest.approx(found("normal", x).values, rel=0.12)
