"""Whether the law's samples can be told from the points, by four tests, and where they differ."""

from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from core.process import Step
from playground import controls, plot, session
from playground.instruments.stage import Field, Layer, Points, Scene
from playground.palette import ROLES
from playground.rungs.fit2 import apart
from playground.rungs.fit2.apart import REPEATS, TESTS, WHOLE, Compared
from playground.rungs.fit2.joint import Seen
from playground.rungs.fit2.screen import AGAINST, NAME, Screen
from playground.runs import film, runs
from playground.runs.drain import Progress
from playground.runs.watch import watch
from playground.shown import charts, vega
from playground.shown.numbers import p_value, written
from playground.shown.points import size_of
from playground.shown.vega import Part, axis, layer, word

UNSEEN = (
    "Fitted to a random half, compared with the other: an exact p for the law as fitted, its estimation error included."
)
SEEN = (
    "Not calibrated: samples lie too near to points the law was fitted to, so these distances are too small and their "
    "p too large, most of all for kernels. A small one still counts against the law; a large one says nothing."
)
CLOUDS = (
    "Energy and sliced Wasserstein compare whole clouds; neighbours and kernels also see holes and threads in them."
)


def show(screen: Screen, step: Step[Seen]) -> None:
    """The panel."""
    dataset, way, key, law = screen.dataset, screen.way, screen.key, step.state.law
    unseen = controls.choose("Compare the samples with", AGAINST, "against") != AGAINST[1]
    steps = partial(apart.comparison, way, dataset, law, unseen, key / "compare")
    run = runs.open_run(f"{NAME}.apart", (dataset.digest, key, way, unseen), "", steps, of=dataset)
    watch(run, partial(draw, screen, unseen), "Drawing samples...")


def draw(screen: Screen, unseen: bool, newest: Step[Compared], progress: Progress) -> None:
    """The places at the left, the tests and what they say at the right."""
    found = newest.state
    left, right = st.columns([1.35, 1], gap="large")
    with left:
        film.still(f"{NAME}.places", scene(screen, found))
        st.caption(legend(found))
    with right:
        if len(found.tests["mmd"].null) > 1:
            alt_text = "; ".join(f"{TESTS[name]}: p {p_value(null.p_value)}" for name, null in found.tests.items())
            plot.show(beside(found, session.dark()), key=f"{NAME}.tests", alt=alt_text)
        if progress.alive:
            done = int(newest.metrics["repeats"])
            st.progress(newest.metrics["progress"], f"{done} of {REPEATS} reshuffles.")
        else:
            st.markdown(verdict(found, unseen))
        st.caption(f"{CLOUDS} {UNSEEN if unseen else SEEN}")


def scene(screen: Screen, found: Compared) -> Scene:
    """Points and samples on the page's axes, over where one outnumbers the other by more than chance."""
    dataset, size = screen.dataset, size_of(screen.dataset) - 1
    layers: list[Layer] = [
        Points(name="points", label="Points compared", role="data", xy=found.x, size=size),
        Points(name="samples", label="Samples", role="model", xy=found.y, size=size),
    ]
    if found.places is not None:
        values = np.where(np.abs(found.places.values) > found.places.limit, found.places.values, 0.0)
        field = values.reshape(apart.SIDE, apart.SIDE)
        top = max(float(np.abs(values).max()), 2 * found.places.limit)
        label = "Samples over points (standard errors)"
        layers.insert(0, Field(name="places", label=label, role="difference", values=field, vmax=top))
    name = f"{NAME}:places:{dataset.digest}:{hash((found.x.tobytes(), found.y.tobytes()))}:{found.places is None}"
    alt_text = f"{len(found.x):,} points and {len(found.y):,} samples, and where one outnumbers the other"
    return Scene(name, dataset.bounds, layers, (dataset.columns[0], dataset.columns[1]), alt=alt_text)


def legend(found: Compared) -> str:
    """What the colours of the map say."""
    if found.places is None:
        return "Looking for the places where they differ..."
    passed = np.abs(found.places.values) > found.places.limit
    if not passed.any():
        return "No place has more samples than points, or fewer, than one source would give."
    return (
        "Orange: too many samples; blue: too few. Elsewhere the difference is within what one source gives at its most "
        f"uneven place in 19 of 20 reshuffles ({found.places.limit:.1f} standard errors)."
    )


def verdict(found: Compared, unseen: bool) -> str:
    """What the tests say together, and what they do not."""
    said = {
        name: f"{TESTS[name][0].lower() + TESTS[name][1:]} {p_value(null.p_value)}"
        for name, null in found.tests.items()
    }
    n, against = len(found.x), "points that the fit had not seen" if unseen else "the points it was fitted to"
    every = ", ".join(said.values()).replace("kernels (MMD)", "kernels")
    tail = f"p: {every}; one of four below {written(found.level)} counts. Compared: {n:,} samples with {n:,} {against}."
    if not found.seen:
        if unseen:
            return f"**No difference seen.** {tail} That is no proof that the law is true: more points would see more."
        return f"**Nothing can be said**: these p are too large. {tail} Compare with unseen points instead."
    return f"**They differ.** {blind(found)}{tail}"


def blind(found: Compared) -> str:
    """Which kind of test sees the difference, if only one does."""
    whole, near = (any((name in WHOLE) == kind for name in found.seen) for kind in (True, False))
    if near and not whole:
        return "The clouds as a whole agree; what lies inside them does not. "
    return "Only the clouds as a whole differ. " if whole and not near else ""


def beside(found: Compared, dark: bool) -> Part:
    """Every test's observed value among those of the reshuffles, in their standard deviations from their mean."""
    dealt: dict[str, list[Any]] = {"test": [], "z": []}
    seen: dict[str, list[Any]] = {"test": [], "z": [], "p": []}
    for name, null in found.tests.items():
        centre, spread = float(null.null.mean()), float(null.null.std()) or 1.0
        dealt["test"] += [TESTS[name]] * len(null.null)
        dealt["z"] += ((null.null - centre) / spread).tolist()
        for column, value in zip(
            seen, (TESTS[name], (null.observed - centre) / spread, f"p = {p_value(null.p_value)}"), strict=True
        ):
            seen[column].append(value)
    ends = min(-3.5, *seen["z"], *dealt["z"]), max(5.0, 1.25 * max(seen["z"]), max(dealt["z"]) + 0.2)
    x, lanes = axis("z", "standard deviations of one source", ends), ["", *TESTS.values()]  # the first is for the words
    places = {"labelLimit": 160, "ticks": False, "domain": False}
    at = {"x": x, "y": word("test", title=None, scale={"domain": lanes}, axis=places)}
    colour = ROLES["model"][dark]
    layers = [
        layer("tick", dealt, at, color=ROLES["noise"][dark], opacity=0.3, thickness=1, size=18),
        layer("point", seen, at, filled=True, size=110, color=colour, opacity=1),
        layer("text", seen, at | {"text": word("p")}, dy=-15, color=colour, fontSize=12),
    ]
    words = charts.labels({"noise": "reshuffles", "model": "data and samples"}, dark)
    return vega.layers(layers + words, 260)
