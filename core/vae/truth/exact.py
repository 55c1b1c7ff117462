"""The truth beside a VAE with one or two latent dimensions: log p(x), the true posterior and KL(q, p), by quadrature.

    log p(x) = log integral p(x given z) N(z | 0, I) dz  ~  log sum_g p(x given z_g) N(z_g | 0, I) h^d

on an even lattice of spacing h (the trapezoid rule, which converges faster than any power of h for smooth integrands that
vanish at the ends: Trefethen and Weideman, 2014). The first look is at the whole prior; each further one halves h, only
where the posterior is, until log p(x) has settled: an even lattice's error is squared by halving h. So narrow
posteriors are resolved. Whatever the encoder,

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
from core.vae.model import CHUNK, VAE, Labels, kl
from core.vae.truth.lattice import Lattice
from core.vae.truth.likelihood import LOG_2PI

HALF = 6.0  # the prior beyond six standard deviations weighs 4e-9
SIDE = 161
DEEP = 30.0  # a node this many nats below the highest has no finer ones about it
REACH = 7.0  # standard deviations of q that every look at a posterior holds
SETTLED = 1e-4  # nats that halving h may still change: what is left is about its square
NODES, EDGE = 37, 6.0  # of a mean under q: nodes a dimension, and the standard deviations they reach
FINEST = 12  # times h is halved at most
MOST = 2_000_000  # nodes of one look at most
PART = 4_000_000  # pairs of an image and a node that are looked at in one go, about a fifth of a second
Law = tuple[Float[np.ndarray, " d"], Float[np.ndarray, " d"]]  # mean and log-variance


@dataclass(frozen=True)
class Posterior:
    """p(z given x) of one image at `points` (g, d) of a lattice fine enough for it, whose cells have the volume exp `log_cell`.

    `log_density` (g,) is log p(z given x); `log_prob` is log p(x); `elbo` and `divergence` = KL(q, p(z given x)) are of the
    encoder's q, both by the same points; `coarse` is log p(x) by the first look, at the prior.
    """

    points: Float[np.ndarray, "g d"]
    log_cell: float
    log_density: Float[np.ndarray, " g"]
    log_prob: float
    coarse: float
    elbo: float
    divergence: float

    @property
    def weight(self) -> Float[np.ndarray, " g"]:
        """The probability of every cell; they sum to 1."""
        return np.exp(self.log_density + self.log_cell)


def over_prior(model: VAE, mean: Float[np.ndarray, "n d"], side: int = SIDE) -> Lattice:
    """`side` (odd) nodes an axis over the prior, and over means that lie further out, with room; ValueError if d > 2."""
    if model.latent > 2:
        raise ValueError(f"Quadrature needs 1 or 2 latent dimensions; this model has {model.latent}.")
    half = max(HALF, 1.25 * float(np.abs(mean).max(initial=0)))
    along = np.arange(-(side // 2), side // 2 + 1)
    index = np.stack(np.meshgrid(*[along] * model.latent, indexing="ij"), -1).reshape(-1, model.latent)
    return Lattice(index, half / (side // 2))


def log_joint(
    model: VAE, x: Float[np.ndarray, "n c h w"], points: Float[np.ndarray, "g d"], labels: Labels | None = None
) -> Float[np.ndarray, "n g"]:
    """log p(x_n, z_g) at every point; a labelled model needs all images under one label."""
    return np.concatenate(list(_blocks(model, x, points, labels)), axis=1)


def log_prob(
    model: VAE,
    x: Float[np.ndarray, "n c h w"],
    labels: Labels | None = None,
    side: int | None = None,
    settled: float = SETTLED,
) -> Float[np.ndarray, " n"]:
    """log p(x) of every image, nats; with a `side`, by one look at the prior, which may step over narrow posteriors.

    Every image is looked at until halving the spacing changes it by no more than `settled`; what is left is far less.
    """
    total = np.zeros(len(x))
    for found in gradually(model, x, labels, side, settled):
        total = found
    return total


def gradually(
    model: VAE,
    x: Float[np.ndarray, "n c h w"],
    labels: Labels | None = None,
    side: int | None = None,
    settled: float = SETTLED,
) -> Iterator[Float[np.ndarray, " n"]]:
    """`log_prob` as far as it is known after every `PART` of the work, at last whole."""
    total = np.full(len(x), -np.inf)
    kinds = [None] if labels is None else list(np.unique(labels, axis=0))
    for kind in kinds:
        rows = np.arange(len(x)) if labels is None else np.flatnonzero((labels == kind).all(axis=1))
        told = None if labels is None else labels[rows]
        for found in _looked(model, x[rows], told, (side, 0) if side else (SIDE, FINEST), settled):
            total[rows] = found
            yield total.copy()


def _looked(
    model: VAE, x: np.ndarray, labels: Labels | None, looks: tuple[int, int], settled: float
) -> Iterator[Float[np.ndarray, " n"]]:
    """log p(x) of images under one label, looked at together, closer and closer where one of them has not settled.

    `looks` are the nodes an axis of the first look, and how often the spacing is halved at most.
    """
    side, finest = looks
    lattice = over_prior(model, model.encode(x, labels)[0], side)
    total, rows, done = np.full(len(x), -np.inf), np.arange(len(x)), 0
    for halved in range(finest + 1):
        highest, found, near = np.full(len(rows), -np.inf), np.full(len(rows), -np.inf), []
        for block in _blocks(model, x[rows], lattice.points, None if labels is None else labels[rows]):
            highest = np.maximum(highest, block.max(axis=1))
            found = np.logaddexp(found, logsumexp(block, axis=1))
            near.append(block > highest[:, None] - DEEP)
            if (done := done + block.size) >= PART:
                done = 0
                yield total
        found += lattice.log_cell
        loose = np.abs(found - total[rows]) > settled
        total[rows], rows = found, rows[loose]
        if not len(rows) or halved == finest:
            break
        lattice = lattice.finer(np.concatenate(near, axis=1)[loose].any(axis=0))
        if len(lattice.index) > MOST:
            break
    yield total


def posterior(
    model: VAE, x: Float[np.ndarray, "c h w"], label: np.ndarray | None = None, side: int = SIDE
) -> Posterior:
    """The true posterior of one image, its log p(x), and how far the encoder's q is from it; `side` is of the first look."""
    images, labels = x[None], None if label is None else label[None]
    mean, log_var = (a[0] for a in model.encode(images, labels))
    sd = np.exp(0.5 * log_var)
    lattice, found = over_prior(model, mean[None], side), []
    while True:
        joint = log_joint(model, images, lattice.points, labels)[0]
        found.append(float(logsumexp(joint)) + lattice.log_cell)
        moved = abs(found[-1] - found[-2]) if len(found) > 1 else np.inf
        if len(found) > FINEST or len(lattice.index) > MOST // 4 or (moved < SETTLED and lattice.spacing < sd.min()):
            break
        held = (np.abs(lattice.points - mean) < REACH * sd + lattice.spacing).all(axis=1)
        lattice = lattice.finer((joint > joint.max() - DEEP) | held)
    points, log_p = lattice.points, found[-1]
    elbo, divergence = against(normal(points, mean, log_var), joint, log_p, lattice.log_cell)
    return Posterior(frozen(points), lattice.log_cell, frozen(joint - log_p), log_p, found[0], elbo, divergence)


