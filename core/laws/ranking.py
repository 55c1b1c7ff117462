"""Which law? Every candidate fitted, and judged by values it has not seen.

    held-out score = mean over held-out x of log p(x; fitted to the rest),   in nats, higher is better

The values are cut into fifths. Each fifth is scored by the fit to the other four; of more than `FOLDED` values only the
first fifth is, which is plenty. The cuts are the same for every candidate, so that scores are compared value by value:
`behind` is the mean paired difference to the best, with its standard error (a little too small, for the fits overlap),
and a candidate less than one such error behind is `tied` with it. The smallest and the largest value always train and
are never scored, so that no law is asked about values beyond the range it was shown: a uniform or a Pareto law, whose
density ends there, would be ruled out by them however true it is. BIC and AIC count parameters instead; all three are
on the scale of the likelihood, never of the distance to a histogram. Candidates are fitted `WORKERS` at a time. Of more
than `SAMPLED` values a random `FIRST` are ranked first, for a first answer, and then all of them. Stone (1974) for
cross-validation; Akaike (1974), Schwarz (1978); Gneiting and Raftery (2007) for the log score.
"""

import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import islice
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float

from core.evaluation import metrics
from core.key import Key
from core.laws.families.continuous import FAMILIES, Fitted, column
from core.laws.families.discrete import CountLaw
from core.laws.families.line_kde import Kernels
from core.laws.families.line_mixture import LineMixture, Mixtures
from core.laws.information import Errors, errors
from core.process import Halt, Step

PARTS = 5
FOLDED = 10_000  # values up to which all five parts are held out in turn
FEWEST = 10  # values; below, a fifth of them judges nothing
SAMPLED, FIRST = 10_000, 2_000
WORKERS = 2


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


CONTINUOUS: tuple[Candidate, ...] = (*FAMILIES, Mixtures(), Kernels())
"""All that a density can be chosen from, the quick ones first."""
NOTHING = metrics.Estimate(float("nan"), float("nan"))


@dataclass(frozen=True)
class Row:
    """A candidate's line in the table; numbers are NaN where it has none, and then `problem` says why.

    `log_likelihood` is the mean over all values, nats; `aic` and `bic` are of their sum. `behind` (how far the held-out
    score lies below the best one) and `tied` are filled in by `ranked`. `errors` are those of the parameters, None for a
    law without. `seconds` is the time all fits took.
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
    errors: Errors | None = None
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


def scored(
    candidate: Candidate, x: Float[np.ndarray, " n"], parts: tuple[np.ndarray, ...], key: Key
) -> tuple[Row, np.ndarray]:
    """The candidate's row and its log-densities at the held-out rows (empty if it could not be fitted to the others).

    `key` is for errors by bootstrap.
    """
    began = time.perf_counter()
    row = Row(candidate.name, candidate.title)
    try:
        if not parts:
            raise Halt(f"{len(x)} values are too few to hold some out: give at least {FEWEST}.")
        fitted = candidate.fit(x)
    except Exception as error:  # one candidate's trouble is its row's, not the table's
        return replace(row, problem=reason(error), seconds=time.perf_counter() - began), np.empty(0)
    problem, scores = "", np.empty(0)
    try:
        scores = np.concatenate([candidate.fit(np.delete(x, part)).log_prob(x[part]) for part in parts])
    except Exception as error:
        problem = f"Without the values held out: {reason(error)}"
    total, n, count = float(fitted.log_prob(x).sum()), len(x), fitted.count
    row = replace(row, fitted=fitted, parameters=count, log_likelihood=total / n, problem=problem)
    row = replace(row, title=getattr(fitted, "title", row.title), held_out=average(scores) if len(scores) else NOTHING)
    if count is not None:
        row = replace(row, aic=metrics.aic(total, count), bic=metrics.bic(total, count, n))
    if isinstance(fitted, (Fitted, CountLaw, LineMixture)):
        row = replace(row, errors=errors(fitted, x, key / "errors" / candidate.name))
    return replace(row, seconds=time.perf_counter() - began), scores


def reason(error: Exception) -> str:
    """Why a fit failed, in a sentence."""
    return str(error) if isinstance(error, Halt) else f"The fit broke off with an unexpected {type(error).__name__}."


def average(scores: Float[np.ndarray, " h"]) -> metrics.Estimate:
    """Mean and standard error; -inf with no error if any score is."""
    return metrics.mean(scores) if np.isfinite(scores).all() else metrics.Estimate(float("-inf"), float("nan"))


def judge(candidate: Candidate, x: np.ndarray, key: Key, folds: int | None = None) -> Row:
    """One candidate fitted to all values for AIC and BIC, and to four fifths of them at a time for the held-out score."""
    x = column(x)
    return scored(candidate, x, held_out(x, key, folds), key)[0]


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
    x: np.ndarray, key: Key, candidates: Sequence[Candidate] = CONTINUOUS, folds: int | None = None
) -> Iterator[Step[tuple[Row, ...]]]:
    """Yield the growing table, one more candidate a Step, in the order of `candidates` (the quick ones come first).

    The state is the table ranked as far as it is known; the phase names the candidate just judged. Metrics: `progress`,
    and `values`, how many the state rests on. Of a long column (more than `SAMPLED`) the table of a random `FIRST` grows
    and stays until the last Step has that of all. A candidate that fails says why in its row; nothing else is disturbed.
    """
    x, index = column(x), 0
    first: tuple[Row, ...] = ()
    if len(x) > SAMPLED:
        few = x[np.sort((key / "first").generator().choice(len(x), FIRST, replace=False))]
        for index, (name, first) in enumerate(growing(few, key / "first", candidates, 1)):
            yield Step(index, first, name, {"progress": 0.0, "values": FIRST})
        index += 1
    for i, (name, rows) in enumerate(growing(x, key, candidates, folds), start=1):
        done = i == len(candidates)
        said = {"progress": i / len(candidates), "values": len(x) if done or not first else FIRST}
        yield Step(index + i - 1, rows if done or not first else first, name, said)


def growing(
    x: np.ndarray, key: Key, candidates: Sequence[Candidate], folds: int | None
) -> Iterator[tuple[str, tuple[Row, ...]]]:
    """The name of each candidate as it is judged, and the table so far; no more than `WORKERS` are fitted ahead."""
    parts, judged = held_out(x, key, folds), []
    todo: Iterator[Candidate] = iter(candidates)
    with ThreadPoolExecutor(WORKERS) as pool:

        def begin(count: int) -> list[tuple[str, Future]]:
            return [(c.name, pool.submit(scored, c, x, parts, key)) for c in islice(todo, count)]

        try:
            waiting = deque(begin(WORKERS + 1))
            while waiting:
                name, future = waiting.popleft()
                judged.append(future.result())
                waiting.extend(begin(1))
                yield name, ranked(judged)
        finally:
            pool.shutdown(cancel_futures=True)
