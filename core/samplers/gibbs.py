"""Gibbs sampling: one coordinate after the other, each drawn from its law given the others.

Where the target knows its `conditional(axis, x) -> (mean, deviation)` the draw is that Gaussian's, exactly; else the
conditional is tabulated on a grid and the draw is a cell's point, exact for the target restricted to the grid.
Geman and Geman (1984); the grid is Ritter and Tanner's griddy Gibbs (1992). Nothing is ever refused: alpha = 1.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from core.key import Key
from core.process import Halt
from core.samplers.chain import Info, State
from core.samplers.targets import Target


@dataclass(frozen=True)
class Gibbs:
    """A sweep over all coordinates; `Info.path` is the staircase (m, d + 1, d).

    `low` and `high` bound the grid of `cells` points, for targets without Gaussian conditionals.
    """

    low: float = -6.0
    high: float = 6.0
    cells: int = 400

    @property
    def scale(self) -> float:
        """1: there is nothing to tune."""
        return 1.0

    def step(self, key: Key, state: State, target: Target) -> tuple[State, Info]:
        """One sweep of every chain; Halt if a conditional has no mass on the grid."""
        generator = key.generator()
        x = state.x
        path = [x]
        for axis in range(target.dim):
            x = x.copy()
            x[:, axis] = self._draw(generator, axis, x, target)
            path.append(x)
        m = len(x)
        info = Info(x, np.zeros(m), np.ones(m), np.ones(m, dtype=bool), np.stack(path, axis=1))
        return State(x, target.log_density(x)), info

    def _draw(self, generator: np.random.Generator, axis: int, x: np.ndarray, target: Any) -> np.ndarray:
        if hasattr(target, "conditional"):
            mean, deviation = target.conditional(axis, x)
            return mean + deviation * generator.standard_normal(len(x))
        values = np.linspace(self.low, self.high, self.cells)
        lines = np.repeat(x[:, None], self.cells, axis=1)
        lines[:, :, axis] = values
        log_density = target.log_density(lines)
        top = log_density.max(axis=1, keepdims=True)
        if not np.isfinite(top).all():
            raise Halt("A chain has left the grid that Gibbs draws on: widen the grid.")
        cumulative = np.cumsum(np.exp(log_density - top), axis=1)
        dart = generator.random(len(x)) * cumulative[:, -1]
        return values[np.minimum((cumulative <= dart[:, None]).sum(axis=1), self.cells - 1)]
