"""Distances against scipy and brute force; the null against the theory of permutation tests."""

import numpy as np
import pytest
from scipy import stats
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

from core.data.sets.toys_1d import normal
from core.data.sets.toys_2d import eight_gaussians
from core.evaluation import mmd, two_sample
from core.evaluation.two_sample import STATISTICS, Null
from core.key import Key
from core.process import Halt

EVERY = pytest.mark.parametrize("name", STATISTICS)


def draws(n, d, seed=0, shift=0.0):
    return (Key(seed) / "two").generator().normal(shift, 1, (n, d))


# Distances


def shared(x, y):
    """The share of ten nearest neighbours from a point's own sample, point by point."""
    pooled, own = np.concatenate([x, y]), np.arange(len(x) + len(y)) < len(x)
    found = []
    for i, point in enumerate(pooled):
        away = np.linalg.norm(pooled - point, axis=1)
        away[i] = np.inf
        found.append((own[np.argsort(away)[:10]] == own[i]).mean())
    return np.mean(found)


def discrepancy(x, y, width):
    """The unbiased squared maximum mean discrepancy, from its definition (equal numbers: up to a factor)."""

    def k(a, b):
        return np.exp(-(cdist(a, b) ** 2) / (2 * width**2))

    n, m = len(x), len(y)
    return (k(x, x).sum() - n) / n**2 + (k(y, y).sum() - m) / m**2 - 2 * k(x, y).mean()


def largest(x, y):
    pooled, found = np.concatenate([x, y]), []
    n, m, pair = len(x), len(y), cdist(pooled, pooled)
    middle = np.median(pair[np.triu_indices(len(pair), 1)])
    for share in (1 / 16, 1 / 8, 1 / 4, 1 / 2, 1):
        kernel = np.exp(-(pair**2) / (2 * (share * middle) ** 2)) - np.eye(len(pair))
        centring = np.eye(len(pair)) - 1 / len(pair)
        centred = centring @ kernel @ centring
        np.fill_diagonal(centred, 0)
        scale = np.linalg.norm(centred) * np.sqrt(2) / (n * m)
        found.append(discrepancy(x, y, share * middle) / scale)
    return max(found)


@pytest.mark.parametrize(("n", "m"), [(40, 40), (30, 47), (1, 5)])
def test_energy_is_the_square_of_scipys(n, m):
    x, y = draws(n, 1), draws(m, 1, 1, 0.5)
    assert two_sample.energy(x, y) == pytest.approx(stats.energy_distance(x[:, 0], y[:, 0]) ** 2, rel=1e-10)


@pytest.mark.parametrize("d", [2, 3])
def test_energy_is_brute_force(d):
    x, y = draws(30, d), draws(41, d, 1, 0.5)
    expected = 2 * cdist(x, y).mean() - cdist(x, x).mean() - cdist(y, y).mean()
    assert two_sample.energy(x, y) == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize(("n", "m"), [(40, 40), (30, 47), (12, 36)])
def test_wasserstein_is_scipys(n, m):
    x, y = draws(n, 1), draws(m, 1, 1, 0.5)
    assert two_sample.wasserstein(x, y) == pytest.approx(stats.wasserstein_distance(x[:, 0], y[:, 0]), rel=1e-12)


@pytest.mark.parametrize(("n", "m"), [(20, 20), (6, 9)])
@pytest.mark.parametrize("d", [1, 2])
def test_sliced_wasserstein_is_the_best_assignment_along_each_direction(n, m, d):
    """Samples of n and m points are repeated m and n times: equal numbers, the same distributions."""
    x, y = draws(n, d), draws(m, d, 1, 0.5)
    along = two_sample.directions(d, Key(7), 9)
    total = []
    for direction in along:
        cost = (np.repeat(x, m, 0) @ direction)[:, None] - np.repeat(y, n, 0) @ direction
        rows, columns = linear_sum_assignment(cost**2)
        total.append((cost[rows, columns] ** 2).mean())
    assert two_sample.sliced_wasserstein(x, y, along) == pytest.approx(np.sqrt(np.mean(total)), rel=1e-10)


def test_directions_are_unit_vectors_fixed_by_the_key():
    along = two_sample.directions(3, Key(0))
    assert np.allclose(np.linalg.norm(along, axis=1), 1)
    assert np.array_equal(along, two_sample.directions(3, Key(0)))
    assert not np.array_equal(along, two_sample.directions(3, Key(1)))


def test_a_shift_is_as_far_as_it_is_long():
    x = draws(50, 2)
    along = two_sample.directions(2, Key(0), 20_000)
    assert two_sample.sliced_wasserstein(x, x + [3.0, 4.0], along) == pytest.approx(5 / np.sqrt(2), rel=0.02)
    assert two_sample.wasserstein(x[:, :1], x[:, :1] + 3) == pytest.approx(3)


@EVERY
def test_the_shortcut_of_permutations_is_the_distance(name):
    d = 1 if name == "wasserstein" else 2
    pooled, key = draws(50, d), Key(3)
    masks = Key(4).generator().permuted(np.tile(np.arange(50) < 20, (5, 1)), axis=1)
    direct = {
        "energy": two_sample.energy,
        "wasserstein": two_sample.wasserstein,
        "sliced wasserstein": lambda x, y: two_sample.sliced_wasserstein(x, y, two_sample.directions(d, key)),
        "neighbours": shared,
        "mmd": largest,
    }[name]
    found = two_sample.statistic(name, pooled, 20, key)(masks)
    assert np.allclose(found, [direct(pooled[m], pooled[~m]) for m in masks], rtol=1e-3 if name == "mmd" else 1e-9)


# The null


