"""How much of a law lies where nobody has looked: the probability that the next row is one that was never seen.

    observed  sum over unseen x of p(x)          expected  sum over all x of p(x) (1 - p(x))^n

Good (1953), who learned it from Turing: the share of rows that were seen exactly once estimates it without knowing p.
"""

import numpy as np
from jaxtyping import Float

from core.categorical.models import FullTable


def observed(p: Float[np.ndarray, " c"], table: FullTable) -> float:
    """What p says of all cells but those that were seen, in [0, 1]."""
    return max(float(1 - p[table.seen].sum()), 0.0)


def expected(p: Float[np.ndarray, " c"], n: int) -> float:
    """The mean of `observed` over all data of n rows."""
    return float((p * np.exp(n * np.log1p(-np.minimum(p, 1 - 1e-16)))).sum())


def good_turing(table: FullTable) -> float:
    """n_1 / n, the share of rows whose cell was seen once; 1 before there are rows."""
    return float((table.counts == 1).sum() / table.n) if table.n else 1.0
