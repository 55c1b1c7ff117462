"""Which law? Every candidate fitted, and judged by values it has not seen.

    held-out score = mean over held-out x of log p(x; fitted to the rest),   in nats, higher is better

The values are cut into fifths. Each fifth is scored by the fit to the other four; of more than `FOLDED` values only the
first fifth is, which is plenty. The cuts are the same for every candidate, so that scores are compared value by value:
`behind` is the mean paired difference to the best, with its standard error (a little too small, for the fits overlap),
and a candidate less than one such error behind is `tied` with it. The smallest and the largest value always train and
are never scored, so that no law is asked about values beyond the range it was shown: a uniform or a Pareto law, whose
density ends there, would be ruled out by them however true it is. BIC and AIC count parameters instead; all three are
on the scale of the likelihood, never of the distance to a histogram. Stone (1974) for cross-validation; Akaike (1974),
Schwarz (1978); Gneiting and Raftery (2007) for the log score.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float

from core import metrics
from core.families import FAMILIES, column
from core.key import Key
from core.process import Halt, Step

PARTS = 5
FOLDED = 10_000  # values up to which all five parts are held out in turn
FEWEST = 10  # values; below, a fifth of them judges nothing


@runtime_checkable
class Law(Protocol):
    """A fitted candidate: anything with a density. `count` is its number of free parameters, None if it has no number."""

    @property
    def count(self) -> int | None:
        """The number of free parameters."""
        ...

    def log_prob(self, x: np.ndarray) -> np.ndarray:
        """log p(x), nats."""
        ...


@runtime_checkable
class Candidate(Protocol):
    """What can be ranked: a family, a mixture, a kernel estimate."""

    @property
    def name(self) -> str:
        """A word for links."""
        ...

    @property
    def title(self) -> str:
        """Words for the table."""
        ...

    def fit(self, x: np.ndarray) -> Law:
        """The law fitted to values (n,); `Halt` with a sentence if there is none."""
        ...


NOTHING = metrics.Estimate(float("nan"), float("nan"))


@dataclass(frozen=True)
class Row:
    """A candidate's line in the table; numbers are NaN where it has none, and then `problem` says why.

    `log_likelihood` is the mean over all values, nats; `aic` and `bic` are of their sum. `behind` (how far the held-out
    score lies below the best one) and `tied` are filled in by `ranked`. `seconds` is the time all fits took.
    """

    name: str
    title: str
    fitted: Law | None = None
    parameters: int | None = None
    log_likelihood: float = float("nan")
    aic: float = float("nan")
    bic: float = float("nan")
    held_out: metrics.Estimate = NOTHING
    behind: metrics.Estimate = NOTHING
    tied: bool = False
    seconds: float = 0.0
    problem: str = ""

    @property
    def note(self) -> str:
        """What the table should say beside the numbers: the problem, or what is peculiar about the fit."""
        return self.problem or str(getattr(self.fitted, "note", ""))


def held_out(x: Float[np.ndarray, " n"], key: Key, folds: int | None = None) -> tuple[np.ndarray, ...]:
    """The rows of each part that is held out: random fifths of all but the smallest and the largest value, disjoint.

    `folds` says how many of the five parts are used (by default all, or one if there are more than `FOLDED` values).
    Fewer than `FEWEST` values are not cut: there are no parts.
    """
    if len(x) < FEWEST:
        return ()
    order = (key / "parts").generator().permutation(np.delete(np.arange(len(x)), [np.argmin(x), np.argmax(x)]))
    parts = np.array_split(order, PARTS)
    return tuple(np.sort(part) for part in parts[: folds or (PARTS if len(x) <= FOLDED else 1)])


def scored(candidate: Candidate, x: Float[np.ndarray, " n"], parts: tuple[np.ndarray, ...]) -> tuple[Row, np.ndarray]:
    """The candidate's row and its log-densities at the held-out rows (empty if it could not be fitted to the others)."""
    began = time.perf_counter()
    row = Row(candidate.name, candidate.title)
    try:
        if not parts:
            raise Halt(f"{len(x)} values are too few to hold some out: give at least {FEWEST}.")
        fitted = candidate.fit(x)
    except Halt as halt:
        return replace(row, problem=str(halt), seconds=time.perf_counter() - began), np.empty(0)
    problem, scores = "", np.empty(0)
    try:
        scores = np.concatenate([candidate.fit(np.delete(x, part)).log_prob(x[part]) for part in parts])
    except Halt as halt:
        problem = f"Without the values held out: {halt}"
    total, n, count = float(fitted.log_prob(x).sum()), len(x), fitted.count
    seconds = time.perf_counter() - began
    row = replace(row, fitted=fitted, parameters=count, log_likelihood=total / n, seconds=seconds, problem=problem)
    if count is not None:
        row = replace(row, aic=metrics.aic(total, count), bic=metrics.bic(total, count, n))
    return replace(row, held_out=average(scores) if len(scores) else NOTHING), scores


def average(scores: Float[np.ndarray, " h"]) -> metrics.Estimate:
    """Mean and standard error; -inf with no error if any score is."""
    return metrics.mean(scores) if np.isfinite(scores).all() else metrics.Estimate(float("-inf"), float("nan"))


def judge(candidate: Candidate, x: np.ndarray, key: Key, folds: int | None = None) -> Row:
    """One candidate fitted to all values for AIC and BIC, and to four fifths of them at a time for the held-out score."""
    x = column(x)
    return scored(candidate, x, held_out(x, key, folds))[0]


def ranked(judged: Sequence[tuple[Row, np.ndarray]]) -> tuple[Row, ...]:
    """The rows, best held-out score first and those without one last, each with its paired distance to the best."""
    order = sorted(
        judged, key=lambda pair: (len(pair[1]) == 0, pair[0].fitted is None, -np.nan_to_num(pair[0].held_out.value))
    )
    best, rows = order[0][1], []
    for row, scores in order:
        behind = NOTHING
        if len(scores) and np.isfinite(best).all():
            behind = average(best - scores) if np.isfinite(scores).all() else metrics.Estimate(np.inf, np.nan)
        tied = bool(row is not order[0][0] and behind.value <= behind.error)
        rows.append(replace(row, behind=behind, tied=tied))
    return tuple(rows)


def rank(
    x: np.ndarray, key: Key, candidates: Sequence[Candidate] = FAMILIES, folds: int | None = None
) -> Iterator[Step[tuple[Row, ...]]]:
    """Yield the growing table, one more candidate a Step, in the order of `candidates` (the quick ones come first).

    The state is the table ranked as far as it is known; the phase names the candidate just judged. All values are
    fitted, however many. A candidate that fails says why in its row; nothing else is disturbed.
    """
    x, judged = column(x), []
    parts = held_out(x, key, folds)
    for i, candidate in enumerate(candidates):
        judged.append(scored(candidate, x, parts))
        yield Step(i, ranked(judged), candidate.name, {"progress": (i + 1) / len(candidates)})
