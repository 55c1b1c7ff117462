"""Exact methods: the laws they must have, at fixed keys, and what breaks them."""

import numpy as np
import pytest
from scipy import stats

from core.key import Key
from core.samplers.direct import exact


def test_box_muller():
    z = exact.box_muller(np.random.default_rng(0).random((50_000, 2)))
    assert stats.kstest(z.ravel(), "norm").pvalue > 1e-3
    assert stats.kstest((z**2).sum(axis=1), "expon", args=(0, 2)).pvalue > 1e-3
    edges = exact.box_muller(np.array([[0.0, 0.0], [1 - 2.0**-53, 0.0]]))
    assert np.isfinite(edges).all()
    assert edges[1, 0] == pytest.approx(8.57, abs=0.005)  # the furthest that 53 bits can go


def test_polar():
    z, inside = exact.polar(np.random.default_rng(1).random((100_000, 2)))
    assert inside.mean() == pytest.approx(np.pi / 4, abs=4 * np.sqrt(0.17 / 1e5))
    assert len(z) == inside.sum()
    assert stats.kstest(z.ravel(), "norm").pvalue > 1e-3
    assert not exact.polar(np.full((1, 2), 0.5))[1].any()  # the very centre has no direction


@pytest.mark.parametrize("k", [1, 2, 7, 400])
def test_the_alias_table_is_the_law(k):
    weights = np.random.default_rng(k).gamma(0.3, size=k)
    weights[1::3] = 0
    table = exact.Alias.of(weights)
    np.testing.assert_allclose(table.probabilities, weights / weights.sum(), atol=1e-13)
    drawn = np.bincount(table.sample(40_000, Key(k)), minlength=k)
    seen = weights > 0
    assert not drawn[~seen].any()
    expected = 40_000 * weights[seen] / weights.sum()
    assert ((drawn[seen] - expected) ** 2 / np.maximum(expected, 1)).sum() < stats.chi2.ppf(1 - 1e-4, max(k - 1, 1))


@pytest.mark.parametrize("weights", [[0.0, 0.0], [1.0, -1.0], [np.nan, 1.0], [np.inf, 1.0]])
def test_weights_that_are_none_are_refused(weights):
    with pytest.raises(ValueError, match="Weights must be"):
        exact.Alias.of(np.array(weights))


@pytest.mark.parametrize("m", [2.0, 0.8])
def test_rejection_draws_from_what_it_says(m):
    """p = Beta(2, 2) under M times the uniform: the best M is 1.5, and below it the law is cut off."""
    rng = np.random.default_rng(3)
    x, u = rng.random(100_000), 1 - rng.random(100_000)
    kept = x[~exact.refuse(stats.beta.logpdf(x, 2, 2), np.full(len(x), np.log(m)), u)]
    grid = (np.arange(2000) + 0.5) / 2000
    p = stats.beta.pdf(grid, 2, 2)
    law = exact.drawn_law(p, np.full(2000, m), 1 / 2000)
    share = np.minimum(p, m).mean() / m  # 1 / M where the envelope holds
    assert len(kept) / len(x) == pytest.approx(share, abs=4 * np.sqrt(0.25 / len(x)))
    cdf = np.cumsum(law) / 2000
    assert stats.kstest(kept, lambda v: np.interp(v, grid + 0.5 / 2000, cdf)).pvalue > 1e-3
    assert (np.abs(law - p).max() < 1e-3) == (m > 1.5)


def test_the_band_holds_as_often_as_it_says():
    n, level = 200, 0.9
    gaps = [stats.kstest(row, "uniform").statistic for row in np.random.default_rng(4).random((500, n))]
    inside = np.mean(np.array(gaps) <= exact.band(n, level))
    assert level - 0.03 < inside < level + 0.05
