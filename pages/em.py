"""EM by hand: Gaussian mixtures in one and two dimensions, half-step by half-step."""

from collections.abc import Hashable
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.key import Key
from core.mixture.gmm import GMM, Config
from core.process import Halt, Step
from playground import controls, session
from playground.frame import begin, experiments, onward
from playground.rungs.em import closer, forks
from playground.rungs.em import film as mixture
from playground.runs import baton, film, hand, run_bar, runs
from playground.shelf import points

NAME = "em"
DATA = "eight_gaussians"
PRESET = Config(components=8)
TRIES = {
    "Old Faithful in two": ({"data": "Old Faithful", "components": 2}, "Two kinds of eruption, found in a few steps."),
    "A collapse": (
        {"data": "Galaxies", "components": 9, "floor": 0, "start": "random points", "seed": 1},
        "Without a floor a component falls onto one galaxy, where the likelihood has no top.",
    ),
    "Your start, your end": (
        {"data": "The classic demonstration", "components": 2, "panel": "Basins"},
        "Drag a start over the map: where does EM end, and can you find the saddle?",
    ),
}

begin(
    "EM by hand",
    "Add up Gaussians until they look like the data: drag the starts, play, and watch the log-likelihood climb.",
)
sets = points.titles((1, 2))
words = {"data": (sets[DATA], *sets.values()), "panel": closer.NAMES, "component": closer.components(12)}


@baton.fragment()
def workbench() -> None:
    """Everything that follows the controls: a change runs this again, and not the frame around it."""
    complaints = session.complaints(NAME, (PRESET, controls.Seed(), points.Amount()), words)
    left, right = st.columns([1.35, 1], gap="large")
    with right:
        shelved, config, seed = ask()
        said, figures = st.container(), st.container()
    key, shape = Key(seed) / NAME, (config.components, shelved.dim)
    if shelved.dataset is None:
        return unfitted(left, shelved, "")
    dataset = shelved.dataset
    situation = (dataset.digest, config.components, config.start, seed)
    chosen = hand.means(NAME, situation, shape, dataset.bounds)
    fork = forks.of(NAME, dataset.digest, shape)
    if lines := complaints + hand.complaint(NAME, chosen) + forks.complaint(NAME, situation, fork):
        said.warning("\n\n".join(lines))
    try:
        start = fork.step.state if fork else mixture.begin(dataset, config, key, chosen)
    except Halt as halt:
        return unfitted(left, shelved, str(halt))
    spec = (dataset.digest, config, seed, hand.encode(start.means), fork and (fork.run, fork.step.index))
    run = runs.open_run(NAME, spec, mixture.label(config), lambda: mixture.steps(dataset, config, key, start))
    if not len(run.job.trace):
        with left:
            return run_bar.wait(run)
    given = start if fork or chosen is not None else None
    own = partial(own_start, situation) if given else None

    @runs.follow(run)
    def instrument() -> tuple[list[Step[GMM]], int]:
        """The stage and the run's bar; a frame that came to rest, a dragged mean or a stroke reruns the page."""
        kept = runs.kept(NAME, dataset.digest)
        before = runs.since(kept, fork)
        name = mixture.scene_id(NAME, dataset, hand.version(NAME), start, kept)
        looks = (name, bool(before), bool(shelved.brush))
        scene = session.once(
            f"{NAME}.scene", looks, lambda: mixture.scene(dataset, start, bool(before), shelved.brush, name)
        )
        said = film.show(NAME, run, scene, lambda steps, first: mixture.frames(dataset, steps, first, before))
        steps = run.job.trace.snapshot()[1]
        at = min(film.shown(NAME, run, said), len(steps) - 1)
        most = f"of at most {2 * config.iterations + 1:,} half-steps"
        run_bar.bar(NAME, run, steps[at], most, own)
        means = hand.moved(said.handles, start.means)
        if means is not None:
            runs.unfork(NAME)
            hand.put(NAME, situation, means)
        stroke = said.drawn is not None and points.draw(*said.drawn)
        rested = session.changed(f"{NAME}.rest", film.rest(run, said)) and not whole
        if rested or means is not None or stroke:
            st.rerun(scope="app")
        return steps, at

    whole = True  # what the instrument finds out now is on the page below anyway
    with left:
        steps, at = instrument()
    whole = False
    film.link(run, at)
    with figures:
        closer.figures(steps[at], dataset, config)
    closer.panel(NAME, run, steps, at, dataset, config, key, start, given, shelved.code)


def own_start(situation: Hashable) -> None:
    """Let go of the means a hand chose and of a fork."""
    runs.unfork(NAME)
    hand.put(NAME, situation, None)


def ask() -> tuple[points.Shelved, Config, int]:
    """The controls at the right: the data, the options of the fit, and the seed."""
    shelved = points.choose((1, 2), DATA)
    values = controls.draw(PRESET, more=False)
    with st.expander("More"):
        values |= controls.draw(PRESET, more=True)
        seed = controls.draw(controls.Seed(), more=True)["seed"]
        points.more(session.widget("data", DATA))
    return shelved, Config(**values), seed


def unfitted(place: DeltaGenerator, shelved: points.Shelved, problem: str) -> None:
    """The data alone, with the brush if there is one, and what is in the way of a fit."""
    with place:
        drawn = film.still(NAME, mixture.sheet(NAME, shelved)).drawn
        if problem:
            st.warning(problem)
    if drawn is not None and points.draw(*drawn):
        st.rerun()


workbench()
experiments(NAME, TRIES)
onward("these hidden causes were few and named; what if a picture is made from a few numbers nobody wrote down?", "vae")
