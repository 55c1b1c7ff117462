"""A joint law in the plane as the stage shows it: fitted, laid out on a grid, with the lines that enclose its mass."""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import contourpy
import numpy as np
import streamlit as st
from jaxtyping import Float

from core.data import builtin
from core.dataset import Dataset
from core.evaluation import metrics
from core.joint.grid import Contour, contours, density
from core.joint.joint import Joint, Kernels, Way
from core.kernels.kde import KDE
from core.key import Key
from core.laws.gaussian import Gaussian
from core.mixture.gmm import GMM
from core.process import Step
from playground.runs import shared

SIDE = 144  # nodes of the density along each side
MASSES = (0.3, 0.6, 0.9)
FRESH = 4000  # draws from the truth
MOST = 5000  # points at which a kernel density is asked for its log-likelihood
NEAR = 0.04  # of the axis: how far from the line a point may lie to count as near it


@dataclass(frozen=True)
class Laid:
    """A law and its `density` (h, w) on the axes of its data."""

    law: Joint
    density: Float[np.ndarray, "h w"]


@dataclass(frozen=True)
class Seen:
    """A law on the axes of its data: `density` (h, w), `contours`, the mean `log_likelihood`, and KL from the truth, nats."""

    law: Joint
    density: Float[np.ndarray, "h w"]
    contours: tuple[Contour, ...]
    log_likelihood: metrics.Estimate
    gap: metrics.Estimate | None = None


def axes(dataset: Dataset) -> tuple[np.ndarray, np.ndarray]:
    """The nodes of the grid along both columns."""
    (left, right), (low, high) = dataset.bounds
    return np.linspace(left, right, SIDE), np.linspace(low, high, SIDE)


def laid(way: Way, dataset: Dataset) -> Callable[[], Laid]:
    """The law on its axes, to be asked for by a job: worked out when the data or what decides the law is another.

    Of kernels that are only made wider, the rule's choice stands.
    """
    x, spec = dataset.points, decides(way, dataset)
    if not isinstance(way, Kernels):
        return shared.later("fit2.law", spec, dataset, lambda: lay(way.fit(x), dataset))
    ruled = shared.later("fit2.width", decides(replace(way, wider=1.0), dataset), dataset, lambda: way.ruled(x))
    return shared.later("fit2.law", spec, dataset, lambda: lay(way.widened(x, ruled()), dataset))


def decides(way: Way, dataset: Dataset) -> tuple[Hashable, ...]:
    """All that the law follows from: the data and the way, without a key that it does not use."""
    return dataset.digest, way.settled(len(dataset)) if isinstance(way, Kernels) else way


def lay(law: Joint, dataset: Dataset) -> Laid:
    """A law's density on the axes of the data."""
    return Laid(law, density(law, *axes(dataset)))


def steps(found: Callable[[], Laid], dataset: Dataset, key: Key) -> Iterator[Step[Seen]]:
    """The law, its grid, its contours and how likely the points are; then, where the truth is known, how far it is."""
    known = found()
    law, x = known.law, asked(known.law, dataset.points, key)
    level = metrics.mean(law.log_prob(x))
    seen = Seen(law, known.density, contours(law, MASSES, key / "contours"), level)
    yield Step(0, seen, "fit", {"log_likelihood": level.value})
    if dataset.truth is not None:
        gap = metrics.divergence(law, dataset.truth, key / "fresh draws", FRESH)
        yield Step(1, replace(seen, gap=gap), "truth", {"log_likelihood": level.value, "gap": gap.value})


def asked(law: Joint, x: Float[np.ndarray, "n d"], key: Key) -> Float[np.ndarray, "m d"]:
    """The points at which the log-likelihood is averaged: all, or a random `MOST` where every point asks every other."""
    if not isinstance(law.model, KDE) or len(x) <= MOST:
        return x
    return x[(key / "asked").generator().choice(len(x), MOST, replace=False)]


def lines(dataset: Dataset, seen: Seen) -> dict[str, Any]:
    """The contours as the arrays of a Contours layer; one that lies off the axes has no line."""
    generator = contourpy.contour_generator(*axes(dataset), seen.density)
    levels = sorted({c.level for c in seen.contours})
    parts = [(line, level) for level in levels for line in generator.lines(level)]
    return {
        "xy": np.concatenate([line for line, _ in parts]) if parts else np.zeros((0, 2)),
        "start": np.cumsum([0, *(len(line) for line, _ in parts)]),
        "level": np.array([level for _, level in parts]),
    }


@st.cache_data(show_spinner="Computing the exact density...", max_entries=32)
def truth_grid(name: str) -> Float[np.ndarray, "h w"]:
    """The exact density of a built-in set on its axes."""
    dataset = builtin.load(name)
    assert dataset.truth is not None
    at = np.stack(np.meshgrid(*axes(dataset)), axis=-1).reshape(-1, 2)
    return np.exp(dataset.truth.log_prob(at)).reshape(SIDE, SIDE)


def near(dataset: Dataset, column: int) -> float:
    """Half the width of the strip around the line, in the column's unit."""
    low, high = dataset.bounds[column]
    return float(NEAR * (high - low))


def highest(dataset: Dataset, grid: Float[np.ndarray, "h w"], column: int) -> float:
    """The greatest conditional density of the other column where `column` lies in the middle nine tenths of its values."""
    other = axes(dataset)[1 - column]
    cut = grid.T if column == 0 else grid  # one row a place of the line
    total = np.trapezoid(cut, other, axis=1)
    low, high = np.quantile(dataset.points[:, column], (0.05, 0.95))
    at = axes(dataset)[column]
    rows = (at >= low) & (at <= high) & (total > 0)
    return float((cut[rows].max(axis=1) / total[rows]).max()) if rows.any() else 1.0


def alone(dataset: Dataset, seen: Seen, column: int) -> tuple[np.ndarray, np.ndarray, float]:
    """The law of `column` and of the other one by itself, on their axes, and the greatest density beside the line."""
    known, other = (np.exp(seen.law.log_marginal(k, axes(dataset)[k])) for k in (column, 1 - column))
    top = max(highest(dataset, seen.density, column), float(other[np.isfinite(other)].max(initial=0.0)))
    return known, other, top


def moments(law: Joint, key: Key) -> tuple[Float[np.ndarray, " d"], Float[np.ndarray, "d d"], bool]:
    """The law's mean and covariance, and whether they are exact (else of 100,000 of its draws)."""
    model = law.model
    if isinstance(model, Gaussian):
        return model.mean, model.covariance, True
    if isinstance(model, KDE):
        return model.points.mean(axis=0), np.cov(model.points.T, bias=True) + model.bandwidth, True
    if isinstance(model, GMM):
        mean = model.weights @ model.means
        off = model.means - mean
        spread = np.einsum("k,kij->ij", model.weights, model.covariances)
        return mean, spread + np.einsum("k,ki,kj->ij", model.weights, off, off), True
    draws = law.sample(100_000, key / "moments")
    return draws.mean(axis=0), np.cov(draws.T, bias=True), False


def strip(dataset: Dataset, column: int, place: float) -> Float[np.ndarray, " m"]:
    """The other column's values of the points near the line."""
    x = dataset.points
    return x[np.abs(x[:, column] - place) <= near(dataset, column), 1 - column]
