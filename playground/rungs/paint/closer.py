"""What stands on the page of painting: the easel and its bar, and below it the panels."""

from collections.abc import Sequence
from importlib import import_module
from typing import Any

import streamlit as st

from core.process import Step
from playground import session
from playground.instruments.easel import Easel, Kind
from playground.rungs.paint import film as paint_film
from playground.rungs.paint import numbers, training
from playground.rungs.paint.screen import NAME, PANELS, Screen
from playground.rungs.paint.source import Source
from playground.runs import film, run_bar, runs
from playground.runs.runs import Run
from playground.shelf.pictures import Shelved

APART = {  # panels with a file of their own, imported when they are looked at: `show(screen, step, picked)`
    "Two settings": "panels.two",
    "Forward and back": "panels.back",
    "Edit": "panels.edit",
    "Guidance": "panels.guidance",
    "Memory": "panels.memory",
    "Code and files": "files",
}
PATIENT = ("Two settings", "Forward and back", "Guidance", "Memory")  # what would slow down the pictures above
DATA = (Kind("x", "data", "data"),)
SHOWN = 16


def stage(screen: Screen, run: Run) -> tuple[Step, int | None]:
    """The easel with a walk, or with the training of the painter; the Step of the walk, and the picture chosen."""
    if screen.source.course is not None and not training.walking():
        training.film(screen.source.course)
        return run.job.trace[-1], None
    whole = [True]  # what the easel finds out now is on the page below anyway
    found = runs.follow(run)(instrument)(screen, run, whole)
    whole[0] = False
    return found


def instrument(screen: Screen, run: Run, whole: Sequence[bool]) -> tuple[Step, int | None]:
    """The easel and the bar under it; the Step on show and the picture chosen. A playhead at rest reruns the page."""
    said = paint_film.show(NAME, run, screen.easel(), linked=True)
    steps = run.job.trace.snapshot()[1]
    at = min(paint_film.at(run, said, NAME), len(steps) - 1)
    bar(run)
    if session.changed(f"{NAME}.rest", paint_film.rest(run, said)) and not whole[0]:
        st.rerun(scope="app")
    film.link(run, at)
    return steps[at], said.picked


def bar(run: Run) -> None:
    """How far the walk is computed; pause, resume and cancel while it lives."""
    progress = run.job.progress()
    if progress.error:
        st.warning(progress.error)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if run_bar.press(NAME, "Other noise", "casino", other_noise, "Paint the same from another seed."):
            st.rerun(scope="app")
        if progress.phase == "paused":
            run_bar.press(NAME, "Resume", "play_arrow", run.job.resume)
            run_bar.press(NAME, "One step", "skip_next", run.job.step)
        elif progress.alive:
            run_bar.press(NAME, "Pause", "pause", run.job.pause)
        st.caption(run_bar.status(NAME, progress.phase, progress.steps, progress.rate, "frames"))


def other_noise() -> None:
    """Begin with the next seed."""
    session.set_widgets({"seed": (int(session.widget("seed") or 0) + 1) % 10_000})


def panel(screen: Screen, step: Step, picked: int | None, run: Run) -> None:
    """The chosen panel."""
    shown = st.segmented_control(
        "Look closer", PANELS, default=PANELS[0], key="panel", bind="query-params", required=True
    )
    if shown in PATIENT and run.job.progress().phase in ("waiting", "running"):
        st.caption("This begins when the pictures above are finished.")
    elif shown in APART:
        module: Any = import_module(f"playground.rungs.paint.{APART[shown]}")
        module.show(screen, step, picked)
    else:
        numbers.self_test(screen, run.job.trace.snapshot()[1])


def unpainted(shelved: Shelved, source: Source) -> None:
    """A training that goes on; or the pictures of the set, where there is nobody to paint any, and why."""
    if source.course is not None:
        return training.film(source.course)
    pictures = shelved.pictures
    x = pictures.pixels[:SHOWN] * (255 // (pictures.levels - 1))
    made = Easel(f"{NAME}:data:{pictures.digest}", pictures.shape, len(x), DATA, alt="Pictures of the set", close=False)
    paint_film.still(f"{NAME}.data", made, {"x": x})
    st.warning(source.problem)
