"""Both models fitted to a part of the points, laid out on the axes, judged on the rest and, where it is known, by the truth."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Protocol

import contourpy
import numpy as np
from jaxtyping import Float, Int

from core.classification import discriminative, generative, risk
from core.classification.discriminative import Logistic
from core.classification.generative import ClassLaws
from core.classification.risk import Cells
from core.classification.rows import Rows, log_total, split
from core.dataset import Dataset
from core.key import Key
from core.process import Step
from playground.runs import shared

SIDE = 144  # nodes of the stage along each side
CELLS, BEYOND = 200, 0.15  # cells of the quadrature each way, and the share of the axes beyond each of their ends


class Rule(Protocol):
    """What says how likely each class is at a place."""

    def log_posterior(self, x: Float[np.ndarray, "n d"]) -> Float[np.ndarray, "n k"]:
        """log p(y = k given x), nats."""
        ...


@dataclass(frozen=True)
class Truth:
    """log p(x, y = k) on the cells of the quadrature and on the stage's nodes."""

    cells: Cells
    log_joint: Float[np.ndarray, "m k"]
    nodes: Float[np.ndarray, "s k"]

    @property
    def bayes(self) -> float:
        """The least error of any rule."""
        return risk.bayes(self.log_joint, self.cells.area)


@dataclass(frozen=True)
class Laid:
    """A model on the stage: the class it says at every node (h, w), and the lines between classes."""

    said: Int[np.ndarray, "h w"]
    edges: Any


@dataclass(frozen=True)
class Score:
    """Errors among the points held out and calibration there; where the truth is known, all of it exact, and the excess, nats.

    `calibration` is that of `core.classification.risk.reliability`.
    """

    errors: int
    calibration: tuple[np.ndarray, np.ndarray, np.ndarray]
    risk: float | None = None
    excess: float | None = None


@dataclass(frozen=True)
class Seen:
    """Both models, what they learned from and what was held out, the stage, their scores, and the truth if it is known."""

    left: ClassLaws
    right: Logistic
    learned: Rows
    held: Rows
    density: Float[np.ndarray, "h w"]
    laid: tuple[Laid, Laid]
    scores: tuple[Score, Score]
    truth: Truth | None = None
    best: Laid | None = None

    @property
    def both(self) -> tuple[Rule, Rule]:
        """The generative and the discriminative one."""
        return self.left, self.right


def axes(dataset: Dataset) -> tuple[np.ndarray, np.ndarray]:
    """The nodes of the stage along both columns."""
    (left, right), (low, high) = dataset.bounds
    return np.linspace(left, right, SIDE), np.linspace(low, high, SIDE)


def nodes(dataset: Dataset) -> Float[np.ndarray, "s 2"]:
    """All nodes of the stage, row by row from the lowest."""
    return np.stack(np.meshgrid(*axes(dataset)), axis=-1).reshape(-1, 2)


def knows(dataset: Dataset, rows: Rows) -> bool:
    """Whether the densities of these classes are known."""
    return hasattr(dataset.truth, "log_joint") and rows.k == len(dataset.classes)


def truth_of(dataset: Dataset, rows: Rows) -> Callable[[], Truth | None]:
    """The truth laid out, to be asked for by a job; None where nobody knows it."""
    if not knows(dataset, rows):
        return lambda: None
    law: Any = dataset.truth

    def make() -> Truth:
        found = risk.cells(dataset.bounds, CELLS, BEYOND)
        return Truth(found, law.log_joint(found.x), law.log_joint(nodes(dataset)))

    return shared.later("decide.truth", (dataset.name,), dataset, make)


def steps(
    dataset: Dataset, rows: Rows, asked: tuple[tuple[str, int], str, float], key: Key, truth: Callable[[], Truth | None]
) -> Iterator[Step[Seen]]:
    """Both models with what they say and their errors on the points held out; then what the truth says of them."""
    (kind, components), features, ridge = asked
    learned, held = split(rows, key / "held")
    left = generative.fit(kind, learned, key / "law", components)
    right = discriminative.fit(features, learned, ridge)
    at = nodes(dataset)
    joint, posterior = left.log_joint(at), right.log_posterior(at)
    density = np.exp(log_total(joint)).reshape(SIDE, SIDE)
    scores = tuple(tested(m, held) for m in (left, right))
    seen = Seen(
        left, right, learned, held, density, (lay(dataset, joint), lay(dataset, posterior)), (scores[0], scores[1])
    )
    yield Step(0, seen, "fit")
    if (known := truth()) is not None:
        one, other = (exact(score, known, m) for score, m in zip(scores, seen.both, strict=True))
        yield Step(1, replace(seen, scores=(one, other), truth=known, best=lay(dataset, known.nodes)), "truth")


def tested(model: Rule, held: Rows) -> Score:
    """The score on the points held out."""
    log_q = model.log_posterior(held.x)
    wrong = int((log_q.argmax(axis=1) != held.y).sum())
    return Score(wrong, risk.reliability(np.eye(held.k)[held.y], np.exp(log_q)))


def exact(score: Score, truth: Truth, model: Rule) -> Score:
    """The score with what the truth says."""
    log_q, area = model.log_posterior(truth.cells.x), truth.cells.area
    wrong = risk.risk(truth.log_joint, log_q.argmax(axis=1), area)
    calibration = risk.reliability(np.exp(truth.log_joint), np.exp(log_q))
    return Score(score.errors, calibration, wrong, risk.excess(truth.log_joint, log_q, area))


def lay(dataset: Dataset, log_p: Float[np.ndarray, "s k"]) -> Laid:
    """What is said at every node, and the lines where the likeliest class changes, as the arrays of a Contours layer."""
    k = log_p.shape[1]
    log_p = np.maximum(log_p, -1e4)  # where every class is impossible no line is drawn
    parts: list[np.ndarray] = []
    for c in range(k if k > 2 else 1):
        ahead = log_p[:, c] - np.delete(log_p, c, axis=1).max(axis=1)
        lines = contourpy.contour_generator(*axes(dataset), ahead.reshape(SIDE, SIDE)).lines(0.0)
        parts += [np.asarray(line) for line in lines if len(line) > 2]
    edges = {
        "xy": np.concatenate(parts) if parts else np.zeros((0, 2)),
        "start": np.cumsum([0, *(len(line) for line in parts)]),
        "level": np.zeros(len(parts)),
    }
    return Laid(log_p.argmax(axis=1).reshape(SIDE, SIDE), edges)
