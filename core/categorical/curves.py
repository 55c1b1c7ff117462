"""Learning curves: how far models are from a known law as the rows grow, over many redraws at once.

For every redraw one set of rows is drawn, of which each size takes the first n; so differences between models and sizes
are paired. KL(p, q) is exact over all cells, nats: of the full table sum_x p log p/q, of the independent product by the margins
alone,

    KL(p, q) = sum_j sum_v p_j(v) log p_j(v) / q_j(v) + total correlation(p).
"""

from collections.abc import Iterator, Sequence

import numpy as np
from jaxtyping import Float

from core.categorical.information import entropy, margins, total_correlation
from core.categorical.rows import counted, number
from core.categorical.truth import Law
from core.key import Key
from core.process import Step

SIZES = (10, 20, 35, 50, 100, 200, 350, 500, 1000, 2000, 3500, 5000)
REDRAWS = 200
FULL, ALONE = "full", "independent"
Curves = tuple[Float[np.ndarray, "r _"], Float[np.ndarray, "r _"]]


def curves(
    law: Law, alpha: float, key: Key, sizes: Sequence[int] = SIZES, redraws: int = REDRAWS
) -> Iterator[Step[tuple[int, ...]]]:
    """One size after the other: the sizes so far, and KL (redraw, size) of the `full` table and the `independent` product.

    Infinite where a model (alpha 0) calls something impossible that is not.
    """
    drawn = law.sample(redraws * max(sizes), key).reshape(redraws, max(sizes), len(law.sizes))
    full, alone = np.empty((redraws, len(sizes))), np.empty((redraws, len(sizes)))
    for i, n in enumerate(sizes):
        for r in range(redraws):
            full[r, i] = of_full(law, drawn[r, :n], alpha)
            alone[r, i] = of_independent(law, drawn[r, :n], alpha)
        arrays = {FULL: full[:, : i + 1].copy(), ALONE: alone[:, : i + 1].copy()}
        yield Step(i, tuple(sizes[: i + 1]), arrays=arrays)


def of_full(law: Law, codes: np.ndarray, alpha: float) -> float:
    """KL(p, the full table of these rows), nats: through the cells that were seen, for all others have one logarithm."""
    at, counts = np.unique(number(codes, law.sizes), return_counts=True)
    p, cells = law.p.ravel(), law.p.size
    below = np.log(len(codes) + alpha * cells)
    mass = p[at]
    rest = 1 - mass.sum()
    if alpha == 0 and rest > 1e-12:
        return np.inf
    unseen = rest * np.log(alpha) if alpha else 0.0
    return float(-entropy(law.p) - (mass * np.log(counts + alpha)).sum() - unseen + below)


def of_independent(law: Law, codes: np.ndarray, alpha: float) -> float:
    """KL(p, the independent product of these rows), nats."""
    found = total_correlation(law.p)
    for p, counts in zip(margins(law.p), counted(codes, law.sizes), strict=True):
        with np.errstate(divide="ignore"):
            log_q = np.log(counts + alpha) - np.log(len(codes) + alpha * len(p))
        found += float((p * (np.log(p) - log_q)).sum())
    return found
