"""A mixture's fit as a film for the stage: layers for what is learned and believed, one Frame for each half-step."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any

import contourpy
import numpy as np
import streamlit as st

from core.data import builtin
from core.dataset import Dataset, Truth
from core.key import Key
from core.mixture import select
from core.mixture.gmm import GMM, Config, fit, initial
from core.process import Step
from core.units import units_of
from playground.instruments.stage import (
    Bells,
    Brush,
    Contours,
    Curves,
    Density,
    Draws,
    Ellipses,
    Frame,
    Handles,
    Histogram,
    Layer,
    Line,
    Points,
    Scene,
)
from playground.runs.runs import Run
from playground.shelf import sketch
from playground.shelf.points import Shelved
from playground.shown.points import label_bytes, labelled, size_of, visible

SAMPLES = 400
ASKED = ("mean", "cov", "weight")
CAPTIONS = {
    "start": "Start: the components are placed; no point has been asked yet.",
    "E": "E: each point asks which component it came from.",
    "M": "M: each component moves to the points it is responsible for.",
}
LINES = (
    Line("log_likelihood", "log-likelihood", "model", unit="nats per point"),
    Line("bound", "bound", "data", dashed=True, unit="nats per point"),
)
BEFORE = Line("kept", "kept run", "noise", unit="nats per point")


def scene(dataset: Dataset, start: GMM | None, kept: bool, brush: Brush | None, name: str) -> Scene:
    """The stage for a data set of one or two columns; `start` is where the draggable means are (None: no handles)."""
    lines = (*LINES, BEFORE) if kept else LINES
    shared: dict[str, Any] = {"axes": axes(dataset), "lines": lines, "alt": described(dataset), "brush": brush}
    if dataset.dim == 1:
        top = peak_1d(dataset)
        bounds = [list(dataset.bounds[0]), [-0.16 * top, 1.2 * top]]
        return Scene(
            id=name, bounds=bounds, layers=layers_1d(dataset, start, kept, bool(brush)), aspect="strip", **shared
        )
    return Scene(id=name, bounds=dataset.bounds, layers=layers_2d(dataset, start, kept, bool(brush)), **shared)


def sheet(name: str, shelved: Shelved) -> Scene:
    """The stage without a fit: the data, or an empty sheet to draw on."""
    if shelved.dataset is not None:
        return scene(shelved.dataset, None, False, shelved.brush, f"{name}:unfitted:{shelved.dataset.digest}")
    return Scene(f"{name}:sheet", sketch.BOUNDS, (), axes=("x1", "x2"), alt="a sheet to draw on", brush=shelved.brush)


def axes(dataset: Dataset) -> tuple[str, str]:
    """The names on the axes; one column is drawn against its density."""
    return (dataset.columns[0], "density") if dataset.dim == 1 else (dataset.columns[0], dataset.columns[1])


def described(dataset: Dataset) -> str:
    """The stage in words."""
    return f"{len(dataset):,} points of {dataset.title} and the Gaussian components fitted to them"


def layers_2d(dataset: Dataset, start: GMM | None, kept: bool, drawing: bool) -> list[Layer]:
    """Density below, then points, ellipses, truth and handles, which are out of the way of a brush (`drawing`)."""
    layers: list[Layer] = [
        Density(name="density", label="Density", role="model", vmax=peak_2d(dataset), of="components"),
        Points(name="points", label="Data", role="data", xy=visible(dataset), size=size_of(dataset)),
        *labelled(dataset, visible(dataset)),
    ]
    if kept:
        layers.append(Ellipses(name="kept", label="Kept run", role="noise"))
    layers.append(Ellipses(name="components", label="Components"))
    if dataset.truth is not None:
        layers.append(Contours(name="truth", label="Truth", role="truth", on=False, **truth_lines(dataset.name)))
    layers.append(Draws(name="samples", label="Samples", role="model", on=False, of="components", **randomness()))
    if start is not None:
        layers.append(
            Handles(name="start", label="Starts", xy=start.means, moves=("components", "density"), on=not drawing)
        )
    return layers


def layers_1d(dataset: Dataset, start: GMM | None, kept: bool, drawing: bool) -> list[Layer]:
    """Histogram, the weighted components and their sum, the truth, and the points as a rug below the axis."""
    edges, heights = histogram(dataset)
    layers: list[Layer] = [Histogram(name="histogram", label="Histogram", role="data", edges=edges, heights=heights)]
    if dataset.truth is not None:
        x, y = truth_curve(dataset.name)
        layers.append(Curves(name="truth", label="Truth", role="truth", x=x, y=y[None], dashed=True))
    if kept:
        layers.append(Bells(name="kept", label="Kept run", role="noise", total=True))
    layers += [
        Bells(name="components", label="Components", role="classes"),
        Bells(name="sum", label="Their sum", role="model", total=True, of="components"),
        Points(name="points", label="Data", role="data", xy=rug(dataset), size=size_of(dataset)),
        *labelled(dataset, rug(dataset)),
    ]
    if start is not None:
        xy = on_axis(start.means)
        layers.append(
            Handles(name="start", label="Starts", xy=xy, axis="x", moves=("components", "sum"), on=not drawing)
        )
    return layers


def randomness() -> dict[str, Any]:
    """The uniform and normal numbers from which the stage makes its samples."""
    generator = (Key(0) / "samples on stage").generator()
    return {"u": generator.random(SAMPLES), "z": generator.standard_normal((SAMPLES, 2))}


def frames(
    dataset: Dataset, steps: Sequence[Step[GMM]], first: int = 0, before: Sequence[Step[GMM]] = ()
) -> list[Frame]:
    """One Frame a Step, the first of which has index `first`; `before` are a kept run's Steps, shown beside them."""
    return [
        frame(dataset, step, before[min(i, len(before) - 1)] if before else None) for i, step in enumerate(steps, first)
    ]


