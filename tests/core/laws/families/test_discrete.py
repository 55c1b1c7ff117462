"""Laws of counts against numerical optimisation and scipy, and the recognition of columns."""

import numpy as np
import pytest
from scipy import optimize, stats

from core.key import Key
from core.laws import ranking
from core.laws.families import discrete
from core.laws.families.discrete import (
    BERNOULLI,
    BINOMIAL,
    FAMILIES,
    GEOMETRIC,
    NEGATIVE_BINOMIAL,
    POISSON,
    CountLaw,
    recognise,
)
from core.process import Halt

TRUE = {
    "bernoulli": (BERNOULLI, (0.3,)),
    "poisson": (POISSON, (4.0,)),
    "geometric": (GEOMETRIC, (0.25,)),
    "binomial": (BINOMIAL, (12.0, 0.7)),
    "binomial 20": (discrete.binomial(20), (0.4,)),
    "negative binomial": (NEGATIVE_BINOMIAL, (6.0, 2.5)),
}
EVERY = pytest.mark.parametrize("name", TRUE)


def law(name):
    return CountLaw(*TRUE[name])


def drawn(name, n=400, seed=0):
    return law(name).sample(n, Key(seed) / name)[:, 0]


def pmf(name):
    """scipy's law with our parameters, written out again."""
    _, theta = TRUE[name]
    return {
        "bernoulli": lambda p: stats.bernoulli(p),
        "poisson": lambda m: stats.poisson(m),
        "geometric": lambda p: stats.geom(p, loc=-1),
        "binomial": lambda n, p: stats.binom(n, p),
        "binomial 20": lambda p: stats.binom(20, p),
        "negative binomial": lambda m, r: stats.nbinom(r, r / (r + m)),
    }[name](*theta)


@EVERY
def test_log_probabilities_are_scipys_and_sum_to_one(name):
    k = np.arange(400.0)
    np.testing.assert_allclose(law(name).log_prob(k), pmf(name).logpmf(k), atol=1e-10)
    assert np.exp(law(name).log_prob(k)).sum() == pytest.approx(1, abs=1e-10)
    np.testing.assert_allclose(law(name).cdf(k), np.cumsum(np.exp(law(name).log_prob(k))), atol=1e-10)


@EVERY
def test_draws_follow_the_law(name):
    x = drawn(name, 4000)
    value, count = np.unique(x, return_counts=True)
    expected = 4000 * np.exp(law(name).log_prob(value))
    keep = expected > 5
    chi = ((count - expected)[keep] ** 2 / expected[keep]).sum()
    assert chi < stats.chi2.ppf(0.999, keep.sum())


@pytest.mark.parametrize("name", [name for name in TRUE if name != "binomial"])
@pytest.mark.parametrize("seed", range(3))
def test_no_other_parameters_are_more_likely(name, seed):
    x = drawn(name, 300, seed)
    family, true = TRUE[name]
    fitted = family.fit(x)
    best = fitted.log_prob(x).mean()

    def loss(theta):
        with np.errstate(all="ignore"):
            value = CountLaw(family, tuple(float(v) for v in theta)).log_prob(x).mean()
        return -value if np.isfinite(value) else 1e9

    numeric = optimize.minimize(loss, true, method="Nelder-Mead", options={"xatol": 1e-10, "fatol": 1e-14})
    assert best >= -numeric.fun - 1e-10
    np.testing.assert_allclose(fitted.parameters, numeric.x, rtol=1e-4)


@pytest.mark.parametrize("seed", range(30))
def test_no_other_number_of_trials_is_more_likely(seed):
    x = law("binomial").sample(25, Key(seed))[:, 0]
    if x.var() < x.mean():
        best = BINOMIAL.fit(x).log_prob(x).mean()
        for trials in range(int(x.max()), 200):
            assert best >= stats.binom(trials, x.mean() / trials).logpmf(x).mean() - 1e-13


@EVERY
def test_parameters_are_recovered(name):
    np.testing.assert_allclose(TRUE[name][0].fit(drawn(name, 20_000)).parameters, TRUE[name][1], rtol=0.15)


