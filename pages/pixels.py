"""Why pixels are hard: pictures counted pixel by pixel, and what is drawn from products, mixtures and a tree of them."""

import streamlit as st

from core.process import Step
from playground import controls, session
from playground.frame import begin, experiments, onward
from playground.instruments.figures import figures as place
from playground.rungs.pixels import film, numbers
from playground.rungs.pixels.learning import Moment
from playground.rungs.pixels.screen import DATA, NAME, PANELS, PRESET, Asked, Screen
from playground.runs import film as stage
from playground.runs import run_bar, runs
from playground.shelf import pictures
from playground.shown import closer

TRIES: dict[str, tuple[dict[str, object], str]] = {
    "Tell it the class": (
        {"pictures": "Handwritten digits", "panel": "Ladder"},
        "The class alone saves nine nats a picture: now each row of draws knows which digit it is.",
    ),
    "Coloured snow": (
        {"pictures": "Outfits", "levels": "17", "components": 5},
        "Each pixel has the right colours, on its own. Together they are snow: nobody told them of their neighbours.",
    ),
    "How many kinds of digit?": (
        {"components": 3, "panel": "Two pixels"},
        "Three products cannot name ten digits. Raise K, and watch the mixture's nats fall, then rise.",
    ),
}

begin(
    "Why pixels are hard",
    "Count pixels as outfits were counted, each on its own, and draw new pictures. They are snow.",
)
sets = pictures.titles()
words = {"pictures": (sets[DATA], *sets.values()), "panel": closer.titles(PANELS)}


def workbench() -> None:
    """Everything that follows the controls."""
    lines = session.complaints((PRESET, controls.Seed()), words)
    left, right = st.columns([1.35, 1], gap="large")
    with right:
        screen = ask()
        said, figures = st.container(), st.container()
        st.caption(numbers.counted(screen))
    if lines:
        said.warning("\n\n".join(lines))
    run = film.run(screen)
    if not len(run.job.trace):
        with left:
            run_bar.wait(run)
        return
    with left:
        step = instrument(screen)
    with figures:
        place("figures", run.id, numbers.figures(step.state), key=f"{NAME}.figures")
    closer.closer(NAME, PANELS, screen, run.job.trace[-1].state)


def instrument(screen: Screen) -> Step[Moment]:
    """The stage, and the Step on show there."""
    run = film.run(screen)
    alive = run.job.progress().alive

    @runs.follow(run)
    def look() -> Step[Moment]:
        if alive and not run.job.progress().alive:
            st.rerun(scope="app")  # the panels below ask the models, which are there now
        said = film.show(screen, run)
        at = stage.shown(NAME, run, said)
        stage.link(run, at)
        st.button(
            "Draw again", key="again", icon=":material/casino:", on_click=again, help="New pictures from each model."
        )
        return run.job.trace[at]

    return look()


def again() -> None:
    """Draw with the next seed."""
    session.set_widgets({"deal": (int(session.widget("deal") or 0) + 1) % 10_000})


def ask() -> Screen:
    """The controls at the right."""
    shelved = pictures.choose(DATA)
    values = controls.draw(PRESET, more=False, names=["levels"])
    first, second = st.columns(2)
    with first:
        values |= controls.draw(PRESET, more=False, names=["alpha"])
    with second:
        values |= controls.draw(PRESET, more=False, names=["components"])
    with st.expander("More"):
        seed = controls.draw(controls.Seed(), more=True)["seed"]
        values |= controls.draw(PRESET, more=True)
    return Screen(Asked(**values), shelved, seed)


workbench()
experiments(NAME, TRIES)
onward(
    "which few numbers does a picture need? And does one who only tells pictures apart need a law of them?",
    "vae",
    "decide",
)
