"""Diffusion in the plane: data dissolve into noise, and a denoiser, exact or learned, walks the noise back."""

import streamlit as st

from core.diffusion.walk import Sampler
from core.process import Halt
from playground import controls, session
from playground.frame import begin, experiments, onward
from playground.instruments.figures import figures as place
from playground.rungs.diffusion import numbers, training
from playground.rungs.diffusion.bench import Noising
from playground.rungs.diffusion.screen import DATA, NAME, PANELS, PRESET, PRESETS, SAYERS, TAUGHT, WORDS, Asked, screen
from playground.rungs.diffusion.stage import course_line, instrument
from playground.runs import baton, hand, run_bar
from playground.shelf import points
from playground.shown import closer
from playground.shown.sheet import unfitted

WAYS = ("Backward", "Forward")
TRIES = {
    "Watch it guess": (
        {"data": "Two moons", "solver": "DDIM", "steps": 25},
        "No fresh noise: every point follows its guess, and the guess sharpens.",
    ),
    "Stopped too early": (
        {"data": "Old Faithful", "far": 0.0, "solver": "Heun", "panel": "Schedule"},
        "Noising ends before the data are gone, so the walk begins where no data ever came from.",
    ),
    "Two steps, or fifty?": (
        {"data": "Eight Gaussians", "solver": "Euler", "steps": 2, "panel": "Solvers"},
        "Raise the steps by hand, then the solver: which needs the fewest evaluations?",
    ),
}

begin(
    "Diffusion",
    "Noise is added until nothing is left of the data; guessing what was there walks it back. Drag a start.",
)
sets = points.titles((2,))
words = {"data": (sets[DATA], *sets.values()), "panel": closer.titles(PANELS), "way": WAYS, **WORDS}


@baton.fragment()
def workbench() -> None:
    """Everything that follows the controls: a change runs this again, and not the frame around it."""
    complaints = session.complaints(PRESETS, words)
    left, right = st.columns([1.35, 1], gap="large")
    with right:
        asked = ask()
        said, figures = st.container(), st.container()
    if asked.shelved.dataset is None:
        return unfitted(left, NAME, asked.shelved, "")
    try:
        found = screen(asked)
    except Halt as halt:
        return unfitted(left, NAME, asked.shelved, str(halt))
    if lines := complaints + hand.complaint(NAME, found.chosen):
        said.warning("\n\n".join(lines))
    if (shown := run_bar.standing(NAME, found, said)) is None:
        return
    found, run = shown
    with left:
        step = instrument(found, run)
        if found.course and closer.asked(PANELS) != "Train":
            course_line(found.course)
    beside = numbers.beside(found.bench, step, asked.back)
    with figures:
        st.caption(numbers.chip(found.bench, found.moment, asked.says))
        place("figures", run.id, beside["figures"], key=f"{NAME}.figures")
    place("equation", run.id, beside["equation"], key=f"{NAME}.equation", forms=numbers.FORMS)
    panel = closer.choose(PANELS)
    if panel in TAUGHT and found.course is None:
        st.rerun(scope="app")  # the panel was chosen a moment ago, and its training begins with the page
    closer.show(NAME, PANELS, panel, found, step)


def ask() -> Asked:
    """The controls at the right."""
    way = st.segmented_control("Way", WAYS, default=WAYS[0], key="way", bind="query-params", required=True)
    shelved = points.choose((2,), DATA)
    schedule = controls.draw(Noising(), more=False)
    says = controls.choose("Denoiser", SAYERS, "says")
    values = controls.draw(PRESET, more=False)
    with st.expander("More"):
        noising = Noising(**schedule, **controls.draw(Noising(), more=True))
        values |= controls.draw(PRESET, more=True)
        learning = training.Learning(**controls.draw(training.Learning(), more=True))
        seed = controls.draw(controls.Seed(), more=True)["seed"]
        points.more(session.widget("data", DATA))
    return Asked(way == WAYS[0], says, shelved, noising, Sampler(**values), learning, seed)


workbench()
experiments(NAME, TRIES)
onward("the same walk over pictures: who says what they were, where no exact denoiser is known?", "paint")
