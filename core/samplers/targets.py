"""What is sampled from: densities known up to a factor, with the truth about them where it has a closed form.

A target has `log_density(x)` (nats, not normalised) and its gradient `score(x)` at points x (..., d). Those here also
know `log_normaliser` = log of the integral of exp(log_density), their `mean` (d,) and `covariance` (d, d), and draw
exactly. The funnel is Neal's (2003, Slice sampling); the banana is Haario, Saksman and Tamminen's (1999) with unit bend.
"""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float

from core.key import Key
from core.process import frozen

LOG_2PI = float(np.log(2 * np.pi))


@runtime_checkable
class Target(Protocol):
    """What every kernel asks of a density."""

    @property
    def dim(self) -> int:
        """The number of dimensions d."""

    def log_density(self, x: Float[np.ndarray, "*n d"]) -> Float[np.ndarray, "*n"]:
        """log p(x) + a constant, nats; -inf where the density is 0."""

    def score(self, x: Float[np.ndarray, "*n d"]) -> Float[np.ndarray, "*n d"]:
        """The gradient of `log_density`."""


@dataclass(frozen=True)
class Normal:
    """N(mean, covariance) in d dimensions; log_density = -(x - mean)' S^-1 (x - mean) / 2."""

    mean: Float[np.ndarray, " d"]
    covariance: Float[np.ndarray, "d d"]

    def __post_init__(self) -> None:
        """Freeze the arrays; raise ValueError unless the covariance is positive definite."""
        mean, covariance = np.array(self.mean, dtype=float), np.array(self.covariance, dtype=float)
        if not (np.isfinite(mean).all() and np.isfinite(covariance).all()):
            raise ValueError("A Gaussian target needs a finite mean and covariance.")
        if np.linalg.eigvalsh(covariance).min() <= 0:
            raise ValueError("The covariance of a Gaussian target must be positive definite.")
        object.__setattr__(self, "mean", frozen(mean))
        object.__setattr__(self, "covariance", frozen(covariance))
        object.__setattr__(self, "_precision", frozen(np.linalg.inv(covariance)))

    @property
    def precision(self) -> Float[np.ndarray, "d d"]:
        """The inverse of the covariance."""
        return self._precision  # type: ignore[attr-defined]

    @property
    def dim(self) -> int:
        """The number of dimensions d."""
        return len(self.mean)

    @property
    def log_normaliser(self) -> float:
        """(d log 2 pi + log det S) / 2."""
        return float(0.5 * (self.dim * LOG_2PI + np.linalg.slogdet(self.covariance)[1]))

    def log_density(self, x: Float[np.ndarray, "*n d"]) -> Float[np.ndarray, "*n"]:
        """Minus half the squared Mahalanobis distance."""
        return 0.5 * ((x - self.mean) * self.score(x)).sum(axis=-1)

    def score(self, x: Float[np.ndarray, "*n d"]) -> Float[np.ndarray, "*n d"]:
        """S^-1 (mean - x)."""
        return (self.mean - x) @ self.precision

    def conditional(self, axis: int, x: Float[np.ndarray, "*n d"]) -> tuple[np.ndarray, float]:
        """Mean (...,) and standard deviation of coordinate `axis` given the others, which is a Gaussian."""
        own = self.precision[axis, axis]
        return x[..., axis] + self.score(x)[..., axis] / own, float(own**-0.5)

    def sample(self, n: int, key: Key) -> Float[np.ndarray, "n d"]:
        """`n` independent draws."""
        return self.mean + key.generator().standard_normal((n, self.dim)) @ np.linalg.cholesky(self.covariance).T


def tilted(rho: float) -> Normal:
    """The Gaussian in the plane with unit variances and correlation `rho`, -1 < rho < 1."""
    return Normal(np.zeros(2), np.array([[1.0, rho], [rho, 1.0]]))


@dataclass(frozen=True)
class Banana:
    """x_1 ~ N(0, 1), then x_2 ~ N(x_1^2, width^2); a bent ridge, thinner as `width` > 0 falls."""

    width: float = 0.5
    dim: int = 2

    @property
    def log_normaliser(self) -> float:
        """log(2 pi width)."""
        return LOG_2PI + float(np.log(self.width))

    @property
    def mean(self) -> Float[np.ndarray, " 2"]:
        """(0, 1)."""
        return np.array([0.0, 1.0])

    @property
    def covariance(self) -> Float[np.ndarray, "2 2"]:
        """diag(1, 2 + width^2): uncorrelated, and not independent."""
        return np.diag([1.0, 2.0 + self.width**2])

    def log_density(self, x: Float[np.ndarray, "*n 2"]) -> Float[np.ndarray, "*n"]:
        """-x_1^2 / 2 - (x_2 - x_1^2)^2 / (2 width^2)."""
        return -0.5 * x[..., 0] ** 2 - 0.5 * ((x[..., 1] - x[..., 0] ** 2) / self.width) ** 2

    def score(self, x: Float[np.ndarray, "*n 2"]) -> Float[np.ndarray, "*n 2"]:
        """The gradient of `log_density`."""
        pull = (x[..., 1] - x[..., 0] ** 2) / self.width**2
        return np.stack([x[..., 0] * (2 * pull - 1), -pull], axis=-1)

    def sample(self, n: int, key: Key) -> Float[np.ndarray, "n 2"]:
        """`n` independent draws: x_1, then x_2 given it."""
        z = key.generator().standard_normal((n, 2))
        return np.stack([z[:, 0], z[:, 0] ** 2 + self.width * z[:, 1]], axis=-1)


@dataclass(frozen=True)
class Funnel:
    """x_1 ~ N(0, scale^2), then x_2 ~ N(0, exp(x_1)); no one step size fits its mouth and its neck."""

    scale: float = 3.0
    dim: int = 2

    @property
    def log_normaliser(self) -> float:
        """log(2 pi scale)."""
        return LOG_2PI + float(np.log(self.scale))

    @property
    def mean(self) -> Float[np.ndarray, " 2"]:
        """The origin."""
        return np.zeros(2)

    @property
    def covariance(self) -> Float[np.ndarray, "2 2"]:
        """diag(scale^2, exp(scale^2 / 2))."""
        return np.diag([self.scale**2, np.exp(self.scale**2 / 2)])

    def log_density(self, x: Float[np.ndarray, "*n 2"]) -> Float[np.ndarray, "*n"]:
        """-x_1^2 / (2 scale^2) - x_1 / 2 - x_2^2 exp(-x_1) / 2."""
        v, w = x[..., 0], x[..., 1]
        with np.errstate(over="ignore", invalid="ignore"):
            return -0.5 * (v / self.scale) ** 2 - 0.5 * v - 0.5 * w**2 * np.exp(-v)

    def score(self, x: Float[np.ndarray, "*n 2"]) -> Float[np.ndarray, "*n 2"]:
        """The gradient of `log_density`."""
        v, w = x[..., 0], x[..., 1]
        with np.errstate(over="ignore", invalid="ignore"):
            precision = np.exp(-v)
            return np.stack([-v / self.scale**2 - 0.5 + 0.5 * w**2 * precision, -w * precision], axis=-1)

    def sample(self, n: int, key: Key) -> Float[np.ndarray, "n 2"]:
        """`n` independent draws: x_1, then x_2 given it."""
        z = key.generator().standard_normal((n, 2))
        v = self.scale * z[:, 0]
        return np.stack([v, np.exp(v / 2) * z[:, 1]], axis=-1)
