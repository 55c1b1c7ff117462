"""Diffusion paints: a few words, and pictures come out of the noise step by step."""

from dataclasses import replace
from typing import Any

import streamlit as st

from core.diffusion.walk import Sampler
from core.process import Step
from playground import controls, session
from playground.frame import begin, experiments
from playground.instruments.figures import figures as place
from playground.rungs.paint import film, numbers, source, training, training_film, words
from playground.rungs.paint.screen import DATA, NAME, PANELS, PATIENT, USUAL, Push, Screen
from playground.runs import baton, run_bar, runs
from playground.runs import film as stage
from playground.runs.runs import Run
from playground.shelf import pictures
from playground.shown import closer

PRESETS = (USUAL, Push(), controls.Seed())
TRIES: dict[str, tuple[dict[str, object], str]] = {
    "Five words, one outfit": (
        {"prompt": "long curly silver hair, sunglasses, pink hoodie", "guidance": 3.0},
        "Nothing is left open: every noise leads to the same outfit, painted anew.",
    ),
    "Push too hard": (
        {"prompt": "sunglasses, long curly hair", "guidance": 8.0, "panel": "Guidance"},
        "Guidance 8: all obey, and a third of the variety is gone. What is it worth?",
    ),
    "Cover the eyes": (
        {"prompt": "sunglasses", "panel": "Edit"},
        "Paint over the eyes of a picture by hand, and let sunglasses grow there.",
    ),
}

begin("Diffusion paints", "A few words, and pictures come out of the noise: the painter guesses, step by step.")
sets = pictures.titles()
allowed = {
    "pictures": (sets[DATA], *sets.values()),
    "panel": (closer.SELF_TEST, *closer.titles(PANELS)),
    "painter": source.WAYS,
}


@baton.fragment()
def workbench() -> None:
    """Everything that follows the controls: a change runs this again, and not the frame around it."""
    complaints = session.complaints(PRESETS, allowed)
    left, right = st.columns([1.8, 1], gap="medium")
    with right:
        told = st.container()
        shelved = pictures.choose(DATA)
        way, found = source.choose(shelved.pictures)
        learning = st.container()
        push = words.push(shelved.pictures, found.model.sizes if found else None, Push())
        values = walker()
        with st.expander("More"):
            push |= controls.draw(Push(), more=True)
            values |= controls.draw(USUAL, more=True)
            seed = controls.draw(controls.Seed(), more=True)["seed"]
        said, figures = st.container(), st.container()
    if complaints:
        said.warning("\n\n".join(complaints))
    if found is None:
        with learning:
            asked = training.choose(shelved.pictures, seed)
    else:
        asked = source.kept(way, found, shelved.pictures)
    if asked.painter is None:
        with left:
            return training_film.show(asked.course) if asked.course else film.unpainted(shelved.pictures, asked.problem)
    with told:
        wish = words.choose(asked.painter, shelved.pictures)
    screen = Screen(shelved, asked, wish, Push(**push), Sampler(**values), seed)
    if (shown := run_bar.standing(NAME, screen, said)) is None:
        return
    screen, run = shown
    with left:
        step, picked = instrument(screen, run)
    with figures:
        st.caption(source.chip(asked))
        beside = numbers.beside(step, screen)
        place("figures", run.id, beside["figures"], key=f"{NAME}.figures")
        place("equation", run.id, beside["equation"], key=f"{NAME}.equation", forms=numbers.FORMS)
    look_closer(replace(screen, picked=picked), step)


def walker() -> dict[str, Any]:
    """The solver and its steps, side by side."""
    first, second = st.columns([1.6, 1])
    with first:
        values = controls.draw(USUAL, more=False, names=["solver"])
    with second:
        return values | controls.draw(USUAL, more=False, names=["steps"])


def instrument(screen: Screen, run: Run) -> tuple[Step, int]:
    """The easel with a walk, or with the training of the painter; the Step of the walk, and the picture chosen."""
    if screen.source.course is not None and not training.walking():
        training_film.show(screen.source.course)
        return run.job.trace[-1], film.picked(screen, None)
    whole = [True]  # what the easel finds out while the page is drawn is on the page anyway

    @runs.follow(run)
    def look() -> tuple[Step, int]:
        said = film.show(NAME, run, film.of(screen), film.marked(screen), linked=True)
        steps = run.job.trace.snapshot()[1]
        at = min(stage.shown(NAME, run, said), len(steps) - 1)
        bar(run)
        picked = film.picked(screen, said.picked)
        if session.changed(f"{NAME}.rest", (stage.rest(run, said), picked)) and not whole[0]:
            st.rerun(scope="app")
        stage.link(run, at)
        return steps[at], picked

    found = look()
    whole[0] = False
    return found


def bar(run: Run) -> None:
    """How far the walk is computed; pause and resume while it lives; and the next seed."""
    progress = run.job.progress()
    if progress.error:
        st.warning(progress.error)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if run_bar.press(NAME, "Other noise", "casino", other_noise, "Paint the same from another seed."):
            st.rerun(scope="app")
        run_bar.steer(NAME, run, step="One frame")
        st.caption(run_bar.status(NAME, progress.phase, progress.steps, progress.rate))


def other_noise() -> None:
    """Begin with the next seed."""
    session.set_widgets({"seed": (int(session.widget("seed") or 0) + 1) % 10_000})


def look_closer(screen: Screen, step: Step) -> None:
    """The panel that was chosen; one that would slow the pictures down waits for them."""
    chosen = closer.choose(PANELS, first=closer.SELF_TEST)
    if chosen in PATIENT and screen.run().job.progress().phase in ("waiting", "running"):
        waiting = closer.place(chosen).container(key="place waiting")
        waiting.caption("This begins when the pictures above are finished.")
    else:
        closer.show(NAME, PANELS, chosen, screen, step)


workbench()
experiments(NAME, TRIES)
