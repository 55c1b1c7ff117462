"""One Gaussian by hand: a bell over a histogram, and the same choice as a point on the log-likelihood surface.

Both stages hold the hand's (mu, sigma) and move together; a climb to the maximum is a film on both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.dataset import Dataset
from core.laws import bins
from core.laws.gaussian import Gaussian
from core.laws.likelihood import Sufficient, surface
from core.process import Step
from playground.instruments.stage import (
    Bells,
    Brush,
    Curves,
    Field,
    Frame,
    Handles,
    Histogram,
    Layer,
    Line,
    Paths,
    Points,
    Scene,
)
from playground.rungs.em import film

NODES = 120  # of the surface along each side
DEPTH = 2.0  # nats per point below the maximum at which the surface's ramp begins
CAPTIONS = {
    "start": "The hand's choice.",
    "closed form": "Closed form: the mean of the data and their standard deviation.",
    "ascent": "Gradient ascent: a step up the slope.",
    "Newton": "Newton: to the top of the parabola that fits the surface here.",
    "scoring": "Scoring: the surface is not a hill here, so the expected curvature is used.",
}
LINE = Line("log_likelihood", "log-likelihood", "model", unit="nats per point")


@dataclass(frozen=True)
class Bell:
    """A choice of mean and standard deviation, in data units."""

    mu: float
    sigma: float

    @property
    def model(self) -> Gaussian:
        """The Gaussian."""
        return Gaussian(np.array([self.mu]), np.array([[self.sigma**2]]))

    @property
    def place(self) -> np.ndarray:
        """The point (mu, sigma), (1, 2)."""
        return np.array([[self.mu, self.sigma]])

    @property
    def ends(self) -> np.ndarray:
        """The handles of the bell on the x-axis: mu, and mu + sigma."""
        return np.array([[self.mu, 0.0], [self.mu + self.sigma, 0.0]])


def of(model: Gaussian) -> Bell:
    """A one-dimensional Gaussian as a Bell."""
    return Bell(float(model.mean[0]), float(np.sqrt(model.covariance[0, 0])))


def first(points: Sufficient, axis: np.ndarray) -> Bell:
    """A bell in sight of the data and plainly wrong, so that there is something to do; both handles lie on the `axis`."""
    top, end = maximum(points), axis[0] + 0.97 * (axis[1] - axis[0])
    mu = min(top.mu + 1.2 * top.sigma, 0.5 * (top.mu + end))
    return Bell(mu, min(1.6 * top.sigma, end - mu))


def maximum(points: Sufficient) -> Bell:
    """The maximum-likelihood bell: the mean of the data and their standard deviation (divided by n)."""
    return Bell(float(points.mean[0]), float(np.sqrt(points.covariance[0, 0])))


def limits(points: Sufficient) -> np.ndarray:
    """The axes of the surface: mu within 2.5 standard deviations of the mean, sigma from a third to 2.5 of them."""
    top = maximum(points)
    return np.array([[top.mu - 2.5 * top.sigma, top.mu + 2.5 * top.sigma], [0.35 * top.sigma, 2.5 * top.sigma]])


def scene(dataset: Dataset, points: Sufficient, hand: Bell, rule: str, brush: Brush | None, name: str) -> Scene:
    """The bell over the histogram."""
    histogram = bins.histogram(dataset.points, rule)
    best = 0.88 / np.sqrt(2 * np.pi * points.covariance[0, 0])  # so that the best bell's top is on the picture
    top = 1.25 * max(float(histogram.heights.max()), film.peak_1d(dataset), float(best))
    stats = (float(points.mean[0]), float(points.covariance[0, 0]))
    layers: list[Layer] = [
        Histogram(name="histogram", label="Histogram", edges=histogram.edges, heights=histogram.heights)
    ]
    if dataset.truth is not None:
        x, y = film.truth_curve(dataset.name)
        layers.append(Curves(name="truth", label="Truth", role="truth", x=x, y=y[None], dashed=True))
    layers += [
        Bells(name="fit", label="The climb", role="model", total=True),
        Bells(name="hand", label="Your bell", role="hand", total=True, **arrays(hand)),
        Points(name="points", label="Data", xy=film.rug(dataset), size=film.size_of(dataset)),
        Handles(
            name="ends",
            label="Handles",
            xy=hand.ends,
            axis="x",
            form="bell",
            moves=("hand",),
            link="bell",
            stats=stats,
        ),
    ]
    return Scene(
        id=name,
        bounds=[list(dataset.bounds[0]), [-0.16 * top, top]],
        layers=layers,
        axes=(dataset.columns[0], "density"),
        aspect="strip",
        lines=(LINE,),
        alt=f"A histogram of {len(dataset):,} points and a bell to be laid over it",
        brush=brush,
    )


def arrays(bell: Bell) -> dict[str, Any]:
    """A bell as the arrays of a Bells layer."""
    return {"mean": np.array([bell.mu]), "var": np.array([bell.sigma**2]), "weight": np.ones(1)}


def frames(steps: Sequence[Step[Gaussian]], first: int) -> list[Frame]:
    """The climb over the histogram."""
    return [
        Frame(caption(step), {"fit": arrays(of(step.state))}, {"log_likelihood": step.metrics["log_likelihood"]})
        for step in steps
    ]


def caption(step: Step[Gaussian]) -> str:
    """What a step did."""
    return (f"Step {step.index}. " if step.index else "") + CAPTIONS[step.phase]


def surface_scene(dataset: Dataset, points: Sufficient, hand: Bell, path: Sequence[Step[Gaussian]], name: str) -> Scene:
    """The mean log-likelihood over (mu, sigma) with the maximum, the hand's point, and the path of a climb."""
    axes, top = limits(points), maximum(points)
    mus, sigmas = (np.linspace(low, high, NODES) for low, high in axes)
    values = surface(points, mus, sigmas)
    high = points.log_likelihood(top.model.mean, top.model.covariance)
    layers: list[Layer] = [
        Field(name="surface", label="Log-likelihood", role="model", values=values, vmin=high - DEPTH, vmax=high),
    ]
    if len(path) > 1:
        line = np.concatenate([of(step.state).place for step in path])[None]
        layers.append(Paths(name="path", label="Path", role="noise", xy=line))
        layers.append(Points(name="climb", label="The climb", role="model", size=9))
    layers += [
        Points(name="top", label="Maximum", role="truth", xy=top.place, size=10),
        Handles(name="hand", label="Your choice", xy=hand.place, link="bell", stats=(top.mu, top.sigma**2)),
    ]
    unit = dataset.columns[0]
    alt = "The mean log-likelihood of every mu and sigma, its maximum marked"
    return Scene(id=name, bounds=axes, layers=layers, axes=(f"mu of {unit}", "sigma"), alt=alt)


def surface_frames(steps: Sequence[Step[Gaussian]], first: int) -> list[Frame]:
    """The climb on the surface."""
    return [Frame(caption(step), {"climb": {"xy": of(step.state).place}}) for step in steps]


def reach(dataset: Dataset, points: Sufficient) -> np.ndarray:
    """How far a hand may move: mu over the axis, sigma to four standard deviations of the data."""
    return np.array([dataset.bounds[0], [1e-3 * maximum(points).sigma, 4 * maximum(points).sigma]])


def as_place(ends: np.ndarray | None) -> np.ndarray | None:
    """Where a bell's two handles lie, as (mu, sigma), (1, 2)."""
    return None if ends is None else np.array([[ends[0, 0], abs(ends[1, 0] - ends[0, 0])]])


def dragged(place: np.ndarray | None, now: Bell) -> np.ndarray | None:
    """The (mu, sigma) a hand chose, or None if it is the present one."""
    close = place is not None and np.allclose(place, now.place, rtol=0, atol=1e-5 * now.sigma)
    return None if place is None or close else place
