"""Generative or discriminative: two ways to tell classes apart, and what only one of them can do."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.classification.rows import admit
from core.key import Key
from core.process import Halt, Step
from playground import controls, session
from playground.frame import begin, experiments, onward
from playground.rungs.decide import film, hand, numbers
from playground.rungs.decide.judged import Seen
from playground.rungs.decide.screen import DATA, NAME, PANELS, PRESET, WORDS, Asked, Screen
from playground.runs import baton, run_bar, runs
from playground.runs import film as stage
from playground.runs.runs import Run
from playground.shelf import points
from playground.shelf.shelved import Shelved
from playground.shown import closer
from playground.shown.sheet import unfitted

TRIES = {
    "Draw from both": (
        {"data": "Two moons", "law": "Kernels", "features": "Quadratic", "deal": "1"},
        "One draws new moons. The other says only which moon a point is of, and has nothing to draw from.",
    ),
    "The wrong law": (
        {"data": "Two circles", "law": "LDA", "features": "Linear"},
        "Two rings with one centre: a straight line says nothing. Switch either model to squares.",
    ),
    "Sure where nobody was": (
        {"data": "Two moons", "law": "QDA", "features": "Linear", "panel": "Far away"},
        "Far from all points one model can say that it has never seen such an x. Move the level.",
    ),
}

begin(
    "Generative or discriminative",
    "Model how points of every class fall, or only which class a point has: both decide, and one of them can draw.",
)
sets = points.titles((2,))
words = {"data": (sets[DATA], *sets.values()), "panel": closer.titles(PANELS), **WORDS}


def workbench() -> None:
    """Everything that follows the controls."""
    lines = session.complaints((PRESET, controls.Seed(), points.Amount()), words)
    left, middle, right = st.columns([1, 1, 0.8], gap="medium")
    with right:
        shelved, asked, key = ask()
        said = st.container()
    if lines:
        said.warning("\n\n".join(lines))
    below = st.container()
    try:
        rows = None if shelved.dataset is None else admit(shelved.dataset)
    except Halt as error:
        return unfitted(left, NAME, shelved, session.plain(str(error)))
    if shelved.dataset is None or rows is None:
        return unfitted(left, NAME, shelved, "")
    found = Screen(shelved, rows, asked, hand.place(shelved.dataset), key)
    shown = run_bar.standing(NAME, found, said)
    if shown is None:
        return instrument(found, None, (left, middle))
    found, run = shown[0].along(found), shown[1]
    step = run.job.trace[-1]
    instrument(found, step, (left, middle))
    follow(run)
    errors, hand_says = below.columns([1.3, 1], gap="medium")
    errors.markdown(numbers.figures(found, step))
    hand_says.markdown(numbers.at_hand(found, step))
    if why := numbers.caveats(found, step.state):
        below.caption(why)
    closer.closer(NAME, PANELS, found, step)


def instrument(found: Screen, step: Step[Seen] | None, places: tuple[DeltaGenerator, DeltaGenerator]) -> None:
    """Both stages; a hand let go of, or a stroke, runs the page again."""
    drawn = bool(found.asked.deal) and step is not None
    one, other = (place.container() for place in places)
    with one:
        st.markdown("**Generative**: p(x, y) = p(y) p(x | y)")
        told = stage.still(NAME, film.left(found, step))
        if drawn:
            st.caption(f"{film.DRAWN} new points: a class by p(y), then a point of it by p(x | y).")
    with other:
        st.markdown("**Discriminative**: p(y | x)")
        also = stage.still(f"{NAME}.right", film.right(found, step))
        if drawn:
            st.caption(numbers.CANNOT)
    now, data = found.place, found.dataset
    moves = [hand.moved(data, now, name, at.handles) for name, at in (("left", told), ("right", also))]
    if any(moves) or (told.drawn is not None and points.draw(*told.drawn)):
        st.rerun()


def follow(run: Run) -> None:
    """Run the page again when the truth has come too."""
    before = len(run.job.trace)

    @baton.fragment(runs.every(run), run.job.news)
    def look() -> None:
        if len(run.job.trace) > before:
            st.rerun(scope="app")

    look()


def again() -> None:
    """Draw with the next seed."""
    session.set_widgets({"deal": int(session.widget("deal") or 0) % 9999 + 1})


def ask() -> tuple[Shelved, Asked, Key]:
    """The controls at the right: the data, both models, and the button that asks both to draw."""
    shelved = points.choose((2,), DATA)
    values = controls.draw(PRESET, more=False)
    st.button("Draw new points", key="again", icon=":material/casino:", on_click=again, help="Ask both models.")
    with st.expander("More"):
        points.more(session.widget("data", DATA))
        values |= controls.draw(PRESET, more=True)
        key = Key(controls.draw(controls.Seed(), more=True)["seed"]) / NAME
    return shelved, Asked(**values), key


workbench()
experiments(NAME, TRIES)
onward("and if no class is given, only a column of numbers: which law made them?", "fit1")
