"""Metropolis-Hastings by a step in the plane: the random walk, and the one that is drawn uphill (MALA).

    random walk   y = x + scale z
    MALA          y = x + scale^2 / 2 score(x) + scale z,   z ~ N(0, I)

MALA's move is not symmetric, so its ratio needs q(x given y) / q(y given x). Metropolis et al. (1953); Besag (1994);
Roberts and Tweedie (1996). `broken` names what is left out on purpose, so that one sees which test notices.
"""

from dataclasses import dataclass

import numpy as np

from core.key import Key
from core.samplers.chain import Info, State, judge
from core.samplers.targets import Target

BREAKS = ("", "no correction", "no Hastings term")


@dataclass(frozen=True)
class RandomWalk:
    """Propose x + scale z; accepts 0.234 at its best in many dimensions (Roberts, Gelman and Gilks, 1997)."""

    scale: float = 1.0

    def step(self, key: Key, state: State, target: Target) -> tuple[State, Info]:
        """One step of every chain."""
        generator = key.generator()
        return judge(generator, state, state.x + self.scale * generator.standard_normal(state.x.shape), target)


@dataclass(frozen=True)
class Langevin:
    """MALA; accepts 0.574 at its best in many dimensions (Roberts and Rosenthal, 1998).

    broken = "no correction" accepts everything (unadjusted Langevin), "no Hastings term" forgets q(x given y) / q(y given x).
    """

    scale: float = 0.5
    broken: str = ""

    def step(self, key: Key, state: State, target: Target) -> tuple[State, Info]:
        """One step of every chain."""
        generator = key.generator()
        half = 0.5 * self.scale**2
        with np.errstate(over="ignore", invalid="ignore"):
            drift = half * target.score(state.x)
            z = generator.standard_normal(state.x.shape)
            y = state.x + drift + self.scale * z
            back = (state.x - y - half * target.score(y)) / self.scale
            hastings = 0.5 * (z**2 - back**2).sum(axis=-1)
            if self.broken == "no Hastings term":
                hastings = 0.0
            return judge(generator, state, y, target, hastings, always=self.broken == "no correction")
