"""The likelihood of a Gaussian: what it asks of the points, its surface, and its hill to climb.

    l(mu, S) = mean_n log N(x_n | mu, S) = -1/2 [d log 2 pi + log |S| + tr S^-1 (C + (m - mu)(m - mu)^T)]

Of n points only their mean m and covariance C (divided by n) enter: they are sufficient (Fisher, 1922). The hill is l in
coordinates without a unit or a boundary.

For one column with standard deviation s, a = (mu - m) / s and b = log(sigma / s),

    l = constant - b - (1 + a^2) exp(-2 b) / 2

so every column has this same hill, with its top at a = b = 0. Its slope is (-a e, (1 + a^2) e - 1) with e = exp(-2 b),
its Hessian e [[-1, 2 a], [2 a, -2 (1 + a^2)]], negative definite exactly where |a| < 1: further out than one standard
deviation Newton's step would not lead up, and that of Fisher scoring, slope / (e, 2), is taken in its place.

In more dimensions b becomes the log-Cholesky coordinates of S / (s s^T): the logarithms of the factor's diagonal and its
entries below the diagonal as they are (Pinheiro and Bates, 1996). A step is halved until it gains a quarter of what its
slope promises (Armijo, 1966; Nocedal and Wright, 2006, chapter 3).
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from core.mixture import em
from core.process import Halt

FURTHEST = 16.0  # log(sigma / s) beyond which no height is computed
HALVINGS = 60
ROUNDING = 1e-13  # of a height, relative


@dataclass(frozen=True)
class Sufficient:
    """All that a Gaussian's likelihood asks of n points: their mean (d,) and covariance (d, d), divided by n."""

    n: int
    mean: Float[np.ndarray, " d"]
    covariance: Float[np.ndarray, "d d"]

    def log_likelihood(self, mean: Float[np.ndarray, " d"], covariance: Float[np.ndarray, "d d"]) -> float:
        """The mean log-likelihood of the points under N(mean, covariance), nats."""
        off = self.mean - mean
        spread = np.trace(np.linalg.solve(covariance, self.covariance + np.outer(off, off)))
        return -0.5 * float(len(mean) * em.LOG_2PI + np.linalg.slogdet(covariance)[1] + spread)


def sufficient(x: Float[np.ndarray, "n d"]) -> Sufficient:
    """The sufficient statistics of at least one point, by two passes; a constant column has variance exactly 0."""
    if not len(x):
        raise Halt("0 points have no mean: give at least one.")
    centre = x[0] + (x - x[0]).mean(axis=0)
    u = np.where(np.ptp(x, axis=0) > 0, x - centre, 0.0)
    return Sufficient(len(x), centre, u.T @ u / len(x))


def surface(
    points: Sufficient, mus: Float[np.ndarray, " a"], sigmas: Float[np.ndarray, " b"]
) -> Float[np.ndarray, "b a"]:
    """The mean log-likelihood of one column at every (sigma, mu), nats: exact, whatever the number of points."""
    if len(points.mean) != 1:
        raise Halt("The surface over mu and sigma is that of one column.")
    square = points.covariance[0, 0] + (points.mean[0] - mus) ** 2
    sigmas = sigmas[:, None]
    return -0.5 * em.LOG_2PI - np.log(sigmas) - 0.5 * square / sigmas**2


def likelihood_underflow(
    log_densities: Float[np.ndarray, " n"],
) -> tuple[Float[np.ndarray, " n"], Float[np.ndarray, " n"], int | None]:
    """The running product of the densities as float64 has it, the running sum of their logs, the first exact zero.

    The zero is the index at which the product becomes 0, None if it never does. Densities above 1 may overflow it to inf.
    """
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        product = np.cumprod(np.exp(log_densities))
    zero = product == 0
    return product, np.cumsum(log_densities), int(zero.argmax()) if zero.any() else None


