"""Rejection: a dart is thrown under k q(x), and kept where it lies under p~(x).

    acceptance = Z / k,   Z = integral of p~,   k >= max over x of p~(x) / q(x)

With p~ normalised, k is the M of the textbooks and the acceptance is 1 / M. The best k is where the envelope touches. In d
dimensions of a Gaussian under a wider one it is (sigma_q / sigma_p)^d: why nobody rejects in many dimensions. von Neumann
(1951). `exact` has the dart itself and the law that is drawn where the envelope is too low.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from jaxtyping import Bool, Float
from scipy import optimize

from core.evaluation.metrics import wilson
from core.key import Key
from core.samplers.direct.exact import refuse
from core.samplers.targets import Target

SIDE = 101  # nodes a side of the grid on which the largest ratio is looked for


class Proposal(Target, Protocol):
    """A target that draws from itself and knows its normaliser."""

    @property
    def log_normaliser(self) -> float:
        """log of the integral of exp(log_density)."""

    def sample(self, n: int, key: Key) -> Float[np.ndarray, "n d"]:
        """`n` independent draws."""


def log_ratio(target: Target, proposal: Proposal, x: Float[np.ndarray, "n d"]) -> Float[np.ndarray, " n"]:
    """log p~(x) - log q(x), nats, q normalised; -inf where p~ is 0."""
    return target.log_density(x) - (proposal.log_density(x) - proposal.log_normaliser)


@dataclass(frozen=True)
class Touch:
    """The best envelope found: log k (nats), where it touches, and whether that is the view's edge: k may be larger beyond."""

    log_k: float
    at: Float[np.ndarray, " d"]
    at_edge: bool


def touch(target: Target, proposal: Proposal, bounds: Float[np.ndarray, "d 2"]) -> Touch:
    """The largest p~ / q on the view `bounds` in one or two dimensions: the best node of a grid, then uphill from there.

    The climb is L-BFGS-B on log p~ - log q, whose gradient is the difference of the scores. A peak between nodes that is
    narrower than their mesh is not seen.
    """
    axes = [np.linspace(low, high, SIDE) for low, high in bounds]
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, len(bounds))
    ratios = log_ratio(target, proposal, grid)
    start = grid[int(np.argmax(ratios))]

    def uphill(x: np.ndarray) -> tuple[float, np.ndarray]:
        slope = target.score(x[None]) - proposal.score(x[None])
        return -float(log_ratio(target, proposal, x[None])[0]), -slope[0]

    found = optimize.minimize(uphill, start, jac=True, bounds=bounds, method="L-BFGS-B", tol=1e-14)
    log_k, at = (-float(found.fun), found.x) if -found.fun > ratios.max() else (float(ratios.max()), start)
    near = 1e-6 * np.ptp(bounds, axis=1)
    at_edge = bool((at - bounds[:, 0] < near).any() or (bounds[:, 1] - at < near).any())
    return Touch(log_k, at, at_edge)


@dataclass(frozen=True)
class Darts:
    """n darts under an envelope k q: where, how high (u of k q's height), which were kept, and log k (nats)."""

    x: Float[np.ndarray, "n d"]
    u: Float[np.ndarray, " n"]
    kept: Bool[np.ndarray, " n"]
    log_k: float
    above: int  # how many lay where p~ rises above k q: if any, the draws have not the law of p~

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's interval, of level 0.95, for the acceptance."""
        return wilson(int(self.kept.sum()), len(self.kept))

    @property
    def normaliser(self) -> tuple[float, float]:
        """The same interval for Z = k times the acceptance: rejection measures the integral as it draws."""
        low, high = self.interval
        return float(np.exp(self.log_k) * low), float(np.exp(self.log_k) * high)


def throw(target: Target, proposal: Proposal, log_k: float, n: int, key: Key) -> Darts:
    """`n` darts: x from q, u uniform on (0, 1], kept where u k q(x) < p~(x)."""
    x = proposal.sample(n, key / "x")
    u = 1.0 - (key / "u").generator().random(n)
    ratio = log_ratio(target, proposal, x)
    return Darts(x, u, ~refuse(ratio, np.full(n, log_k), u), log_k, int((ratio > log_k).sum()))


def log_widening(d: int, ratio: float) -> float:
    """log M, nats, of N(0, I) in d dimensions under N(0, ratio^2 I), ratio >= 1: d log ratio, touching at the origin."""
    if not ratio >= 1:
        raise ValueError("Under a narrower Gaussian no M is large enough: make the envelope at least as wide.")
    return d * float(np.log(ratio))
