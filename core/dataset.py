"""A Dataset: what is learned, the axes it is drawn on, and the truth where it is known."""

import hashlib
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float, Int

from core.key import Key


@runtime_checkable
class Truth(Protocol):
    """A distribution that can be drawn from and whose density is known exactly."""

    def sample(self, n: int, key: Key) -> Float[np.ndarray, "n d"]:
        """`n` independent draws."""
        ...

    def log_prob(self, x: Float[np.ndarray, "n d"]) -> Float[np.ndarray, " n"]:
        """The normalised log-density at each row of `x`, in nats (-inf outside the support)."""
        ...


@dataclass(frozen=True)
class Dataset:
    """Points to learn from.

    `points` are finite; row i of `bounds` is the (low, high) of the axis that column i is drawn on, and stays as it is
    while a model is fitted, so axes never jump. `labels` are class numbers indexing `classes`. `truth` is the exact
    distribution the points came from, `entropy` its differential entropy in nats; both None where nobody knows them.
    `standardise` says that columns differ in unit, so models are fitted on standardised columns and reported in the
    original units. `source` says in one sentence where the points are from. `digest` names the points and labels by
    their content; it is filled in. `builtin` says that it is one of the house's own sets, which are everybody's; nothing
    that a person brings or draws is.
    """

    name: str
    points: Float[np.ndarray, "n d"]
    bounds: Float[np.ndarray, "d 2"]
    columns: tuple[str, ...]
    title: str = ""
    source: str = ""
    labels: Int[np.ndarray, " n"] | None = None
    classes: tuple[str, ...] = ()
    truth: Truth | None = None
    entropy: float | None = None
    standardise: bool = False
    digest: str = field(default="", compare=False)
    builtin: bool = field(default=False, compare=False)

    def __post_init__(self) -> None:
        """Freeze the arrays; raise ValueError for points that are not finite or shapes that disagree."""
        points = np.array(self.points, dtype=float)
        if points.ndim != 2 or not np.isfinite(points).all():
            raise ValueError(f"{self.name}: points must be a finite (n, d) array, got shape {points.shape}")
        n, d = points.shape
        if np.shape(self.bounds) != (d, 2) or len(self.columns) != d:
            raise ValueError(f"{self.name}: {d} columns need {d} names and {d} pairs of bounds")
        if self.labels is not None and len(self.labels) != n:
            raise ValueError(f"{self.name}: {n} points need {n} labels, got {len(self.labels)}")
        for name, value in (("points", points), ("bounds", np.array(self.bounds, dtype=float))):
            value.flags.writeable = False
            object.__setattr__(self, name, value)
        if not self.digest:
            object.__setattr__(self, "digest", digest(points, self.labels))

    @property
    def dim(self) -> int:
        """The number of columns d."""
        return self.points.shape[1]

    def __len__(self) -> int:
        """The number of points n."""
        return len(self.points)


def digest(points: np.ndarray, labels: np.ndarray | None = None) -> str:
    """The first 12 hexadecimal digits of SHA-256 over shape, dtype and bytes of the points, and of the labels if any."""
    hashed = hashlib.sha256()
    for array in (points,) if labels is None else (points, labels):
        hashed.update(f"{array.shape} {array.dtype.str} ".encode())
        hashed.update(np.ascontiguousarray(array).tobytes())
    return hashed.hexdigest()[:12]


def around(points: Float[np.ndarray, "n d"], margin: float = 0.12) -> Float[np.ndarray, "d 2"]:
    """Axis bounds that hold all points with a relative `margin` on each side (a unit wide where a column is constant)."""
    low, high = points.min(axis=0), points.max(axis=0)
    pad = np.where(high > low, margin * (high - low), 0.5)
    return np.stack([low - pad, high + pad], axis=1)
