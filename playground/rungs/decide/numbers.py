"""Both models in numbers, beside the best rule there is; what they say where the hand is; and the self-test."""

from collections.abc import Callable, Iterator

import numpy as np

from core.check import Check
from core.classification import risk
from core.classification.generative import BUMPS, GAUSSIANS, KERNELS
from core.digits import plain_power
from core.evaluation.metrics import wilson
from core.process import Step
from playground import session
from playground.rungs.decide.judged import Seen, knows
from playground.rungs.decide.screen import Screen
from playground.shown.closer import SelfTest

CANNOT = (
    "**It cannot draw.** It knows p(y | x), which class is likely at a given x, and nothing of p(x), where points fall: "
    "there is nothing to draw an x from."
)


def share(value: float) -> str:
    """A share in per cent."""
    return f"{100 * value:.1f} %".replace(" ", "\xa0")


def interval(errors: int, n: int) -> str:
    """A share of errors with its 95 % interval."""
    low, high = wilson(errors, n)
    return f"{share(errors / n)} ({100 * low:.1f} to {100 * high:.1f})".replace(" ", "\xa0")


def figures(screen: Screen, step: Step[Seen]) -> str:
    """Errors and log-loss as a Markdown table, a row a model, the best rule last where it is known."""
    seen, n = step.state, len(step.state.held)
    rows = [[name, interval(score.errors, n)] for name, score in zip(screen.titles, seen.scores, strict=True)]
    heads = [f"Error on {n:,} held out", *(["Exact", "Above the best (nats)"] if seen.truth else [])]
    if seen.truth is not None:
        for row, score in zip(rows, seen.scores, strict=True):
            row += [exact(score.risk, share), exact(score.excess, lambda v: "∞" if np.isinf(v) else f"{v:.3f}")]
        rows.append(["Bayes rule", "", f"**{share(seen.truth.bayes)}**", "0"])
    return table("", heads, rows)


def exact(value: float | None, say: Callable[[float], str]) -> str:
    """An exact number, where there is one."""
    return "" if value is None else f"**{say(value)}**"


def table(first: str, heads: list[str], rows: list[list[str]]) -> str:
    """Rows under heads as a Markdown table."""
    lines = [f"| {first} | {' | '.join(heads)} |", "|---|" + "--:|" * len(heads)]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def at_hand(screen: Screen, step: Step[Seen]) -> str:
    """p(x) and the likeliest class where the hand is, by both models and in truth, as a Markdown table."""
    seen, x = step.state, np.array([screen.place])
    names = [session.plain(name) for name in screen.rows.classes]
    p = [plain_power(float(np.exp(seen.left.log_prob(x)[0])), 2), "does not know"]
    said = zip(screen.titles, p, (likeliest(m.log_posterior(x)[0], names) for m in seen.both), strict=True)
    rows = [list(row) for row in said]
    if knows(screen.dataset, screen.rows):
        joint = screen.dataset.truth.log_joint(x)[0]  # type: ignore[union-attr]
        total = float(np.logaddexp.reduce(joint))
        best = likeliest(joint - total, names) if np.isfinite(total) else "none"
        rows.append(["Truth", plain_power(float(np.exp(total)), 2), best])
    return table("At the hand", ["p(x)", "Class"], rows)


def likeliest(log_p: np.ndarray, names: list[str]) -> str:
    """The likeliest class and its probability."""
    top = int(log_p.argmax())
    value = float(np.exp(log_p[top]))
    return f"{names[top]}, {'over 0.999' if value > 0.999 else f'{value:.3f}'}"


def caveats(screen: Screen, seen: Seen) -> str:
    """What is said of weights that have no end, and of classes with more points than bumps."""
    said = []
    if seen.right.runaway:
        said.append(
            "A curve parts these classes without an error, so without a ridge the weights of logistic regression grow without "
            "end; they were stopped on the way. Put the ridge above 0."
        )
    if screen.asked.law == KERNELS and np.bincount(seen.learned.y).max() > BUMPS:
        said.append(f"Of a class with more than {BUMPS:,} points, that many random ones got a bump each.")
    return " ".join(said)


def self_test(screen: Screen, step: Step[Seen]) -> SelfTest:
    """The identities of both models."""
    note = f"Self-test of {screen.titles[0]} and {screen.titles[1].lower()} on {len(step.state.learned):,} points."
    known = step.state.truth is not None
    return SelfTest((*screen.models, known), lambda: checks(screen, step.state), note, of=screen.dataset)


def checks(screen: Screen, seen: Seen) -> Iterator[Check]:
    """Bayes' rule, sums that are 1, the gradient at the bottom, and the best rule, which none beats."""
    x, left = seen.held.x, seen.left
    joint = left.log_joint(x)
    off = np.abs(left.log_prob(x)[:, None] + left.log_posterior(x) - joint)
    yield Check("generative: log p(x) + log p(y given x) - log p(x, y), the greatest", float(off.max()), 0.0, 1e-8)
    for name, model in zip(("generative", "discriminative"), seen.both, strict=True):
        total = np.exp(model.log_posterior(x)).sum(axis=1)
        yield Check(f"{name}: p(y given x) sums to 1, the worst", float(total[np.abs(total - 1).argmax()]), 1.0, 1e-10)
    grid = risk.cells(screen.dataset.bounds, 240, 1.0)
    mass = grid.area * float(np.exp(left.log_prob(grid.x)).sum())
    yield Check("generative: p(x) integrates to 1 on three times the axes", mass, 1.0, 0.02)
    _, y = left.sample_labelled(20_000, screen.key / "checked")
    rare = int(left.priors.argmin())
    wide = 4 * float(np.sqrt(left.priors[rare] * (1 - left.priors[rare]) / 20_000))
    yield Check(
        "generative: share of the rarest class in 20,000 draws", float((y == rare).mean()), left.priors[rare], wide
    )
    if screen.asked.law in GAUSSIANS:
        centre = np.average([law.mean for law in left.laws], axis=0, weights=left.priors)
        drift = np.abs(centre - seen.learned.x.mean(axis=0)) / seen.learned.x.std(axis=0)
        yield Check("generative: mean of p(x) less that of the points (sd)", float(drift.max()), 0.0, 1e-9)
    if not seen.right.runaway:
        slope = float(np.abs(seen.right.slope(seen.learned)).max())
        yield Check("discriminative: gradient of its loss per point", slope, 0.0, 1e-8)
    if seen.truth is not None:
        mass = risk.mass(seen.truth.log_joint, seen.truth.cells.area)
        yield Check("truth: p(x) integrates to 1", mass, 1.0, 5e-3)
        for name, score in zip(("generative", "discriminative"), seen.scores, strict=True):
            assert score.risk is not None
            assert score.excess is not None
            yield Check(f"{name}: error less the Bayes risk", score.risk - seen.truth.bayes, 0.0, 1e-12, at_least=True)
            yield Check(f"{name}: log-loss above the best", score.excess, 0.0, 1e-12, at_least=True)
