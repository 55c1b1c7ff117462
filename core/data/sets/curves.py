"""Noisy curves in the plane (two moons, two spirals, a Swiss roll) with exact densities.

A point is c(t) + e: t follows a known law on an interval, e is noise of density K. The density is therefore the integral

    p(x) = int w(t) K(x - c(t)) dt,

which has no closed form. It is computed by Gauss-Legendre quadrature in short panels along the curve. For each x only
the panels that can matter are visited: a panel is left out when it lies so much farther away than the nearest one that
its share is below exp(-36), which is less than the rounding of the sum. Sums are taken in logs, so that the density of
a point far from the curve is tiny, not zero.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import scipy  # its parts load when first used, and a first page needs none
from jaxtyping import Float, Int

from core.key import Key

NEGLIGIBLE = 36.0
"""Nats below the nearest panel at which a panel of the curve is left out."""


def gauss_legendre(
    edges: Float[np.ndarray, " q"], order: int
) -> tuple[Float[np.ndarray, "p m"], Float[np.ndarray, "p m"]]:
    """Nodes and weights of the `order`-point Gauss-Legendre rule on each of the p = q - 1 panels between `edges`."""
    nodes, weights = np.polynomial.legendre.leggauss(order)
    half = np.diff(edges)[:, None] / 2
    return edges[:-1, None] + half * (1 + nodes), half * weights


def in_chunks(
    density: Callable[[Float[np.ndarray, "m d"]], Float[np.ndarray, " m"]],
    x: Float[np.ndarray, "n d"],
    size: int = 8192,
) -> Float[np.ndarray, " n"]:
    """`density` at the rows of `x`, `size` rows at a time, so that its scratch arrays stay small."""
    parts = [density(x[i : i + size]) for i in range(0, len(x), size)]
    return np.concatenate(parts) if parts else np.zeros(0)


@dataclass(frozen=True)
class Curve:
    """A density int w(t) K(x - c(t)) dt on quadrature nodes: c(t) as (p, m, 2) and ln w(t) as (p, m), p panels of m.

    `log_kernel` is ln K; K falls off like a Gaussian of standard deviation `sigma` around a box of half-diagonal
    `spread` that begins at the origin (0: no box).
    """

    points: Float[np.ndarray, "p m 2"]
    log_weights: Float[np.ndarray, "p m"]
    log_kernel: Callable[[Float[np.ndarray, "... 2"]], Float[np.ndarray, "..."]]
    sigma: float
    spread: float = 0.0

    def log_prob(self, x: Float[np.ndarray, "n 2"]) -> Float[np.ndarray, " n"]:
        """The log-density at each row of `x`, in nats."""
        near = self._near(x)
        total = np.full(len(x), -np.inf)
        for panel in range(len(self.points)):
            rows = np.flatnonzero(near[:, panel])
            if rows.size:
                terms = self.log_kernel(x[rows, None] - self.points[panel]) + self.log_weights[panel]
                total[rows] = np.logaddexp(total[rows], _log_sum_exp(terms))
        return total

    def _near(self, x: Float[np.ndarray, "n 2"]) -> np.ndarray:
        """Which panels matter to which points, (n, p): distances to a panel are bounded by those to a disc around it."""
        middle = self.points.mean(axis=1)
        radius = np.hypot(*(self.points - middle[:, None]).T).max(axis=0) + 2 * self.spread
        distance = np.hypot(*(x[:, None] - middle).transpose(2, 0, 1))
        reach = distance.min(axis=1, keepdims=True) ** 2 + 2 * self.sigma**2 * NEGLIGIBLE
        return np.maximum(distance - radius, 0) ** 2 <= reach


def _log_sum_exp(terms: Float[np.ndarray, "n m"]) -> Float[np.ndarray, " n"]:
    """ln of the sum of exp over each row; at these sizes several times faster than scipy's general one."""
    top = terms.max(axis=1)
    return top + np.log(np.exp(terms - top[:, None]).sum(axis=1))


