"""A panel whose numbers a run of its own works out: it draws what there is, looks again until the run ends, then once more."""

from collections.abc import Callable

import streamlit as st

from core.process import Step
from playground.runs import baton, runs
from playground.runs.runs import Run


def watch(run: Run, waiting: str, draw: Callable[[Step], object]) -> None:
    """Call `draw` with the run's newest Step, in a fragment of its own; `waiting` is said until there is one."""
    polled = runs.every(run)

    @baton.fragment(run_every=polled)
    def look() -> None:
        progress = run.job.progress()
        if polled and not progress.alive:
            st.rerun(scope="app")
        if progress.error:
            st.warning(progress.error)
        if len(run.job.trace):
            draw(run.job.trace[-1])
        elif progress.alive:
            st.caption(waiting)

    look()
