"""The mutual information of every pair of pixels at once, and the tree that keeps most of it.

    I(a, b) = (1 / n) (sum n_ab log n_ab - sum n_a log n_a - sum n_b log n_b) + log n,      nats

All joint counts of two pixels stand in one product of the pictures' indicators with themselves, worked out in blocks; many
pixels of few levels are then a hundred times faster than pair by pair (`information.mutual`, for few columns of many
levels). Counts are whole numbers below 2^24, so single precision holds them exactly.
"""

from typing import Final

import numpy as np
from jaxtyping import Float, Int

from core.categorical.information import prim
from core.categorical.models import Tree
from core.categorical.rows import Codes, counted, paired

BLOCK: Final = 1 << 23  # joint counts held at once
WIDE: Final = 6500  # the most indicators, pixels times levels, for which all pairs are counted
ROWS: Final = 2000  # pictures that the tree's edges are chosen by, at most


def mutual(codes: Codes, levels: int) -> Float[np.ndarray, "d d"]:
    """The mutual information of every pair of pixels by counting, nats; a pixel's entropy on the diagonal."""
    n, d = codes.shape
    ones = np.zeros((n, d * levels), np.float32)
    ones[np.arange(n)[:, None], codes + levels * np.arange(d)] = 1
    single = plogp(ones.sum(axis=0)).reshape(d, levels).sum(axis=1)
    found, many = np.empty((d, d)), max(BLOCK // (levels * levels * d), 1)
    for first in range(0, d, many):
        block = slice(first, min(first + many, d))
        joint = ones[:, block.start * levels : block.stop * levels].T @ ones
        found[block] = plogp(joint).reshape(-1, levels, d, levels).sum(axis=(1, 3), dtype=float)
    shared = (found - single[:, None] - single) / n + np.log(n)
    return np.maximum((shared + shared.T) / 2, 0)


def plogp(counts: np.ndarray) -> Float[np.ndarray, "..."]:
    """c log c of counts, 0 for 0."""
    return counts * np.log(np.maximum(counts, 1), dtype=float)


def with_one(codes: Codes, levels: int, pixel: int) -> Float[np.ndarray, " d"]:
    """The mutual information of one pixel with each, nats; its entropy at its own place."""
    n, d = codes.shape
    at = (codes[:, pixel, None] * d + np.arange(d)) * levels + codes
    joint = np.bincount(at.ravel(), minlength=levels * levels * d).reshape(levels, d, levels)
    single = plogp(joint.sum(axis=0)).sum(axis=1)
    return np.maximum((plogp(joint).sum(axis=(0, 2)) - single - single[pixel]) / n + np.log(n), 0)


def coarse(codes: Codes, levels: int) -> tuple[Codes, int]:
    """The pixels at so many levels that all their pairs can be counted: as they are if possible, else fewer, at least 2."""
    fewer = min(levels, max(WIDE // codes.shape[1], 2))
    return codes * fewer // levels, fewer


def tree(codes: Codes, levels: int, alpha: float) -> Tree:
    """Chow and Liu's tree of pixels. Its edges are chosen by the first `ROWS` pictures at `coarse` levels, its tables are
    counted from all pictures at all levels. ValueError without pictures, or for alpha of 0 or less."""
    if not len(codes) or not (alpha > 0 and np.isfinite(alpha)):
        raise ValueError(f"The tree needs pictures and an alpha above 0, not {len(codes)} and {alpha!r}.")
    order, parents = prim(mutual(*coarse(codes[:ROWS], levels)))
    sizes = (levels,) * codes.shape[1]
    single = counted(codes, sizes)
    counts = tuple(single[j] if k < 0 else paired(codes, sizes, k, j) for j, k in enumerate(parents))
    return Tree(sizes, alpha, len(codes), order, parents, counts)


def joint(codes: Codes, levels: int, one: int, other: int) -> Int[np.ndarray, "L L"]:
    """How often each pair of levels of two pixels occurs."""
    return paired(codes, (levels,) * codes.shape[1], one, other)
