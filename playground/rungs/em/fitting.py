"""A mixture's fit in the data's own units, whatever units it was worked out in: its start, its half-steps, every K."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from core.dataset import Dataset
from core.evaluation.metrics import Estimate, mean
from core.key import Key
from core.mixture import select
from core.mixture.gmm import GMM, Config, fit, initial
from core.mixture.select import Judged
from core.options import title
from core.process import Step
from core.units import Units, units_of
from playground.shown.points import visible
from playground.shown.truth import truth_draws

ASKED = ("mean", "cov", "weight")  # of the mixture that a half-step asked for responsibilities


def begin(dataset: Dataset, config: Config, key: Key, means: np.ndarray | None) -> GMM:
    """The mixture a fit of `dataset` starts from, in original units; `means` are a hand's choice of them."""
    units = units_of(dataset)
    start = units.back(initial(config, units.standard(dataset.points), key))
    return start if means is None else replace(start, means=means)


def steps(dataset: Dataset, config: Config, key: Key, start: GMM) -> Iterator[Step[GMM]]:
    """The half-steps of a fit from `start`, in original units.

    In place of the responsibilities, which would fill a recording, they hold the mixture that was `asked` for them; and,
    where the truth is known, how far they are from it (`gap`).
    """
    units = units_of(dataset)
    asked: dict[str, np.ndarray] = {}
    far: dict[str, np.ndarray] = {}
    for step in units.report(fit(config, units.standard(dataset.points), key, start=units.into(start))):
        if step.phase != "M":
            model = step.state
            parts = (model.means, model.covariances, model.weights)
            asked = {f"asked {name}": value for name, value in zip(ASKED, parts, strict=True)}
        if "mass" in step.arrays:
            mass = step.arrays["mass"]
            weighted = step.arrays["weighted"] * units.scale + mass[:, None] * units.shift
            step = Step(step.index, step.state, step.phase, step.metrics, {"mass": mass, "weighted": weighted, **asked})
        if dataset.truth is not None and (step.phase != "E" or not far):  # an E leaves the mixture alone
            found = distance(step.state, dataset.name)
            far = {"gap": np.array([found.value, found.error])}
        yield replace(step, arrays={**step.arrays, **far})


def distance(model: GMM, name: str) -> Estimate:
    """KL(truth, model) from fresh draws of the built-in set of this name, nats."""
    x, log_p = truth_draws(name)
    return mean(log_p - model.log_prob(x))


def gap(step: Step[GMM]) -> Estimate | None:
    """The distance of a half-step's mixture from the truth, nats; None where that is not known."""
    found = step.arrays.get("gap")
    return None if found is None else Estimate(*found.tolist())


def sweep(dataset: Dataset, config: Config, key: Key) -> Iterator[Step]:
    """Every K judged, on standardised columns where the data asks for it; scores and starts in the original units."""
    units = units_of(dataset)
    for step in select.sweep(config, units.standard(dataset.points), key):
        yield replace(step, state=tuple(carried(row, units, len(dataset)) for row in step.state))


def carried(row: Judged, units: Units, n: int) -> Judged:
    """One K judged on standardised columns, in the original units."""
    start = None if row.start is None else row.start * units.scale + units.shift
    return replace(row.shifted(units.log_jacobian, n), start=start)


def label(config: Config) -> str:
    """A run in a few words."""
    return f"K = {config.components}, {title(config.covariance).lower()}, from {config.start}"


def responsibilities(step: Step[GMM], dataset: Dataset) -> np.ndarray | None:
    """The responsibilities (n, k) that a half-step found or rests on, of the points on the stage; None at the start."""
    if "asked mean" not in step.arrays:
        return None
    mean, cov, weight = (step.arrays[f"asked {name}"] for name in ASKED)
    return GMM(weight, mean, cov).responsibilities(visible(dataset))


def floors(dataset: Dataset, config: Config) -> np.ndarray:
    """The variance floor of each column, in original units squared."""
    return config.floor * units_of(dataset).scale ** 2
