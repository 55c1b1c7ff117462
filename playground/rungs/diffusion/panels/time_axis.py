"""Time as an axis: a cloud on its way from noise to data across a strip, over the density that every moment should have.

One column of the walk on the stage, or a one-dimensional set of its own, whose walk asks the exact denoiser. Drawn like
everything else here in the data's units, and at unit spread where the noise grows beyond the data.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st
from jaxtyping import Float

from core.data import builtin
from core.diffusion import walk as walks
from core.diffusion.noise.schedule import Schedule
from core.diffusion.truth.exact import ExactMixture, ExactPoints
from core.diffusion.walk import Sampler
from core.key import Key
from core.mixture.gmm import GMM
from core.process import Step
from playground import session
from playground.instruments.stage import Field, Frame, Paths, Points, Role, Scene
from playground.rungs.diffusion.bench import MOST, SPREADS, Bench
from playground.rungs.diffusion.dials import COLUMNS, LANES, SETS
from playground.rungs.diffusion.film import LEAST, WALKERS, caption
from playground.rungs.diffusion.screen import Screen
from playground.runs import film, runs
from playground.runs.runs import Run
from playground.runs.watch import watch

NAME = "diffusion.strip"
FOLLOWED = 40  # walkers with a path
TIMES, HEIGHT = 97, 97  # nodes of the density
SPAN = (-0.02, 1.02)  # of 1 - t: room for the cloud at both ends


@dataclass(frozen=True)
class Lane:
    """One dimension, noised: its exact law, units, the interval it is drawn on, and what it is called."""

    exact: ExactMixture | ExactPoints
    shift: float
    scale: float
    bounds: tuple[float, float]
    name: str

    @property
    def schedule(self) -> Schedule:
        """How it is noised, in standard units."""
        return self.exact.schedule

    def drawn(self, u: Float[np.ndarray, " n"], t: float) -> Float[np.ndarray, " n"]:
        """Where x_t = u is drawn."""
        return u / max(1.0, float(self.schedule.size(t))) * self.scale + self.shift

    def density(self) -> Float[np.ndarray, "h t"]:
        """The density of x_t over t from noise (left) to data (right), each column as a share of its top."""
        nodes = (np.linspace(*self.bounds, HEIGHT) - self.shift) / self.scale
        columns = []
        for t in times():
            if not isinstance(self.exact, ExactMixture) and self.schedule.sigma(t) < LEAST * self.schedule.size(t):
                columns.append(np.zeros(HEIGHT))  # a set of points has no density worth drawing here
                continue
            log_density = self.exact.log_density(nodes[:, None] * max(1.0, float(self.schedule.size(t))), float(t))
            columns.append(np.exp(log_density - log_density.max()))
        return np.stack(columns, axis=1)


def times() -> Float[np.ndarray, " t"]:
    """The times of the density's columns, which are even over `SPAN` of the strip and stand still beyond its two ends."""
    return np.clip(1 - np.linspace(*SPAN, TIMES), 0, 1)


def lane(points: Float[np.ndarray, " n"], truth: GMM | None, schedule: Schedule, bounds: np.ndarray, name: str,
         units: tuple[float, float] | None = None) -> Lane:  # fmt: skip
    """A column in standard units: of its mean and deviation, or of `units`."""
    shift, scale = units or (float(points.mean()), float(points.std()))
    low, high = min(bounds[0], shift - SPREADS * scale), max(bounds[1], shift + SPREADS * scale)
    if truth is None:
        exact: ExactMixture | ExactPoints = ExactPoints(((points - shift) / scale)[:MOST, None], schedule)
    else:
        exact = ExactMixture(truth.rescaled(np.array([-shift / scale]), np.array([1 / scale])), schedule)
    return Lane(exact, shift, scale, (float(low), float(high)), name)


def column(bench: Bench, i: int) -> Lane:
    """Column `i` of a bench, its law marginalised."""
    truth = bench.dataset.truth
    own, law = slice(i, i + 1), None
    if isinstance(truth, GMM):
        law = GMM(truth.weights, truth.means[:, own], truth.covariances[:, own, own])
    units = (float(bench.shift[i]), float(bench.scale[i]))
    return lane(bench.dataset.points[:, i], law, bench.schedule, bench.bounds[i], bench.dataset.columns[i], units)


