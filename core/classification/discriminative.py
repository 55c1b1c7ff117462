"""Discriminative classification: p(y given x) and nothing else, by logistic regression on linear or quadratic features.

    log p(y = k given x) = w_k . phi(x) - log sum_j exp(w_j . phi(x)),    phi(x) = (1, z) or (1, z, z_i z_j)

z are the columns in standard units. The weights are at the bottom of

    - sum_n log p(y_n given x_n) + lambda / 2 sum_k |w_k|^2    (without the constants' weights)

by Newton's method with halved steps (Cox, 1958; iteratively reweighted least squares). With lambda = 0 and classes that can be
parted without an error there is no bottom: weights grow without end (Albert and Anderson, 1984), and the search is stopped
where the mean loss is below `STOPPED`. There is no p(x) here, so nothing can be drawn and nothing summed out. Nats.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from core.classification.rows import Rows, log_total
from core.process import frozen

LINEAR, QUADRATIC = FEATURES = ("linear", "quadratic")
STOPPED = 1e-4  # nats per point
ITERATIONS = 100


@dataclass(frozen=True)
class Logistic:
    """`weights` (k, f) of the features of columns less `shift` (d,) over `scale` (d,); `runaway` if they had no end."""

    weights: Float[np.ndarray, "k f"]
    features: str
    shift: Float[np.ndarray, " d"]
    scale: Float[np.ndarray, " d"]
    ridge: float = 0.0
    runaway: bool = False

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        for name in ("weights", "shift", "scale"):
            object.__setattr__(self, name, frozen(np.array(getattr(self, name), dtype=float)))

    def phi(self, x: Float[np.ndarray, "n d"]) -> Float[np.ndarray, "n f"]:
        """The features."""
        z = (x - self.shift) / self.scale
        i, j = np.triu_indices(z.shape[1])
        squares = [z[:, i] * z[:, j]] if self.features == QUADRATIC else []
        return np.hstack([np.ones((len(z), 1)), z, *squares])

    def log_posterior(self, x: Float[np.ndarray, "n d"]) -> Float[np.ndarray, "n k"]:
        """log p(y = k given x), nats."""
        return log_softmax(self.phi(x) @ self.weights.T)

    def slope(self, rows: Rows) -> Float[np.ndarray, "k f"]:
        """The gradient of what is minimised, per point: 0 at the bottom."""
        phi = self.phi(rows.x)
        return slope(self.weights, phi, np.eye(rows.k)[rows.y], self.ridge) / len(rows)


def fit(features: str, rows: Rows, ridge: float) -> Logistic:
    """The weights at the bottom, or where the search for one that is not there was stopped."""
    scale = rows.x.std(axis=0)
    blank = Logistic(np.zeros((rows.k, 1)), features, rows.x.mean(axis=0), np.where(scale > 0, scale, 1.0), ridge)
    phi, told = blank.phi(rows.x), np.eye(rows.k)[rows.y]
    w = np.zeros((rows.k, phi.shape[1]))
    level, runaway = loss(w, phi, told, ridge), False
    for _ in range(ITERATIONS):
        down = slope(w, phi, told, ridge)
        runaway = ridge == 0 and level < STOPPED * len(rows)
        if runaway or np.abs(down).max() < 1e-11 * len(rows):
            break
        step = np.linalg.solve(curvature(w, phi, ridge), down.ravel()).reshape(w.shape)
        length = 1.0
        while (found := loss(w - length * step, phi, told, ridge)) > level and length > 1e-9:
            length /= 2
        if found > level:
            break
        w, level = w - length * step, found
    w = w - w.mean(axis=0)  # what all classes have in common says nothing
    return Logistic(w, features, blank.shift, blank.scale, ridge, runaway)


def log_softmax(scores: Float[np.ndarray, "n k"]) -> Float[np.ndarray, "n k"]:
    """Scores less the logarithm of their exponentials' sum."""
    return scores - log_total(scores)[:, None]


def loss(w: np.ndarray, phi: np.ndarray, told: np.ndarray, ridge: float) -> float:
    """What is minimised, nats."""
    return float(-(told * log_softmax(phi @ w.T)).sum() + ridge / 2 * (w[:, 1:] ** 2).sum())


def slope(w: np.ndarray, phi: np.ndarray, told: np.ndarray, ridge: float) -> Float[np.ndarray, "k f"]:
    """Its gradient."""
    found = (np.exp(log_softmax(phi @ w.T)) - told).T @ phi
    found[:, 1:] += ridge * w[:, 1:]
    return found


def curvature(w: np.ndarray, phi: np.ndarray, ridge: float) -> Float[np.ndarray, "kf kf"]:
    """Its Hessian, with a trace of a ridge on what it leaves open: a term that all classes share."""
    k, f = w.shape
    p = np.exp(log_softmax(phi @ w.T))
    found = np.empty((k, f, k, f))
    for a in range(k):
        for b in range(k):
            found[a, :, b] = (phi * (p[:, a] * ((a == b) - p[:, b]))[:, None]).T @ phi
    diagonal = np.full(f, ridge)
    diagonal[0] = 0
    open_end = 1e-10 * max(np.trace(found.reshape(k * f, k * f)), 1e-6)
    return found.reshape(k * f, k * f) + np.diag(np.tile(diagonal, k) + open_end)
