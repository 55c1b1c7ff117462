"""Where and when a network errs: its field against the exact one over (x, t), weighted by how often it is asked there."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import streamlit as st
from jaxtyping import Float

from core.diffusion.noise.target import Denoiser
from core.diffusion.truth import field
from core.process import Step
from playground import controls, session
from playground.instruments.stage import Field as Sheet
from playground.instruments.stage import Scene
from playground.rungs.diffusion import training
from playground.rungs.diffusion.bench import SPREADS, Bench
from playground.rungs.diffusion.dials import Slice
from playground.rungs.diffusion.screen import Screen
from playground.runs import film, runs
from playground.runs.runs import Run
from playground.runs.watch import watch
from playground.shown.numbers import table

NAME = "diffusion.field"
TIMES, PLACES = 50, 97  # nodes
COARSE = 1.4
LEAST = 0.06  # share of noise at the first time: closer to the data a set of points is all spikes between the nodes


@dataclass(frozen=True)
class Sheets:
    """So far, a row a time: the root of the error's density (m, p); along a cut also both fields (m, p), else none."""

    error: Float[np.ndarray, "m p"]
    learned: Float[np.ndarray, "m p"]
    exact: Float[np.ndarray, "m p"]


def times(bench: Bench) -> Float[np.ndarray, " m"]:
    """The times looked at: from that at which the noise is `LEAST` of the spread, within the schedule's span."""
    first = float(bench.schedule.at_log_snr(float(np.log(1 / LEAST**2 - 1))))
    return np.linspace(first, bench.schedule.span[1], TIMES)


def steps(bench: Bench, learned: Denoiser, asked: Slice) -> Iterator[Step[Sheets]]:
    """A row a Step, at unit spread: places are x_t / max(1, size(t)), standard units."""
    nodes = np.linspace(-SPREADS, SPREADS, PLACES)
    rows: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    for i, t in enumerate(times(bench)):
        rows.append(row(bench, learned, asked, nodes * bench.zoom(t), float(t)))
        yield Step(i, Sheets(*(np.stack(part) for part in zip(*rows, strict=True))))


def row(
    bench: Bench, learned: Denoiser, asked: Slice, nodes: Float[np.ndarray, " p"], t: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The root of the error's density, and the fields' own component along the cut, minus the noise they see."""
    i = asked.column
    if asked.other == "summed":
        nothing = np.zeros(len(nodes))
        others = np.linspace(nodes[0], nodes[-1], count(bench, t))
        return field.across(learned, bench.exact, nodes, others, i, t) * np.sqrt(bench.zoom(t)), nothing, nothing
    held = np.full(len(nodes), asked.at * bench.zoom(t))
    line = np.stack([nodes, held] if i == 0 else [held, nodes], axis=1)
    error = field.along(learned, bench.exact, line, t) * bench.zoom(t)
    return error, -field.noise(learned, line, t)[:, i], -field.noise(bench.exact, line, t)[:, i]


def count(bench: Bench, t: float) -> int:
    """Nodes for a sum over the other column, `COARSE` of the noise apart: for sums of Gaussians that is exact to 1e-4."""
    share = float(bench.schedule.sigma(t) / bench.schedule.size(t))
    return max(33, int(np.ceil(2 * SPREADS / (COARSE * share))) + 1)


def excess(sheets: Sheets) -> Float[np.ndarray, " m"]:
    """The squared error of the noise per dimension at each time, from a summed sheet: what is over the floor."""
    nodes = np.linspace(-SPREADS, SPREADS, PLACES)
    return np.asarray(np.trapezoid(sheets.error**2, nodes, axis=1) / 2)


def scene(bench: Bench, asked: Slice, sheets: Sheets, name: str) -> Scene:
    """The sheets over time (across) and place (up)."""
    i = asked.column
    low, high = (float(bench.shift[i] + sign * SPREADS * bench.scale[i]) for sign in (-1, 1))
    top = max(float(np.quantile(sheets.error, 0.995)), 1e-6)
    layers = [Sheet(name="error", label="Error", role="hand", values=sheets.error.T, vmax=top)]
    if asked.other == "cut":
        layers += [
            Sheet(
                name="learned", label="Learned field", role="difference", values=sheets.learned.T, vmax=2.5, on=False
            ),
            Sheet(name="exact", label="Exact field", role="difference", values=sheets.exact.T, vmax=2.5, on=False),
        ]
    axes = ("t (0 data, 1 noise)", bench.dataset.columns[i])
    alt = "The learned field's error over place and time, weighted by the density"
    return Scene(name, (tuple(times(bench)[[0, -1]]), (low, high)), layers, axes=axes, aspect="strip", alt=alt)


def show(screen: Screen, step: Step) -> None:
    """The panel."""
    moment, bench = screen.moment, screen.bench
    if moment is None and screen.course is not None:
        moment = training.moment(screen.course)
    left, right = st.columns([1.8, 1], gap="large")
    left = left.container(key="place field")
    with right:
        values = controls.draw(Slice(), more=True, names=("axis", "other"))
        if values["other"] == "cut":
            values |= controls.draw(Slice(), more=True, names=("at",))
    asked = Slice(**values)
    if moment is None:
        left.caption("The network is not ready yet: it begins to answer after a few hundred updates.")
        return
    spec = (bench.dataset.digest, bench.noising, moment.index, id_of(screen), asked)
    own = runs.open_run(NAME, spec, "", lambda: steps(bench, moment.state, asked))
    with left:
        watch(own, lambda newest, _: picture(bench, asked, newest, own), "The first times...")
    with right:
        said(bench, asked, own)


def id_of(screen: Screen) -> str:
    """A name for the network that is looked at."""
    return screen.course.id if screen.course else screen.asked.says


def picture(bench: Bench, asked: Slice, newest: Step[Sheets], own: Run) -> None:
    """The stage, once all times are there."""
    sheets = newest.state
    if len(sheets.error) < TIMES:
        st.progress(len(sheets.error) / TIMES, f"{len(sheets.error)} of {TIMES} times")
        return
    made = session.once(f"{NAME}.scene", own.id, lambda: scene(bench, asked, sheets, f"{NAME}:{own.id}"))
    film.still(NAME, made)


def said(bench: Bench, asked: Slice, own: Run) -> None:
    """What the picture shows, in words and numbers."""
    unit = "root of squared error per standard unit" + ("" if asked.other == "summed" else ", squared")
    st.caption(
        f"√(|ε̂ - ε|² p(x_t)), {unit}: the noise the network sees against the noise there is, where it is asked. "
        + ("Its square summed over x is the loss above its floor." if asked.other == "summed" else
           "Press the legend for both fields, minus the noise seen: orange up, blue down.")
    )  # fmt: skip
    if asked.other == "summed" and len(own.job.trace) == TIMES:
        found = excess(own.job.trace[-1].state)
        worst, t = int(found.argmax()), times(bench)
        rows = [
            ("Mean over t", f"{np.trapezoid(found, t) / (t[-1] - t[0]):.4f}", "squared error of ε per dimension"),
            ("Largest", f"{found[worst]:.4f}", f"at t = {t[worst]:.2f}"),
        ]
        st.markdown(table("Above the floor", rows))
