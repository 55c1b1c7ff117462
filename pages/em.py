"""EM by hand: Gaussian mixtures in one and two dimensions, half-step by half-step."""

import streamlit as st

from core.gmm import Config
from core.key import Key
from playground import controls, em_panels, film, hand, mixture, run_bar, runs, session, shelf
from playground.frame import begin, experiments

NAME = "em"
DATA = "eight_gaussians"
PRESET = Config(components=8)

begin(
    "EM by hand",
    "Add up Gaussians until they look like the data: drag the starts, play, and watch the log-likelihood climb.",
)
sets = shelf.titles((1, 2))
complaints = session.complaints(
    NAME, (PRESET, controls.Seed(), shelf.Amount()), {"data": (sets[DATA], *sets.values()), "panel": em_panels.NAMES}
)
left, right = st.columns([1.35, 1], gap="large")

with right:
    shelved = shelf.choose((1, 2), DATA)
    values = controls.draw(PRESET, more=False)
    with st.expander("More"):
        values |= controls.draw(PRESET, more=True)
        seed = controls.draw(controls.Seed(), more=True)["seed"]
        shelf.more(session.widget("data", DATA))
    if complaints:
        st.warning("\n\n".join(complaints))
    figures = st.container()

config, key = Config(**values), Key(seed) / NAME
if shelved.dataset is None:
    with left:
        drawn = film.sheet(NAME, shelved.brush)
    if drawn is not None and shelf.draw(*drawn):
        st.rerun()
    st.stop()

dataset = shelved.dataset
situation = (dataset.digest, config.components, config.start, seed)
chosen = hand.means(NAME, situation, (config.components, dataset.dim))
fork = runs.fork_of(NAME, lambda step: step.state.means.shape == (config.components, dataset.dim))
start = fork.step.state if fork else mixture.begin(dataset, config, key, chosen)
spec = (dataset.digest, config, seed, hand.encode(start.means), fork and (fork.run, fork.step.index))
run = runs.open_run(NAME, spec, mixture.label(config), lambda: mixture.steps(dataset, config, key, start))


def own_start() -> None:
    """Let go of the means a hand chose and of a fork."""
    runs.unfork(NAME)
    hand.put(NAME, situation, None)


@st.fragment(run_every=runs.every(run))
def instrument() -> int:
    """The stage and the run's bar; a frame that came to rest, a dragged mean or a stroke reruns the page."""
    kept = runs.kept(NAME)
    before = runs.since(kept, fork)
    scene = mixture.scene(dataset, start, bool(before), shelved.brush, mixture.scene_id(NAME, dataset, start, kept))
    said = film.show(NAME, run, scene, lambda steps: mixture.frames(dataset, steps, before))
    at = film.shown(NAME, run, said)
    run_bar.bar(
        NAME,
        run,
        run.job.trace[at],
        f"of at most {2 * config.iterations + 1:,} half-steps",
        own_start if fork or chosen is not None else None,
    )
    means = hand.moved(said.handles, start.means)
    if means is not None:
        runs.unfork(NAME)
        hand.put(NAME, situation, means)
    stroke = said.drawn is not None and shelf.draw(*said.drawn)
    if means is not None or stroke or session.changed(f"{NAME}.rest", film.rest(run, said)):
        st.rerun(scope="app")
    return at


with left:
    at = instrument()
film.link(run, at)
with figures:
    em_panels.figures(run.job.trace[at], dataset, config)
em_panels.panel(NAME, run, at, dataset, config, key, start, shelved.code)
experiments(
    NAME,
    {
        "Old Faithful in two": (
            {"data": "Old Faithful", "components": 2},
            "Two kinds of eruption, found in a few steps.",
        ),
        "A collapse": (
            {"data": "Galaxies", "components": 9, "floor": 0, "start": "random points", "seed": 1},
            "Without a floor a component falls onto one galaxy, where the likelihood has no top.",
        ),
        "Your start, your end": (
            {"data": "The classic demonstration", "components": 2, "panel": "Basins"},
            "Drag a start over the map: where does EM end, and can you find the saddle?",
        ),
    },
)
