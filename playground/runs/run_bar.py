"""The bar under a stage: how far the run is, and what may be done with it."""

from collections.abc import Callable
from functools import partial
from typing import Protocol, TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.process import Step
from playground import session
from playground.runs import baton, film, runs
from playground.runs.runs import Run

FORK = "The next run begins from the frame on show; change an option and both are drawn."
GONE = " It began anew: the session before this one has ended, and its runs with it."
LOOK, PATIENT = 0.2, 0.05  # seconds until one who waits looks again, and how much longer for each who is before him
KEEP = "Draw this run in grey under the next ones, to compare."


class Screen(Protocol):
    """What a page shows, which has one run."""

    def run(self) -> Run:
        """The session's run of it."""


Shown = TypeVar("Shown", bound=Screen)


def bar(
    name: str,
    run: Run,
    step: Step,
    unit: str,
    moment: str,
    reset: Callable[[], None] | None,
    instrument: str = "stage",
) -> None:
    """Status and buttons of a run: pause, resume, step, cancel while it lives; fork and keep of the Step on show.

    `unit` is what was computed, `moment` what the index of a Step counts; `reset` puts back a start that was chosen by a hand
    or a fork (None: nobody did); `instrument` is what plays the run.
    """
    progress = run.job.progress()
    st.caption(status(name, progress.phase, progress.steps, progress.rate, unit, moment))
    if progress.error:
        st.warning(progress.error)
    with st.container(horizontal=True, gap="small", key=f"{name}.bar"):
        steer(name, run, step="One frame", end="Cancel")
        further = press(name, "Fork here", "call_split", partial(fork, name, run, step, instrument), FORK)
        if reset:
            further |= press(name, "Own start", "restart_alt", reset)
        kept = runs.kept(name, run.data)
        if kept:
            further |= press(name, "Drop kept run", "layers_clear", partial(runs.drop_kept, name))
            st.caption(f"Grey: the kept run ({kept.label}).")
        else:
            further |= press(name, "Keep", "layers", partial(runs.keep, name), KEEP)
    if further:
        st.rerun(scope="app")


def fork(name: str, run: Run, step: Step, instrument: str) -> None:
    """Fork from the frame that the instrument reported with the press, else from the `step` on show when the bar was drawn."""
    rest = session.widget(f"{instrument}.{name}", {}).get("rest")
    if rest and rest["run"] == run.id:
        steps = run.job.trace.snapshot()[1]
        step = steps[min(rest["frame"], len(steps) - 1)]
    runs.fork(name, step)


def steer(name: str, run: Run, step: str = "", end: str = "") -> None:
    """The buttons of a run that lives: pause and resume and, under the words given, one step on, and its end."""
    progress = run.job.progress()
    if progress.phase == "paused":
        press(name, "Resume", "play_arrow", run.job.resume)
        if step:
            press(name, step, "skip_next", run.job.step)
    elif progress.alive:
        press(name, "Pause", "pause", run.job.pause)
    if end and progress.alive:
        press(name, end, "stop", run.job.cancel)


def press(name: str, label: str, icon: str, act: Callable[[], None], help: str | None = None) -> bool:
    """A button of the bar, which acts before the next run; whether it was pressed."""
    return st.button(label, icon=f":material/{icon}:", key=f"{name}.{icon}", on_click=act, help=help)


def standing(name: str, screen: Shown, where: DeltaGenerator) -> tuple[Shown, Run] | None:
    """A page's screen and its run; those before while this run has no Step yet, so that what is on show stays.

    Meanwhile the page says `where` what it waits for, and looks whether it has come. None where nothing was before.
    """
    runs.stand(name, None)
    run = screen.run()
    if len(run.job.trace):
        session.hold(f"standing.{name}", (screen, run))
        return screen, run
    film.opening(name, run)  # the frame that the link asks for is of this run, not of the one that is still on show
    with where:
        wait(run)
    before: tuple[Shown, Run] | None = session.recall(f"standing.{name}", lambda: None)
    runs.stand(name, before[1] if before else None)
    return before


def wait(run: Run) -> None:
    """Until the run has its first Step: what it waits for, or why it has none."""
    first = run.job.progress()

    @baton.fragment(LOOK + PATIENT * first.ahead if first.alive else None, run.job.news)
    def look() -> None:
        progress = run.job.progress()
        if progress.error:
            st.warning(progress.error)
        elif len(run.job.trace) or not progress.alive:
            st.rerun(scope="app")
        else:
            st.caption(queue(progress.ahead))

    look()


def queue(ahead: int) -> str:
    """What somebody waits for."""
    return f"Waiting for {ahead:,} other{'s' * (ahead > 1)}..." if ahead else "Computing the first frame..."


def status(name: str, phase: str, steps: int, rate: float, unit: str = "frames", moment: str = "") -> str:
    """One line on where the run is."""
    fork = runs.forked(name)
    begun = f" Forked from {moment} {fork.step.index} of {fork.label}." if fork else ""
    gone = GONE if runs.lost(name) else ""
    words = {
        "waiting": "Waiting for a free processor",
        "running": "Computing",
        "paused": "Paused",
        "done": "At rest",
        "cancelled": "Cancelled",
        "failed": "Stopped",
    }[phase]
    pace = f"{rate:,.0f}" if rate >= 1 else f"{rate:.1f}"
    return f"{words} after {steps:,} {unit}, {pace} a second.{begun}{gone}"
