"""Two samples: the test sees moons, passes the truth, and says what its p says."""

import numpy as np
import pytest

from core.data import builtin
from core.evaluation.two_sample import Null
from core.joint.joint import OneGaussian
from core.key import Key
from core.process import Halt
from playground.rungs.fit2.panels import two_samples
from tests.playground.rungs.fit2.laws import FAITHFUL


def test_a_comparison_says_what_p_says():
    far, near = Null(9.0, np.arange(99) / 10, 50, 50), Null(1.0, np.arange(99) / 10, 50, 50)
    assert "No difference seen" in two_samples.compared(near, "Energy distance", True)
    assert "had not seen" in two_samples.compared(near, "Energy distance", True)
    assert "They differ" in two_samples.compared(Null(99.0, far.null, 50, 50), "Energy distance", False)
    lenient = two_samples.compared(near, "Energy distance", False)
    assert "Nothing can be said" in lenient
    assert "not calibrated" in lenient
    assert "No difference seen" not in lenient


class Known:
    """A way that knows the law and need not fit it."""

    def __init__(self, law):
        self.law = law

    def fit(self, x):
        return self.law


@pytest.mark.parametrize("unseen", [True, False])
def test_the_two_sample_test_sees_moons_and_passes_the_truth(unseen, monkeypatch):
    monkeypatch.setattr(two_samples, "REPEATS", 59)

    def p(dataset, law, statistic, key=Key(1)):  # noqa: B008
        *_, step = two_samples.comparison(Known(law), dataset, law, unseen, statistic, key)
        return step.state.p_value

    moons = builtin.load("two_moons", 900)
    law = OneGaussian().fit(moons.points)
    for statistic in ("energy", "sliced wasserstein"):
        assert p(moons, law, statistic) < 0.05
        sets = (type(moons)(f"{i}", law.sample(120, Key(i)), moons.bounds, moons.columns) for i in range(12))
        found = [p(dataset, law, statistic, Key(i)) for i, dataset in enumerate(sets)]
        assert np.mean(found) == pytest.approx(0.5, abs=4 / np.sqrt(12 * 12))  # uniform where the law is the truth


def test_points_held_out_of_a_comparison_are_not_fitted():
    class Watched(Known):
        seen = None

        def fit(self, x):
            self.seen = x
            return self.law

    way = Watched(OneGaussian().fit(FAITHFUL.points))
    step = next(two_samples.comparison(way, FAITHFUL, way.law, True, "energy", Key(0)))
    assert len(way.seen) == step.state.n == len(FAITHFUL) // 2
    few = builtin.columns(builtin.load("faithful"), FAITHFUL.columns)
    few = type(few)("few", few.points[:8], few.bounds, few.columns)
    with pytest.raises(Halt, match="too few"):
        two_samples.comparison(way, few, way.law, True, "energy", Key(0))
