"""Diffusion paints: a few words, and pictures come out of the noise step by step."""

from typing import Any

import streamlit as st

from core.diffusion.walk import Sampler
from playground import (
    baton,
    controls,
    paint_numbers,
    paint_panels,
    paint_source,
    paint_train,
    paint_words,
    picture_shelf,
    run_bar,
    session,
)
from playground.frame import begin, experiments
from playground.paint_screen import NAME, PANELS, USUAL, Push, Screen

DATA = "outfits"
PRESETS = (USUAL, Push(), controls.Seed())
TRIES: dict[str, tuple[dict[str, object], str]] = {
    "Five words, one outfit": (
        {"prompt": "long curly silver hair, sunglasses, pink hoodie", "guidance": 3.0},
        "Nothing is left open: every noise leads to the same outfit, painted anew.",
    ),
    "Push too hard": (
        {"prompt": "red hair", "guidance": 8.0, "panel": "Guidance"},
        "Guidance 8: the words are obeyed and the rest becomes alike. What does it cost?",
    ),
    "Cover the eyes": (
        {"prompt": "sunglasses", "panel": "Edit"},
        "Paint over the eyes of a picture by hand, and let sunglasses grow there.",
    ),
}

begin("Diffusion paints", "A few words, and pictures come out of the noise: the painter guesses, step by step.")
sets = picture_shelf.titles()
words = {"pictures": (sets[DATA], *sets.values()), "panel": PANELS, "painter": paint_source.WAYS}


@baton.fragment()
def workbench() -> None:
    """Everything that follows the controls: a change runs this again, and not the frame around it."""
    complaints = session.complaints(NAME, PRESETS, words)
    left, right = st.columns([1.8, 1], gap="medium")
    with right:
        told = st.container()
        shelved = picture_shelf.choose(DATA)
        way, found = paint_source.choose(shelved.pictures)
        training = st.container()
        push = controls.draw(Push(), more=False)
        values = walker()
        with st.expander("More"):
            push |= controls.draw(Push(), more=True)
            values |= controls.draw(USUAL, more=True)
            seed = controls.draw(controls.Seed(), more=True)["seed"]
        said, figures = st.container(), st.container()
    if complaints:
        said.warning("\n\n".join(complaints))
    if found is None:
        with training:
            source = paint_train.source(shelved.pictures, seed)
    else:
        source = paint_source.kept(way, found, shelved.pictures)
    if source.painter is None:
        with left:
            return paint_panels.unpainted(shelved, source)
    with told:
        wish = paint_words.choose(shelved.pictures, source.painter.sizes)
    screen = Screen(shelved, source, wish, Push(**push), Sampler(**values), seed)
    run = screen.run()
    with left:
        if not len(run.job.trace):
            return run_bar.wait(run)
        step, picked = paint_panels.stage(screen, run)
    with figures:
        st.caption(paint_source.chip(source))
        st.markdown(paint_numbers.figures(step, screen))
        st.markdown(paint_numbers.equation(step, screen))
    paint_panels.panel(screen, step, picked, run)


def walker() -> dict[str, Any]:
    """The solver and its steps, side by side."""
    first, second = st.columns([1.6, 1])
    with first:
        values = controls.draw(USUAL, more=False, names=["solver"])
    with second:
        return values | controls.draw(USUAL, more=False, names=["steps"])


workbench()
experiments(NAME, TRIES)
