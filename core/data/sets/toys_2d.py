"""Toy distributions in the plane with closed-form densities: Gaussians, checkerboard, rings, banana.

Parameters are those of FFJORD's toy data (Grathwohl et al., 2019), so that published numbers apply; draws are
independent. The toys whose density is an integral along a curve live in `core.data.sets.curves`, the pinwheel in
`core.data.sets.pinwheel`.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import scipy  # its parts load when first used, and a first page needs none
from jaxtyping import Float, Int

from core.data.sets.curves import gauss_legendre
from core.key import Key
from core.mixture.gmm import GMM

EIGHT_GAUSSIANS_ENTROPY = 2.8318804
"""Entropy of `eight_gaussians()` in nats, by quadrature."""


def eight_gaussians() -> GMM:
    """Eight equal Gaussians, standard deviation 0.5 / 1.414, on a circle of radius 4 / 1.414 (1.414 is meant, not sqrt 2)."""
    angle = np.arange(8) * np.pi / 4
    means = 4 / 1.414 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return GMM(np.full(8, 1 / 8), means, np.broadcast_to((0.5 / 1.414) ** 2 * np.eye(2), (8, 2, 2)))


@dataclass(frozen=True)
class Checkerboard:
    """Uniform on the eight squares of side 2 in [-4, 4]^2 for which floor(x1 / 2) + floor(x2 / 2) is even.

    p(x) = 1/32 there and 0 elsewhere; the entropy is ln 32 exactly.
    """

    entropy: ClassVar[float] = float(np.log(32))
    classes: ClassVar[tuple[str, ...]] = tuple(f"square {i}" for i in range(1, 9))

    def sample(self, n: int, key: Key) -> Float[np.ndarray, "n 2"]:
        """`n` independent draws."""
        return self.sample_labelled(n, key)[0]

    def sample_labelled(self, n: int, key: Key) -> tuple[Float[np.ndarray, "n 2"], Int[np.ndarray, " n"]]:
        """`n` independent draws and the square each fell into, numbered upwards, column by column."""
        rng = key.generator()
        label = rng.integers(0, 8, n)
        column, pair = np.divmod(label, 2)
        corner = np.stack([column - 2, 2 * pair - 2 + column % 2], axis=1)
        return 2 * (corner + rng.random((n, 2))), label

    def log_prob(self, x: Float[np.ndarray, "n 2"]) -> Float[np.ndarray, " n"]:
        """-ln 32 on the squares, -inf off them."""
        cell = np.floor(x / 2)
        on = (np.abs(cell + 0.5) < 2).all(axis=1) & (cell.sum(axis=1) % 2 == 0)
        return np.where(on, -self.entropy, -np.inf)

    def log_joint(self, x: Float[np.ndarray, "n 2"]) -> Float[np.ndarray, "n 8"]:
        """log p(x, square), nats."""
        column, row = np.floor(x / 2).T
        own = np.where((np.abs(column + 0.5) < 2) & (np.abs(row + 0.5) < 2), 2 * (column + 2) + (row + 2) // 2, -1)
        return np.where(own[:, None] == np.arange(8), self.log_prob(x)[:, None], -np.inf)


@dataclass(frozen=True)
class Rings:
    """Equally likely circles around the origin of the given `radii`, blurred by N(0, sigma^2 I).

    At distance rho from the origin, with I0 the modified Bessel function,

        p(x) = mean_r exp(-(rho^2 + r^2) / 2 sigma^2) I0(rho r / sigma^2) / (2 pi sigma^2).
    """

    radii: tuple[float, ...]
    sigma: float

    @property
    def classes(self) -> tuple[str, ...]:
        """The rings' names, from the inside out."""
        return tuple(f"radius {r:g}" for r in self.radii)

    @property
    def entropy(self) -> float:
        """-int p ln p in nats, an integral over the radius alone: dx = 2 pi rho drho."""
        rho, w = gauss_legendre(np.linspace(0, max(self.radii) + 10 * self.sigma, 101), 12)
        log_p = self._log_radial(rho.ravel())
        return float(-(2 * np.pi * w * rho).ravel() @ (np.exp(log_p) * log_p))

    def sample(self, n: int, key: Key) -> Float[np.ndarray, "n 2"]:
        """`n` independent draws."""
        return self.sample_labelled(n, key)[0]

    def sample_labelled(self, n: int, key: Key) -> tuple[Float[np.ndarray, "n 2"], Int[np.ndarray, " n"]]:
        """`n` independent draws and the ring each came from."""
        rng = key.generator()
        label = rng.integers(0, len(self.radii), n)
        angle = rng.uniform(0, 2 * np.pi, n)
        circle = np.take(self.radii, label)[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
        return circle + self.sigma * rng.standard_normal((n, 2)), label

    def log_prob(self, x: Float[np.ndarray, "n 2"]) -> Float[np.ndarray, " n"]:
        """The exact log-density at each row of `x`, in nats."""
        return self._log_radial(np.hypot(x[:, 0], x[:, 1]))

    def log_joint(self, x: Float[np.ndarray, "n 2"]) -> Float[np.ndarray, "n k"]:
        """log p(x, ring), nats."""
        return self._log_rings(np.hypot(x[:, 0], x[:, 1])).T

    def _log_radial(self, rho: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
        """The log-density at distance `rho`."""
        return np.logaddexp.reduce(self._log_rings(rho))

    def _log_rings(self, rho: Float[np.ndarray, " n"]) -> Float[np.ndarray, "k n"]:
        """Of each ring; i0e(k) = exp(-k) I0(k) leaves the square (rho - r)^2, which cannot overflow."""
        terms = [
            np.log(scipy.special.i0e(rho * r / self.sigma**2)) - (rho - r) ** 2 / (2 * self.sigma**2)
            for r in self.radii
        ]
        return np.array(terms) - np.log(len(self.radii) * 2 * np.pi * self.sigma**2)


@dataclass(frozen=True)
class Banana:
    """x1 ~ N(0, 1), x2 given x1 ~ N(x1^2 - 1, 1/4); after Haario, Saksman and Tamminen (1999).

    A shear of a Gaussian: volumes are kept, so the entropy is that of the Gaussian, ln(2 pi e / 2), exactly.
    """

    sigma: ClassVar[float] = 0.5
    entropy: ClassVar[float] = float(np.log(2 * np.pi * np.e * 0.5))

    def sample(self, n: int, key: Key) -> Float[np.ndarray, "n 2"]:
        """`n` independent draws."""
        e = key.generator().standard_normal((n, 2))
        return np.stack([e[:, 0], e[:, 0] ** 2 - 1 + self.sigma * e[:, 1]], axis=1)

    def log_prob(self, x: Float[np.ndarray, "n 2"]) -> Float[np.ndarray, " n"]:
        """The exact log-density at each row of `x`, in nats."""
        residual = (x[:, 1] - (x[:, 0] ** 2 - 1)) / self.sigma
        return -0.5 * (x[:, 0] ** 2 + residual**2) - np.log(2 * np.pi * self.sigma)
