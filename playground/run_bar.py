"""The bar under a stage: how far the run is, and what may be done with it."""

from collections.abc import Callable

import streamlit as st

from core.process import Step
from playground import runs
from playground.runs import Run


def bar(name: str, run: Run, step: Step, unit: str, reset: Callable[[], None] | None) -> None:
    """Status and buttons of a run: pause, resume, step, cancel while it lives; fork and keep of the Step on show.

    `reset` puts back a start that a hand or a fork chose (None: nobody did).
    """
    progress = run.job.progress()
    st.caption(status(name, progress.phase, progress.steps, progress.rate, unit))
    if progress.error:
        st.warning(progress.error)
    with st.container(horizontal=True, gap="small"):
        if progress.phase == "paused":
            st.button("Resume", icon=":material/play_arrow:", on_click=run.job.resume, key=f"{name}.resume")
            st.button("One step", icon=":material/skip_next:", on_click=run.job.step, key=f"{name}.step")
        elif progress.alive:
            st.button("Pause", icon=":material/pause:", on_click=run.job.pause, key=f"{name}.pause")
        if progress.alive:
            st.button("Cancel", icon=":material/stop:", on_click=run.job.cancel, key=f"{name}.cancel")
        _after(name, step, reset)


def _after(name: str, step: Step, reset: Callable[[], None] | None) -> None:
    """Keep and fork, and the ways back."""
    kept = runs.kept(name)
    st.button(
        "Fork here",
        icon=":material/call_split:",
        key=f"{name}.fork",
        on_click=runs.fork,
        args=(name, step),
        help="The next run begins from the frame on show; change an option and both are drawn.",
    )
    if reset:
        st.button("Own start", icon=":material/restart_alt:", key=f"{name}.reset", on_click=reset)
    if kept:
        st.button(
            "Drop kept run", icon=":material/layers_clear:", key=f"{name}.drop", on_click=runs.drop_kept, args=(name,)
        )
        st.caption(f"Grey: the kept run ({kept.label}).")
    else:
        keep = "Draw this run in grey under the next ones, to compare."
        st.button("Keep", icon=":material/layers:", key=f"{name}.keep", on_click=runs.keep, args=(name,), help=keep)


def wait(run: Run) -> None:
    """In place of a stage, until the run has its first Step: what it waits for, or why it has none."""

    @st.fragment(run_every=runs.every(run))
    def look() -> None:
        progress = run.job.progress()
        if progress.error:
            st.warning(progress.error)
        elif len(run.job.trace) or not progress.alive:
            st.rerun(scope="app")
        else:
            st.info("Many people compute at this moment; the fit begins as soon as a processor is free.")

    look()


def status(name: str, phase: str, steps: int, rate: float, unit: str) -> str:
    """One line on where the run is."""
    fork = runs.forked(name)
    begun = f" Forked from step {fork.step.index} of {fork.run.label}." if fork else ""
    words = {
        "waiting": "Waiting for a free processor",
        "running": "Computing",
        "paused": "Paused",
        "done": "At rest",
        "cancelled": "Cancelled",
        "failed": "Stopped",
    }[phase]
    return f"{words} after {steps:,} {unit}, {rate:,.0f} a second.{begun}"
