"""Two samples: four tests at once see what there is to see, pass the truth, and the words say what the p say."""

import numpy as np
import pytest

from core.data import builtin
from core.evaluation.mmd import Witness
from core.evaluation.two_sample import Null
from core.joint.joint import Copula, OneGaussian
from core.key import Key
from core.process import Halt
from playground.rungs.fit2 import apart
from playground.rungs.fit2.panels import two_samples
from tests.playground.rungs.fit2.laws import FAITHFUL
from tests.playground.shown import specs


class Known:
    """A way that knows the law and need not fit it."""

    def __init__(self, law):
        self.law = law

    def fit(self, x):
        return self.law


def compared(*observed):
    """Four tests with these observed values among the whole numbers below 499."""
    null = np.arange(499.0)
    x = np.zeros((5, 2))
    return apart.Compared({n: Null(float(o), null, 5, 5) for n, o in zip(apart.TESTS, observed, strict=True)}, x, x)


def test_the_words_say_what_p_says():
    none, near, whole = compared(1, 1, 1, 1), compared(1, 1, 600, 600), compared(600, 1, 1, 1)
    assert "No difference seen" in two_samples.verdict(none, True)
    assert "no proof" in two_samples.verdict(none, True)
    assert "Nothing can be said" in two_samples.verdict(none, False)
    assert "The clouds as a whole agree" in two_samples.verdict(near, True)
    assert "neighbours 0.002" in two_samples.verdict(near, True)
    assert "Only the clouds as a whole differ" in two_samples.verdict(whole, True)
    assert "They differ" in two_samples.verdict(compared(600, 600, 600, 600), False)
    hint = compared(490, 1, 1, 1)  # p = 0.02: one of four tests falls below 0.05 by chance too often
    assert hint.tests["energy"].p_value == 0.02
    assert "No difference seen" in two_samples.verdict(hint, True)


def last(way, dataset, unseen=True, key=Key(1)):  # noqa: B008
    *_, step = apart.comparison(way, dataset, way.fit(dataset.points), unseen, key)
    return step.state


def test_solid_holes_are_seen_and_shown_where_they_are(monkeypatch):
    monkeypatch.setattr(apart, "REPEATS", 199)
    rings = builtin.load("rings", 1200)
    found = last(Copula("kernels"), rings)
    assert {"neighbours", "mmd"} <= set(found.seen)
    nodes = [np.linspace(*ends, apart.SIDE) for ends in rings.bounds]
    map_, limit = found.places.values.reshape(apart.SIDE, apart.SIDE), found.places.limit
    across, up = np.meshgrid(*nodes)
    many = map_ > limit
    density = np.exp(rings.truth.log_prob(np.stack([across, up], -1).reshape(-1, 2))).reshape(many.shape)
    assert many.any()
    assert density[many].mean() < density.mean() / 2


@pytest.mark.parametrize("unseen", [True, False])
def test_the_truth_passes(unseen, monkeypatch):
    monkeypatch.setattr(apart, "REPEATS", 99)
    moons = builtin.load("two_moons", 900)
    law = OneGaussian().fit(moons.points)
    assert set(last(Known(law), moons).seen) == set(apart.TESTS)
    sets = (type(moons)(f"{i}", law.sample(120, Key(i)), moons.bounds, moons.columns) for i in range(12))
    found = [[null.p_value for null in last(Known(law), d, unseen, Key(i)).tests.values()] for i, d in enumerate(sets)]
    assert np.mean(found, axis=0) == pytest.approx(np.full(4, 0.5), abs=4 / np.sqrt(12 * 12))  # uniform: the truth


def test_points_held_out_of_a_comparison_are_not_fitted():
    class Watched(Known):
        seen = None

        def fit(self, x):
            self.seen = x
            return self.law

    way = Watched(OneGaussian().fit(FAITHFUL.points))
    step = next(apart.comparison(way, FAITHFUL, way.law, True, Key(0)))
    assert len(way.seen) == step.state.tests["energy"].n == len(FAITHFUL) // 2
    few = builtin.columns(builtin.load("faithful"), FAITHFUL.columns)
    few = type(few)("few", few.points[:8], few.bounds, few.columns)
    with pytest.raises(Halt, match="too few"):
        next(apart.comparison(way, few, way.law, True, Key(0)))


def test_the_chart_puts_the_observed_value_among_the_reshuffles():
    rows = specs.rows(two_samples.beside(compared(1, 1, 600, 600), False))
    z = {row["test"]: row["z"] for row in rows if "p" in row}
    null = np.arange(499.0)
    assert z["Nearest neighbours"] == pytest.approx((600 - null.mean()) / null.std())
    assert {row["p"] for row in rows if "p" in row} == {"p = 0.998", "p = 0.002"}


def test_the_caption_says_what_the_map_says():
    even = compared(1, 1, 1, 1)
    assert "Looking" in two_samples.legend(even)
    flat = Witness(np.zeros(9), 2.5)
    assert "No place" in two_samples.legend(apart.Compared(even.tests, even.x, even.y, flat))
    steep = Witness(np.array([3.0, -3.0]), 2.5)
    assert "2.5 standard errors" in two_samples.legend(apart.Compared(even.tests, even.x, even.y, steep))
