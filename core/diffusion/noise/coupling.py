"""Which noise goes with which point: by chance, or so that together they travel least.

Within a minibatch the noises are dealt out to minimise sum |x_0 - eps|^2 (Tong et al., 2024; Pooladian et al., 2023), which
leaves both marginals as they are and makes the paths of flow matching straighter. The assignment is exact within groups of at
most `GROUP`, for more gains little and costs its cube. Reflow (Liu, Gong and Liu, 2023) takes the pairs that a trained
flow itself joins.
"""

import numpy as np
from jaxtyping import Float, Int
from scipy.optimize import linear_sum_assignment

GROUP = 64
NAMES = ("independent", "optimal transport")


def partners(x: Float[np.ndarray, "n d"], noise: Float[np.ndarray, "n d"], group: int = GROUP) -> Int[np.ndarray, " n"]:
    """The row of `noise` for each row of `x`: the cheapest assignment, in groups of consecutive rows."""
    rows = np.arange(len(x))
    for first in range(0, len(x), group):
        part = slice(first, first + group)
        cost = -(x[part] @ noise[part].T)  # |x|^2 and |noise|^2 are paid whatever the assignment
        rows[part] = first + linear_sum_assignment(cost)[1]
    return rows


def cost(x: Float[np.ndarray, "n d"], noise: Float[np.ndarray, "n d"]) -> float:
    """The mean of |x_0 - eps|^2 over the pairs (squared units of the points)."""
    return float(((x - noise) ** 2).sum(axis=1).mean())
