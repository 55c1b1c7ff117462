"""Fit in 1-D: one Gaussian by hand on the log-likelihood surface, then families, priors, kernels and their judges."""

import streamlit as st

from core.laws import bins, gaussian
from playground import controls, session
from playground.frame import begin, experiments, onward
from playground.rungs.fit1 import bell, film, numbers
from playground.rungs.fit1.screen import DATA, METHOD, NAME, PANELS, PRIOR, WORDS, Asked, Screen, screen
from playground.runs import baton, hand, runs
from playground.runs import film as stage
from playground.shelf import points
from playground.shown import closer
from playground.shown.sheet import unfitted

TRIES = {
    "A bell that fits": (
        {"data": "Normal", "means": "0.9,1.7"},
        "Drag the bell home; the surface shows how far you are.",
    ),
    "A bell that cannot": (
        {"data": "Two peaks", "panel": "Families"},
        "The best Gaussian is in the middle of nothing; held-out scores say so.",
    ),
    "The bins choose the story": (
        {"data": "Galaxies", "panel": "Bandwidth"},
        "Change the bins and the bandwidth: how many groups of galaxies are there?",
    ),
}

begin("Fit in 1-D", "Lay a bell over the data by hand, then see what the likelihood, priors, families and kernels say.")
sets = points.titles((1,))
words = {"data": (sets[DATA], *sets.values()), "panel": closer.titles(PANELS), **WORDS}


def workbench() -> None:
    """Everything that follows the controls."""
    lines = session.complaints((controls.Seed(), points.Amount(), PRIOR), words)
    left, right = st.columns([1.35, 1], gap="large")
    with right:
        asked = ask()
        said, figures = st.container(), st.container()
    if asked.shelved.dataset is None:
        return unfitted(left, NAME, asked.shelved, "")
    found = screen(asked)
    if lines := lines + hand.complaint(NAME, found.chosen):
        said.warning("\n\n".join(lines))
    with left:
        instrument(found)
    with figures:
        st.markdown(numbers.figures(found, found.bell))
        st.caption(numbers.underflow(found, found.bell))
    closer.closer(NAME, PANELS, found, found.bell)


def instrument(found: Screen) -> None:
    """The bell over the histogram, and the button that climbs from it to the maximum."""
    run = found.run()

    @baton.fragment(runs.every(run) if run else None, run.job.news if run else None)
    def look() -> None:
        scene = film.scene(found, found.bell)
        if run is None or not len(run.job.trace):
            said = stage.still(NAME, scene)
        else:
            said = stage.show(NAME, run, scene, film.frames)
            if run.job.progress().error:
                st.warning(run.job.progress().error)
        if st.button("Show me", icon=":material/hiking:", help="Climb from your bell to the maximum."):
            found.climb()
            st.rerun(scope="app")
        place = bell.dragged(bell.as_place(said.handles), found.bell)
        if place is not None:
            found.drag(place)
        if place is not None or (said.drawn is not None and points.draw(*said.drawn)):
            st.rerun(scope="app")

    look()


def ask() -> Asked:
    """The controls at the right: the data, how to climb, how bins are cut, and the seed."""
    shelved = points.choose((1,), DATA)
    method = controls.choose("Show me by", gaussian.METHODS, "method", METHOD)
    rule = st.selectbox("Bins by", bins.NAMES, key="bins", bind="query-params")
    with st.expander("More"):
        points.more(session.widget("data", DATA))
        seed = controls.draw(controls.Seed(), more=True)["seed"]
    return Asked(shelved, method, rule or bins.NAMES[0], seed)


workbench()
experiments(NAME, TRIES)
onward("two columns together: what does one say of the other?", "fit2")
