"""Products of pixels, their mixtures and the tree: identities, oracles and the anchors on the digits."""

import itertools

import numpy as np
import pytest
from scipy.stats import chisquare
from sklearn.metrics import mutual_info_score
from sklearn.naive_bayes import CategoricalNB

from core.categorical import information, models, pairs, products
from core.data import images
from core.key import Key
from core.process import Halt


@pytest.fixture(scope="module")
def digits():
    """Rows to count, labels, and rows to judge by, as ANCHORS B1 splits them."""
    pictures = images.load("digits")
    x = pictures.pixels.reshape(len(pictures), -1).astype(np.int64)
    train, val, test = pictures.split
    seen = np.concatenate([train, val])
    return x[train], x[val], x[seen], pictures.labels[seen], x[test]


def small(n=60, d=3, levels=3, key=Key(4)):  # noqa: B008
    return key.generator().integers(0, levels, (n, d)) * key.generator().integers(0, 2, (n, 1))


def every(d, levels):
    return np.array(list(itertools.product(range(levels), repeat=d)))


def test_a_class_told_product_is_scikit_learns_naive_bayes_with_the_class_summed_out(digits):
    _, _, seen, labels, test = digits
    oracle = CategoricalNB(alpha=0.3, min_categories=17).fit(seen, labels)
    joint = oracle.predict_joint_log_proba(test)
    mine = products.told(seen, labels, 17, 0.3)
    np.testing.assert_allclose(mine.log_joint(products.indicators(test, 17)), joint, atol=1e-8)
    alone = CategoricalNB(alpha=0.3, min_categories=17).fit(seen, np.zeros(len(seen)))
    np.testing.assert_allclose(
        products.independent(seen, 17, 0.3).log_prob(test), alone.predict_joint_log_proba(test)[:, 0], atol=1e-8
    )
    assert np.allclose(
        products.independent(seen, 17, 0.3).log_prob(test),
        models.independent(seen, (17,) * 64, 0.3).log_prob(test),
    )


def test_the_anchors_of_the_digits_are_reached(digits):
    train, val, seen, labels, test = digits
    nats = {
        "independent": -products.independent(seen, 17, 0.3).log_prob(test).mean(),
        "told": -products.told(seen, labels, 17, 0.3).log_prob(test).mean(),
        "tree": -pairs.tree(seen, 17, 0.3).log_prob(test).mean(),
    }
    *_, last = products.fit(products.Config(), train, 17, val, Key(0) / "pixels" / "start")
    nats["mixture"] = -last.state.log_prob(test).mean()
    best = {"independent": 107.9, "told": 98.7, "mixture": 97.8, "tree": 97.1}
    assert all(round(nats[name], 1) <= best[name] for name in best), nats
    assert nats["independent"] == pytest.approx(107.9, abs=0.05)


def test_probabilities_of_three_pixels_sum_to_one_by_brute_force_and_draws_agree():
    x, labels = small(), np.arange(60) % 2
    cells = every(3, 3)
    *_, mixed = products.fit(products.Config(4, 0.2), x[:40], 3, x[40:], Key(1))
    for model in (
        products.independent(x, 3, 0.2),
        products.told(x, labels, 3, 0.2),
        mixed.state,
        pairs.tree(x, 3, 0.2),
    ):
        p = np.exp(model.log_prob(cells))
        assert p.sum() == pytest.approx(1, abs=1e-12)
        drawn = model.sample(20_000, Key(2)) @ [9, 3, 1]
        assert chisquare(np.bincount(drawn, minlength=27), p * 20_000).pvalue > 1e-3


def test_log_prob_is_the_sum_over_components_by_hand():
    *_, step = products.fit(products.Config(3, 0.5), small(), 3, small(20), Key(1))
    theta, w = np.exp(step.state.log_theta), np.exp(step.state.log_weights)
    x = small(10, key=Key(9))
    by_hand = [sum(w[k] * np.prod([theta[k, j, row[j]] for j in range(3)]) for k in range(3)) for row in x]
    np.testing.assert_allclose(np.exp(step.state.log_prob(x)), by_hand)
    assert step.state.parameters == 2 + 3 * 3 * 2