@EVERY
def test_criteria_are_the_likelihood_with_its_price(name):
    family, x = TRUE[name][0], drawn(name)
    row = ranking.judge(family, x, Key(0))
    total = row.fitted.log_prob(x).sum()
    assert row.aic == pytest.approx(2 * family.count - 2 * total)
    assert row.bic == pytest.approx(family.count * np.log(len(x)) - 2 * total)


@pytest.mark.parametrize("name", ["poisson", "geometric", "binomial", "negative binomial"])
def test_the_right_law_ranks_first_or_is_tied(name):
    *_, last = ranking.rank(drawn(name, 3000), Key(0), FAMILIES)
    rows = {row.name: row for row in last.state}
    assert last.state[0].name == name or rows[name].tied


def test_counts_that_vary_more_or_less_than_their_mean_are_told_to_the_poisson():
    narrow, wide = drawn("binomial"), drawn("negative binomial")
    with pytest.raises(Halt, match="varies more: see the Poisson"):
        NEGATIVE_BINOMIAL.fit(narrow)
    with pytest.raises(Halt, match="no binomial does: see the Poisson"):
        BINOMIAL.fit(wide)


@pytest.mark.parametrize("seed", range(5))
def test_the_negative_binomial_is_at_least_as_likely_as_its_limit_and_its_special_case(seed):
    x = drawn("negative binomial", 100, seed)
    best = NEGATIVE_BINOMIAL.fit(x).log_prob(x).mean()
    assert best >= POISSON.fit(x).log_prob(x).mean()
    assert best >= GEOMETRIC.fit(x).log_prob(x).mean()


@pytest.mark.parametrize("x", [[0.5, 1.0], [-1.0, 2.0], [np.nan, 1.0], [np.inf, 1.0]])
@pytest.mark.parametrize("family", FAMILIES, ids=lambda f: f.name)
def test_what_is_no_count_is_refused(family, x):
    with pytest.raises(Halt, match="law of counts"):
        family.fit(np.array(x))


def test_a_bernoulli_refuses_a_two_and_a_binomial_more_than_its_trials():
    with pytest.raises(Halt, match="up to 1 only"):
        BERNOULLI.fit(np.array([0.0, 1.0, 2.0]))
    with pytest.raises(Halt, match="up to 5 only"):
        discrete.binomial(5).fit(np.array([0.0, 6.0]))


@pytest.mark.parametrize("family", [*FAMILIES, BERNOULLI], ids=lambda f: f.name)
@pytest.mark.parametrize("x", [np.zeros(20), np.ones(20), np.array([]), np.array([3.0]), np.array([0.0, 1e9, 5.0])])
def test_awkward_counts_are_fitted_or_refused(family, x):
    try:
        fitted = family.fit(x)
    except Halt as halt:
        refusal = str(halt)
    else:
        refusal = ""
        assert np.isfinite(fitted.log_prob(x)).all()
    assert not refusal or refusal.endswith(".")


@pytest.mark.parametrize(
    ("x", "kind"),
    [
        (np.array([1.0, 2.0, 1.0]), "binary"),
        (np.array([0.0, 1.0] * 9), "binary"),
        (np.array([-7.5, 3.25]), "binary"),
        (np.full(9, 4.0), "constant"),
        (np.array([]), "constant"),
        (np.array([0.0, 3.0, 2.0, 7.0]), "counts"),
        (drawn("poisson"), "counts"),
        (drawn("binomial"), "counts"),
        (drawn("negative binomial"), "counts"),
        (np.array([43.0, 96.0, 70.0]), "continuous"),  # minutes, rounded
        (np.array([1990.0, 2020.0, 2005.0]), "continuous"),
        (np.array([0.0, 5000.0, 17.0]), "continuous"),
        (np.array([-1.0, 0.0, 1.0]), "continuous"),
        (np.array([0.5, 1.0, 2.0]), "continuous"),
        (np.arange(60.0), "continuous"),  # they number the rows
        (np.arange(60.0) // 2, "counts"),
    ],
)
def test_a_column_is_recognised_and_the_reason_is_a_sentence(x, kind):
    found = recognise(x)
    assert found.kind == kind
    assert found.reason[0].isupper()
    assert found.reason.endswith(".")
    assert found.values == ((x.min(), x.max()) if kind == "binary" else ())


def test_parameters_are_described_in_words():
    assert law("negative binomial").describe("visits") == (("mean", 6.0, "visits"), ("size r", 2.5, ""))
