"""A bump on every point: the estimate at a bandwidth, what each bandwidth costs, and what the rules choose."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from core.check import Check
from core.dataset import Dataset
from core.evaluation import held_out
from core.evaluation.metrics import Estimate
from core.kernels import bandwidth, risk, sums
from core.kernels.bandwidth import Column
from core.kernels.kde import KDE
from core.key import Key
from core.laws.families.line_kde import LineKDE
from core.process import Halt, Step
from core.units import ordinary_rows
from playground.shown import numbers

FACTORS = tuple(f"{f:.3g}" for f in np.geomspace(0.01, 3, 100))
BOUNDARIES = ("none", "reflect")
RULE = "Silverman"  # of the estimates that the self-test looks at


@dataclass(frozen=True)
class Judged:
    """Over the axis of `h`: the left-out `score`, and the exact risk where the truth is known.

    `rules` are, by name, h (NaN if the rule finds none), the left-out score, the least-squares criterion and MISE over
    the oracle's; the oracle is one of them where the truth is known.
    """

    h: np.ndarray
    score: np.ndarray
    known: risk.Risk | None
    rules: Mapping[str, tuple[float, ...]]


def judge(dataset: Dataset, kernel: str) -> Iterator[Step[Judged]]:
    """Yield what is known of the bandwidths, one more rule a Step."""
    x, n, truth = dataset.points, len(dataset), dataset.truth
    sd, least = deviation(x), float("nan")
    h = sd * np.geomspace(float(FACTORS[0]), float(FACTORS[-1]), 120)
    rows = ordinary_rows(x)
    score, known = bandwidth.likelihood(x, h, kernel, rows), risk.risk(truth, n, h, kernel) if truth else None
    names = [*(["Oracle"] if truth else []), *bandwidth.RULES[:-1]]
    rules: dict[str, tuple[float, ...]] = {}
    for i, rule in enumerate(names):
        try:
            if truth and rule == "Oracle":
                width = risk.oracle(truth, n, kernel)
            else:
                width = bandwidth.factors(rule, x / sd, kernel, Key(0))[-1][0] * sd
            at = np.array([width])
            mise = float(risk.risk(truth, n, at, kernel).mise[0]) if truth else float("nan")
            least = mise if rule == "Oracle" else least
            scores = bandwidth.likelihood(x, at, kernel, rows)[0], bandwidth.least_squares(x, at, kernel)[0]
            rules[rule] = (width, float(scores[0]), float(scores[1]), mise / least)
        except Halt:
            rules[rule] = (float("nan"),) * 4
        yield Step(i, Judged(h, score, known, dict(rules)), rule, {"progress": (i + 1) / len(names)})


def deviation(x: np.ndarray) -> float:
    """The column's standard deviation (divided by n - 1), in which bandwidths are counted; Halt where it is 0."""
    return float(np.sqrt(bandwidth.covariance(x)[0, 0]))


def estimate(x: np.ndarray, h: float, kernel: str, boundary: str) -> KDE:
    """The estimate with bumps of deviation `h` (data units); `reflect` folds it back at 0 or at the extremes."""
    edges = np.array([[0.0, np.inf] if x.min() > 0 else [x.min(), x.max()]])
    return KDE.on_line(x, h, kernel, edges if boundary == BOUNDARIES[1] else None)


def integral(model: KDE) -> float:
    """The integral of what is drawn, by the trapezoid rule on eight nodes or more to a bandwidth where bumps reach."""
    total = 0.0
    for low, high in model.stretches():
        x = np.linspace(low, high, int(np.clip(8 * (high - low) / model.h, 1_000, 1 << 17)))
        total += float(np.trapezoid(model.on_grid(x), x))
    return total


def integrals(x: np.ndarray) -> Iterator[Check]:
    """The integral of the estimate, as it is and folded back: of all kernels the one farthest from 1."""
    sd = deviation(x)
    for boundary, word in zip(BOUNDARIES, ("leaking over its edges", "folded back at its edges"), strict=True):
        widths = {kernel: sd * bandwidth.factors(RULE, x / sd, kernel, Key(0))[-1][0] for kernel in sums.KERNELS}
        found = [integral(estimate(x, h, kernel, boundary)) for kernel, h in widths.items()]
        yield Check(f"a kernel estimate {word} integrates to", max(found, key=lambda v: abs(v - 1)), 1.0, 1e-3)


def unseen(x: Column, h: float, rule: str, kernel: str, boundary: str) -> Iterator[Step[Estimate]]:
    """Yield the held-out score (`core.evaluation.held_out`) as far as fifths are scored, one more a Step.

    The bandwidth of each fit is what the `rule` finds without the fifth, or `h` where the rule is the hand's or the
    truth's.
    """
    parts, found = held_out.parts(len(x)), np.empty(0)
    if not parts:
        raise Halt("Too few values to hold some out.")

    def fit(train: np.ndarray) -> LineKDE | KDE:
        width = h
        if rule in bandwidth.RULES[:-1]:
            scale = deviation(train)
            width = bandwidth.factors(rule, train / scale, kernel, Key(0))[-1][0] * scale
        plain = kernel == "gaussian" and boundary == BOUNDARIES[0]  # then a hundred thousand bumps are read in no time
        return LineKDE(train[:, 0], width) if plain else estimate(train, width, kernel, boundary)

    for i, part in enumerate(parts):
        found = np.append(found, held_out.scores(fit, x, (part,)))
        yield Step(i, held_out.average(found), "", {"progress": (i + 1) / len(parts), "values": float(len(found))})


def told(newest: Step[Estimate]) -> str:
    """The held-out score in words."""
    if not np.isfinite(newest.state.value):
        return "Held-out score at this h: minus infinity, because a value lies where no bump reaches."
    values, more = int(newest.metrics["values"]), newest.metrics["progress"] < 1
    part = f"{values:,} of the values so far" if more else f"{values:,} values"
    return f"Held-out score at this h: **{numbers.estimate(newest.state)}** nats per point ({part}; standard error)."
