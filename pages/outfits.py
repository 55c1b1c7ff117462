"""Outfits: rows of five features, counted into four tables of probabilities, and new outfits drawn from each."""

import streamlit as st

from playground import controls, plot, session
from playground.frame import begin, experiments, onward
from playground.rungs.outfits import charts, film, numbers, seen
from playground.rungs.outfits.screen import NAME, PANELS, PRESET, Asked, Screen
from playground.runs import film as stage
from playground.runs import runs
from playground.shown import closer

TRIES = {
    "Independent, and right": (
        {"n": 200, "dependence": "None", "model": "Independent"},
        "Nothing depends: 23 counted numbers are soon as good as the law itself.",
    ),
    "Laplace's generosity": (
        {"n": 50, "model": "Smoothed table"},
        "One added to each of 4,032 counts outweighs fifty outfits: almost everything it draws was never seen.",
    ),
    "What goes with white?": (
        {"n": 1000, "model": "Tree"},
        "Press an outfit in white clothes. Compare Independent with Tree, then switch the dependence off.",
    ),
}

begin("Outfits", "Some outfits are seen. Count them into a model, and draw new ones: which could have come next?")
words = {"panel": closer.titles(PANELS)}


def workbench() -> None:
    """Everything that follows the controls."""
    lines = session.complaints((PRESET, controls.Seed()), words)
    left, right = st.columns([1.35, 1], gap="large")
    with right:
        asked, seed = ask()
        said, worked = st.container(), st.container()
    rows, complaint = seen.rows(asked, seed)
    if lines := lines + complaint:
        said.warning("\n\n".join(lines))
    screen = Screen(asked, rows, seed)
    with left:
        screen = instrument(screen)
    with worked:
        p = numbers.probabilities(screen)
        st.markdown(numbers.seen(screen))
        plot.show(charts.probabilities(p, asked.model, session.dark()), key=f"{NAME}.chosen", alt=charts.alt(p))
        st.markdown(numbers.worked(screen))
    closer.closer(NAME, PANELS, screen, None)


def instrument(screen: Screen) -> Screen:
    """The stage; the screen with the outfit that is chosen there."""
    run = film.run(screen)
    whole = [True]

    @runs.follow(run)
    def look() -> int:
        said = film.show(screen, run)
        picked = film.picked(screen, said.picked)
        if session.changed(f"{NAME}.picked", picked) and not whole[0]:
            st.rerun(scope="app")
        stage.link(run, stage.shown(NAME, run, said))
        st.button(
            "Draw again", key="again", icon=":material/casino:", on_click=again, help="New outfits from each model."
        )
        return picked

    found = look()
    whole[0] = False
    return Screen(screen.asked, screen.rows, screen.seed, found)


def again() -> None:
    """Draw with the next seed."""
    session.set_widgets({"deal": (int(session.widget("deal") or 0) + 1) % 10_000})


def ask() -> tuple[Asked, int]:
    """The controls at the right, and the seed of the outfits that are seen."""
    first, second = st.columns(2)
    with first:
        values = controls.draw(PRESET, more=False, names=["n"])
    with second:
        values |= controls.draw(PRESET, more=False, names=["alpha"])
    values |= controls.draw(PRESET, more=False, names=["dependence"])
    values |= controls.draw(PRESET, more=False, names=["model"])
    with st.expander("More"):
        seed = controls.draw(controls.Seed(), more=True)["seed"]
        values |= controls.draw(PRESET, more=True)
    return Asked(**values), seed


workbench()
experiments(NAME, TRIES)
onward("what if a row is a whole picture, pixel by pixel? Or one column of measurements?", "pixels", "fit1")
