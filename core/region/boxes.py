"""The box that covers a region best, among all boxes on a grid.

With L the region's mass in a box, A the box's area and T all of the region, F1 = 2 L / (A + T), the harmonic mean of
precision L / A and coverage L / T. Where the maximum is F, the box of greatest sum of 2 l - F a over its cells has just the
sum F T (Dinkelbach, 1967); the box of greatest sum is found by Kadane's rule for every pair of rows (Bentley, 1984).
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float


@dataclass(frozen=True)
class Best:
    """Rows `low` to `high` and columns `left` to `right` of the grid (the ends are not in it), and its scores in [0, 1]."""

    low: int
    high: int
    left: int
    right: int
    precision: float
    coverage: float

    @property
    def f1(self) -> float:
        """Their harmonic mean."""
        return 2 * self.precision * self.coverage / (self.precision + self.coverage)


def best(land: Float[np.ndarray, "h w"], area: Float[np.ndarray, "h w"]) -> Best:
    """The box of greatest F1; `land` is each cell's area of the region, `area` its own, both at least 0.

    Raises ValueError where there is no region.
    """
    total = float(land.sum())
    if total <= 0:
        raise ValueError("There is no region to cover.")
    found, score = (0, land.shape[0], 0, land.shape[1]), 0.0
    while True:
        low, high, left, right = found
        inside, size = float(land[low:high, left:right].sum()), float(area[low:high, left:right].sum())
        now = 2 * inside / (size + total)
        if now <= score + 1e-12:
            return Best(low, high, left, right, inside / size, inside / total)
        score = now
        found = heaviest(2 * land - score * area)


def heaviest(weight: Float[np.ndarray, "h w"]) -> tuple[int, int, int, int]:
    """The box (low, high, left, right) with the greatest sum of `weight`, in O(h^2 w)."""
    h, w = weight.shape
    upto = np.zeros((h + 1, w + 1))
    upto[1:, 1:] = weight.cumsum(axis=0).cumsum(axis=1)
    found, top = (0, h, 0, w), -np.inf
    for low in range(h):
        strips = upto[low + 1 :] - upto[low]  # sums of rows low to j, of the columns before each
        least = np.minimum.accumulate(strips[:, :-1], axis=1)
        gain = strips[:, 1:] - least
        j, right = np.unravel_index(int(gain.argmax()), gain.shape)
        if gain[j, right] > top:
            top = float(gain[j, right])
            left = int(strips[j, : right + 1].argmin())
            found = low, low + 1 + int(j), left, int(right) + 1
    return found
