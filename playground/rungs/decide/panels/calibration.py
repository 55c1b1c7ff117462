"""Calibration: of all places where a class was given probability q, in what share is it that class?"""

import numpy as np
import streamlit as st

from core.process import Step
from playground import plot, session
from playground.rungs.decide import charts
from playground.rungs.decide.judged import Seen
from playground.rungs.decide.screen import NAME, Screen


def show(screen: Screen, step: Step[Seen]) -> None:
    """The panel."""
    seen = step.state
    found = {name: score.calibration for name, score in zip(screen.titles, seen.scores, strict=True)}
    left, right = st.columns([1.35, 1], gap="large")
    alt = "; ".join(f"{name} is off by {100 * off(*curve):.1f} % on average" for name, curve in found.items())
    with left:
        plot.show(charts.calibration(found, session.dark()), f"{NAME}.calibration", alt)
    with right:
        lines = ["| | off, on average |", "|---|--:|"]
        lines += [f"| {name} | **{100 * off(*curve):.2f} %** |" for name, curve in found.items()]
        st.markdown("\n".join(lines))
        how = (
            "Exact, by sums over cells of the true densities."
            if seen.truth is not None
            else f"On the {len(seen.held):,} points held out, so discs wander by chance."
        )
        st.caption(
            f"{how} Every class at every place counts, in ten bins of what was said; a disc is as large as its bin's mass. "
            "On the green line a probability is what it says. Off on average: the distance from it, weighed by mass."
        )


def off(said: np.ndarray, true: np.ndarray, mass: np.ndarray) -> float:
    """The expected calibration error: the mean distance of true share and probability said, weighed by mass."""
    there = mass > 0
    return float((mass[there] * np.abs(said[there] - true[there])).sum())
