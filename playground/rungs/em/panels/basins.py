"""The basin map: a plane of start positions, each coloured by the log-likelihood its run ends with.

For two columns the plane is the data's own and one component's start sweeps it; for one column the starts of two
components are the axes. The other components start where they are on the stage.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from core.dataset import Dataset
from core.mixture.basin import APART, Ends, Reached, descend, plane_starts, reached
from core.mixture.gmm import GMM, Config
from core.process import Step
from core.units import units_of
from playground.instruments.stage import Ellipses, Field, Frame, Handles, Layer, Points, Scene
from playground.rungs.em import component
from playground.rungs.em.screen import NAME, Screen
from playground.runs import film as stage_film
from playground.runs import hand, runs
from playground.runs.runs import Run
from playground.runs.watch import watch
from playground.shown.numbers import minus, table

SIDE = {1: 100, 2: 48}  # starts along each side, by the number of columns
NUMBERED = 8  # ends that have a number on the map, the best ones


@dataclass(frozen=True)
class Plane:
    """Which two coordinates of the start sweep the map: (component, column) across and up."""

    across: tuple[int, int]
    up: tuple[int, int]
    bounds: np.ndarray

    def hand(self, start: GMM) -> np.ndarray:
        """Where the present start lies on the map, (1, 2)."""
        return np.array([[start.means[self.across], start.means[self.up]]])

    def centres(self, side: int) -> np.ndarray:
        """The axes of the map: from the first start to the last, which are the centres of cells."""
        half = (self.bounds[:, 1] - self.bounds[:, 0]) / side / 2
        return np.stack([self.bounds[:, 0] + half, self.bounds[:, 1] - half], axis=1)

    def moved(self, start: GMM, place: np.ndarray) -> np.ndarray:
        """The start means with the present place on the map replaced, (k, d)."""
        means = start.means.copy()
        means[self.across], means[self.up] = place
        return means

    def label(self, coordinate: tuple[int, int], dataset: Dataset) -> str:
        """What an axis shows."""
        return f"start of component {coordinate[0] + 1}: {dataset.columns[coordinate[1]]}"


def show(screen: Screen, step: Step[GMM]) -> None:
    """Thousands of starts coloured by where they end; dragging the start on the map drags it on the stage."""
    dataset, config, start = screen.dataset, screen.config, screen.start
    if dataset.dim == 1 and config.components == 1:
        st.caption("One Gaussian has one end, wherever it starts. Choose K = 2 or more to see basins.")
        return
    swept = plane(dataset, config.components, component.choose(config.components))
    spec = (dataset.digest, config, screen.key, swept.across, swept.up, rest(start, swept))
    run = runs.open_run(f"{NAME}.basins", spec, "", lambda: steps(dataset, config, start, swept))
    watch(run, lambda newest, _: chart(screen, swept, run), "Starting everywhere at once...")


def chart(screen: Screen, swept: Plane, run: Run) -> None:
    """The map with the present start on it, and what it says."""
    dataset, start, found = screen.dataset, screen.start, run.job.trace.snapshot()[1]
    left, right = st.columns([1.35, 1], gap="large")
    with left.container(key="place basins"):
        name = f"{run.id}:{hand.version(NAME)}:{hand.encode(swept.hand(start))}"
        shown = scene(dataset, start, swept, found, name)
        said = stage_film.show(f"{NAME}.basins", run, shown, film(dataset, start, swept))
    right.markdown(summary(dataset, found[-1].state))
    place = hand.moved(said.handles, swept.hand(start))
    if place is not None:
        screen.drag(swept.moved(start, place[0]))
        st.rerun(scope="app")


def plane(dataset: Dataset, components: int, component: int) -> Plane:
    """The map's axes for one component (and its neighbour, for one column)."""
    if dataset.dim == 1:
        other = (component + 1) % components
        return Plane((component, 0), (other, 0), np.repeat(dataset.bounds, 2, axis=0))
    return Plane((component, 0), (component, 1), dataset.bounds)


def starts(dataset: Dataset, start: GMM, chosen: Plane) -> np.ndarray:
    """The start means of the whole map, in original units."""
    return plane_starts(start, chosen.across, chosen.up, chosen.bounds, SIDE[dataset.dim])


def steps(dataset: Dataset, config: Config, start: GMM, chosen: Plane) -> Iterator[Step[Ends]]:
    """The runs from every start of the map, five iterations at a time."""
    units = units_of(dataset)
    means = (starts(dataset, start, chosen) - units.shift) / units.scale
    return descend(config, units.standard(dataset.points), units.into(start), means)


