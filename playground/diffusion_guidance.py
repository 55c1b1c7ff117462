"""Guidance: walks pushed towards a class, beside the tilted density they are often said to draw from."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import streamlit as st

from core import two_sample
from core.data.dataset import Dataset
from core.diffusion import walk as walks
from core.diffusion.exact import ExactMixture
from core.diffusion.guidance import Guided, Tilted, one_class
from core.diffusion.walk import Sampler
from core.gmm import GMM
from core.key import Key
from core.options import Range, check
from core.process import Halt, Step
from playground import controls, film, runs, session
from playground.diffusion_bench import Bench
from playground.discs import visible
from playground.mixture_numbers import table
from playground.stage import Field, Frame, Points, Scene

NAME = "diffusion.guided"
WALKERS = 300
SAMPLER = Sampler("DPM-Solver++(2M)", 40)
SIDE = 72
WIDEN = (
    1.5  # standard deviations are so much wider than the classes', so that classes overlap and w has something to do
)


@dataclass(frozen=True)
class Push:
    """How hard, and where to."""

    w: Annotated[float, Range(0, 8, "Guidance w", "0 ignores the class, 1 is the class.", step=0.5, more=True)] = 3.0

    def __post_init__(self) -> None:
        """Raise ValueError for an option outside its declaration."""
        check(self)


def law(bench: Bench) -> tuple[GMM, np.ndarray] | None:
    """One Gaussian a class, of its mean and covariance, standard units; None without classes of 3 points."""
    data: Dataset = bench.dataset
    if data.labels is None or len(data.classes) < 2:
        return None
    u = bench.standard(data.points)
    parts = [u[data.labels == c] for c in range(len(data.classes))]
    if min(len(part) for part in parts) < 3:
        return None
    weights = np.array([len(part) for part in parts]) / len(u)
    spread = np.stack([np.cov(part.T) + 1e-6 * np.eye(2) for part in parts])
    return GMM(weights / weights.sum(), np.stack([part.mean(0) for part in parts]), spread), np.arange(len(parts))


def steps(bench: Bench, gmm: GMM, chosen: int, w: float, key: Key) -> Iterator[Step[np.ndarray]]:
    """The guided walk's half-steps; at the end with draws of the `tilted` density, and their distance and its limit."""
    classes = np.arange(len(gmm.weights))
    tilted = Tilted(gmm, classes, chosen, w)
    everything = ExactMixture(gmm, bench.schedule)
    guided = Guided(everything, ExactMixture(one_class(gmm, classes, chosen), bench.schedule), w)
    last = None
    for step in walks.walk(guided, walks.start(bench.schedule, WALKERS, 2, key), key, SAMPLER):
        last = step
        if step.phase != "guess":
            yield Step(step.index, step.state, step.phase, step.metrics)
    if last is None:
        raise Halt("The walk took no step.")
    drawn = tilted.sample(WALKERS, key / "tilted")
    null = two_sample.permuted("energy", last.state, drawn, 99, key / "null")
    told = {"t": 0.0, "distance": null.observed, "limit": null.limit}
    yield Step(last.index + 1, last.state, "judged", told, {"tilted": drawn})


def frames(bench: Bench, steps: list[Step]) -> list[Frame]:
    """One Frame a Step."""
    found = []
    for step in steps:
        t = step.metrics["t"]
        tilted = step.arrays.get("tilted", np.empty((0, 2)))
        arrays = {"guided": {"xy": bench.drawn(step.state, t)}, "tilted": {"xy": bench.original(tilted)}}
        words = "Green: as many exact draws." if step.phase == "judged" else f"Guided walk, t = {t:.3f}."
        found.append(Frame(words, arrays))
    return found


def scene(bench: Bench, gmm: GMM, chosen: int, w: float) -> Scene:
    """The exact tilted density below the guided walkers."""
    nodes = bench.standard(bench.lattice(SIDE))
    density = Tilted(gmm, np.arange(len(gmm.weights)), chosen, w).log_density(nodes)
    values = np.exp(density - density.max()).reshape(SIDE, SIDE)
    columns = bench.dataset.columns
    layers = [
        Field(name="density", label="Tilted density (exact)", role="truth", values=values),
        Points(name="data", label="Data", role="data", xy=visible(bench.dataset), size=2.5),
        Points(name="tilted", label="Exact draws", role="truth", size=4.5),
        Points(name="guided", label="Guided", role="model", size=5.0),
    ]
    name = f"{NAME}:{bench.dataset.digest}:{bench.noising}:{chosen}:{w:g}"
    return Scene(name, bench.bounds, layers, axes=(columns[0], columns[1]), alt="guided samples over the exact density")


def show(bench: Bench, seed: int) -> None:
    """The panel."""
    found = law(bench)
    if found is None:
        st.caption("Guidance needs classes: choose a labelled set, for instance Two moons, or draw with two brushes.")
        return
    classes = bench.dataset.classes
    left, right = st.columns([1.35, 1], gap="large")
    with right:
        name = st.selectbox("Class", classes, key="class", bind="query-params") or classes[0]
        w = float(controls.draw(Push(), more=True)["w"])
        note, said = st.container(), st.container()
    gmm, chosen = found[0], classes.index(name)
    key = Key(seed) / "diffusion" / "guidance"
    run = runs.open_run(
        NAME, (bench.dataset.digest, bench.noising, seed, chosen, w), "", lambda: steps(bench, gmm, chosen, w, key)
    )
    polled = runs.every(run)
    picture = session.once(f"{NAME}.scene", (bench.dataset.digest, bench.noising, chosen, w),
                           lambda: scene(bench, gmm, chosen, w))  # fmt: skip

    @st.fragment(run_every=polled)
    def instrument() -> None:
        if polled and not run.job.progress().alive:
            st.rerun(scope="app")
        if run.job.progress().error:
            st.warning(run.job.progress().error)
        if len(run.job.trace):

            def drawn(part: Any, first: int) -> list[Frame]:
                return frames(bench, list(part))

            film.show(NAME, run, picture, drawn)

    with left:
        instrument()
    last = run.job.trace[-1] if len(run.job.trace) else None
    if last is not None and last.phase == "judged":
        rows = [
            ("Energy distance", f"{last.metrics['distance']:.4f}", "guided and exact draws"),
            ("Null band ends", f"{last.metrics['limit']:.4f}", "95 % of reshuffles lie below"),
        ]
        said.markdown(table(f"w = {w:g}", rows))
        outside = last.metrics["distance"] > last.metrics["limit"]
        said.caption(
            "▲ Outside: guided walks do not draw from the tilted density." if outside else "✓ Inside the band."
        )
    note.caption(
        "Exact, for a law simple enough: each class is one Gaussian with its mean and covariance. "
        "Walks follow (1 - w) D(all) + w D(class); the field is p(x) p(c given x)^w, c the class."
    )
