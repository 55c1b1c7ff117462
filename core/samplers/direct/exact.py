"""Exact methods: from uniform numbers to independent draws, with no chain.

Box and Muller (1958) fold the unit square onto the plane; Marsaglia and Bray (1964) take a dart in the disc instead of an
angle; von Neumann (1951) refuses what lies above the curve; Walker (1977) and Vose (1991) draw from a table in constant
time. The band about an ECDF is Dvoretzky, Kiefer and Wolfowitz's with Massart's (1990) constant.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from core.key import Key


def box_muller(u: Float[np.ndarray, "n 2"]) -> Float[np.ndarray, "n 2"]:
    """Two independent N(0, 1) of two uniforms in [0, 1): radius sqrt(-2 log(1 - u_1)), angle 2 pi u_2."""
    radius, angle = np.sqrt(-2 * np.log1p(-u[:, 0])), 2 * np.pi * u[:, 1]
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)


def polar(u: Float[np.ndarray, "n 2"]) -> tuple[Float[np.ndarray, "k 2"], Bool[np.ndarray, " n"]]:
    """Normals from those of the n darts 2u - 1 that fall inside the unit disc (pi / 4 of them), and which these are."""
    dart = 2 * u - 1
    square = (dart**2).sum(axis=1)
    inside = (square > 0) & (square < 1)
    kept = square[inside, None]
    return dart[inside] * np.sqrt(-2 * np.log(kept) / kept), inside


@dataclass(frozen=True)
class Alias:
    """Weights (k,) as k columns of height 1, each shared by itself (up to `cut`) and one `other`."""

    cut: Float[np.ndarray, " k"]
    other: Int[np.ndarray, " k"]

    @classmethod
    def of(cls, weights: Float[np.ndarray, " k"]) -> "Alias":
        """The table; ValueError unless the weights are finite, none negative, and not all 0."""
        weights = np.asarray(weights, dtype=float)
        if not np.isfinite(weights).all() or (weights < 0).any() or not weights.sum() > 0:
            raise ValueError("Weights must be finite and not negative, and one of them above 0.")
        height = weights / weights.sum() * len(weights)
        cut, other = np.ones(len(height)), np.arange(len(height))
        order = np.argsort(
            -height
        )  # the emptiest are served first, so that what rounding leaves over is no empty column
        low, high = [list(order[side]) for side in (height[order] < 1, height[order] >= 1)]
        while low and high:
            small, large = low.pop(), high[-1]
            cut[small], other[small] = height[small], large
            height[large] -= 1 - height[small]
            if height[large] < 1:
                low.append(high.pop())
        return cls(cut, other)

    @property
    def probabilities(self) -> Float[np.ndarray, " k"]:
        """The law that the table draws from, by adding up its pieces."""
        own = self.cut.copy()
        np.add.at(own, self.other, 1 - self.cut)
        return own / len(own)

    def sample(self, n: int, key: Key) -> Int[np.ndarray, " n"]:
        """`n` independent draws of 0..k-1: a column, then its cut."""
        generator = key.generator()
        column = generator.integers(len(self.cut), size=n)
        return np.where(generator.random(n) < self.cut[column], column, self.other[column])


def refuse(
    target: Float[np.ndarray, " n"], envelope: Float[np.ndarray, " n"], u: Float[np.ndarray, " n"]
) -> Bool[np.ndarray, " n"]:
    """Which darts (x, u M q(x)) lie above p(x) and are refused: log p = `target`, log M q = `envelope`, u in (0, 1]."""
    return np.log(u) + envelope >= target


def drawn_law(p: Float[np.ndarray, " n"], envelope: Float[np.ndarray, " n"], width: float) -> Float[np.ndarray, " n"]:
    """The density that rejection really draws from, on a grid of cells: min(p, M q) / its integral; p where M q >= p."""
    least = np.minimum(p, envelope)
    return least / (least.sum() * width)


def band(n: int, level: float) -> float:
    """DKW: with probability `level` the ECDF of n independent draws is nowhere further than this from the CDF."""
    return float(np.sqrt(np.log(2 / (1 - level)) / (2 * n)))
