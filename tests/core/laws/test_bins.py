"""Bin rules against NumPy's, and the two Bayesian ones against every division there is."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import gammaln

from core.key import Key
from core.laws import bins
from core.laws.bins import NAMES, histogram
from core.process import Halt


def values(n, seed=0):
    """Two hills, one of them narrow."""
    g = (Key(seed) / "bins" / n).generator()
    return np.where(g.uniform(size=n) < 0.6, g.normal(size=n), 4 + 0.2 * g.normal(size=n))


@pytest.mark.parametrize(("rule", "numpys"), [("Freedman-Diaconis", "fd"), ("Scott", "scott"), ("Sturges", "sturges")])
@pytest.mark.parametrize("n", [2, 10, 333, 5000])
def test_edges_and_heights_are_numpys(rule, numpys, n):
    x = values(n)
    ours = histogram(x, rule)
    heights, edges = np.histogram(x, bins=numpys, density=True)
    np.testing.assert_allclose(ours.edges, edges, rtol=1e-12)
    np.testing.assert_allclose(ours.heights, heights, rtol=1e-12)


@pytest.mark.parametrize("rule", NAMES)
@pytest.mark.parametrize("n", [1, 2, 50, 3000])
def test_the_bars_have_area_one_and_hold_every_value(rule, n):
    h = histogram(values(n), rule)
    assert (h.heights * np.diff(h.edges)).sum() == pytest.approx(1)
    assert h.counts.sum() == n
    assert (np.diff(h.edges) > 0).all()


@pytest.mark.parametrize("n", [5, 40, 400])
def test_knuth_is_the_most_probable_number_of_equal_bins(n):
    x = values(n)

    def log_posterior(m):
        counts = np.histogram(x, m)[0]
        return (
            n * np.log(m)
            + gammaln(m / 2)
            - m * gammaln(0.5)
            - gammaln(n + m / 2)
            + sum(gammaln(k + 0.5) for k in counts)
        )

    best = max(range(1, 10 * int(np.ceil(np.sqrt(n))) + 1), key=log_posterior)
    assert len(histogram(x, "Knuth").counts) == best
    for m in (1, 2, 7):
        assert bins.knuth_log_posterior(np.sort(x), m) == pytest.approx(log_posterior(m), abs=1e-9)


def test_knuth_tries_far_more_bins_than_the_root_of_n():
    x = np.repeat(np.arange(31.0), 2)[:60]  # spikes on a lattice
    assert len(histogram(x, "Knuth").counts) > 2 * np.sqrt(60)


def division(cut, count, inner, n):
    """The worth of one division of the cells."""
    at = [0, *inner, len(count)]
    price = 4 - np.log(73.53 * 0.05 * n**-0.478)
    return sum(
        (size := count[a:b].sum()) * (np.log(size) - np.log(cut[b] - cut[a])) - price
        for a, b in zip(at[:-1], at[1:], strict=True)
    )


@pytest.mark.parametrize("seed", range(40))
def test_bayesian_blocks_are_the_best_of_all_divisions(seed):
    g = (Key(seed) / "blocks").generator()
    x = np.concatenate([g.uniform(0, 1, 4), g.uniform(0, 0.1, 3 + seed % 4)])
    x = np.append(x, x[3])  # a tie
    value, count = np.unique(x, return_counts=True)
    cut = np.concatenate([value[:1], (value[1:] + value[:-1]) / 2, value[-1:]])
    every = (c for k in range(len(value)) for c in combinations(range(1, len(value)), k))
    best = max(every, key=lambda inner: division(cut, count, inner, len(x)))
    np.testing.assert_allclose(bins.blocks(x), cut[[0, *best, len(value)]])


def test_bayesian_blocks_find_a_step_and_leave_a_flat_column_whole():
    g = Key(1).generator()
    assert len(bins.blocks(g.uniform(size=500))) == 2
    edges = bins.blocks(np.concatenate([g.uniform(0, 1, 200), g.uniform(1, 1.1, 400)]))
    assert np.abs(edges[1:-1] - 1).min() < 0.01


def test_a_long_column_is_cut_between_cells_and_its_counts_are_of_all():
    g = Key(2).generator()
    x = np.concatenate([g.uniform(0, 1, 30_000), g.uniform(1, 2, 90_000)])
    h = histogram(x, "Bayesian blocks")
    assert h.counts.sum() == len(x)
    assert np.abs(h.edges - 1).min() < 0.005


@pytest.mark.parametrize("rule", NAMES)
@settings(max_examples=25)
@given(shift=st.floats(-100, 100), log_scale=st.floats(-6, 6))
def test_bins_follow_shifts_and_stretches(rule, shift, log_scale):
    x, scale = values(80), np.exp(log_scale)
    np.testing.assert_allclose(
        histogram(scale * x + shift, rule).edges, scale * histogram(x, rule).edges + shift, rtol=1e-7, atol=1e-7 * scale
    )


def test_heavy_tails_do_not_ask_for_a_million_bars():
    x = Key(0).generator().standard_cauchy(100_000)
    h = histogram(x, "Freedman-Diaconis")
    assert len(h.counts) == bins.MOST
    assert h.note.startswith("Freedman-Diaconis asks for")


@pytest.mark.parametrize("rule", NAMES)
@pytest.mark.parametrize("x", [np.full(9, 3.0), np.full(9, -1e9), np.append(np.zeros(50), 1.0)])
def test_ties_are_drawn(rule, x):
    h = histogram(x, rule)
    assert h.counts.sum() == len(x)
    assert (np.diff(h.edges) > 0).all()


def test_a_number_of_bins_may_be_given():
    assert len(histogram(values(50), bins=17).counts) == 17


@pytest.mark.parametrize("x", [np.empty(0), np.array([1.0, np.nan])])
def test_values_that_cannot_be_drawn_are_refused(x):
    with pytest.raises(Halt, match="finite values"):
        histogram(x)
