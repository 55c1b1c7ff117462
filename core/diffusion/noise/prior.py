"""The prior mismatch: how far the end of noising is from the Gaussian that generation begins with.

    KL(q(x_T), N(0, s^2 I)) / d = [-h(q) + E|x_T|^2 / 2 s^2] / d + log(2 pi s^2) / 2,   s = `Schedule.prior_scale`

Nats per dimension. The second moment is exact; the entropy h is exact for one Gaussian, and by quadrature otherwise:
Gauss-Hermite around every component of a mixture, the trapezoid rule for a set of points, whose density on a grid is one
matrix product because its kernel factors. Lin et al. (2023) tell what a mismatch does.
"""

import numpy as np
from jaxtyping import Float

from core.diffusion.noise.schedule import Schedule
from core.diffusion.truth.exact import ExactMixture
from core.mixture.em import LOG_2PI
from core.mixture.gmm import GMM
from core.process import Halt

NODES = 24  # of Gauss-Hermite, an axis
REACH, FINE, MOST = 8.0, 0.5, 600  # of the trapezoid rule: sigmas beyond the points, sigmas a step, nodes an axis


def mismatch(schedule: Schedule, data: GMM | Float[np.ndarray, "n d"]) -> float:
    """KL(q(x_T), N(0, s^2 I)) per dimension, nats, for a mixture or a set of points in 1 or 2 dimensions.

    Raises Halt for more dimensions (save one Gaussian), or where so little noise is left that the quadrature would not
    resolve it.
    """
    s, alpha, sigma = schedule.prior_scale, float(schedule.alpha(1.0)), float(schedule.sigma(1.0))
    if isinstance(data, GMM):
        d, noised = data.dim, ExactMixture(data, schedule).noised(1.0)
        square = noised.weights @ ((noised.means**2).sum(1) + np.trace(noised.covariances, axis1=1, axis2=2))
        entropy = _entropy(noised)
    else:
        d = data.shape[1]
        square = float((alpha**2 * data**2).sum(1).mean() + d * sigma**2)
        entropy = _entropy_of_points(alpha * data, sigma)
    return float((-entropy + square / (2 * s**2)) / d + 0.5 * LOG_2PI + np.log(s))


def _entropy(p: GMM) -> float:
    """h(p), nats: exact for one component, else a sum over the components of Gauss-Hermite rules."""
    if len(p.weights) == 1:
        return float(0.5 * np.linalg.slogdet(2 * np.pi * np.e * p.covariances[0])[1])
    _flat(p.dim)
    node, w = np.polynomial.hermite_e.hermegauss(NODES)
    nodes = np.stack([a.ravel() for a in np.meshgrid(*[node] * p.dim)], 1)
    mass = np.prod(np.stack([a.ravel() for a in np.meshgrid(*[w] * p.dim)], 1), axis=1) / w.sum() ** p.dim
    factors = np.linalg.cholesky(p.covariances)
    each = [mass @ p.log_prob(mean + nodes @ factor.T) for mean, factor in zip(p.means, factors, strict=True)]
    return -float(p.weights @ np.array(each))


def _entropy_of_points(centres: Float[np.ndarray, "n d"], sigma: float) -> float:
    """h of equal Gaussians of width sigma at `centres`, nats, by the trapezoid rule."""
    _flat(centres.shape[1])
    rows, step = [], 1.0
    for column in centres.T:
        low, high = column.min() - REACH * sigma, column.max() + REACH * sigma
        count = int(np.ceil((high - low) / (FINE * sigma))) + 1 if sigma > 0 else MOST + 1
        if count > MOST:
            raise Halt(
                "Hardly any noise is left at the end of this schedule: the mismatch has no finite value to show."
            )
        axis = np.linspace(low, high, count)
        rows.append(np.exp(-0.5 * ((axis[:, None] - column) / sigma) ** 2) / (sigma * np.sqrt(2 * np.pi)))
        step *= float(axis[1] - axis[0])
    density = rows[0].mean(1) if len(rows) == 1 else rows[0] @ rows[1].T / len(centres)
    return -float((density * np.log(np.maximum(density, 1e-300))).sum() * step)


def _flat(d: int) -> None:
    if d > 2:
        raise Halt("The prior mismatch is worked out in one or two dimensions.")
