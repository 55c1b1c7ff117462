"""How well a law q covers the law p that is uniform on a region: exactly, cell by cell of the map.

    precision   the share of q's mass in the region
    coverage    the share of the region where q's density is over a level: above it lies `HELD` of its mass on the map
    F1          the harmonic mean of the two
    KL(p, q)    the mean over the region of log p - log q, infinite if q leaves any of it out
    TV(p, q)    half the integral of |p - q|: the most by which the two can differ about an event

Precision is the model's side, coverage (recall) the data's (Kynkaanniemi et al., 2019; Sajjadi et al., 2018). Log scores
are in nats against the law that is uniform on the whole map, which scores 0; p itself scores -log(its share of the map).
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from core.dataset import Truth
from core.key import Key
from core.region.mask import Mask
from core.region.shapes import centres

HELD = 0.95
BLOCK = 4  # cells across which a smooth density is taken as constant


@dataclass(frozen=True)
class Judged:
    """The scores of a law; `outside` is the share of its mass that lies off the map."""

    precision: float
    coverage: float
    kl: float
    tv: float
    outside: float = 0.0

    @property
    def f1(self) -> float:
        """2 P C / (P + C); 0 where both are 0."""
        both = self.precision + self.coverage
        return 2 * self.precision * self.coverage / both if both else 0.0


@dataclass(frozen=True)
class Covering:
    """Uniform on a region drawn by hand, but for a share `spare` in [0, 1) of the mass, uniform on the whole map.

    Without that share, whatever lies outside the region is held to be impossible.
    """

    region: Mask
    spare: float = 0.0

    def sample(self, n: int, key: Key) -> Float[np.ndarray, "n 2"]:
        """`n` independent draws."""
        low, high = self.region.bounds.T
        rng = (key / "spare").generator()
        anywhere = low + rng.random((n, 2)) * (high - low)
        return np.where(rng.random((n, 1)) < self.spare, anywhere, self.region.sample(n, key / "region"))

    def log_prob(self, x: Float[np.ndarray, "n 2"]) -> Float[np.ndarray, " n"]:
        """log((1 - spare) [x in the region] / its area + spare / the map's area), nats."""
        low, high = self.region.bounds.T
        on_map = ((x >= low) & (x <= high)).all(axis=1)
        dense = (1 - self.spare) / self.region.share * self.region.holds(x) + self.spare * on_map
        with np.errstate(divide="ignore"):
            return np.log(dense) - np.log(self.region.area)


def of_covering(rule: Mask, law: Covering) -> Judged:
    """The scores of a region by counting the cells of both, which are of one grid: exact."""
    p, q, both = rule.share, law.region.share, float((rule.cells & law.region.cells).mean())
    inside, outside = (1 - law.spare) / q + law.spare, law.spare  # q's density, where the map's area is 1
    covered = both / p
    with np.errstate(divide="ignore"):
        kl = -np.log(p) - covered * np.log(inside) - ((1 - covered) * np.log(outside) if covered < 1 else 0.0)
    off = abs(1 / p - inside) * both + abs(1 / p - outside) * (p - both)
    off += inside * (q - both) + outside * (1 - p - q + both)
    return Judged(inside * both + outside * (p - both), covered, float(kl), off / 2)


def of_density(rule: Mask, log_q: Float[np.ndarray, "k l"]) -> Judged:
    """The scores of a density that is smooth beside `BLOCK` cells, from its logarithm at the middle of every block (`on_grid`).

    Within a block the region's share is counted exactly.
    """
    land, q = rule.coarse(BLOCK), np.exp(log_q)
    mass, p = q / q.size, rule.share
    outside = max(1.0 - float(mass.sum()), 0.0)
    off = land * abs(1 / p - q) + (1 - land) * q
    kl = float(-np.log(p) - np.average(log_q, weights=land))
    held = above(mass, HELD * float(mass.sum()))
    covered, tv = float(land[held].sum() / land.sum()), float(off.mean() + outside) / 2
    return Judged(float((mass * land).sum()), covered, kl, tv, outside)


def blocks(rule: Mask) -> tuple[int, int]:
    """How many rows and columns of blocks the map has."""
    h, w = rule.cells.shape
    return h // BLOCK, w // BLOCK


def on_grid(law: Truth, shape: tuple[int, int], bounds: Float[np.ndarray, "2 2"]) -> Float[np.ndarray, "h w"]:
    """log q at the middle of every cell of a grid, where the map's area is 1; nats."""
    x, y = centres(shape, bounds)
    at = np.stack([np.tile(x, len(y)), np.repeat(y, len(x))], axis=1)
    return law.log_prob(at).reshape(shape) + float(np.log(np.prod(bounds[:, 1] - bounds[:, 0])))


def above(mass: Float[np.ndarray, "h w"], share: float) -> np.ndarray:
    """The cells (h, w) of greatest density that together hold `share` of all mass, or all cells if they hold less."""
    order = np.argsort(mass, axis=None)[::-1]
    count = int(np.searchsorted(np.cumsum(mass.ravel()[order]), share)) + 1
    found = np.zeros(mass.size, dtype=bool)
    found[order[:count]] = True
    return found.reshape(mass.shape)


def log_scores(law: Truth, x: Float[np.ndarray, "n 2"], area: float) -> Float[np.ndarray, " n"]:
    """log q at each point against the uniform law on a map of this area; -inf where q holds the point to be impossible."""
    return law.log_prob(x) + float(np.log(area))
