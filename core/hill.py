"""The log-likelihood of a Gaussian as a hill to climb, in coordinates without a unit or a boundary.

With m the mean of a column, s its standard deviation, a = (mu - m) / s and b = log(sigma / s), the mean log-likelihood is

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

FURTHEST = 150.0  # the size of a coordinate beyond which no height is computed
HALVINGS = 60
ROUNDING = 1e-13  # of a height, relative


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
        """-log |L| - 1/2 tr (L L^T)^-1 (target + a a^T); -inf where that is too far out to be computed."""
        if not (np.abs(theta) < FURTHEST).all():
            return -np.inf
        a, factor = self._parts(theta)
        inverse = np.linalg.inv(factor)
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
