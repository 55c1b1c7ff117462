"""Sixteen laws against scipy's fits and densities, their own equations, and the equivariance every fit owes."""

import re
import warnings

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from core.key import Key
from core.laws.families import fits, forms
from core.laws.families.continuous import FAMILIES, NAMED, Fitted
from core.process import Halt

EVERY = pytest.mark.parametrize("family", FAMILIES, ids=lambda f: f.name)
SCIPY = {  # our parameters as a frozen law of scipy's, written out again
    "normal": lambda mean, sd: stats.norm(mean, sd),
    "exponential": lambda mean: stats.expon(0, mean),
    "uniform": lambda low, high: stats.uniform(low, high - low),
    "lognormal": lambda median, sigma: stats.lognorm(sigma, 0, median),
    "pareto": lambda a, least: stats.pareto(a, 0, least),
    "laplace": lambda median, scale: stats.laplace(median, scale),
    "gamma": lambda shape, scale: stats.gamma(shape, 0, scale),
    "inverse gamma": lambda shape, scale: stats.invgamma(shape, 0, scale),
    "beta": lambda a, b, low, high: stats.beta(a, b, low, high - low),
    "gumbel": lambda mode, scale: stats.gumbel_r(mode, scale),
    "logistic": lambda centre, scale: stats.logistic(centre, scale),
    "weibull": lambda shape, scale: stats.weibull_min(shape, 0, scale),
    "cauchy": lambda centre, scale: stats.cauchy(centre, scale),
    "student t": lambda nu, centre, scale: stats.t(nu, centre, scale),
    "skew-normal": lambda shape, place, scale: stats.skewnorm(shape, place, scale),
    "generalised normal": lambda b, centre, scale: stats.gennorm(b, centre, scale),
}
TRUE = {  # a member of each family to draw from
    "normal": (12.0, 3.0),
    "exponential": (4.0,),
    "uniform": (-2.0, 5.0),
    "lognormal": (7.0, 0.6),
    "pareto": (2.5, 1.5),
    "laplace": (1.0, 2.0),
    "gamma": (2.5, 3.0),
    "inverse gamma": (3.5, 4.0),
    "beta": (2.0, 5.0, 0.0, 1.0),
    "gumbel": (-3.0, 2.0),
    "logistic": (5.0, 0.7),
    "weibull": (1.7, 6.0),
    "cauchy": (2.0, 1.2),
    "student t": (4.0, -1.0, 2.0),
    "skew-normal": (4.0, 1.0, 2.0),
    "generalised normal": (1.6, 3.0, 2.0),
}
PINNED = {"uniform": {0, 1}, "pareto": {1}, "beta": {2, 3}, "laplace": {0}}  # parameters where no slope need vanish


def law(name):
    return Fitted(NAMED[name], TRUE[name])


def drawn(name, n, seed=0):
    return law(name).sample(n, Key(seed) / name / n)[:, 0]


def columns():
    """Columns of several shapes: symmetric, skewed, heavy, flat, two hills, few values."""
    yield from ((name, drawn(name, 300)) for name in ("normal", "gamma", "student t", "uniform", "lognormal"))
    yield "two hills", np.concatenate([drawn("normal", 100), drawn("normal", 60, 1) + 15])
    yield "ten values", drawn("gumbel", 10)


COLUMNS = dict(columns())


def mean_log_likelihood(family, x, theta):
    return family.call("logpdf", x, np.asarray(theta, dtype=float)).mean()


def fit_or_skip(family, x):
    """The fit; skipped only where some value lies outside what the family says it takes, so no other refusal passes."""
    outside = {"positive": (x <= 0).any(), "non-negative": (x < 0).any()}
    if outside.get(family.support, False):
        with pytest.raises(Halt, match="takes values"):
            family.fit(x)
        pytest.skip(f"{family.title} takes no such values.")
    return family.fit(x)


def scipys_fit(family, x, ours):
    """scipy's maximum under our constraints; None where it fails."""
    fixed = {"floc": 0} if family.support in ("positive", "non-negative") else {}
    if family.name == "beta":
        fixed = {"floc": ours.parameters[2], "fscale": ours.parameters[3] - ours.parameters[2]}
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            found = family.law.fit(x, **fixed)
        except (stats.FitError, RuntimeError):
            return None
        return found, family.law.logpdf(x, *found).mean()


