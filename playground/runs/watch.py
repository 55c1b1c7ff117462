"""What a run works out beside the stage: drawn as far as it is known, looked at again until it ends, then once more."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from playground.runs import baton, runs
from playground.runs.drain import Progress
from playground.runs.runs import Run


def watch(run: Run, draw: Callable[[Any, Progress], object], waiting: str | None = None) -> None:
    """Call `draw` with the run's newest Step and its progress, in a fragment of its own, under its error if it has one.

    With `waiting`, that is said until there is a Step; without, `draw` is called with None before.
    """
    polled = runs.every(run)

    @baton.fragment(polled, run.job.news)
    def look() -> None:
        progress = run.job.progress()
        if polled and not progress.alive:
            st.rerun(scope="app")  # what is around it follows from the end, and nobody need look any more
        if progress.error:
            st.warning(progress.error)
        newest = run.job.trace[-1] if len(run.job.trace) else None
        if newest is not None or waiting is None:
            draw(newest, progress)
        elif progress.alive:
            st.caption(waiting)

    look()
