"""One step of each way from noise to data, from time t to an earlier time s: formulas only, no randomness, no loop.

With x_t = alpha_t x_0 + sigma_t eps, the ratio r = alpha_t / alpha_s and the fresh variance b = sigma_t^2 - r^2 sigma_s^2
(DDPM's beta), the posterior of x_s given x_t and x_0 has

    mean      (r sigma_s^2 x_t + alpha_s b x_0) / sigma_t^2
    variance  b sigma_s^2 / sigma_t^2

Sources: Ho, Jain and Abbeel (2020); Song, Meng and Ermon (2021) for DDIM; Song et al. (2021) for the two differential
equations; Lu et al. (2022) for DPM-Solver++.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core.diffusion.noise.schedule import Schedule
from core.diffusion.noise.target import Guess, Points


@dataclass(frozen=True)
class Move:
    """Where a step leads without noise, and the standard deviation of the noise to be added."""

    mean: Points
    spread: float = 0.0


@dataclass(frozen=True)
class Between:
    """The numbers of a step from t to s."""

    schedule: Schedule
    t: float
    s: float

    @cached_property
    def ends(self) -> tuple[float, float, float, float]:
        """alpha_t, sigma_t, alpha_s, sigma_s."""
        (a_t, a_s), (s_t, s_s) = (
            curve(np.array([self.t, self.s])) for curve in (self.schedule.alpha, self.schedule.sigma)
        )
        return float(a_t), float(s_t), float(a_s), float(s_s)

    @cached_property
    def fresh(self) -> float:
        """b, the variance that noising adds between s and t."""
        a_t, s_t, a_s, s_s = self.ends
        return max(s_t**2 - (a_t / a_s * s_s) ** 2, 0.0)


def ancestral(x: Points, guess: Guess, step: Between, large: bool) -> Move:
    """A draw from the posterior of x_s; its variance, or (`large`) b itself; the last step, to no noise, adds none."""
    a_t, s_t, a_s, s_s = step.ends
    mean = (a_t / a_s * s_s**2 * x + a_s * step.fresh * guess.x0) / s_t**2
    if s_s == 0:
        return Move(mean)
    return Move(mean, np.sqrt(step.fresh) * (1.0 if large else s_s / s_t))


def ddim(guess: Guess, step: Between, eta: float) -> Move:
    """alpha_s x_0 + the noise rotated back, of which a share is fresh: none at eta = 0, the ancestral's at eta = 1."""
    _, s_t, a_s, s_s = step.ends
    spread = eta * s_s / s_t * np.sqrt(step.fresh)
    return Move(a_s * guess.x0 + np.sqrt(max(s_s**2 - spread**2, 0.0)) * guess.eps, float(spread))


def euler(x: Points, guess: Guess, step: Between) -> Move:
    """Along the velocity of the probability flow, in t."""
    return Move(x + (step.s - step.t) * guess.velocity)


def heun(x: Points, first: Guess, second: Guess, step: Between) -> Move:
    """Along the mean of the velocities at both ends."""
    return Move(x + (step.s - step.t) * 0.5 * (first.velocity + second.velocity))


def dpm(x: Points, guess: Guess, before: tuple[Guess, Between] | None, step: Between) -> Move:
    """DPM-Solver++(2M): x_0 taken as linear in half the log-SNR through this guess and the one before.

    Of first order without a guess before, and in a step to no noise.
    """
    _, s_t, a_s, s_s = step.ends
    h, clean = _half_gain(step), guess.x0
    if before is not None and s_s > 0:
        ratio = _half_gain(before[1]) / h
        clean = clean + (clean - before[0].x0) / (2 * ratio)
    return Move(s_s / s_t * x - a_s * np.expm1(-h) * clean)


def _half_gain(step: Between) -> float:
    """Half of what the step gains in log-SNR; infinite from no signal, and to no noise."""
    gained = step.schedule.log_snr(np.array([step.s, step.t]))
    return float(0.5 * (gained[0] - gained[1]))


def maruyama(x: Points, guess: Guess, step: Between) -> Move:
    """Euler-Maruyama on the reverse equation dx = (f x - g^2 score) dt + g dw, backwards in t."""
    alpha, sigma, faded, _ = (float(curve) for curve in step.schedule.curves(step.t))
    f, past = faded / alpha, step.t - step.s
    g2 = -(sigma**2) * float(step.schedule.log_snr_slope(step.t))
    mean = x - past * (f * x - g2 * guess.score)
    return Move(mean, float(np.sqrt(g2 * past)) if step.ends[3] > 0 else 0.0)


def langevin(x: Points, guess: Guess, schedule: Schedule, t: float, ratio: float) -> Move:
    """One Langevin step at the noise level t, of size (ratio sigma)^2: a corrector (Song et al., 2021)."""
    size = (ratio * float(schedule.sigma(t))) ** 2
    return Move(x + size * guess.score, float(np.sqrt(2 * size)))
