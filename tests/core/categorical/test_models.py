"""Tables of categories: sums are exactly one, products are what they say, and scikit-learn and scipy agree."""

import math

import numpy as np
import pytest
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.stats import chi2_contingency, chisquare
from sklearn.metrics import mutual_info_score
from sklearn.naive_bayes import CategoricalNB

from core.categorical import information, models, truth, unseen
from core.categorical.rows import Rows, cells, every, number, unnumber
from core.key import Key

LAW = truth.outfits()
SIZES = LAW.sizes
FITS = {"full": models.full, "independent": models.independent, "tree": models.chow_liu}
EVERY = every(SIZES)
codes_of = LAW.sample


@pytest.fixture(params=FITS)
def fit(request):
    return FITS[request.param]


@pytest.mark.parametrize("n", [1, 50, 3000])
@pytest.mark.parametrize("alpha", [0.0, 0.01, 1.0, 10.0])
def test_probabilities_of_all_outfits_sum_to_one(fit, n, alpha):
    model = fit(codes_of(n, Key(1)), SIZES, alpha)
    assert math.fsum(np.exp(model.log_prob(EVERY))) == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("alpha", [0.0, 0.5, 1.0])
def test_a_probability_is_the_product_of_its_factors(fit, alpha):
    codes = codes_of(60, Key(2))
    model = fit(codes, SIZES, alpha)
    for code in np.concatenate([codes[:20], EVERY[::300]]):
        product = math.prod(f.value for f in model.factors(code))
        assert product == pytest.approx(float(np.exp(model.log_prob(code[None])[0])), rel=1e-12, abs=0)


@pytest.mark.parametrize("alpha", [0.0, 1.0])
def test_samples_are_as_frequent_as_their_probability_says(fit, alpha):
    model = fit(codes_of(200, Key(3)), SIZES, alpha)
    drawn, p = number(model.sample(40_000, Key(4)), SIZES), np.exp(model.log_prob(EVERY))
    seen = np.bincount(drawn, minlength=len(p))
    assert seen[p == 0].sum() == 0
    often = 40_000 * p >= 5
    counts, expected = seen[often], 40_000 * p[often]
    if not often.all():
        counts, expected = np.append(counts, seen[~often].sum()), np.append(expected, 40_000 * p[~often].sum())
    kept = expected > 0
    assert chisquare(counts[kept], expected[kept] * counts[kept].sum() / expected[kept].sum()).pvalue > 1e-3


def test_a_draw_depends_on_its_key_alone(fit):
    model = fit(codes_of(50, Key(0)), SIZES, 1.0)
    assert np.array_equal(model.sample(30, Key(1)), model.sample(30, Key(1)))
    assert not np.array_equal(model.sample(30, Key(1)), model.sample(30, Key(2)))


@pytest.mark.parametrize("alpha", [1e-9, 0.3, 1.0])
def test_the_independent_product_is_scikit_learns(alpha):
    codes = codes_of(500, Key(5))
    ours = models.independent(codes, SIZES, alpha)
    theirs = CategoricalNB(alpha=alpha, min_categories=list(SIZES)).fit(codes, np.zeros(len(codes)))
    for table, log in zip(ours.tables(), theirs.feature_log_prob_, strict=True):
        np.testing.assert_allclose(table, log[0], rtol=1e-10, atol=1e-12)


def test_free_parameters_are_those_of_the_book():
    codes = codes_of(50, Key(0))
    assert models.full(codes, SIZES, 1.0).parameters == 4031
    assert models.independent(codes, SIZES, 1.0).parameters == 23
    tree = models.chow_liu(codes, SIZES, 1.0)
    edges = [(j, k) for j, k in enumerate(tree.parents) if k >= 0]
    assert tree.parameters == 23 + sum((SIZES[j] - 1) * (SIZES[k] - 1) for j, k in edges)


def test_laplace_puts_almost_all_on_what_was_never_seen():
    table = models.full(codes_of(50, Key(0)), SIZES, 1.0)
    mass = unseen.observed(np.exp(table.log_prob(EVERY)), table)
    assert mass == pytest.approx((4032 - len(table.seen)) / 4082, abs=1e-12)
    assert round(mass, 3) in (0.976, 0.977)


def test_the_tree_is_a_maximum_spanning_tree():
    for seed in range(20):
        weights = Key(seed).generator().random((7, 7))
        weights = weights + weights.T
        order, parents = information.prim(weights)
        best = -minimum_spanning_tree(np.triu(-weights, 1)).sum()
        assert sum(weights[j, k] for j, k in enumerate(parents) if k >= 0) == pytest.approx(best, abs=1e-9)
        assert sorted(order) == list(range(7))
        assert all(order.index(parents[j]) < order.index(j) for j in order[1:])


def test_each_edge_gains_its_mutual_information():
    codes = codes_of(400, Key(6))
    tree, alone = models.chow_liu(codes, SIZES, 0.0), models.independent(codes, SIZES, 0.0)
    gain = (tree.log_prob(codes) - alone.log_prob(codes)).mean()
    pairs = information.mutual(codes, SIZES)
    assert gain == pytest.approx(sum(pairs[j, k] for j, k in enumerate(tree.parents) if k >= 0), abs=1e-12)


