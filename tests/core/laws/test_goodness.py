"""Distances against scipy's, p-values against uniformity, bands against their promise, and the ranking's identities."""

import numpy as np
import pytest
from scipy import stats
from scipy.special import betaln

from core.evaluation import distances, held_out, metrics
from core.evaluation.distances import NAMES, statistics
from core.key import Key
from core.laws import goodness, ranking
from core.laws.families.continuous import FAMILIES, NAMED, Fitted
from core.mixture.gmm import GMM
from core.process import Halt

NORMAL = Fitted(NAMED["normal"], (3.0, 2.0))


def sample(n, seed=0, fitted=NORMAL):
    return fitted.sample(n, Key(seed) / "goodness" / n)[:, 0]


def row(fitted, x):
    """u and 1 - u of a sample, in order, as one row."""
    x = np.sort(x)
    return fitted.cdf(x)[None], fitted.sf(x)[None]


def last(steps):
    *_, step = steps
    return step.state


# Distances


@pytest.mark.parametrize("n", [5, 50, 700])
@pytest.mark.parametrize("name", ["normal", "gamma", "student t"])
def test_distances_are_scipys(n, name):
    x = np.random.Generator(np.random.PCG64(n)).gamma(2, 2, n)
    fitted = NAMED[name].fit(x)
    ks, ad, cvm, _ = statistics(*row(fitted, x))[0]
    assert ks == pytest.approx(stats.kstest(x, fitted.cdf).statistic, abs=1e-12)
    assert cvm == pytest.approx(stats.cramervonmises(x, fitted.cdf).statistic, abs=1e-10)
    i, order = np.arange(1, n + 1), np.sort(x)
    textbook = -n - np.mean((2 * i - 1) * (np.log(fitted.cdf(order)) + np.log(fitted.sf(order[::-1]))))
    assert ad == pytest.approx(textbook, abs=1e-9)


def test_anderson_darling_for_a_normal_is_scipys():
    x = sample(60)
    fitted = Fitted(NAMED["normal"], (float(x.mean()), float(x.std(ddof=1))))
    theirs = stats.anderson(x, "norm", method="interpolate").statistic
    assert statistics(*row(fitted, x), ("AD",))[0, 0] == pytest.approx(theirs, abs=1e-10)


def test_qq_is_the_least_likely_order_statistic():
    n, x = 30, sample(30)
    u = np.sort(NORMAL.cdf(x))
    tails = [stats.beta.cdf(v, i + 1, n - i) for i, v in enumerate(u)]
    least = min(2 * min(t, 1 - t) for t in tails)
    assert statistics(*row(NORMAL, x), ("QQ",))[0, 0] == pytest.approx(-np.log(least), abs=1e-10)


def test_far_tails_keep_their_digits():
    x = np.array([3.0, 3.0 + 2 * 12, 2.0])  # twelve sigmas: 1 - u is 0 in floating point
    assert statistics(*row(NORMAL, x), ("AD",))[0, 0] > 40 / 3


def test_the_anderson_darling_law_is_that_of_known_samples():
    u = np.sort(np.random.Generator(np.random.PCG64(4)).uniform(size=(4000, 100)), axis=1)
    p = 1 - distances.anderson_darling_cdf(statistics(u, 1 - u, ("AD",))[:, 0])
    assert stats.kstest(p, "uniform").pvalue > 1e-3
    np.testing.assert_allclose(distances.anderson_darling_cdf(np.array([1.933, 2.492])), [0.9, 0.95], atol=2e-5)


@pytest.mark.parametrize("n", [20, 400])
def test_naive_p_values_are_uniform_for_a_law_known_beforehand(n):
    u = np.sort(np.random.Generator(np.random.PCG64(5)).uniform(size=(800, n)), axis=1)
    p = distances.naive(u, statistics(u, 1 - u), NAMES)
    for name, column in zip(NAMES, p.T, strict=True):
        assert stats.kstest(column, "uniform").pvalue > 1e-3, name
        assert abs((column <= 0.05).mean() - 0.05) < 4 * np.sqrt(0.05 * 0.95 / 800), name