# The table


def test_there_are_sixteen_families_under_their_own_names():
    assert len(FAMILIES) == len(NAMED) == 16
    assert set(NAMED) == set(SCIPY)


@EVERY
def test_log_density_and_distribution_function_are_scipys(family):
    ours, theirs = law(family.name), SCIPY[family.name](*TRUE[family.name])
    x = np.concatenate([drawn(family.name, 500), np.linspace(-20, 20, 41)])
    np.testing.assert_allclose(ours.log_prob(x), theirs.logpdf(x), rtol=0, atol=1e-10)
    np.testing.assert_allclose(ours.cdf(x), theirs.cdf(x), rtol=0, atol=1e-12)
    np.testing.assert_allclose(ours.sf(x), theirs.sf(x), rtol=0, atol=1e-12)


@EVERY
def test_the_density_integrates_to_one(family):
    fitted = family.fit(drawn(family.name, 400))
    ends = fitted.ppf(np.array([1e-7, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 0.999, 0.9999, 1 - 1e-7]))

    def density(v):
        return float(np.exp(fitted.log_prob(np.array([v])))[0])

    mass = sum(integrate.quad(density, a, b, epsabs=1e-11)[0] for a, b in zip(ends[:-1], ends[1:], strict=True))
    assert mass == pytest.approx(1 - 2e-7, abs=1e-7)


@EVERY
def test_quantiles_invert_the_distribution_function(family):
    p = np.linspace(0.01, 0.99, 25)
    np.testing.assert_allclose(law(family.name).cdf(law(family.name).ppf(p)), p, atol=1e-9)


@EVERY
def test_draws_follow_the_law_and_depend_on_the_key_alone(family):
    x = law(family.name).sample(4000, Key(3))
    assert x.shape == (4000, 1)
    assert stats.kstest(x[:, 0], law(family.name).cdf).pvalue > 1e-3
    np.testing.assert_array_equal(x, law(family.name).sample(4000, Key(3)))


@EVERY
def test_columns_and_lists_of_values_are_the_same(family):
    x = drawn(family.name, 200)
    assert family.fit(x[:, None]).parameters == family.fit(x).parameters
    np.testing.assert_array_equal(family.fit(x).log_prob(x), family.fit(x).log_prob(x[:, None]))


@EVERY
def test_parameters_are_described_in_words_with_their_unit(family):
    for word, value, unit in family.fit(drawn(family.name, 50)).describe("min"):
        assert np.isfinite(value)
        assert unit == ("" if dict(family.words)[word] == "number" else "min")


# The maximum


@EVERY
@pytest.mark.parametrize("column", COLUMNS)
def test_no_fit_of_scipys_is_more_likely(family, column):
    x = COLUMNS[column]
    ours = fit_or_skip(family, x)
    theirs = scipys_fit(family, x, ours)
    if theirs is None:
        return
    found, best = theirs
    bounds = {side: bound for side, _, bound, _ in family.limits}
    if not bounds.get("least", -np.inf) <= found[0] <= bounds.get("most", np.inf):
        assert ours.note  # theirs is not under our constraint: our parameter is at its bound, and says so
    else:
        assert ours.log_prob(x).mean() >= best - 1e-6


@EVERY
@pytest.mark.parametrize("column", COLUMNS)
def test_the_slope_at_the_maximum_is_zero(family, column):
    x = COLUMNS[column]
    ours = fit_or_skip(family, x)
    theta, walled = ours.theta, bool(ours.note)
    for i in range(family.count):
        if i in PINNED.get(family.name, set()) or (walled and i == 0):
            continue
        if family.name == "generalised normal" and (i == 1 or walled):
            continue  # a cusp at every value
        unit = x.std() if family.words[i][1] != "number" else max(abs(theta[i]), 0.1)
        h = 1e-5 * unit * np.eye(len(theta))[i]
        up, down = (mean_log_likelihood(family, x, theta + s * h) for s in (1, -1))
        assert abs(up - down) / 2e-5 < 1e-4, family.words[i]


