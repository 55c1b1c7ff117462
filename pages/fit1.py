"""Fit in 1-D: one Gaussian by hand on the log-likelihood surface, then families, priors, kernels and their judges."""

import streamlit as st

from core.key import Key
from core.laws import bins, gaussian
from core.laws.likelihood import sufficient
from playground import controls, session
from playground.frame import begin, experiments, onward
from playground.rungs.em import film as mixture
from playground.rungs.fit1 import bell, files
from playground.rungs.fit1.panels import bandwidth, families, posterior, surface
from playground.runs import baton, film, hand, runs
from playground.shelf import points as shelf

NAME = "fit1"
DATA = "skewed"
PANELS = ("Surface", "Posterior", "Families", "Goodness of fit", "Bandwidth", "Code and files")
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
sets = shelf.titles((1,))
words = {
    "data": (sets[DATA], *sets.values()),
    "panel": PANELS,
    "method": gaussian.METHODS,
    "bins": bins.NAMES,
    **families.WORDS,
    **files.WORDS,
}
complaints = session.complaints(NAME, (controls.Seed(), shelf.Amount(), posterior.PRESET), words)
left, right = st.columns([1.35, 1], gap="large")

with right:
    shelved = shelf.choose((1,), DATA)
    method = st.segmented_control(
        "Show me by", gaussian.METHODS, default="Newton", key="method", bind="query-params", required=True
    )
    rule = st.selectbox("Bins by", bins.NAMES, key="bins", bind="query-params")
    with st.expander("More"):
        shelf.more(session.widget("data", DATA))
        seed = controls.draw(controls.Seed(), more=True)["seed"]
    said = st.container()
    figures = st.container()

if shelved.dataset is None:
    with left:
        drawn = film.still(NAME, mixture.sheet(NAME, shelved)).drawn
    if drawn is not None and shelf.draw(*drawn):
        st.rerun()
    st.stop()

dataset = shelved.dataset
points = sufficient(dataset.points)
chosen = hand.means(NAME, dataset.digest, (1, 2), bell.reach(dataset, points))
if lines := complaints + hand.complaint(NAME, chosen):
    said.warning("\n\n".join(lines))
now = bell.first(points, dataset.bounds[0]) if chosen is None else bell.Bell(*chosen[0])
asked = session.recall(f"{NAME}.climb", lambda: None) == (dataset.digest, now, method)
run = None
if asked or chosen is None:  # a page opens alive: the first bell climbs by itself
    config = gaussian.Config(method=method or "Newton")
    spec = (dataset.digest, config, now)
    run = runs.open_run(NAME, spec, "", lambda: gaussian.fit(config, dataset.points, Key(0), start=now.model))
name = f"{NAME}:{hand.version(NAME)}:{dataset.digest}:{rule}"


@baton.fragment(run_every=runs.every(run) if run else None)
def instrument() -> None:
    """The bell over the histogram, and the button that climbs from it to the maximum."""
    scene = bell.scene(dataset, points, now, rule or bins.NAMES[0], shelved.brush, name)
    if run is None or not len(run.job.trace):
        said = film.still(NAME, scene)
    else:
        said = film.show(NAME, run, scene, bell.frames)
        if run.job.progress().error:
            st.warning(run.job.progress().error)
    if st.button("Show me", icon=":material/hiking:", help="Climb from your bell to the maximum."):
        session.hold(f"{NAME}.climb", (dataset.digest, now, method))
        st.rerun(scope="app")
    if said.drawn is not None and shelf.draw(*said.drawn):
        st.rerun(scope="app")
    surface.take(NAME, dataset.digest, bell.as_place(said.handles), now)


with left:
    instrument()
with figures:
    surface.figures(dataset, points, now)
panel = st.segmented_control("Look closer", PANELS, default=PANELS[0], key="panel", bind="query-params", required=True)
key = Key(seed) / NAME
if panel == "Surface":
    seen = surface.surface(NAME, dataset, points, now, run, hand.version(NAME))
    surface.take(NAME, dataset.digest, seen.handles, now)
elif panel == "Posterior":
    posterior.posterior(NAME, dataset)
elif panel == "Families":
    families.families(NAME, dataset, key)
elif panel == "Goodness of fit":
    families.goodness(NAME, dataset, key)
elif panel == "Bandwidth":
    bandwidth.smooth(NAME, dataset, key, rule)
elif panel == "Code and files":
    files.take_home(NAME, dataset, key, now, points, shelved.code)
experiments(NAME, TRIES)
onward("two columns together: what does one say of the other?", "fit2")
