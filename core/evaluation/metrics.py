"""Numbers that judge a fitted density. Scores are in nats, AIC and BIC on the scale of minus twice the log-likelihood; a mean
comes with its standard error."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy.special import ndtri

from core.dataset import Truth
from core.key import Key


@dataclass(frozen=True)
class Estimate:
    """A mean and its standard error (NaN for a single value)."""

    value: float
    error: float


def mean(values: Float[np.ndarray, " n"]) -> Estimate:
    """The sample mean and its standard error s / sqrt(n)."""
    n = len(values)
    return Estimate(float(values.mean()), float(values.std(ddof=1) / np.sqrt(n)) if n > 1 else float("nan"))


def wilson(successes: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """The ends, in [0, 1], of an interval for a probability of which `successes` in `n` > 0 independent trials were seen.

    The p for which |k/n - p| = z sqrt(p (1 - p) / n), z the normal quantile of (1 + level) / 2 (Wilson, 1927): unlike
    k/n +- its standard error, it is as wide as n says even where all trials succeeded, or none.
    """
    z2, share = float(ndtri((1 + level) / 2)) ** 2, successes / n
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = float(np.sqrt(z2 * (share * (1 - share) / n + z2 / (4 * n * n)))) / (1 + z2 / n)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def aic(log_likelihood: float, parameters: int) -> float:
    """2 p - 2 log L of the total log-likelihood (Akaike, 1974); less is better."""
    return 2 * parameters - 2 * log_likelihood


def bic(log_likelihood: float, parameters: int, n: int) -> float:
    """p log n - 2 log L of the total log-likelihood (Schwarz, 1978); less is better."""
    return parameters * np.log(n) - 2 * log_likelihood


def divergence(model: Truth, truth: Truth, key: Key, n: int = 20_000) -> Estimate:
    """KL(truth, model) = E[log p(x) - log q(x)] over `n` fresh draws from the truth, nats.

    The paired difference has a far smaller error than a mean log-likelihood compared with an entropy.
    """
    x = truth.sample(n, key)
    return mean(truth.log_prob(x) - model.log_prob(x))


def split(n: int, share: float, key: Key) -> tuple[np.ndarray, np.ndarray]:
    """Row numbers of a random training part and of a held-out part with `share` of the rows (at least one)."""
    order = key.generator().permutation(n)
    held = max(1, round(share * n))
    return np.sort(order[held:]), np.sort(order[:held])