@pytest.mark.parametrize("seed", range(4))
def test_the_generalised_normal_is_most_likely_among_all_centres_and_exponents(seed):
    x = drawn("laplace", 60, seed)
    ours = NAMED["generalised normal"].fit(x)
    best = -np.inf
    for b in np.linspace(1, 3, 41):
        for m in np.concatenate([x, np.linspace(*np.quantile(x, [0.3, 0.7]), 200)]):
            s = (b * (np.abs(x - m) ** b).mean()) ** (1 / b)
            best = max(best, stats.gennorm.logpdf(x, b, m, s).mean())
    assert ours.log_prob(x).mean() >= best - 1e-9


@pytest.mark.parametrize("n", [200, 20_000])
@pytest.mark.parametrize("seed", range(3))
def test_the_skew_normal_does_not_rest_on_the_saddle_where_it_is_normal(n, seed):
    x = drawn("normal", n, seed)
    gain = NAMED["skew-normal"].fit(x).log_prob(x).mean() - NAMED["normal"].fit(x).log_prob(x).mean()
    lost = scipys_fit(NAMED["skew-normal"], x, None)[1] - NAMED["skew-normal"].fit(x).log_prob(x).mean()
    assert gain > -1e-9
    assert lost < 1e-6


@EVERY
def test_parameters_are_recovered_from_twenty_thousand_draws(family):
    n, theta = 20_000, np.array(TRUE[family.name])
    x = drawn(family.name, n)
    ends = PINNED.get(family.name, set()) if family.name != "laplace" else set()
    free = [i for i in range(family.count) if i not in ends]
    h = 1e-4 * np.maximum(np.abs(theta), 0.1)
    scores = np.array(
        [
            (family.call("logpdf", x, theta + h * e) - family.call("logpdf", x, theta - h * e)) / (2 * h[i])
            for i, e in ((i, np.eye(len(theta))[i]) for i in free)
        ]
    )
    found = family.fit(x).theta
    if free:
        error = np.sqrt(np.diag(np.linalg.inv(scores @ scores.T / n)) / n)
        assert (np.abs(found - theta)[free] < 5 * error).all(), (found, error)
    np.testing.assert_allclose(found, theta, rtol=0.2, atol=0.05)


@EVERY
def test_many_data_sets_at_a_time_are_fitted_as_one_at_a_time(family):
    x = law(family.name).sample(5 * 40, Key(8)).reshape(5, 40)
    together, slope = family.estimate(x)
    alone = np.concatenate([family.estimate(row[None])[0] for row in x])
    np.testing.assert_allclose(together, alone, rtol=1e-4, atol=1e-5)
    assert (slope < 1e-5).all()


@pytest.mark.parametrize("name", ["student t", "skew-normal", "generalised normal", "gumbel", "logistic", "cauchy"])
def test_a_long_column_is_climbed_on_all_its_values(name):
    x = drawn(name, fits.MANY + 5_000)
    ours = NAMED[name].fit(x)
    assert ours.note == ""
    assert ours.log_prob(x).mean() >= scipys_fit(NAMED[name], x, ours)[1] - 1e-6


# The derivatives that a climb rests on

KERNELS = {
    "logistic": fits.logistic,
    "cauchy": fits.cauchy,
    "gumbel": fits.gumbel,
    "student t": fits.student,
    "skew-normal": fits.skew_normal,
}


def kernel_of(name, monkeypatch):
    """The kernel that an estimator hands to `location_scale`."""
    if name.startswith("generalised"):
        return forms._generalised_kernel(smooth=name.endswith("smooth"))
    seen = []

    def spy(x, kernel, starts, *rest):
        seen.append(kernel)
        return np.ones((len(x), 3)), np.zeros(len(x))

    monkeypatch.setattr(fits, "location_scale", spy)
    KERNELS[name](drawn("normal", 20)[None])
    return seen[0]


