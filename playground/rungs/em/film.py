"""A mixture's fit as a film for the stage: layers for what is learned and believed, one Frame for each half-step."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any

import numpy as np

from core.dataset import Dataset
from core.key import Key
from core.mixture.gmm import GMM
from core.process import Step
from playground import session
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
from playground.rungs.em import numbers
from playground.rungs.em.fitting import ASKED
from playground.rungs.em.screen import NAME, Screen
from playground.runs import hand
from playground.runs.runs import Run
from playground.shown import sheet
from playground.shown.points import label_bytes, labelled, numbered, size_of, visible
from playground.shown.truth import histogram, rug, truth_curve, truth_lines

SAMPLES = 400
CAPTIONS = {
    "start": "Start: the components are placed; no point has been asked yet.",
    "E": "E: each point asks which component it came from.",
    "M": "M: each component moves to the points it is responsible for.",
}
LINES = (
    Line("log_likelihood", "log-likelihood", "model", unit="nats per point"),
    Line("bound", "bound", "data", dashed=True, unit="nats per point"),
)
Frames = Callable[[Sequence[Step[GMM]], int], list[Frame]]
BEFORE = Line("kept", "kept run", "noise", unit="nats per point")


def of(screen: Screen) -> tuple[Scene, Frames]:
    """The stage of a screen, and what makes the Frames of its run, with a kept run's beside them."""
    dataset, start, brush = screen.dataset, screen.start, screen.asked.shelved.brush
    kept, before = screen.kept()
    name = scene_id(NAME, dataset, hand.version(NAME), start, kept)
    looks = (name, bool(before), bool(brush))
    made = session.once(f"{NAME}.scene", looks, lambda: scene(dataset, start, bool(before), brush, name))

    def told(steps: Sequence[Step[GMM]], first: int) -> list[Frame]:
        drawn = zip(frames(dataset, steps, first, before), numbers.beside(steps, screen), strict=True)
        return [replace(frame, beside=beside) for frame, beside in drawn]

    return made, told


def scene(dataset: Dataset, start: GMM | None, kept: bool, brush: Brush | None, name: str) -> Scene:
    """The stage for a data set of one or two columns; `start` is where the draggable means are (None: no handles)."""
    lines = (*LINES, BEFORE) if kept else LINES
    shared: dict[str, Any] = {"axes": sheet.axes(dataset), "lines": lines, "alt": described(dataset), "brush": brush}
    layers = (layers_1d if dataset.dim == 1 else layers_2d)(dataset, start, kept, bool(brush))
    return Scene(id=name, bounds=sheet.bounds(dataset), layers=layers, aspect=sheet.aspect(dataset), **shared)


def described(dataset: Dataset) -> str:
    """The stage in words."""
    return f"{len(dataset):,} points of {dataset.title} and the Gaussian components fitted to them"


def layers_2d(dataset: Dataset, start: GMM | None, kept: bool, drawing: bool) -> list[Layer]:
    """Density below, then points, ellipses, truth and handles, which are out of the way of a brush (`drawing`)."""
    layers: list[Layer] = [
        Density(name="density", label="Density", role="model", vmax=peak_2d(dataset), of="components"),
        Points(
            name="points",
            label="Data",
            role="data",
            xy=visible(dataset),
            size=size_of(dataset),
            numbers=numbered(dataset),
        ),
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
        Points(
            name="points", label="Data", role="data", xy=rug(dataset), size=size_of(dataset), numbers=numbered(dataset)
        ),
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


def peak_2d(dataset: Dataset) -> float:
    """A density the colour ramp may end at: the fullest of 24 x 24 cells."""
    x, y = dataset.points.T
    return float(np.histogram2d(x, y, bins=24, range=dataset.bounds.tolist(), density=True)[0].max())


def scene_id(name: str, dataset: Dataset, version: int, start: GMM, kept: Run | None) -> str:
    """Names what the stage shows; what its handles and brush said counts only as long as this stays the same."""
    seen = sha256(start.means.tobytes() + label_bytes(dataset))
    return f"{name}:{version}:{dataset.digest}:{kept.id if kept else ''}:{seen.hexdigest()[:12]}"