@dataclass(frozen=True)
class Hill:
    """The mean log-likelihood less a floor's penalty, up to a constant, nats.

    Coordinates (p,): a (d,); the logarithms of the factor's diagonal (d, but one where `kind` is spherical); where it is
    full, the entries below the diagonal, row by row. `target` (d, d) is the covariance at the top in units of `scale`.
    """

    kind: str
    centre: Float[np.ndarray, " d"]
    scale: Float[np.ndarray, " d"]
    target: Float[np.ndarray, "d d"]

    def coordinates(
        self, mean: Float[np.ndarray, " d"], covariance: Float[np.ndarray, "d d"]
    ) -> Float[np.ndarray, " p"]:
        """Where a Gaussian of this kind stands."""
        factor = np.linalg.cholesky(covariance / self.scale[:, None] / self.scale)
        logs = np.log(np.diag(factor))
        return self._joined((mean - self.centre) / self.scale, logs[:1] if self.kind == "spherical" else logs, factor)

    def gaussian(self, theta: Float[np.ndarray, " p"]) -> tuple[np.ndarray, np.ndarray]:
        """The mean (d,) and covariance (d, d), in data units, of the Gaussian that stands at `theta`."""
        a, factor = self._parts(theta)
        return self.centre + self.scale * a, factor @ factor.T * self.scale[:, None] * self.scale

    def height(self, theta: Float[np.ndarray, " p"]) -> float:
        """-log |L| - 1/2 tr (L L^T)^-1 (target + a a^T); -inf beyond `FURTHEST`, where no digit would be right."""
        if not (np.isfinite(theta).all() and (np.abs(theta[len(self.centre) :]) < FURTHEST).all()):
            return -np.inf
        a, factor = self._parts(theta)
        inverse = np.linalg.inv(factor)  # entries below e^32 |L| so far in: far from overflow
        spread = ((inverse @ (self.target + np.outer(a, a))) * inverse).sum()
        return float(-np.log(np.diag(factor)).sum() - 0.5 * spread)

    def slope(self, theta: Float[np.ndarray, " p"]) -> Float[np.ndarray, " p"]:
        """The gradient of the height in these coordinates."""
        a, factor = self._parts(theta)
        inverse = np.linalg.inv(factor)
        precision = inverse.T @ inverse
        by_factor = precision @ (self.target + np.outer(a, a)) @ inverse.T
        logs = np.diag(by_factor) * np.diag(factor) - 1
        return self._joined(-precision @ a, logs.sum(keepdims=True) if self.kind == "spherical" else logs, by_factor)

    def newton(self, theta: Float[np.ndarray, " p"]) -> tuple[str, np.ndarray]:
        """The name and the full step in one dimension: Newton's where |a| < 1, else that of Fisher scoring."""
        (a, b), top = theta, self.target[0, 0]
        e = np.exp(-2 * b)
        if a**2 < top:
            hessian = e * np.array([[-1.0, 2 * a], [2 * a, -2 * (top + a**2)]])
            return "Newton", -np.linalg.solve(hessian, self.slope(theta))
        return "scoring", self.slope(theta) / [e, 2.0]

    def climb(self, theta: Float[np.ndarray, " p"], step: Float[np.ndarray, " p"]) -> tuple[np.ndarray, int] | None:
        """Where `step` leads, halved as often as it must be, and how often that was; None if no part of it gains."""
        here, promise = self.height(theta), float(self.slope(theta) @ step)
        for halvings in range(HALVINGS):
            there = theta + step / 2**halvings
            if self.height(there) >= here + promise / 4 / 2**halvings - ROUNDING * (1 + abs(here)):
                return there, halvings
        return None

    def _parts(self, theta: Float[np.ndarray, " p"]) -> tuple[np.ndarray, np.ndarray]:
        """a (d,) and the factor L (d, d)."""
        d = len(self.centre)
        factor = np.diag(np.exp(np.full(d, theta[d]) if self.kind == "spherical" else theta[d : 2 * d]))
        if self.kind == "full":
            factor[np.tril_indices(d, -1)] = theta[2 * d :]
        return theta[:d], factor

    def _joined(self, a: np.ndarray, logs: np.ndarray, factor: np.ndarray) -> Float[np.ndarray, " p"]:
        """Coordinates from their parts."""
        lower = factor[np.tril_indices(len(a), -1)] if self.kind == "full" else np.empty(0)
        return np.concatenate([a, logs, lower])
