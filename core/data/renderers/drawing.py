"""Flat shapes on a pixel grid, anti-aliased by their signed distance.

A distance is negative inside a shape, in pixels. A pixel's coverage is clip(1/2 - d, 0, 1): exactly the covered area
where an edge runs along the grid, close to it where it slants, and never a jump when a shape moves. Pixel (i, j) has
its centre at x = j + 1/2, y = i + 1/2, y running down. Distances after Quilez (2D distance functions, 2008 ff.).
"""

from functools import reduce

import numpy as np
from jaxtyping import Float

Grid = Float[np.ndarray, "..."] | float | int
Point = tuple[float | int, float | int]


def centres(size: int) -> tuple[Float[np.ndarray, "1 s"], Float[np.ndarray, "s 1"]]:
    """x (1, s) and y (s, 1) of the pixel centres."""
    middle = np.arange(size) + 0.5
    return middle[None, :], middle[:, None]


def coverage(distance: Float[np.ndarray, "..."]) -> Float[np.ndarray, "..."]:
    """The share of a pixel that lies inside, 0 to 1."""
    return np.clip(0.5 - distance, 0, 1)


def circle(x: Grid, y: Grid, cx: Grid, cy: Grid, r: Grid) -> Float[np.ndarray, "..."]:
    """Distance to the circle of radius `r`."""
    return np.hypot(x - cx, y - cy) - r


def ellipse(x: Grid, y: Grid, cx: Grid, cy: Grid, rx: Grid, ry: Grid) -> Float[np.ndarray, "..."]:
    """Distance to an ellipse, to first order at its edge."""
    u, v = (x - cx) / rx, (y - cy) / ry
    level = np.hypot(u, v)
    return level * (level - 1) / np.maximum(np.hypot(u / rx, v / ry), 1e-9)


def box(x: Grid, y: Grid, left: Grid, top: Grid, right: Grid, bottom: Grid, r: Grid) -> Float[np.ndarray, "..."]:
    """Distance to an upright rectangle with corners rounded to radius `r`; sides may be arrays that broadcast."""
    u = np.abs(x - (left + right) / 2) - (right - left) / 2 + r
    v = np.abs(y - (top + bottom) / 2) - (bottom - top) / 2 + r
    return np.hypot(np.maximum(u, 0), np.maximum(v, 0)) + np.minimum(np.maximum(u, v), 0) - r


def line(x: Grid, y: Grid, start: Point, end: Point, r: Grid) -> Float[np.ndarray, "..."]:
    """Distance to a stroke of half-width `r` with round ends."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    t = np.clip(((x - start[0]) * dx + (y - start[1]) * dy) / (dx * dx + dy * dy), 0, 1)
    return np.hypot(x - start[0] - t * dx, y - start[1] - t * dy) - r


def union(*distances: Float[np.ndarray, "..."]) -> Float[np.ndarray, "..."]:
    """Distance to what lies in any of the shapes."""
    return reduce(np.minimum, distances)


def overlap(*distances: Float[np.ndarray, "..."]) -> Float[np.ndarray, "..."]:
    """Distance (a lower bound of it) to what lies in all of the shapes."""
    return reduce(np.maximum, distances)
