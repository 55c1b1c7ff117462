"""What every toy must satisfy: its density has mass one, its draws follow the density, its entropy is -E log p."""

import tracemalloc

import numpy as np
import pytest
from scipy import stats

from core.data.builtin import TOYS
from core.data.sets.curves import gauss_legendre
from core.dataset import Truth
from core.key import Key

KEY = Key(7)
LINE = [name for name, toy in TOYS.items() if len(toy.bounds) == 1]
PLANE = [name for name, toy in TOYS.items() if len(toy.bounds) == 2]
GRIDS = {"banana": ((-7, 7), (-6, 50), 0.06), "pinwheel": ((-6, 6), (-6, 6), 0.03)}


def on_grid(name: str) -> tuple[np.ndarray, float]:
    """log p on a midpoint grid and the area of a cell; p is smooth and decays, so the sum converges exponentially.

    The checkerboard's edges fall between cells, so its sum is exact.
    """
    xs, ys, h = GRIDS.get(name, ((-6, 6), (-6, 6), 0.04))
    x, y = np.arange(xs[0] + h / 2, xs[1], h), np.arange(ys[0] + h / 2, ys[1], h)
    return TOYS[name].truth.log_prob(np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)), h * h


def mean_entropy(log_p: np.ndarray, weight: np.ndarray | float) -> float:
    return -float((weight * np.exp(log_p) * np.where(np.isfinite(log_p), log_p, 0)).sum())


@pytest.mark.parametrize("name", PLANE)
def test_plane_mass_is_one_and_entropy_is_the_stated_one(name):
    log_p, area = on_grid(name)
    assert abs(np.exp(log_p).sum() * area - 1) < 1e-6
    assert abs(mean_entropy(log_p, area) - TOYS[name].entropy) < 2e-6


@pytest.mark.parametrize("name", LINE)
def test_line_mass_is_one_and_entropy_is_the_stated_one(name):
    # Panels double outwards to 2^30 on each side, and have edges at the gap's; heavy tails leave 1e-27 outside.
    half = np.concatenate([np.linspace(0, 16, 129), 2.0 ** np.arange(5, 31)])
    x, w = gauss_legendre(np.concatenate([-half[:0:-1], half]), 16)
    log_p = TOYS[name].truth.log_prob(x.reshape(-1, 1))
    assert abs(w.ravel() @ np.exp(log_p) - 1) < 1e-9
    assert abs(mean_entropy(log_p, w.ravel()) - TOYS[name].entropy) < 1e-8


@pytest.mark.parametrize("name", TOYS)
def test_entropy_is_minus_the_mean_of_log_p(name):
    surprise = -TOYS[name].truth.log_prob(TOYS[name].truth.sample(20_000, KEY / "entropy"))
    error = surprise.std() / np.sqrt(len(surprise))
    assert abs(surprise.mean() - TOYS[name].entropy) < 5 * error + 1e-12


@pytest.mark.parametrize("name", PLANE)
def test_plane_draws_follow_the_density(name):
    """Chi-square over the quarter-unit cells of [-6, 6]^2 expecting at least 5 draws; the rest is one more cell."""
    truth, n, edges = TOYS[name].truth, 100_000, np.linspace(-6, 6, 49)
    x, w = gauss_legendre(edges, 5)
    p = np.exp(truth.log_prob(np.stack(np.meshgrid(x, x, indexing="ij"), axis=-1).reshape(-1, 2)))
    expected = n * np.einsum("aibj,ai,bj->ab", p.reshape(48, 5, 48, 5), w, w)
    seen = np.histogram2d(*truth.sample(n, KEY / "plane").T, bins=(edges, edges))[0]
    kept = expected >= 5
    seen = np.append(seen[kept], n - seen[kept].sum())
    expected = np.append(expected[kept], n - expected[kept].sum())
    if expected[-1] < 5:
        assert abs(seen[-1] - expected[-1]) < 10 + 5 * np.sqrt(abs(expected[-1]))
        seen, expected = seen[:-1], expected[:-1]
    chi2 = ((seen - expected) ** 2 / expected).sum()
    assert stats.chi2.sf(chi2, len(seen) - 1) > 1e-4


