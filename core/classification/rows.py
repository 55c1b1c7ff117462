"""Points with a class each: which can be learned from, and a part of each class held out."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
from jaxtyping import Float, Int

from core.dataset import Dataset
from core.key import Key
from core.process import Halt, frozen

LEAST = 5  # points of a class: three span a covariance in the plane, and some must be held out
MOST = 12  # classes
HELD = 0.3  # of each class


@dataclass(frozen=True, eq=False)
class Rows:
    """Points `x` (n, d) of classes `y` (n,), 0 to k - 1, of which each has its name."""

    x: Float[np.ndarray, "n d"]
    y: Int[np.ndarray, " n"]
    classes: tuple[str, ...]

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        object.__setattr__(self, "x", frozen(self.x))
        object.__setattr__(self, "y", frozen(self.y))

    def __len__(self) -> int:
        """The number of points n."""
        return len(self.x)

    @property
    def k(self) -> int:
        """The number of classes."""
        return len(self.classes)

    @property
    def shares(self) -> Float[np.ndarray, " k"]:
        """The share of each class."""
        return np.bincount(self.y, minlength=self.k) / len(self)

    def part(self, rows: Int[np.ndarray, " m"]) -> "Rows":
        """These rows, of the same classes."""
        return Rows(self.x[rows], self.y[rows], self.classes)


def admit(dataset: Dataset) -> Rows:
    """The points of a set with their classes; Halt, in one sentence, where there is nothing to tell apart."""
    if dataset.labels is None:
        raise Halt(
            "These points have no classes: choose a set that has, draw with two colours, or pick a label column."
        )
    labels = np.asarray(dataset.labels)
    counts = np.bincount(labels, minlength=len(dataset.classes))
    used = np.flatnonzero(counts).tolist()
    if len(used) < 2:
        raise Halt("All points are of one class: a rule needs at least two to tell apart.")
    if len(used) > MOST:
        raise Halt(f"{len(used)} classes are too many to tell apart by eye: at most {MOST}.")
    rare = min(used, key=counts.tolist().__getitem__)
    if counts[rare] < LEAST:
        many = "1 point" if counts[rare] == 1 else f"{counts[rare]} points"
        raise Halt(f"Class {named(dataset.classes, rare)} has {many}: every class needs at least {LEAST}.")
    y = np.searchsorted(used, labels)
    return Rows(dataset.points, y, tuple(named(dataset.classes, i) for i in used))


def named(classes: Sequence[str], i: int) -> str:
    """A class by its name, or by its number from 1."""
    return classes[i] if i < len(classes) else f"{i + 1}"


def split(rows: Rows, key: Key) -> tuple[Rows, Rows]:
    """A random part to learn from and one held out, `HELD` of each class (at least one point, and at least four remain)."""
    generator = key.generator()
    held = np.zeros(len(rows), dtype=bool)
    for c in range(rows.k):
        own = generator.permutation(np.flatnonzero(rows.y == c))
        held[own[: min(max(1, round(HELD * len(own))), len(own) - 4)]] = True
    return rows.part(np.flatnonzero(~held)), rows.part(np.flatnonzero(held))


def log_total(log_p: Float[np.ndarray, "m k"]) -> Float[np.ndarray, " m"]:
    """log sum_k exp(log_p_k), column after column: there are few classes and many places; -inf where all are."""
    top = reduce(np.maximum, log_p.T)
    top = np.where(np.isfinite(top), top, 0.0)
    with np.errstate(divide="ignore"):
        return top + np.log(sum(np.exp(column - top) for column in log_p.T))
