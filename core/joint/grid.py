"""A joint law in the plane as numbers on a grid: its density, its integral, and the levels that enclose a given mass.

The contour that encloses the share m of a law's mass is the highest-density region {p > t} with P(p(X) > t) = m (Hyndman,
1996), so t is the quantile 1 - m of the density at the law's own draws, whatever part of the plane is looked at.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float
from scipy.special import ndtr

from core.joint.copula import GaussianCopula, normal_scores
from core.joint.joint import Joint
from core.joint.margins import KernelMargin, Margin
from core.kernels.kde import KDE
from core.key import Key
from core.laws.gaussian import Gaussian
from core.mixture import checks
from core.mixture.gmm import GMM

EXACT = 25_000_000  # kernel values up to which a kernel density is summed at every node
NODES = 1500  # along each side of the grid on which a copula is integrated
REACH = 7.0  # normal scores up to which it is
MOST = 2000  # the most along each side of a kernel density's
DRAWS = 20_000
FEWER = 4000  # draws where kernels are summed


@dataclass(frozen=True)
class Contour:
    """The density `level` (per unit of area) above which lies the share `mass` of a law."""

    mass: float
    level: float


def blurred(law: Joint, cell: Float[np.ndarray, " d"]) -> Joint:
    """The law blurred by a Gaussian whose standard deviations are half a cell's sides.

    So a ridge thinner than a grid's cells keeps its mass on that grid: summed at one node a cell it is within 2 exp(-pi^2 / 2)
    = 1.5 % of itself along each axis, by Poisson's formula. TypeError for a copula, which is not made of Gaussians.
    """
    wide, model = np.diag(cell**2 / 4), law.model
    if isinstance(model, GaussianCopula):
        raise TypeError("A copula is not blurred in closed form.")
    if isinstance(model, KDE):
        return replace(law, model=replace(model, bandwidth=model.bandwidth + wide))
    if isinstance(model, GMM):
        return replace(law, model=replace(model, covariances=model.covariances + wide))
    return replace(law, model=replace(model, covariance=model.covariance + wide))


def density(law: Joint, xs: Float[np.ndarray, " w"], ys: Float[np.ndarray, " h"]) -> Float[np.ndarray, "h w"]:
    """p at the nodes of a uniform grid, rows along `ys`.

    Kernels are summed one by one where that is quick, so that far tails are right too, else by Fourier transform
    (`core.kernels.sums`: to 1e-4 wherever the density exceeds 1e-3 of its peak).
    """
    model = law.model
    if isinstance(model, GaussianCopula):
        return joined(model, xs, ys)
    if isinstance(model, KDE) and len(model.points) * len(xs) * len(ys) > EXACT:
        return np.maximum(model.on_grid(xs, ys).T, 0.0)
    at = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)
    return np.exp(law.log_prob(at)).reshape(len(ys), len(xs))


def joined(model: GaussianCopula, xs: Float[np.ndarray, " w"], ys: Float[np.ndarray, " h"]) -> Float[np.ndarray, "h w"]:
    """A copula's density on a grid, each margin asked only once for every node of its axis."""
    scores = [normal_scores((m,), a[:, None])[:, 0] for m, a in zip(model.margins, (xs, ys), strict=True)]
    alone = [m.log_prob(a) for m, a in zip(model.margins, (xs, ys), strict=True)]
    z = np.stack(np.meshgrid(*scores), axis=-1).reshape(-1, 2)
    return np.exp(model.log_dependence(z).reshape(len(ys), len(xs)) + alone[0] + alone[1][:, None])


def volume(law: Joint) -> float:
    """The integral of the density by the trapezoid rule; NaN where bumps, or a copula's ridge, are too narrow for its nodes.

    A Gaussian and the components of a mixture are each summed along their own axes, kernels by Fourier transform on nodes
    no further apart than their width, a copula between the quantiles of its margins.
    """
    model = law.model
    if isinstance(model, Gaussian):
        model = GMM(np.ones(1), model.mean[None], model.covariance[None])
    if isinstance(model, GMM):
        return checks.mass(model)
    if isinstance(model, KDE):
        axes = kernel_axes(model)
        if max(len(a) for a in axes) > MOST:
            return float("nan")
        return float(model.on_grid(*axes).sum() * np.prod([a[1] - a[0] for a in axes]))
    ridge = np.sqrt(max(1 - np.abs(np.triu(model.correlation, 1)).max() ** 2, 0.0))
    nodes = [between(m) for m in model.margins]
    if ridge < 2 * REACH / (NODES // 2) or max(len(a) for a in nodes) > MOST:
        return float("nan")
    return float(np.trapezoid(np.trapezoid(joined(model, nodes[0], nodes[1]), nodes[0], axis=1), nodes[1]))


def between(margin: Margin) -> Float[np.ndarray, " k"]:
    """Half of the nodes at quantiles, half of them evenly spaced, so that gaps between modes are seen too.

    Each stretch that kernels reach is spaced by itself: the gap to a far value is then one empty cell.
    """
    quantiles, half = margin.ppf(ndtr(np.linspace(-REACH, REACH, NODES))), NODES // 2
    stretches = margin.model.stretches() if isinstance(margin, KernelMargin) else np.empty((1, 2))
    if len(stretches) == 1:
        stretches = quantiles[None, [0, -1]]
    even = [np.linspace(low, high, max(half // len(stretches), 32)) for low, high in stretches]
    return np.unique(np.concatenate([quantiles[::2], *even]))


def kernel_axes(model: KDE) -> list[Float[np.ndarray, " _"]]:
    """Nodes over all bumps, as close as a bump is wide where the other column is known."""
    reach = 8 * np.sqrt(np.diag(model.bandwidth))
    narrow = 1 / np.sqrt(np.diag(np.linalg.inv(model.bandwidth)))
    low, high = model.points.min(axis=0) - reach, model.points.max(axis=0) + reach
    return [np.linspace(a, b, int(np.ceil((b - a) / w)) + 2) for a, b, w in zip(low, high, narrow, strict=True)]


def contours(law: Joint, masses: Sequence[float], key: Key) -> tuple[Contour, ...]:
    """The levels that enclose each share of the mass: for kernels from their own grid, else from `DRAWS` draws."""
    model, share = law.model, np.asarray(masses, dtype=float)
    if isinstance(model, KDE):
        axes = kernel_axes(model)
        if max(len(a) for a in axes) <= MOST:
            fine = [np.linspace(a[0], a[-1], min(MOST, 2 * len(a))) for a in axes]
            height = np.sort(model.on_grid(*fine).ravel())[::-1]
            levels = height[np.searchsorted(height.cumsum() / height.sum(), share)]
            return tuple(Contour(float(m), float(t)) for m, t in zip(share, levels, strict=True))
    plain = isinstance(model, Gaussian | GMM)
    height = law.log_prob(law.sample(DRAWS if plain else FEWER, key))
    return tuple(
        Contour(float(m), float(t)) for m, t in zip(share, np.exp(np.quantile(height, 1 - share)), strict=True)
    )
