"""The VAE under the hand: two latent numbers, and the picture that a decoder makes of them."""

import streamlit as st

from core.process import Step
from core.vae.model import VAE
from playground import controls, session
from playground.frame import begin, experiments, onward
from playground.rungs.vae import chosen, instrument, numbers, pad, source, through
from playground.rungs.vae.screen import DATA, HERE, NAME, PANELS, screen
from playground.runs import baton, run_bar, runs
from playground.shelf import pictures
from playground.shown import closer

TRIES: dict[str, tuple[dict[str, object], str]] = {
    "Drag a digit into another": (
        {"pictures": "Drawn digits", "row": 5},
        "Pull the marker from one cloud to the next. What lies between a 3 and an 8?",
    ),
    "Posterior collapse": (
        {"pictures": "Handwritten digits", "model": HERE, "beta": 30, "epochs": 30},
        "With beta 30 a code costs more than it tells: every picture becomes the same one.",
    ),
    "Find the jar's height and width": (
        {"pictures": "Jars", "panel": "Representation"},
        "Nobody told the model that a jar is two numbers. Which way on the plane is taller?",
    ),
}

begin("The VAE", "Drag two latent numbers and the picture follows: a decoder has learned what they mean.")
sets = pictures.titles()
words = {
    "pictures": (sets[DATA], *sets.values()),
    "model": source.words(),
    "encode": chosen.WAYS,
    "panel": closer.titles(PANELS),
}
complaints = session.complaints((source.preset(pictures.asked(DATA)), controls.Seed()), words)
chosen.take_pressed()
top = st.container(key="instrument")
left, right = st.columns([1, 1.6], gap="large")

with left:
    shelved = pictures.choose(DATA)
    model = source.choose(shelved.pictures)
with right:
    picture, place = chosen.choose(shelved.pictures)
for line in complaints:
    left.warning(line)
if model.problem:
    left.warning(model.problem)
    experiments(NAME, TRIES)
    st.stop()
found = screen(shelved, model, picture)
run = found.run
if run and not len(run.job.trace):
    with top:
        run_bar.wait(run)
    st.stop()


polled, news = (runs.every(run), run.job.news) if run else (None, None)
part = runs.follow(run)


@baton.fragment(polled, news)
def stage() -> Step[VAE]:
    """The pad and, under it, the run's bar and losses; a press on a picture or a playhead that rests reruns the page."""
    now = instrument.now(found)
    said = instrument.show(found, now)
    if run:
        instrument.bar(found, run, now.step)
    pressed = said.point is not None and session.changed(f"{NAME}.point", said.point)
    pressed = pressed and chosen.press(int(now.step.arrays["rows"][said.point]))
    if (session.changed(f"{NAME}.rest", pad.rest(said, now.film)) and not whole) or pressed:
        st.rerun(scope="app")
    return now.step


@part
def encoded() -> None:
    """The chosen picture through the model of this moment."""
    through.show(picture, through.of(found, instrument.now(found).step))


@part
def bounded() -> None:
    """Its bound."""
    now = instrument.now(found).step
    bound = through.bound_of(found, now)
    st.markdown(numbers.equation(bound))
    st.caption(numbers.explained(bound, found.pictures.dim, now))
    if other := numbers.scale(now.state, source.standard(found.pictures)):
        st.caption(other)


whole = True  # what the instrument finds out now is on the page below anyway
with top:
    step = stage()
whole = False
with place:
    encoded()
with right:
    bounded()
panel = closer.choose(PANELS)
if run and pad.live(run) and panel != closer.FILES:
    closer.place(panel).caption("The closer look waits until the training rests: let it end, or pause it.")
else:
    closer.show(NAME, PANELS, panel, found, step)
experiments(NAME, TRIES)
onward("the decoder paints in one stroke, and blurs; what if a picture is made in many small steps?", "diffusion")
