"""EM side by side with scikit-learn: `python -m tests.bench.bench_em`.

Both fit the same points from the same start for the same number of iterations, in turn within one run, so that other
load on the machine falls on both. What an iteration costs is the difference of a long and a short fit, so that neither
is charged for preparing (a second of scikit-learn's fit at a million points). The medians are printed; nothing is
asserted about them. What is asserted is that both arrive at the same parameters: the exit status is 1 where any differs
by 1e-8 or more.
"""

import sys
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture

from core.key import Key
from core.mixture import basin, gmm
from core.mixture.gmm import GMM, Config

K, AGREE = 8, 1e-8
SIZES = {10_000: (9, 40), 100_000: (5, 20), 1_000_000: (3, 8)}  # points: repetitions, iterations more than one


def points(n: int) -> np.ndarray:
    """n points around K Gaussians in the plane."""
    g = (Key(0) / "bench" / n).generator()
    centres = g.normal(0, 4, (K, 2))
    return centres[g.integers(K, size=n)] + g.normal(size=(n, 2))


def ours(x: np.ndarray, start: GMM, iterations: int) -> GMM:
    """Our mixture after so many iterations, every Step consumed."""
    config = Config(K, floor=1e-6, tolerance=0.0, iterations=iterations)
    for step in gmm.fit(config, x, Key(0), start=start):
        last = step
    return last.state


def theirs(x: np.ndarray, start: GMM, iterations: int) -> GMM:
    """scikit-learn's mixture after so many iterations."""
    model = GaussianMixture(
        K,
        tol=0.0,
        reg_covar=1e-6,
        max_iter=iterations,
        weights_init=start.weights,
        means_init=start.means,
        precisions_init=np.linalg.inv(start.covariances),
    ).fit(x)
    return GMM(model.weights_, model.means_, model.covariances_)


def timed(work: Callable, *arguments: object) -> tuple[float, Any]:
    """Seconds taken, and the result."""
    begin = time.perf_counter()
    result = work(*arguments)
    return time.perf_counter() - begin, result


def compare(n: int, repetitions: int, more: int) -> float:
    """Print one row of the table; return the largest difference of a parameter."""
    x = points(n)
    start = gmm.initial(Config(K), x, Key(0))
    ours(x, start, 1), theirs(x, start, 1)  # neither is charged for the first touch
    seconds, ends = np.empty((repetitions, 2)), [start, start]
    for row in seconds:
        for i, work in enumerate((ours, theirs)):
            short, _ = timed(work, x, start, 1)
            long, ends[i] = timed(work, x, start, 1 + more)
            row[i] = (long - short) / more
    names = ("weights", "means", "covariances")
    difference = max(float(np.abs(getattr(ends[0], name) - getattr(ends[1], name)).max()) for name in names)
    us, them = 1e3 * np.median(seconds, axis=0)
    print(f"{n:>9,} {us:>10.2f} {them:>13.2f} {them / us:>7.2f} {difference:>12.1e}", flush=True)
    return difference


def ten_thousand_starts() -> float:
    """Seconds for 10,000 starts of the 1-D demonstration, run until they have converged."""
    draw = np.random.RandomState(42)
    x = np.concatenate([draw.normal(-2, 1, 300), draw.normal(2, 1, 300)])[:, None]
    start = GMM(np.array([0.5, 0.5]), np.array([[1.0], [2.0]]), np.array([[[1.5]], [[1.5]]]))
    means = basin.plane_starts(start, (0, 0), (1, 0), np.array([[-6.0, 6.0], [-6.0, 6.0]]), 100)
    return timed(basin.settle, Config(2, floor=0.0), x, start, means)[0]


def main() -> int:
    """Print the table; 1 where the two disagree."""
    warnings.simplefilter("ignore", ConvergenceWarning)
    print(f"EM, d = 2, K = {K}, full, float64; ms an iteration, median of alternating runs")
    print(f"{'n':>9} {'ours':>10} {'scikit-learn':>13} {'ratio':>7} {'difference':>12}")
    differences = [compare(n, *runs) for n, runs in SIZES.items()]
    print(f"basins: 10,000 starts of the demonstration (600 points, K = 2): {ten_thousand_starts():.2f} s")
    return int(max(differences) >= AGREE)


if __name__ == "__main__":
    sys.exit(main())
