"""Guidance: walks pushed towards a class, beside the tilted density they are often said to draw from.

The denoisers of all and of the class are exact, or one network that was told the class, or not, in training (Ho and
Salimans, 2022). The network learns from draws of the same law, so that the tilted density is exact for both.
"""

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import numpy as np
import streamlit as st

from core.dataset import Dataset
from core.diffusion import walk as walks
from core.diffusion.guidance import Guided, Tilted, one_class
from core.diffusion.truth.exact import ExactMixture
from core.diffusion.walk import Sampler
from core.evaluation import two_sample
from core.key import Key
from core.mixture.gmm import GMM
from core.process import Halt, Step
from playground import controls, session
from playground.instruments.stage import Field, Frame, Points, Scene
from playground.rungs.diffusion.bench import Bench
from playground.rungs.diffusion.dials import TOLD, Push
from playground.rungs.diffusion.screen import Screen
from playground.runs import film, runs
from playground.runs.runs import Run
from playground.runs.watch import watch
from playground.shown.numbers import table
from playground.shown.points import visible

NAME = "diffusion.guided"
WALKERS = 300
SAMPLER = Sampler("DPM-Solver++(2M)", 40)
SIDE = 72
DRAWS = 4000  # of the law, that a network learns from
UPDATES, EVERY = 3000, 200


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


def steps(bench: Bench, gmm: GMM, chosen: int, push: Push, key: Key) -> Iterator[Step[np.ndarray]]:
    """The guided walk's half-steps, at the end with `tilted` draws; before them, if a network guides, where its walks end
    while it learns.

    States are in standard units. Metrics: `exact`, the energy distance from draws of the tilted density to where walks of
    the exact denoisers end; of a network also the `updates` and, from the first on, its walks' `distance`. The last Step
    has the `distance` for both, and its null band's end, `limit`.
    """
    ticks, start = count(), walks.start(bench.schedule, WALKERS, 2, key)
    drawn = Tilted(gmm, np.arange(len(gmm.weights)), chosen, push.w).sample(WALKERS, key / "tilted")
    guide: Any = exact_guide(bench, gmm, chosen, push.w)
    *_, aim = walks.walk(guide, start, key, SAMPLER)
    known = {"exact": two_sample.energy(aim.state, drawn)}
    back: Callable[[np.ndarray], np.ndarray] = np.asarray
    if push.guide != TOLD[0]:
        for trained in training(bench, gmm, key / "network"):
            model, updates = trained.state, trained.metrics["steps"]
            guide, back = Guided(model.of_class(-1), model.of_class(chosen), push.w), model.original
            *_, young = walks.walk(guide, start, key, SAMPLER)
            ends = back(young.state)
            known |= {"updates": updates, "distance": two_sample.energy(ends, drawn)}
            yield Step(next(ticks), ends, "training", {"t": 0.0, **known})
    last = None
    for step in walks.walk(guide, start, key, SAMPLER):
        if step.phase != "guess":
            last = Step(next(ticks), back(step.state), step.phase, {**step.metrics, **known})
            yield last
    if last is None:
        raise Halt("The walk took no step.")
    null = two_sample.permuted("energy", last.state, drawn, 99, key / "null")
    told = {"t": 0.0, **known, "distance": null.observed, "limit": null.limit}
    yield Step(next(ticks), last.state, "judged", told, {"tilted": drawn})


def exact_guide(bench: Bench, gmm: GMM, chosen: int, w: float) -> Guided:
    """The exact denoisers of all and of the class, mixed."""
    one = one_class(gmm, np.arange(len(gmm.weights)), chosen)
    return Guided(ExactMixture(gmm, bench.schedule), ExactMixture(one, bench.schedule), w)


