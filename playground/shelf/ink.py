"""A drawing with the brush as a picture like those of a set."""

import numpy as np
from jaxtyping import Float

from core.data.images import Pictures

NIB = 0.055  # radius of a stroke, as a share of the width
SOME = 200  # of a set, to know its light
SURE = 0.75  # of their borders are on one side of grey, or there is no ground
SOFT = 0.5  # pixels over which its edge fades


def borders(x: Float[np.ndarray, "n c h w"]) -> Float[np.ndarray, " m"]:
    """The light of all pixels at the rims of pictures."""
    return np.concatenate([edge.ravel() for edge in (x[..., 0, :], x[..., -1, :], x[..., :, 0], x[..., :, -1])])


def ground(pictures: Pictures) -> float:
    """The light of a set's background: the median of its pictures' borders."""
    return float(np.median(borders(some(pictures))))


def bright(pictures: Pictures) -> float:
    """The share of the pixels at a set's borders that are nearer to white than to black."""
    return float((borders(some(pictures)) >= 0.5).mean())


def some(pictures: Pictures) -> Float[np.ndarray, "n c h w"]:
    """The first of a set's pictures, in [0, 1]."""
    return pictures.pixels[:SOME] / (pictures.levels - 1)


def against(x: Float[np.ndarray, "c h w"], pictures: Pictures) -> bool:
    """Whether a picture is drawn dark on bright and those of its set bright on dark, or the other way.

    A set of colours, or one whose borders are of every light, has no such way.
    """
    if x.shape[0] > 1:
        return False
    own, dark = borders(x[None]), 1 - bright(pictures)
    if max(dark, 1 - dark) < SURE:
        return False
    return bool((np.median(own) < 0.5) != (dark > 0.5))


def painted(points: Float[np.ndarray, "n 2"], pictures: Pictures) -> Float[np.ndarray, "c h w"]:
    """Discs about the points (x, y in the unit square, y upwards), anti-aliased, on the set's own ground.

    Ink is white on a dark ground and black on a light one; grey levels are those of the set.
    """
    c, h, w = pictures.shape
    y, x = np.meshgrid((np.arange(h) + 0.5) / h, (np.arange(w) + 0.5) / w, indexing="ij")
    near = np.full((h, w), np.inf)
    for px, py in points:
        near = np.minimum(near, np.hypot(x - px, y - (1 - py)))
    reach, edge = max(NIB, 0.6 / w), SOFT / w
    cover = np.clip((reach + edge - near) / (2 * edge), 0, 1)
    back = ground(pictures)
    light = back + cover * ((1.0 if back < 0.5 else 0.0) - back)
    levels = np.rint(light * (pictures.levels - 1)) / (pictures.levels - 1)
    return np.broadcast_to(levels, (c, h, w)).copy()
