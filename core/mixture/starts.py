"""Where the means of a mixture begin.

k-means++ draws each next start with a probability in proportion to its squared distance from the nearest one so far
(Arthur and Vassilvitskii, 2007), distances in the spreads of the columns. Far values are then drawn first and, once drawn,
weigh nothing: K starts are left with the groups of the rest as long as there are fewer than K different far values.
"""

import numpy as np
from jaxtyping import Float, Int

from core.units import ordinary_rows, spread

STARTS = ("k-means++", "random points", "quantiles")


def means(start: str, k: int, x: Float[np.ndarray, "n d"], generator: np.random.Generator) -> Float[np.ndarray, "k d"]:
    """K start means: spread out by squared distance, drawn at random, or at quantiles along the longest direction."""
    if start == "random points":
        return x[generator.choice(len(x), size=k, replace=False)]
    if start == "quantiles":
        return np.array([part.mean(axis=0) for part in np.array_split(x[along(x)], k)])
    return x[spread_out(x / spread(x), k, generator)]


def along(x: Float[np.ndarray, "n d"]) -> Int[np.ndarray, " n"]:
    """The rows in the order of their projections on the longest direction, in which far values have no say."""
    seen = x[ordinary_rows(x)]
    centre = seen.mean(axis=0)
    longest = np.linalg.svd(seen - centre, full_matrices=False)[2][0]
    return np.argsort((x - centre) @ (longest * np.sign(longest[np.abs(longest).argmax()])), kind="stable")


def spread_out(white: Float[np.ndarray, "n d"], k: int, generator: np.random.Generator) -> list[int]:
    """K rows by k-means++."""
    chosen = [int(generator.integers(len(white)))]
    nearest = ((white - white[chosen[0]]) ** 2).sum(axis=1)
    while len(chosen) < k:
        total = nearest.sum()
        p = nearest / total if total > 0 else None
        chosen.append(int(generator.choice(len(white), p=p)))
        nearest = np.minimum(nearest, ((white - white[chosen[-1]]) ** 2).sum(axis=1))
    return chosen
