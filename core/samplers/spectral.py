"""A kernel's exact transition matrix on a grid, and what its eigenvalues say of the chain.

The chain lives on the n cells of a grid: pi_i is proportional to exp(log p(x_i)), and a proposal of density q(y given x) is
restricted to the cells, q_ij = q(x_j given x_i) / sum_k q(x_k given x_i). With

    P_ij = q_ij min(1, pi_j q_ji / (pi_i q_ij)),  i != j,     P_ii = 1 - sum of the others

pi P = pi holds exactly, to rounding, and not merely as the cells shrink. Hastings (1970); the spectrum of a reversible
chain: Levin, Peres and Wilmer (2009), chapter 12.
"""

from itertools import pairwise

import numpy as np
from jaxtyping import Float
from scipy import special

from core.samplers.gibbs import Gibbs
from core.samplers.targets import Target
from core.samplers.walks import Langevin, RandomWalk


def cells(low: float, high: float, each: int, dim: int) -> Float[np.ndarray, "n d"]:
    """The middles of `each` equal cells between `low` and `high` on every axis, n = each^dim; ValueError if there are none."""
    if not (low < high and each >= 2):
        raise ValueError("A grid needs low < high and at least 2 cells an axis.")
    edges = np.linspace(low, high, each + 1)
    middles = np.array([(a + b) / 2 for a, b in pairwise(edges)])
    return np.stack(np.meshgrid(*[middles] * dim, indexing="ij"), axis=-1).reshape(-1, dim)


def stationary(target: Target, x: Float[np.ndarray, "n d"]) -> Float[np.ndarray, " n"]:
    """pi: the target's share of each cell, by its density at the cell's middle; ValueError where that is 0 or not finite."""
    log_density = target.log_density(x)
    if not np.isfinite(log_density).all():
        raise ValueError("The density is 0 or not finite on a cell: choose a smaller grid.")
    return special.softmax(log_density)


def metropolis(kernel: RandomWalk | Langevin, target: Target, x: Float[np.ndarray, "n d"]) -> Float[np.ndarray, "n n"]:
    """P of a random walk or MALA on the cells; a broken MALA lacks here what it lacks in the plane."""
    log_pi = np.log(stationary(target, x))
    drift = 0.5 * kernel.scale**2 * target.score(x) if isinstance(kernel, Langevin) else 0.0
    far = ((x[None] - (x + drift)[:, None]) ** 2).sum(axis=-1)
    log_q = special.log_softmax(-0.5 * far / kernel.scale**2, axis=1)
    broken = getattr(kernel, "broken", "")
    if broken == "no correction":
        return np.exp(log_q)
    log_alpha = log_pi[None] - log_pi[:, None]
    if broken != "no Hastings term":
        log_alpha = log_alpha + log_q.T - log_q
    p = np.exp(log_q + np.minimum(log_alpha, 0.0))
    np.fill_diagonal(p, 0.0)
    np.fill_diagonal(p, 1 - p.sum(axis=1))
    return p


def gibbs(target: Target, x: Float[np.ndarray, "n d"]) -> tuple[Float[np.ndarray, "n n"], ...]:
    """One matrix an axis: P_ij = pi_j / (pi of i's line along the axis), 0 off the line; a sweep is their product in order."""
    pi = stationary(target, x)
    halves = []
    for axis in range(x.shape[1]):
        others = np.delete(x, axis, axis=1)
        line = (others[:, None] == others[None]).all(axis=-1)
        weight = line * pi
        halves.append(weight / weight.sum(axis=1, keepdims=True))
    return tuple(halves)


def transition(
    kernel: RandomWalk | Langevin | Gibbs, target: Target, x: Float[np.ndarray, "n d"]
) -> Float[np.ndarray, "n n"]:
    """P of one step of the kernel on the cells `x`; its rows sum to 1. Gibbs: of a whole sweep, on these cells."""
    if not isinstance(kernel, Gibbs):
        return metropolis(kernel, target, x)
    p = np.eye(len(x))
    for half in gibbs(target, x):
        p = p @ half
    return p


def unbalance(p: Float[np.ndarray, "n n"], pi: Float[np.ndarray, " n"]) -> float:
    """The largest |pi_i P_ij - pi_j P_ji|: 0 if the chain is reversible."""
    flow = pi[:, None] * p
    return float(np.abs(flow - flow.T).max())


def gap(p: Float[np.ndarray, "n n"]) -> float:
    """1 - the second largest |eigenvalue| of P, in [0, 1]: its inverse is about the steps it takes to forget."""
    return float(1 - np.sort(np.abs(np.linalg.eigvals(p)))[-2])


def total_variation(
    p: Float[np.ndarray, "n n"], pi: Float[np.ndarray, " n"], start: int, steps: int
) -> Float[np.ndarray, " t"]:
    """Half of sum_j |P^t(start, j) - pi_j| at t = 0 ... `steps`, in [0, 1]; it never rises."""
    law = np.eye(len(pi))[start]
    distances = []
    for _ in range(steps + 1):
        distances.append(0.5 * np.abs(law - pi).sum())
        law = law @ p
    return np.array(distances)


def autocorrelation(
    p: Float[np.ndarray, "n n"], pi: Float[np.ndarray, " n"], f: Float[np.ndarray, " n"], lags: int
) -> Float[np.ndarray, " t"]:
    """Of f along the stationary chain, at lags 0 ... `lags`: sum_k c_k^2 lambda_k^t / sum_k c_k^2, c_k = <f, e_k> under pi.

    The e_k and lambda_k are P's eigenfunctions and eigenvalues, real where P is reversible; ValueError if not or f is constant.
    """
    if unbalance(p, pi) > 1e-12:
        raise ValueError("The autocorrelation by eigenvectors needs a reversible chain.")
    values, vectors = np.linalg.eigh(np.sqrt(p * p.T))  # = sqrt(pi_i) P_ij / sqrt(pi_j), with nothing divided by 0
    centred = f - pi @ f
    weights = ((np.sqrt(pi) * centred) @ vectors) ** 2
    if weights.sum() <= 1e-24 * max(1.0, float(np.abs(f).max()) ** 2):
        raise ValueError("The autocorrelation of a constant is not defined.")
    return (weights * values ** np.arange(lags + 1)[:, None]).sum(axis=1) / weights.sum()