@pytest.mark.parametrize("alpha", [0.01, 0.3, 2.0])
def test_em_never_falls_and_its_last_step_is_made_of_the_best(digits, alpha):
    train, val, _, _, _ = digits
    *steps, last = products.fit(products.Config(12, alpha), train[:300], 17, val, Key(3))
    risen = [step.metrics[products.OBJECTIVE] for step in steps]
    assert np.diff(risen).min() > -1e-9
    held = np.array([step.metrics[products.HELD_OUT] for step in steps])
    assert products.PATIENCE < len(steps) < 61, "it ends by itself"
    assert held.argmax() == len(steps) - 1 - products.PATIENCE
    best = steps[int(held.argmax())].state
    ones = products.indicators(np.concatenate([train[:300], val]), 17)
    again = products.maximise(ones, products.posterior(best, ones)[0], 17, alpha)
    np.testing.assert_allclose(last.state.log_theta, again.log_theta)
    assert last.phase == "all"


def test_em_begins_from_the_best_of_some_starts(digits):
    train, val, _, _, _ = digits
    ones, others = products.indicators(train[:300], 17), products.indicators(val, 17)
    config, key = products.Config(12), Key(3)

    def scouted(model):
        for _ in range(products.SCOUT):
            model = products.maximise(ones, products.posterior(model, ones)[0], 17, config.alpha)
        return products.posterior(model, others)[1]

    starts = [products.begin(config, train[:300], ones, 17, key / i) for i in range(products.STARTS)]
    best = max(map(scouted, starts))
    assert best > scouted(starts[0]) + 0.1, "the first is not the best"
    assert scouted(products.chosen(config, train[:300], 17, ones, others, key)) == best


def test_one_component_is_the_independent_product_and_the_same_key_the_same_fit():
    x = small(50)
    *_, one = products.fit(products.Config(1, 0.3), x[:40], 3, x[40:], Key(0))
    np.testing.assert_allclose(one.state.log_theta, products.independent(x, 3, 0.3).log_theta)
    first, again = (list(products.fit(products.Config(3, 0.3), x, 3, x, Key(5)))[-1] for _ in range(2))
    np.testing.assert_array_equal(first.state.log_theta, again.state.log_theta)


def test_mutual_information_of_all_pairs_is_scikit_learns_and_the_one_by_one_count(monkeypatch):
    x = small(200, 6, 4)
    for block in (1, 1 << 22):
        monkeypatch.setattr(pairs, "BLOCK", block)
        found = pairs.mutual(x, 4)
        for i, j in itertools.product(range(6), repeat=2):
            assert found[i, j] == pytest.approx(mutual_info_score(x[:, i], x[:, j]), abs=1e-9)
        off = found - np.diag(found.diagonal())
        np.testing.assert_allclose(off, information.mutual(x, (4,) * 6), atol=1e-9)
    for pixel in range(6):
        np.testing.assert_allclose(pairs.with_one(x, 4, pixel), found[pixel], atol=1e-9)


def test_the_tree_of_pixels_is_chow_and_lius(digits):
    _, _, seen, _, test = digits
    mine, other = pairs.tree(seen, 17, 0.3), models.chow_liu(seen, (17,) * 64, 0.3)
    assert pairs.coarse(seen, 17)[1] == 17
    kept = information.mutual(seen, (17,) * 64)
    assert sum(kept[j, k] for j, k in enumerate(mine.parents) if k >= 0) == pytest.approx(
        sum(kept[j, k] for j, k in enumerate(other.parents) if k >= 0)
    )
    assert mine.log_prob(test).mean() == pytest.approx(other.log_prob(test).mean(), abs=0.2)


def test_where_pixels_are_many_the_edges_are_chosen_at_fewer_levels():
    x = np.arange(256).reshape(2, 128) % 17
    assert pairs.coarse(x, 17)[1] == 17
    wide = np.tile(x, (1, 24))
    few, levels = pairs.coarse(wide, 17)
    assert levels == 2
    np.testing.assert_array_equal(few, wide * 2 // 17)
    assert pairs.coarse(np.tile(wide, (1, 2)), 17)[1] == 2


@pytest.mark.parametrize("model", [products.independent, pairs.tree])
def test_nothing_to_count_or_no_smoothing_is_one_sentence(model):
    with pytest.raises(ValueError, match=r"pictures|count"):
        model(np.zeros((0, 3), dtype=np.int64), 3, 0.3)
    for alpha in (0.0, np.nan, -1.0):
        with pytest.raises(ValueError, match=r"(?i)alpha"):
            model(small(), 3, alpha)


def test_too_few_pictures_and_wrong_levels_are_one_sentence():
    with pytest.raises(Halt, match="too few for 20"):
        next(products.fit(products.Config(), small(5), 3, small(5), Key(0)))
    with pytest.raises(ValueError, match="levels are 0 to 1"):
        products.indicators(small(), 2)