@pytest.mark.parametrize("name", [*KERNELS, "generalised, Fisher", "generalised, smooth"])
@pytest.mark.parametrize("a", [0.75, 1.3])
def test_the_derivatives_of_a_kernel_are_those_of_its_differences(name, a, monkeypatch):
    kernel = kernel_of(name, monkeypatch)
    z, a, h = np.linspace(-2.05, 3.05, 40)[None], np.array([[a]]), 1e-5
    g, g_z, g_zz, *shape = kernel(z, a)

    def slope(which, in_shape):
        dz, da = (0, h) if in_shape else (h, 0)
        return (kernel(z + dz, a + da)[which] - kernel(z - dz, a - da)[which]) / (2 * h)

    np.testing.assert_allclose(g_z, slope(0, False), rtol=1e-6, atol=1e-7)
    curved, scale = (g_zz[0], z**2) if isinstance(g_zz, tuple) else (g_zz, 1)
    np.testing.assert_allclose(curved, scale * slope(1, False), rtol=1e-6, atol=1e-7)
    if shape:
        g_a, g_za, g_aa = shape
        np.testing.assert_allclose(g_a, slope(0, True), rtol=1e-6, atol=1e-7)
        np.testing.assert_allclose(np.broadcast_to(g_za, z.shape), slope(1, True), rtol=1e-6, atol=1e-7)
        np.testing.assert_allclose(g_aa, slope(3, True), rtol=1e-6, atol=1e-7)


# Units


@pytest.mark.parametrize("family", [f for f in FAMILIES if f.support in ("real", "interval")], ids=lambda f: f.name)
@settings(max_examples=25)
@given(shift=st.floats(-1e3, 1e3), log_scale=st.floats(-5, 5), seed=st.integers(0, 5))
def test_fits_follow_shifts_and_stretches(family, shift, log_scale, seed):
    x, scale = 10 + drawn("student t", 40, seed), float(np.exp(log_scale))
    assume(family.name != "beta" or (scale * x + shift).min() <= 0 or (scale * x + shift).max() >= 1)
    before, after = family.fit(x), family.fit(scale * x + shift)
    np.testing.assert_allclose(
        after.log_prob(scale * x + shift).mean(),
        before.log_prob(x).mean() - log_scale,
        atol=1e-6 * (1 + abs(shift) / scale),
    )
    np.testing.assert_allclose(
        before.rescaled(shift, scale).log_prob(scale * x + shift), before.log_prob(x) - log_scale, atol=1e-6
    )


@pytest.mark.parametrize(
    "family", [f for f in FAMILIES if f.support in ("positive", "non-negative")], ids=lambda f: f.name
)
@settings(max_examples=25)
@given(log_scale=st.floats(-8, 8), seed=st.integers(0, 5))
def test_fits_of_positive_values_follow_stretches(family, log_scale, seed):
    x, scale = drawn("gamma", 40, seed), float(np.exp(log_scale))
    before, after = family.fit(x), family.fit(scale * x)
    np.testing.assert_allclose(after.theta, before.rescaled(0.0, scale).theta, rtol=1e-6)
    np.testing.assert_allclose(after.log_prob(scale * x), before.log_prob(x) - log_scale, atol=1e-6)


@pytest.mark.parametrize("name", ["normal", "student t", "gumbel", "logistic", "laplace"])
def test_a_law_is_carried_to_other_units_as_its_data_are(name):
    x = drawn("student t", 100)
    a, b = NAMED[name].fit(x).rescaled(np.array([5.0]), np.array([2.0])), NAMED[name].fit(2 * x + 5)
    np.testing.assert_allclose(a.theta, b.theta, rtol=1e-5)


@pytest.mark.parametrize(("name", "shift", "scale"), [("gamma", 1.0, 2.0), ("normal", 0.0, -1.0)])
def test_a_move_that_leaves_the_family_is_refused(name, shift, scale):
    with pytest.raises(ValueError, match="cannot be carried"):
        law(name).rescaled(shift, scale)


# Where there is no fit


@pytest.mark.parametrize("family", [f for f in FAMILIES if f.support == "positive"], ids=lambda f: f.name)
@pytest.mark.parametrize("bad", [0.0, -1.0])
def test_positive_laws_refuse_values_outside_with_a_sentence(family, bad):
    with pytest.raises(Halt, match=r"takes values above 0 only, and 1 of 21 are not\."):
        family.fit(np.append(drawn("gamma", 20), bad))


