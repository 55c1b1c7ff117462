"""Hamiltonian Monte Carlo: a random momentum, then `leaps` steps of a frictionless slide over -log p.

    H(x, p) = -log p(x) + |p|^2 / 2
    leapfrog: p += scale / 2 score(x);  x += scale p;  p += scale / 2 score(x)

The slide is reversible and keeps volume, so alpha = exp(H before - H after) with no further term. On N(0, 1) it is stable
where scale < 2; its error in H falls as scale^2. Duane, Kennedy, Pendleton and Roweth (1987); Neal (2011).
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from core.key import Key
from core.samplers.chain import Info, State, judge
from core.samplers.targets import Target

BREAKS = ("", "Euler", "no correction")


def leapfrog(
    target: Target, x: Float[np.ndarray, "m d"], p: Float[np.ndarray, "m d"], scale: float, leaps: int
) -> tuple[Float[np.ndarray, "m t d"], Float[np.ndarray, "m t d"]]:
    """Positions and momenta at the start and after each of the `leaps` leaps, t = leaps + 1."""
    xs, ps = [x], [p]
    with np.errstate(over="ignore", invalid="ignore"):
        score = target.score(x)
        for _ in range(leaps):
            half = p + 0.5 * scale * score
            x = x + scale * half
            score = target.score(x)
            p = half + 0.5 * scale * score
            xs.append(x)
            ps.append(p)
    return np.stack(xs, axis=1), np.stack(ps, axis=1)


def euler(
    target: Target, x: Float[np.ndarray, "m d"], p: Float[np.ndarray, "m d"], scale: float, leaps: int
) -> tuple[Float[np.ndarray, "m t d"], Float[np.ndarray, "m t d"]]:
    """The naive slide, both moved at once: neither reversible nor volume-preserving, it spirals outwards."""
    xs, ps = [x], [p]
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(leaps):
            x, p = x + scale * p, p + scale * target.score(x)
            xs.append(x)
            ps.append(p)
    return np.stack(xs, axis=1), np.stack(ps, axis=1)


@dataclass(frozen=True)
class Hamiltonian:
    """HMC with unit mass; `Info.path` keeps every point of the slide.

    `jitter` draws each step's scale from scale (1 -+ jitter), which breaks orbits that close on themselves. broken = "Euler"
    slides naively, "no correction" accepts everything.
    """

    scale: float = 0.2
    leaps: int = 10
    jitter: float = 0.0
    broken: str = ""

    def step(self, key: Key, state: State, target: Target) -> tuple[State, Info]:
        """One step of every chain; the momentum is refreshed before H is taken."""
        generator = key.generator()
        p = generator.standard_normal(state.x.shape)
        scale = self.scale * (1 + self.jitter * (2 * generator.random() - 1))
        slide = euler if self.broken == "Euler" else leapfrog
        xs, ps = slide(target, state.x, p, scale, self.leaps)
        with np.errstate(over="ignore", invalid="ignore"):
            kinetic = 0.5 * (p**2 - ps[:, -1] ** 2).sum(axis=-1)
            return judge(generator, state, xs[:, -1], target, kinetic, xs, always=self.broken == "no correction")
