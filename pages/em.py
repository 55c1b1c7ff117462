"""EM by hand: Gaussian mixtures in one and two dimensions, half-step by half-step."""

import streamlit as st

from core.mixture.gmm import GMM, Config
from core.process import Halt, Step
from playground import controls, session
from playground.frame import begin, experiments, onward
from playground.instruments.figures import figures as place
from playground.rungs.em import component, film, numbers
from playground.rungs.em.screen import DATA, NAME, PANELS, PRESET, Asked, Screen, complaints, screen
from playground.runs import baton, hand, run_bar, runs
from playground.runs import film as stage
from playground.runs.runs import Run
from playground.shelf import points
from playground.shown import closer
from playground.shown.sheet import unfitted

TRIES = {
    "Old Faithful in two": ({"data": "Old Faithful", "components": 2}, "Two kinds of eruption, found in a few steps."),
    "A collapse": (
        {"data": "Galaxies", "components": 9, "floor": 0, "start": "Random points", "seed": 1},
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
words = {
    "data": (sets[DATA], *sets.values()),
    "panel": closer.titles(PANELS),
    "component": component.words(12),
}


@baton.fragment()
def workbench() -> None:
    """Everything that follows the controls: a change runs this again, and not the frame around it."""
    lines = session.complaints((PRESET, controls.Seed(), points.Amount()), words)
    left, right = st.columns([1.35, 1], gap="large")
    with right:
        asked = ask()
        said, figures = st.container(), st.container()
    if asked.shelved.dataset is None:
        return unfitted(left, NAME, asked.shelved, "")
    if lines := lines + complaints(asked):
        said.warning("\n\n".join(lines))
    try:
        found = screen(asked)
    except Halt as halt:
        return unfitted(left, NAME, asked.shelved, str(halt))
    if (shown := run_bar.standing(NAME, found, said)) is None:
        return
    found, run = shown
    with left:
        step = instrument(found, run)
    with figures:
        (beside,) = numbers.beside([step], found)
        place("figures", run.id, beside["figures"], key=f"{NAME}.figures")
    closer.closer(NAME, PANELS, found, step)


def instrument(found: Screen, run: Run) -> Step[GMM]:
    """The stage and the run's bar; a frame that came to rest, a dragged mean or a stroke reruns the page."""
    whole = [True]  # what the instrument finds out while the page is drawn is on the page anyway

    @runs.follow(run)
    def look() -> Step[GMM]:
        said = stage.show(NAME, run, *film.of(found))
        steps = run.job.trace.snapshot()[1]
        at = min(stage.shown(NAME, run, said), len(steps) - 1)
        most, reset = f"of at most {2 * found.config.iterations + 1:,} frames", found.own_start if found.given else None
        run_bar.bar(NAME, run, steps[at], most, "half-step", reset)
        means = hand.moved(said.handles, found.start.means)
        if means is not None:
            found.drag(means)
        stroke = said.drawn is not None and points.draw(*said.drawn)
        rested = session.changed(f"{NAME}.rest", stage.rest(run, said)) and not whole[0]
        if rested or means is not None or stroke:
            st.rerun(scope="app")
        stage.link(run, at)
        return steps[at]

    step = look()
    whole[0] = False
    return step


def ask() -> Asked:
    """The controls at the right: the data, the options of the fit, and the seed."""
    shelved = points.choose((1, 2), DATA)
    values = controls.draw(PRESET, more=False)
    with st.expander("More"):
        values |= controls.draw(PRESET, more=True)
        seed = controls.draw(controls.Seed(), more=True)["seed"]
        points.more(session.widget("data", DATA))
    return Asked(shelved, Config(**values), seed)


workbench()
experiments(NAME, TRIES)
onward("these hidden causes were few and named; what if a picture is made from a few numbers nobody wrote down?", "vae")
