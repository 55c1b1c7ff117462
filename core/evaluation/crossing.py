"""Where one learning curve crosses another: of errors or distances (redraw, size), of which less is better."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float


def overtaken(sizes: Sequence[int], one: Float[np.ndarray, "r s"], other: Float[np.ndarray, "r s"]) -> float | None:
    """The size from which on `one` is on average below the `other`, between two sizes by a line in log n; None if at none."""
    with np.errstate(invalid="ignore"):
        ahead = one.mean(axis=0) - other.mean(axis=0)
    behind = np.flatnonzero(~(ahead < 0))
    if len(behind) and behind[-1] == len(sizes) - 1:
        return None
    if not len(behind):
        return float(sizes[0])
    i = int(behind[-1])
    if not np.isfinite(ahead[i]):
        return float(sizes[i + 1])
    share = ahead[i] / (ahead[i] - ahead[i + 1])
    return float(np.exp(np.log(sizes[i]) + share * np.log(sizes[i + 1] / sizes[i])))
