"""The stage of the diffusion page and its bar, and what the hand does there: scrub, drag the start, draw the data."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from core.process import Step
from playground import session
from playground.instruments.stage import Frame, Result, Scene
from playground.rungs.diffusion import film as pictures
from playground.rungs.diffusion import numbers, training
from playground.rungs.diffusion.screen import NAME, Screen
from playground.runs import baton, film, hand, run_bar, runs
from playground.runs.runs import Run
from playground.shelf import points


def scene(screen: Screen) -> Scene:
    """What the stage shows before anything moves; its name changes with all that the axes and layers depend on."""
    bench, back, learned = screen.bench, screen.asked.back, screen.moment is not None
    shown = (hand.version(NAME), bench.dataset.digest, back, bench.noising, screen.seed, learned, bench.units)
    start = bench.drawn(pictures.begin(bench, screen.key, screen.chosen)[:1], 1.0) if back else None
    name = ":".join(map(str, (NAME, *shown)))
    return pictures.scene(bench, name, back, learned, screen.asked.shelved.brush, start, screen.chosen is not None)


def instrument(screen: Screen, run: Run) -> Step:
    """The stage; a frame that came to rest, a dragged start or a stroke reruns the page. The Step on show."""
    picture, drawing = scene(screen), [True]

    @baton.fragment(runs.every(run), run.job.news)
    def stage() -> Step:
        found = film.show(NAME, run, picture, lambda steps, first: frames(screen, steps))
        steps = run.job.trace.snapshot()[1]
        at = min(film.shown(NAME, run, found), len(steps) - 1)
        bar(run, screen.chosen is not None, lambda: hand.put(NAME, screen.situation, None))
        acted = moved(screen, picture, found)
        rested = session.changed(f"{NAME}.rest", film.rest(run, found)) and not drawing[0]
        if rested or acted:
            st.rerun(scope="app")
        film.link(run, at)
        return steps[at]

    step = stage()
    drawing[0] = False  # what the stage found out while the page was drawn is on the page anyway
    return step


def frames(screen: Screen, steps: Sequence[Step]) -> list[Frame]:
    """One Frame a Step, with what stands beside the stage while it is on show."""
    bench, back = screen.bench, screen.asked.back
    drawn = zip(pictures.frames(steps), steps, strict=True)
    return [replace(frame, beside=numbers.beside(bench, step, back)) for frame, step in drawn]


def moved(screen: Screen, picture: Scene, found: Result) -> bool:
    """Take what the hand did to the start or the data; whether it did anything."""
    handles: Any = next((layer.xy for layer in picture.layers if layer.name == "start"), None)  # type: ignore[attr-defined]
    chosen = hand.moved(found.handles, handles) if handles is not None else None
    if chosen is not None:
        hand.put(NAME, screen.situation, chosen)
    return (found.drawn is not None and points.draw(*found.drawn)) or chosen is not None


def bar(run: Run, dragged: bool, reset: Callable[[], None]) -> None:
    """How far the walk is computed; pause and resume while it lives, and the way back to one's own start."""
    progress = run.job.progress()
    if progress.error:
        st.warning(progress.error)
    with st.container(horizontal=True, gap="small"):
        st.caption(run_bar.status(NAME, progress.phase, progress.steps, progress.rate))
        run_bar.steer(NAME, run)
        if dragged and run_bar.press(NAME, "Own start", "restart_alt", reset):
            st.rerun(scope="app")


def course_line(course: Run) -> None:
    """One line on a training that goes on; the page follows when it ends."""

    polled, stage = runs.every(course), training.stage_of(course)

    @baton.fragment(polled, course.job.news)
    def look() -> None:
        progress = course.job.progress()
        if polled and training.stage_of(course) != stage:
            st.rerun(scope="app")
        if progress.error:
            st.warning(progress.error)
        done = progress.steps * training.EVERY
        st.caption(f"Training: {min(done, training.UPDATES):,} of {training.UPDATES:,} updates. Panel Train shows it.")

    look()
