"""What the KL of a VAE is made of, where its latent space is empty, and which of its dimensions sleep.

    mean_n KL(q(z given x_n), p(z))  =  I_q(x, z)  +  KL(q(z), p(z)),      q(z) = 1/n sum_n q(z given x_n)

the first part is what the code tells of which picture it came from (at most log n), the second how far the codes
together, the aggregate posterior q(z), are from the prior one samples from (Hoffman and Johnson, 2016). A dimension is
active if the encoder's mean varies over the data, Var_x E_q[z_j] > 0.01 (Burda, Grosse and Salakhutdinov, 2016). A hole is
a place the prior goes to and the codes do not. Nats.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float
from scipy.ndimage import maximum_filter
from scipy.special import logsumexp

from core.evaluation.metrics import Estimate, mean
from core.key import Key
from core.process import frozen
from core.vae.model import kl
from core.vae.truth.exact import HALF
from core.vae.truth.lattice import Grid, even
from core.vae.truth.likelihood import LOG_2PI

ACTIVE = 0.01
ROWS = 256  # posteriors whose densities are worked out together


@dataclass(frozen=True)
class Surgery:
    """`kl`, exact, and its two parts with their standard errors: `information` I_q(x, z) and `marginal` KL(q(z), p(z))."""

    kl: float
    information: Estimate
    marginal: Estimate


@dataclass(frozen=True)
class Hole:
    """A latent point `z` (d,) that the prior reaches and q(z) hardly: `depth` = log p(z) - log q(z), nats."""

    z: Float[np.ndarray, " d"]
    depth: float


def log_aggregate(
    z: Float[np.ndarray, "g d"], means: Float[np.ndarray, "n d"], log_vars: Float[np.ndarray, "n d"]
) -> Float[np.ndarray, " g"]:
    """log q(z), the even mixture of the n posteriors N(means, diag exp log_vars)."""
    precision = np.exp(-log_vars)
    constant = -0.5 * (log_vars + LOG_2PI + means**2 * precision).sum(axis=1)
    found = np.empty(len(z))
    for first in range(0, len(z), ROWS):
        part = z[first : first + ROWS]
        joint = constant - 0.5 * (part**2 @ precision.T) + part @ (means * precision).T
        found[first : first + ROWS] = logsumexp(joint, axis=1)
    return found - np.log(len(means))


def surgery(means: Float[np.ndarray, "n d"], log_vars: Float[np.ndarray, "n d"], key: Key, k: int = 8) -> Surgery:
    """The parts by `k` draws from each of the n posteriors; the errors are over the n pictures."""
    n, d = means.shape
    eps = key.generator().standard_normal((k, n, d))
    z = means + np.exp(0.5 * log_vars) * eps
    log_q = -0.5 * (eps**2 + log_vars + LOG_2PI).sum(axis=2)
    log_p = -0.5 * (z**2 + LOG_2PI).sum(axis=2)
    log_all = log_aggregate(z.reshape(-1, d), means, log_vars).reshape(k, n)
    total = float(kl(means, log_vars).sum(axis=1).mean())
    return Surgery(total, mean((log_q - log_all).mean(axis=0)), mean((log_all - log_p).mean(axis=0)))


def surgery_on_grid(means: Float[np.ndarray, "n d"], log_vars: Float[np.ndarray, "n d"], side: int = 401) -> Surgery:
    """The parts by quadrature, for 1 or 2 dimensions: I = H(q(z)) - mean H(q(z given x)), without noise."""
    reach = float((np.abs(means) + 7 * np.exp(0.5 * log_vars)).max())
    grid = even(np.full(means.shape[1], -reach), np.full(means.shape[1], reach), side)
    log_all = log_aggregate(grid.points, means, log_vars)
    weight = np.exp(log_all + grid.log_cell)
    apart = weight @ (log_all + 0.5 * (grid.points**2 + LOG_2PI).sum(axis=1))
    entropy = 0.5 * (log_vars + LOG_2PI + 1).sum(axis=1).mean()
    information = -float(weight @ log_all) - float(entropy)
    total = float(kl(means, log_vars).sum(axis=1).mean())
    return Surgery(total, Estimate(information, 0.0), Estimate(float(apart), 0.0))


def aggregate(
    means: Float[np.ndarray, "n d"], log_vars: Float[np.ndarray, "n d"], half: float = HALF / 2, side: int = 121
) -> tuple[Grid, Float[np.ndarray, "..."]]:
    """log q(z) over the square (or line) |z_j| <= half: the grid, and one axis a dimension."""
    d = means.shape[1]
    grid = even(np.full(d, -half), np.full(d, half), side)
    return grid, frozen(log_aggregate(grid.points, means, log_vars).reshape((side,) * d))


def holes(grid: Grid, log_all: Float[np.ndarray, "..."], most: int = 8, radius: float = 2.5) -> list[Hole]:
    """The deepest holes within `radius` of the middle: local peaks of log p(z) - log q(z) above log 4, deepest first."""
    points = grid.points
    depth = -0.5 * (points**2 + LOG_2PI).sum(axis=1) - log_all.ravel()
    inside = (points**2).sum(axis=1) <= radius**2
    shown = np.where(inside, depth, -np.inf).reshape(log_all.shape)
    peak = (shown == maximum_filter(shown, size=7, mode="nearest")) & (shown > np.log(4.0))
    rows = np.flatnonzero(peak.ravel())
    return [Hole(frozen(points[i]), float(depth[i])) for i in rows[np.argsort(-depth[rows])][:most]]


def activity(means: Float[np.ndarray, "n d"]) -> Float[np.ndarray, " d"]:
    """Variance over the data of each dimension's posterior mean."""
    return means.var(axis=0)


def active(means: Float[np.ndarray, "n d"]) -> Bool[np.ndarray, " d"]:
    """Which dimensions tell anything of the picture."""
    return activity(means) > ACTIVE


def mean_divergence(means: Float[np.ndarray, "n d"], log_vars: Float[np.ndarray, "n d"]) -> Float[np.ndarray, " d"]:
    """The mean KL of each dimension, nats: near 0 where it has collapsed onto the prior."""
    return kl(means, log_vars).mean(axis=0)
