"""What m chains of n draws say about themselves: rank-normalised split R-hat, effective sample sizes, standard errors.

Each chain is cut in two. R-hat compares the variance between the halves with that within, on normal scores of the ranks
and once more of |x - median|; near 1 where all agree. With W the variance within, v the pooled one and a_t the mean
autocovariance, rho_t = 1 - (W - a_t) / v is summed in pairs that are positive and fall (Geyer, 1992):

    ESS = S / (-1 + 2 sum of the pairs),   at most S log10 S

If a chain never moves there is no R-hat and no ESS: NaN. Vehtari, Gelman, Simpson, Carpenter
and Buerkner (2021).
"""

import numpy as np
from jaxtyping import Float
from scipy import special, stats


def autocovariance(x: Float[np.ndarray, "m n"]) -> Float[np.ndarray, "m n"]:
    """a_t = sum_i (x_i - mean)(x_(i+t) - mean) / n for every lag t, by the fast Fourier transform."""
    n = x.shape[1]
    centred = x - x.mean(axis=1, keepdims=True)
    spectrum = np.fft.rfft(centred, 2 * n, axis=1)
    return np.fft.irfft(np.abs(spectrum) ** 2, 2 * n, axis=1)[:, :n] / n


def autocorrelation(x: Float[np.ndarray, "m n"]) -> Float[np.ndarray, " n"]:
    """The mean over chains of each one's autocovariance, over its value at lag 0."""
    mean = autocovariance(x).mean(axis=0)
    return mean / mean[0]


def split(x: Float[np.ndarray, "m n"]) -> Float[np.ndarray, "k h"]:
    """2m half chains; of an odd number of draws the middle one is left out."""
    half = x.shape[1] // 2
    return np.concatenate([x[:, :half], x[:, -half:]])


def scores(x: Float[np.ndarray, "m n"]) -> Float[np.ndarray, "m n"]:
    """Normal scores of the ranks among all draws, ties at their mean: Phi^-1((r - 3/8) / (S + 1/4))."""
    ranks = stats.rankdata(x, method="average").reshape(x.shape)
    return special.ndtri((ranks - 0.375) / (x.size + 0.25))


def rhat(x: Float[np.ndarray, "m n"]) -> float:
    """The larger of the split R-hats of the ranks' scores and of those of |x - median|."""
    halves = split(x)
    if undefined(x):
        return np.nan
    return max(_rhat(scores(halves)), _rhat(scores(np.abs(halves - np.median(halves)))))


def ess_bulk(x: Float[np.ndarray, "m n"]) -> float:
    """How many independent draws know the middle of the law as well: the ESS of the ranks' scores."""
    halves = split(x)
    return np.nan if undefined(x) else _ess(scores(halves))


def ess_tail(x: Float[np.ndarray, "m n"]) -> float:
    """The smaller ESS of the two indicators x <= 5 % quantile and x <= 95 % quantile."""
    halves = split(x)
    if undefined(x):
        return np.nan
    below = [(halves <= quantile).astype(float) for quantile in np.quantile(x, (0.05, 0.95))]
    return float(np.min([_ess(indicator) for indicator in below]))  # NaN if either is


def ess_mean(x: Float[np.ndarray, "m n"]) -> float:
    """The ESS for the mean of x itself."""
    halves = split(x)
    return np.nan if undefined(x) else _ess(halves)


def mcse_mean(x: Float[np.ndarray, "m n"]) -> float:
    """The standard error of the mean of all draws: their standard deviation over sqrt(ESS)."""
    return np.nan if undefined(x) else float(x.std(ddof=1) / np.sqrt(ess_mean(x)))


def undefined(x: Float[np.ndarray, "m n"]) -> bool:
    """Whether nothing can be said: fewer than 8 draws a chain, one not finite, or a chain that never moved."""
    return x.shape[1] < 8 or not np.isfinite(x).all() or bool((np.ptp(x, axis=1) == 0).any())


def _rhat(x: np.ndarray) -> float:
    n = x.shape[1]
    within = x.var(axis=1, ddof=1).mean()
    between = n * x.mean(axis=1).var(ddof=1)
    return float(np.sqrt((between / within + n - 1) / n)) if within > 0 else np.nan


def _ess(x: np.ndarray) -> float:
    """Geyer's initial monotone sequence over k chains of n draws; NaN if all draws are equal."""
    k, n = x.shape
    covariance = autocovariance(x).mean(axis=0)
    within = covariance[0] * n / (n - 1)
    pooled = within * (n - 1) / n + x.mean(axis=1).var(ddof=1)
    if not pooled > 0:
        return np.nan
    rho = 1 - (within - covariance) / pooled
    rho[0] = 1.0
    final = (n - 3) // 2  # the last pair that is looked at
    pairs = rho[: 2 * final + 2].reshape(-1, 2).sum(axis=1)
    stop = int(np.argmax(pairs < 0)) if (pairs < 0).any() else final
    falling = np.minimum.accumulate(pairs[:stop])
    tau = -1 + 2 * falling.sum() + max(float(rho[2 * stop]), 0.0)  # of the pair that ends it, the even lag alone
    return float(k * n / max(tau, 1 / np.log10(k * n)))
