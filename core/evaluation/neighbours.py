"""How well classes lie apart in a code: the share of pictures whose nearest neighbours say their class.

    accuracy = 1/n sum_i [ class i = majority of the k codes nearest to code i, i itself left out ]

A tie goes to the class whose tied neighbours are nearest in sum. It asks for no factors, only for labels; guessing the
largest class gets `chance`. Fix and Hodges (1951); Cover and Hart (1967).
"""

import numpy as np
from jaxtyping import Float, Int
from scipy.spatial import cKDTree

from core.evaluation.metrics import Estimate


def accuracy(code: Float[np.ndarray, "n d"], labels: Int[np.ndarray, " n"], k: int = 5) -> Estimate:
    """The share, in [0, 1], and its binomial standard error; ValueError unless there are more than `k` codes."""
    n = len(code)
    if n <= k:
        raise ValueError(f"{n} pictures are too few for {k} neighbours.")
    away, near = cKDTree(code).query(code, k=k + 1)
    own = near == np.arange(n)[:, None]
    own[~own.any(axis=1), -1] = True  # among more than k equal codes it may be missing: drop the last
    away, near = away[~own].reshape(n, k), near[~own].reshape(n, k)
    said = labels[near]
    classes = np.unique(labels)
    votes = (said[:, :, None] == classes).sum(axis=1)
    far = np.where(said[:, :, None] == classes, away[:, :, None], 0.0).sum(axis=1)
    best = np.lexsort((far, -votes), axis=1)[:, 0]
    share = float((classes[best] == labels).mean())
    return Estimate(share, float(np.sqrt(share * (1 - share) / n)))


def chance(labels: Int[np.ndarray, " n"]) -> float:
    """The share of the largest class."""
    return float(np.unique(labels, return_counts=True)[1].max() / len(labels))