def against(
    q: Float[np.ndarray, " g"], joint: Float[np.ndarray, " g"], log_p: float, log_cell: float
) -> tuple[float, float]:
    """ELBO and KL(q, p(z given x)) of a log-density `q` at points where log p(x, z) is `joint` and log p(x) is `log_p`."""
    weight = np.exp(q + log_cell)
    return float(weight @ (joint - q)), float(weight @ (q - (joint - log_p)))


def normal(z: Float[np.ndarray, "g d"], mean: Float[np.ndarray, " d"], log_var: Float[np.ndarray, " d"]) -> np.ndarray:
    """log N(z | mean, diag exp log_var), nats, (g,)."""
    return -0.5 * ((z - mean) ** 2 * np.exp(-log_var) + log_var + LOG_2PI).sum(axis=1)


def quadrature_elbo(
    model: VAE, x: Float[np.ndarray, "n c h w"], labels: Labels | None = None, nodes: int = NODES
) -> Float[np.ndarray, " n"]:
    """The ELBO of the encoder's q by `nodes` points a dimension laid over q itself: no noise; any small d."""
    mean, log_var = model.encode(x, labels)
    told = [None] * len(x) if labels is None else labels
    each = zip(x, zip(mean, log_var, strict=True), told, strict=True)
    return np.array([reconstruction(model, *one, nodes) for one in each]) - kl(mean, log_var).sum(axis=1)


def reconstruction(model: VAE, x: np.ndarray, q: Law, label: np.ndarray | None = None, nodes: int = NODES) -> float:
    """E_q[log p(x given z)] of one image (c, h, w) by the same points; `q` is its mean and log-variance."""
    where, weight = rule(model.latent, nodes)
    z, image = torch.from_numpy(q[0] + np.exp(0.5 * q[1]) * where), torch.from_numpy(np.array(x[None]))
    told = None if label is None else np.tile(label, (len(where), 1))
    with torch.inference_mode():
        log_p = model.likelihood.pairwise(model.outputs(z, told), image, model.tensors())[0]
    return float(weight @ log_p.numpy())


def rule(d: int, nodes: int) -> tuple[Float[np.ndarray, "g d"], Float[np.ndarray, " g"]]:
    """Points and weights (summing to 1) of means under N(0, I) in d dimensions: the trapezoid rule, `nodes` a dimension.

    Of log p(x given z) of a trained decoder 37 nodes are right to 1e-5 nats, where as many of Gauss and Hermite miss 1e-3.
    """
    u = np.linspace(-EDGE, EDGE, nodes)
    points = np.stack(np.meshgrid(*[u] * d, indexing="ij"), -1).reshape(-1, d)
    points = points[(points**2).sum(axis=1) <= EDGE**2]  # the corners weigh nothing
    weight = np.exp(-0.5 * (points**2).sum(axis=1))
    return points, weight / weight.sum()


def _blocks(
    model: VAE, x: np.ndarray, points: Float[np.ndarray, "g d"], labels: Labels | None
) -> Iterator[Float[np.ndarray, "n b"]]:
    """log p(x_n, z) at the points, a few at a time."""
    if labels is not None and len(np.unique(labels, axis=0)) > 1:
        raise ValueError("The images must share one label: the decoder is asked under it.")
    weights, images = model.tensors(), torch.from_numpy(np.array(x))
    many = max(1, CHUNK // (model.likelihood.per_pixel * int(np.prod(model.shape))))
    for first in range(0, len(points), many):
        z = points[first : first + many]
        told = None if labels is None else np.tile(labels[:1], (len(z), 1))
        with torch.inference_mode():
            log_p = model.likelihood.pairwise(model.outputs(torch.from_numpy(z), told), images, weights).numpy()
        yield log_p - 0.5 * (z**2 + LOG_2PI).sum(axis=1)