def scene(dataset: Dataset, start: GMM, chosen: Plane, ends: Sequence[Step[Ends]], name: str) -> Scene:
    """The stage of the map; the ramp runs over the log-likelihoods that runs end with."""
    low, high = scale(dataset, ends[-1].state)
    layers: list[Layer] = [
        Field(name="reached", label="Log-likelihood reached (nats per point)", role="model", vmin=low, vmax=high),
        Points(name="collapsed", label="Collapsed", role="noise", size=3.0),
        Ellipses(name="ends", label="Ends, the best first", role="noise", sigmas=()),
        Handles(name="start", label="This start", xy=chosen.hand(start)),
    ]
    alt = f"{SIDE[dataset.dim] ** 2:,} starts coloured by the log-likelihood EM reaches from them"
    axes = (chosen.label(chosen.across, dataset), chosen.label(chosen.up, dataset))
    return Scene(id=name, bounds=chosen.centres(SIDE[dataset.dim]), layers=layers, axes=axes, alt=alt)


def scale(dataset: Dataset, ends: Ends) -> tuple[float, float]:
    """The log-likelihoods at which the ramp begins and ends; where all ends are one, so is the colour."""
    sound = levels(dataset, ends)[~ends.collapsed]
    low, high = (float(sound.min()), float(sound.max())) if len(sound) else (0.0, 1.0)
    return low, max(high, low + APART)


def numbered(dataset: Dataset, ends: Ends) -> tuple[Reached, ...]:
    """The ends, best first; none while starts still run."""
    return () if ends.running.any() else reached(levels(dataset, ends), ends.collapsed, SIDE[dataset.dim])


def levels(dataset: Dataset, ends: Ends) -> np.ndarray:
    """Mean log-likelihoods in original units."""
    return ends.log_likelihood + units_of(dataset).log_jacobian


def film(dataset: Dataset, start: GMM, chosen: Plane) -> Callable[[Sequence[Step[Ends]], int], list[Frame]]:
    """What makes the Frames of the map, one for every five iterations of all starts."""
    places = starts(dataset, start, chosen)
    xy = np.column_stack([places[(slice(None), *chosen.across)], places[(slice(None), *chosen.up)]])
    return lambda steps, first: [frame(dataset, step, xy) for step in steps]


def frame(dataset: Dataset, step: Step[Ends], xy: np.ndarray) -> Frame:
    """The map after some iterations; `xy` are the places of the starts."""
    side = SIDE[dataset.dim]
    at = xy[[end.start for end in numbered(dataset, step.state)[:NUMBERED]]].reshape(-1, 2)
    flat = np.broadcast_to(1e-12 * np.eye(2), (len(at), 2, 2))
    return Frame(
        caption=f"After {step.index} iterations {1 - step.metrics['running']:.0%} of the starts have come to rest.",
        arrays={
            "reached": {"values": levels(dataset, step.state).reshape(side, side)},
            "collapsed": {"xy": xy[step.state.collapsed]},
            "ends": {"mean": at, "cov": flat, "weight": np.ones(len(at))},
        },
    )


def summary(dataset: Dataset, ends: Ends) -> str:
    """How many different ends there are, how good each is, how many starts reach it, and what the colours mean."""
    sound = levels(dataset, ends)[~ends.collapsed]
    fallen = (
        f"{ends.collapsed.sum():,} of {len(ends.point):,} starts collapsed onto a point. "
        if ends.collapsed.any()
        else ""
    )
    if not len(sound):
        return fallen + "No start came to rest; raise the variance floor."
    pale, full = (minus(f"{level:.4f}") for level in scale(dataset, ends))
    colours = f"Colour: from {pale} (pale) to {full} (full) nats per point."
    if ends.running.any():
        rest = f"**{(~ends.running).sum():,} of {len(ends.point):,}** starts have come to rest."
        return f"{fallen}{rest} Each has the colour of the log-likelihood it has reached so far.\n\n{colours}"
    found = reached(levels(dataset, ends), ends.collapsed, SIDE[dataset.dim])
    said = f"{fallen}{found[0].share:.0%} of the sound starts reach the best, {minus(f'{found[0].level:.4f}')} nats per point; "
    rows = [
        (str(i), f"{end.level:.4f}", f"nats per point, {end.share:.1%} of starts")
        for i, end in enumerate(found[:NUMBERED], start=1)
    ]
    rows += [("...", f"{found[-1].level:.4f}", f"nats per point, the lowest of {len(found)}")] * (len(found) > NUMBERED)
    return f"{said}{len(found)} different ends.\n\n{table('End', rows)}\n\n{colours}"


def rest(start: GMM, chosen: Plane) -> bytes:
    """The part of the start that the map does not sweep; the map stays valid as long as it does."""
    means = start.means.copy()
    means[chosen.across] = means[chosen.up] = 0.0
    return b"".join(a.tobytes() for a in (start.weights, means, start.covariances))
