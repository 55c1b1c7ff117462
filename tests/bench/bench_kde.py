"""Kernel densities on a grid side by side with scikit-learn and scipy: `python -m tests.bench.bench_kde`.

Fit and evaluation, from the points to the density at every node, with the same bandwidth for all; ours, scikit-learn
(rtol 1e-4) and scipy in turn within one run, so that other load on the machine falls on all. Medians are printed beside
the goals; the exit status is 1 only where ours is further than 1e-4 (relative) from the exact density at any node that
has at least 1e-3 of the peak.
"""

import sys
import time
from collections.abc import Callable

import numpy as np
from scipy import stats
from sklearn.neighbors import KernelDensity

from core.kernels import kde
from core.kernels.bandwidth import covariance
from core.kernels.kde import KDE, Config
from core.key import Key

AGREE = 1e-4


def points(n: int, d: int) -> np.ndarray:
    """n points around four centres, all columns in one unit."""
    g = (Key(0) / "bench kde" / n).generator()
    return g.normal(0, 2, (4, d))[g.integers(4, size=n)] + g.normal(size=(n, d)) * 0.8


def ours(x: np.ndarray, axes: list[np.ndarray], bandwidth: np.ndarray) -> np.ndarray:
    """Our density on the grid, flat."""
    return KDE(x, bandwidth).on_grid(*axes).ravel()


def scikit_learn(x: np.ndarray, axes: list[np.ndarray], bandwidth: np.ndarray) -> np.ndarray:
    """scikit-learn's, in coordinates in which the bandwidth matrix is the identity."""
    factor = np.linalg.cholesky(bandwidth)
    white, at = (np.linalg.solve(factor, a.T).T for a in (x, nodes(axes)))
    return np.exp(KernelDensity(bandwidth=1.0, rtol=1e-4).fit(white).score_samples(at)) / np.diag(factor).prod()


def scipys(x: np.ndarray, axes: list[np.ndarray], bandwidth: np.ndarray) -> np.ndarray:
    """scipy's, with Scott's rule: the same bandwidth."""
    return stats.gaussian_kde(x.T)(nodes(axes).T)


def nodes(axes: list[np.ndarray]) -> np.ndarray:
    """The nodes of a grid, one a row."""
    return np.stack([a.ravel() for a in np.meshgrid(*axes, indexing="ij")], axis=1)


def timed(work: Callable, *arguments: object) -> tuple[float, np.ndarray]:
    """Milliseconds taken, and the result."""
    begin = time.perf_counter()
    result = work(*arguments)
    return 1e3 * (time.perf_counter() - begin), result


def compare(n: int, d: int, side: int, goal: str, repetitions: tuple[int, int, int]) -> float:
    """Print one row of the table; return our largest relative error."""
    x = points(n, d)
    bandwidth = covariance(x) * n ** (-2 / (d + 4))
    pad = 3 * np.sqrt(np.diag(bandwidth))
    axes = [np.linspace(c.min() - p, c.max() + p, side) for c, p in zip(x.T, pad, strict=True)]
    works = (ours, scikit_learn, scipys)
    ours(x, axes, bandwidth)  # not charged for the first touch
    times: list[list[float]] = [[], [], []]
    for turn in range(max(repetitions)):
        for k, work in enumerate(works):
            if turn < repetitions[k]:
                times[k].append(timed(work, x, axes, bandwidth)[0])
    us, learn, sci = (float(np.median(t)) for t in times)
    exact, drawn = np.exp(KDE(x, bandwidth).log_prob(nodes(axes))), ours(x, axes, bandwidth)
    seen = exact > 1e-3 * exact.max()
    error = float(abs(drawn[seen] / exact[seen] - 1).max())
    print(
        f"{d} {n:>9,} {side**d:>8,} {us:>9.2f} {learn:>13.0f} {sci:>9.0f} {learn / us:>7.0f} {error:>9.1e}   {goal}",
        flush=True,
    )
    return error


def rules() -> None:
    """Print what choosing costs: every Step of a fit taken."""
    line, plane = ("Scott", "Sheather-Jones", "Likelihood CV"), ("Scott", "Likelihood CV")
    for n, d, rule in [*((100_000, 1, rule) for rule in line), *((10_000, 2, rule) for rule in plane)]:
        x = points(n, d)
        took = min(timed(lambda x=x, rule=rule: list(kde.fit(Config(rule=rule), x, Key(0))))[0] for _ in range(2))
        print(f"fit, d = {d}, n = {n:,}, {rule}: {took:.0f} ms")


def main() -> int:
    """Print the table; 1 where ours is wrong."""
    print("KDE, Gaussian, Scott's bandwidth; ms from points to density, medians of alternating runs")
    print(
        f"d {'points':>9} {'nodes':>8} {'ours':>9} {'scikit-learn':>13} {'scipy':>9} {'ratio':>7} {'error':>9}   goal"
    )
    errors = [
        compare(100_000, 1, 1000, "ratio 20", (15, 3, 3)),
        compare(10_000, 2, 100, "3 ms", (25, 3, 3)),
    ]
    rules()
    return int(max(errors) > AGREE)


if __name__ == "__main__":
    sys.exit(main())