@pytest.mark.parametrize("n", [20, 400])
def test_the_naive_p_values_of_scipy(n):
    u = np.sort(np.random.Generator(np.random.PCG64(6)).uniform(size=(5, n)), axis=1) ** 1.1
    p = distances.naive(u, statistics(u, 1 - u), NAMES)
    theirs = [(stats.kstest(r, "uniform").pvalue, stats.cramervonmises(r, "uniform").pvalue) for r in u]
    np.testing.assert_allclose(p[:, [0, 2]], theirs, atol=1e-10)


@pytest.mark.parametrize("n", [1, 7, 100, 101, 5000])
def test_ranks_are_different_order_statistics_with_both_ends(n):
    i = distances.ranks(n)
    assert (np.diff(i) > 0).all()
    assert (i[0], i[-1], len(i)) == (1, n, min(n, 100))
    assert len(distances.ranks(n, (True, True))) == max(0, len(i) - 2)


# p-values


def test_calibrated_p_values_are_uniform_and_naive_ones_are_far_too_large():
    check = last(goodness.check_the_check(NORMAL, 50, Key(1), repeats=400, replicates=99))
    for name, p, plain in zip(NAMES, check.calibrated.T, check.naive.T, strict=True):
        counts = np.histogram(p, np.linspace(0, 1, 11) + 1e-9)[0]
        assert stats.chisquare(counts).pvalue > 1e-3, name
        assert (plain <= 0.05).mean() < 0.01, name
    for share in check.rejected():
        assert abs(share.value - 0.05) < 4 * np.sqrt(0.05 * 0.95 / 400)


@pytest.mark.parametrize("name", ["gamma", "uniform", "student t", "weibull"])
def test_p_values_are_valid_for_other_families(name):
    true = {"gamma": (2.0, 3.0), "uniform": (0.0, 1.0), "student t": (5.0, 0.0, 1.0), "weibull": (1.5, 2.0)}[name]
    check = last(goodness.check_the_check(Fitted(NAMED[name], true), 40, Key(2), repeats=80, replicates=19))
    for statistic, p in zip(NAMES, check.calibrated.T, strict=True):
        # the share's sigma is 0.05; of a law that is not fitted again hardly any p would be so small
        assert abs((p <= 0.25).mean() - 0.25) < 4 * np.sqrt(0.25 * 0.75 / 80), statistic


def test_the_bootstrap_of_a_normal_agrees_with_scipys():
    x = sample(80, 3) ** 2
    state = last(goodness.bootstrap(NAMED["normal"].fit(x), x, Key(0), replicates=999))
    fit = NAMED["normal"].fit(x).parameters
    rng = np.random.Generator(np.random.PCG64(0))
    for name, p, short in zip(NAMES, state.p, ("ks", "ad", "cvm", None), strict=True):
        if short:
            theirs = stats.goodness_of_fit(stats.norm, x, statistic=short, n_mc_samples=499, rng=rng).pvalue
            assert abs(p - theirs) < 5 * np.sqrt((theirs * (1 - theirs) + 0.002) / 499), (name, fit)


def test_a_wrong_law_is_rejected_and_the_right_one_is_not():
    x = np.random.Generator(np.random.PCG64(7)).gamma(2, 3, 300)
    wrong, right = (last(goodness.bootstrap(NAMED[n].fit(x), x, Key(0), replicates=199)) for n in ("normal", "gamma"))
    assert (wrong.p == 1 / 200).all()
    assert (right.p > 0.05).all()


