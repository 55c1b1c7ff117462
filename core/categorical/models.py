"""Three tables of probabilities for rows of categories, fitted by counting, each with additive smoothing alpha.

    full table   p(x) = (n_x + alpha) / (n + alpha V),   V = the product of all V_j
    independent  p(x) = prod_j (n_jx + alpha) / (n + alpha V_j)
    tree         p(x) = prod_j (n_jx,kx + alpha) / (n_kx + alpha V_j),   k the parent of j

alpha = 0 is maximum likelihood, alpha = 1 Laplace's rule of succession (1814); alpha is a symmetric Dirichlet prior's
parameter, and p the posterior's mean. The independent product is what is left of naive Bayes where there is no class. The tree
is that of Chow and Liu (1968): of all trees the one of the greatest likelihood, for it spans the columns with the greatest
sum of mutual information. A conditional of which nothing is known (0 / 0) is uniform. Densities are in nats.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float, Int

from core.categorical.information import mutual, prim
from core.categorical.rows import Codes, Sizes, cells, counted, drawn, number, paired, unnumber
from core.key import Key


@dataclass(frozen=True)
class Factor:
    """One factor of a probability: (`count` + alpha) / (`out_of` + alpha `levels`), of `column`, `given` another or none.

    The full table's one factor has no column: -1.
    """

    column: int
    count: int
    out_of: int
    levels: int
    alpha: float
    given: int = -1

    @property
    def value(self) -> float:
        """The factor; 1 / levels where nothing is known."""
        below = self.out_of + self.alpha * self.levels
        return (self.count + self.alpha) / below if below else 1 / self.levels


@runtime_checkable
class Categorical(Protocol):
    """What every table of probabilities does."""

    @property
    def sizes(self) -> Sizes:
        """How many levels each column has."""
        ...

    @property
    def parameters(self) -> int:
        """How many numbers are free."""
        ...

    def log_prob(self, codes: Codes) -> Float[np.ndarray, " n"]:
        """log p of each row, nats; -inf for what is impossible."""
        ...

    def sample(self, n: int, key: Key) -> Codes:
        """`n` independent rows."""
        ...

    def factors(self, code: Int[np.ndarray, " d"]) -> tuple[Factor, ...]:
        """The factors whose product is p of one row."""
        ...


def _known(n: int, alpha: float) -> None:
    if not alpha >= 0 or not np.isfinite(alpha):
        raise ValueError(f"Alpha must be a number of at least 0, not {alpha!r}.")
    if n + alpha == 0:
        raise ValueError("Without rows and without smoothing there is nothing to draw from; add one of the two.")


def _logs(counts: np.ndarray, alpha: float) -> Float[np.ndarray, "..."]:
    """log((n_v + alpha) / (n + alpha V)) along the last axis; uniform where nothing is known."""
    above = counts + alpha
    below = above.sum(axis=-1, keepdims=True)
    with np.errstate(divide="ignore"):
        return np.where(below > 0, np.log(above) - np.log(np.where(below > 0, below, 1)), -np.log(counts.shape[-1]))


@dataclass(frozen=True)
class FullTable:
    """A probability for every cell, held as the cells that were `seen` (rising) and their `counts`; all others have 0."""

    sizes: Sizes
    alpha: float
    n: int
    seen: Int[np.ndarray, " s"]
    counts: Int[np.ndarray, " s"]

    @property
    def parameters(self) -> int:
        """One for every cell, but one."""
        return cells(self.sizes) - 1

    def counts_of(self, codes: Codes) -> Int[np.ndarray, " n"]:
        """How often each row was seen."""
        at = number(codes, self.sizes)
        if not len(self.seen):
            return np.zeros(len(at), dtype=np.int64)
        place = np.minimum(np.searchsorted(self.seen, at), len(self.seen) - 1)
        return np.where(self.seen[place] == at, self.counts[place], 0)

    def log_prob(self, codes: Codes) -> Float[np.ndarray, " n"]:
        """log((n_x + alpha) / (n + alpha V)), nats."""
        with np.errstate(divide="ignore"):
            return np.log(self.counts_of(codes) + self.alpha) - np.log(self.n + self.alpha * cells(self.sizes))

    def sample(self, n: int, key: Key) -> Codes:
        """`n` rows: one of those seen with probability n / (n + alpha V), else any cell alike."""
        draw = key.generator()
        among, which, anywhere = draw.random(n), draw.random(n), draw.integers(0, cells(self.sizes), n)
        kept = among * (self.n + self.alpha * cells(self.sizes)) < self.n
        if self.n:
            anywhere = np.where(kept, self.seen[drawn(self.counts.astype(float), which)], anywhere)
        return unnumber(anywhere, self.sizes)

    def factors(self, code: Int[np.ndarray, " d"]) -> tuple[Factor, ...]:
        """The one fraction."""
        return (Factor(-1, int(self.counts_of(code[None])[0]), self.n, cells(self.sizes), self.alpha),)


@dataclass(frozen=True)
class Tree:
    """A product along a tree: `order` names each column after its parent, `parents` (-1: none); `counts` are n_jv
    of a column without a parent, else n_kv,jw with the parent's levels in rows.

    Without any edge it is the independent product.
    """

    sizes: Sizes
    alpha: float
    n: int
    order: tuple[int, ...]
    parents: tuple[int, ...]
    counts: tuple[Int[np.ndarray, "..."], ...]

    @property
    def parameters(self) -> int:
        """V_j - 1 for every level of the parent, or once."""
        per = (1 if parent < 0 else self.sizes[parent] for parent in self.parents)
        return sum(times * (size - 1) for times, size in zip(per, self.sizes, strict=True))

    def tables(self) -> tuple[Float[np.ndarray, "..."], ...]:
        """log p of every column's levels (rows: the parent's levels), nats."""
        return tuple(_logs(counts, self.alpha) for counts in self.counts)

    def log_prob(self, codes: Codes) -> Float[np.ndarray, " n"]:
        """The sum of the factors' logarithms, nats."""
        found = np.zeros(len(codes))
        for j, (table, parent) in enumerate(zip(self.tables(), self.parents, strict=True)):
            found += table[codes[:, j]] if parent < 0 else table[codes[:, parent], codes[:, j]]
        return found

    def sample(self, n: int, key: Key) -> Codes:
        """`n` rows, column after column, each after its parent."""
        codes, tables = np.zeros((n, len(self.sizes)), dtype=np.int64), self.tables()
        for j in self.order:
            u, p = (key / j).generator().random(n), np.exp(tables[j])
            codes[:, j] = drawn(p if self.parents[j] < 0 else p[codes[:, self.parents[j]]], u)
        return codes

    def factors(self, code: Int[np.ndarray, " d"]) -> tuple[Factor, ...]:
        """One for each column, in the order in which they are drawn."""
        found = []
        for j in self.order:
            parent = self.parents[j]
            counts = self.counts[j] if parent < 0 else self.counts[j][code[parent]]
            found.append(Factor(j, int(counts[code[j]]), int(counts.sum()), self.sizes[j], self.alpha, parent))
        return tuple(found)


