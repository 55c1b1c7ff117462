"""The stretch move: each walker steps along the line through another, so that no scale and no axis is preferred.

    y = x_j + z (x - x_j),   z with density proportional to 1 / sqrt(z) on [1 / a, a]
    log alpha = (d - 1) log z + log p(y) - log p(x)

The m chains are one ensemble in two halves; each half in turn moves with partners x_j from the other, which stands still
meanwhile. A linear map of target and start maps the whole chain. Goodman and Weare (2010); the halves are
Foreman-Mackey, Hogg, Lang and Goodman's (2013).
"""

from dataclasses import dataclass

import numpy as np

from core.key import Key
from core.process import Halt
from core.samplers.chain import Info, State, judge
from core.samplers.targets import Target


@dataclass(frozen=True)
class Stretch:
    """`scale` is a > 1, the longest stretch; 2 is the authors' choice. No score is asked for."""

    scale: float = 2.0

    def __post_init__(self) -> None:
        """Raise ValueError unless a > 1."""
        if not self.scale > 1:
            raise ValueError("The longest stretch a must be above 1.")

    def step(self, key: Key, state: State, target: Target) -> tuple[State, Info]:
        """Both halves once; Halt with fewer than 2 d walkers, which would stay in a plane of fewer dimensions."""
        m, dim = state.x.shape
        if m < max(2 * dim, 2):
            raise Halt(f"The stretch move needs at least {max(2 * dim, 2)} walkers in {dim} dimensions: there are {m}.")
        generator = key.generator()
        first, second = slice(0, m // 2), slice(m // 2, m)
        a, info_a = self._move(generator, state, first, state.x[second], target)
        b, info_b = self._move(generator, state, second, a.x, target)
        names = ("proposal", "log_alpha", "u", "accepted")
        both = {name: np.concatenate([getattr(info_a, name), getattr(info_b, name)]) for name in names}
        return State(np.concatenate([a.x, b.x]), np.concatenate([a.log_density, b.log_density])), Info(**both)

    def _move(
        self, generator: np.random.Generator, state: State, half: slice, others: np.ndarray, target: Target
    ) -> tuple[State, Info]:
        moving = State(state.x[half], state.log_density[half])
        m, dim = len(moving.x), target.dim
        partner = others[generator.integers(len(others), size=m)]
        z = ((self.scale - 1) * generator.random(m) + 1) ** 2 / self.scale
        return judge(generator, moving, partner + z[:, None] * (moving.x - partner), target, (dim - 1) * np.log(z))
