"""Straightness: diffusion beside flow matching three ways, trained here and now, and what few steps cost each of them.

All start from the same noise. Independent coupling, minibatch optimal transport and one reflow differ only in which noise
is paired with which point while training; the walk is DDIM's for all, which on the straight schedule is Euler's.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

import numpy as np
import streamlit as st
from jaxtyping import Float

from core.diffusion import walk as walks
from core.diffusion.config import Config
from core.diffusion.noise import coupling
from core.diffusion.noise.target import Points
from core.diffusion.truth import quality
from core.diffusion.walk import Sampler
from core.evaluation import two_sample
from core.key import Key
from core.process import Step
from playground import plot, session
from playground.rungs.diffusion import charts
from playground.rungs.diffusion.bench import Bench
from playground.rungs.diffusion.screen import Screen
from playground.runs import runs
from playground.runs.watch import watch

NAME = "diffusion.straight"
UPDATES, EVERY = 2000, 100
WAYS = {  # title: what is trained; the last goes on from the flow's own pairs
    "Diffusion": Config(schedule="cosine", target="v", steps=UPDATES, every=EVERY),
    "Flow": Config(schedule="flow", target="velocity", steps=UPDATES, every=EVERY),
    "Transport": Config(schedule="flow", target="velocity", coupling="optimal transport", steps=UPDATES, every=EVERY),
    "Reflow": Config(schedule="flow", target="velocity", steps=UPDATES, every=EVERY),
}
PAIRS = 2000  # that a reflow learns from
WALKERS, DRAWN, LINES = 400, 40, 100  # walks; paths on show; lines looked at for crossings
FINE, COUNTS = 50, (1, 2, 4, 50)
REPEATS = 40  # of the null band
GLIMPSES = (100, 500)  # updates after which a way is judged for the first time
UNTRAINED = np.empty((FINE + 1, 0, 2))


@dataclass(frozen=True)
class Judged:
    """One way after so many updates: paths (m, p, 2) in the data's units; of the pairs it learned from, their cost and the
    share of lines that cross; of its walks length over straight line, cost, and the least cost between the same ends; SW2
    by steps.
    """

    updates: int
    paths: Float[np.ndarray, "m p 2"]
    taught: float
    crossings: float
    detour: float
    cost: float
    least: float
    distances: tuple[float, ...]


@dataclass(frozen=True)
class Compared:
    """The null band's 95 % point, what has been judged so far, and the way that is being trained after so many updates."""

    limit: float
    judged: Mapping[str, Judged] = field(default_factory=dict)
    now: str = next(iter(WAYS))
    updates: int = 0


def compare(bench: Bench, key: Key) -> Iterator[Step[Compared]]:
    """Train one way after the other, and judge each while it is young and when it is trained; the last Step has all.

    A Step for every `EVERY` updates, so that others get their turn.
    """
    from core.diffusion.fit import fit, reflow

    ticks, flow = count(), None
    points, fresh = bench.dataset.points, others(bench, WALKERS, key / "fresh")
    found = Compared(null_limit(bench, key / "null"))
    yield Step(next(ticks), found)
    for title, config in WAYS.items():
        x, noise = reflow(flow, PAIRS, key / "pairs") if title == "Reflow" and flow is not None else (points, None)
        model = flow if title == "Reflow" else None
        for step in fit(config, x, key / "fit", start=model, noise=noise):
            model, updates = step.state, int(step.metrics["steps"])
            found = replace(found, now=title, updates=updates)
            if updates in (*GLIMPSES, config.steps):
                pairs = taught(config, model.standard(x), noise, key / "taught")
                judged = judge(bench, model, pairs, fresh, key, updates)
                found = replace(found, judged={**found.judged, title: judged})
            yield Step(next(ticks), found)
        flow = model if title == "Flow" else flow


def taught(config: Config, x: Points, noise: Points | None, key: Key) -> tuple[Points, Points]:
    """Some of the pairs a way learns from, standard units: points, and the noise that goes with each."""
    rows = (key / "rows").generator().integers(len(x), size=WALKERS)
    if noise is not None:
        return x[rows], noise[rows]
    fresh = (key / "noise").generator().standard_normal((WALKERS, 2))
    together = coupling.partners(x[rows], fresh) if config.coupling == "optimal transport" else np.arange(WALKERS)
    return x[rows], fresh[together]


