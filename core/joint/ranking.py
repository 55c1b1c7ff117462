"""Which way of fitting a joint law judges unseen points best (`core.evaluation.held_out`), and which is the simplest of those?

Rows are those of `core.laws.ranking`. AIC and BIC are given where a likelihood was maximised over a counted number of
parameters, and only there.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeAlias

import numpy as np
from jaxtyping import Float

from core.evaluation import held_out, metrics
from core.evaluation.held_out import FEWEST
from core.joint.joint import Way
from core.laws.ranking import Row, judged, ranked
from core.process import Halt, Step

Scored: TypeAlias = tuple[Row, np.ndarray]


def scored(way: Way, x: Float[np.ndarray, "n d"], held: tuple[np.ndarray, ...]) -> Scored:
    """The row of one way and its log-densities at the held-out points; a row says why if something is missing."""
    began, row, scores = time.perf_counter(), Row(way.name, way.title), np.empty(0)
    try:
        law = way.fit(x)
        total, n = float(law.log_prob(x).sum()), len(x)
        row = replace(row, fitted=law, parameters=law.count, log_likelihood=total / n)
        if law.count is not None:
            row = replace(row, aic=metrics.aic(total, law.count), bic=float(metrics.bic(total, law.count, n)))
        if not held:
            raise Halt(f"{n} points are too few to hold some out: give at least {FEWEST}.")
        scores = held_out.scores(way.fit, x, held)
        row = replace(row, **judged(scores))
    except Halt as halt:
        row = replace(row, problem=str(halt))
    return replace(row, seconds=time.perf_counter() - began), scores


def rank(
    x: Float[np.ndarray, "n d"], ways: Sequence[Way], score: Callable[[Way], Scored] | None = None
) -> Iterator[Step[tuple[Row, ...]]]:
    """Yield the growing table, one more way a Step, best held-out score first; the phase names the way just judged.

    With `score`, a way's row and log-densities are what that says; it must be what `scored` says of the same.
    """
    held, found = held_out.parts(len(x)), []
    points = x[np.concatenate(held)] if held else x[:0]
    for i, way in enumerate(ways):
        found.append(score(way) if score else scored(way, x, held))
        yield Step(i, ranked(found, points), way.name, {"progress": (i + 1) / len(ways)})
