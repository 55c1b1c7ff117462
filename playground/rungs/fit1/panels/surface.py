"""The log-likelihood as a surface over (mu, sigma): every bell is a point of it, and the maximum is known exactly."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from core.laws.gaussian import Gaussian
from core.laws.likelihood import Sufficient, surface
from core.process import Step
from playground.instruments.stage import Field, Frame, Handles, Layer, Paths, Points, Scene
from playground.rungs.fit1 import bell, film, numbers
from playground.rungs.fit1.bell import Bell
from playground.rungs.fit1.screen import NAME, Screen
from playground.runs import film as stage
from playground.runs import hand

NODES = 120  # of the surface along each side
DEPTH = 2.0  # nats per point below the maximum at which the surface's ramp begins
WORDS = (
    "Every bell is a point here: **mu** across, **sigma** up, and the deeper the colour the likelier the data. Drag your "
    "point and the bell follows; the green point is the maximum, which for a Gaussian is known exactly: the mean of the "
    "data and their standard deviation."
)


def show(screen: Screen, step: Bell) -> None:
    """The surface with the hand's point on it; where the point is dragged, the bell goes."""
    left, right = st.columns([1.35, 1], gap="large")
    with right:
        st.markdown(WORDS)
        for line in numbers.equation(screen.points):
            st.latex(line)
    with left:
        run = screen.run()
        shown = scene(screen, step, run.job.trace.snapshot()[1] if run else ())
        said = stage.show(f"{NAME}.surface", run, shown, frames) if run else stage.still(f"{NAME}.surface", shown)
    place = bell.dragged(said.handles, step)
    if place is not None:
        screen.drag(place)
        st.rerun(scope="app")


def scene(screen: Screen, step: Bell, path: Sequence[Step[Gaussian]]) -> Scene:
    """The mean log-likelihood over (mu, sigma) with the maximum, the hand's point, and the path of a climb."""
    points, unit = screen.points, screen.dataset.columns[0]
    axes, top = limits(points), bell.maximum(points)
    mus, sigmas = (np.linspace(low, high, NODES) for low, high in axes)
    high = points.log_likelihood(top.model.mean, top.model.covariance)
    values = surface(points, mus, sigmas)
    layers: list[Layer] = [
        Field(name="surface", label="Log-likelihood", role="model", values=values, vmin=high - DEPTH, vmax=high),
    ]
    if len(path) > 1:
        line = np.concatenate([bell.of(step.state).place for step in path])[None]
        layers.append(Paths(name="path", label="Path", role="noise", xy=line))
        layers.append(Points(name="climb", label="The climb", role="model", size=9))
    layers += [
        Points(name="top", label="Maximum", role="truth", xy=top.place, size=10),
        Handles(name="hand", label="Your choice", xy=step.place, link="bell", stats=(top.mu, top.sigma**2)),
    ]
    return Scene(
        id=f"{NAME}:surface:{screen.dataset.digest}:{hand.version(NAME)}",
        bounds=axes,
        layers=layers,
        axes=(f"mu of {unit}", "sigma"),
        alt="The mean log-likelihood of every mu and sigma, its maximum marked",
    )


def limits(points: Sufficient) -> np.ndarray:
    """The axes of the surface: mu within 2.5 standard deviations of the mean, sigma from a third to 2.5 of them."""
    top = bell.maximum(points)
    return np.array([[top.mu - 2.5 * top.sigma, top.mu + 2.5 * top.sigma], [0.35 * top.sigma, 2.5 * top.sigma]])


def frames(steps: Sequence[Step[Gaussian]], first: int) -> list[Frame]:
    """The climb on the surface."""
    return [Frame(film.caption(step), {"climb": {"xy": bell.of(step.state).place}}) for step in steps]
