"""The bell over the histogram: the hand's choice with its handles, and the climb to the maximum as Frames."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from core.dataset import Dataset
from core.laws import bins
from core.laws.gaussian import Gaussian
from core.process import Step
from playground.instruments.stage import Bells, Curves, Frame, Handles, Histogram, Layer, Line, Points, Scene
from playground.rungs.fit1 import bell
from playground.rungs.fit1.bell import Bell
from playground.rungs.fit1.screen import NAME, Screen
from playground.runs import hand
from playground.shown import truth
from playground.shown.points import numbered, size_of

CAPTIONS = {
    "start": "The hand's choice.",
    "closed form": "Closed form: the mean of the data and their standard deviation.",
    "ascent": "Gradient ascent: a step up the slope.",
    "Newton": "Newton: to the top of the parabola that fits the surface here.",
    "scoring": "Scoring: the surface is not a hill here, so the expected curvature is used.",
}
LINE = Line("log_likelihood", "log-likelihood", "model", unit="nats per point")


def scene(screen: Screen, step: Bell) -> Scene:
    """The bell over the histogram."""
    dataset, rule = screen.dataset, screen.asked.bins
    histogram = bins.histogram(dataset.points, rule)
    best = 0.88 / np.sqrt(2 * np.pi * screen.points.covariance[0, 0])  # so that the best bell's top is on the picture
    top = 1.25 * max(float(histogram.heights.max()), truth.peak_1d(dataset), float(best))
    return Scene(
        id=f"{NAME}:{hand.version(NAME)}:{dataset.digest}:{rule}",
        bounds=[list(dataset.bounds[0]), [-0.16 * top, top]],
        layers=[
            Histogram(name="histogram", label="Histogram", edges=histogram.edges, heights=histogram.heights),
            *exact(dataset),
            Bells(name="fit", label="The climb", role="model", total=True),
            Bells(name="hand", label="Your bell", role="hand", total=True, **arrays(step)),
            Points(
                name="points", label="Data", xy=truth.rug(dataset), size=size_of(dataset), numbers=numbered(dataset)
            ),
            handles(screen, step),
        ],
        axes=(dataset.columns[0], "density"),
        aspect="strip",
        lines=(LINE,),
        roomy=True,
        alt=f"A histogram of {len(dataset):,} points and a bell to be laid over it",
        brush=screen.asked.shelved.brush,
    )


def exact(dataset: Dataset) -> list[Layer]:
    """The truth's curve, where it is known."""
    if dataset.truth is None:
        return []
    x, y = truth.truth_curve(dataset.name)
    return [Curves(name="truth", label="Truth", role="truth", x=x, y=y[None], dashed=True)]


def handles(screen: Screen, step: Bell) -> Handles:
    """The bell's two handles on the axis, of which the browser tells the likelihood by the column's mean and variance."""
    stats = (float(screen.points.mean[0]), float(screen.points.covariance[0, 0]))
    moves: dict[str, Any] = {"form": "bell", "moves": ("hand",), "link": "bell", "stats": stats}
    return Handles(name="ends", label="Handles", xy=step.ends, axis="x", **moves)


def arrays(bell: Bell) -> dict[str, Any]:
    """A bell as the arrays of a Bells layer."""
    return {"mean": np.array([bell.mu]), "var": np.array([bell.sigma**2]), "weight": np.ones(1)}


def frames(steps: Sequence[Step[Gaussian]], first: int) -> list[Frame]:
    """The climb over the histogram."""
    return [
        Frame(caption(step), {"fit": arrays(bell.of(step.state))}, {"log_likelihood": step.metrics["log_likelihood"]})
        for step in steps
    ]


def caption(step: Step[Gaussian]) -> str:
    """What a step did."""
    return (f"Step {step.index}. " if step.index else "") + CAPTIONS[step.phase]
