"""Two stages of one plane: the square with the line one drags, and what the law says along that line."""

from typing import Any

import numpy as np

from core.dataset import Dataset
from core.key import Key
from core.laws.likelihood import sufficient
from playground.instruments.stage import Brush, Contours, Curves, Ellipses, Field, Handles, Layer, Points, Scene, Slice
from playground.rungs.em import film
from playground.rungs.fit2 import joint
from playground.rungs.fit2.charts import bare
from playground.rungs.fit2.joint import Seen
from playground.shown import points as discs

LINK = "plane line"
SHOWN = 4000  # samples on the stage; any number can be taken home
BINS = 18  # of the points near the line


def scene(
    dataset: Dataset,
    seen: Seen | None,
    column: int,
    place: float,
    samples: tuple[int, Key],
    brush: Brush | None,
    prior: bool,
    name: str,
) -> Scene:
    """The square: the law's density under the points, its contours, its samples, the truth, and the line at `place`.

    `column` is the one that the line says (0: an upright line); with `prior` the fit without it is drawn in grey.
    """
    layers: list[Layer] = []
    points = Points(name="points", label="Data", xy=discs.visible(dataset), size=discs.size_of(dataset))
    if seen is not None:
        top = float(seen.density.max())
        layers.append(Field(name="density", label="Density", role="model", values=seen.density, vmax=top, log=True))
        layers.append(points)
        layers.append(
            Contours(name="contours", label="30, 60, 90 % of its mass", role="model", **joint.lines(dataset, seen))
        )
    else:
        layers.append(points)
    layers += discs.labelled(dataset, discs.visible(dataset))
    if prior:
        found = sufficient(dataset.points)
        one: dict[str, Any] = {"mean": found.mean[None], "cov": found.covariance[None]}
        layers.append(Ellipses(name="likeliest", label="Without the prior", role="noise", **one))
    if dataset.truth is not None:
        lines: dict[str, Any] = dict(film.truth_lines(dataset.name))
        layers.append(Contours(name="truth", label="Truth", role="truth", on=False, **lines))
    if seen is not None:
        n, key = samples
        xy = seen.law.sample(min(n, SHOWN), key)
        size = discs.size_of(dataset) - 1
        layers.append(Points(name="samples", label="Samples", role="model", on=False, xy=xy, size=size))
        layers.append(handle(dataset, column, place, brush))
    alt = f"{len(dataset):,} points of {dataset.title} and the density of the law fitted to them"
    return Scene(name, dataset.bounds, layers, (dataset.columns[0], dataset.columns[1]), alt=alt, brush=brush)


def handle(dataset: Dataset, column: int, place: float, brush: Brush | None) -> Handles:
    """The line, out of the way of a brush."""
    xy = np.array([dataset.bounds.mean(axis=1)])
    xy[0, column] = place
    axis: Any = "xy"[column]
    near = joint.near(dataset, column)
    return Handles(name="line", label="Line", xy=xy, axis=axis, form="line", link=LINK, near=near, on=brush is None)


def along(dataset: Dataset, seen: Seen, column: int, place: float, name: str) -> Scene:
    """What the law says of the other column where the line stands, beside the points near it and the other's own law."""
    other = 1 - column
    low, high = (float(v) for v in dataset.bounds[other])
    nodes = joint.axes(dataset)[other]
    alone = np.exp(seen.law.log_marginal(other, nodes))
    where: dict[str, Any] = {
        "link": LINK,
        "axis": "xy"[column],
        "at": place,
        "across": tuple(float(v) for v in dataset.bounds[column]),
        "along": (low, high),
        "near": joint.near(dataset, column),
        "given": bare(dataset.columns[column])[:14],
    }
    layers: list[Layer] = [
        Slice(
            name="near",
            label="Points near the line",
            role="data",
            xy=discs.visible(dataset),
            edges=np.linspace(low, high, BINS + 1),
            **where,
        ),
        Curves(name="alone", label="Wherever the line is", role="noise", x=nodes, y=alone[None], dashed=True),
    ]
    top = max(joint.highest(dataset, seen.density, column), float(alone[np.isfinite(alone)].max(initial=0.0)))
    if dataset.truth is not None:
        truth = joint.truth_grid(dataset.name)
        top = max(top, joint.highest(dataset, truth, column))
        layers.append(Slice(name="truth", label="Truth", role="truth", values=truth, **where))
    known = np.exp(seen.law.log_marginal(column, joint.axes(dataset)[column]))
    layers.append(Slice(name="given", label="Given the line", role="model", values=seen.density, known=known, **where))
    return Scene(
        name,
        [[low, high], [0.0, 1.25 * top]],
        layers,
        (dataset.columns[other], "density"),
        aspect="strip",
        alt=f"The density of {dataset.columns[other]} given {dataset.columns[column]}, which follows the line",
    )
