"""How wrong a walk's end is, by the evaluations it took: every solver without noise against one of many small steps."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from itertools import count as count_up

import numpy as np
import pandas as pd
import streamlit as st

from core.diffusion import walk as walks
from core.diffusion.noise.target import Denoiser
from core.diffusion.walk import Sampler
from core.key import Key
from core.process import Halt, Step
from playground import plot, session
from playground.rungs.diffusion import charts
from playground.rungs.diffusion import landing as landings
from playground.rungs.diffusion.bench import Bench
from playground.rungs.diffusion.screen import Screen
from playground.runs import runs
from playground.runs.watch import watch
from playground.shown.numbers import table

NAME = "diffusion.solvers"
PLAIN = ("DDIM", "Euler", "Heun", "DPM-Solver++(2M)")
COUNTS, SHOWN = (5, 10, 20, 50, 100), (5, 10, 20, 50)
WALKERS = 150
LAST = 0.02  # the end of the races: closer to the data, the flow of a set of points is no longer smooth
REFERENCE = Sampler("Heun", 400, "log-snr", end=LAST)


@dataclass(frozen=True)
class Race:
    """Rows (solver, steps, evaluations, error) so far, and the ends of the chosen sampler by its steps, data's units."""

    rows: tuple[tuple[str, int, float, float], ...] = ()
    ends: tuple[tuple[int, np.ndarray], ...] = ()


def race(bench: Bench, denoiser: Denoiser, sampler: Sampler, key: Key) -> Iterator[Step[Race]]:
    """First the chosen sampler at `SHOWN` steps, then the error of every plain solver; a Step for each walk."""
    start = walks.start(bench.schedule, WALKERS, 2, key)
    state, ticks = Race(), count_up()
    for count in SHOWN:
        asked = Sampler(sampler.solver, count, sampler.spacing, sampler.eta, sampler.ratio, sampler.end)
        last = yield from slowly(walks.walk(denoiser, start, key, asked), state, ticks)
        state = Race((), (*state.ends, (count, bench.drawn(last.state, last.metrics["t"]))))
        yield Step(next(ticks), state)
    best = yield from slowly(walks.walk(denoiser, start, key, REFERENCE), state, ticks)
    for solver in PLAIN:
        for count in COUNTS:
            try:
                walk = walks.walk(denoiser, start, key, Sampler(solver, count, "log-snr", end=LAST))
                last = yield from slowly(walk, state, ticks)
            except Halt:
                continue
            error = float(np.sqrt(((last.state - best.state) ** 2).mean()))
            state = Race((*state.rows, (solver, count, last.metrics["evaluations"], error)), state.ends)
            yield Step(next(ticks), state)


def slowly(walk: Iterator[Step], state: Race, ticks: Iterator[int]) -> Generator[Step[Race], None, Step]:
    """The last Step of a walk; the same `state` is yielded on the way, so that others get their turn to compute."""
    last = next(walk)
    for last in walk:
        if last.index % 20 == 0:
            yield Step(next(ticks), state)
    return last


def order(rows: tuple[tuple[str, int, float, float], ...], solver: str) -> float:
    """Minus the slope of log error over log evaluations through the solver's last three walks."""
    seen = np.log([(n, error) for name, _, n, error in rows if name == solver and error > 0][-3:])
    return float(-np.polyfit(seen[:, 0], seen[:, 1], 1)[0]) if len(seen) > 1 else float("nan")


def show(screen: Screen, step: Step) -> None:
    """The panel: where the pink start lands, the error of every solver, and samples at a few numbers of steps."""
    bench, sampler = screen.bench, screen.sampler
    key = Key(screen.seed) / "diffusion" / "solvers"
    spec = (bench.dataset.digest, bench.noising, sampler, screen.seed, screen.told)
    own = runs.open_run(NAME, spec, "", lambda: race(bench, screen.denoiser, sampler, key))
    with st.container(key="place solvers"):
        watch(own, lambda found, _: chart(found.state, sampler, bench.dataset.bounds), "The first walk...")
    if screen.asked.back and "landed" in step.arrays:
        title = f"**Your start under every solver**, {sampler.steps} steps each"
        st.markdown(title + "\n\n" + table("Solver", landings.rows(step)))
        st.caption(
            "Drag the pink start on the stage. Without noise its end is settled; with noise the start is forgotten."
        )


def chart(state: Race, sampler: Sampler, bounds: np.ndarray) -> None:
    """Errors over evaluations with the fitted orders, and the chosen solver's samples."""
    left, right = st.columns([1.2, 1], gap="large")
    with left:
        if state.rows:
            found = pd.DataFrame(state.rows, columns=["solver", "steps", "evaluations", "error"])
            found["error"] = found["error"].clip(lower=1e-8)
            drawn = charts.errors(found, PLAIN, session.dark())
            alt = "The error of the end falls as evaluations grow, faster for solvers of second order"
            plot.show(drawn, key=f"{NAME}.errors", alt=alt)
            orders = {name: order(state.rows, name) for name in PLAIN}
            fitted = ", ".join(f"{name} **{fall:.2f}**" for name, fall in orders.items() if np.isfinite(fall))
            st.markdown(f"Fitted order over the last three walks: {fitted or '…'}.")
        end = f"Error: root mean square distance, at t = {LAST}, to Heun's method with {REFERENCE.steps} steps."
        st.caption(f"{end} Steps even in log signal-to-noise.")
    with right:
        st.markdown(f"**{sampler.solver}** from the same starts")
        ends = {f"{count} steps": x for count, x in state.ends}
        drawn = charts.clouds(ends, bounds, "model", session.dark())
        plot.show(drawn, key=f"{NAME}.clouds", alt="Samples at 5, 10, 20 and 50 steps")
