"""How wide should the bumps be? Rules, cross-validation, and the answer that only the truth could give.

Everywhere h is the standard deviation of a bump (data units), whatever the kernel. Rules read the data once; sigma is the
standard deviation of the values that are not far from all others, which is that of all wherever none are:

    Scott (1992)                h = sigma n^(-1/5), scipy's default
    Silverman (1986, eq. 3.31)  h = 0.9 min(sigma, IQR / 1.34) n^(-1/5), R's default
    Sheather and Jones (1991)   h = [R(K) / (n psi_4(g(h)))]^(1/5), solved for h; psi_4 estimates int f''^2

Cross-validation scores every h: `least_squares` estimates int (p - f)^2 - int f^2 without bias (Rudemo, 1982; Bowman,
1984), `likelihood` is the mean log-density of each point under the others (Habbema et al., 1974; Duin, 1976). A point
far from all others would alone decide that mean, by a log-density of -(distance / h)^2 / 2 (Schuster and Gregory, 1981),
so that in a search only rows that are not (`core.units.ordinary_rows`) are left out in turn. Both take
kernels of covariance h^2 I in any dimension; beyond `EXACT` points in one dimension they read linearly binned data. What
the best h would be for a known truth is in `core.kernels.risk`.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float
from scipy.optimize import brentq, minimize_scalar

from core import units
from core.kernels import sums
from core.kernels.pairs import EXACT, MOST, binned, packed, pair_lags
from core.key import Key
from core.process import Halt

RULES = ("Scott", "Silverman", "Sheather-Jones", "Least squares CV", "Likelihood CV", "By hand")
SUBSET = 1000  # points on which a bandwidth is cross-validated in two dimensions or more
NODES_PER_H = 24  # nodes of a binned grid per bandwidth
Hs = Float[np.ndarray, " k"]
Column = Float[np.ndarray, "n 1"]


def covariance(x: Float[np.ndarray, "n d"]) -> Float[np.ndarray, "d d"]:
    """The sample covariance (divisor n - 1) of the rows that are not far from all others; Halt where it is singular.

    Where a quarter or more are, in groups far apart, it is the diagonal matrix of the squared spreads.
    """
    n, d = x.shape
    if n <= d:
        raise Halt(f"{n} points are too few for a kernel density in {d} dimensions: give at least {d + 1}.")
    rows = units.ordinary(x).all(axis=1)
    scatter = np.cov(x[rows].T).reshape(d, d) if rows.mean() >= units.MOST else np.diag(units.spread(x) ** 2)
    constant = np.ptp(x, axis=0) == 0
    if constant.any():
        raise Halt(f"Column {int(np.argmax(constant)) + 1} is constant: a kernel density needs values that differ.")
    scale = np.sqrt(np.diag(scatter))
    if np.linalg.eigvalsh(scatter / scale / scale[:, None])[0] < 1e-12:
        raise Halt("The points lie on a line or plane: a kernel density needs points that fill all dimensions.")
    return scatter


def spread(x: Column) -> float:
    """min(sigma, IQR / 1.34), or sigma where the quartiles coincide; far values have no say in sigma (`core.units`)."""
    own, quartiles = float(units.spread(x)[0]), np.quantile(x, [0.25, 0.75])
    sigma = float(x.std(ddof=1)) if own == float(x.std(axis=0)[0]) else own
    return min(sigma, float(np.diff(quartiles)[0]) / 1.34 or sigma)


def scott(x: Column) -> float:
    """sigma n^(-1/5)."""
    return float(x.std(ddof=1)) * len(x) ** -0.2


def silverman(x: Column) -> float:
    """0.9 min(sigma, IQR / 1.34) n^(-1/5)."""
    return 0.9 * spread(x) * len(x) ** -0.2


def sheather_jones(x: Column) -> float:
    """The h that solves h = [1 / (2 sqrt(pi) n psi_4(g(h)))]^(1/5), g(h) = 1.357 (psi_4 / -psi_6)^(1/7) h^(5/7)."""
    n, a = len(x), spread(x)
    lags, counts = pair_lags(x, a * n**-0.2 / 40, 40 * a)

    def psi(order: int, g: float) -> float:
        """The estimate of int f^(r) f, r = 4 or 6, by kernels of width g, every pair and every point with itself."""
        z = (lags / g) ** 2
        hermite = z**2 - 6 * z + 3 if order == 4 else z**3 - 15 * z**2 + 45 * z - 15
        own = 3 if order == 4 else -15
        total = (counts * hermite * np.exp(-z / 2)).sum() + n * own
        return float(total / (n * (n - 1) * g ** (order + 1) * np.sqrt(2 * np.pi)))

    ratio = psi(4, 1.24 * a * n ** (-1 / 7)) / -psi(6, 1.23 * a * n ** (-1 / 9))

    def excess(h: float) -> float:
        """h^5 over what it should be, less 1, in logs; h is refused where the roughness comes out negative."""
        roughness = psi(4, 1.357 * ratio ** (1 / 7) * h ** (5 / 7)) if ratio > 0 else -1.0
        return 5 * np.log(h) + np.log(2 * np.sqrt(np.pi) * n * roughness) if roughness > 0 else np.nan

    h = 1.144 * a * n**-0.2 * np.geomspace(3, 0.02, 60)
    value = np.array([excess(t) for t in h])
    crossing = np.flatnonzero((value[:-1] > 0) & (value[1:] <= 0))
    if not len(crossing):
        raise Halt("Sheather and Jones's equation has no solution for these values: choose another rule.")
    return max(float(brentq(excess, h[crossing[0] + 1], h[crossing[0]], rtol=1e-10)), grain(x))


def grain(x: Column) -> float:
    """Half the usual gap between different values where most occur more than once: rounding, not density; else 0.

    Narrower bumps would stand on single values, and rules that look at pairs are drawn to them (Silverman, 1986, 3.4.3).
    """
    distinct = np.unique(x)
    return float(np.median(np.diff(distinct))) / 2 if 1 < len(distinct) <= len(x) / 2 else 0.0


def least_squares(x: Float[np.ndarray, "n d"], h: Hs, kernel: str = "gaussian") -> Hs:
    """int p^2 - (2/n) sum_i p_without_i(x_i) at each h, less is better; beyond one dimension for Gaussian kernels."""
    n, d = x.shape
    if d > 1 and kernel != "gaussian":
        raise Halt("Least-squares cross-validation in two or more dimensions is written for Gaussian kernels only.")
    lags, counts = pair_lags(x, h.min() / NODES_PER_H, 16 * h.max())
    scores = np.empty(len(h))
    for k, width in enumerate(h):
        u, own = lags / width, sums.twice(kernel, np.zeros(1))[0] if d == 1 else (4 * np.pi) ** (-d / 2)
        both = sums.twice(kernel, u) if d == 1 else np.exp(-0.25 * u**2) * own
        square = (counts @ both + n * own) / n**2
        scores[k] = (square - 2 * counts @ sums.density(kernel, u**2, d) / (n * (n - 1))) / width**d
    return scores


def likelihood(
    x: Float[np.ndarray, "n d"], h: Hs, kernel: str = "gaussian", rows: Bool[np.ndarray, " n"] | None = None
) -> Hs:
    """mean_i log p_without_i(x_i) at each h, nats, more is better; -inf where a bounded kernel leaves a point alone.

    The mean is over `rows`, where given, each of them left out of all others.
    """
    (n, d), rows = x.shape, np.ones(len(x), dtype=bool) if rows is None else rows
    if d == 1 and n > EXACT:
        order = np.argsort(x[:, 0], kind="stable")
        return np.array([_left_out(x[order, 0], width, kernel)[rows[order]].mean() for width in h])
    squared = ((x[:, None] - x) ** 2).sum(axis=2)
    np.fill_diagonal(squared, np.inf)
    nearest = squared.min(axis=1, keepdims=True) if kernel == "gaussian" else np.zeros((n, 1))
    scores = []
    for width in h:
        total = sums.density(kernel, (squared - nearest) / width**2, d).sum(axis=1)
        with np.errstate(divide="ignore"):
            scores.append(
                (np.log(total) - nearest[:, 0] / (2 * width**2))[rows].mean() - np.log(n - 1) - d * np.log(width)
            )
    return np.array(scores)


def _left_out(x: np.ndarray, h: float, kernel: str) -> np.ndarray:
    """log p_without_i(x_i) of sorted points: a direct convolution of binned counts, and near neighbours where few are near.

    Wide empty stretches are cut down to where no kernel reaches across, which changes no density at a point.
    """
    n, reach = len(x), h * min(sums.REACH, sums.radius(kernel, 1))
    column = packed(x, 1.1 * reach)
    step = max(h / NODES_PER_H, column[-1] / MOST)
    cell, t, counts = binned(column, step)
    bump = sums.density(kernel, (step / h * np.arange(-int(reach / step) - 1, int(reach / step) + 2)) ** 2, 1)
    half = len(bump) // 2
    smooth = np.convolve(counts, bump)[half : half + len(counts)]
    own = ((1 - t) ** 2 + t**2) * bump[half] + 2 * t * (1 - t) * bump[half + 1]
    total = (1 - t) * smooth[cell] + t * smooth[cell + 1] - own
    few = np.flatnonzero(total < 1e-6 * bump[half])
    with np.errstate(divide="ignore"):
        logs = np.log(np.maximum(total, 0.0))
        if len(few):
            around = few[:, None] + np.delete(np.arange(-16, 17), 16)
            q = np.where((around >= 0) & (around < n), (x[np.clip(around, 0, n - 1)] - x[few, None]) / h, np.inf) ** 2
            least = q.min(axis=1, keepdims=True) if kernel == "gaussian" else np.zeros((len(few), 1))
            logs[few] = np.log(sums.density(kernel, q - least, 1).sum(axis=1)) - least[:, 0] / 2
    return logs - np.log((n - 1) * h)


@dataclass(frozen=True)
class Search:
    """The widths `h` a rule tried, in rising order, their finite `score` (more is better), and the `best` it settled on."""

    h: Hs
    score: Hs
    best: float
    best_score: float


def candidates(x: Float[np.ndarray, "n d"], count: int = 24) -> Hs:
    """Widths from 1/30 to 3 times the reference width, none so narrow that it would see how values were rounded."""
    n, d = x.shape
    reference = min(spread(x[:, [k]]) for k in range(d)) * n ** (-1 / (d + 4))
    least = max(reference / 30, *(grain(x[:, [k]]) for k in range(d)))
    return np.geomspace(min(least, reference), 3 * reference, count)


def search(rule: str, x: Float[np.ndarray, "n d"], kernel: str = "gaussian", count: int = 24) -> Search:
    """The best h by "Likelihood CV" or "Least squares CV": a sweep of `candidates`, then a search around the best one."""
    h, rows = candidates(x, count), units.ordinary_rows(x)

    def score(widths: Hs) -> Hs:
        return likelihood(x, widths, kernel, rows) if rule == "Likelihood CV" else -least_squares(x, widths, kernel)

    value = score(h)
    if not np.isfinite(value).any():
        raise Halt("Every bandwidth tried leaves some point alone: choose the Gaussian kernel or another rule.")
    top = int(np.argmax(value))
    best = _refined(lambda w: -score(np.array([w]))[0], h[max(top - 1, 0)], h[min(top + 1, count - 1)])
    best = best if score(np.array([best]))[0] >= value[top] else float(h[top])
    seen = np.isfinite(value)
    return Search(h[seen], value[seen], best, float(score(np.array([best]))[0]))


def _refined(loss: Callable[[float], float], low: float, high: float) -> float:
    """The h between two others at which the loss is least."""
    found = minimize_scalar(
        lambda u: loss(np.exp(u)), bounds=np.log([low, high]), method="bounded", options={"xatol": 1e-3}
    )
    return float(np.exp(found.x))


def draws(rule: str, n: int, d: int) -> bool:
    """Whether the rule looks at a random part of n points in d dimensions, so that `factors` depends on its key."""
    return rule in RULES[3:5] and d > 1 and n > SUBSET


def factors(rule: str, white: Float[np.ndarray, "n d"], kernel: str, key: Key) -> list[tuple[float, float]]:
    """The bandwidths that a rule looks at for points of unit covariance, with scores (NaN if it keeps none), its choice last.

    In more than one dimension cross-validation takes a random part of `SUBSET` points and carries its choice over to all n
    by n^(-1/(d+4)), the rate at which the best h falls.
    """
    n, d = white.shape
    if rule == "Scott" or (rule == "Silverman" and d > 1):
        return [((n * ((d + 2) / 4 if rule == "Silverman" else 1)) ** (-1 / (d + 4)), np.nan)]
    if rule in ("Silverman", "Sheather-Jones"):
        if d > 1:
            raise Halt("Sheather and Jones wrote their rule for one column: choose another for two or more.")
        return [((silverman if rule == "Silverman" else sheather_jones)(white), np.nan)]
    rows = (key / "subset").generator().choice(n, SUBSET, replace=False) if draws(rule, n, d) else np.arange(n)
    part = white[np.sort(rows)]
    found, rate = search(rule, part, kernel), (len(part) / n) ** (1 / (d + 4))
    return [*zip(found.h[::-1] * rate, found.score[::-1], strict=True), (found.best * rate, found.best_score)]


def marks(x: Column, kernel: str = "gaussian") -> dict[str, float]:
    """The h (data units) of every rule but "By hand", to be marked on a slider; a rule that finds none is left out."""
    found, scale = {}, float(np.sqrt(covariance(x)[0, 0]))
    for rule in RULES[:-1]:
        try:
            found[rule] = factors(rule, x / scale, kernel, Key(0))[-1][0] * scale
        except Halt:
            continue
    return found