def _log_gaussian(d: Float[np.ndarray, "... 2"], sigma: float) -> Float[np.ndarray, "..."]:
    """ln N(d | 0, sigma^2 I) in the plane."""
    return -(d[..., 0] ** 2 + d[..., 1] ** 2) / (2 * sigma**2) - np.log(2 * np.pi * sigma**2)


@dataclass(frozen=True)
class TwoMoons:
    """Two interleaved half circles of radius 2, blurred by N(0, 0.2^2 I).

    x = 2 (c + 0.1 e) - (1, 0.2) with e ~ N(0, I), t ~ U(0, pi), and c = (cos t, sin t) or (1 - cos t, 1/2 - sin t)
    with probability 1/2 each. scikit-learn's `make_moons` (Pedregosa et al., 2011) as scaled by FFJORD (Grathwohl et
    al., 2019), but with t drawn independently instead of evenly spaced.
    """

    entropy: ClassVar[float] = 2.3938792
    sigma: ClassVar[float] = 0.2
    classes: ClassVar[tuple[str, ...]] = ("upper moon", "lower moon")

    def sample(self, n: int, key: Key) -> Float[np.ndarray, "n 2"]:
        """`n` independent draws."""
        return self.sample_labelled(n, key)[0]

    def sample_labelled(self, n: int, key: Key) -> tuple[Float[np.ndarray, "n 2"], Int[np.ndarray, " n"]]:
        """`n` independent draws and the moon each came from."""
        rng = key.generator()
        label = rng.integers(0, 2, n)
        arc = self._arcs(rng.uniform(0, np.pi, n))[label, np.arange(n)]
        return arc + self.sigma * rng.standard_normal((n, 2)), label

    def log_prob(self, x: Float[np.ndarray, "n 2"]) -> Float[np.ndarray, " n"]:
        """The exact log-density at each row of `x`, in nats."""
        return np.logaddexp(*self.log_joint(x).T)

    def log_joint(self, x: Float[np.ndarray, "n 2"]) -> Float[np.ndarray, "n 2"]:
        """log p(x, moon), nats."""
        t, w = gauss_legendre(np.linspace(0, np.pi, 9), 14)
        kernel, weight = lambda d: _log_gaussian(d, self.sigma), np.log(w / (2 * np.pi))
        moons = (Curve(arc, weight, kernel, self.sigma) for arc in self._arcs(t))
        return np.stack([in_chunks(moon.log_prob, x) for moon in moons], axis=1)

    @staticmethod
    def _arcs(t: Float[np.ndarray, "..."]) -> Float[np.ndarray, "2 ... 2"]:
        """The upper and the lower half circle at the angles `t`."""
        upper = np.stack([np.cos(t), np.sin(t)], axis=-1)
        return 2 * np.stack([upper, (1, 0.5) - upper]) - (1, 0.2)


