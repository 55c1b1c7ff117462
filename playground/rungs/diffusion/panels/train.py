"""The training as a film: samples of the half-trained model, both scores, the loss over its floor."""

from collections.abc import Sequence

import streamlit as st

from core.process import Step
from playground import plot, session
from playground.instruments.stage import Frame
from playground.rungs.diffusion import charts, training
from playground.rungs.diffusion.screen import NAME, Screen
from playground.runs import baton, film, run_bar, runs
from playground.runs.runs import Run
from playground.shown.numbers import table


def show(screen: Screen, step: Step) -> None:
    """The panel; when the playhead rests elsewhere, a walk by the learned denoiser follows."""
    course = screen.course
    assert course is not None
    t = st.slider("Time t of the scores", 0.05, 0.95, 0.3, 0.05, key="time", bind="query-params")
    polled, stage, drawing = runs.every(course), training.stage_of(course), [True]

    @baton.fragment(polled, course.job.news)
    def instrument() -> None:
        follows = session.widget("says") == "learned" and training.stage_of(course) != stage
        if polled and (follows or not course.job.progress().alive):
            st.rerun(scope="app")
        if not len(course.job.trace):
            st.caption("The first updates...")
            return
        left, right = st.columns([1.35, 1], gap="large")
        with left:
            shown = picture(screen, course, t)
        with right:
            losses(screen, shown)
        rested = session.changed(f"{NAME}.train.rest", training.rested(course)) and not drawing[0]
        if rested and session.widget("says") == "learned":
            st.rerun(scope="app")

    instrument()
    drawing[0] = False  # what it found out while the page was drawn is on the page anyway


def picture(screen: Screen, course: Run, t: float) -> Step:
    """The stage and the bar of the training; the Step on show."""

    def frames(part: Sequence[Step], first: int) -> list[Frame]:
        return training.frames(screen.own, list(part), t)

    found = film.show(training.NAME, course, training.scene(screen.own, course.id, t), frames)
    steps = course.job.trace.snapshot()[1]
    at = min(film.shown(training.NAME, course, found), len(steps) - 1)
    reset = (lambda: runs.unfork(training.NAME)) if runs.forked(training.NAME) else None
    most = f"frames of {training.UPDATES:,} updates"
    run_bar.bar(training.NAME, course, steps[at], most, "part", reset)
    return steps[at]


def losses(screen: Screen, step: Step) -> None:
    """The loss at every time over the floor that no network can avoid."""
    bench, target, loss = screen.own, screen.asked.learning.target, step.arrays["loss_by_time"]
    key = (bench.dataset.digest, bench.noising, target)
    middles, floor = session.once(f"{NAME}.floor", key, lambda: training.floor(bench, target, len(loss)))
    alt = "The loss at every time lies above the floor that no network can avoid"
    plot.show(charts.losses(middles, loss, floor, session.dark()), key=f"{NAME}.loss", alt=alt)
    excess = training.excess(loss, step.arrays["examples"], floor)
    rows = [
        ("Updates", f"{step.metrics['steps']:,.0f}", "of the weights"),
        ("Loss", f"{step.metrics['loss']:.4f}", "squared error per dimension"),
        ("Excess over the floor", f"{excess:.4f}", "the network's own error"),
    ]
    st.markdown(table(f"Part {step.index}", rows))
