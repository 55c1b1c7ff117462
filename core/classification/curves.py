"""Learning curves of four linear rules on Gaussians, over many redraws at once: the generative and discriminative pair.

Two equally likely classes N(-m, S) and N(m, S) in ten dimensions, m = (.45 five times, .15 five times), S with unit variances
and correlation rho between every two coordinates; n points, half of each class. Of each redraw the sizes take the first n,
so differences are paired. Naive Bayes (variances shared by the classes) and logistic regression are the pair of Ng and Jordan
(2001), LDA the generative rule that knows of correlation. Naive Bayes' rule tends to w = diag(S)^-1 (m_1 - m_0), which is
not the best one unless rho = 0. With `dof` = nu degrees of freedom the points are m + e / sqrt(chi^2_nu / nu), e ~ N(0, S):
Student's t, which has the same best line and which no rule here assumes. Every risk is exact
(`core.classification.risk.linear_risk`).
"""

from collections.abc import Iterator, Sequence

import numpy as np
from jaxtyping import Float, Int
from scipy.special import expit

from core.classification.risk import linear_risk
from core.key import Key
from core.process import Step

MEAN = np.repeat([0.45, 0.15], 5)
SIZES = (10, 16, 20, 30, 40, 60, 100, 160, 250, 400, 630, 1000)
REDRAWS = 200
NAIVE, LDA, LOGISTIC, RIDGED = RULES = ("naive Bayes", "LDA", "logistic", "logistic, ridge 1")
TRACE = 1e-3  # the ridge without which separable points have no logistic regression
NEWTON = 40


def covariance(rho: float) -> Float[np.ndarray, "10 10"]:
    """Unit variances, and rho between every two coordinates."""
    return np.full((len(MEAN), len(MEAN)), rho) + (1 - rho) * np.eye(len(MEAN))


def limits(rho: float, dof: float = np.inf) -> tuple[float, float]:
    """The Bayes risk, and the risk that naive Bayes tends to where variances are finite (`dof` > 2)."""
    s, means, zero = covariance(rho), np.stack([-MEAN, MEAN]), np.zeros(())
    best = linear_risk(np.linalg.solve(s, MEAN), zero, means, s, dof)
    return float(best), float(linear_risk(MEAN, zero, means, s, dof))


def curves(
    rho: float, key: Key, sizes: Sequence[int] = SIZES, redraws: int = REDRAWS, dof: float = np.inf
) -> Iterator[Step[tuple[int, ...]]]:
    """One size after the other: the sizes so far, and of every rule its exact risk (redraw, size)."""
    s, means = covariance(rho), np.stack([-MEAN, MEAN])
    y = np.arange(max(sizes)) % 2
    noise = key.generator().standard_normal((redraws, max(sizes), len(MEAN)))
    if np.isfinite(dof):
        noise /= np.sqrt((key / "tails").generator().chisquare(dof, (redraws, max(sizes), 1)) / dof)
    x = means[y] + noise @ np.linalg.cholesky(s).T
    found = {name: np.empty((redraws, len(sizes))) for name in RULES}
    for i, n in enumerate(sizes):
        for name, (w, b) in rules(x[:, :n], y[:n]).items():
            found[name][:, i] = linear_risk(w, b, means, s, dof)
        yield Step(i, tuple(sizes[: i + 1]), arrays={name: risks[:, : i + 1].copy() for name, risks in found.items()})


def rules(x: Float[np.ndarray, "r n d"], y: Int[np.ndarray, " n"]) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """The weights (r, d) and constants (r,) of every rule, for all redraws at once."""
    low, high = x[:, y == 0].mean(axis=1), x[:, y == 1].mean(axis=1)
    off = x - np.where(y[None, :, None] == 1, high[:, None], low[:, None])
    variance, pooled = (off**2).mean(axis=1), off.transpose(0, 2, 1) @ off / x.shape[1]
    linear = {
        NAIVE: (high - low) / variance,
        LDA: np.einsum("rij,rj->ri", np.linalg.pinv(pooled, rcond=1e-10, hermitian=True), high - low),
    }
    found = {name: (w, -np.einsum("ri,ri->r", w, (low + high) / 2)) for name, w in linear.items()}
    return found | {LOGISTIC: logistic(x, y, TRACE), RIDGED: logistic(x, y, 1.0)}


def logistic(
    x: Float[np.ndarray, "r n d"], y: Int[np.ndarray, " n"], ridge: float
) -> tuple[Float[np.ndarray, "r d"], Float[np.ndarray, " r"]]:
    """The bottom of sum log(1 + exp(-+ (b + w . x))) + ridge / 2 |w|^2 by Newton's method, for all redraws at once.

    A step of more than `far` is shortened to it: where points are nearly parted, the whole one would overshoot.
    """
    phi = np.concatenate([np.ones((*x.shape[:2], 1)), x], axis=2)
    across = np.ascontiguousarray(phi.transpose(0, 2, 1))
    penalty = np.diag([0.0, *[ridge] * x.shape[2]])
    w, far = np.zeros((len(x), phi.shape[2])), 8.0
    for _ in range(NEWTON):
        p = expit(np.einsum("rnf,rf->rn", phi, w))
        down = np.einsum("rfn,rn->rf", across, p - y) + w @ penalty
        bend = (across * (p * (1 - p))[:, None]) @ phi + penalty + 1e-9 * np.eye(len(penalty))
        step = np.linalg.solve(bend, down[..., None])[..., 0]
        step *= np.minimum(1, far / np.maximum(np.linalg.norm(step, axis=1, keepdims=True), 1e-300))
        w = w - step
        if np.abs(step).max() < 1e-9:
            break
    return w[:, 1:], w[:, 0]