@dataclass(frozen=True)
class TwoSpirals:
    """Two spiral arms, each the other's reflection through the origin.

    x = s ((-t cos t, t sin t) + u) / 3 + 0.1 e, with s = 1 or -1 with probability 1/2 each, t = 3 pi sqrt(U(0, 1)),
    u ~ U(0, 1/2)^2 and e ~ N(0, I): the curve is blurred by a square and then by a Gaussian. After the two-spirals
    problem of Lang and Witbrock (1988), in the parameterisation of FFJORD (Grathwohl et al., 2019).
    """

    entropy: ClassVar[float] = 2.6454503
    sigma: ClassVar[float] = 0.1
    side: ClassVar[float] = 1 / 6
    turn: ClassVar[float] = 3 * np.pi
    classes: ClassVar[tuple[str, ...]] = ("first arm", "second arm")

    def sample(self, n: int, key: Key) -> Float[np.ndarray, "n 2"]:
        """`n` independent draws."""
        return self.sample_labelled(n, key)[0]

    def sample_labelled(self, n: int, key: Key) -> tuple[Float[np.ndarray, "n 2"], Int[np.ndarray, " n"]]:
        """`n` independent draws and the arm each came from."""
        rng = key.generator()
        label = rng.integers(0, 2, n)
        arm = self._arm(self.turn * np.sqrt(rng.random(n))) + self.side * rng.random((n, 2))
        return (1 - 2 * label)[:, None] * arm + self.sigma * rng.standard_normal((n, 2)), label

    def log_prob(self, x: Float[np.ndarray, "n 2"]) -> Float[np.ndarray, " n"]:
        """The exact log-density at each row of `x`, in nats."""
        return np.logaddexp(*self.log_joint(x).T)

    def log_joint(self, x: Float[np.ndarray, "n 2"]) -> Float[np.ndarray, "n 2"]:
        """log p(x, arm), nats."""
        t, w = gauss_legendre(np.sqrt(np.linspace(1, (1 + self.turn) ** 2, 41)) - 1, 14)  # panels of about equal length
        weight = w * 2 * t / self.turn**2  # the density of t = turn sqrt(U)
        arm = Curve(self._arm(t), np.log(weight), self._log_kernel, self.sigma, self.side / np.sqrt(2))
        return np.stack([in_chunks(arm.log_prob, x), in_chunks(arm.log_prob, -x)], axis=1) - np.log(2)

    @staticmethod
    def _arm(t: Float[np.ndarray, "..."]) -> Float[np.ndarray, "... 2"]:
        """The first arm at the angles `t`."""
        return np.stack([-t * np.cos(t), t * np.sin(t)], axis=-1) / 3

    def _log_kernel(self, d: Float[np.ndarray, "... 2"]) -> Float[np.ndarray, "..."]:
        """ln of the density of square plus Gaussian noise; a logarithm each axis only where the product underflows."""
        half = self.side / (2 * self.sigma)
        v = np.abs(
            d / self.sigma - half
        )  # from the middle of the square, so that both terms below are in the lower tail
        sides = scipy.special.ndtr(half - v) - scipy.special.ndtr(-half - v)
        mass = sides[..., 0] * sides[..., 1]
        far = mass < 1e-280
        log_mass = np.log(mass, where=~far, out=np.empty_like(mass))
        log_mass[far] = _log_interval(half - v[far], -half - v[far]).sum(axis=-1)
        return log_mass - 2 * np.log(self.side)


def _log_interval(high: Float[np.ndarray, "..."], low: Float[np.ndarray, "..."]) -> Float[np.ndarray, "..."]:
    """ln P(low < e < high) for a standard normal e, in the lower tail."""
    return scipy.special.log_ndtr(high) + np.log(-np.expm1(scipy.special.log_ndtr(low) - scipy.special.log_ndtr(high)))


@dataclass(frozen=True)
class SwissRoll:
    """One spiral, blurred by N(0, 0.2^2 I).

    x = ((t cos t, t sin t) + e) / 5 with t ~ U(3 pi / 2, 9 pi / 2) and e ~ N(0, I): the two rolled-up axes of the Swiss
    roll of Tenenbaum, de Silva and Langford (2000) as in scikit-learn, scaled by FFJORD (Grathwohl et al., 2019).
    """

    entropy: ClassVar[float] = 2.6696462
    sigma: ClassVar[float] = 0.2
    ends: ClassVar[tuple[float, float]] = (1.5 * np.pi, 4.5 * np.pi)

    def sample(self, n: int, key: Key) -> Float[np.ndarray, "n 2"]:
        """`n` independent draws."""
        rng = key.generator()
        return self._roll(rng.uniform(*self.ends, n)) + self.sigma * rng.standard_normal((n, 2))

    def log_prob(self, x: Float[np.ndarray, "n 2"]) -> Float[np.ndarray, " n"]:
        """The exact log-density at each row of `x`, in nats."""
        low, high = self.ends
        t, w = gauss_legendre(np.sqrt(np.linspace(low**2, high**2, 25)), 14)  # panels of about equal length
        curve = Curve(self._roll(t), np.log(w / (high - low)), lambda d: _log_gaussian(d, self.sigma), self.sigma)
        return in_chunks(curve.log_prob, x)

    @staticmethod
    def _roll(t: Float[np.ndarray, "..."]) -> Float[np.ndarray, "... 2"]:
        """The middle of the roll at the angles `t`."""
        return np.stack([t * np.cos(t), t * np.sin(t)], axis=-1) / 5