def test_a_test_grows_with_its_replicates():
    x = sample(40)
    steps = list(goodness.bootstrap(NAMED["normal"].fit(x), x, Key(0), replicates=60))
    sizes = [len(step.state.null) for step in steps]
    assert sizes[0] == 0
    assert sizes[-1] == 60
    assert (np.diff(sizes) > 0).all()
    assert steps[-1].metrics["progress"] == 1
    state = steps[-1].state
    k = (state.null >= state.observed).sum(axis=0)
    np.testing.assert_allclose(state.p, (1 + k) / 61)
    np.testing.assert_allclose(state.error, np.sqrt(state.p * (1 - state.p) / 61))
    np.testing.assert_array_equal(steps[0].state.p, 1.0)


def test_the_same_key_gives_the_same_test():
    x = sample(40)
    a, b = (last(goodness.bootstrap(NAMED["gumbel"].fit(x), x, Key(4), replicates=40)) for _ in range(2))
    np.testing.assert_array_equal(a.null, b.null)


def test_a_long_column_is_tested_on_a_part_of_it_fitted_afresh():
    x = sample(5000)
    state = last(goodness.bootstrap(NAMED["normal"].fit(x), x, Key(0), replicates=20))
    assert len(state.x) == goodness.MOST
    assert np.isin(state.x, x).all()
    assert state.fitted.parameters == pytest.approx((state.x.mean(), state.x.std()))


def test_any_law_that_can_be_refitted_can_be_tested():
    class Shifted:
        """A normal with unit variance."""

        def __init__(self, x):
            self.law = Fitted(NAMED["normal"], (float(np.mean(x)), 2.0))
            self.cdf, self.sf, self.ppf, self.sample = self.law.cdf, self.law.sf, self.law.ppf, self.law.sample

    x = sample(50)
    state = last(goodness.bootstrap(Shifted(x), x, Key(0), replicates=40, refit=Shifted))
    assert state.null.shape == (40, 4)
    with pytest.raises(Halt, match="does not say how"):
        next(goodness.bootstrap(Shifted(x), x, Key(0)))


# The band


@pytest.mark.parametrize("n", [20, 150])
def test_the_band_of_a_known_law_holds_95_in_100_samples(n):
    state = next(goodness.bootstrap(NORMAL, sample(n), Key(0))).state
    band = goodness.qq(state, known=True)
    i, repeats = distances.ranks(n), 4000
    draws = np.sort(NORMAL.sample(n * repeats, Key(9)).reshape(repeats, n), axis=1)[:, i - 1]
    inside = ((draws >= band.lower) & (draws <= band.upper)).all(axis=1).mean()
    assert abs(inside - 0.95) < 4 * np.sqrt(0.95 * 0.05 * (1 / repeats + 1 / 2000))


def test_the_band_of_a_fitted_law_holds_95_in_100_samples():
    n, repeats, inside, known = 30, 1500, 0, 0
    band_of = last(
        goodness.bootstrap(NAMED["normal"].fit(sample(n)), sample(n), Key(0), names=("QQ",), replicates=1999)
    )
    for x in NORMAL.sample(n * repeats, Key(10)).reshape(repeats, n):
        law = NAMED["normal"].fit(x)  # a normal's null does not depend on its parameters: one calibration serves all
        test = goodness.Calibrated(("QQ",), law, np.sort(x), band_of.observed, band_of.naive, band_of.null)
        inside += not goodness.qq(test).outside.any()
        known += not goodness.qq(test, known=True).outside.any()
    assert abs(inside / repeats - 0.95) < 4 * np.sqrt(0.95 * 0.05 * (1 / repeats + 1 / 1999))
    assert known / repeats > 0.99  # the band of the books is too wide


def test_points_lie_on_the_line_where_the_sample_is_the_law():
    n = 99
    p = (np.arange(1, n + 1) - 0.5) / n
    state = next(goodness.bootstrap(NORMAL, NORMAL.ppf(p), Key(0))).state
    points = goodness.qq(state)
    np.testing.assert_allclose(points.theoretical, points.observed, atol=1e-12)
    assert not points.outside.any()


