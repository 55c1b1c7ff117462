"""Diffusion paints: a few words, and pictures come out of the noise step by step."""

from typing import Any

import streamlit as st

from core.diffusion.walk import Sampler
from playground import controls, session
from playground.frame import begin, experiments
from playground.rungs.paint import closer, numbers
from playground.rungs.paint import source as paint_source
from playground.rungs.paint import training as paint_train
from playground.rungs.paint import words as paint_words
from playground.rungs.paint.screen import NAME, PANELS, USUAL, Push, Screen
from playground.runs import baton, run_bar
from playground.shelf import pictures

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
sets = pictures.titles()
words = {"pictures": (sets[DATA], *sets.values()), "panel": PANELS, "painter": paint_source.WAYS}


@baton.fragment()
def workbench() -> None:
    """Everything that follows the controls: a change runs this again, and not the frame around it."""
    complaints = session.complaints(NAME, PRESETS, words)
    left, right = st.columns([1.8, 1], gap="medium")
    with right:
        told = st.container()
        shelved = pictures.choose(DATA)
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
            return closer.unpainted(shelved, source)
    with told:
        wish = paint_words.choose(shelved.pictures, source.painter.sizes)
    screen = Screen(shelved, source, wish, Push(**push), Sampler(**values), seed)
    run = screen.run()
    with left:
        if not len(run.job.trace):
            return run_bar.wait(run)
        step, picked = closer.stage(screen, run)
    with figures:
        st.caption(paint_source.chip(source))
        st.markdown(numbers.figures(step, screen))
        st.markdown(numbers.equation(step, screen))
    closer.panel(screen, step, picked, run)


def walker() -> dict[str, Any]:
    """The solver and its steps, side by side."""
    first, second = st.columns([1.6, 1])
    with first:
        values = controls.draw(USUAL, more=False, names=["solver"])
    with second:
        return values | controls.draw(USUAL, more=False, names=["steps"])


workbench()
experiments(NAME, TRIES)
