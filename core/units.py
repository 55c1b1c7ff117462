"""Fit in standard units, report in the data's own.

Columns of a real table differ in unit (minutes, kilometres), so a model is fitted on u = (x - shift) / scale and carried
back: p(x) = p(u) / prod scale. Log-likelihoods of Steps move by -sum log scale, so every number shown is a density in
the original units.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar, runtime_checkable

import numpy as np
from jaxtyping import Float

from core.dataset import Dataset
from core.process import Step


@runtime_checkable
class Rescalable(Protocol):
    """A model that can be carried to other units."""

    def rescaled(self, shift: np.ndarray, scale: np.ndarray) -> "Rescalable":
        """The distribution of scale * u + shift, where u follows this model."""
        ...


Model = TypeVar("Model", bound=Rescalable)
PER_POINT = ("log_likelihood", "bound")  # the metrics that are mean log-densities


@dataclass(frozen=True)
class Units:
    """Original units as an affine map of standard ones: x = scale * u + shift, per column."""

    shift: Float[np.ndarray, " d"]
    scale: Float[np.ndarray, " d"]

    @property
    def log_jacobian(self) -> float:
        """log p(x) - log p(u) = -sum log scale, nats."""
        return -float(np.log(self.scale).sum())

    def standard(self, x: Float[np.ndarray, "n d"]) -> Float[np.ndarray, "n d"]:
        """u = (x - shift) / scale."""
        return (x - self.shift) / self.scale

    def into(self, model: Model) -> Model:
        """A model of x carried to standard units."""
        return model.rescaled(-self.shift / self.scale, 1 / self.scale)  # type: ignore[return-value]

    def back(self, model: Model) -> Model:
        """A model of u carried to the original units."""
        return model.rescaled(self.shift, self.scale)  # type: ignore[return-value]

    def report(self, steps: Iterator[Step[Model]]) -> Iterator[Step[Model]]:
        """The Steps of a fit in standard units, their models and densities in the original ones."""
        if not self.shift.any() and (self.scale == 1).all():
            yield from steps
            return
        for step in steps:
            moved = {k: v + self.log_jacobian if k in PER_POINT else v for k, v in step.metrics.items()}
            yield replace(step, state=self.back(step.state), metrics=moved)


def units_of(dataset: Dataset) -> Units:
    """The units a data set is fitted in: its own, or standardised where its columns differ in unit."""
    x = dataset.points
    if not dataset.standardise:
        return Units(np.zeros(dataset.dim), np.ones(dataset.dim))
    scale = np.where(np.ptp(x, axis=0) > 0, x.std(axis=0), 1.0)  # a constant column is left to the model to refuse
    return Units(x.mean(axis=0), scale)
