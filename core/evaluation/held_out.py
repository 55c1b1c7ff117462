"""Held-out scores: what a way of fitting makes of points that it has not seen. The one estimator of every page.

    held-out score = mean over held-out x of log p(x; fitted to the rest),   nats, higher is better

The points are cut at random into fifths and each fifth is scored by the fit to the other four; of more than `FOLDED`
points only the first fifth is, which is plenty. Every point can be held out, the smallest and the largest too. The cuts
follow from n alone, so that a law has one score on every page, and all laws are scored on the same points and compared
point by point: `behind` is the mean paired difference to the best, with its standard error (a little too small, for the
fits overlap). Stone (1974) for cross-validation; Gneiting and Raftery (2007) for the log score.

One point can decide such a mean. `decisive` finds it: without it some difference moves by more than its standard error
there (DFBETAS beyond 1, Belsley, Kuh and Welsch, 1980) and the order changes.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from jaxtyping import Float, Int

from core.evaluation.metrics import Estimate, mean
from core.key import Key

PARTS = 5
FOLDED = 10_000  # points up to which all five parts are held out in turn
FEWEST = 10  # points; below, a fifth of them judges nothing
PRACTICAL = 1e-3  # nats per point; a smaller difference is none in practice, however many points show it
FAR = 1.0  # nats per point, at which unseen points are e times less likely on average: never a tie
CUT = Key(0) / "held out"
NOTHING = Estimate(float("nan"), float("nan"))


class Scored(Protocol):
    """A law with a density."""

    def log_prob(self, x: np.ndarray) -> np.ndarray:
        """log p(x), nats."""
        ...


def parts(n: int, folds: int | None = None) -> tuple[Int[np.ndarray, " _"], ...]:
    """The rows of each part that is held out: random fifths, disjoint and in rising order.

    `folds` says how many of the five are used (by default all, or one if n is more than `FOLDED`). Fewer than `FEWEST`
    points are not cut: there are no parts.
    """
    if n < FEWEST:
        return ()
    cut = np.array_split(CUT.generator().permutation(n), PARTS)
    return tuple(np.sort(part) for part in cut[: folds or (PARTS if n <= FOLDED else 1)])


def scores(
    fit: Callable[[np.ndarray], Scored], x: Float[np.ndarray, "n ..."], held: Sequence[np.ndarray]
) -> Float[np.ndarray, " h"]:
    """log p of each held-out point under the fit to all points outside its part, part after part, nats."""
    return np.concatenate([fit(np.delete(x, part, axis=0)).log_prob(x[part]) for part in held])


def average(found: Float[np.ndarray, " h"]) -> Estimate:
    """Mean and standard error; minus infinity with no error if any score is."""
    return mean(found) if np.isfinite(found).all() else Estimate(float("-inf"), float("nan"))


def behind(best: Float[np.ndarray, " h"], found: Float[np.ndarray, " h"]) -> Estimate:
    """How far scores lie below the best ones: the mean of their paired differences, infinite if a score is -inf."""
    if not np.isfinite(best).all():
        return NOTHING
    return average(best - found) if np.isfinite(found).all() else Estimate(float("inf"), float("nan"))


def tied(distance: Estimate) -> bool:
    """Whether a distance to the best is none: within its standard error and less than `FAR`, or too small to matter.

    Where a few points cost a law 10^50 nats, the standard error is as large as the distance and says nothing.
    """
    return bool(distance.value <= max(min(distance.error, FAR), PRACTICAL))


def decisive(found: Float[np.ndarray, "m h"]) -> int | None:
    """The held-out point that decides how m ways rank, or None where none does.

    With D the paired differences of a way to the best and D_(i) those without point i, it is the i of the greatest
    |mean D - mean D_(i)| / se D_(i) over all ways, if that is above 1 and the order of the means is another without it; or
    the one point that rules out a way which would be tied without it.
    """
    (m, h), totals = found.shape, found.sum(axis=1)
    if m < 2 or h < 3 or not np.isfinite(totals.max()):
        return None
    best = found[totals.argmax()]
    for row in found[np.isinf(found).sum(axis=1) == 1]:
        i = int(np.flatnonzero(np.isinf(row))[0])
        if tied(behind(np.delete(best, i), np.delete(row, i))):
            return i
    finite = found[np.isfinite(totals)]
    moved = moves(best - finite)
    i = int(moved.max(axis=0).argmax())
    order, without = (np.argsort(-s.sum(axis=1), kind="stable") for s in (finite, np.delete(finite, i, axis=1)))
    return i if moved[:, i].max() > 1 and (order != without).any() else None


def moves(apart: Float[np.ndarray, "m h"]) -> Float[np.ndarray, "m h"]:
    """How far each mean moves without each point, in standard errors without it (DFBETAS); 0 where none is left."""
    h = apart.shape[1]
    centred = apart - apart.mean(axis=1, keepdims=True)
    squares = (centred**2).sum(axis=1, keepdims=True)
    left = np.maximum(squares - centred**2 * h / (h - 1), 1e-12 * squares)
    error = np.sqrt(left / (h - 2) / (h - 1))
    return np.divide(np.abs(centred) / (h - 1), error, out=np.zeros_like(centred), where=error > 0)
