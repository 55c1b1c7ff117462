"""Targets of several parts, between which a chain of small steps hardly ever goes: rings, and Gaussian mixtures.

As all targets they have `log_density` (nats, not normalised) and `score` at x (..., d), and know their `log_normaliser`,
`mean` and `covariance` in closed form.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy import special

from core.key import Key
from core.mixture.gmm import GMM


@dataclass(frozen=True)
class Rings:
    """Circles about the origin: density proportional to the sum over radii R of exp(-(|x| - R)^2 / (2 width^2))."""

    radii: tuple[float, ...] = (1.0, 2.5, 4.0)
    width: float = 0.2
    dim: int = 2

    def _radial(self, power: int) -> float:
        """The integral over r > 0 of r^power times the sum of the rings' profiles, power 1 or 3."""
        a = np.array(self.radii) / self.width
        edge = np.exp(-0.5 * a**2)
        zeroth = np.sqrt(2 * np.pi) * special.ndtr(a)  # of z^j exp(-z^2 / 2) from -a on: j = 0, then 1, 2, 3
        moments = (zeroth, edge, zeroth - a * edge, (a**2 + 2) * edge)
        terms = (special.comb(power, j) * a ** (power - j) * moments[j] for j in range(power + 1))
        return float(self.width ** (power + 1) * sum(terms).sum())

    @property
    def log_normaliser(self) -> float:
        """log of 2 pi times the integral of r times the profiles."""
        return float(np.log(2 * np.pi)) + float(np.log(self._radial(1)))

    @property
    def mean(self) -> Float[np.ndarray, " 2"]:
        """The origin."""
        return np.zeros(2)

    @property
    def covariance(self) -> Float[np.ndarray, "2 2"]:
        """E[r^2] / 2 times the identity."""
        return np.eye(2) * self._radial(3) / self._radial(1) / 2

    def _profiles(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        radius = np.sqrt((x**2).sum(axis=-1))
        return radius, (radius[..., None] - np.array(self.radii)) / self.width

    def log_density(self, x: Float[np.ndarray, "*n 2"]) -> Float[np.ndarray, "*n"]:
        """The log of the sum of the profiles."""
        return special.logsumexp(-0.5 * self._profiles(x)[1] ** 2, axis=-1)

    def score(self, x: Float[np.ndarray, "*n 2"]) -> Float[np.ndarray, "*n 2"]:
        """Along the radius, the rings' pulls weighted by their shares; 0 at the origin, where there is a kink."""
        radius, z = self._profiles(x)
        pull = -(special.softmax(-0.5 * z**2, axis=-1) * z).sum(axis=-1) / self.width
        return x * (pull / np.where(radius > 0, radius, 1.0))[..., None]


@dataclass(frozen=True)
class Mixture:
    """A Gaussian mixture as a target, with its normalised log-density."""

    model: GMM
    log_normaliser: float = 0.0

    @property
    def dim(self) -> int:
        """The number of dimensions d."""
        return self.model.dim

    @property
    def mean(self) -> Float[np.ndarray, " d"]:
        """sum_k w_k mu_k."""
        return self.model.weights @ self.model.means

    @property
    def covariance(self) -> Float[np.ndarray, "d d"]:
        """sum_k w_k (S_k + mu_k mu_k') - mean mean'."""
        off = self.model.means - self.mean
        return np.einsum("k,kij->ij", self.model.weights, self.model.covariances + off[:, :, None] * off[:, None])

    def log_density(self, x: Float[np.ndarray, "*n d"]) -> Float[np.ndarray, "*n"]:
        """log p(x), nats."""
        return self.model.log_prob(x.reshape(-1, self.dim)).reshape(x.shape[:-1])

    def score(self, x: Float[np.ndarray, "*n d"]) -> Float[np.ndarray, "*n d"]:
        """sum_k p(k given x) S_k^-1 (mu_k - x)."""
        flat = x.reshape(-1, self.dim)
        share = self.model.responsibilities(flat)
        pulls = np.einsum("kij,nkj->nki", np.linalg.inv(self.model.covariances), self.model.means - flat[:, None])
        return np.einsum("nk,nki->ni", share, pulls).reshape(x.shape)

    def sample(self, n: int, key: Key) -> Float[np.ndarray, "n d"]:
        """`n` independent draws."""
        return self.model.sample(n, key)


def three_modes() -> Mixture:
    """Three round Gaussians of weight 0.5, 0.3 and 0.2, far apart for a chain of small steps."""
    means = np.array([[-2.5, -1.5], [2.5, -1.5], [0.0, 2.5]])
    return Mixture(GMM(np.array([0.5, 0.3, 0.2]), means, np.stack([0.36 * np.eye(2)] * 3)))