def full(codes: Codes, sizes: Sizes, alpha: float) -> FullTable:
    """The full table of these rows; ValueError where its cells cannot be numbered."""
    _known(len(codes), alpha)
    seen, counts = np.unique(number(codes, sizes), return_counts=True)
    return FullTable(sizes, alpha, len(codes), seen, counts)


def independent(codes: Codes, sizes: Sizes, alpha: float) -> Tree:
    """The product of the columns on their own."""
    _known(len(codes), alpha)
    d = len(sizes)
    return Tree(sizes, alpha, len(codes), tuple(range(d)), (-1,) * d, counted(codes, sizes))


def chow_liu(codes: Codes, sizes: Sizes, alpha: float) -> Tree:
    """The tree of the greatest likelihood, from column 0."""
    _known(len(codes), alpha)
    order, parents = prim(mutual(codes, sizes))
    single = counted(codes, sizes)
    counts = tuple(single[j] if parent < 0 else paired(codes, sizes, parent, j) for j, parent in enumerate(parents))
    return Tree(sizes, alpha, len(codes), order, parents, counts)


FITS: Final[Mapping[str, Callable[[Codes, Sizes, float], Categorical]]] = {
    "full table": full,
    "independent": independent,
    "tree": chow_liu,
}
"""The three ways to fit, by name."""
