"""How far points lie from each other: every pair of them, or, of many values in one dimension, linearly binned counts."""

import numpy as np
from jaxtyping import Float
from scipy import fft

EXACT = 600  # points up to which all pairs are looked at
MOST = 1 << 19  # nodes of a binned grid


def binned(x: Float[np.ndarray, " n"], step: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Each point's cell and its offset in it (0 to 1), and the linearly binned counts, on a grid from the least value."""
    t = (x - x.min()) / step
    cell = t.astype(np.intp)
    t -= cell
    size = int(cell.max()) + 2
    return cell, t, np.bincount(cell, 1 - t, size) + np.bincount(cell + 1, t, size)


def packed(x: Float[np.ndarray, " n"], reach: float) -> Float[np.ndarray, " n"]:
    """Sorted points, moved so that empty stretches are no longer than `reach`: nothing nearer than that changes."""
    return np.concatenate([[0.0], np.cumsum(np.minimum(np.diff(x), reach))])


def pair_lags(x: Float[np.ndarray, "n d"], step: float, reach: float) -> tuple[np.ndarray, np.ndarray]:
    """Distances between points (up to `reach`) and how many ordered pairs lie so far apart, no point with itself."""
    if x.shape[1] > 1 or len(x) <= EXACT:
        i, j = np.triu_indices(len(x), 1)
        return np.sqrt(((x[i] - x[j]) ** 2).sum(axis=1)), np.full(len(i), 2.0)
    column = packed(np.sort(x[:, 0]), reach)
    step = max(step, column[-1] / MOST)
    _, t, counts = binned(column, step)
    size = fft.next_fast_len(2 * len(counts), real=True)
    pairs = fft.irfft(abs(fft.rfft(counts, size)) ** 2, size)[: len(counts)]
    pairs[0] -= ((1 - t) ** 2 + t**2).sum()
    pairs[1] -= (t * (1 - t)).sum()
    pairs[1:] *= 2
    return step * np.arange(len(counts)), pairs
