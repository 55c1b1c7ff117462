"""Diffusion in the plane: data dissolve into noise, and a denoiser, exact or learned, walks the noise back."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.diffusion.walk import Sampler
from core.key import Key
from core.process import Halt, Step
from playground import (
    controls,
    diffusion_guidance,
    diffusion_panels,
    film,
    hand,
    mixture,
    run_bar,
    runs,
    session,
    shelf,
)
from playground import diffusion_film as pictures
from playground import diffusion_numbers as numbers
from playground import diffusion_training as training
from playground.diffusion_bench import Bench, Noising
from playground.frame import begin, experiments

NAME = "diffusion"
DATA = "eight_gaussians"
PRESET = Sampler("DDPM, small variance", 20)
WAYS, SAYERS = ("Backward", "Forward"), ("exact", "stored", "learned")
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
sets = shelf.titles((2,))
words = {"data": (sets[DATA], *sets.values()), "panel": diffusion_panels.NAMES, "way": WAYS, "says": SAYERS}


@st.fragment
def workbench() -> None:
    """Everything that follows the controls: a change runs this again, and not the frame around it."""
    presets = (PRESET, Noising(), training.Learning(), diffusion_guidance.Push(), controls.Seed(), shelf.Amount())
    complaints = session.complaints(NAME, presets, words)
    left, right = st.columns([1.35, 1], gap="large")
    with right:
        way = st.segmented_control("Way", WAYS, default=WAYS[0], key="way", bind="query-params", required=True)
        shelved = shelf.choose((2,), DATA)
        schedule = controls.draw(Noising(), more=False)
        says = st.segmented_control("Denoiser", SAYERS, default="exact", key="says", bind="query-params", required=True)
        values = controls.draw(PRESET, more=False)
        with st.expander("More"):
            noising = Noising(**schedule, **controls.draw(Noising(), more=True))
            values |= controls.draw(PRESET, more=True)
            learning = training.Learning(**controls.draw(training.Learning(), more=True))
            seed = controls.draw(controls.Seed(), more=True)["seed"]
            shelf.more(session.widget("data", DATA))
        said, figures = st.container(), st.container()
    if shelved.dataset is None:
        return unwalked(left, shelved, "")
    sampler, key, own = Sampler(**values), Key(seed) / NAME, Bench(shelved.dataset, noising)
    moment = training.stored(own) if says == "stored" else None
    bench = Bench(own.dataset, noising, (moment.state.shift, moment.state.scale)) if moment else own
    situation = (bench.dataset.digest, noising.schedule, seed)
    try:
        chosen = hand.means(NAME, situation, (1, 2), bench.bounds)
    except Halt as halt:
        return unwalked(left, shelved, str(halt))
    if lines := complaints + hand.complaint(NAME, chosen):
        said.warning("\n\n".join(lines))
    back, course = way == WAYS[0], None
    if says == "learned" or diffusion_panels.asked() == "Train":
        course = training.open_training(own, learning, seed)
    if says == "learned" and course:
        moment = training.moment(course)
    told = (course.id if course and says == "learned" else says, moment.index) if moment else None
    walked = (sampler, hand.encode(chosen) if chosen is not None else "", told)
    run = runs.open_run(
        NAME,
        (bench.dataset.digest, noising, seed, *(walked if back else ())),
        f"{sampler.solver}, {sampler.steps} steps",
        lambda: pictures.either(bench, sampler, key, chosen, back, moment.state if moment else None),
    )
    if not len(run.job.trace):
        with left:
            return run_bar.wait(run)
    start = bench.drawn(pictures.begin(bench, key, chosen)[:1], 1.0) if back else None

    @st.fragment(run_every=runs.every(run))
    def instrument() -> Step:
        """The stage and its bar; a frame that came to rest, a dragged start or a stroke reruns the page."""
        name = (
            f"{NAME}:{hand.version(NAME)}:{bench.dataset.digest}:{back}:{noising}:{seed}:{moment is None}:{bench.units}"
        )
        scene = pictures.scene(bench, name, back, moment is not None, shelved.brush, start)
        found = film.show(NAME, run, scene, pictures.frames)
        steps = run.job.trace.snapshot()[1]
        at = min(film.shown(NAME, run, found), len(steps) - 1)
        diffusion_panels.bar(run, chosen is not None, lambda: hand.put(NAME, situation, None))
        moved = hand.moved(found.handles, start) if start is not None else None
        if moved is not None:
            hand.put(NAME, situation, moved)
        stroke = found.drawn is not None and shelf.draw(*found.drawn)
        rested = session.changed(f"{NAME}.rest", film.rest(run, found)) and not whole
        if rested or moved is not None or stroke:
            st.rerun(scope="app")
        film.link(run, at)
        return steps[at]

    whole = True  # what the instrument finds out now is on the page below anyway
    with left:
        step = instrument()
        if course and diffusion_panels.asked() != "Train":
            diffusion_panels.watch(course)
    whole = False
    with figures:
        st.caption(numbers.chip(bench, moment, says))
        st.markdown(numbers.figures(bench, step, back))
    diffusion_panels.panel(
        bench, step, (own, course) if course else None, told, sampler, learning, seed, moment, chosen, shelved.code
    )


def unwalked(place: DeltaGenerator, shelved: shelf.Shelved, problem: str) -> None:
    """The data alone, with the brush if there is one, and what is in the way."""
    with place:
        drawn = film.still(NAME, mixture.sheet(NAME, shelved)).drawn
        if problem:
            st.warning(problem)
    if drawn is not None and shelf.draw(*drawn):
        st.rerun()


workbench()
experiments(NAME, TRIES)
st.caption("Next: the same walk over pictures, where no exact denoiser is known and a network must be asked.")
