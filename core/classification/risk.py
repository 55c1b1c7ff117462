"""How good a rule can be, where the law of every class is known: by quadrature in the plane, on the line of a formula.

With p_k(x) = p(x, y = k) on the midpoints of even cells of area a,

    Bayes risk   a sum_x [p(x) - max_k p_k(x)]              the least error any rule can have
    risk         a sum_x [p(x) - p_{rule(x)}(x)]
    excess       a sum_x sum_k p_k(x) log p(k given x) / q(k given x)  =  E KL(p(y given x), q(y given x)), nats

and for two equally likely Gaussians of one covariance S the risk of any linear rule "class 1 where b + w . x > 0" is

    1/2 Phi(-(b + w . m_1) / s) + 1/2 Phi((b + w . m_0) / s),    s^2 = w . S w,    least at Phi(-Delta / 2)

with Delta the Mahalanobis distance of the means (Fisher, 1936). With Student's t of nu degrees of freedom in place of the
Gaussians, of the same scale matrix S, every w . x is a t on the line and Phi is its distribution function (Kotz and
Nadarajah, 2004). No test points, so no noise.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np
from jaxtyping import Float, Int
from scipy.special import ndtr, stdtr

from core.classification.rows import log_total


@dataclass(frozen=True)
class Cells:
    """Even cells of a rectangle: their midpoints `x` (h w, 2), row by row from the lowest, and the `area` of one."""

    x: Float[np.ndarray, "m 2"]
    area: float


def cells(bounds: Float[np.ndarray, "2 2"], side: int, margin: float = 0.0) -> Cells:
    """`side` cells each way, on the axes and a `margin` (a share of them) beyond each end."""
    low, high = np.asarray(bounds, dtype=float).T
    low, high = low - margin * (high - low), high + margin * (high - low)
    step = (high - low) / side
    across, up = (low[i] + (np.arange(side) + 0.5) * step[i] for i in range(2))
    return Cells(np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2), float(step.prod()))


def mass(log_joint: Float[np.ndarray, "m k"], area: float) -> float:
    """What of p(x) lies on the cells: near 1, or they are too few."""
    return float(area * np.exp(log_joint).sum())


def bayes(log_joint: Float[np.ndarray, "m k"], area: float) -> float:
    """The Bayes risk."""
    return risk(log_joint, log_joint.argmax(axis=1), area)


def risk(log_joint: Float[np.ndarray, "m k"], choice: Int[np.ndarray, " m"], area: float) -> float:
    """The error of the rule that says `choice`, of what lies on the cells."""
    p = np.exp(log_joint)
    return float(1 - p[np.arange(len(p)), choice].sum() / p.sum())


def excess(log_joint: Float[np.ndarray, "m k"], log_q: Float[np.ndarray, "m k"], area: float) -> float:
    """E KL(p(y given x), q(y given x)), nats; infinite where q calls a class impossible that is not."""
    p = np.exp(log_joint)
    with np.errstate(invalid="ignore"):
        parts = p * (log_joint - log_total(log_joint)[:, None] - log_q)
    return float(np.where(p > 0, parts, 0.0).sum() / p.sum())


def linear_risk(
    w: Float[np.ndarray, "... d"],
    b: Float[np.ndarray, "..."],
    means: Float[np.ndarray, "2 d"],
    s: np.ndarray,
    dof: float = np.inf,
) -> Float[np.ndarray, "..."]:
    """The risk of linear rules on two equally likely Gaussians with these means and one covariance `s` (d, d).

    With `dof` degrees of freedom they are Student's t with that scale matrix.
    """
    below = ndtr if np.isinf(dof) else partial(stdtr, dof)
    sd = np.sqrt(np.einsum("...i,ij,...j->...", w, s, w))
    with np.errstate(invalid="ignore", divide="ignore"):
        found = 0.5 * below(-(b + w @ means[1]) / sd) + 0.5 * below((b + w @ means[0]) / sd)
    return np.where(sd > 0, found, 0.5)


def reliability(
    weight: Float[np.ndarray, "m k"], q: Float[np.ndarray, "m k"], bins: int = 10
) -> tuple[Float[np.ndarray, " b"], Float[np.ndarray, " b"], Float[np.ndarray, " b"]]:
    """Calibration: over all (x, k) by what is said of them, the mean of q, the true share, and the mass (which sums to 1).

    `weight` is p(x, y = k), on cells or 1 / n on each point's own class. Bins of no mass are NaN.
    """
    at = np.minimum((q * bins).astype(int), bins - 1)
    total = np.broadcast_to(sum(weight.T)[:, None], q.shape)
    sums = [np.bincount(at.ravel(), v.ravel(), bins) for v in (total * q, weight, total)]
    with np.errstate(invalid="ignore", divide="ignore"):
        return sums[0] / sums[2], sums[1] / sums[2], sums[2] / sums[2].sum()
