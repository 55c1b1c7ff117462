"""Where, and when, a learned field is wrong: its error against the exact one, weighted by how often it is asked there.

With eps the noise a denoiser sees in x_t (minus sigma times its score), the density of the squared error is

    e(x, t) = |eps_learned(x, t) - eps_exact(x, t)|^2 p_t(x)

and its integral over x is the excess of the eps loss at t over the loss no network can avoid (`floor`; Vincent,
2011). `along` gives the square root of e on a line, `across` the square root of e summed over the other axis of the plane, by
the trapezoid rule: so the integral of its square over what is left is the whole excess.
"""

from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float

from core.diffusion.noise.schedule import Schedule
from core.diffusion.noise.target import Denoiser, Points


@runtime_checkable
class Known(Protocol):
    """An exact companion that knows its density."""

    @property
    def schedule(self) -> Schedule:
        """How x_t was noised."""
        ...

    def denoise(self, x: Points, t: float) -> Points:
        """E[x_0 given x_t = x]."""
        ...

    def log_density(self, x: Points, t: float) -> Float[np.ndarray, " n"]:
        """log p_t(x)."""
        ...


def noise(denoiser: Denoiser, x: Points, t: float) -> Points:
    """The noise eps (n, d) that a denoiser sees in x_t = x, units of 1; ValueError at a time without noise."""
    alpha, sigma = float(denoiser.schedule.alpha(t)), float(denoiser.schedule.sigma(t))
    if sigma == 0:
        raise ValueError("Without noise there is none to see: t must be above 0.")
    return np.asarray((x - alpha * denoiser.denoise(x, t)) / sigma)


def along(learned: Denoiser, exact: Known, line: Points, t: float) -> Float[np.ndarray, " m"]:
    """sqrt e at the places `line` (m, d), in the denoisers' units (a dimensionless error times a root density)."""
    off = ((noise(learned, line, t) - noise(exact, line, t)) ** 2).sum(axis=1)
    return np.asarray(np.sqrt(off) * np.exp(0.5 * exact.log_density(line, t)))


def across(
    learned: Denoiser,
    exact: Known,
    nodes: Float[np.ndarray, " m"],
    others: Float[np.ndarray, " k"],
    axis: int,
    t: float,
) -> Float[np.ndarray, " m"]:
    """sqrt of e summed over the plane's other axis, at `nodes` of `axis` (0 or 1); `others` are even nodes of the other."""
    x = np.stack(np.broadcast_arrays(nodes[:, None], others), axis=-1).reshape(-1, 2)
    e = along(learned, exact, x if axis == 0 else x[:, ::-1], t) ** 2
    return np.asarray(np.sqrt(np.trapezoid(e.reshape(len(nodes), len(others)), others, axis=1)))
