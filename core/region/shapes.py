"""Regions drawn by hand: boxes, a polygon, discs. A cell is in the region if the shape holds the cell's centre."""

import numpy as np
from jaxtyping import Bool, Float

Cells = Bool[np.ndarray, "h w"]


def centres(shape: tuple[int, int], bounds: Float[np.ndarray, "2 2"]) -> tuple[np.ndarray, np.ndarray]:
    """The places of the columns (w,) and of the rows (h,) of a grid over the rectangle, at the middle of their cells."""
    (left, right), (low, high) = bounds
    h, w = shape
    return left + (np.arange(w) + 0.5) / w * (right - left), low + (np.arange(h) + 0.5) / h * (high - low)


def boxes(corners: Float[np.ndarray, "k 2 2"], shape: tuple[int, int], bounds: Float[np.ndarray, "2 2"]) -> Cells:
    """The union of k boxes, each between two opposite corners, in any order."""
    x, y = centres(shape, bounds)
    found = np.zeros(shape, dtype=bool)
    for low, high in zip(corners.min(axis=1), corners.max(axis=1), strict=True):
        found |= ((y >= low[1]) & (y <= high[1]))[:, None] & ((x >= low[0]) & (x <= high[0]))
    return found


def polygon(corners: Float[np.ndarray, "k 2"], shape: tuple[int, int], bounds: Float[np.ndarray, "2 2"]) -> Cells:
    """What the closed polygon encloses by the even-odd rule: where it crosses itself, what is enclosed twice is outside."""
    x, y = centres(shape, bounds)
    found = np.zeros(shape, dtype=bool)
    for (x0, y0), (x1, y1) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        spans = (y0 > y) != (y1 > y)
        across = x0 + (y[spans] - y0) / (y1 - y0) * (x1 - x0)
        found[spans] ^= x > across[:, None]
    return found


def discs(at: Float[np.ndarray, "n 2"], radius: float, shape: tuple[int, int]) -> Cells:
    """The union of discs in the unit square."""
    x, y = centres(shape, np.array([[0.0, 1.0], [0.0, 1.0]]))
    found = np.zeros(shape, dtype=bool)
    for px, py in at:
        found |= (x - px) ** 2 + (y[:, None] - py) ** 2 <= radius * radius
    return found
