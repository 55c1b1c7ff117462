"""Pictures at another size: the mean of the area each new pixel covers, or linear interpolation where there is less.

Both are separable, so a picture x (h, w) becomes A x B' with A = `weights(h, height)` and B = `weights(w, width)`. The
rows of a weight matrix add up to one, so a flat picture stays as it is. (Pillow's box filter counts whole source pixels
only, which is the mean of the area where the ratio is a whole number and up to a grey level in five off elsewhere.)
"""

from functools import lru_cache

import numpy as np
from jaxtyping import Float, UInt

from core.process import frozen

Square = Float[np.ndarray, "n side side c"]


@lru_cache(maxsize=64)
def weights(old: int, new: int) -> Float[np.ndarray, "new old"]:
    """How much each of `old` pixels in a line counts in each of `new`: by overlap to shrink, linearly to enlarge."""
    if new <= old:
        edges, i = np.arange(new + 1) * old / new, np.arange(old)
        overlap = np.minimum(edges[1:, None], i + 1) - np.maximum(edges[:-1, None], i)
        return frozen(np.clip(overlap, 0, None) * new / old)
    centres = np.clip((np.arange(new) + 0.5) * old / new - 0.5, 0, old - 1)  # beyond the outer centres: the edge itself
    return frozen(np.clip(1 - np.abs(centres[:, None] - np.arange(old)), 0, None))


def resample(pixels: UInt[np.ndarray, "n h w c"], height: int, width: int) -> Float[np.ndarray, "n height width c"]:
    """`pixels` at `height` x `width`, as float64 between the old values' least and greatest."""
    n, h, w, c = pixels.shape
    planes = pixels.transpose(0, 3, 1, 2).astype(np.float64)
    if (h, w) != (height, width):
        planes = weights(h, height) @ planes @ weights(w, width).T
    return planes.transpose(0, 2, 3, 1)


def stretch(pixels: UInt[np.ndarray, "n h w c"], side: int) -> Square:
    """The whole picture, its sides scaled apart."""
    return resample(pixels, side, side)


def fill(pixels: UInt[np.ndarray, "n h w c"], side: int) -> Square:
    """The square in the middle (rounded down and to the left by half a pixel where it must be)."""
    h, w = pixels.shape[1:3]
    short = min(h, w)
    down, across = (h - short) // 2, (w - short) // 2
    return resample(pixels[:, down : down + short, across : across + short], side, side)


def fit(pixels: UInt[np.ndarray, "n h w c"], side: int) -> Square:
    """The whole picture in the middle of a square of the median colour of its own border."""
    n, h, w, c = pixels.shape
    height, width = (max(round(side * size / max(h, w)), 1) for size in (h, w))
    border = np.concatenate([pixels[:, 0], pixels[:, -1], pixels[:, :, 0], pixels[:, :, -1]], axis=1)
    squares = np.empty((n, side, side, c))
    squares[:] = np.median(border, axis=1)[:, None, None]
    down, across = (side - height) // 2, (side - width) // 2
    squares[:, down : down + height, across : across + width] = resample(pixels, height, width)
    return squares


SQUARED = {"fill": fill, "fit": fit, "stretch": stretch}
