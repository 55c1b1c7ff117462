"""Entropy, mutual information and independence of categories, in nats, and the tree that keeps most of it.

    H = -sum p log p          I(a, b) = H(a) + H(b) - H(a, b)          total correlation = sum_j H_j - H

Mutual information estimated by counting is never below 0, even between independent columns: G = 2 n I has then about a
chi-square law with (V_a - 1)(V_b - 1) degrees of freedom (Wilks, 1938), counting only the levels that occur. The total
correlation (Watanabe, 1960) is KL(p, the product of its margins): what an independent model can never get below.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from scipy.stats import chi2

from core.categorical.rows import Codes, Sizes, paired


def entropy(p: Float[np.ndarray, "..."]) -> float:
    """-sum p log p over all entries, nats; 0 log 0 is 0."""
    inside = p[p > 0]
    return float(-(inside * np.log(inside)).sum())


def divergence(p: Float[np.ndarray, "..."], log_q: Float[np.ndarray, "..."]) -> float:
    """KL(p, q) = sum p (log p - log q) over every cell, exactly, nats; inf where q is 0 and p is not."""
    inside = p > 0
    return float((p[inside] * (np.log(p[inside]) - log_q[inside])).sum())


def margins(p: Float[np.ndarray, "..."]) -> tuple[Float[np.ndarray, " _"], ...]:
    """The margin of every axis."""
    axes = range(p.ndim)
    return tuple(p.sum(axis=tuple(k for k in axes if k != j)) for j in axes)


def total_correlation(p: Float[np.ndarray, "..."]) -> float:
    """sum_j H_j - H, nats."""
    return sum(entropy(margin) for margin in margins(p)) - entropy(p)


def shared(counts: np.ndarray) -> float:
    """The mutual information of a table of two columns (counts or probabilities), nats."""
    total = counts.sum()
    if not total:
        return 0.0
    p = counts / total
    return max(entropy(p.sum(axis=1)) + entropy(p.sum(axis=0)) - entropy(p), 0.0)


def mutual(codes: Codes, sizes: Sizes) -> Float[np.ndarray, "d d"]:
    """The mutual information of every pair of columns by counting, nats; 0 on the diagonal."""
    d = len(sizes)
    found = np.zeros((d, d))
    for i in range(d):
        for j in range(i + 1, d):
            found[i, j] = found[j, i] = shared(paired(codes, sizes, i, j))
    return found


def mutual_of(p: Float[np.ndarray, "..."]) -> Float[np.ndarray, "d d"]:
    """The mutual information of every pair of axes of a joint table, nats."""
    d = p.ndim
    found = np.zeros((d, d))
    for i in range(d):
        for j in range(i + 1, d):
            found[i, j] = found[j, i] = shared(p.sum(axis=tuple(k for k in range(d) if k not in (i, j))))
    return found


@dataclass(frozen=True)
class Dependence:
    """A G-test of two columns: their mutual information in nats, G = 2 n I, degrees of freedom and the p-value.

    `thin` says that some cell is expected fewer than 5 times, so that the p-value is rough.
    """

    one: int
    other: int
    information: float
    g: float
    freedom: int
    p_value: float
    thin: bool


def tested(codes: Codes, sizes: Sizes) -> tuple[Dependence, ...]:
    """Every pair of columns, the most dependent (by information) first."""
    found = []
    for one in range(len(sizes)):
        for other in range(one + 1, len(sizes)):
            found.append(g_test(paired(codes, sizes, one, other), one, other))
    return tuple(sorted(found, key=lambda pair: -pair.information))


def g_test(counts: Int[np.ndarray, "v w"], one: int = 0, other: int = 1) -> Dependence:
    """The G-test of a table of counts; levels that never occur are left out."""
    counts = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0]
    n = int(counts.sum())
    information = shared(counts)
    freedom = max(counts.shape[0] - 1, 0) * max(counts.shape[1] - 1, 0)
    expected = counts.sum(axis=1)[:, None] * counts.sum(axis=0) / max(n, 1)
    p = float(chi2.sf(2 * n * information, freedom)) if freedom else 1.0
    return Dependence(one, other, information, 2 * n * information, freedom, p, bool((expected < 5).any()))


def prim(weights: Float[np.ndarray, "d d"]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The tree from node 0 that spans all nodes with the greatest sum of weights (Prim, 1957): order and parents.

    Of equal weights the first is taken, so the tree follows from the weights alone.
    """
    d = len(weights)
    parents, order = [-1] * d, [0]
    best, at = weights[0].astype(float), np.zeros(d, dtype=np.int64)
    left = np.ones(d, dtype=bool)
    left[0] = False
    while left.any():
        j = int(np.where(left, best, -np.inf).argmax())
        parents[j] = int(at[j])
        order.append(j)
        left[j] = False
        nearer = weights[j] > best
        best, at = np.where(nearer, weights[j], best), np.where(nearer, j, at)
    return tuple(order), tuple(parents)
