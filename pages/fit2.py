"""Fit in 2-D: a joint law of two columns, what it says of one given the other, and whether it is any good."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.key import Key
from core.laws.conjugate import normal
from playground import controls, session
from playground.frame import begin, experiments, onward
from playground.rungs.fit2 import film, line, numbers, ways
from playground.rungs.fit2.screen import DATA, GIVEN, NAME, PANELS, PRESET, WORDS, Screen
from playground.runs import baton, run_bar, runs
from playground.runs import film as stage
from playground.runs.runs import Run
from playground.shelf import points
from playground.shelf.shelved import Shelved
from playground.shown import closer
from playground.shown.sheet import unfitted

TRIES = {
    "One given the other": (
        {"data": "Old Faithful", "model": "Gaussian mixture", "components": "2", "line": "2"},
        "Drag the line from 2 to 4 minutes: the geyser's next rest is not the same story.",
    ),
    "No correlation, and no independence": (
        {"data": "Two circles", "model": "Gaussian copula", "n": "2000", "panel": "Two samples?"},
        "Uncorrelated is not independent: a copula with correlation 0 paints the hole solid. Which tests see it, and where?",
    ),
    "How wide a bump?": (
        {"data": "Two moons", "model": "Kernel density", "wider": "4", "panel": "Numbers"},
        "Four times too wide. Slide the width down and watch the held-out score.",
    ),
}

begin("Fit in 2-D", "Choose a law of two columns and drag the line: what does it say of one when the other is known?")
sets = points.titles((2,))
words = {"data": (sets[DATA], *sets.values()), "panel": closer.titles(PANELS), **WORDS}


def workbench() -> None:
    """Everything that follows the controls."""
    lines = session.complaints((PRESET, normal.Config(), controls.Seed(), points.Amount()), words)
    left, right = st.columns([1.35, 1], gap="large")
    with right:
        picture = st.container(key="slice")  # has its height before there is a fit, see page.css
        shelved, found, said = ask()
        figures = st.container()
    if lines:
        said.warning("\n\n".join(lines))
    if found is None:
        return unfitted(left, NAME, shelved, "")
    if (shown := run_bar.standing(NAME, found, figures)) is None:
        with left:
            return instrument(found, found.run())
    found, run = shown[0].along(found), shown[1]
    with left:
        instrument(found, run)
    step = run.job.trace[-1]
    with picture:
        stage.still(f"{NAME}.given", film.along(found, step))
    with figures:
        st.markdown(numbers.chip(found.way))
        st.markdown(numbers.figures(found, step))
        if note := numbers.caveat(found.way):
            st.caption(note)
    closer.closer(NAME, PANELS, found, step)


def instrument(found: Screen, run: Run) -> None:
    """The plane with its line; a line let go of, a stroke, or a fit that ended runs the page again."""
    waiting = run.job.progress().alive

    @baton.fragment(runs.every(run), run.job.news)
    def look() -> None:
        progress = run.job.progress()
        step = run.job.trace[-1] if len(run.job.trace) else None
        told = stage.still(NAME, film.scene(found, step))
        if progress.error:
            st.warning(progress.error)
        elif step is None:
            st.caption(f"Fitting: {found.way.title}...")
        stroke = told.drawn is not None and points.draw(*told.drawn)
        dragged = step is not None and line.moved(found, told.handles)
        if stroke or dragged or (waiting and not progress.alive):
            st.rerun(scope="app")

    look()


def ask() -> tuple[Shelved, Screen | None, DeltaGenerator]:
    """The controls at the right: the data, the law with its options, the line, samples and seed; and a place for a word.

    There is no screen before there are data.
    """
    shelved = points.choose((2,), DATA)
    kind = ways.model()
    said, own = st.container(), st.container()
    with st.expander("More"):
        points.more(session.widget("data", DATA))
        across = controls.choose("The line says", GIVEN, "given")
        samples = controls.draw(PRESET, more=True)["samples"]
        key = Key(controls.draw(controls.Seed(), more=True)["seed"]) / NAME
        rest = st.container()
    if shelved.dataset is None:
        return shelved, None, said
    with own:
        way = ways.chosen(kind, key)
    with rest:
        way = ways.further(way)
    column = GIVEN.index(across)
    place = line.place(shelved.dataset, column)
    return shelved, Screen(shelved, way, column, place, samples, key), said


workbench()
experiments(NAME, TRIES)
onward("where do the Gaussians of a mixture come from, and can one find them by hand?", "em")
