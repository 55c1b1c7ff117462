"""Two stages of one plane: the square with the line one drags, and what the law says along that line."""

from typing import Any

import numpy as np

from core.dataset import Dataset
from core.joint.joint import WithPrior
from core.laws.likelihood import sufficient
from core.process import Step
from core.units import ordinary
from playground import session
from playground.instruments.stage import Contours, Curves, Ellipses, Field, Handles, Layer, Points, Scene, Slice
from playground.rungs.fit2 import joint
from playground.rungs.fit2.joint import Seen
from playground.rungs.fit2.screen import NAME, Screen
from playground.shown import points as discs
from playground.shown import truth
from playground.shown.numbers import bare

LINK = "plane line"
SHOWN = 4000  # samples on the stage; any number can be taken home
BINS = 18  # of the points near the line


def scene(screen: Screen, step: Step[Seen] | None) -> Scene:
    """The square: the law's density under the points, its contours, its samples, the truth, and the line.

    Before there is a law only the points; under a prior, the fit without it in grey.
    """
    dataset = screen.dataset
    spec = screen.spec, screen.samples, dataset.name, dataset.classes, step is None
    layers = session.once(f"{NAME}.layers", spec, lambda: everywhere(screen, step))
    if step is not None:
        layers = [*layers, line(screen)]
    alt = f"{len(dataset):,} points of {dataset.title} and the density of the law fitted to them"
    axes = dataset.columns[0], dataset.columns[1]
    return Scene(name_of(screen), dataset.bounds, layers, axes, alt=alt, brush=screen.shelved.brush)


def everywhere(screen: Screen, step: Step[Seen] | None) -> list[Layer]:
    """All of the square that stays where it is when the line moves."""
    dataset = screen.dataset
    layers: list[Layer] = [
        Points(
            name="points",
            label="Data",
            xy=discs.visible(dataset),
            size=discs.size_of(dataset),
            numbers=discs.numbered(dataset),
        )
    ]
    if step is not None:
        layers = [density(dataset, step.state), *layers, levels(dataset, step.state)]
    layers += [*discs.labelled(dataset, discs.visible(dataset)), *likeliest(screen), *exact(dataset)]
    if step is not None:
        layers.append(samples(screen, step.state))
    return layers


def name_of(screen: Screen) -> str:
    """Names the square; where its line was left counts only as long as this stays the same."""
    return f"{NAME}:{screen.dataset.digest}:{screen.column}"


def density(dataset: Dataset, seen: Seen) -> Field:
    """The law's density; where some values are far, a node shows the greatest of its own and of the points' nearest to it.

    Else all bumps might lie between two nodes of an axis that holds -9999, and nothing would be seen.
    """
    values = seen.density
    if not ordinary(dataset.points).all():
        x, values = discs.visible(dataset), values.copy()
        low, high = dataset.bounds.T
        nodes = np.rint((x - low) / (high - low) * (np.array(values.shape[::-1]) - 1)).astype(int)
        np.maximum.at(values, (nodes[:, 1], nodes[:, 0]), np.exp(seen.law.log_prob(x)))
    return Field(name="density", label="Density", role="model", values=values, vmax=float(values.max()), log=True)


def levels(dataset: Dataset, seen: Seen) -> Contours:
    """The lines that enclose its mass."""
    return Contours(name="contours", label="30, 60, 90 % of its mass", role="model", **joint.lines(dataset, seen))


def likeliest(screen: Screen) -> list[Layer]:
    """The Gaussian without a prior, beside one that has a prior."""
    if not isinstance(screen.way, WithPrior):
        return []
    found = sufficient(screen.dataset.points)
    one: dict[str, Any] = {"mean": found.mean[None], "cov": found.covariance[None]}
    return [Ellipses(name="likeliest", label="Without the prior", role="noise", **one)]


def exact(dataset: Dataset) -> list[Layer]:
    """The truth's level lines, where it is known."""
    if dataset.truth is None:
        return []
    return [Contours(name="truth", label="Truth", role="truth", on=False, **truth.truth_lines(dataset.name))]


def samples(screen: Screen, seen: Seen) -> Points:
    """Draws from the law."""
    xy = seen.law.sample(min(screen.samples, SHOWN), screen.key / "samples")
    size = discs.size_of(screen.dataset) - 1
    return Points(name="samples", label="Samples", role="model", on=False, xy=xy, size=size)


def line(screen: Screen) -> Handles:
    """The line, out of the way of a brush."""
    dataset, column = screen.dataset, screen.column
    xy = np.array([dataset.bounds.mean(axis=1)])
    xy[0, column] = screen.place
    axis: Any = "xy"[column]
    near, on = joint.near(dataset, column), screen.shelved.brush is None
    return Handles(name="line", label="Line", xy=xy, axis=axis, form="line", link=LINK, near=near, on=on)


def along(screen: Screen, step: Step[Seen]) -> Scene:
    """What the law says of the other column where the line stands, beside the points near it and the other's own law."""
    dataset, seen, column, other = screen.dataset, step.state, screen.column, 1 - screen.column
    low, high = (float(v) for v in dataset.bounds[other])
    nodes, edges, where = joint.axes(dataset)[other], np.linspace(low, high, BINS + 1), cut(screen)
    spec, make = (screen.law, column), lambda: joint.alone(dataset, seen, column)
    known, alone, top = session.once(f"{NAME}.alone", spec, make)
    layers: list[Layer] = [
        Slice(name="near", label="Points near the line", role="data", xy=discs.visible(dataset), edges=edges, **where),
        Curves(name="alone", label="Wherever the line is", role="noise", x=nodes, y=alone[None], dashed=True),
    ]
    if dataset.truth is not None:
        grid = joint.truth_grid(dataset.name)
        top = max(top, joint.highest(dataset, grid, column))
        layers.append(Slice(name="truth", label="Truth", role="truth", values=grid, **where))
    layers.append(Slice(name="given", label="Given the line", role="model", values=seen.density, known=known, **where))
    alt = f"The density of {dataset.columns[other]} given {dataset.columns[column]}, which follows the line"
    bounds, axes = [[low, high], [0.0, 1.25 * top]], (dataset.columns[other], "density")
    return Scene(f"{name_of(screen)}:given", bounds, layers, axes, aspect="strip", alt=alt)


def cut(screen: Screen) -> dict[str, Any]:
    """How a Slice lies in the square: where the line is, and both columns' axes."""
    dataset, column = screen.dataset, screen.column
    low, high = (float(v) for v in dataset.bounds[1 - column])
    return {
        "link": LINK,
        "axis": "xy"[column],
        "at": screen.place,
        "across": tuple(float(v) for v in dataset.bounds[column]),
        "along": (low, high),
        "near": joint.near(dataset, column),
        "given": bare(dataset.columns[column])[:14],
    }
