"""Rows of categories: n rows, each with one of so many levels in each of d columns, and the cells they fall into.

A cell is one combination of levels. The levels are those that there are, not those that were seen: a level without a row
still has its place, so what a model says of it is said and not forgotten.
"""

import hashlib
import math
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float, Int

Codes = Int[np.ndarray, "n d"]
Sizes = tuple[int, ...]
MOST_CELLS = 2**62
"""More cells than this cannot be numbered."""
MOST_LISTED = 1_000_000
"""More cells than this are not gone through one by one."""


@dataclass(frozen=True)
class Rows:
    """What is learned from: `codes` (n, d), row by row the number of its level, from 0, in each of d `columns`.

    `levels` are the words of each column. `digest` names the content; it is filled in. `builtin` says that the rows are
    the house's own, and everybody's. ValueError where shapes disagree or a code has no level.
    """

    name: str
    columns: tuple[str, ...]
    levels: tuple[tuple[str, ...], ...]
    codes: Codes
    title: str = ""
    source: str = ""
    digest: str = field(default="", compare=False)
    builtin: bool = field(default=False, compare=False)

    def __post_init__(self) -> None:
        """Freeze the codes and name the content."""
        codes = np.array(self.codes, dtype=np.int64)
        if codes.ndim != 2 or codes.shape[1] != len(self.columns) or len(self.levels) != len(self.columns):
            raise ValueError(f"{self.name}: codes of shape {codes.shape} do not fit {len(self.columns)} columns.")
        if codes.size and (codes.min() < 0 or (codes >= np.array(self.sizes)).any()):
            raise ValueError(f"{self.name}: a code has no level in its column.")
        codes.flags.writeable = False
        object.__setattr__(self, "codes", codes)
        if not self.digest:
            hashed = hashlib.sha256(repr((self.columns, self.levels, codes.shape)).encode() + codes.tobytes())
            object.__setattr__(self, "digest", hashed.hexdigest()[:12])

    @property
    def sizes(self) -> Sizes:
        """How many levels each column has."""
        return tuple(len(words) for words in self.levels)

    def __len__(self) -> int:
        """The number of rows n."""
        return len(self.codes)


def cells(sizes: Sizes) -> int:
    """How many combinations of levels there are: the product of the sizes, exactly."""
    return math.prod(sizes)


def number(codes: Codes, sizes: Sizes) -> Int[np.ndarray, " n"]:
    """The number of each row's cell, the last column fastest; ValueError where there are too many cells to number."""
    if cells(sizes) > MOST_CELLS:
        raise ValueError(f"The full table has {float(cells(sizes)):.1e} cells, too many to number; keep fewer columns.")
    found = np.zeros(len(codes), dtype=np.int64)
    for column, size in zip(codes.T, sizes, strict=True):
        found = found * size + column
    return found


def unnumber(found: Int[np.ndarray, " n"], sizes: Sizes) -> Codes:
    """The rows of these cells: `number` read backwards."""
    columns = []
    for size in reversed(sizes):
        found, column = np.divmod(found, size)
        columns.append(column)
    return np.stack(columns[::-1], axis=1).astype(np.int64)


def every(sizes: Sizes) -> Codes:
    """One row for every cell, in the order of their numbers; ValueError for more than `MOST_LISTED`."""
    if cells(sizes) > MOST_LISTED:
        raise ValueError(
            f"There are {float(cells(sizes)):.1e} combinations, too many to go through; keep fewer columns."
        )
    return np.stack([axis.ravel() for axis in np.indices(sizes)], axis=1)


def counted(codes: Codes, sizes: Sizes) -> tuple[Int[np.ndarray, " _"], ...]:
    """The counts n_jv of every level v of every column j, in one pass."""
    ends = np.cumsum((0, *sizes))
    found = np.bincount((codes + ends[:-1]).ravel(), minlength=ends[-1])
    return tuple(found[low:high] for low, high in zip(ends[:-1], ends[1:], strict=True))


def paired(codes: Codes, sizes: Sizes, one: int, other: int) -> Int[np.ndarray, "v w"]:
    """The counts of every pair of levels of two columns."""
    pair = codes[:, one] * sizes[other] + codes[:, other]
    return np.bincount(pair, minlength=sizes[one] * sizes[other]).reshape(sizes[one], sizes[other])


def drawn(p: Float[np.ndarray, "*n v"], u: Float[np.ndarray, " n"]) -> Int[np.ndarray, " n"]:
    """The level of each u in [0, 1) by the inverse of the cumulative sum of p (one row for all, or one for each)."""
    steps = np.cumsum(p, axis=-1)
    if p.ndim == 1:
        return np.minimum(np.searchsorted(steps / steps[-1], u, side="right"), p.size - 1)
    return np.minimum((steps / steps[:, -1:] <= u[:, None]).sum(axis=1), p.shape[1] - 1)
