"""What a joint law of two columns expects of one where the other is known.

A Gaussian's conditional is Gaussian, and that of a mixture a mixture of the components' own, weighted by how likely each
makes what is known; kernels are a mixture with a component on every point:

    w_k(x) = pi_k N(x; m_k, S_k) / sum_j pi_j N(x; m_j, S_j),    E[y given x] = sum_k w_k(x) E_k[y given x]

(Bishop, Pattern Recognition and Machine Learning, 2006, sections 2.3.1 and 2.5.1, for kernels: Nadaraya, 1964; Watson, 1964.)
"""

import numpy as np
from jaxtyping import Float

from core.joint.joint import Joint
from core.kernels.kde import KDE
from core.laws.gaussian import Gaussian
from core.mixture.gmm import GMM


def moments(law: Joint, column: int, value: float, at: Float[np.ndarray, " m"]) -> tuple[float, float] | None:
    """Mean and standard deviation (data units) of the other of two columns where `column` is `value`.

    Exact for Gaussians, their mixtures and kernels; of a copula by the trapezoid rule at the places `at`. None where the
    law has no mass there.
    """
    if isinstance(law.model, Gaussian | GMM | KDE):
        return of_bumps(*bumps(law.model), column, value)
    there = law.conditional(column, value, at)
    whole = np.trapezoid(there, at)
    if not (np.isfinite(whole) and whole > 0):
        return None
    mean = float(np.trapezoid(at * there, at) / whole)
    return mean, float(np.sqrt(np.trapezoid((at - mean) ** 2 * there, at) / whole))


def bumps(
    model: Gaussian | GMM | KDE,
) -> tuple[Float[np.ndarray, " k"], Float[np.ndarray, "k 2"], Float[np.ndarray, "_ 2 2"]]:
    """Weights, means and covariances of the Gaussians that a law adds up; one covariance where all have the same."""
    if isinstance(model, GMM):
        return model.weights, model.means, model.covariances
    if isinstance(model, KDE):
        return np.full(len(model.points), 1 / len(model.points)), model.points, model.bandwidth[None]
    return np.ones(1), model.mean[None], model.covariance[None]


def of_bumps(
    weights: Float[np.ndarray, " k"],
    means: Float[np.ndarray, "k 2"],
    covariances: Float[np.ndarray, "_ 2 2"],
    column: int,
    value: float,
) -> tuple[float, float]:
    """Mean and standard deviation of the other column under a mixture of Gaussians."""
    other, off = 1 - column, value - means[:, column]
    own, both = covariances[:, column, column], covariances[:, column, other]
    with np.errstate(divide="ignore"):
        log_w = np.log(weights) - 0.5 * off**2 / own - 0.5 * np.log(own)
    w = np.exp(log_w - log_w.max())
    w /= w.sum()
    each = means[:, other] + both / own * off
    mean = float(w @ each)
    within = covariances[:, other, other] - both**2 / own
    return mean, float(np.sqrt(w @ (within + (each - mean) ** 2)))
