"""Learning curves: exact at every size, and the numbers that the literature of this rung has."""

import numpy as np
import pytest

from core.categorical import curves, information, models, truth
from core.categorical.rows import every
from core.evaluation import crossing
from core.key import Key

LAW, ALONE = truth.outfits(True), truth.outfits(False)


@pytest.mark.parametrize("alpha", [0.01, 1.0, 5.0])
@pytest.mark.parametrize("law", [LAW, ALONE])
def test_the_short_ways_equal_the_sum_over_all_outfits(law, alpha):
    codes, p = law.sample(80, Key(1)), law.p.ravel()
    for short, fit in ((curves.of_full, models.full), (curves.of_independent, models.independent)):
        long = information.divergence(p, fit(codes, law.sizes, alpha).log_prob(every(law.sizes)))
        assert short(law, codes, alpha) == pytest.approx(long, abs=1e-10)


def last(law, alpha, sizes=(50, 500, 5000), redraws=40):
    *_, step = curves.curves(law, alpha, Key(0), sizes, redraws)
    return {name: values.mean(axis=0) for name, values in step.arrays.items()}


def test_the_table_of_the_rung_comes_out():
    """RUNGS 6 C, without dependence: the independent product goes as 23 / 2n, the full table hardly moves."""
    found = last(ALONE, 1.0)
    np.testing.assert_allclose(found[curves.ALONE], [0.17, 0.02, 0.002], atol=0.03)
    assert found[curves.FULL][2] == pytest.approx(0.20, abs=0.03)
    assert last(LAW, 1.0, (50_000,), 4)[curves.FULL][0] == pytest.approx(0.035, abs=0.003)


def test_with_little_smoothing_more_rows_make_the_table_worse():
    small = last(ALONE, 0.01)[curves.FULL]
    assert small[1] > small[0] + 0.3


def test_the_product_stays_above_its_floor_and_is_overtaken():
    sizes = (50, 500, 2000, 5000)
    *_, step = curves.curves(LAW, 1.0, Key(0), sizes, 40)
    assert (step.arrays[curves.ALONE] >= information.total_correlation(LAW.p) - 1e-12).all()
    assert 2000 < crossing.overtaken(sizes, step.arrays[curves.FULL], step.arrays[curves.ALONE]) < 5000


def test_without_dependence_the_product_is_never_overtaken():
    *_, step = curves.curves(ALONE, 1.0, Key(0), (50, 5000), 20)
    assert crossing.overtaken(step.state, step.arrays[curves.FULL], step.arrays[curves.ALONE]) is None


def test_without_smoothing_both_are_infinitely_far():
    *_, step = curves.curves(LAW, 0.0, Key(0), (10,), 5)
    assert np.isinf(step.arrays[curves.FULL]).all()
    assert np.isinf(step.arrays[curves.ALONE]).any()


def test_the_crossing_is_where_the_lines_meet():
    full, alone = np.array([[4.0, 3.0, 1.0]]), np.array([[2.0, 2.0, 2.0]])
    assert crossing.overtaken((10, 100, 1000), full, alone) == pytest.approx(100 * 10**0.5)
    assert crossing.overtaken((10, 100, 1000), alone - 2, alone) == 10


def test_sizes_come_one_after_the_other():
    steps = list(curves.curves(LAW, 1.0, Key(2), (10, 20), 3))
    assert [step.state for step in steps] == [(10,), (10, 20)]
    assert np.array_equal(steps[0].arrays[curves.FULL][:, 0], steps[1].arrays[curves.FULL][:, 0])
