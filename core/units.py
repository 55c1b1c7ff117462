"""Fit in standard units, report in the data's own.

Columns of a real table differ in unit (minutes, kilometres), so a model is fitted on u = (x - shift) / scale and carried
back: p(x) = p(u) / prod scale. Log-likelihoods of Steps move by -sum log scale, so every number shown is a density in
the original units.

The scale of a column is its standard deviation, unless values far from all others have blown that up, which the distances
between values tell (`robust_scale`): then it is that of the others (`standing`). So a table in which -9999 stands for
"missing" is fitted in the units of its other values.
"""

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar, runtime_checkable

import numpy as np
from jaxtyping import Bool, Float
from scipy.special import ndtri

from core.dataset import Dataset
from core.process import Step


@runtime_checkable
class Rescalable(Protocol):
    """A model that can be carried to other units."""

    def rescaled(self, shift: np.ndarray, scale: np.ndarray) -> "Rescalable":
        """The distribution of scale * u + shift, where u follows this model."""
        ...


Model = TypeVar("Model", bound=Rescalable)
_standings: dict[object, tuple[np.ndarray, np.ndarray]] = {}  # the oldest first
_lock = threading.Lock()
PER_POINT = ("log_likelihood", "bound")  # the metrics that are mean log-densities
FAR = 3.0  # robust scales that a standard deviation may come to; two alike groups reach it at twelve sigmas apart
NEAR = 10.0  # robust scales that the gap before a far value is wide, at least
MOST = 0.75  # the least share of values, or rows, that are ordinary where any are
KNOWN = 64  # sets of values whose standing is kept: a page asks for that of its data again at every change
VALUES = 500  # most values of a column whose distances are all looked at


@dataclass(frozen=True)
class Units:
    """Original units as an affine map of standard ones: x = scale * u + shift, per column."""

    shift: Float[np.ndarray, " d"]
    scale: Float[np.ndarray, " d"]

    @property
    def log_jacobian(self) -> float:
        """log p(x) - log p(u) = -sum log scale, nats."""
        return -float(np.log(self.scale).sum())

    def standard(self, x: Float[np.ndarray, "n d"]) -> Float[np.ndarray, "n d"]:
        """u = (x - shift) / scale."""
        return (x - self.shift) / self.scale

    def into(self, model: Model) -> Model:
        """A model of x carried to standard units."""
        return model.rescaled(-self.shift / self.scale, 1 / self.scale)  # type: ignore[return-value]

    def back(self, model: Model) -> Model:
        """A model of u carried to the original units."""
        return model.rescaled(self.shift, self.scale)  # type: ignore[return-value]

    def report(self, steps: Iterator[Step[Model]]) -> Iterator[Step[Model]]:
        """The Steps of a fit in standard units, their models and densities in the original ones."""
        if not self.shift.any() and (self.scale == 1).all():
            yield from steps
            return
        for step in steps:
            moved = {k: v + self.log_jacobian if k in PER_POINT else v for k, v in step.metrics.items()}
            yield replace(step, state=self.back(step.state), metrics=moved)


def robust_scale(x: Float[np.ndarray, "n d"]) -> Float[np.ndarray, " d"]:
    """The scale of each column that neither far values nor gaps between groups move, in the column's units.

        s = |v_i - v_j|_(q) / (sqrt(2) Phi^-1((1 + q) / 2)),   i < j,

    the q-quantile of the distances between different values v, divided by what it is for a standard normal: s estimates
    sigma there. It is Qn of Rousseeuw and Croux (1993), whose q is 1/4, with two changes. Here q falls from 1/4 (at 32
    values or fewer) to 1/16 (from 128 on): K groups of equal size, however far apart, leave a share 1/K of the pairs
    within groups, and a dozen are to be borne; s is then at most some 3 K sigma of a group. And a value counts once, so that
    a column of which most is one value still has a scale. It is 0 for a constant column. Of more than `VALUES` different
    values, as many are taken at even ranks.
    """
    return np.array([_between(np.unique(column)) for column in x.T])


