"""Nodes that quadrature over latent numbers is done on: an even grid, and an even lattice that is finer where it matters."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from core.process import frozen


@dataclass(frozen=True)
class Grid:
    """An even grid: `axes`, one vector of coordinates a latent dimension."""

    axes: tuple[Float[np.ndarray, " s"], ...]

    @property
    def points(self) -> Float[np.ndarray, "g d"]:
        """Every point, the last axis fastest."""
        return np.stack(np.meshgrid(*self.axes, indexing="ij"), -1).reshape(-1, len(self.axes))

    @property
    def log_cell(self) -> float:
        """log of the volume of a cell."""
        return float(sum(np.log(axis[1] - axis[0]) for axis in self.axes))


def even(low: Float[np.ndarray, " d"], high: Float[np.ndarray, " d"], side: int) -> Grid:
    """`side` points an axis from `low` to `high`."""
    return Grid(tuple(frozen(np.linspace(a, b, side)) for a, b in zip(low, high, strict=True)))


@dataclass(frozen=True)
class Lattice:
    """The nodes `index` (g, d), whole numbers, times `spacing`: an even grid about 0 of which parts may be missing."""

    index: Int[np.ndarray, "g d"]
    spacing: float

    @property
    def points(self) -> Float[np.ndarray, "g d"]:
        """Every node's place."""
        return self.index * self.spacing

    @property
    def log_cell(self) -> float:
        """log of the volume of a cell."""
        return self.index.shape[1] * float(np.log(self.spacing))

    def finer(self, kept: Bool[np.ndarray, " g"]) -> "Lattice":
        """Half the spacing, at and about the nodes that are `kept`."""
        d = self.index.shape[1]
        near = np.stack(np.meshgrid(*[[-1, 0, 1]] * d, indexing="ij"), -1).reshape(-1, d)
        about = 2 * self.index[kept][:, None] + near
        return Lattice(np.unique(about.reshape(-1, d), axis=0), self.spacing / 2)
