"""The inverse CDF: F(F^-1(u)) = u, order is kept, the draws lie in the band, and what is no law is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from core.key import Key
from core.samplers.direct.exact import band
from core.samplers.direct.inverse import Empirical, Linear

U = np.linspace(0, 1, 10_001)
numbers = st.floats(-1e6, 1e6, allow_subnormal=False)
heights = st.lists(st.one_of(st.just(0.0), st.floats(1e-3, 1e3)), min_size=2, max_size=12).filter(any)
values = st.lists(numbers, min_size=1, max_size=40).map(np.array)


def drawn(heights):
    """A law whose nodes lie unevenly."""
    return Linear(np.cumsum(1 + np.arange(len(heights)) % 3) - 4.0, np.array(heights))


@given(heights)
def test_there_and_back(heights):
    law = drawn(heights)
    x = law.quantile(U)
    np.testing.assert_allclose(law.cdf(x), U, atol=1e-12)
    assert (np.diff(x) >= 0).all()
    assert (np.diff(law.cdf(np.linspace(-6, 30, 2000))) >= 0).all()


@given(heights)
def test_the_cdf_is_the_integral_of_the_density(heights):
    law = drawn(heights)
    x = np.linspace(law.nodes[0], law.nodes[-1], 24 * 6 * (len(heights) - 1) + 1)
    fine = np.union1d(x, law.nodes)
    whole = integrate.cumulative_trapezoid(law.density(fine), fine, initial=0)
    np.testing.assert_allclose(law.cdf(fine), whole, atol=1e-12)
    assert whole[-1] == pytest.approx(1, abs=1e-12)


def test_a_triangle_and_a_gap():
    np.testing.assert_allclose(Linear(np.array([0.0, 1.0]), np.array([0.0, 2.0])).quantile(U), np.sqrt(U), atol=1e-15)
    gap = Linear(np.arange(6.0), np.array([0.0, 0.0, 1.0, 0.0, 0.0, 1.0]))
    assert gap.quantile(np.array([0.0, 1.0])).tolist() == [1, 5]
    below, above = gap.quantile(np.array([2 / 3, 2 / 3 + 1e-9]))
    assert below == pytest.approx(3, abs=1e-6)
    assert above > 4


@given(values, st.floats(0, 1))
def test_the_staircase_is_inverted_exactly(values, u):
    law = Empirical(values)
    x = law.quantile(np.array([u]))
    assert law.cdf(x) >= u
    assert x == law.values[0] or law.cdf(np.nextafter(x, -np.inf)) < u
    np.testing.assert_array_equal(law.quantile(law.cdf(law.values)), law.values)
    np.testing.assert_array_equal(law.quantile(np.array([0.0, 1.0])), law.values[[0, -1]])


def test_no_step_of_the_staircase_is_missed_by_rounding():
    for n in range(1, 300):
        law = Empirical(np.arange(n) + 0.0)
        np.testing.assert_array_equal(law.quantile(law.cdf(law.values)), law.values)


def test_a_million_draws_lie_in_the_band():
    n = 1_000_000
    nodes = np.linspace(-3, 5, 80)
    law = Linear(nodes, stats.norm.pdf(nodes, -1, 0.5) + 0.5 * stats.norm.pdf(nodes, 2, 1))
    x = np.sort(law.sample(n, Key(0)))
    truth, steps = law.cdf(x), np.arange(n + 1) / n
    gap = max((steps[1:] - truth).max(), (truth - steps[:-1]).max())
    assert gap < band(n, 0.999)
    wrong = Linear(nodes, law.heights + 0.01 * law.heights.max())  # a hundredth of the peak added would be seen
    assert np.abs(wrong.cdf(x) - steps[1:]).max() > 2 * band(n, 0.999)
    column = Empirical(np.round(x[::1000], 1))
    again = np.sort(column.sample(n, Key(1)))
    seen = np.searchsorted(again, column.values, "right") / n
    assert np.abs(seen - column.cdf(column.values)).max() < band(n, 0.999)


@pytest.mark.parametrize(
    ("nodes", "heights", "why"),
    [
        ([0.0], [1.0], "two nodes"),
        ([0.0, 0.0], [1.0, 1.0], "rising"),
        ([0.0, np.inf], [1.0, 1.0], "finite"),
        ([0.0, 1.0], [0.0, 0.0], "above 0"),
        ([0.0, 1.0], [1.0, -1.0], "not negative"),
        ([0.0, 1.0], [1.0, np.nan], "finite"),
    ],
)
def test_what_is_no_density_is_refused(nodes, heights, why):
    with pytest.raises(ValueError, match=why):
        Linear(np.array(nodes), np.array(heights))


@pytest.mark.parametrize("values", [[], [1.0, np.nan]])
def test_what_is_no_column_is_refused(values):
    with pytest.raises(ValueError, match="at least one number"):
        Empirical(np.array(values))