@pytest.mark.parametrize("name", LINE)
def test_line_draws_follow_the_density(name):
    """Kolmogorov-Smirnov against the integral of the density from -200, outside of which the t has 3e-7."""
    x, w = gauss_legendre(np.linspace(-200, 200, 3201), 8)
    panel = (np.exp(TOYS[name].truth.log_prob(x.reshape(-1, 1))).reshape(x.shape) * w).sum(axis=1)
    grid, cdf = np.linspace(-200, 200, 3201), np.append(0, np.cumsum(panel))
    draws = TOYS[name].truth.sample(20_000, KEY / "line")[:, 0]
    assert stats.kstest(draws, lambda v: np.interp(v, grid, cdf)).pvalue > 1e-4


@pytest.mark.parametrize("name", TOYS)
def test_draws_are_independent_not_stratified(name):
    """The count of draws with x1 > m is binomial over 2000 sets of 40: evenly spaced angles would vary far less."""
    truth, sets, n = TOYS[name].truth, 2000, 40
    above = truth.sample(sets * n, KEY / "independent")[:, 0] > 0.3
    p = above.mean()
    together = np.array([(truth.sample(n, KEY / "set" / i)[:, 0] > 0.3).sum() for i in range(sets)])
    for counts in (above.reshape(sets, n).sum(axis=1), together):
        assert abs(counts.var() / (n * p * (1 - p)) - 1) < 5 * np.sqrt(2 / sets)


@pytest.mark.parametrize("name", TOYS)
def test_draws_depend_on_the_key_alone(name):
    truth = TOYS[name].truth
    assert isinstance(truth, Truth)
    assert np.array_equal(truth.sample(30, KEY), truth.sample(30, KEY))
    assert not np.array_equal(truth.sample(30, KEY), truth.sample(30, KEY / "other"))


@pytest.mark.parametrize("name", [name for name, toy in TOYS.items() if toy.classes])
def test_labels_name_the_branches(name):
    """`sample` is the first part of `sample_labelled`, and all branches are equally likely (chi-square)."""
    truth, k = TOYS[name].truth, len(TOYS[name].classes)
    points, labels = truth.sample_labelled(4000, KEY)
    assert np.array_equal(points, truth.sample(4000, KEY))
    assert stats.chisquare(np.bincount(labels, minlength=k)).pvalue > 1e-4


@pytest.mark.parametrize("name", TOYS)
def test_log_density_far_away_is_a_number_or_minus_infinity(name):
    d = len(TOYS[name].bounds)
    sizes = np.array([0, 1e-300, 1e-9, 5, 15.9, 16.1, 40, 1e3, 1e6, 1e12])
    x = np.concatenate(
        [sizes[:, None] * sign for sign in (np.ones(d), -np.ones(d), np.linspace(0, 1, d), -np.eye(d)[0])]
    )
    log_p = TOYS[name].truth.log_prob(x)
    assert not np.isnan(log_p).any()
    assert (log_p < 5).all()
    if name not in ("checkerboard", "gapped"):
        assert np.isfinite(log_p).all()


@pytest.mark.parametrize("name", TOYS)
def test_log_density_of_a_point_does_not_depend_on_its_company(name):
    truth = TOYS[name].truth
    x = truth.sample(9000, KEY / "company")  # more than one chunk
    parts = np.concatenate([truth.log_prob(part) for part in np.array_split(x[8000:], [1, 2, 500])])
    np.testing.assert_allclose(truth.log_prob(x)[8000:], parts, rtol=1e-12)
    assert truth.log_prob(x[:0]).shape == (0,)


@pytest.mark.parametrize("name", ["two_spirals", "pinwheel", "eight_gaussians"])
def test_a_hundred_thousand_points_need_little_memory(name):
    x = TOYS[name].truth.sample(100_000, KEY)
    tracemalloc.start()
    TOYS[name].truth.log_prob(x)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 200e6