def frame(dataset: Dataset, step: Step[GMM], before: Step[GMM] | None) -> Frame:
    """What the stage holds at one half-step."""
    arrays = {"components": parameters(step.state)}
    if "asked mean" in step.arrays:
        arrays["points"] = in_plane(*(step.arrays[f"asked {name}"] for name in ASKED))
    metrics = {name: step.metrics[name] for name in ("log_likelihood", "bound") if name in step.metrics}
    if before is not None:
        arrays["kept"] = parameters(before.state)
        metrics["kept"] = before.metrics["log_likelihood"]
    counted = f"Iteration {(step.index + 1) // 2}, " if step.index else ""
    return Frame(caption=counted + CAPTIONS[step.phase], arrays=arrays, metrics=metrics)


def parameters(model: GMM) -> dict[str, np.ndarray]:
    """The arrays of a Bells, Density or Ellipses layer."""
    if model.dim == 1:
        return {"mean": model.means[:, 0], "var": model.covariances[:, 0, 0], "weight": model.weights}
    return {"mean": model.means, "cov": model.covariances, "weight": model.weights}


def in_plane(mean: np.ndarray, cov: np.ndarray, weight: np.ndarray) -> dict[str, np.ndarray]:
    """A mixture as one in the plane; a 1-D one lies along x, with the same spread in y for all, which cancels."""
    if mean.shape[1] == 2:
        return {"mean": mean, "cov": cov, "weight": weight}
    wide = np.tile(np.eye(2), (len(weight), 1, 1))
    wide[:, 0, 0] = cov[:, 0, 0]
    return {"mean": on_axis(mean), "cov": wide, "weight": weight}


def on_axis(means: np.ndarray) -> np.ndarray:
    """One-dimensional means as places on the x-axis."""
    return np.column_stack([means[:, 0], np.zeros(len(means))])


def responsibilities(step: Step[GMM], dataset: Dataset) -> np.ndarray | None:
    """The responsibilities (n, k) that a half-step found or rests on, of the points on the stage; None at the start."""
    if "asked mean" not in step.arrays:
        return None
    mean, cov, weight = (step.arrays[f"asked {name}"] for name in ASKED)
    return GMM(weight, mean, cov).responsibilities(visible(dataset))


def rug(dataset: Dataset) -> np.ndarray:
    """One-dimensional points spread over a band below the axis, so that equal ones can be told apart."""
    x = visible(dataset)[:, 0]
    depth = (Key(0) / "rug").generator().uniform(0.025, 0.13, len(x))
    return np.column_stack([x, -depth * peak_1d(dataset)])


def histogram(dataset: Dataset) -> tuple[np.ndarray, np.ndarray]:
    """Freedman and Diaconis's bins (at most 80) and the density in each."""
    x = dataset.points[:, 0]
    low, quarter, three, high = np.quantile(x, (0, 0.25, 0.75, 1))
    width = 2 * (three - quarter) / np.cbrt(len(x))
    count = int(np.ceil(min((high - low) / width, 80))) if width > 0 else 80
    edges = np.linspace(low, high, max(count, 1) + 1)
    return edges, np.histogram(x, edges, density=True)[0]


def peak_1d(dataset: Dataset) -> float:
    """The height the density axis must show: the tallest bar, or the truth's top."""
    top = float(histogram(dataset)[1].max())
    return max(top, float(truth_curve(dataset.name)[1].max())) if dataset.truth is not None else top