def single(name: str, schedule: Schedule, n: int = 1000) -> Lane:
    """A built-in one-dimensional set, by the mixture it comes from or by its points."""
    dataset = builtin.load(name, n, Key(0))
    law = dataset.truth if isinstance(dataset.truth, GMM) else None
    return lane(dataset.points[:, 0], law, schedule, dataset.bounds[0], dataset.columns[0])


def steps(lane: Lane, sampler: Sampler, key: Key) -> Iterator[Step[np.ndarray]]:
    """A walk in one dimension by the exact denoiser, each half-step with `xy` (n, 1), where it is drawn."""
    asked = 1.0
    for step in walks.walk(lane.exact, walks.start(lane.schedule, WALKERS, 1, key), key, sampler):
        t = step.metrics["t"]
        asked = t if step.phase == "guess" else asked
        xy = lane.drawn(step.state[:, 0], t)[:, None]
        yield Step(step.index, step.state, step.phase, {**step.metrics, "asked": asked}, {"xy": xy})


def scene(lane: Lane, name: str, steps: Sequence[Step], i: int, role: Role) -> Scene:
    """The strip before anything moves: the density of every moment, and the paths (p, s, 2) of the first walkers."""
    latest = {step.metrics["t"]: step.arrays["xy"][:FOLLOWED, i] for step in steps}  # the last half-step at each time
    t, y = 1 - np.array(list(latest)), np.stack(list(latest.values()), axis=1)
    paths = np.stack([np.broadcast_to(t, y.shape), y], axis=2)
    layers = [
        Field(name="density", label="Density of xₜ, exact", role="truth", values=lane.density()),
        Paths(name="paths", label="Paths", role="noise", xy=paths),
        Paths(name="own", label="Its path", role="hand", xy=paths[:1]),
        Points(name="walkers", label="The cloud", role=role, size=4.5),
        Points(name="followed", label="One of them", role="hand", size=10),
    ]
    alt = f"A cloud of points travels between noise at the left and the data of {lane.name} at the right"
    axes = ("1 - t (0 noise, 1 data)", lane.name)
    return Scene(name, (SPAN, lane.bounds), layers, axes=axes, aspect="wide", alt=alt)


def frames(part: Sequence[Step], i: int) -> list[Frame]:
    """One Frame a Step: column `i` of its `xy` at its time."""
    found = []
    for step in part:
        y = step.arrays["xy"][:, i]
        cloud = np.stack([np.full(len(y), 1 - step.metrics["t"]), y], axis=1)
        found.append(Frame(caption(step), {"walkers": {"xy": cloud}, "followed": {"xy": cloud[:1]}}))
    return found


def show(screen: Screen, step: Step) -> None:
    """The panel."""
    words = st.selectbox("What travels", LANES, key="lane", bind="query-params") or LANES[0]
    i = COLUMNS.index(words) if words in COLUMNS else 0
    walked = screen.run() if words in COLUMNS else alone(screen, SETS[words])
    if not len(walked.job.trace) or walked.job.progress().alive:
        return watch(walked, lambda *_: None, "Walking...")
    bench = screen.bench
    name = f"{NAME}:{walked.id}:{words}"
    lane = session.once(f"{NAME}.lane", (bench.dataset.digest, bench.noising, bench.units, words),
                        lambda: column(bench, i) if words in COLUMNS else single(SETS[words], bench.schedule))  # fmt: skip
    role: Role = "model" if screen.asked.back else "data"
    picture = session.once(f"{NAME}.scene", name, lambda: scene(lane, name, list(walked.job.trace), i, role))
    film.show(NAME, walked, picture, lambda part, first: frames(part, i))
    st.caption(
        f"{WALKERS} points in one dimension, by the exact denoiser and the solver above."
        if words not in COLUMNS
        else "The walk on the stage, one column of it, over that column's exact density at every t."
    )


def alone(screen: Screen, name: str) -> Run:
    """The session's walk of a one-dimensional set."""
    spec = (name, screen.bench.noising, screen.sampler, screen.seed)
    lane = single(name, screen.bench.schedule)
    return runs.open_run(NAME, spec, "", lambda: steps(lane, screen.sampler, screen.key / "strip"))
