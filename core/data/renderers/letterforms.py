"""How people write the ten digits: pen paths through a few points, more than one way where people differ.

Points (x, y) lie in a box one unit high, x near [0, 0.7], y running down. The path is a uniform Catmull-Rom spline
through them (Catmull and Rom, 1974); a point written twice in a row makes a sharp corner. A form may lift the pen.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

Stroke = tuple[tuple[float, float], ...]
PER_SPAN = 4  # straight pieces between two points

FORMS: dict[int, tuple[tuple[Stroke, ...], ...]] = {
    0: (
        (
            (
                (0.42, 0.02),
                (0.14, 0.18),
                (0.04, 0.55),
                (0.25, 0.97),
                (0.55, 0.8),
                (0.63, 0.4),
                (0.45, 0.05),
                (0.3, 0.05),
            ),
        ),
        (((0.5, 0.1), (0.32, 0.0), (0.1, 0.3), (0.08, 0.7), (0.32, 1.0), (0.58, 0.68), (0.56, 0.26), (0.28, 0.07)),),
    ),
    1: (
        (((0.36, 0.0), (0.35, 0.35), (0.34, 0.7), (0.33, 1.0)),),
        (((0.1, 0.3), (0.26, 0.16), (0.4, 0.0), (0.4, 0.0), (0.4, 0.5), (0.38, 1.0)),),
        (
            ((0.14, 0.24), (0.28, 0.12), (0.38, 0.0), (0.38, 0.0), (0.38, 0.5), (0.38, 0.98)),
            ((0.12, 0.99), (0.38, 0.98), (0.64, 0.98)),
        ),
    ),
    2: (
        (
            (
                (0.07, 0.24),
                (0.3, 0.0),
                (0.6, 0.2),
                (0.44, 0.56),
                (0.04, 0.97),
                (0.04, 0.97),
                (0.34, 0.95),
                (0.66, 0.95),
            ),
        ),
        (
            (
                (0.08, 0.2),
                (0.34, 0.0),
                (0.6, 0.22),
                (0.42, 0.66),
                (0.14, 0.97),
                (0.02, 0.86),
                (0.2, 0.78),
                (0.46, 0.95),
                (0.7, 0.88),
            ),
        ),
    ),
    3: (
        (
            (
                (0.08, 0.14),
                (0.34, 0.0),
                (0.58, 0.2),
                (0.26, 0.46),
                (0.26, 0.46),
                (0.62, 0.7),
                (0.36, 1.0),
                (0.04, 0.87),
            ),
        ),
        (
            (
                (0.08, 0.03),
                (0.34, 0.02),
                (0.6, 0.02),
                (0.6, 0.02),
                (0.3, 0.4),
                (0.3, 0.4),
                (0.62, 0.66),
                (0.38, 1.0),
                (0.05, 0.88),
            ),
        ),
    ),
    4: (
        (
            ((0.2, 0.0), (0.1, 0.3), (0.03, 0.6), (0.03, 0.6), (0.36, 0.58), (0.7, 0.56)),
            ((0.52, 0.16), (0.5, 0.6), (0.46, 1.0)),
        ),
        (
            (
                (0.68, 0.68),
                (0.35, 0.68),
                (0.02, 0.68),
                (0.02, 0.68),
                (0.26, 0.32),
                (0.5, 0.0),
                (0.5, 0.0),
                (0.5, 0.5),
                (0.48, 1.0),
            ),
        ),
        (((0.08, 0.02), (0.06, 0.34), (0.26, 0.52), (0.6, 0.44)), ((0.62, 0.02), (0.58, 0.5), (0.52, 1.0))),
    ),
    5: (
        (
            (
                (0.16, 0.05),
                (0.14, 0.24),
                (0.11, 0.44),
                (0.11, 0.44),
                (0.4, 0.38),
                (0.62, 0.66),
                (0.36, 0.99),
                (0.03, 0.88),
            ),
            ((0.15, 0.04), (0.38, 0.03), (0.64, 0.02)),
        ),
        (
            (
                (0.64, 0.02),
                (0.4, 0.03),
                (0.16, 0.05),
                (0.16, 0.05),
                (0.1, 0.46),
                (0.1, 0.46),
                (0.44, 0.42),
                (0.6, 0.7),
                (0.32, 1.0),
                (0.02, 0.9),
            ),
        ),
    ),
    6: (
        (((0.52, 0.0), (0.2, 0.28), (0.05, 0.68), (0.26, 0.99), (0.56, 0.8), (0.42, 0.54), (0.1, 0.7)),),
        (((0.3, 0.0), (0.12, 0.35), (0.06, 0.75), (0.32, 1.0), (0.56, 0.76), (0.34, 0.54), (0.07, 0.78)),),
    ),
    7: (
        (((0.03, 0.06), (0.34, 0.04), (0.66, 0.02), (0.66, 0.02), (0.42, 0.5), (0.24, 1.0)),),
        (
            ((0.03, 0.1), (0.3, 0.04), (0.64, 0.02), (0.64, 0.02), (0.46, 0.5), (0.3, 1.0)),
            ((0.18, 0.54), (0.4, 0.51), (0.62, 0.5)),
        ),
    ),
    8: (
        (
            (
                (0.54, 0.12),
                (0.32, 0.0),
                (0.1, 0.2),
                (0.32, 0.46),
                (0.6, 0.76),
                (0.32, 1.0),
                (0.05, 0.77),
                (0.33, 0.46),
                (0.57, 0.22),
                (0.46, 0.05),
            ),
        ),
        (
            ((0.34, 0.47), (0.12, 0.24), (0.34, 0.0), (0.55, 0.22), (0.34, 0.47), (0.2, 0.44)),
            ((0.34, 0.47), (0.06, 0.72), (0.32, 1.0), (0.6, 0.74), (0.34, 0.47), (0.2, 0.53)),
        ),
    ),
    9: (
        (((0.58, 0.2), (0.34, 0.0), (0.07, 0.26), (0.28, 0.52), (0.58, 0.24), (0.58, 0.24), (0.57, 0.6), (0.5, 1.0)),),
        (((0.56, 0.16), (0.3, 0.0), (0.06, 0.24), (0.28, 0.48), (0.58, 0.2), (0.56, 0.66), (0.36, 1.0), (0.08, 0.9)),),
    ),
}
"""Digit -> the ways of writing it, each one or more strokes of the pen."""


@dataclass(frozen=True)
class Form:
    """One way of writing a digit, ready to be bent.

    `points` (p, 2) are its distinct points in order; `path` (q, p) takes them to the corners of its drawn path, row by
    row a weighting that sums to 1; `pieces` (s, 2) are the pairs of corners that the pen joins.
    """

    digit: int
    points: Float[np.ndarray, "p 2"]
    path: Float[np.ndarray, "q p"]
    pieces: Int[np.ndarray, "s 2"]


def spline(count: int) -> Float[np.ndarray, "q p"]:
    """The Catmull-Rom weights of `count` points: rows are places along the path, from the first point to the last."""
    t = np.arange(PER_SPAN)[:, None] / PER_SPAN
    weights = 0.5 * np.hstack([-t + 2 * t**2 - t**3, 2 - 5 * t**2 + 3 * t**3, t + 4 * t**2 - 3 * t**3, -(t**2) + t**3])
    path = np.zeros((PER_SPAN * (count - 1) + 1, count + 2))
    for span in range(count - 1):
        path[PER_SPAN * span : PER_SPAN * (span + 1), span : span + 4] = weights
    path[-1, -2] = 1
    ghost = np.zeros((count + 2, count))  # beyond each end, the line runs straight on
    ghost[1:-1] = np.eye(count)
    ghost[0, :2], ghost[-1, -2:] = (2, -1), (-1, 2)
    return path @ ghost


def form(digit: int, strokes: tuple[Stroke, ...]) -> Form:
    """The Form of a digit's strokes; a point that repeats its predecessor is the same point, so it bends with it."""
    points: list[tuple[float, float]] = []
    paths, pieces, done = [], [], 0
    for stroke in strokes:
        owner = []
        for i, point in enumerate(stroke):
            if i == 0 or point != stroke[i - 1]:
                points.append(point)
            owner.append(len(points) - 1)
        weights = spline(len(stroke))
        paths.append((weights, owner))
        pieces.append(done + np.stack([np.arange(len(weights) - 1), np.arange(1, len(weights))], axis=1))
        done += len(weights)
    path = np.zeros((done, len(points)))
    row = 0
    for weights, owner in paths:
        for column, point_index in enumerate(owner):
            path[row : row + len(weights), point_index] += weights[:, column]
        row += len(weights)
    joined = np.concatenate(pieces)
    drawn = [(a, b) for a, b in joined if not np.allclose(path[a], path[b])]  # a corner's two points are one place
    return Form(digit, np.array(points), path, np.array(drawn))


ALL = tuple(form(digit, strokes) for digit, forms in FORMS.items() for strokes in forms)
"""Every way of writing every digit."""
