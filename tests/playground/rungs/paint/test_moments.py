"""The moments of a walk: few enough to be sent, in order, and the end is what the painter's walk ends at."""

import numpy as np
import pytest

from core.diffusion.walk import Sampler
from core.key import Key
from playground.rungs.paint import moments
from tests import painters

KEY = Key(0) / "paint"


@pytest.mark.parametrize(("solver", "count"), [("DDIM", 7), ("Heun", 4), ("DDIM", 41), ("DPM-Solver++(2M)", 100)])
def test_a_walk_keeps_about_the_moments_that_are_expected_and_its_end(solver, count):
    painter, sampler = painters.tiny("digits"), Sampler(solver, count)
    kept = list(moments.of(painter.walk(2, KEY, sampler), painter.schedule, moments.guesses(sampler)))
    wanted = moments.expected(moments.guesses(sampler))
    assert wanted / 2 < len(kept) <= wanted  # of a long walk every second guess, or every third, is kept
    assert len(kept) <= moments.SHOWN + 1
    assert [step.index for step in kept] == list(range(len(kept)))
    assert [step.phase for step in kept] == ["guess"] * (len(kept) - 1) + ["end"]
    *_, last = painter.walk(2, KEY, sampler)
    np.testing.assert_array_equal(kept[-1].arrays["ends"], np.clip(last.state, 0, 1))


def test_the_end_lies_on_the_grey_levels_of_the_set():
    painter, sampler = painters.tiny("digits"), Sampler("DDIM", 4)
    *_, last = moments.of(painter.walk(3, KEY, sampler), painter.schedule, 4, levels=17)
    ends = last.arrays["ends"] * 16
    np.testing.assert_allclose(ends, np.rint(ends), atol=1e-12)
    assert len(np.unique(ends)) > 2
    np.testing.assert_array_equal(last.arrays["clean"], np.rint(255 * last.arrays["ends"]))
