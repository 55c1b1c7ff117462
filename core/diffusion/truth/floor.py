"""The loss that no network can avoid: what x_t does not tell of x_0.

The best guess is E[x_0 given x_t], and it errs by the posterior's total variance. In terms of a target F that is

    floor(t) = weight(t) (det / sigma)^2 E tr Cov(x_0 given x_t) / d

per dimension, so the excess of a trained network's loss over it is its own error (Vincent, 2011, read backwards).
"""

from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float

from core.diffusion.noise import target as targets
from core.diffusion.noise.schedule import Schedule
from core.evaluation import metrics
from core.evaluation.metrics import Estimate
from core.key import Key


@runtime_checkable
class Exact(Protocol):
    """An exact companion: `ExactMixture` or `ExactPoints`."""

    @property
    def schedule(self) -> Schedule:
        """How x_t was noised."""
        ...

    def posterior(self, x: np.ndarray, t: float) -> tuple[np.ndarray, np.ndarray]:
        """Mean and total variance of x_0 given x_t = x."""
        ...


def floor(
    exact: Exact, clean: Float[np.ndarray, "n d"], times: Float[np.ndarray, " m"], target: str, weighting: str, key: Key
) -> list[Estimate]:
    """The floor at each time, with its standard error over the draws `clean` of the exact companion's own law.

    Compare with the loss of the same target and weighting. Times must lie where sigma > 0.
    """
    found, s = [], exact.schedule
    for i, t in enumerate(times):
        alpha, sigma = float(s.alpha(t)), float(s.sigma(t))
        noise = (key / i).generator().standard_normal(clean.shape)
        variance = exact.posterior(alpha * clean + sigma * noise, float(t))[1]
        det = float(targets.determinant(target, s, t))
        factor = float(targets.weight(weighting, target, s, t)) * (det / sigma) ** 2 / clean.shape[1]
        found.append(metrics.mean(factor * variance))
    return found
