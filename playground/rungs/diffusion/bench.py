"""What the diffusion page works on: a data set in standard units, a schedule, and the denoiser that knows both exactly.

Noising is worked out in standard units, u = (x - shift) / scale, and drawn in the data's own. A schedule that lets the
noise grow beyond the data is drawn at unit spread, x_t / max(1, size(t)), so that the axes never jump.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, TypeAlias

import numpy as np
from jaxtyping import Float

from core.dataset import Dataset
from core.diffusion.noise import prior
from core.diffusion.noise import schedule as schedules
from core.diffusion.noise.schedule import Schedule
from core.diffusion.truth.exact import ExactMixture, ExactPoints
from core.mixture.gmm import GMM
from core.options import Choice, Range, check
from core.process import Halt
from core.units import ordinary_rows

SPREADS = 2.9  # standard deviations of the prior that the stage must hold
MOST = 1500  # points that the denoiser of a set of points knows
LIMIT = 0.1  # nats per dimension, of the prior mismatch
Units: TypeAlias = tuple[tuple[float, ...], tuple[float, ...]]  # shift and scale per column


@dataclass(frozen=True)
class Noising:
    """How the data are noised: the schedule, and how far it goes."""

    schedule: Annotated[str, Choice(schedules.NAMES, "Schedule", "How signal fades into noise.")] = "cosine"
    far: Annotated[
        float, Range(0, 1, "How far noising goes", "1: to the schedule's usual last end.", step=0.05, more=True)
    ] = 1.0

    def __post_init__(self) -> None:
        """Raise ValueError for an option outside its declaration."""
        check(self)

    @property
    def made(self) -> Schedule:
        """The schedule: its last end lies between the least allowed (`far` 0) and the usual one (1)."""
        form = schedules.FORMS[self.schedule]
        least, usual = form.highs[0], form.high
        return Schedule(self.schedule, None, usual if self.far == 1 else least + self.far * (usual - least))


@dataclass(frozen=True)
class Bench:
    """A data set of two columns and its schedule; `units` (shift, scale) of a stored model stand in for the data's own."""

    dataset: Dataset
    noising: Noising
    units: Units | None = None

    @cached_property
    def schedule(self) -> Schedule:
        """How x_t is noised, in standard units."""
        return self.noising.made

    @cached_property
    def near(self) -> Float[np.ndarray, "n d"]:
        """The points that noise reaches: all but those far from all others, as in a fit (`core.diffusion.fit`)."""
        return self.dataset.points[ordinary_rows(self.dataset.points)]

    @cached_property
    def shift(self) -> Float[np.ndarray, " d"]:
        """The columns' means, of the points that are noised."""
        if self.units is not None:
            return np.array(self.units[0])
        return np.asarray(self.near.mean(axis=0))

    @cached_property
    def scale(self) -> Float[np.ndarray, " d"]:
        """The columns' standard deviations; Halt where one is constant."""
        if self.units is not None:
            return np.array(self.units[1])
        spread = self.near.std(axis=0)
        if not (np.ptp(self.dataset.points, axis=0) > 0).all():
            raise Halt("A column of these data is constant, so there is nothing to noise: choose another.")
        return np.asarray(spread)

    def standard(self, x: Float[np.ndarray, "n d"]) -> Float[np.ndarray, "n d"]:
        """u = (x - shift) / scale."""
        return (x - self.shift) / self.scale

    def original(self, u: Float[np.ndarray, "n d"]) -> Float[np.ndarray, "n d"]:
        """x = scale u + shift."""
        return u * self.scale + self.shift

    @cached_property
    def law(self) -> GMM | None:
        """The mixture the data come from, in standard units, where it is one."""
        truth = self.dataset.truth
        return truth.rescaled(-self.shift / self.scale, 1 / self.scale) if isinstance(truth, GMM) else None

    @cached_property
    def known(self) -> Float[np.ndarray, "n d"]:
        """The points that noise reaches in standard units, at most `MOST` of them (the first, which are in no order)."""
        return self.standard(self.near[:MOST])

    @cached_property
    def exact(self) -> ExactMixture | ExactPoints:
        """The exact denoiser: of the mixture the data come from, else of the points themselves."""
        return ExactPoints(self.known, self.schedule) if self.law is None else ExactMixture(self.law, self.schedule)

    @property
    def chip(self) -> str:
        """What "exact" means here."""
        if self.law is not None:
            return "exact: the denoiser of the mixture these data come from"
        left = len(self.dataset) - len(self.near)
        without = f"; {left:,} more, far from all others, {'is' if left == 1 else 'are'} left out" if left else ""
        return f"exact: the denoiser of these {len(self.known):,} points, which it knows by heart and ends on{without}"

    def zoom(self, t: float) -> float:
        """What x_t is divided by before it is drawn: 1 where variance is kept."""
        return max(1.0, float(self.schedule.size(t)))

    def drawn(self, u: Float[np.ndarray, "n d"], t: float) -> Float[np.ndarray, "n d"]:
        """Where x_t = u is drawn, in the data's units."""
        return self.original(u / self.zoom(t))

    @cached_property
    def bounds(self) -> Float[np.ndarray, "d 2"]:
        """Axes that hold the data and the prior."""
        wide = self.original(np.array([[-SPREADS, -SPREADS], [SPREADS, SPREADS]])).T
        low, high = np.minimum(wide[:, 0], self.dataset.bounds[:, 0]), np.maximum(wide[:, 1], self.dataset.bounds[:, 1])
        return np.stack([low, high], axis=1)

    def lattice(self, side: int) -> Float[np.ndarray, "m d"]:
        """side x side nodes over the axes, edges included, row by row from the lowest; in the data's units."""
        x, y = (np.linspace(low, high, side) for low, high in self.bounds)
        return np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)

    def mismatch(self) -> float:
        """KL(q(x_T), N(0, s^2 I)), nats per dimension; infinite where hardly any noise is left."""
        try:
            return prior.mismatch(self.schedule, self.known if self.law is None else self.law)
        except Halt:
            return float("inf")


def repair(bench: Bench) -> Noising:
    """The least change that brings the prior mismatch under `LIMIT`: the same schedule further, else the whole cosine."""
    name, first = bench.noising.schedule, round(bench.noising.far * 20)
    low, high = first, 20
    if Bench(bench.dataset, Noising(name, 1.0)).mismatch() > LIMIT:
        return Noising()
    while low < high:  # the mismatch falls as noising goes further
        middle = (low + high) // 2
        if Bench(bench.dataset, Noising(name, middle / 20)).mismatch() <= LIMIT:
            high = middle
        else:
            low = middle + 1
    return Noising(name, high / 20)
