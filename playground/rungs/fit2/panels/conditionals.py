"""What the law says of one column where the line stands, beside the points near it, and both columns alone."""

from functools import partial

import numpy as np
import streamlit as st

from core.dataset import Dataset
from core.joint import given
from core.joint.joint import Joint
from core.laws import bins
from core.process import Step
from playground import plot, session
from playground.rungs.fit2 import joint
from playground.rungs.fit2.joint import Seen
from playground.rungs.fit2.screen import NAME, Screen
from playground.shown import charts
from playground.shown.numbers import bare, minus, placed, written
from playground.shown.points import places
from playground.shown.vega import Part


def show(screen: Screen, step: Step[Seen]) -> None:
    """The panel."""
    dataset, law = screen.dataset, step.state.law
    text = session.once(f"{NAME}.said", (screen.law, screen.column, screen.place), partial(said, screen, law))
    st.markdown(session.plain(text).replace(r"\*\*", "**"))
    for where, k in zip(st.columns(2, gap="large"), (0, 1), strict=True):
        name, make = f"{NAME}.marginal.{k}", partial(marginal, dataset, law, k, session.dark())
        chart = session.once(name, (screen.law, session.dark()), make)  # whatever the line and the seed say
        plot.show(chart, key=name, alt=f"{dataset.columns[k]} alone: histogram and law", where=where)


def said(screen: Screen, law: Joint) -> str:
    """The conditional mean and spread at the line, and those of the points near it, in a sentence."""
    dataset, column = screen.dataset, screen.column
    known, asked = dataset.columns[column], dataset.columns[1 - column]
    stands = placed(screen.place, float(dataset.points[:, column].std()))
    found = moments(screen, law)
    if found is None:
        return f"Where {known} is {stands}, the law has no mass."
    mean, sd = found
    digits = max(0, 1 - int(np.floor(np.log10(sd)))) if sd > 0 else 3
    near = joint.strip(dataset, column, screen.place)
    saw = (
        f"mean {minus(f'{near.mean():.{digits}f}')}, sd {written(near.std(), 2)}."
        if len(near) > 1
        else "too little to say."
    )
    return (
        f"Where **{known}** is **{stands}**, the law expects **{asked}** {minus(f'{mean:.{digits}f}')} with sd "
        f"{written(sd, 2)}. "
        f"The {len(near)} points within {written(joint.near(dataset, column), 2)} of it have {saw}"
    )


def moments(screen: Screen, law: Joint) -> tuple[float, float] | None:
    """Mean and standard deviation of the other column where the line stands; None where the law has no mass."""
    low, high = screen.dataset.bounds[1 - screen.column]
    at = places(screen.dataset.points[:, 1 - screen.column], low - (high - low), high + (high - low), 3001)
    return given.moments(law, screen.column, screen.place, at)


def marginal(dataset: Dataset, law: Joint, column: int, dark: bool) -> Part:
    """One column's histogram with the law's marginal over it."""
    low, high = (float(v) for v in dataset.bounds[column])
    grid = places(dataset.points[:, column], low, high, 400)
    height = np.exp(law.log_marginal(column, grid))
    histogram = bins.histogram(dataset.points[:, column], "Freedman-Diaconis")
    top = 1.25 * max(float(histogram.heights.max()), float(np.quantile(height[np.isfinite(height)], 0.995)))
    name = dataset.columns[column]
    lines = {"model": (f"p({bare(name)})", height)}
    return charts.density(histogram, grid, lines, (name, (low, high)), ("density", top), dark)
