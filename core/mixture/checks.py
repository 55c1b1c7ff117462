"""The identities that a mixture and its fit by EM must keep, as Checks."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from jaxtyping import Float

from core.check import Check
from core.mixture.gmm import GMM
from core.process import Step


def mass(model: GMM, reach: float = 7.5, side: int = 21) -> float:
    """The integral of the density by the trapezoid rule, on a grid along the axes of each component, `reach` sigmas wide.

    Summed over components, each on its own grid, so that a needle beside a hill is resolved too. At three quarters of a
    sigma between nodes the rule's own error on a Gaussian, 2 exp(-2 pi^2 / 0.75^2), is below rounding.
    """
    u = np.linspace(-reach, reach, side)
    lattice = np.stack(np.meshgrid(*[u] * model.dim, indexing="ij"), -1).reshape(-1, model.dim)
    cell = (u[1] - u[0]) ** model.dim
    total = 0.0
    for k, (mean, covariance) in enumerate(zip(model.means, model.covariances, strict=True)):
        factor = np.linalg.cholesky(covariance)
        alone = replace(model, weights=np.ones(1), means=mean[None], covariances=covariance[None])
        density = np.exp(alone.log_joint(mean + lattice @ factor.T))
        total += float(model.weights[k] * density.sum()) * cell * float(np.diag(factor).prod())
    return total


def slack(
    weights: Float[np.ndarray, "*s k"], covariances: Float[np.ndarray, "*s k d d"], floor: Float[np.ndarray, " d"]
) -> Float[np.ndarray, "*s"]:
    """The most that an M-step's mean log-likelihood can lose to the `floor` it adds to the variances, nats.

    With x_k the largest eigenvalue of the floor relative to the covariance it was added to, the expected log-density of
    a point of component k drops by at most d / 2 [log(1 + x_k) - x_k / (1 + x_k)]; components count by their weights.
    Leading axes are mixtures.
    """
    share = np.linalg.eigvals(np.linalg.solve(covariances, np.diag(floor))).real.max(axis=-1)
    x = share / np.maximum(1 - share, 1e-12)
    return np.asarray(len(floor) / 2 * (weights * (np.log1p(x) - x / (1 + x))).sum(axis=-1))


def of_mixture(
    steps: Sequence[Step[GMM]], shown: int, floor: Float[np.ndarray, " d"], r: Float[np.ndarray, "n k"] | None = None
) -> list[Check]:
    """The identities of an EM run up to the Step `shown`: weights, responsibilities `r`, integral, bound and climb.

    Without a floor the log-likelihood cannot fall; with one, by no more than `slack`, which widens that tolerance.
    """
    step = steps[shown]
    model = step.state
    checks = [Check("weights sum to 1", float(model.weights.sum()), 1.0, 1e-12)]
    if r is not None:
        off = np.abs(r.sum(axis=1) - 1).max()
        checks.append(Check("responsibilities of each point sum to 1 (largest error)", float(off), 0.0, 1e-12))
    if model.dim <= 2:
        checks.append(Check("density integrates to 1", mass(model), 1.0, 1e-6))
    if "bound" in step.metrics:
        gap = step.metrics["log_likelihood"] - step.metrics["bound"]
        touching = step.phase == "E"
        name = "bound touches the log-likelihood (gap, nats)" if touching else "bound lies below (gap, nats)"
        checks.append(Check(name, gap, 0.0, 1e-9, at_least=not touching))
    gains = np.diff([s.metrics["log_likelihood"] for s in steps[: shown + 1]])
    if len(gains):
        moved = [s.state for s in steps[1 : shown + 1] if s.phase == "M"]
        loss = 0.0
        if moved and floor.any():
            loss = float(
                slack(np.stack([m.weights for m in moved]), np.stack([m.covariances for m in moved]), floor).max()
            )
        name = "log-likelihood never fell (least gain, nats)"
        checks.append(Check(name, float(gains.min()), 0.0, 1e-9 + loss, at_least=True))
    return checks
