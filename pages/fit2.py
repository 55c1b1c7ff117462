"""Fit in 2-D: a joint law of two columns, what it says of one given the other, and whether it is any good."""

import streamlit as st

from core.key import Key
from core.laws.conjugate import normal
from playground import controls, session
from playground.frame import begin, experiments, onward
from playground.rungs.em import film as mixture
from playground.rungs.fit2 import closer, joint, scene
from playground.rungs.fit2 import controls as plane_controls
from playground.runs import baton, film, runs
from playground.shelf import points

NAME = "fit2"
DATA = "faithful"
PANELS = ("Conditionals", "Numbers", "Two samples?", "Checks", "Code and files")
GIVEN = ("across", "up")
TRIES = {
    "One given the other": (
        {"data": "Old Faithful", "model": "Gaussian mixture", "components": "2", "line": "2"},
        "Drag the line from 2 to 4 minutes: the geyser's next rest is not the same story.",
    ),
    "No correlation, and no independence": (
        {"data": "Two circles", "model": "Gaussian copula", "n": "2000", "panel": "Two samples?"},
        "A copula knows dependence as one correlation. Here that is 0, so it paints a square where rings are.",
    ),
    "How wide a bump?": (
        {"data": "Two moons", "model": "Kernel density", "wider": "4", "panel": "Numbers"},
        "Four times too wide. Slide the width down and watch the held-out score.",
    ),
}

begin("Fit in 2-D", "Choose a law of two columns and drag the line: what does it say of one when the other is known?")
sets = points.titles((2,))
words = {
    "data": (sets[DATA], *sets.values()),
    "panel": PANELS,
    "given": GIVEN,
    **plane_controls.WORDS,
    **closer.WORDS,
}
presets = (plane_controls.Few(), normal.Config(), controls.Seed(), points.Amount())
complaints = session.complaints(NAME, presets, words)
left, right = st.columns([1.35, 1], gap="large")

with right:
    picture = st.container()
    shelved = points.choose((2,), DATA)
    kind = plane_controls.model()
    said = st.container()
    own = st.container()
    with st.expander("More"):
        points.more(session.widget("data", DATA))
        across = st.segmented_control("The line says", GIVEN, default=GIVEN[0], key="given", bind="query-params")
        samples = controls.draw(plane_controls.Few(), more=True)["samples"]
        seed = controls.draw(controls.Seed(), more=True)["seed"]
        rest = st.container()
    figures = st.container()
if complaints:
    said.warning("\n\n".join(complaints))

if shelved.dataset is None:
    with left:
        drawn = film.still(NAME, mixture.sheet(NAME, shelved)).drawn
    if drawn is not None and points.draw(*drawn):
        st.rerun()
    experiments(NAME, TRIES)
    st.stop()

dataset, key, column = shelved.dataset, Key(seed) / NAME, GIVEN.index(across or GIVEN[0])
with own:
    way = plane_controls.chosen(kind, key)
with rest:
    way = plane_controls.further(way)
place = plane_controls.line(NAME, dataset, column)
run = runs.open_run(NAME, (dataset.digest, way), way.title, lambda: joint.steps(way, dataset, key))
name = f"{NAME}:{dataset.digest}:{column}"


@baton.fragment(run_every=runs.every(run))
def instrument() -> None:
    """The plane with its line; a line let go of, a stroke, or a fit that ended runs the page again."""
    progress = run.job.progress()
    fitted = run.job.trace[-1].state if len(run.job.trace) else None
    shown = scene.scene(
        dataset, fitted, column, place, (samples, key / "samples"), shelved.brush, kind == plane_controls.PRIOR, name
    )
    told = film.still(NAME, shown)
    if progress.error:
        st.warning(progress.error)
    elif fitted is None:
        st.caption(f"Fitting: {way.title}...")
    stroke = told.drawn is not None and points.draw(*told.drawn)
    dragged = fitted is not None and plane_controls.moved(NAME, dataset, column, told.handles, place)
    if stroke or dragged or (waiting and not progress.alive):
        st.rerun(scope="app")


waiting = run.job.progress().alive
with left:
    instrument()
if len(run.job.trace):
    seen = run.job.trace[-1].state
    with picture:
        film.still(f"{NAME}.given", scene.along(dataset, seen, column, place, f"{name}:given"))
    with figures:
        closer.figures(way, seen, dataset)
    panel = st.segmented_control(
        "Look closer", PANELS, default=PANELS[0], key="panel", bind="query-params", required=True
    )
    if panel == "Numbers":
        closer.in_numbers(NAME, dataset, way, seen, key)
    elif panel == "Two samples?":
        closer.two_samples(NAME, dataset, way, seen, key)
    elif panel == "Checks":
        closer.self_test(NAME, dataset, way, seen, key)
    elif panel == "Code and files":
        closer.take_home(dataset, way, seen, samples, key, shelved.code)
    else:
        closer.conditionals(NAME, dataset, seen, column, place)
experiments(NAME, TRIES)
onward("where do the Gaussians of a mixture come from, and can one find them by hand?", "em")
