"""A training on an easel of its own: what the painter of each moment paints from the same noise, and the bar below."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st

from core.process import Step
from playground.instruments.easel import Easel, Frame, Kind
from playground.instruments.stage import Line
from playground.rungs.paint import film
from playground.rungs.paint.training import NAME, SAMPLES
from playground.runs import run_bar, runs
from playground.runs.runs import Run

KINDS = (Kind("x", "samples", "model"),)
LINES = (Line("loss", "loss", "model", unit="squared error per pixel"),)


def show(run: Run) -> None:
    """The training on an easel of its own, with its bar; the page follows when it comes to rest or goes on."""
    live = run.job.progress().phase in ("waiting", "running")

    @runs.follow(run)
    def instrument() -> None:
        progress = run.job.progress()
        if (progress.phase in ("waiting", "running")) != live:
            st.rerun(scope="app")
        if len(run.job.trace):
            newest = run.job.trace[-1]
            film.show(NAME, run, easel(run, newest), frames)
            st.caption(status(run, newest))
        else:
            st.caption("The first updates...")
        if progress.error:
            st.warning(progress.error)
        with st.container(horizontal=True, gap="small"):
            run_bar.steer(NAME, run, end="Stop here")

    instrument()


def frames(steps: Sequence[Step[Any]], first: int = 0) -> list[Frame]:
    """One Frame a Step."""
    return [Frame(f"After {step.metrics['update']:,.0f} updates.", {"x": step.state}, step.metrics) for step in steps]


def easel(run: Run, newest: Step[np.ndarray]) -> Easel:
    """The easel of a training."""
    return Easel(
        f"{NAME}:{run.id}",
        newest.state.shape[1:],
        SAMPLES,
        KINDS,
        names=tuple(f"sample {i + 1}" for i in range(SAMPLES)),
        lines=LINES,
        alt="Pictures by the painter in training, from the same noise every time",
        chart=True,
    )


def status(run: Run, newest: Step[np.ndarray]) -> str:
    """How far the training is, and how long it will take."""
    m, phase = newest.metrics, run.job.progress().phase
    total = run.spec[1].steps  # type: ignore[attr-defined]
    done = f"{m['update']:,.0f} of {total:,} updates, {m['pace']:.1f} a second"
    words = {"running": "Training", "waiting": "Waiting for a processor", "paused": "Paused", "done": "Trained"}
    left = ""
    if phase == "running":
        left = f"; about {clock((total - m['update']) / max(m['pace'], 1e-9))} left"
    return f":orange-badge[trained] {words.get(phase, 'Stopped')}: {done}{left}."


def clock(seconds: float) -> str:
    """A span of time in words."""
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