def judge(
    bench: Bench, model: Any, pairs: tuple[Points, Points], fresh: Points, key: Key, updates: int = UPDATES
) -> Judged:
    """Walk a trained `Diffusion` from the same noise with few steps and many, and measure; `pairs` are what it learned."""
    noise = walks.start(model.schedule, WALKERS, 2, key)
    along, ends = two_sample.directions(2, key), {}
    for n in COUNTS:
        *_, last = steps = list(walks.walk(model, noise, key, Sampler("DDIM", n)))
        ends[n] = model.original(last.state)
        if n == FINE:
            times, states = quality.corners(steps)
    scale = bench.scale
    distances = tuple(two_sample.sliced_wasserstein(ends[n] / scale, fresh / scale, along) for n in COUNTS)
    straight = quality.paths(times, states)
    drawn = model.original(states[:, :DRAWN].reshape(-1, 2)).reshape(len(states), -1, 2)
    detour = float(straight.length.sum() / (straight.length * straight.straightness).sum())
    cost, least = coupling.cost(states[-1], states[0]), quality.transport_cost(states[0], states[-1])
    lines = quality.crossings(np.stack(pairs)[:, :LINES])
    return Judged(updates, drawn, coupling.cost(*pairs), lines, detour, cost, least, distances)


def others(bench: Bench, n: int, key: Key) -> Float[np.ndarray, "n 2"]:
    """Fresh points of the truth, or some of the data, with repeats, where it is not known."""
    truth = bench.dataset.truth
    if truth is not None:
        return truth.sample(n, key)
    return bench.dataset.points[key.generator().integers(len(bench.dataset), size=n)]


def null_limit(bench: Bench, key: Key) -> float:
    """The 95 % point of SW2 between two samples of as many true points, standard units."""
    along = two_sample.directions(2, key)
    pairs = [(others(bench, WALKERS, key / i / 0), others(bench, WALKERS, key / i / 1)) for i in range(REPEATS)]
    found = [two_sample.sliced_wasserstein(a / bench.scale, b / bench.scale, along) for a, b in pairs]
    return float(np.quantile(found, 0.95))


def rows(found: Compared) -> str:
    """The table, a column a way from the start."""
    all_ = [found.judged.get(title) for title in WAYS]

    def row(name: str, say: Callable[[Judged], str]) -> str:
        return "| " + " | ".join((name, *(say(j) if j else "…" for j in all_))) + " |"

    def after(i: int, steps: int) -> str:
        return row(f"SW2, {steps} step{'s' * (steps > 1)}", lambda j: mark(j.distances[i], found.limit))

    lines = [
        row("Updates", lambda j: f"{j.updates:,}"),
        row("Pairs: cost, units²", lambda j: f"{j.taught:.2f}"),
        row("Pairs: lines that cross, %", lambda j: f"{100 * j.crossings:.1f}"),
        row("Walks: length / straight", lambda j: f"{j.detour:.3f}"),
        row("Walks: cost, units²", lambda j: f"{j.cost:.2f}"),
        row("… least between the ends", lambda j: f"{j.least:.2f}"),
        *(after(i, n) for i, n in enumerate(COUNTS)),
    ]
    head = "| way | " + " | ".join(WAYS) + " |\n|---|" + "---:|" * len(WAYS)
    return "\n".join([head, *lines])


def mark(distance: float, limit: float) -> str:
    """A distance with a tick if it lies inside the null band."""
    return f"{distance:.2f}\u00a0{'✓' if distance <= limit else '▲'}"


def show(screen: Screen, step: Step) -> None:
    """The panel."""
    bench = screen.own
    key = Key(screen.seed) / "diffusion" / "straight"
    own = runs.open_run(NAME, (bench.dataset.digest, screen.seed), "", lambda: compare(bench, key))
    watch(own, lambda newest, _: picture(bench, newest.state), "The null band...")


def picture(bench: Bench, found: Compared) -> None:
    """Paths side by side over their table, each in its place from the start."""
    with st.container(horizontal=True, gap="small"):
        for title in WAYS:
            judged = found.judged.get(title)
            drawn = charts.paths(title, judged.paths if judged else UNTRAINED, bench.bounds, session.dark())
            long = f"{judged.detour:.2f} times as long as straight lines" if judged else "not known yet"
            alt = f"{title}: paths from noise to data, {long}"
            plot.show(drawn, key=f"{NAME}.{title}", alt=alt, width="content")
    st.markdown(rows(found))
    done = list(WAYS).index(found.now) + found.updates / WAYS[found.now].steps
    st.progress(done / len(WAYS), f"{found.now}: {found.updates:,} of {WAYS[found.now].steps:,} updates.")
    st.caption(
        f"Trained here, {UPDATES:,} updates each, width 64. Pairs: points, and the noise each was taught with; reflow's are "
        f"{PAIRS:,} that the flow itself joined. {WALKERS} walks by DDIM (on the straight schedule: Euler) from the same "
        f"noise, {FINE} steps for the paths; standard units. SW2: sliced Wasserstein distance to as many true points, ✓ "
        f"inside the null band, which ends at {found.limit:.3f}."
    )
