"""What a network is asked to say, and how the four ways of saying it turn into each other.

Each target is a mixture F = a x_0 + b eps of the clean point and the noise:

    eps        (0, 1)                                 the noise (Ho, Jain and Abbeel, 2020)
    x0         (1, 0)                                 the clean point
    v          (-sigma, alpha) / size                 a quarter turn ahead of x_t (Salimans and Ho, 2022); minus EDM's network
    velocity   (d alpha / dt, d sigma / dt)           where x_t is going (Lipman et al., 2023)

With x_t = alpha x_0 + sigma eps and det = alpha b - sigma a, both parts come back: x_0 = (b x_t - sigma F) / det and
eps = (alpha F - a x_t) / det. So an error of F is (sigma / det) as large in x_0 and (alpha / det) in eps, which is all that a
loss weighting is.
"""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float

from core.diffusion.noise.schedule import Schedule, Times, Values

Points = Float[np.ndarray, "n d"]
NAMES = ("eps", "x0", "v", "velocity")
WEIGHTINGS = ("plain", "eps", "v", "x0", "min-SNR", "likelihood")
MOST_SNR = 5.0  # Hang et al. (2023)


@runtime_checkable
class Denoiser(Protocol):
    """Anything that knows, or has learned, the mean of the clean points behind a noised one."""

    @property
    def schedule(self) -> Schedule:
        """How x_t was noised."""
        ...

    def denoise(self, x: Points, t: float) -> Points:
        """E[x_0 given x_t = x]."""
        ...


@dataclass(frozen=True)
class Guess:
    """One answer of a denoiser in all its forms, each (n, d)."""

    x0: Points
    eps: Points
    score: Points
    velocity: Points


def guess(denoiser: Denoiser, x: Points, t: float) -> Guess:
    """Ask a denoiser once: the clean point, the noise, the score -eps / sigma, the velocity of the probability flow.

    Where sigma(t) = 0, x is itself clean: eps and score are then given as 0, for nothing can be told.
    """
    alpha, sigma, faded, grown = denoiser.schedule.curves(t)
    if sigma == 0:
        nothing = np.zeros_like(x)
        return Guess(x / alpha, nothing, nothing, faded * x / alpha)
    x0 = denoiser.denoise(x, t)
    eps = (x - alpha * x0) / sigma
    return Guess(x0, eps, -eps / sigma, faded * x0 + grown * eps)


def mix(target: str, schedule: Schedule, t: Times) -> tuple[Values, Values]:
    """(a, b) of F = a x_0 + b eps."""
    alpha, sigma, faded, grown = schedule.curves(t)
    if target == "velocity":
        return faded, grown
    if target == "v":
        size = np.hypot(alpha, sigma)
        return np.asarray(-sigma / size), np.asarray(alpha / size)
    if target not in NAMES:
        raise ValueError(f"There is no target called {target!r}; there are {', '.join(NAMES)}.")
    whole, none = np.ones_like(alpha), np.zeros_like(alpha)
    return (none, whole) if target == "eps" else (whole, none)


def determinant(target: str, schedule: Schedule, t: Times) -> Values:
    """alpha b - sigma a: 0 where x_t and F together do not tell x_0 and eps apart."""
    a, b = mix(target, schedule, t)
    return np.asarray(schedule.alpha(t) * b - schedule.sigma(t) * a)


def told(target: str, x0: Points, eps: Points, schedule: Schedule, t: float) -> Points:
    """F = a x_0 + b eps."""
    a, b = mix(target, schedule, t)
    return a * x0 + b * eps


def parts(target: str, told: Points, x: Points, schedule: Schedule, t: float) -> tuple[Points, Points]:
    """(x_0, eps) from F and x_t; ValueError at a time where this target does not determine them."""
    a, b = mix(target, schedule, t)
    alpha, sigma = schedule.alpha(t), schedule.sigma(t)
    det = alpha * b - sigma * a
    if det == 0 or not np.isfinite(det):
        raise ValueError(f"At t = {t:g} of the {schedule.name} schedule, {target} does not determine the clean point.")
    return (b * x - sigma * told) / det, (alpha * told - a * x) / det


def convert(given: str, wanted: str, told_: Points, x: Points, schedule: Schedule, t: float) -> Points:
    """One target's value in another's terms."""
    x0, eps = parts(given, told_, x, schedule, t)
    return told(wanted, x0, eps, schedule, t)


def weight(weighting: str, target: str, schedule: Schedule, t: Times) -> Values:
    """The factor of |F - F_hat|^2 in the loss.

    `plain` is 1; `eps`, `v` and `x0` make it the squared error of that target; `min-SNR` is the squared error of x_0 times
    min(SNR, 5) (Hang et al., 2023); `likelihood` is that of eps times -(d log-SNR / dt) / 2, whose mean over t bounds the
    negative log-likelihood, nats per dimension up to a constant (Kingma et al., 2021; Song et al., 2021).
    """
    if weighting == "plain":
        return np.ones(np.shape(t))
    alpha, sigma, *_ = schedule.curves(t)
    det = determinant(target, schedule, t)
    if weighting == "v":
        return np.asarray((np.hypot(alpha, sigma) / det) ** 2)
    if weighting == "x0":
        return np.asarray((sigma / det) ** 2)
    if weighting == "min-SNR":
        return np.asarray(np.minimum((alpha / det) ** 2, MOST_SNR * (sigma / det) ** 2))
    if weighting not in WEIGHTINGS:
        raise ValueError(f"There is no weighting called {weighting!r}; there are {', '.join(WEIGHTINGS)}.")
    noise = (alpha / det) ** 2
    return np.asarray(-0.5 * schedule.log_snr_slope(t) * noise if weighting == "likelihood" else noise)
