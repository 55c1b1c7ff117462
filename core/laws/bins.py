"""Where to cut a histogram: five rules, and what each makes of the same values.

    Sturges            log2 n + 1 bins of equal width                           (Sturges, 1926)
    Scott              width 3.49 s n^(-1/3), best for a normal                 (Scott, 1979)
    Freedman-Diaconis  width 2 IQR n^(-1/3), which outliers do not move         (Freedman and Diaconis, 1981)
    Knuth              the m equal bins most probable a posteriori              (Knuth, 2006, arXiv physics/0605197)
    Bayesian blocks    cuts at any place, between runs of constant density      (Scargle and others, 2013)

Knuth's posterior is log p(m) = n log m + log G(m / 2) - m log G(1/2) - log G(n + m / 2) + sum_k log G(n_k + 1/2), up to a
constant. A block of N values and width T is worth N (log N - log T), less a price for every block that lets in a false
cut once in twenty samples; dynamic programming finds the best of all 2^(n-1) divisions. The bars are densities, count /
(n width), so that a curve can be drawn over them. No rule may ask for more than `MOST` bins: on heavy tails Scott and
Freedman-Diaconis ask for millions.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from scipy.special import gammaln

from core.laws.families.continuous import column
from core.process import Halt, frozen

MOST = 1_000
CELLS = 1_000  # cells of equal count that Bayesian blocks may be built of; all cuts are tried up to so many values
FALSE_CUT = 0.05


@dataclass(frozen=True)
class Histogram:
    """`counts` (m,) between `edges` (m + 1,); `note` says if the rule asked for more bins than allowed."""

    edges: Float[np.ndarray, " e"]
    counts: Int[np.ndarray, " m"]
    note: str = ""

    @property
    def heights(self) -> Float[np.ndarray, " m"]:
        """Densities, count / (n width): the bars' areas add up to 1."""
        return self.counts / (self.counts.sum() * np.diff(self.edges))


def sturges(x: Float[np.ndarray, " n"]) -> float:
    """The number of bins by Sturges."""
    return float(np.log2(len(x)) + 1)


def scott(x: Float[np.ndarray, " n"]) -> float:
    """The number of bins by Scott: range / ((24 sqrt(pi) / n)^(1/3) s)."""
    return float(np.ptp(x) / ((24 * np.sqrt(np.pi) / len(x)) ** (1 / 3) * x.std()))


def freedman_diaconis(x: Float[np.ndarray, " n"]) -> float:
    """The number of bins by Freedman and Diaconis; by Sturges where half of the values tie."""
    low, high = np.quantile(x, [0.25, 0.75])
    return float(np.ptp(x) / (2 * (high - low) / len(x) ** (1 / 3))) if high > low else sturges(x)


def knuth(x: Float[np.ndarray, " n"]) -> float:
    """The number of bins by Knuth: every number up to `MOST`, and to ten sqrt n, is tried."""
    ordered = np.sort(x)
    tried = range(1, min(MOST, 10 * int(np.ceil(np.sqrt(len(x))))) + 1)
    return float(1 + np.argmax([knuth_log_posterior(ordered, m) for m in tried]))


def knuth_log_posterior(ordered: Float[np.ndarray, " n"], m: int) -> float:
    """log p(m equal bins | values in order), nats, up to a constant."""
    n = len(ordered)
    inner = np.searchsorted(ordered, np.linspace(ordered[0], ordered[-1], m + 1)[1:-1])
    counts = np.diff(np.concatenate([[0], inner, [n]]))
    constant = n * np.log(m) + gammaln(m / 2) - m * gammaln(0.5) - gammaln(n + m / 2)
    return float(constant + gammaln(counts + 0.5).sum())


def blocks(x: Float[np.ndarray, " n"]) -> Float[np.ndarray, " e"]:
    """The edges of the Bayesian blocks.

    Of more than `CELLS` different values, cuts are tried between cells of equal count only; the counts are of all.
    """
    value, count = np.unique(x, return_counts=True)
    cut = np.concatenate([value[:1], (value[1:] + value[:-1]) / 2, value[-1:]])  # candidate edges
    if len(value) > CELLS:
        total = np.concatenate([[0], np.cumsum(count)])
        chosen = np.unique(np.searchsorted(total, np.linspace(0, len(x), CELLS + 1)))
        cut, count = cut[chosen], np.diff(total[chosen])
    price = 4 - np.log(73.53 * FALSE_CUT * len(x) ** -0.478)
    worth, last = np.zeros(len(count) + 1), np.zeros(len(count), dtype=int)
    for end in range(1, len(count) + 1):  # the best division of the first `end` cells
        size = np.cumsum(count[:end][::-1])[::-1]
        gain = worth[:end] + size * (np.log(size) - np.log(cut[end] - cut[:end])) - price
        last[end - 1] = np.argmax(gain)
        worth[end] = gain[last[end - 1]]
    edges = [len(count)]
    while edges[-1] > 0:
        edges.append(int(last[edges[-1] - 1]))
    return cut[edges[::-1]]


RULES: dict[str, Callable[[np.ndarray], float]] = {
    "Freedman-Diaconis": freedman_diaconis,
    "Scott": scott,
    "Sturges": sturges,
    "Knuth": knuth,
}
NAMES = (*RULES, "Bayesian blocks")


def histogram(x: np.ndarray, rule: str = "Freedman-Diaconis", bins: int | None = None) -> Histogram:
    """The histogram of values (n,) or (n, 1) by one of the rules in `NAMES`, or with so many `bins` of equal width."""
    x = column(x)
    if not len(x) or not np.isfinite(x).all():
        raise Halt("A histogram needs finite values, at least one.")
    if np.ptp(x) <= 1e-12 * np.abs(x).max():
        half = max(0.5, 1e-6 * abs(float(x[0])))
        return Histogram(frozen(np.array([x.min() - half, x.max() + half])), frozen(np.array([len(x)])))
    note = ""
    if bins is None and rule == "Bayesian blocks":
        edges = blocks(x)
    else:
        asked = np.ceil(RULES[rule](x)) if bins is None else bins
        m = int(np.clip(asked, 1, MOST))
        if asked > MOST:
            note = f"{rule} asks for {asked:,.0f} bins here; {MOST:,} are drawn."
        edges = np.linspace(x.min(), x.max(), m + 1)
    return Histogram(frozen(edges), frozen(np.histogram(x, edges)[0]), note)
