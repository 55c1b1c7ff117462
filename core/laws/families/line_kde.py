"""A kernel estimate of one column as a candidate of `core.laws.ranking`: fitted and read fast enough for a hundred thousand.

    p(x) = (1/n) sum_i N(x | x_i, h^2),   h by Sheather and Jones (1991)

Values that share a cell of width h / 8 are added up as one bump with the cell's mean, and with its variance on top of
h^2: the error is of fourth order, about 1e-5 of the density. Only bumps within `REACH` bandwidths of a point, or of the
value nearest to it, are summed. Silverman (1986) for the estimate. Nats.
"""

from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float
from scipy.special import ndtr

from core.kernels import bandwidth
from core.kernels.kde import KDE
from core.key import Key
from core.laws.families.continuous import column
from core.mixture import em
from core.process import Halt, frozen

PER_H = 8  # cells to a bandwidth
REACH = 9.0  # bandwidths
BLOCK = 256  # points read at a time
NO_COUNT = (
    "Every value is a parameter, so AIC and BIC are not defined; the log-likelihood counts each value's own bump."
)


@dataclass(frozen=True)
class LineKDE:
    """Gaussian bumps of standard deviation `h` (data units) on `points` (n,)."""

    points: Float[np.ndarray, " n"]
    h: float
    rule: str = "Sheather-Jones"
    note: str = NO_COUNT
    cells: Float[np.ndarray, "3 m"] = field(init=False, compare=False, repr=False)  # centre, count, variance

    def __post_init__(self) -> None:
        """Sort the points and add up their cells."""
        x = np.sort(column(self.points))
        object.__setattr__(self, "points", frozen(x))
        object.__setattr__(self, "cells", frozen(gathered(x, self.h / PER_H)))

    @property
    def title(self) -> str:
        """Words for the table."""
        return f"Kernel density, {self.rule}"

    @property
    def count(self) -> None:
        """No number: every value is a parameter."""
        return None

    def log_prob(self, x: np.ndarray) -> Float[np.ndarray, " n"]:
        """log p(x) at values (n,) or (n, 1), nats."""
        x = column(x)
        centre, count, variance = self.cells
        variance = variance + self.h**2
        order, logs = np.argsort(x), np.empty(len(x))
        weight = count / np.sqrt(variance)
        for block in em.blocks(len(x), BLOCK):
            at = x[order[block]]
            below, above = centre[max(np.searchsorted(centre, at[0]) - 1, 0)], centre[-1]
            above = centre[min(np.searchsorted(centre, at[-1]), len(centre) - 1)]
            ends = min(below, at[0]) - REACH * self.h, max(above, at[-1]) + REACH * self.h
            first, last = np.searchsorted(centre, ends)
            q = (at[:, None] - centre[first:last]) ** 2 / variance[first:last]
            nearest = q.min(axis=1)
            logs[order[block]] = np.log(np.exp(0.5 * (nearest[:, None] - q)) @ weight[first:last]) - nearest / 2
        return logs - np.log(len(self.points)) - 0.5 * em.LOG_2PI

    def cdf(self, x: np.ndarray) -> Float[np.ndarray, " n"]:
        """P(X <= x)."""
        centre, count, variance = self.cells
        parts = [
            ndtr((at[:, None] - centre) / np.sqrt(variance + self.h**2)) @ count
            for at in np.array_split(column(x), len(x) // BLOCK + 1)
        ]
        return np.concatenate(parts) / len(self.points)

    def sample(self, n: int, key: Key) -> Float[np.ndarray, "n 1"]:
        """`n` independent draws."""
        return KDE.on_line(self.points[:, None], self.h).sample(n, key)

    def rescaled(self, shift: float, scale: float) -> "LineKDE":
        """The law of scale * x + shift, scale above 0."""
        return LineKDE(self.points * scale + shift, self.h * scale, self.rule, self.note)

    def describe(self, unit: str = "") -> tuple[tuple[str, float, str], ...]:
        """(word, value, unit) of the bandwidth."""
        return (("bandwidth h", self.h, unit),)


def gathered(x: Float[np.ndarray, " n"], width: float) -> Float[np.ndarray, "3 m"]:
    """Sorted values in cells of this width, none of them empty: centres of mass, counts, variances."""
    cell = np.floor((x - x[0]) / width)
    first = np.flatnonzero(np.diff(cell, prepend=-1.0))
    count = np.diff(np.append(first, len(x))).astype(float)
    offset = x - np.repeat(x[first], count.astype(int))
    mean = np.add.reduceat(offset, first) / count
    variance = np.maximum(np.add.reduceat(offset**2, first) / count - mean**2, 0.0)
    return np.stack([x[first] + mean, count, variance])


@dataclass(frozen=True)
class Kernels:
    """The candidate: Gaussian bumps as wide as Sheather and Jones say, or Silverman where they find no width."""

    name: str = "kernel"
    title: str = "Kernel density"

    def fit(self, x: np.ndarray) -> LineKDE:
        """The estimate for values (n,) or (n, 1); `Halt` with a sentence if there is none."""
        x = column(x)
        if len(x) < 5:
            raise Halt(f"{len(x)} values are too few for a kernel density: give at least 5.")
        if not np.isfinite(x).all() or np.ptp(x) <= 1e-12 * np.abs(x).max():
            raise Halt("A kernel density needs finite values that differ.")
        middle, scale = float(np.median(x)), float(x.std(ddof=1))
        u = ((x - middle) / scale)[:, None]
        rule = "Sheather-Jones"
        try:
            h = bandwidth.sheather_jones(u)
        except Halt:
            rule, h = "Silverman", bandwidth.silverman(u)
        leak = float(ndtr(-x / (h * scale)).mean()) if x.min() > 0 else 0.0
        note = f"{NO_COUNT} {100 * leak:.2g} % of its mass lies below 0." if leak > 0.001 else NO_COUNT
        return LineKDE(x, h * scale, rule, note)