@EVERY
def test_p_values_are_uniform_where_both_come_from_one_source(name):
    p = [two_sample.permuted(name, draws(25, 1, i), draws(30, 1, i + 1000), 39, Key(i)).p_value for i in range(200)]
    assert stats.kstest(p, lambda t: np.clip(np.floor(t * 40 + 1e-9) / 40, 0, 1)).pvalue > 0.01
    assert np.mean(np.array(p) <= 0.05) == pytest.approx(0.05, abs=0.045)


@EVERY
@pytest.mark.parametrize("d", [1, 2])
def test_a_shift_is_seen(name, d):
    if (name, d) == ("wasserstein", 2):
        with pytest.raises(Halt, match="one column"):
            two_sample.permuted(name, draws(9, 2), draws(9, 2), 9, Key(0))
        return
    null = two_sample.permuted(name, draws(100, d), draws(80, d, 1, 0.8), 99, Key(0))
    assert null.p_value == 0.01
    assert null.observed > null.limit


@EVERY
def test_permutations_and_fresh_draws_give_the_same_band(name):
    source = normal() if name == "wasserstein" else eight_gaussians()
    fresh = two_sample.null_band(name, source, 60, 90, 150, Key(1))
    dealt = two_sample.permuted(name, source.sample(60, Key(2)), source.sample(90, Key(3)), 150, Key(1)).null
    assert np.mean(dealt) == pytest.approx(np.mean(fresh), rel=0.25, abs=0.3 * (name == "mmd"))


def test_the_null_shrinks_with_n_so_distances_of_different_n_are_not_alike():
    few, many = (two_sample.null_band("sliced wasserstein", normal(), n, n, 60, Key(1)) for n in (40, 640))
    assert few.mean() > 3 * many.mean()


def test_comparing_shows_a_growing_null_and_ends_with_the_p_value():
    steps = list(two_sample.compare(draws(40, 2), draws(50, 2, 1), Key(0), repeats=45))
    assert [len(s.state.null) for s in steps] == [0, 20, 40, 45]
    assert len({s.state.observed for s in steps}) == 1
    last = steps[-1]
    assert last.metrics["p_value"] == (1 + (last.state.null >= last.state.observed).sum()) / 46
    assert last.metrics["limit"] == np.quantile(last.state.null, 0.95)
    assert not last.state.null.flags.writeable


def test_the_same_key_gives_the_same_null():
    first, again = (two_sample.permuted("energy", draws(20, 2), draws(20, 2, 1), 19, Key(5)) for _ in range(2))
    assert np.array_equal(first.null, again.null)


def test_large_samples_are_looked_at_in_part_and_say_so():
    *_, last = two_sample.compare(draws(300, 2), draws(80, 2, 1), Key(0), repeats=5, most=100)
    assert (last.state.n, last.state.m) == (100, 80)


def test_ties_count_against_the_difference():
    assert Null(1.0, np.array([1.0, 1.0, 0.5]), 3, 3).p_value == 0.75


def test_one_point_is_too_few():
    with pytest.raises(Halt, match="at least two"):
        next(two_sample.compare(draws(1, 2), draws(5, 2), Key(0)))


def ring(n, seed, hole=0.0):
    """Points around a circle, or (a `hole` of 0) on the disc with the same spread in every direction."""
    g = (Key(seed) / "ring").generator()
    angle, radius = g.uniform(0, 2 * np.pi, n), np.sqrt(g.uniform(hole**2, 1, n))
    points = radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    return points / np.sqrt((1 + hole**2) / 4)


@pytest.mark.parametrize("name", ["neighbours", "mmd"])
def test_a_hole_is_seen_that_distances_of_whole_clouds_overlook(name):
    x, y = ring(150, 0, 0.6), ring(150, 1)
    assert two_sample.permuted(name, x, y, 99, Key(0)).p_value <= 0.02
    assert two_sample.permuted("energy", x, y, 99, Key(0)).p_value > 0.1


def test_rounded_points_have_a_uniform_p_by_neighbours():
    p = [
        two_sample.permuted("neighbours", draws(40, 1, i).round(), draws(40, 1, i + 500).round(), 39, Key(i)).p_value
        for i in range(200)
    ]
    assert np.mean(p) == pytest.approx(0.5, abs=0.09)


def test_the_scale_of_a_discrepancy_is_its_spread_under_one_source():
    pooled = draws(300, 2)
    masks = Key(4).generator().permuted(np.tile(np.arange(300) < 140, (400, 1)), axis=1)
    found = mmd.quotients(cdist(pooled, pooled), 140)(masks)
    assert found.std(axis=0) == pytest.approx(np.ones(5), abs=0.2)


def test_the_witness_points_at_the_hole_and_stays_below_its_limit_elsewhere():
    x, y = ring(400, 2), ring(400, 3, 0.6)
    at = np.array([[0.0, 0.0], [5.0, 5.0]])
    found = mmd.witness(at, x, y, 0.3, Key(0))
    assert found.values[0] > found.limit
    assert abs(found.values[1]) < found.limit
    assert mmd.witness(at, y, x, 0.3, Key(0)).values == pytest.approx(-found.values, abs=1e-3)


def test_no_place_passes_the_limit_in_nineteen_of_twenty_pairs_of_one_source():
    grid = np.stack(np.meshgrid(*[np.linspace(-2, 2, 9)] * 2), -1).reshape(-1, 2)
    passed = []
    for i in range(200):
        found = mmd.witness(grid, draws(60, 2, i), draws(60, 2, i + 700), 0.4, Key(i))
        passed.append(np.abs(found.values).max() > found.limit)
    assert 0.01 <= np.mean(passed) <= 0.1
