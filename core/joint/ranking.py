"""Which way of fitting a joint law judges unseen points best?

    held-out score = mean over held-out x of log p(x; fitted to the rest),   nats, higher is better

The points are cut at random into fifths, the same for every way, and each fifth is scored by the fit to the other four
(of more than `ranking.FOLDED` points, only the first), so that scores are compared point by point: `behind` is the mean
paired difference to the best with its standard error (Stone, 1974; Gneiting and Raftery, 2007). AIC and BIC are given
where a likelihood was maximised over a counted number of parameters, and only there.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from jaxtyping import Float

from core.evaluation import metrics
from core.joint.joint import Way
from core.key import Key
from core.laws.ranking import FEWEST, FOLDED, PARTS, Row, average, ranked
from core.process import Halt, Step


def parts(n: int, key: Key) -> tuple[np.ndarray, ...]:
    """The rows of each fifth that is held out in turn; none for fewer points than can be cut."""
    if n < FEWEST:
        return ()
    cut = np.array_split((key / "parts").generator().permutation(n), PARTS)
    return tuple(np.sort(part) for part in cut)[: PARTS if n <= FOLDED else 1]


def scored(way: Way, x: Float[np.ndarray, "n d"], held: tuple[np.ndarray, ...]) -> tuple[Row, np.ndarray]:
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
        scores = np.concatenate([way.fit(np.delete(x, part, axis=0)).log_prob(x[part]) for part in held])
        row = replace(row, held_out=average(scores))
    except Halt as halt:
        row = replace(row, problem=str(halt))
    return replace(row, seconds=time.perf_counter() - began), scores


def rank(x: Float[np.ndarray, "n d"], key: Key, ways: Sequence[Way]) -> Iterator[Step[tuple[Row, ...]]]:
    """Yield the growing table, one more way a Step, best held-out score first; the phase names the way just judged."""
    held, judged = parts(len(x), key), []
    for i, way in enumerate(ways):
        judged.append(scored(way, x, held))
        yield Step(i, ranked(judged), way.name, {"progress": (i + 1) / len(ways)})