def peak_2d(dataset: Dataset) -> float:
    """A density the colour ramp may end at: the fullest of 24 x 24 cells."""
    x, y = dataset.points.T
    return float(np.histogram2d(x, y, bins=24, range=dataset.bounds.tolist(), density=True)[0].max())


def _truth(name: str) -> tuple[Truth, np.ndarray]:
    dataset = builtin.load(name)
    assert dataset.truth is not None
    return dataset.truth, dataset.bounds


@st.cache_data(show_spinner=False, max_entries=64)
def truth_curve(name: str) -> tuple[np.ndarray, np.ndarray]:
    """The exact density of a built-in 1-D set at 600 places."""
    truth, bounds = _truth(name)
    x = np.linspace(bounds[0, 0], bounds[0, 1], 600)
    return x, np.exp(truth.log_prob(x[:, None]))


@st.cache_data(show_spinner="Computing the exact density...", max_entries=64)
def truth_lines(name: str, side: int = 240) -> dict[str, Any]:
    """Level lines of the exact density of a built-in 2-D set that enclose 30, 60 and 90 percent of its mass."""
    truth, bounds = _truth(name)
    x, y = (np.linspace(low, high, side) for low, high in bounds)
    grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    density = np.exp(truth.log_prob(grid)).reshape(side, side)
    order = np.sort(density.ravel())[::-1]
    levels = order[np.searchsorted(order.cumsum() / order.sum(), (0.3, 0.6, 0.9))]
    generator = contourpy.contour_generator(x, y, density)
    parts = [(line, level) for level in np.unique(levels * (1 - 1e-9)) for line in generator.lines(level)]
    return {
        "xy": np.concatenate([line for line, _ in parts]),
        "start": np.cumsum([0, *(len(line) for line, _ in parts)]),
        "level": np.array([level for _, level in parts]),
    }


@st.cache_data(show_spinner="Drawing from the truth...", max_entries=64)
def truth_draws(name: str, n: int = 20_000) -> tuple[np.ndarray, np.ndarray]:
    """Fresh draws from a built-in set's exact distribution and their log-densities."""
    truth, _ = _truth(name)
    x = truth.sample(n, Key(0) / "fresh draws")
    return x, truth.log_prob(x)


def begin(dataset: Dataset, config: Config, key: Key, means: np.ndarray | None) -> GMM:
    """The mixture a fit of `dataset` starts from, in original units; `means` are a hand's choice of them."""
    units = units_of(dataset)
    start = units.back(initial(config, units.standard(dataset.points), key))
    return start if means is None else replace(start, means=means)


def steps(dataset: Dataset, config: Config, key: Key, start: GMM) -> Iterator[Step[GMM]]:
    """The half-steps of a fit from `start`, in original units.

    In place of the responsibilities, which would fill a recording, they hold the mixture that was `asked` for them.
    """
    units = units_of(dataset)
    asked: dict[str, np.ndarray] = {}
    for step in units.report(fit(config, units.standard(dataset.points), key, start=units.into(start))):
        if step.phase != "M":
            model = step.state
            parts = (model.means, model.covariances, model.weights)
            asked = {f"asked {name}": value for name, value in zip(ASKED, parts, strict=True)}
        if "mass" in step.arrays:
            mass = step.arrays["mass"]
            weighted = step.arrays["weighted"] * units.scale + mass[:, None] * units.shift
            step = Step(step.index, step.state, step.phase, step.metrics, {"mass": mass, "weighted": weighted, **asked})
        yield step


def sweep(dataset: Dataset, config: Config, key: Key) -> Iterator[Step]:
    """Every K judged, on standardised columns where the data asks for it, scores carried to the original units."""
    units = units_of(dataset)
    for step in select.sweep(config, units.standard(dataset.points), key):
        yield replace(step, state=tuple(row.shifted(units.log_jacobian, len(dataset)) for row in step.state))


def label(config: Config) -> str:
    """A run in a few words."""
    return f"K = {config.components}, {config.covariance}, from {config.start}"


def scene_id(name: str, dataset: Dataset, version: int, start: GMM, kept: Run | None) -> str:
    """Names what the stage shows; what its handles and brush said counts only as long as this stays the same."""
    seen = sha256(start.means.tobytes() + label_bytes(dataset))
    return f"{name}:{version}:{dataset.digest}:{kept.id if kept else ''}:{seen.hexdigest()[:12]}"


def floors(dataset: Dataset, config: Config) -> np.ndarray:
    """The variance floor of each column, in original units squared."""
    return config.floor * units_of(dataset).scale ** 2
