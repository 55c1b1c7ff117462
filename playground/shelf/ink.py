"""A drawing with the brush as a picture like those of a set."""

import numpy as np
from jaxtyping import Float

from core.data.images import Pictures

NIB = 0.055  # radius of a stroke, as a share of the width
SOFT = 0.5  # pixels over which its edge fades


def ground(pictures: Pictures) -> float:
    """The light of a set's background: the median of its pictures' borders."""
    some = pictures.pixels[:200] / (pictures.levels - 1)
    border = [some[..., 0, :], some[..., -1, :], some[..., :, 0], some[..., :, -1]]
    return float(np.median(np.concatenate([edge.ravel() for edge in border])))


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
