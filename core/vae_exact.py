"""The truth beside a VAE with one or two latent dimensions: log p(x), the true posterior and KL(q, p), by quadrature.

    log p(x) = log integral p(x given z) N(z | 0, I) dz  ~  log sum_g p(x given z_g) N(z_g | 0, I) h^d

on an even grid of spacing h (the trapezoid rule, which converges faster than any power of h for smooth integrands that
vanish at the ends: Trefethen and Weideman, 2014). `posterior` looks twice: on a coarse grid over the prior, then on one as
fine laid over where the posterior and q are, so that narrow posteriors are resolved. Whatever the encoder,

    log p(x) - ELBO(x) = KL(q(z given x), p(z given x)).

Everything in nats.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from scipy.special import logsumexp

from core.process import frozen
from core.vae_likelihood import LOG_2PI
from core.vae_model import CHUNK, VAE, Labels, kl

HALF = 6.0  # the prior beyond six standard deviations weighs 4e-9
SIDE = 161
FINEST = 641
DEEP = 30.0  # a cell this many nats below the highest is left out of the closer look
REACH = 7.0  # standard deviations of q that the closer look must hold


@dataclass(frozen=True)
class Grid:
    """An even grid: `axes`, one vector of coordinates a latent dimension."""

    axes: tuple[Float[np.ndarray, " s"], ...]

    @property
    def points(self) -> Float[np.ndarray, "g d"]:
        """Every point, the last axis fastest."""
        return np.stack(np.meshgrid(*self.axes, indexing="ij"), -1).reshape(-1, len(self.axes))

    @property
    def log_cell(self) -> float:
        """log of the volume of a cell."""
        return float(sum(np.log(axis[1] - axis[0]) for axis in self.axes))


def even(low: Float[np.ndarray, " d"], high: Float[np.ndarray, " d"], side: int) -> Grid:
    """`side` points an axis from `low` to `high`."""
    return Grid(tuple(frozen(np.linspace(a, b, side)) for a, b in zip(low, high, strict=True)))


@dataclass(frozen=True)
class Posterior:
    """p(z given x) of one image on a grid fine enough for it.

    `log_density` (one axis a dimension) is log p(z given x); `log_prob` is log p(x); `elbo` and `divergence` =
    KL(q, p(z given x)) are of the encoder's q, both by the same grid; `coarse` is log p(x) by the grid over the prior.
    """

    grid: Grid
    log_density: Float[np.ndarray, "..."]
    log_prob: float
    coarse: float
    elbo: float
    divergence: float


def over_prior(model: VAE, mean: Float[np.ndarray, "n d"], side: int = SIDE) -> Grid:
    """A grid over the prior, and over the encoder's means with room where they lie further out; ValueError if d > 2."""
    if model.latent > 2:
        raise ValueError(f"Quadrature needs 1 or 2 latent dimensions; this model has {model.latent}.")
    half = max(HALF, 1.25 * float(np.abs(mean).max(initial=0)))
    return even(np.full(model.latent, -half), np.full(model.latent, half), side)


def log_joint(
    model: VAE, x: Float[np.ndarray, "n c h w"], grid: Grid, labels: Labels | None = None
) -> Float[np.ndarray, "n g"]:
    """log p(x_n, z_g) at every point of the grid; a labelled model needs all images under one label."""
    return np.concatenate([block for _, block in _blocks(model, x, grid, labels)], axis=1)


def log_prob(
    model: VAE, x: Float[np.ndarray, "n c h w"], labels: Labels | None = None, side: int | None = None
) -> Float[np.ndarray, " n"]:
    """log p(x) of every image, nats, on one grid over the prior; the decoder runs side^d times for each label.

    Without a `side` the grid is as fine as the narrowest q of these images, sigma: the trapezoid rule is wrong by about
    2 exp(-2 pi^2 sigma^2 / h^2) of a Gaussian sigma wide, which is 5e-9 at the spacing h = sigma.
    """
    mean, log_var = model.encode(x, labels)
    if side is None:
        half = float(over_prior(model, mean).axes[0][-1])
        side = int(np.clip(2 * half * np.exp(-0.5 * log_var.min(initial=0)), SIDE - 1, FINEST - 1)) + 1
    grid, total = over_prior(model, mean, side), np.full(len(x), -np.inf)
    kinds = [None] if labels is None else list(np.unique(labels, axis=0))
    for kind in kinds:
        rows = np.arange(len(x)) if labels is None else np.flatnonzero((labels == kind).all(axis=1))
        told = None if labels is None else labels[rows]
        for _, block in _blocks(model, x[rows], grid, told):
            total[rows] = np.logaddexp(total[rows], logsumexp(block, axis=1))
    return total + grid.log_cell


