"""Gaussian mixtures of one column and of one K as a family like the others, so that the same bootstrap can test them.

    p(x) = sum_k w_k N(x | m_k, s_k^2),   theta = (w_1 ... w_K, m_1 ... m_K, s_1 ... s_K)

`as_family` makes a law of `continuous` of a fitted mixture. Its estimator is EM on many samples at a time, from two
starts each: the fitted mixture itself, and K quantile groups of the sample; the more likely end counts. K and the floor
under the deviations stay as the data chose them, so a test asks whether a mixture of K Gaussians fits, K taken as given.
The bootstrap of a mixture's likelihood ratio with such refits is McLachlan's (1987). Nats.
"""

from functools import partial
from typing import Any

import numpy as np
from jaxtyping import Bool, Float
from scipy.special import ndtr, ndtri

from core.laws.families.continuous import Family, Fitted
from core.laws.families.line_mixture import NARROWEST, LineMixture, parts
from core.mixture import em

ITERATIONS = 300
SLOW = 1e-6  # nats per value and iteration below which a climb is at its end
HALVINGS = 100
ENDS = (1e-300, 1 - 1e-16)  # probabilities whose quantiles are asked for, at most


class MixtureLaw:
    """The mixture as `Family` calls its laws: arguments w_1 ... w_K, m_1 ..., s_1 ..., each (1,) or (rows, 1)."""

    def logpdf(self, x: np.ndarray, *theta: np.ndarray) -> np.ndarray:
        """log p(x), x (n,) or (rows, n)."""
        weight, mean, deviation = split(theta)
        return em.soften(joint(x, weight, mean, deviation))

    def cdf(self, x: np.ndarray, *theta: np.ndarray) -> np.ndarray:
        """P(X <= x)."""
        weight, mean, deviation = split(theta)
        return (weight * ndtr((x[..., None, :] - mean) / deviation)).sum(axis=-2)

    def sf(self, x: np.ndarray, *theta: np.ndarray) -> np.ndarray:
        """P(X > x), exact in the upper tail too."""
        weight, mean, deviation = split(theta)
        return (weight * ndtr((mean - x[..., None, :]) / deviation)).sum(axis=-2)

    def ppf(self, p: np.ndarray, *theta: np.ndarray) -> np.ndarray:
        """Quantiles: halved between the least and the greatest of the components' own, which enclose them."""
        _, mean, deviation = split(theta)
        p = np.clip(p, *ENDS)
        own = mean + deviation * ndtri(p[..., None, :])
        low, high = own.min(axis=-2), own.max(axis=-2)
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            below = np.where(p < 0.5, self.cdf(middle, *theta) < p, self.sf(middle, *theta) > 1 - p)
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        return (low + high) / 2

    def rvs(self, *theta: np.ndarray, size: tuple[int, ...], random_state: np.random.Generator) -> np.ndarray:
        """Independent draws, (n, 1) for arguments (1,), (rows, n) for (rows, 1)."""
        k = len(theta) // 3
        u, total, which = random_state.random(size), np.zeros(()), np.zeros(size, dtype=int)
        for weight in theta[: k - 1]:
            total = total + weight
            which += u > total
        mean = sum((which == j) * theta[k + j] for j in range(k))
        return mean + sum((which == j) * theta[2 * k + j] for j in range(k)) * random_state.standard_normal(size)


LAW: Any = MixtureLaw()


def split(theta: tuple[np.ndarray, ...]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weights, means and deviations, (k, 1) or (rows, k, 1) each."""
    weight, mean, deviation = np.split(np.stack(np.broadcast_arrays(*theta), axis=-2), 3, axis=-2)
    return weight, mean, deviation


def joint(x: np.ndarray, weight: np.ndarray, mean: np.ndarray, deviation: np.ndarray) -> np.ndarray:
    """log w_k N(x | m_k, s_k^2), (k, n) or (rows, k, n)."""
    with np.errstate(divide="ignore"):
        constant = np.log(weight) - np.log(deviation) - 0.5 * em.LOG_2PI
    return constant - 0.5 * ((x[..., None, :] - mean) / deviation) ** 2


def as_family(law: LineMixture) -> Fitted:
    """The fitted mixture as a law that can be tested, drawn from and fitted again with its K."""
    weights, means, variances = parts(law.model)
    theta, k = np.concatenate([weights, means, np.sqrt(variances)]), len(weights)
    spread = float(np.sqrt(weights @ (variances + (means - weights @ means) ** 2)))
    floor = min(NARROWEST * spread, float(theta[2 * k :].min()))
    words = [(f"{word} {j + 1}", role) for word, role in ROLES for j in range(k)]
    found = Family("mixture", law.title, tuple(words), "real", LAW, _own, partial(estimate, start=theta, floor=floor))
    return Fitted(found, tuple(float(v) for v in theta), law.note)


ROLES = (("weight", "number"), ("mean", "place"), ("deviation", "size"))


def _own(*theta: np.ndarray) -> tuple:
    return theta


def estimate(
    x: Float[np.ndarray, "rows n"], start: Float[np.ndarray, " p"], floor: float
) -> tuple[Float[np.ndarray, "rows p"], Float[np.ndarray, " rows"]]:
    """The likelier of two climbs for every sample (parameters, and 0 for the slope, which EM does not measure)."""
    rows, k = len(x), len(start) // 3
    warm = np.tile(start, (rows, 1))
    groups = np.array_split(np.sort(x, axis=1), k, axis=1)
    means = np.stack([group.mean(axis=1) for group in groups], axis=1)
    wide = np.stack([group.std(axis=1) for group in groups], axis=1)
    cold = np.concatenate([np.full((rows, k), 1 / k), means, np.maximum(wide, floor)], axis=1)
    (one, level), (two, other) = (climb(x, begin, floor) for begin in (warm, cold))
    return np.where((level >= other)[:, None], one, two), np.zeros(rows)


def climb(
    x: Float[np.ndarray, "rows n"], theta: Float[np.ndarray, "rows p"], floor: float
) -> tuple[Float[np.ndarray, "rows p"], Float[np.ndarray, " rows"]]:
    """EM from `theta`, a sample a row, and the mean log-likelihoods; a row that has arrived moves no more."""
    theta, level = theta.copy(), np.full(len(x), -np.inf)
    moving: Bool[np.ndarray, " rows"] = np.full(len(x), True)
    for _ in range(ITERATIONS):
        at, values = theta[moving], x[moving]
        weight, mean, deviation = np.split(at[..., None], 3, axis=1)
        r = joint(values, weight, mean, deviation)
        now = em.soften(r).mean(axis=1)
        mass = r.sum(axis=2) + em.EMPTY
        mean = (r * values[:, None]).sum(axis=2) / mass
        variance = (r * (values[:, None] - mean[..., None]) ** 2).sum(axis=2) / mass
        theta[moving] = np.concatenate(
            [mass / mass.sum(axis=1, keepdims=True), mean, np.maximum(np.sqrt(variance), floor)], axis=1
        )
        gained = now - level[moving]
        level[moving] = now
        moving[moving] = gained > SLOW
        if not moving.any():
            break
    return theta, level
