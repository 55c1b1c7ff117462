"""Regions, the land, and the scores of a law that covers one: identities, counts by hand, and quadrature."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.key import Key
from core.laws.gaussian import Gaussian
from core.region import boxes, examples, land, scores, shapes
from core.region.mask import Mask
from core.region.scores import Covering

UNIT = np.array([[0.0, 1.0], [0.0, 1.0]])
PLANE = np.array([[-2.0, 4.0], [1.0, 3.0]])


def random_mask(seed, shape=(6, 9), bounds=PLANE):
    cells = np.random.default_rng(seed).random(shape) < 0.4
    cells[0, 0] = True
    return Mask(cells, bounds)


def grid(bounds, m=300):
    x, y = shapes.centres((m, m), bounds)
    return np.stack([np.tile(x, m), np.repeat(y, m)], axis=1)


@pytest.mark.parametrize("seed", range(5))
def test_a_region_s_law_integrates_to_one_and_its_entropy_is_that_of_its_draws(seed):
    mask = random_mask(seed)
    x = grid(PLANE, 360)  # a multiple of both sides: midpoints never lie on an edge
    assert np.exp(mask.log_prob(x)).mean() * mask.area == pytest.approx(1)
    drawn = mask.sample(4000, Key(seed))
    np.testing.assert_array_equal(mask.log_prob(drawn), -mask.entropy)
    assert not mask.holds(np.array([[9.0, 2.0], [-2.1, 1.5]])).any()


def test_draws_are_uniform_on_the_region():
    mask = random_mask(3)
    x = mask.sample(40_000, Key(1))
    counts = np.histogram2d(x[:, 1], x[:, 0], mask.cells.shape, mask.bounds[::-1])[0]
    want = len(x) / mask.cells.sum()
    chi2 = ((counts[mask.cells] - want) ** 2 / want).sum()
    k = mask.cells.sum() - 1
    assert abs(chi2 - k) < 4 * np.sqrt(2 * k)
    assert counts[~mask.cells].sum() == 0
    within = (x - mask.bounds[:, 0]) / np.ptp(mask.bounds, axis=1) * mask.cells.shape[::-1] % 1
    assert abs(within.mean(axis=0) - 0.5).max() < 0.01


def test_an_empty_region_and_a_flat_rectangle_are_refused():
    with pytest.raises(ValueError, match="empty"):
        Mask(np.zeros((2, 2), bool), UNIT)
    with pytest.raises(ValueError, match="no area"):
        Mask(np.ones((2, 2), bool), np.array([[0.0, 0.0], [0.0, 1.0]]))


def test_the_land_is_that_of_the_sphere():
    """Known places, and the share of land: .2891 by area and .3318 on a map of degrees (GLOBE)."""
    mask = land.load()
    assert mask.share == pytest.approx(0.28905, abs=2e-5)
    assert land.in_degrees().mean() == pytest.approx(0.3318, abs=5e-4)
    known = {(-100, 40): True, (20, 0): True, (134, -25): True, (0, -85): True, (-60, -10): True, (100, 60): True,
             (-30, 30): False, (-140, 0): False, (80, -20): False, (170, 45): False, (0, 89): False}  # fmt: skip
    at = np.array([(x, np.sin(np.radians(y))) for x, y in known])
    np.testing.assert_array_equal(mask.holds(at), list(known.values()))
    np.testing.assert_allclose(land.latitude(at[:, 1]), [y for _, y in known], atol=1e-9)
    weights = np.cos(np.radians(np.arange(360) * 0.5 - 89.75))
    assert np.average(land.in_degrees().mean(axis=1), weights=weights) == pytest.approx(mask.share, abs=5e-4)


def brute(weights, area):
    h, w = weights.shape
    total, found = weights.sum(), 0.0
    for a in range(h):
        for b in range(a + 1, h + 1):
            for c in range(w):
                for d in range(c + 1, w + 1):
                    found = max(found, 2 * weights[a:b, c:d].sum() / (area[a:b, c:d].sum() + total))
    return found


@pytest.mark.parametrize("seed", range(12))
def test_the_best_box_is_the_best_of_all(seed):
    rng = np.random.default_rng(seed)
    area = rng.random((6, 7)) + 0.05
    weights = area * (rng.random((6, 7)) < 0.4) * rng.random((6, 7))
    weights[2, 3] += 0.01
    found = boxes.best(weights, area)
    assert found.f1 == pytest.approx(brute(weights, area))
    inside = weights[found.low : found.high, found.left : found.right].sum()
    assert found.coverage == pytest.approx(inside / weights.sum())


def test_the_best_box_of_the_land_and_what_a_map_of_degrees_makes_of_it():
    """RUNGS 8 found F1 .576 on the sphere and .570 on a map of degrees, by trying all boxes of a 2-degree lattice."""
    shares = land.load().coarse(8)
    found = boxes.best(shares, np.ones_like(shares))
    assert found.f1 == pytest.approx(0.576, abs=0.003)
    assert (found.precision, found.coverage) == (pytest.approx(0.451, abs=0.01), pytest.approx(0.794, abs=0.015))
    degrees = land.in_degrees(0.5).reshape(180, 2, 360, 2).mean(axis=(1, 3))
    flat = boxes.best(degrees, np.ones_like(degrees))
    assert flat.f1 == pytest.approx(0.570, abs=0.003)
    assert flat.low == 0, "it reaches down to the south pole"


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0.0, 0.05, 0.5]))
def test_scores_of_a_region_are_integrals(seed, spare):
    rule, region = random_mask(seed), random_mask(seed + 1)
    law, x = Covering(region, spare), grid(PLANE, 180)
    found = scores.of_covering(rule, law)
    p, q = (np.exp(of.log_prob(x)) * rule.area for of in (rule, law))
    assert q.mean() == pytest.approx(1)
    assert found.precision == pytest.approx((q * rule.holds(x)).mean())
    assert found.coverage == pytest.approx((rule.holds(x) & region.holds(x)).mean() / rule.share)
    assert found.tv == pytest.approx(abs(p - q).mean() / 2)
    with np.errstate(divide="ignore"):
        kl = (p[p > 0] * np.log(p[p > 0] / q[p > 0])).sum() / len(p)
    assert found.kl == pytest.approx(kl)
    if spare:
        assert found.kl >= 2 * found.tv**2, "Pinsker"


def test_a_law_that_is_the_rule_has_the_best_of_all_scores():
    rule = random_mask(5)
    found = scores.of_covering(rule, Covering(rule))
    assert (found.precision, found.coverage, found.f1, found.tv) == (1, 1, 1, 0)
    assert found.kl == pytest.approx(0, abs=1e-12)
    assert scores.log_scores(Covering(rule), rule.sample(9, Key(0)), rule.area) == pytest.approx(-np.log(rule.share))


def test_a_covering_s_draws_follow_its_density():
    law = Covering(random_mask(8), 0.25)
    x = law.sample(20_000, Key(4))
    expected = 0.75 + 0.25 * law.region.share
    assert law.region.holds(x).mean() == pytest.approx(expected, abs=4 * np.sqrt(expected * (1 - expected) / len(x)))


def test_scores_of_a_density_agree_with_draws_and_with_a_finer_grid(monkeypatch):
    rule = land.load()
    law = Gaussian(np.array([20.0, 0.3]), np.array([[3000.0, 5.0], [5.0, 0.2]]))
    found = scores.of_density(rule, scores.on_grid(law, scores.blocks(rule), rule.bounds))
    x = law.sample(200_000, Key(2))
    share = rule.holds(x).mean()
    assert found.precision == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / len(x)))
    assert found.outside == pytest.approx(1 - ((abs(x[:, 1]) <= 1) & (abs(x[:, 0]) <= 180)).mean(), abs=0.005)
    y = rule.sample(100_000, Key(3))
    gap = rule.log_prob(y) - law.log_prob(y)
    assert found.kl == pytest.approx(gap.mean(), abs=4 * gap.std() / np.sqrt(len(y)))
    monkeypatch.setattr(scores, "BLOCK", 2)
    finer = scores.of_density(rule, scores.on_grid(law, scores.blocks(rule), rule.bounds))
    for name in ("precision", "coverage", "kl", "tv", "outside", "f1"):
        assert getattr(found, name) == pytest.approx(getattr(finer, name), abs=1e-3), name


def test_the_cells_above_a_level_hold_the_share():
    mass = np.random.default_rng(0).random((20, 30))
    mass /= mass.sum()
    held = scores.above(mass, 0.95)
    assert mass[held].sum() >= 0.95 > mass[held].sum() - mass[held].min()
    assert mass[held].min() >= mass[~held].max()


def test_shapes_hold_the_centres_inside_them():
    box = shapes.boxes(np.array([[[3.0, 1.2], [-1.0, 2.0]]]), (40, 60), PLANE)
    assert box.mean() == pytest.approx(4 * 0.8 / 12)
    both = shapes.boxes(np.array([[[-2.0, 1.0], [0.0, 3.0]], [[-1.0, 1.0], [1.0, 3.0]]]), (40, 60), PLANE)
    assert both.mean() == pytest.approx(0.5), "what two boxes share counts once"
    triangle = shapes.polygon(np.array([[-2.0, 1.0], [4.0, 1.0], [-2.0, 3.0]]), (400, 600), PLANE)
    assert triangle.mean() == pytest.approx(0.5, abs=0.002)
    np.testing.assert_array_equal(
        shapes.polygon(np.array([[-1.0, 1.2], [3.0, 1.2], [3.0, 2.0], [-1.0, 2.0]]), (40, 60), PLANE), box
    )
    disc = shapes.discs(np.array([[0.5, 0.5]]), 0.3, (500, 500))
    assert disc.mean() == pytest.approx(np.pi * 0.09, rel=0.005)


def test_the_deepest_place_is_farthest_from_all_that_is_outside():
    cells = np.zeros((40, 60), bool)
    cells[10:21, 20:41] = True
    np.testing.assert_allclose(examples.deepest(cells, PLANE)[1], 1 + 15.5 / 40 * 2)
    assert examples.deepest(~np.ones((4, 4), bool), PLANE) is None
    disc = shapes.discs(np.array([[0.3, 0.6]]), 0.2, (200, 300))
    np.testing.assert_allclose(examples.deepest(disc, UNIT), [0.3, 0.6], atol=0.01)


def test_examples_lie_where_their_letters_say():
    rule, model = random_mask(1), random_mask(2)
    found = examples.apart(model.cells, rule.cells, PLANE)
    says = {letter: (bool(model.holds(at[None])[0]), bool(rule.holds(at[None])[0])) for letter, at in found.items()}
    assert says == {"A": (True, False), "B": (False, True), "C": (True, True)}
    assert set(examples.apart(rule.cells, rule.cells, PLANE)) == {"C"}