def test_the_exponential_takes_zero_but_nothing_below():
    NAMED["exponential"].fit(np.append(drawn("gamma", 20), 0.0))
    with pytest.raises(Halt, match="0 or above"):
        NAMED["exponential"].fit(np.append(drawn("gamma", 20), -1e-9))


AWKWARD = {
    "none": np.empty(0),
    "one": np.array([1.0]),
    "two": np.array([1.0, 2.0]),
    "constant": np.full(30, 7.3),
    "all but constant": 1e6 + np.arange(30) * 1e-9,
    "one apart": np.append(np.full(30, 2.0), 3.0),
    "two values": np.repeat([1.0, 2.0], 20),
    "mostly tied": np.append(np.full(25, 2.0), drawn("gamma", 25)),
    "not finite": np.append(drawn("gamma", 20), np.inf),
    "missing": np.append(drawn("gamma", 20), np.nan),
    "huge": drawn("gamma", 20) * 1e120,
    "large": drawn("gamma", 20) * 1e90,
    "tiny": drawn("gamma", 20) * 1e-120,
    "small": drawn("gamma", 20) * 1e-90,
    "far away": 1.7e9 + drawn("normal", 50),
    "an outlier": np.append(drawn("gamma", 50), 1e12),
    "whole numbers": np.round(drawn("gamma", 200)) + 1,
    "grid": np.arange(1.0, 101.0),
}


@EVERY
@pytest.mark.parametrize("column", AWKWARD)
def test_awkward_columns_are_fitted_or_refused_by_a_sentence(family, column):
    x, fitted, refusal = AWKWARD[column], None, ""
    try:
        fitted = family.fit(x)
    except Halt as halt:
        refusal = str(halt)
    if fitted is None:
        assert re.fullmatch(r"[A-Z0-9].{19,}\.", refusal)
    else:
        assert np.isfinite(fitted.log_prob(x)).all()
        assert np.isfinite(fitted.parameters).all()


@pytest.mark.parametrize("name", ["cauchy", "student t"])
def test_a_spike_on_ties_is_not_a_fit(name):
    with pytest.raises(Halt, match="no top"):
        NAMED[name].fit(np.append(np.full(60, 2.0), drawn("gamma", 25)))


@pytest.mark.parametrize(
    ("name", "column", "words"),
    [
        ("student t", np.linspace(-1, 1, 200), "as light as the normal"),
        ("skew-normal", np.abs(drawn("normal", 300) - 12), "half-normal"),
        ("generalised normal", drawn("student t", 300) ** 3, "Laplace"),
        ("generalised normal", np.linspace(0, 1, 1000), "uniform"),
    ],
)
def test_a_parameter_at_its_bound_is_noted(name, column, words):
    assert words in NAMED[name].fit(column).note


@pytest.mark.parametrize("x", [drawn("beta", 200), 10 * drawn("beta", 200)], ids=["proportions", "any values"])
def test_a_beta_lives_on_proportions_or_just_beyond_the_data(x):
    low, high = NAMED["beta"].fit(x).parameters[2:]
    margin = np.ptp(x) / (len(x) - 1)
    assert (low, high) == ((0, 1) if x.max() < 1 else pytest.approx((x.min() - margin, x.max() + margin)))


def test_the_laplace_is_the_peaked_end_of_the_generalised_normal():
    x = drawn("student t", 100) ** 3
    peaked, laplace = NAMED["generalised normal"].fit(x), NAMED["laplace"].fit(x)
    assert peaked.parameters[0] == 1.0
    assert peaked.log_prob(x).mean() == pytest.approx(laplace.log_prob(x).mean(), abs=1e-9)


def test_kinds_of_estimates_agree_where_laws_are_related():
    x = drawn("gamma", 200)
    shape, scale = NAMED["inverse gamma"].fit(1 / x).parameters
    assert (shape, 1 / scale) == pytest.approx(NAMED["gamma"].fit(x).parameters)
    median, sigma = NAMED["lognormal"].fit(x).parameters
    assert (np.log(median), sigma) == pytest.approx(NAMED["normal"].fit(np.log(x)).parameters)
