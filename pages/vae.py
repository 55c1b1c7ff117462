"""The VAE under the hand: two latent numbers, and the picture that a decoder makes of them."""

import streamlit as st

from core.key import Key
from playground import (
    baton,
    controls,
    picture_shelf,
    run_bar,
    runs,
    session,
    vae_closer,
    vae_files,
    vae_film,
    vae_geometry_panel,
    vae_numbers,
    vae_page,
    vae_picture,
    vae_represent,
    vae_source,
    vae_surgery_panel,
    vae_truth,
)
from playground.frame import begin, experiments, onward

NAME = "vae"
DATA = "digits"
CLOSER = {
    "The truth beside it": vae_truth.panel,
    "Surgery": vae_surgery_panel.panel,
    "Geometry": vae_geometry_panel.panel,
    "Representation": vae_represent.panel,
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
    "encode": vae_picture.WAYS,
    "panel": PANELS,
}
complaints = session.complaints(NAME, (vae_source.PRESET, controls.Seed()), words)
vae_picture.take_pending(NAME)
top = st.container()
left, right = st.columns([1, 1.6], gap="large")

with left:
    shelved = picture_shelf.choose(DATA)
    pictures = shelved.pictures
    source = vae_source.choose(NAME, pictures)
with right:
    chosen = vae_picture.choose(NAME, pictures)
for line in complaints:
    left.warning(line)
if source.problem:
    left.warning(source.problem)
    experiments(NAME, TRIES)
    st.stop()
run = None if source.config is None else vae_page.training(NAME, source, pictures)
if run and not len(run.job.trace):
    with top:
        run_bar.wait(run)
    st.stop()


polled = runs.every(run) if run else None


@baton.fragment(run_every=polled)
def instrument() -> vae_page.Shown:
    """The pad and, under it, the run's bar and losses; a press on a picture or a playhead that rests reruns the page."""
    now = vae_page.now(NAME, source, run, pictures, chosen)
    said = vae_page.pad(NAME, source, run, now, pictures, chosen)
    if run and source.config:
        vae_page.bar(NAME, run, pictures, now.shown, source.config.epochs)
    pressed = said.point is not None and session.changed(f"{NAME}.point", said.point)
    pressed = pressed and vae_picture.press(NAME, int(now.shown.codes.rows[said.point]))
    if (session.changed(f"{NAME}.rest", vae_film.rest(said, now.film)) and not whole) or pressed:
        st.rerun(scope="app")
    return now.shown


@baton.fragment(run_every=polled)
def closer() -> None:
    """The chosen picture through the model of this moment."""
    vae_closer.panel(chosen, vae_page.now(NAME, source, run, pictures, chosen).shown.found, pictures.dim)


whole = True  # what the instrument finds out now is on the page below anyway
with top:
    shown = instrument()
whole = False
with right:
    closer()
key = Key(source.seed) / NAME
panel = st.segmented_control("Look closer", PANELS, default=PANELS[0], key="panel", bind="query-params", required=True)
if run and vae_film.live(run) and panel != "Code and files":
    st.caption("The closer look waits until the training rests: let it end, or pause it.")
elif panel == "Numbers":
    vae_numbers.panel(NAME, shown.model, pictures, chosen, shown.found.label, shown.id, key)
elif panel == "Code and files":
    vae_files.panel(NAME, vae_page.home(NAME, source, pictures, chosen, shown), shelved.code)
elif panel in CLOSER:
    CLOSER[panel](NAME, shown.model, pictures, vae_picture.last_row(), key)
experiments(NAME, TRIES)
onward("the decoder paints in one stroke, and blurs; what if a picture is made in many small steps?", "diffusion")
