"""Exact log-likelihood of the probability flow, in one or two dimensions (any d at a cost of d more tangents).

Scaled to unit spread, y = x_t / sqrt(alpha^2 + sigma^2), and told by the angle a = atan(sigma / alpha), every schedule's
flow is the same,

    dy / da = v(y, a) = (cos a y - E[x_0 given x_t]) / sin a,      d log p / da = -tr dv/dy

which is smooth where the flow in t is not. `log_prob` follows a point from the first time of the schedule's `span` to the
last by Runge and Kutta's fourth-order rule, with the true trace, not an estimate of it, and adds the log-density of the
prior where it arrives (Chen et al., 2018; Song et al., 2021). It is the density of what a walk draws that adds no noise
and makes no error. Nats.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float

from core.diffusion.model import Diffusion
from core.diffusion.noise.schedule import Schedule
from core.mixture.em import LOG_2PI
from core.process import frozen

Points = Float[np.ndarray, "n d"]
STEPS = 64
FINE = 20.0


@runtime_checkable
class Traced(Protocol):
    """A denoiser that also knows the trace of its Jacobian."""

    @property
    def schedule(self) -> Schedule:
        """How x_t was noised."""
        ...

    def denoise_with_trace(self, x: Points, t: float) -> tuple[Points, Float[np.ndarray, " n"]]:
        """E[x_0 given x_t = x] and the trace of its Jacobian by x."""
        ...


@dataclass(frozen=True)
class Likelihood:
    """log p (n,), nats; the `error` of each (n,), by half as many steps; and the `ends` (n, d), unit spread, of the paths."""

    log_prob: Float[np.ndarray, " n"]
    error: Float[np.ndarray, " n"]
    ends: Points


@lru_cache(maxsize=32)
def nodes(schedule: Schedule, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Angles a (count + 1,) from data to noise, their times, da/du, and the step of u = asinh(20 tan(a / 2)), which is even.

    Steps even in u are fine near the data, where the flow bends quickly.
    """
    first, last = np.arcsinh(FINE * np.tan(schedule.angle(np.array(schedule.span)) / 2))
    u = np.linspace(first, last, count + 1)
    angles = 2 * np.arctan(np.sinh(u) / FINE)
    speeds = 2 * FINE * np.cosh(u) / (FINE**2 + np.sinh(u) ** 2)
    times = schedule.at_log_snr(-2 * np.log(np.tan(angles)))
    return frozen(angles), frozen(times), frozen(speeds), float(u[1] - u[0])


def flow(denoiser: Traced, x: Points, steps: int = STEPS) -> tuple[Float[np.ndarray, " n"], Points]:
    """log p(x) in the denoiser's units by `steps` steps, and where the paths end, in units of the prior's spread."""
    schedule, d = denoiser.schedule, x.shape[1]
    angles, times, speeds, even = nodes(schedule, 2 * steps)
    sizes = schedule.size(times)

    def slope(y: Points, i: int) -> np.ndarray:
        """The velocity and its trace by u, side by side (n, d + 1)."""
        cos, sin = np.cos(angles[i]), np.sin(angles[i])
        clean, trace = denoiser.denoise_with_trace(y[:, :d] * sizes[i], float(times[i]))
        v, spread = (cos * y[:, :d] - clean) / sin, (d * cos - sizes[i] * trace) / sin
        return speeds[i] * np.concatenate([v, spread[:, None]], axis=1)

    y, h = np.concatenate([x / sizes[0], np.zeros((len(x), 1))], axis=1), 2 * even
    for i in range(0, 2 * steps, 2):
        k1 = slope(y, i)
        k2 = slope(y + 0.5 * h * k1, i + 1)
        k3 = slope(y + 0.5 * h * k2, i + 1)
        k4 = slope(y + h * k3, i + 2)
        y = y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    end = y[:, :d]
    return -0.5 * (end**2).sum(1) - d * (0.5 * LOG_2PI + np.log(sizes[0])) + y[:, d], end


def log_prob(denoiser: Traced, x: Points, steps: int = STEPS) -> Likelihood:
    """log p of points in the denoiser's units, with its error: the change from half as many steps, an upper estimate."""
    coarse, _ = flow(denoiser, x, max(steps // 2, 1))
    fine, ends = flow(denoiser, x, steps)
    return Likelihood(fine, np.abs(fine - coarse), ends)


def log_prob_of(model: Diffusion, x: Points, steps: int = STEPS, label: int = -1) -> Likelihood:
    """log p of points in the data's units under a trained model, told a class or (-1) none."""
    found = log_prob(model.of_class(label), model.standard(x), steps)
    return replace(found, log_prob=found.log_prob - float(np.log(model.scale).sum()))
