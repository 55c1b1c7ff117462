"""What must hold of a joint law in the plane: its integral, its stationarity, its units, its contours, its slices."""

import numpy as np
from jaxtyping import Float
from scipy.special import ndtr

from core.check import Check
from core.joint import copula
from core.joint.copula import GaussianCopula
from core.joint.grid import MOST, Contour, kernel_axes, volume
from core.joint.joint import Joint, Kernels, Mixture, OneGaussian, Way, WithPrior
from core.kernels.kde import KDE
from core.key import Key
from core.laws import gaussian
from core.laws.conjugate import normal
from core.laws.gaussian import Gaussian
from core.laws.likelihood import sufficient
from core.mixture.gmm import GMM

DRAWS = 4000
LOOKED = 400  # points at which densities are compared


def stationary(way: Way, law: Joint, x: Float[np.ndarray, "n d"]) -> Check:
    """What says that the fit has arrived: a slope of 0, or the equation that the fitted law solves."""
    model = law.model
    if isinstance(way, OneGaussian) and isinstance(model, Gaussian):
        config = gaussian.Config(covariance=way.covariance)
        ground = gaussian.hill(config, sufficient(x))
        slope = float(np.linalg.norm(ground.slope(ground.coordinates(model.mean, model.covariance))))
        return Check("gradient of the log-likelihood at the maximum (length, nats)", slope, 0.0, 1e-7)
    if isinstance(way, WithPrior) and isinstance(model, Gaussian):
        return Check("slope of the log-posterior at its top (nats)", posterior_slope(way.prior, model, x), 0.0, 1e-4)
    if isinstance(model, GMM):
        r = model.responsibilities(x)
        moved = (r.T @ x / r.sum(axis=0)[:, None] - model.means) / np.sqrt(np.einsum("kii->ki", model.covariances))
        return Check("one more EM step moves a mean by (standard deviations)", float(np.abs(moved).max()), 0.0, 0.05)
    if isinstance(model, KDE):
        axes = kernel_axes(model)
        if max(len(a) for a in axes) > MOST:
            return Check("mean of the estimate equals that of the data (standard deviations)", np.nan, 0.0, 1e-4)
        weight = model.on_grid(*axes)
        found = np.array([weight.sum(axis=1 - k) @ axes[k] for k in (0, 1)]) / weight.sum()
        off = float(np.abs((found - x.mean(axis=0)) / x.std(axis=0)).max())
        return Check("mean of the estimate equals that of the data (standard deviations)", off, 0.0, 1e-4)
    assert isinstance(model, GaussianCopula)
    off = float(np.abs(copula.fit(model.margins, x).correlation - model.correlation).max())
    return Check("correlation of the data's normal scores equals R", off, 0.0, 1e-12)


def posterior_slope(prior: normal.Config, model: Gaussian, x: Float[np.ndarray, "n d"]) -> float:
    """The steepest of the log-posterior's slopes along mean and covariance, by central differences, nats per 1 % step."""
    points = sufficient(x)
    spread = np.sqrt(np.diag(points.covariance))
    law, step = prior.prior_of_columns(points.mean, spread).posterior(x), 1e-4
    d, slopes = model.dim, []
    for i in range(d):
        shift = step * spread * np.eye(d)[i]
        pair = [law.log_prob(Gaussian(model.mean + s * shift, model.covariance)) for s in (1, -1)]
        slopes.append((pair[0] - pair[1]) / (2 * step))
        for j in range(i, d):
            turn = np.zeros((d, d))
            turn[i, j] = turn[j, i] = step * np.sqrt(model.covariance[i, i] * model.covariance[j, j])
            pair = [law.log_prob(Gaussian(model.mean, model.covariance + s * turn)) for s in (1, -1)]
            slopes.append((pair[0] - pair[1]) / (2 * step))
    return float(np.abs(slopes).max()) / law.strength  # per observation


def equivariance(way: Way, law: Joint, x: Float[np.ndarray, "n d"]) -> Check:
    """The largest change of log p when the data are measured in other units, fitted again, and carried back.

    Columns are stretched by different factors and moved; by one factor where the way of fitting counts on common units,
    and not moved for a copula, whose laws of positive values begin at 0.
    """
    common = isinstance(way, OneGaussian) and way.covariance == "spherical"
    scale = np.array([4.0, 4.0] if common else [60.0, 0.25])
    shift = np.zeros(2) if isinstance(law.model, GaussianCopula) else np.array([-3.0, 20.0]) * scale * x.std(axis=0)
    at = x[np.linspace(0, len(x) - 1, min(LOOKED, len(x))).astype(int)]
    again = way.fit(x * scale + shift)
    off = again.log_prob(at * scale + shift) + np.log(scale).sum() - law.log_prob(at)
    loose = 1e-4 if isinstance(way, Mixture | Kernels) or isinstance(law.model, GaussianCopula) else 1e-7
    return Check("log p in other units, carried back (largest change, nats)", float(np.abs(off).max()), 0.0, loose)


def enclosed(law: Joint, contours: tuple[Contour, ...], key: Key) -> list[Check]:
    """The share of fresh draws inside each contour, within four standard errors."""
    height = law.log_prob(law.sample(DRAWS, key))
    shares = [(c, float((height >= np.log(c.level)).mean())) for c in contours]
    return [
        Check(
            f"share of {DRAWS:,} fresh draws inside the {c.mass:.0%} contour",
            share,
            c.mass,
            4 * float(np.sqrt(c.mass * (1 - c.mass) / DRAWS)) + 0.01,  # and the contour's own error
        )
        for c, share in shares
    ]


def slices(law: Joint, x: Float[np.ndarray, "n d"]) -> Check:
    """The integral of p(y given x) at the median x, by the trapezoid rule."""
    if isinstance(law.model, GaussianCopula):
        at = np.unique(law.model.margins[1].ppf(ndtr(np.linspace(-8, 8, 20_001))))
    else:
        spread = float(np.abs(x[:, 1] - x[:, 1].mean()).max() + 4 * x[:, 1].std())
        at = x[:, 1].mean() + np.linspace(-2, 2, 20_001) * spread
    there = law.conditional(0, float(np.median(x[:, 0])), at)
    return Check("p(y given x) integrates to 1 at the median x", float(np.trapezoid(there, at)), 1.0, 1e-3)


def of_law(way: Way, law: Joint, x: Float[np.ndarray, "n d"], contours: tuple[Contour, ...], key: Key) -> list[Check]:
    """The self-test strip of a law fitted to x."""
    whole = Check("density integrates to 1", volume(law), 1.0, 1e-3)
    return [whole, stationary(way, law, x), equivariance(way, law, x), slices(law, x), *enclosed(law, contours, key)]
