"""How far a sample is from a law: four statistics, and their p-values where the law was known before the sample.

With u_(1) <= ... <= u_(n) the values F(x) of the law's distribution function, in order,

    KS  = max_i max(i / n - u_(i), u_(i) - (i - 1) / n)                                  largest gap
    CvM = 1 / (12 n) + sum_i (u_(i) - (2 i - 1) / (2 n))^2                               squared gap
    AD  = -n - 1 / n sum_i (2 i - 1) [log u_(i) + log(1 - u_(n + 1 - i))]                squared gap, tails weighted up
    QQ  = -log min_i 2 min(B_i, 1 - B_i),  B_i = P(Beta(i, n + 1 - i) <= u_(i))          the least likely order statistic

KS, CvM and AD as in D'Agostino and Stephens, Goodness-of-Fit Techniques (1986); QQ is the statistic of equal local
levels (Berk and Jones, 1979; Aldor-Noiman and others, 2013). `core.laws.goodness` makes p-values of them that hold for a
law fitted to the sample; those here (`naive`) do not.
"""

from functools import lru_cache

import numpy as np
from jaxtyping import Float, Int
from scipy import stats
from scipy.special import betainc

from core.key import Key
from core.process import frozen

NAMES = ("KS", "AD", "CvM", "QQ")
TITLES = {"KS": "Kolmogorov-Smirnov", "AD": "Anderson-Darling", "CvM": "Cramér-von Mises", "QQ": "QQ band"}
FREE = (False, False)


def statistics(
    u: np.ndarray, v: np.ndarray, names: tuple[str, ...] = NAMES, pinned: tuple[bool, bool] = FREE
) -> Float[np.ndarray, "rows s"]:
    """The named statistics of u = F(x), ascending along each row (rows, n), with v = 1 - u (given for its tail).

    `pinned` says whether the fit puts an end of the law on the smallest and on the largest value, as a uniform law's
    does: QQ leaves those values out, for they are where they are by the fit, not by chance.
    """
    n = u.shape[1]
    i = np.arange(1, n + 1)
    columns = []
    for name in names:
        if name == "KS":
            columns.append(np.maximum((i / n - u).max(axis=1), (u - (i - 1) / n).max(axis=1)))
        elif name == "CvM":
            columns.append(1 / (12 * n) + ((u - (2 * i - 1) / (2 * n)) ** 2).sum(axis=1))
        elif name == "AD":
            tails = np.log(np.maximum(u, 1e-300)) + np.log(np.maximum(v, 1e-300))[:, ::-1]
            columns.append(-n - (2 * i - 1) @ tails.T / n)
        else:
            i = ranks(n, pinned)
            columns.append(-np.log(local_level(u[:, i - 1], i, n)))
    return np.stack(columns, axis=1)


@lru_cache(maxsize=64)
def ranks(n: int, pinned: tuple[bool, bool] = FREE, most: int = 100) -> Int[np.ndarray, " r"]:
    """The order statistics that QQ looks at: all n that are not pinned, or the outer ten and even steps between."""
    i = np.arange(1, n + 1)
    if n > most:
        i = np.concatenate([i[:10], np.linspace(11, n - 10, most - 20).round().astype(int), i[-10:]])
    return frozen(i[int(pinned[0]) : len(i) - int(pinned[1])])


def local_level(u: Float[np.ndarray, "rows r"], i: Int[np.ndarray, " r"], n: int) -> Float[np.ndarray, " rows"]:
    """min_i 2 min(B_i, 1 - B_i): the two-sided level of the least likely of the i-th smallest of n, found at u."""
    low = u < i / (n + 1)  # the side whose tail keeps its digits
    tail = betainc(np.where(low, i, n + 1 - i), np.where(low, n + 1 - i, i), np.where(low, u, 1 - u))
    return np.clip(2 * np.minimum(tail, 1 - tail).min(axis=1, initial=0.5), 1e-300, 1.0)


@lru_cache(maxsize=16)
def known_null(n: int, pinned: tuple[bool, bool] = FREE, draws: int = 2_000) -> Float[np.ndarray, " draws"]:
    """QQ of `draws` samples from a law that is known, in order: uniform order statistics, by their gamma spacings."""
    i = ranks(n, pinned)
    gaps = np.diff(np.concatenate([[0], i, [n + 1]]))
    total = (Key(0) / "order statistics" / n).generator().standard_gamma(gaps, (draws, len(gaps))).cumsum(axis=1)
    return frozen(np.sort(-np.log(local_level(total[:, :-1] / total[:, -1:], i, n))))


def naive(
    u: np.ndarray, observed: Float[np.ndarray, "rows s"], names: tuple[str, ...], pinned: tuple[bool, bool] = FREE
) -> Float[np.ndarray, "rows s"]:
    """The p-values as if the law had been known before the sample was drawn: wrong for a law fitted to it."""
    n, columns = u.shape[1], []
    for name, values in zip(names, observed.T, strict=True):
        if name == "KS":
            columns.append(stats.kstwo.sf(values, n))
        elif name == "CvM":
            columns.append(np.array([stats.cramervonmises(row, "uniform").pvalue for row in u]))
        elif name == "AD":
            columns.append(1 - anderson_darling_cdf(values))
        else:
            null = known_null(n, pinned)
            columns.append((1 + len(null) - np.searchsorted(null, values)) / (1 + len(null)))
    return np.stack(columns, axis=1)


def anderson_darling_cdf(a: Float[np.ndarray, " s"]) -> Float[np.ndarray, " s"]:
    """P(AD <= a) for a known law and many values (Marsaglia and Marsaglia, 2004, to 2e-6)."""
    a = np.maximum(a, 1e-3)
    low = np.polyval([0.00168691, -0.0116720, 0.0347962, -0.0649821, 0.247105, 2.00012], a)
    high = np.polyval([-0.0003146, 0.008056, -0.082433, 0.43424, -2.30695, 1.0776], a)
    with np.errstate(over="ignore", under="ignore"):
        return np.where(a < 2, np.exp(-1.2337141 / a) / np.sqrt(a) * low, np.exp(-np.exp(np.where(a < 32, high, -99))))
