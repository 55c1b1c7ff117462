"""Every point is scored once by a fit that has not seen it, and one point that decides a ranking is found."""

from types import SimpleNamespace

import numpy as np
import pytest

from core.evaluation import held_out, metrics
from core.evaluation.metrics import Estimate
from core.key import Key


def normal(x):
    """The normal law of values, as a way of fitting."""
    mean, sd = x.mean(), x.std()
    return SimpleNamespace(log_prob=lambda at: -0.5 * ((at - mean) / sd) ** 2 - np.log(sd) - 0.5 * np.log(2 * np.pi))


def draws(n, seed=0):
    return (Key(seed) / "draws").generator().normal(size=n)


@pytest.mark.parametrize("n", [10, 57, 1000])
def test_every_point_is_held_out_once(n):
    parts = held_out.parts(n)
    assert len(parts) == 5
    assert np.array_equal(np.sort(np.concatenate(parts)), np.arange(n))
    assert max(map(len, parts)) - min(map(len, parts)) <= 1
    assert all((np.diff(part) > 0).all() for part in parts)


def test_few_points_are_not_cut_and_of_many_one_fifth_is_held_out():
    assert held_out.parts(9) == ()
    assert [len(part) for part in held_out.parts(10_002)] == [2001]
    assert len(held_out.parts(100, folds=2)) == 2


def test_the_score_is_that_of_the_fit_to_the_rest():
    x = draws(50)
    scores = held_out.scores(normal, x, held_out.parts(50))
    by_point = dict(zip(np.concatenate(held_out.parts(50)).tolist(), scores, strict=True))
    for part in held_out.parts(50):
        for i in part:
            assert by_point[i] == pytest.approx(normal(np.delete(x, part)).log_prob(x[i]))


def test_the_expected_score_of_a_normal_law_is_known():
    """E log p(x; mu, s) with m values fitted: -log(2 pi)/2 - E[log s] - (m + 1) / (2 (m - 3)) in the mean over samples."""
    n, m = 40, 32
    found = [held_out.scores(normal, draws(n, seed), held_out.parts(n)).mean() for seed in range(1500)]
    chi2 = (Key(1) / "chi2").generator().chisquare(m - 1, 400_000)
    exact = -0.5 * np.log(2 * np.pi) - 0.5 * np.log(chi2 / m).mean() - 0.5 * (m + 1) / (m - 3)
    estimate = metrics.mean(np.array(found))
    assert abs(estimate.value - exact) < 4 * estimate.error


def test_a_point_without_density_rules_a_law_out():
    assert held_out.average(np.array([-1.0, -np.inf])).value == -np.inf
    apart = held_out.behind(np.array([-1.0, -1.0]), np.array([-1.0, -np.inf]))
    assert apart.value == np.inf
    assert not held_out.tied(apart)


def test_what_is_tied():
    assert held_out.tied(Estimate(0.01, 0.02))
    assert held_out.tied(Estimate(1e-5, 1e-7))  # known to differ, and to no effect
    assert not held_out.tied(Estimate(0.02, 0.01))
    assert not held_out.tied(held_out.NOTHING)


def test_a_law_that_a_few_points_cost_everything_is_tied_with_none():
    """One point's loss c among h: distance c / h, and its standard error as large, however large c is."""
    loss = np.append(np.full(99, -0.01), 200.0)
    apart = held_out.behind(loss, np.zeros(100))
    assert apart.error >= apart.value
    assert not held_out.tied(apart)


def costly(h, cost):
    """Scores of two laws: the second is better by 0.1 at every point but number 7, which costs it `cost`."""
    base = draws(h) - 2
    better = base + 0.1 + 0.01 * draws(h, 1)
    better[7] = base[7] - cost
    return np.stack([base, better])


def test_a_point_that_decides_is_found_and_one_that_does_not_is_not():
    found = costly(1000, 137.0)
    assert held_out.decisive(found) == 7
    assert found[0].mean() > found[1].mean()
    assert np.delete(found[0], 7).mean() < np.delete(found[1], 7).mean()
    assert held_out.decisive(costly(1000, 2.0)) is None


def test_moves_are_those_of_leaving_each_point_out():
    apart = draws(60).reshape(2, 30)
    for k in range(2):
        for i in range(30):
            left = metrics.mean(np.delete(apart[k], i))
            by_hand = abs(apart[k].mean() - left.value) / left.error
            assert held_out.moves(apart)[k, i] == pytest.approx(by_hand)


def test_the_one_point_that_rules_out_a_law_as_good_decides():
    assert held_out.decisive(costly(100, np.inf)) == 7
    far = np.stack([draws(100), draws(100) - 5.0])
    far[1, 7] = -np.inf
    assert held_out.decisive(far) is None  # it is out of the race without that point, too


def test_normal_scores_are_hardly_ever_decided_by_one_point():
    decided = [held_out.decisive(np.stack([draws(200, s), draws(200, s + 1000)])) for s in range(300)]
    assert sum(i is not None for i in decided) == 0


def test_one_law_or_hardly_any_points_decide_nothing():
    assert held_out.decisive(draws(50)[None]) is None
    assert held_out.decisive(np.zeros((2, 2))) is None
    assert held_out.decisive(np.zeros((3, 10))) is None
    assert held_out.decisive(np.full((2, 10), -np.inf)) is None