def test_the_band_leaves_out_the_ends_that_the_fit_has_pinned():
    x = np.random.Generator(np.random.PCG64(8)).uniform(size=60)
    points = goodness.qq(last(goodness.bootstrap(NAMED["uniform"].fit(x), x, Key(0), replicates=99)))
    assert len(points.observed) == 58
    assert not points.outside.any()


# The ranking


def skewed(name, n=2000):
    parameters = {"gamma": (2.0, 3.0), "lognormal": (5.0, 0.9), "weibull": (3.0, 2.0), "student t": (2.5, 0.0, 1.0)}[
        name
    ]
    return sample(n, 1, Fitted(NAMED[name], parameters))


@pytest.fixture(scope="module")
def heavy():
    """300 values with heavy tails, and every Step of their ranking."""
    x = skewed("student t", 300)
    return x, list(ranking.rank(x, Key(0)))


@pytest.mark.parametrize("name", ["gamma", "lognormal", "student t"])
def test_the_right_family_ranks_first(name):
    rows = last(ranking.rank(skewed(name), Key(0)))
    assert rows[0].name == name
    assert rows[0].behind.value == 0


def test_rows_are_in_order_of_the_held_out_score_with_failures_last(heavy):
    rows = last(heavy[1])
    scores = [r.held_out.value for r in rows if r.fitted]
    assert (np.diff([s for s in scores if np.isfinite(s)]) <= 0).all()
    assert np.isneginf(scores[-2:]).all()  # uniform and beta end at the extremes of what they are fitted to
    assert {r.name for r in rows if r.impossible} == {"uniform", "beta"}
    failed = [r.fitted is None for r in rows]
    assert failed == sorted(failed)
    assert sum(failed) == 6  # the laws of positive values
    assert all(r.note.endswith("are not.") for r in rows if r.fitted is None)


def test_a_table_grows_by_a_row_a_step_and_quick_families_come_first(heavy):
    _, steps = heavy
    assert [len(step.state) for step in steps] == list(range(1, 19))
    assert [step.phase for step in steps] == [*(f.name for f in FAMILIES), "mixture", "kernel"]
    assert steps[0].phase == "normal"
    assert steps[-1].metrics["progress"] == 1


@pytest.mark.parametrize("family", FAMILIES, ids=lambda f: f.name)
def test_criteria_are_the_likelihood_with_its_price(family):
    x = skewed("gamma", 200)
    r = ranking.judge(family, x, Key(0))
    total = r.fitted.log_prob(x).sum()
    assert r.log_likelihood == pytest.approx(total / 200)
    assert r.aic == pytest.approx(2 * r.parameters - 2 * total)
    assert r.bic == pytest.approx(r.parameters * np.log(200) - 2 * total)
    assert r.parameters == len(r.fitted.parameters)


def test_every_family_is_scored_on_the_same_values_it_has_not_seen():
    x, seen = skewed("gamma", 200), []

    class Spy:
        name = title = "spy"

        def fit(self, values):
            seen.append(values)
            return NAMED["gamma"].fit(values)

    r = ranking.judge(Spy(), x, Key(5))
    parts = held_out.parts(len(x))
    for values, part in zip(seen[1:], parts, strict=True):
        np.testing.assert_array_equal(values, np.delete(x, part))
    scores = [NAMED["gamma"].fit(np.delete(x, part)).log_prob(x[part]) for part in parts]
    assert r.held_out == metrics.mean(np.concatenate(scores))


def test_ties_are_by_the_error_of_the_paired_difference(heavy):
    x, steps = heavy
    rows = {r.name: r for r in last(steps) if r.fitted}
    laws = {c.name: c for c in ranking.CONTINUOUS}
    parts = held_out.parts(len(x))
    best = max(rows.values(), key=lambda r: r.held_out.value)
    a, b = (held_out.scores(laws[n].fit, x, parts) for n in (best.name, "normal"))
    assert rows["normal"].behind.value == pytest.approx(metrics.mean(a - b).value)
    assert rows["normal"].behind.error == pytest.approx(metrics.mean(a - b).error)
    assert not rows["normal"].tied
    assert all(r.tied == held_out.tied(r.behind) for r in rows.values() if r.name != best.name)