def _between(values: Float[np.ndarray, " m"]) -> float:
    """`robust_scale` of different values in rising order."""
    if len(values) < 2:
        return 0.0
    share = float(np.clip(8 / len(values), 1 / 16, 1 / 4))
    if len(values) > VALUES:
        values = values[np.linspace(0, len(values) - 1, VALUES).round().astype(int)]
    i, j = np.triu_indices(len(values), 1)
    return float(np.quantile(values[j] - values[i], share) / (np.sqrt(2) * ndtri((1 + share) / 2)))


def ordinary(x: Float[np.ndarray, "n d"]) -> Bool[np.ndarray, "n d"]:
    """Which values of each column are not far from all others.

    All are, unless the standard deviation is over `FAR` robust scales: then those that the median reaches from value to
    value without a gap of `NEAR` robust scales. A long tail, whose values lie ever further apart, so loses its very end
    alone. Where fewer than `MOST` are reached, groups are far apart and not values: then there are no ordinary ones.
    """
    mask, robust = np.ones(x.shape, dtype=bool), robust_scale(x)
    for k in np.flatnonzero((np.ptp(x, axis=0) > 0) & (x.std(axis=0) > FAR * robust)):
        order = np.argsort(x[:, k], kind="stable")
        group = np.cumsum(np.diff(x[order, k], prepend=x[order[0], k]) > NEAR * robust[k])
        reached = group == group[len(x) // 2]
        mask[order, k] = reached & (reached.mean() >= MOST and np.ptp(x[order[reached], k]) > 0)
    return mask


def ordinary_rows(x: Float[np.ndarray, "n d"]) -> Bool[np.ndarray, " n"]:
    """The rows with `ordinary` values in every column, or every row where those are fewer than `MOST`."""
    rows = np.asarray(ordinary(x).all(axis=1))
    return rows if rows.mean() >= MOST else np.ones(len(x), dtype=bool)


def standing(x: Float[np.ndarray, "n d"]) -> tuple[Float[np.ndarray, " d"], Float[np.ndarray, " d"]]:
    """The centre and the `spread` of each column, in its units.

    They are the mean and the standard deviation of its `ordinary` values, exactly as if the others were not there, or the
    median and the robust scale where it has none. A constant column has a spread of 0. Of the same values, asked for again,
    they are those that were found the last time.
    """
    known = x.shape, hashlib.sha256(x.tobytes()).digest()
    found = _standings.get(known)
    if found is None:
        found = _standing(x)
        with _lock:
            _standings[known] = found
            while len(_standings) > KNOWN:
                del _standings[next(iter(_standings))]
    return found[0].copy(), found[1].copy()


def _standing(x: Float[np.ndarray, "n d"]) -> tuple[Float[np.ndarray, " d"], Float[np.ndarray, " d"]]:
    """`standing`, worked out."""
    mask = ordinary(x)
    centre, scale = (
        x.mean(axis=0),
        np.where(np.ptp(x, axis=0) > 0, x.std(axis=0), 0.0),
    )  # a mean's rounding is no spread
    for k in np.flatnonzero(~mask.all(axis=0)):
        near = x[mask[:, k], k]
        centre[k], scale[k] = (
            (near.mean(), near.std()) if len(near) else (np.median(x[:, k]), robust_scale(x[:, [k]])[0])
        )
    return centre, scale


def spread(x: Float[np.ndarray, "n d"]) -> Float[np.ndarray, " d"]:
    """The standard deviation of each column, in its units, of which far values have no say; 0 where it is constant."""
    return standing(x)[1]


def units_of(dataset: Dataset) -> Units:
    """The units a data set is fitted in: its own, or standardised where its columns differ in unit."""
    x = dataset.points
    if not dataset.standardise:
        return Units(np.zeros(dataset.dim), np.ones(dataset.dim))
    centre, scale = standing(x)
    return Units(centre, np.where(scale > 0, scale, 1.0))  # a constant column is left to the model to refuse
