"""The inverse CDF: a uniform number u is carried to the x at which F first reaches it, so that x has the law of F.

    F^-1(u) = min { x : F(x) >= u },   F^-1(u) <= x exactly if u <= F(x)

For a density that is linear between nodes F is a parabola between them, and is solved exactly; for a column of numbers F
is a staircase. Devroye (1986), Non-uniform random variate generation, chapter 2.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from core.key import Key
from core.process import frozen


@dataclass(frozen=True)
class Linear:
    """The density through `heights` (k,), not normalised, at rising `nodes` (k,), linear between them and 0 outside.

    ValueError unless there are two nodes at least, all finite and rising, and heights not negative, finite, some above 0.
    """

    nodes: Float[np.ndarray, " k"]
    heights: Float[np.ndarray, " k"]

    def __post_init__(self) -> None:
        """Normalise the heights and work out F at the nodes."""
        nodes, heights = np.array(self.nodes, dtype=float), np.array(self.heights, dtype=float)
        if len(nodes) < 2 or not np.isfinite(nodes).all() or not (np.diff(nodes) > 0).all():
            raise ValueError("A density on a grid needs two nodes at least, finite and rising.")
        if not np.isfinite(heights).all() or (heights < 0).any() or not (heights > 0).any():
            raise ValueError("The heights of a density must be finite and not negative, and one of them above 0.")
        heights = heights / heights.max()
        masses = np.diff(nodes) * (heights[1:] + heights[:-1]) / 2
        whole = masses.sum()
        reached = np.concatenate([[0.0], np.cumsum(masses / whole)])
        object.__setattr__(self, "nodes", frozen(nodes))
        object.__setattr__(self, "heights", frozen(heights / whole))
        object.__setattr__(self, "_reached", frozen(np.minimum(reached / reached[-1], 1.0)))

    @property
    def reached(self) -> Float[np.ndarray, " k"]:
        """F at the nodes: from 0 to 1."""
        return self._reached  # type: ignore[attr-defined]

    def density(self, x: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
        """p(x)."""
        return np.interp(x, self.nodes, self.heights, left=0.0, right=0.0)

    def cdf(self, x: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
        """F(x) = F_i + p_i t + slope_i t^2 / 2, t the way from the node before."""
        x = np.clip(x, self.nodes[0], self.nodes[-1])
        cell = np.clip(np.searchsorted(self.nodes, x, "right") - 1, 0, len(self.nodes) - 2)
        t = x - self.nodes[cell]
        inside = self.reached[cell] + t * (self.heights[cell] + 0.5 * self._slopes[cell] * t)
        return np.clip(inside, self.reached[cell], self.reached[cell + 1])

    def quantile(self, u: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
        """F^-1(u), u in [0, 1]; 0 is carried to where the density begins. A gap without density is stepped over.

        t = 2 r / (p_i + sqrt(p_i^2 + 2 slope_i r)), r = u - F_i: of the parabola's two roots the one that rises with u,
        in the form that loses no digits where the slope is small.
        """
        live = np.flatnonzero(np.diff(self.reached) > 0)
        cell = live[np.minimum(np.searchsorted(self.reached[live + 1], u, "left"), len(live) - 1)]
        r, p = np.maximum(u - self.reached[cell], 0.0), self.heights[cell]
        below = p + np.sqrt(np.maximum(p**2 + 2 * self._slopes[cell] * r, 0.0))
        t = 2 * r / np.where(below > 0, below, 1.0)
        return np.minimum(self.nodes[cell] + t, self.nodes[cell + 1])

    def sample(self, n: int, key: Key) -> Float[np.ndarray, " n"]:
        """`n` independent draws: the quantiles of uniforms."""
        return self.quantile(key.generator().random(n))

    @property
    def _slopes(self) -> np.ndarray:
        return np.diff(self.heights) / np.diff(self.nodes)


@dataclass(frozen=True)
class Empirical:
    """The law that gives each of n `values` (n,) the mass 1 / n; ValueError if there is none or one is not finite."""

    values: Float[np.ndarray, " n"]

    def __post_init__(self) -> None:
        """Sort the values."""
        values = np.sort(np.array(self.values, dtype=float))
        if not len(values) or not np.isfinite(values).all():
            raise ValueError("An empirical CDF needs at least one number, and finite ones only.")
        object.__setattr__(self, "values", frozen(values))

    def cdf(self, x: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
        """F(x), the share of the values that are at most x."""
        return np.searchsorted(self.values, x, "right") / len(self.values)

    def quantile(self, u: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
        """F^-1(u), u in [0, 1]: the first value at which a share u is reached; 0 is carried to the smallest."""
        n = len(self.values)
        reached = np.arange(1, n + 1) / n  # the very numbers that `cdf` gives, which ceil(n u) would miss by rounding
        return self.values[np.searchsorted(reached, u, "left")]

    def sample(self, n: int, key: Key) -> Float[np.ndarray, " n"]:
        """`n` independent draws, with replacement."""
        return self.quantile(key.generator().random(n))