@pytest.mark.parametrize("n", [1000, 30_000])
def test_of_laws_that_tie_the_simplest_is_recommended(n):
    rows = last(ranking.rank(sample(n, 2), Key(0), [*FAMILIES[:4], NAMED["generalised normal"], NAMED["student t"]]))
    found = [r for r in rows if r.recommended]
    assert [r.name for r in found] == ["normal"]
    assert any(r.tied or r is rows[0] for r in rows if r.parameters == 3)


def test_a_law_that_is_better_by_more_than_its_error_is_recommended_however_many_parameters_it_has(heavy):
    rows = last(ranking.rank(skewed("student t"), Key(0), FAMILIES))
    assert [r.name for r in rows if r.recommended] == ["student t"]


def test_one_value_that_decides_the_ranking_is_named_with_the_scores_without_it():
    two = sample(300, 4) + np.repeat([-3.0, 3.0], 150)
    x = np.append(two, 30.0)  # a kernel estimate sees the two groups and has no bump there
    laws = (NAMED["normal"], ranking.CONTINUOUS[-1])
    normal, kernel = sorted(last(ranking.rank(x, Key(0), laws)), key=lambda r: r.name != "normal")
    assert normal.without.point == kernel.without.point == (30.0,)
    parts = held_out.parts(len(x))
    for row, law in zip((normal, kernel), laws, strict=True):
        scores = held_out.scores(law.fit, x, parts)[x[np.concatenate(parts)] != 30.0]
        assert row.without.score == metrics.mean(scores)
    assert kernel.without.score.value - kernel.held_out.value > 0.5
    assert all(r.without is None for r in last(ranking.rank(two, Key(0), laws)))


def test_a_mixture_can_join_the_table():
    class Mixture:
        name, title = "mixture", "Gaussian mixture"

        def fit(self, x):
            return Single(x)

    class Single:
        count = 2

        def __init__(self, x):
            self.model = GMM(np.ones(1), np.array([[x.mean()]]), np.array([[[x.var()]]]))

        def log_prob(self, x):
            return self.model.log_prob(x[:, None])

    x = sample(200)
    rows = last(ranking.rank(x, Key(0), (NAMED["normal"], Mixture())))
    assert rows[0].held_out.value == pytest.approx(rows[1].held_out.value)
    assert rows[0].bic == pytest.approx(rows[1].bic)


@pytest.mark.parametrize("n", [0, 1, 5, 9])
def test_hardly_any_values_are_no_contest(n):
    rows = last(ranking.rank(sample(n), Key(0), FAMILIES[:3]))
    assert all("too few" in r.problem for r in rows)


def test_a_law_that_fails_without_the_held_out_values_keeps_its_fit():
    x = np.append(np.full(30, 1.0), [2.0, 3.0, 0.5])

    class Fussy:
        name = title = "fussy"

        def fit(self, values):
            if len(values) < len(x):
                raise Halt("Not with so few.")
            return NAMED["normal"].fit(values)

    fussy, normal = Fussy(), NAMED["normal"]
    rows = last(ranking.rank(x, Key(0), (fussy, normal)))
    assert [r.name for r in rows] == ["normal", "fussy"]
    assert np.isfinite(rows[1].bic)
    assert np.isnan(rows[1].held_out.value)
    assert rows[1].problem == "Without the values held out: Not with so few."


def test_the_beta_function_that_the_band_rests_on():
    n, i, u = 9, 4, 0.3
    grid = np.linspace(0, u, 200_001)
    density = np.exp((i - 1) * np.log(np.maximum(grid, 1e-300)) + (n - i) * np.log1p(-grid) - betaln(i, n + 1 - i))
    level = distances.local_level(np.array([[u]]), np.array([i]), n)[0]
    below = np.trapezoid(density, grid)
    assert level == pytest.approx(2 * min(below, 1 - below), abs=1e-8)
