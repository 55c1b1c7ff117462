"""A region of a rectangle, cell by cell, and the law that is uniform on it.

    p(x) = 1 / area  on the region,  0 elsewhere

Its entropy is log(area), exactly. Two such laws on one grid are compared by counting cells.
"""

from dataclasses import dataclass, field
from hashlib import sha256

import numpy as np
from jaxtyping import Bool, Float

from core.key import Key


@dataclass(frozen=True)
class Mask:
    """`cells` (h, w), row 0 the lowest y, say which cells of the rectangle `bounds` are in the region, which is not empty.

    Raises ValueError for an empty region or a rectangle without area.
    """

    cells: Bool[np.ndarray, "h w"]
    bounds: Float[np.ndarray, "2 2"]
    digest: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        cells, bounds = np.array(self.cells, dtype=bool), np.array(self.bounds, dtype=float)
        if cells.ndim != 2 or not cells.any():
            raise ValueError("The region is empty: no cell is in it.")
        if not (bounds[:, 1] > bounds[:, 0]).all():
            raise ValueError("The rectangle has no area.")
        for name, value in (("cells", cells), ("bounds", bounds)):
            value.flags.writeable = False
            object.__setattr__(self, name, value)
        if not self.digest:
            raw = np.packbits(cells).tobytes() + bounds.tobytes()
            object.__setattr__(self, "digest", sha256(f"{cells.shape}".encode() + raw).hexdigest()[:12])

    @property
    def share(self) -> float:
        """The share of the rectangle's area that is in the region, in (0, 1]."""
        return float(self.cells.mean())

    @property
    def area(self) -> float:
        """The area of the rectangle, in the units of its axes."""
        return float(np.prod(self.bounds[:, 1] - self.bounds[:, 0]))

    @property
    def entropy(self) -> float:
        """log(share x area), nats."""
        return float(np.log(self.share * self.area))

    def holds(self, x: Float[np.ndarray, "n 2"]) -> Bool[np.ndarray, " n"]:
        """Whether each point lies in the region; a point on the upper edge belongs to the last cell."""
        low, high = self.bounds.T
        inside = ((x >= low) & (x <= high)).all(axis=1)
        column, row = self._cell(np.clip(x, low, high)).T
        return inside & self.cells[row, column]

    def log_prob(self, x: Float[np.ndarray, "n 2"]) -> Float[np.ndarray, " n"]:
        """-log(share x area) in the region, -inf elsewhere; nats, for the units of the axes."""
        return np.where(self.holds(x), -self.entropy, -np.inf)

    def sample(self, n: int, key: Key) -> Float[np.ndarray, "n 2"]:
        """`n` independent draws: a cell of the region, each as likely as another, and a place in it."""
        rng = key.generator()
        row, column = np.divmod(rng.choice(np.flatnonzero(self.cells), n), self.cells.shape[1])
        low, high = self.bounds.T
        return low + (np.stack([column, row], axis=1) + rng.random((n, 2))) / self._sizes * (high - low)

    def coarse(self, by: int) -> Float[np.ndarray, "k l"]:
        """The share of every block of `by` x `by` cells that is in the region; `by` divides both sides."""
        h, w = self.cells.shape
        return self.cells.reshape(h // by, by, w // by, by).mean(axis=(1, 3))

    @property
    def _sizes(self) -> np.ndarray:
        return np.array(self.cells.shape[::-1])

    def _cell(self, x: np.ndarray) -> np.ndarray:
        low, high = self.bounds.T
        return np.minimum(((x - low) / (high - low) * self._sizes).astype(int), self._sizes - 1)
