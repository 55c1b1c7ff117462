"""The memorisation dial: from knowing the training points by heart to what a network learned of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from jaxtyping import Float

from core.diffusion import walk as walks
from core.diffusion.guidance import Guided
from core.diffusion.noise.target import Denoiser
from core.diffusion.truth import quality
from core.diffusion.truth.exact import ExactPoints
from core.diffusion.truth.quality import Memory
from core.diffusion.walk import Sampler
from core.key import Key
from core.process import Step
from playground import controls, plot, session
from playground.rungs.diffusion import charts, training
from playground.rungs.diffusion.bench import Bench
from playground.rungs.diffusion.dials import Dial
from playground.rungs.diffusion.screen import Screen
from playground.runs import runs
from playground.runs.watch import watch
from playground.shown.numbers import table

NAME = "diffusion.memory"
WALKERS = 400
SAMPLER = Sampler("DPM-Solver++(2M)", 40, "log-snr")  # fine near the data, where one point wins over its neighbours
STOPS = (0.0, 0.5, 1.0)  # of the dial, looked at whatever is chosen


@dataclass(frozen=True)
class Remembered:
    """Of each stop of the dial its Memory, the chosen one first, and the chosen one's samples in the data's units."""

    stops: tuple[tuple[float, Memory], ...]
    samples: Float[np.ndarray, "n 2"]


def held_out(bench: Bench, key: Key) -> Float[np.ndarray, "n 2"] | None:
    """Points that were not learned, standard units: fresh draws of the truth; None where it is not known."""
    truth = bench.dataset.truth
    return None if truth is None else bench.standard(truth.sample(WALKERS, key / "held"))


def steps(bench: Bench, learned: Denoiser, share: float, key: Key) -> Iterator[Step[Remembered]]:
    """The chosen stop, then the others; the same starts for all."""
    by_heart, start = ExactPoints(bench.known, bench.schedule), walks.start(bench.schedule, WALKERS, 2, key)
    fresh, found, samples = held_out(bench, key), [], np.empty((0, 2))
    for i, stop in enumerate((share, *(stop for stop in STOPS if stop != share))):
        *_, last = walks.walk(Guided(by_heart, learned, stop), start, key, SAMPLER)
        found.append((stop, remembered(last.state, bench.known, fresh)))
        if not i:
            samples = bench.original(last.state)
        yield Step(i, Remembered(tuple(found), samples))


def remembered(
    samples: Float[np.ndarray, "n 2"], known: Float[np.ndarray, "t 2"], fresh: Float[np.ndarray, "m 2"] | None
) -> Memory:
    """Against held-out points, or, where there are none, against each training point's nearest other one."""
    if fresh is not None:
        return quality.memory(samples, known, fresh)
    return quality.memory_of_its_own(samples, known)


def show(screen: Screen, step: Step) -> None:
    """The panel."""
    assert screen.course is not None
    moment, bench = training.moment(screen.course), screen.own
    left, right = st.columns([1.35, 1], gap="large")
    left = left.container(key="place memory")
    with right:
        share = float(controls.draw(Dial(), more=True)["share"])
    if moment is None:
        left.caption("The network is not ready yet: it begins to answer after a few hundred updates.")
        return
    spec = (bench.dataset.digest, bench.noising, screen.course.id, moment.index, share, screen.seed)
    key = Key(screen.seed) / "diffusion" / "memory"
    own = runs.open_run(NAME, spec, "", lambda: steps(bench, moment.state, share, key))
    with left:
        watch(own, lambda newest, _: picture(bench, newest.state), f"Walking {WALKERS} points...")
    with right:
        st.caption(
            f"Network: {moment.metrics['steps']:,.0f} updates, trained here on these {len(bench.dataset):,} points. "
            "Each guess is (1 - s) by heart + s learned. Fewer points (More, Points n): what does the network do then?"
        )
        watch(own, lambda newest, _: figures(bench, newest.state), "")


def picture(bench: Bench, state: Remembered) -> None:
    """The distances to the nearest training point, and the samples."""
    chosen: Any = state.stops[0][1]
    other = "held-out points" if bench.dataset.truth is not None else "other training points"
    drawn = charts.distances(chosen.samples, chosen.held, other, session.dark())
    alt = f"Distances of samples and of {other} to the nearest training point"
    with st.container(key="place distances"):
        plot.show(drawn, key=f"{NAME}.distances", alt=alt)
    cells = {"training points": bench.original(bench.known), "samples": state.samples}
    roles = ("data", "model")
    plot.show(
        charts.pair(cells, roles, bench.dataset.bounds, session.dark()), key=f"{NAME}.clouds",
        alt="Training points beside samples",
    )  # fmt: skip


def figures(bench: Bench, state: Remembered) -> None:
    """The ratios along the dial."""
    against = "held-out" if bench.dataset.truth is not None else "own neighbours'"
    rows = [
        (f"s = {stop:g}", f"{memory.ratio:.2f}", f"copies {memory.copies:.0%}")
        for stop, memory in sorted(state.stops, key=lambda pair: pair[0])
    ]
    st.markdown(table("Nearest-point ratio", rows))
    st.caption(
        f"Median distance to the nearest training point over the {against} median: 1 has generalised, 0 repeats. "
        "A copy is nearer than all but 1 % of those."
    )
