"""Toy distributions on the line: one peak, two, a skewed one, heavy tails, and a gap where there is nothing.

Each is a shape that some model cannot follow: a single Gaussian misses the second peak, the skew and the tails; a smooth
density misses the gap. All densities and entropies are exact; points have shape (n, 1).
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import scipy  # its parts load when first used, and a first page needs none
from jaxtyping import Float, Int

from core.data.sets.curves import gauss_legendre
from core.key import Key
from core.mixture.gmm import GMM

LOG_2PI = float(np.log(2 * np.pi))

NORMAL_ENTROPY = 0.5 * (LOG_2PI + 1)
"""Entropy of `normal()` in nats: ln(2 pi e) / 2, exactly."""

BIMODAL_ENTROPY = 1.764193040
"""Entropy of `bimodal()` in nats, by quadrature."""

DEMONSTRATION_ENTROPY = 2.051658727
"""Entropy of `demonstration()` in nats, by quadrature."""


def normal() -> GMM:
    """The standard normal N(0, 1), a mixture of one."""
    return GMM(np.ones(1), np.zeros((1, 1)), np.ones((1, 1, 1)))


def bimodal() -> GMM:
    """0.5 N(-3, 0.5^2) + 0.5 N(2, 1): two peaks of different width, which no single bandwidth fits."""
    return GMM(np.full(2, 0.5), np.array([[-3.0], [2.0]]), np.array([[[0.25]], [[1.0]]]))


def demonstration() -> GMM:
    """0.5 N(-2, 1) + 0.5 N(2, 1): the distribution of the first demonstration of this playground."""
    return GMM(np.full(2, 0.5), np.array([[-2.0], [2.0]]), np.ones((2, 1, 1)))


@dataclass(frozen=True)
class SkewNormal:
    """p(x) = (2 / scale) phi(z) Phi(shape z), z = (x - location) / scale; Azzalini (1985).

    phi and Phi are the standard normal density and distribution function. `shape` 0 gives the normal, a large one a half
    normal.
    """

    location: float = -1.5
    scale: float = 2.0
    shape: float = 6.0

    @property
    def entropy(self) -> float:
        """-int p ln p in nats, by Gauss-Legendre quadrature over 12 scales on either side."""
        x, w = gauss_legendre(self.location + self.scale * np.linspace(-12, 12, 241), 12)
        log_p = self.log_prob(x.reshape(-1, 1))
        return float(-w.ravel() @ (np.exp(log_p) * log_p))

    def sample(self, n: int, key: Key) -> Float[np.ndarray, "n 1"]:
        """`n` independent draws: z = (shape |e1| + e2) / sqrt(1 + shape^2) with e standard normal."""
        e = key.generator().standard_normal((n, 2))
        z = (self.shape * np.abs(e[:, :1]) + e[:, 1:]) / np.sqrt(1 + self.shape**2)
        return self.location + self.scale * z

    def log_prob(self, x: Float[np.ndarray, "n 1"]) -> Float[np.ndarray, " n"]:
        """The exact log-density at each row of `x`, in nats."""
        z = (x[:, 0] - self.location) / self.scale
        return np.log(2 / self.scale) - 0.5 * (LOG_2PI + z**2) + scipy.special.log_ndtr(self.shape * z)


@dataclass(frozen=True)
class StudentT:
    """p(x) proportional to (1 + x^2 / nu)^(-(nu + 1) / 2), nu = `freedom`; Student (1908).

    With nu = 3 the variance is finite but the fourth moment is not: rare points lie very far out.
    """

    freedom: float = 3.0

    @property
    def entropy(self) -> float:
        """(nu + 1)/2 (digamma((nu + 1)/2) - digamma(nu/2)) + ln(sqrt(nu) B(nu/2, 1/2)) nats, exactly."""
        nu = self.freedom
        spread = scipy.special.digamma((nu + 1) / 2) - scipy.special.digamma(nu / 2)
        return float((nu + 1) / 2 * spread + 0.5 * np.log(nu) + scipy.special.betaln(nu / 2, 0.5))

    def sample(self, n: int, key: Key) -> Float[np.ndarray, "n 1"]:
        """`n` independent draws."""
        return key.generator().standard_t(self.freedom, (n, 1))

    def log_prob(self, x: Float[np.ndarray, "n 1"]) -> Float[np.ndarray, " n"]:
        """The exact log-density at each row of `x`, in nats."""
        nu = self.freedom
        constant = scipy.special.gammaln((nu + 1) / 2) - scipy.special.gammaln(nu / 2) - 0.5 * np.log(nu * np.pi)
        return constant - (nu + 1) / 2 * np.log1p(x[:, 0] ** 2 / nu)


@dataclass(frozen=True)
class UniformGap:
    """Uniform on [-2, -1/2] and [1/2, 2], zero between them and outside: p(x) = 1/3 there, entropy ln 3 exactly."""

    entropy: ClassVar[float] = float(np.log(3))
    classes: ClassVar[tuple[str, ...]] = ("left", "right")

    def sample(self, n: int, key: Key) -> Float[np.ndarray, "n 1"]:
        """`n` independent draws."""
        return self.sample_labelled(n, key)[0]

    def sample_labelled(self, n: int, key: Key) -> tuple[Float[np.ndarray, "n 1"], Int[np.ndarray, " n"]]:
        """`n` independent draws and the interval each fell into."""
        rng = key.generator()
        label = rng.integers(0, 2, n)
        return (2.5 * label - 2 + 1.5 * rng.random(n))[:, None], label

    def log_prob(self, x: Float[np.ndarray, "n 1"]) -> Float[np.ndarray, " n"]:
        """-ln 3 on the two intervals, -inf off them."""
        distance = np.abs(x[:, 0])
        return np.where((distance >= 0.5) & (distance <= 2), -self.entropy, -np.inf)
