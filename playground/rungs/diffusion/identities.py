"""The identities that a denoiser and its walks must keep, as Checks."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from core.check import Check
from core.diffusion import walk as walks
from core.diffusion.noise.target import Denoiser
from core.diffusion.truth.exact import ExactMixture
from core.diffusion.walk import Sampler
from core.key import Key
from core.mixture.gmm import GMM
from playground.rungs.diffusion.bench import Bench

SIDE = 61  # nodes an axis of the integral
REACH = 4.5  # standard units that the integral covers


def checks(bench: Bench, denoiser: Denoiser, learned: bool, key: Key) -> Iterator[Check | None]:
    """What must hold for what is on the stage, the quick ones first; None while the integral is worked out."""
    yield same(bench, denoiser, key)
    yield slope(bench, key)
    if bench.law is None and not learned:
        return  # the exact law of a set of points has no density without noise
    name, total = "flow's density integrates to 1", 0.0
    if isinstance(denoiser, ExactMixture):
        yield Check(name, parts(denoiser), 1.0, 0.01)
        return
    for part in cells():
        total += mass(denoiser, part)
        yield None
    yield Check(name, total, 1.0, 0.03)


def same(bench: Bench, denoiser: Denoiser, key: Key) -> Check:
    """DDIM with eta = 1 is ancestral sampling, step for step with the same noise."""
    start = walks.start(bench.schedule, 50, 2, key)
    *_, one = walks.walk(denoiser, start, key, Sampler("DDIM", 10, eta=1.0))
    *_, other = walks.walk(denoiser, start, key, Sampler("DDPM, small variance", 10))
    off = float(np.abs(one.state - other.state).max())
    return Check("DDIM with eta = 1 ends where ancestral sampling does (largest difference)", off, 0.0, 1e-9)


def slope(bench: Bench, key: Key, t: float = 0.4, h: float = 1e-5) -> Check:
    """The exact score is the slope of the exact log-density."""
    x = float(bench.schedule.size(t)) * (key / "slope").generator().standard_normal((50, 2))
    score = bench.exact.score(x, t)
    h *= float(bench.schedule.size(t))
    wanted = np.stack(
        [
            (bench.exact.log_density(x + h * e, t) - bench.exact.log_density(x - h * e, t)) / (2 * h)
            for e in np.eye(2)
        ],
        axis=1,
    )  # fmt: skip
    off = float((np.abs(score - wanted) / (1 + np.abs(score))).max())
    return Check("exact score is the slope of log pₜ at t = 0.4 (largest relative difference)", off, 0.0, 1e-5)


def cells() -> list[np.ndarray]:
    """The nodes of a lattice over the square of `REACH`, in parts."""
    grid = np.linspace(-REACH, REACH, SIDE)
    return np.array_split(np.stack(np.meshgrid(grid, grid), axis=-1).reshape(-1, 2), 16)


def mass(denoiser: Any, nodes: np.ndarray) -> float:
    """What some nodes of the lattice add to the integral of the flow's density over the square."""
    from core.diffusion.truth import likelihood

    density = np.exp(likelihood.flow(denoiser, nodes, 32)[0])
    return float(density.sum()) * (2 * REACH / (SIDE - 1)) ** 2


def parts(denoiser: ExactMixture) -> float:
    """The integral of the flow's density as E_q[p / q] over a lattice around each component of the mixture q it came from."""
    from core.diffusion.truth import likelihood

    gmm: GMM = denoiser.gmm
    node, mass = np.polynomial.hermite_e.hermegauss(12)
    nodes = np.stack([a.ravel() for a in np.meshgrid(node, node)], 1)
    weight = np.prod(np.stack([a.ravel() for a in np.meshgrid(mass, mass)], 1), axis=1) / mass.sum() ** 2
    total = 0.0
    for w, mean, covariance in zip(gmm.weights, gmm.means, gmm.covariances, strict=True):
        x = mean + nodes @ np.linalg.cholesky(covariance).T
        total += float(w * (weight @ np.exp(likelihood.log_prob(denoiser, x, 48).log_prob - gmm.log_prob(x))))
    return total
