"""Two stages of one plane: the law of points and classes with its density, and what is said of the class alone."""

from typing import Any

import numpy as np

from core.process import Step
from playground.instruments.stage import Contours, Field, Handles, Layer, Points, Scene
from playground.rungs.decide.judged import Laid, Seen, nodes
from playground.rungs.decide.screen import NAME, Screen
from playground.shown import points as discs

EVERY = 4  # of the nodes along each side, one gets a dot of the class that is said there
DRAWN = 300  # new points


def left(screen: Screen, step: Step[Seen] | None) -> Scene:
    """p(x) under the points, or under new ones of every class, with the lines between classes."""
    name = f"{name_of(screen)}:{bool(screen.asked.deal)}"
    if step is None:
        return scene(screen, name, [data(screen)])
    seen = step.state
    density = Field(
        name="density", label="p(x)", role="model", values=seen.density, vmax=float(seen.density.max()), log=True
    )
    layers: list[Layer] = [density, data(screen, on=not screen.asked.deal)]
    if screen.asked.deal:
        xy, cls = draws(screen, seen)
        shown: dict[str, Any] = {"xy": xy, "cls": cls, "classes": screen.rows.classes, "size": 6.5}
        layers.append(Points(name="new", label="New points", role="classes", **shown))
    return scene(screen, name, [*layers, *lines(seen, 0), held(screen)])


def right(screen: Screen, step: Step[Seen] | None) -> Scene:
    """The class that is said at every place, under the points."""
    name = f"{name_of(screen)}:right"
    if step is None:
        return scene(screen, name, [data(screen)])
    layers = [dots(screen, step.state.laid[1]), data(screen), *lines(step.state, 1), held(screen)]
    return scene(screen, name, layers)


def draws(screen: Screen, seen: Seen) -> tuple[np.ndarray, np.ndarray]:
    """New points (DRAWN, 2) of the generative model with their classes."""
    xy, cls = seen.left.sample_labelled(DRAWN, screen.key / "new" / str(screen.asked.deal))
    return xy, cls.astype(np.uint8)


def name_of(screen: Screen) -> str:
    """Names the plane; where its hand was left counts only as long as this stays the same."""
    return f"{NAME}:{screen.dataset.digest}"


def scene(screen: Screen, name: str, layers: list[Layer]) -> Scene:
    """One of the stages."""
    dataset, which = screen.dataset, name.endswith(":right")
    alt = f"{len(dataset):,} points of {dataset.title} in {screen.rows.k} classes, and what {screen.titles[which]} says"
    brush = None if which else screen.shelved.brush
    return Scene(name, dataset.bounds, layers, (dataset.columns[0], dataset.columns[1]), alt=alt, brush=brush)


def data(screen: Screen, on: bool = True) -> Points:
    """The points in the colours of their classes."""
    dataset = screen.dataset
    shown = discs.shown_rows(dataset)
    return Points(
        name="points",
        label="Data",
        role="classes",
        xy=dataset.points[shown],
        cls=screen.rows.y[shown].astype(np.uint8),
        classes=screen.rows.classes,
        size=discs.size_of(dataset),
        numbers=discs.numbered(dataset),
        on=on,
    )


def dots(screen: Screen, laid: Laid) -> Points:
    """The regions: a lattice of dots in the colour of the class that is said there."""
    start = EVERY // 2
    side = len(laid.said)
    at = nodes(screen.dataset).reshape(side, side, 2)[start::EVERY, start::EVERY].reshape(-1, 2)
    cls = laid.said[start::EVERY, start::EVERY].ravel().astype(np.uint8)
    shown: dict[str, Any] = {"xy": at, "cls": cls, "classes": screen.rows.classes, "size": 2.5}
    return Points(name="regions", label="Regions", role="classes", **shown)


def lines(seen: Seen, which: int) -> list[Layer]:
    """The lines between classes: the model's and, where the truth is known, those of the Bayes rule."""
    found: list[Layer] = [Contours(name="edges", label="Its boundary", role="model", **seen.laid[which].edges)]
    if seen.best is not None:
        found.append(Contours(name="bayes", label="Bayes rule", role="truth", **seen.best.edges))
    return found


def held(screen: Screen) -> Handles:
    """The place that is asked about; both stages' hands move together."""
    on = screen.shelved.brush is None
    return Handles(name="hand", label="Asked", xy=np.array([screen.place]), signs=("?",), link=f"{NAME} hand", on=on)
