"""Where two regions agree and where they do not, each shown by one place: the one that lies deepest.

A   the model says yes, the rule no       B   the rule says yes, the model no       C   both say yes
"""

import numpy as np
from jaxtyping import Bool, Float
from scipy.ndimage import distance_transform_edt

from core.region.shapes import centres

Cells = Bool[np.ndarray, "h w"]


def deepest(cells: Cells, bounds: Float[np.ndarray, "2 2"]) -> Float[np.ndarray, "2"] | None:
    """The middle of the cell of a region that is farthest (in cells) from all that is not in it; None of an empty one.

    What lies off the map is not in it.
    """
    if not cells.any():
        return None
    far = distance_transform_edt(np.pad(cells, 1))[1:-1, 1:-1]
    row, column = np.unravel_index(int(far.argmax()), far.shape)
    x, y = centres(cells.shape, bounds)
    return np.array([x[column], y[row]])


def apart(model: Cells, rule: Cells, bounds: Float[np.ndarray, "2 2"]) -> dict[str, Float[np.ndarray, "2"]]:
    """A, B and C by their letters, without those that are nowhere."""
    found = {"A": model & ~rule, "B": rule & ~model, "C": model & rule}
    return {letter: at for letter, cells in found.items() if (at := deepest(cells, bounds)) is not None}