def posterior(
    model: VAE, x: Float[np.ndarray, "c h w"], label: np.ndarray | None = None, side: int = SIDE
) -> Posterior:
    """The true posterior of one image, its log p(x), and how far the encoder's q is from it."""
    images, labels = x[None], None if label is None else label[None]
    mean, log_var = model.encode(images, labels)
    coarse = over_prior(model, mean, side)
    joint = log_joint(model, images, coarse, labels)[0]
    near = coarse.points[joint > joint.max() - DEEP]
    reach = REACH * np.exp(0.5 * log_var[0])
    room = np.array([axis[1] - axis[0] for axis in coarse.axes])
    low = np.minimum(near.min(axis=0) - room, mean[0] - reach)
    high = np.maximum(near.max(axis=0) + room, mean[0] + reach)
    grid = even(low, high, side)
    joint_near = log_joint(model, images, grid, labels)[0]
    log_p = float(logsumexp(joint_near)) + grid.log_cell
    q = normal(grid.points, mean[0], log_var[0])
    elbo, divergence = against(q, joint_near, log_p, grid)
    shape = tuple(len(axis) for axis in grid.axes)
    first = float(logsumexp(joint)) + coarse.log_cell
    return Posterior(grid, frozen((joint_near - log_p).reshape(shape)), log_p, first, elbo, divergence)


def against(
    q: Float[np.ndarray, " g"], joint: Float[np.ndarray, " g"], log_p: float, grid: Grid
) -> tuple[float, float]:
    """ELBO and KL(q, p(z given x)) of a log-density `q` on the grid, where log p(x, z) is `joint` and log p(x) is `log_p`."""
    weight = np.exp(q + grid.log_cell)
    return float(weight @ (joint - q)), float(weight @ (q - (joint - log_p)))


def normal(z: Float[np.ndarray, "g d"], mean: Float[np.ndarray, " d"], log_var: Float[np.ndarray, " d"]) -> np.ndarray:
    """log N(z | mean, diag exp log_var), nats, (g,)."""
    return -0.5 * ((z - mean) ** 2 * np.exp(-log_var) + log_var + LOG_2PI).sum(axis=1)


def quadrature_elbo(
    model: VAE, x: Float[np.ndarray, "n c h w"], labels: Labels | None = None, nodes: int = 24
) -> Float[np.ndarray, " n"]:
    """The ELBO of the encoder's q by Gauss-Hermite quadrature, `nodes` points a dimension: no grid, no noise; any small d."""
    mean, log_var = model.encode(x, labels)
    where, weight = hermite(model.latent, nodes)
    found = np.zeros(len(x))
    for i, image in enumerate(x):
        z = torch.from_numpy(mean[i] + np.exp(0.5 * log_var[i]) * where)
        told = None if labels is None else np.tile(labels[i], (len(where), 1))
        with torch.inference_mode():
            out = model.outputs(z, told)
            log_p = model.likelihood.pairwise(out, torch.from_numpy(np.array(image[None])), model.tensors())[0]
        found[i] = weight @ log_p.numpy()
    return found - kl(mean, log_var).sum(axis=1)


def hermite(d: int, nodes: int) -> tuple[Float[np.ndarray, "g d"], Float[np.ndarray, " g"]]:
    """Gauss-Hermite points and weights (summing to 1) of N(0, I) in d dimensions, `nodes` a dimension."""
    u, w = np.polynomial.hermite_e.hermegauss(nodes)
    points = np.stack(np.meshgrid(*[u] * d, indexing="ij"), -1).reshape(-1, d)
    weight = np.stack(np.meshgrid(*[w / w.sum()] * d, indexing="ij"), -1).reshape(-1, d).prod(axis=1)
    return points, weight


def _blocks(
    model: VAE, x: np.ndarray, grid: Grid, labels: Labels | None
) -> Iterator[tuple[np.ndarray, Float[np.ndarray, "n b"]]]:
    """The grid's points a few at a time, with log p(x_n, z) there."""
    if labels is not None and len(np.unique(labels, axis=0)) > 1:
        raise ValueError("The images must share one label: the decoder is asked under it.")
    points, weights, images = grid.points, model.tensors(), torch.from_numpy(np.array(x))
    many = max(1, CHUNK // (model.likelihood.per_pixel * int(np.prod(model.shape))))
    for first in range(0, len(points), many):
        z = points[first : first + many]
        told = None if labels is None else np.tile(labels[:1], (len(z), 1))
        with torch.inference_mode():
            log_p = model.likelihood.pairwise(model.outputs(torch.from_numpy(z), told), images, weights).numpy()
        yield z, log_p - 0.5 * (z**2 + LOG_2PI).sum(axis=1)
