"""The VAE under the hand: two latent numbers, and the picture that a decoder makes of them."""

import streamlit as st

from core.key import Key
from playground import controls, session
from playground.frame import begin, experiments, onward
from playground.rungs.vae import files, film, numbers, screen, through
from playground.rungs.vae import source as vae_source
from playground.rungs.vae.panels import geometry, representation, surgery, truth
from playground.runs import baton, run_bar, runs
from playground.shelf import picture
from playground.shelf import pictures as picture_shelf

NAME = "vae"
DATA = "digits"
CLOSER = {
    "The truth beside it": truth.panel,
    "Surgery": surgery.panel,
    "Geometry": geometry.panel,
    "Representation": representation.panel,
}
PANELS = ("Numbers", *CLOSER, "Code and files")
TRIES: dict[str, tuple[dict[str, object], str]] = {
    "Drag a digit into another": (
        {"pictures": "Drawn digits", "row": 5},
        "Pull the marker from one cloud to the next. What lies between a 3 and an 8?",
    ),
    "Posterior collapse": (
        {"pictures": "Handwritten digits", "model": vae_source.HERE, "beta": 30, "epochs": 30},
        "With beta 30 a code costs more than it tells: every picture becomes the same one.",
    ),
    "Find the jar's height and width": (
        {"pictures": "Jars", "panel": "Representation"},
        "Nobody told the model that a jar is two numbers. Which way on the plane is taller?",
    ),
}

begin("The VAE", "Drag two latent numbers and the picture follows: a decoder has learned what they mean.")
sets = picture_shelf.titles()
words = {
    "pictures": (sets[DATA], *sets.values()),
    "model": vae_source.words(),
    "encode": picture.WAYS,
    "panel": PANELS,
}
complaints = session.complaints(NAME, (vae_source.PRESET, controls.Seed()), words)
picture.take_pending(NAME)
top = st.container()
left, right = st.columns([1, 1.6], gap="large")

with left:
    shelved = picture_shelf.choose(DATA)
    pictures = shelved.pictures
    source = vae_source.choose(NAME, pictures)
with right:
    chosen = picture.choose(NAME, pictures)
for line in complaints:
    left.warning(line)
if source.problem:
    left.warning(source.problem)
    experiments(NAME, TRIES)
    st.stop()
run = None if source.config is None else screen.training(NAME, source, pictures)
if run and not len(run.job.trace):
    with top:
        run_bar.wait(run)
    st.stop()


polled = runs.every(run) if run else None


@baton.fragment(run_every=polled)
def instrument() -> screen.Shown:
    """The pad and, under it, the run's bar and losses; a press on a picture or a playhead that rests reruns the page."""
    now = screen.now(NAME, source, run, pictures, chosen)
    said = screen.pad(NAME, source, run, now, pictures, chosen)
    if run and source.config:
        screen.bar(NAME, run, pictures, now.shown, source.config.epochs)
    pressed = said.point is not None and session.changed(f"{NAME}.point", said.point)
    pressed = pressed and picture.press(NAME, int(now.shown.codes.rows[said.point]))
    if (session.changed(f"{NAME}.rest", film.rest(said, now.film)) and not whole) or pressed:
        st.rerun(scope="app")
    return now.shown


@baton.fragment(run_every=polled)
def closer() -> None:
    """The chosen picture through the model of this moment."""
    through.panel(chosen, screen.now(NAME, source, run, pictures, chosen).shown.found, pictures.dim)


whole = True  # what the instrument finds out now is on the page below anyway
with top:
    shown = instrument()
whole = False
with right:
    closer()
key = Key(source.seed) / NAME
panel = st.segmented_control("Look closer", PANELS, default=PANELS[0], key="panel", bind="query-params", required=True)
if run and film.live(run) and panel != "Code and files":
    st.caption("The closer look waits until the training rests: let it end, or pause it.")
elif panel == "Numbers":
    numbers.panel(NAME, shown.model, pictures, chosen, shown.found.label, shown.id, key)
elif panel == "Code and files":
    files.panel(NAME, screen.home(NAME, source, pictures, chosen, shown), shelved.code)
elif panel in CLOSER:
    CLOSER[panel](NAME, shown.model, pictures, picture.last_row(), key)
experiments(NAME, TRIES)
onward("the decoder paints in one stroke, and blurs; what if a picture is made in many small steps?", "diffusion")