def training(bench: Bench, gmm: GMM, key: Key) -> Iterator[Step]:
    """A network learning the law's draws, told the class of most of them."""
    from core.diffusion.config import Config
    from core.diffusion.fit import fit

    points, labels = gmm.sample_labelled(DRAWS, key / "points")
    config = Config(schedule=bench.schedule.name, high=float(bench.schedule.high or 0), steps=UPDATES, every=EVERY)
    yield from fit(config, points, key / "fit", labels=labels)


def frames(bench: Bench, steps: list[Step]) -> list[Frame]:
    """One Frame a Step."""
    found = []
    for step in steps:
        t = step.metrics["t"]
        tilted = step.arrays.get("tilted", np.empty((0, 2)))
        arrays = {"guided": {"xy": bench.drawn(step.state, t)}, "tilted": {"xy": bench.original(tilted)}}
        words = "Green: as many exact draws." if step.phase == "judged" else f"Guided walk, t = {t:.3f}."
        if step.phase == "training":
            words = f"Where walks end after {step.metrics['updates']:,.0f} of {UPDATES:,} updates."
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


def show(screen: Screen, step: Step) -> None:
    """The panel."""
    bench = screen.bench
    found = law(bench)
    if found is None:
        st.caption("Guidance needs classes: choose a labelled set, for instance Two moons, or draw with two brushes.")
        return
    classes = bench.dataset.classes
    left, right = st.columns([1.35, 1], gap="large")
    with right:
        session.settle("class", classes, classes[0])
        name = st.selectbox("Class", classes, key="class", bind="query-params") or classes[0]
        push = Push(**controls.draw(Push(), more=True))
        note, said = st.container(), st.container()
    gmm, chosen = found[0], classes.index(name)
    key = Key(screen.seed) / "diffusion" / "guidance"
    spec = (bench.dataset.digest, bench.noising, screen.seed, chosen, push)
    own = runs.open_run(NAME, spec, "", lambda: steps(bench, gmm, chosen, push, key))
    picture = session.once(f"{NAME}.scene", (bench.dataset.digest, bench.noising, chosen, push.w),
                           lambda: scene(bench, gmm, chosen, push.w))  # fmt: skip
    with left:
        watch(own, lambda *_: film_of(bench, own, picture), "The first walk...")
    with said:
        watch(own, lambda newest, _: told(newest, push), "")
    taught = f" The network was told 85 % of the classes of {DRAWS:,} draws of that law, {UPDATES:,} updates."
    note.caption(
        "Exact, for a law simple enough: each class is one Gaussian with its mean and covariance. "
        "Walks follow (1 - w) D(all) + w D(class); the field is p(x) p(c given x)^w, c the class."
        + taught
        * (push.guide != TOLD[0])
    )


def film_of(bench: Bench, run: Run, picture: Scene) -> None:
    """The walk on its stage."""
    film.show(NAME, run, picture, lambda part, first: frames(bench, list(part)))


def told(newest: Step, push: Push) -> None:
    """The figures, and what they mean once all are known."""
    st.markdown(table(f"w = {push.w:g}", rows(newest, push)))
    verdict = "\u00a0"  # keeps its line
    if newest.phase == "judged":
        outside = newest.metrics["distance"] > newest.metrics["limit"]
        verdict = "▲ Outside: guided walks do not draw from the tilted density." if outside else "✓ Inside the band."
    st.caption(verdict)


def rows(step: Step, push: Push) -> list[tuple[str, str, str]]:
    """How far guided walks end from draws of the tilted density, as far as it is known."""

    def known(name: str, form: str = ".4f") -> str:
        return format(step.metrics[name], form) if name in step.metrics else "…"

    network = [
        ("… of the exact guide", known("exact"), "from the same starts"),
        ("The network's updates", known("updates", ",.0f"), f"of {UPDATES:,}"),
    ]
    return [
        ("Energy distance", known("distance"), "guided and exact draws"),
        *(network if push.guide != TOLD[0] else []),
        ("Null band ends", known("limit"), "95 % of reshuffles lie below"),
    ]
