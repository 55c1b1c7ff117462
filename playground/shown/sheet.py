"""The stage without a model: the data alone, with the brush if there is one, or an empty sheet to draw on."""

from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.dataset import Dataset
from playground.instruments.stage import Contours, Curves, Histogram, Layer, Points, Scene
from playground.runs import film
from playground.shelf import points, sketch
from playground.shelf.points import Shelved
from playground.shown.points import labelled, size_of, visible
from playground.shown.truth import histogram, peak_1d, rug, truth_curve, truth_lines


def unfitted(place: DeltaGenerator, name: str, shelved: Shelved, problem: str) -> None:
    """The sheet on the stage called `name`, and what is in the way of a model; a stroke runs the page again."""
    with place:
        drawn = film.still(name, sheet(name, shelved)).drawn
        if problem:
            st.warning(problem)
    if drawn is not None and points.draw(*drawn):
        st.rerun()


def sheet(name: str, shelved: Shelved) -> Scene:
    """The data, or an empty sheet where there are none yet."""
    dataset, brush = shelved.dataset, shelved.brush
    if dataset is None:
        return Scene(f"{name}:sheet", sketch.BOUNDS, (), axes=("x1", "x2"), alt="a sheet to draw on", brush=brush)
    shared: dict[str, Any] = {"axes": axes(dataset), "alt": f"{len(dataset):,} points of {dataset.title}"}
    layers = column(dataset) if dataset.dim == 1 else plane(dataset)
    scene = f"{name}:unfitted:{dataset.digest}"
    return Scene(id=scene, bounds=bounds(dataset), layers=layers, aspect=aspect(dataset), brush=brush, **shared)


def axes(dataset: Dataset) -> tuple[str, str]:
    """The names on the axes; one column is drawn against its density."""
    return (dataset.columns[0], "density") if dataset.dim == 1 else (dataset.columns[0], dataset.columns[1])


def bounds(dataset: Dataset) -> list[list[float]]:
    """The axes: of two columns their own; of one column its own and, upwards, the tallest bar with a band for the rug."""
    if dataset.dim == 2:
        return dataset.bounds.tolist()
    top = peak_1d(dataset)
    return [dataset.bounds[0].tolist(), [-0.16 * top, 1.2 * top]]


def aspect(dataset: Dataset) -> Any:
    """The shape of the stage: a square for two columns, a strip for one."""
    return "strip" if dataset.dim == 1 else "square"


def column(dataset: Dataset) -> list[Layer]:
    """The histogram of one column, the truth where it is known, and the points as a rug below the axis."""
    edges, heights = histogram(dataset)
    layers: list[Layer] = [Histogram(name="histogram", label="Histogram", role="data", edges=edges, heights=heights)]
    if dataset.truth is not None:
        x, y = truth_curve(dataset.name)
        layers.append(Curves(name="truth", label="Truth", role="truth", x=x, y=y[None], dashed=True))
    xy = rug(dataset)
    points = Points(name="points", label="Data", role="data", xy=xy, size=size_of(dataset))
    return [*layers, points, *labelled(dataset, xy)]


def plane(dataset: Dataset) -> list[Layer]:
    """The points of two columns, and the truth's level lines where it is known."""
    xy = visible(dataset)
    layers: list[Layer] = [Points(name="points", label="Data", role="data", xy=xy, size=size_of(dataset))]
    layers += labelled(dataset, xy)
    if dataset.truth is not None:
        layers.append(Contours(name="truth", label="Truth", role="truth", on=False, **truth_lines(dataset.name)))
    return layers
