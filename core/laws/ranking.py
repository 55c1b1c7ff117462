"""Which law? Every candidate fitted, and judged by values it has not seen (`core.evaluation.held_out`).

A candidate less than one standard error behind the best, or so little that it does not matter, is `tied` with it, and of
those that tie the one with the fewest parameters is `recommended` (the one-standard-error rule of Breiman et al., 1984).
Where one value decides the ranking, every row has its score `without` it. A law that ends at the smallest or the largest
value it was fitted to, such as a uniform, gives a new extreme no density at all: its score is minus infinity, however true
it is, and `impossible` counts the values that did it. BIC and AIC count parameters instead; all three are on the scale of
the likelihood, never of the distance to a histogram. Candidates are fitted `WORKERS` at a time. Of more than `SAMPLED`
values a random `FIRST` are ranked first, for a first answer, and then all of them. Akaike (1974), Schwarz (1978).
"""

import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float

from core.evaluation import held_out, metrics
from core.evaluation.held_out import FEWEST, NOTHING
from core.key import Key
from core.laws.families.continuous import FAMILIES, Fitted, column
from core.laws.families.discrete import CountLaw
from core.laws.families.line_kde import Kernels
from core.laws.families.line_mixture import LineMixture, Mixtures
from core.laws.information import Errors, errors
from core.process import Halt, Step

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


@dataclass(frozen=True)
class Without:
    """A held-out score without the one `point` (its coordinates) that decides the ranking."""

    point: tuple[float, ...]
    score: metrics.Estimate


@dataclass(frozen=True)
class Row:
    """A candidate's line in the table; numbers are NaN where it has none, and then `problem` says why.

    `log_likelihood` is the mean over all values, nats; `aic` and `bic` are of their sum. `behind` (how far the held-out
    score lies below the best one), `tied`, `recommended` and `without` are filled in by `ranked`. `errors` are those of the
    parameters, None for a law without. `seconds` is the time all fits took.
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
    recommended: bool = False
    without: Without | None = None
    impossible: int = 0
    errors: Errors | None = None
    seconds: float = 0.0
    problem: str = ""

    @property
    def note(self) -> str:
        """What the table should say beside the numbers: the problem, or what is peculiar about the fit."""
        return self.problem or str(getattr(self.fitted, "note", ""))


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
        scores = held_out.scores(candidate.fit, x, parts)
    except Exception as error:
        problem = f"Without the values held out: {reason(error)}"
    total, n, count = float(fitted.log_prob(x).sum()), len(x), fitted.count
    row = replace(row, fitted=fitted, parameters=count, log_likelihood=total / n, problem=problem)
    row = replace(row, title=getattr(fitted, "title", row.title), **judged(scores))
    if count is not None:
        row = replace(row, aic=metrics.aic(total, count), bic=metrics.bic(total, count, n))
    if isinstance(fitted, (Fitted, CountLaw, LineMixture)):
        row = replace(row, errors=errors(fitted, x, key / "errors" / candidate.name))
    return replace(row, seconds=time.perf_counter() - began), scores


def reason(error: Exception) -> str:
    """Why a fit failed, in a sentence."""
    return str(error) if isinstance(error, Halt) else f"The fit broke off with an unexpected {type(error).__name__}."


def judged(scores: Float[np.ndarray, " h"]) -> dict[str, Any]:
    """What a row says of its scores at held-out points: nothing, where there are none."""
    said = held_out.average(scores) if len(scores) else NOTHING
    return {"held_out": said, "impossible": int(np.isinf(scores).sum())}


def judge(candidate: Candidate, x: np.ndarray, key: Key, folds: int | None = None) -> Row:
    """One candidate fitted to all values for AIC and BIC, and to four fifths of them at a time for the held-out score."""
    x = column(x)
    return scored(candidate, x, held_out.parts(len(x), folds), key)[0]


def ranked(found: Sequence[tuple[Row, np.ndarray]], points: Float[np.ndarray, "h ..."]) -> tuple[Row, ...]:
    """The rows, best held-out score first and those without one last, compared at the held-out `points`."""
    order = sorted(
        found, key=lambda pair: (len(pair[1]) == 0, pair[0].fitted is None, -np.nan_to_num(pair[0].held_out.value))
    )
    have = [scores for _, scores in order if len(scores)]
    which = held_out.decisive(np.stack(have)) if have else None
    rows = []
    for i, (row, scores) in enumerate(order):
        if len(scores):
            apart = held_out.behind(have[0], scores)
            row = replace(row, behind=apart, tied=i > 0 and held_out.tied(apart))
        if len(scores) and which is not None:
            point = tuple(np.atleast_1d(points[which]).tolist())
            row = replace(row, without=Without(point, held_out.average(np.delete(scores, which))))
        rows.append(row)
    simplest = recommended(rows)
    return tuple(replace(row, recommended=i == simplest) for i, row in enumerate(rows))


def recommended(rows: Sequence[Row]) -> int | None:
    """Among the best row and those tied with it, the one with the fewest parameters; None where no row has a score."""
    level = [i for i, row in enumerate(rows) if np.isfinite(row.held_out.value) and (i == 0 or row.tied)]
    counts = {i: rows[i].parameters for i in level}
    return min(level, key=lambda i: (counts[i] is None, counts[i] or 0, i), default=None)


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
    parts, found = held_out.parts(len(x), folds), []
    points = x[np.concatenate(parts)] if parts else x[:0]
    todo: Iterator[Candidate] = iter(candidates)
    with ThreadPoolExecutor(WORKERS) as pool:

        def begin(count: int) -> list[tuple[str, Future]]:
            return [(c.name, pool.submit(scored, c, x, parts, key)) for c in islice(todo, count)]

        try:
            waiting = deque(begin(WORKERS + 1))
            while waiting:
                name, future = waiting.popleft()
                found.append(future.result())
                waiting.extend(begin(1))
                yield name, ranked(found, points)
        finally:
            pool.shutdown(cancel_futures=True)