def test_information_and_g_test_are_those_of_scikit_learn_and_scipy():
    codes = codes_of(300, Key(7))
    pairs = information.mutual(codes, SIZES)
    for found in information.tested(codes, SIZES):
        i, j = found.one, found.other
        assert pairs[i, j] == pytest.approx(mutual_info_score(codes[:, i], codes[:, j]), abs=1e-12)
        counts = np.zeros((SIZES[i], SIZES[j]))
        np.add.at(counts, (codes[:, i], codes[:, j]), 1)
        counts = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0]
        g, p, freedom, _ = chi2_contingency(counts, correction=False, lambda_="log-likelihood")
        assert (found.g, found.p_value) == (pytest.approx(g, abs=1e-9), pytest.approx(p, abs=1e-9))
        assert found.freedom == freedom


def test_the_switch_changes_the_dependence_and_no_margin():
    together, apart = truth.outfits(True).p, truth.outfits(False).p
    for p, values in zip(zip(*map(information.margins, (together, apart)), strict=True), truth.MARGINS, strict=True):
        np.testing.assert_allclose(p[0], values, atol=1e-15)
        np.testing.assert_allclose(p[1], values, atol=1e-15)
    assert math.fsum(together.ravel()) == pytest.approx(1, abs=1e-14)
    assert information.total_correlation(apart) == pytest.approx(0, abs=1e-12)
    four = np.array([[0.27, 0.08], [0.03, 0.62]])
    assert information.total_correlation(together) == pytest.approx(information.shared(four), abs=1e-12)


def test_the_floor_of_independence_is_the_total_correlation():
    p, alone = LAW.p, truth.outfits(False).p
    assert information.divergence(p, np.log(alone)) == pytest.approx(information.total_correlation(p), abs=1e-12)
    far = models.independent(codes_of(200_000, Key(8)), SIZES, 1.0)
    kl = information.divergence(p.ravel(), far.log_prob(EVERY))
    assert kl == pytest.approx(information.total_correlation(p), abs=5e-4)


def test_without_smoothing_what_was_never_seen_is_impossible():
    codes = codes_of(50, Key(0))
    table = models.full(codes, SIZES, 0.0)
    seen = set(number(codes, SIZES))
    log_p = table.log_prob(EVERY)
    assert all(np.isneginf(log_p[x]) == (x not in seen) for x in range(4032))
    assert set(number(table.sample(500, Key(1)), SIZES)) <= seen
    assert information.divergence(LAW.p.ravel(), log_p) == np.inf


def test_the_unseen_share_is_what_draws_find_on_average():
    p = LAW.p.ravel()
    found = [unseen.observed(p, models.full(codes_of(50, Key(s)), SIZES, 0.0)) for s in range(200)]
    error = np.std(found) / np.sqrt(200)
    assert abs(np.mean(found) - unseen.expected(p, 50)) < 4 * error
    guesses = [unseen.good_turing(models.full(codes_of(50, Key(s)), SIZES, 0.0)) for s in range(200)]
    assert abs(np.mean(guesses) - unseen.expected(p, 49)) < 4 * np.std(guesses) / np.sqrt(200)


def test_a_cell_and_its_number_are_one():
    assert np.array_equal(number(EVERY, SIZES), np.arange(4032))
    assert np.array_equal(unnumber(np.arange(4032), SIZES), EVERY)
    assert cells((60,) * 20) == 60**20


def test_the_full_table_needs_no_room_for_what_was_not_seen():
    sizes = (60,) * 10
    codes = Key(0).generator().integers(0, 60, (500, 10))
    table = models.full(codes, sizes, 1.0)
    assert table.log_prob(codes).max() == pytest.approx(math.log(2 / (500 + 60**10)), abs=1e-9)
    assert table.sample(5, Key(1)).shape == (5, 10)


@pytest.mark.parametrize(
    "broken",
    [
        lambda: models.full(np.zeros((1, 20), int), (60,) * 20, 1.0),
        lambda: models.full(np.zeros((0, 5), int), SIZES, 0.0),
        lambda: models.independent(np.zeros((0, 5), int), SIZES, 0.0),
        lambda: models.chow_liu(codes_of(5, Key(0)), SIZES, -1.0),
        lambda: every((60,) * 20),
        lambda: Rows("a", ("x",), (("p", "q"),), np.array([[2]])),
        lambda: Rows("a", ("x", "y"), (("p", "q"),), np.array([[0]])),
    ],
)
def test_what_cannot_be_fitted_says_why_in_a_sentence(broken):
    with pytest.raises(ValueError, match=r"^\w.{19,}\.$"):
        broken()


def test_no_rows_and_smoothing_is_the_uniform_law(fit):
    model = fit(np.zeros((0, 5), dtype=int), SIZES, 1.0)
    np.testing.assert_allclose(model.log_prob(EVERY), -math.log(4032), atol=1e-12)


def test_a_longer_draw_of_outfits_begins_with_the_shorter():
    assert np.array_equal(truth.observed(50, True, Key(1)).codes, truth.observed(500, True, Key(1)).codes[:50])
