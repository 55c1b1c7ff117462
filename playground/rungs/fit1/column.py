"""What a column holds and which laws are ranked for it: densities, counts, or the probability of one of two values."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import streamlit as st
from jaxtyping import Float

from core.dataset import Dataset
from core.laws import ranking
from core.laws.families import discrete
from core.laws.ranking import Row
from playground import controls, session
from playground.rungs.fit1.screen import NAME, TAKEN, Screen
from playground.runs import runs
from playground.runs.runs import Run

SINCE = " since "  # in the name of a column: it holds dates, as the days or seconds since the first


@dataclass(frozen=True)
class Ranked:
    """A column's values (two values as 0 and 1), its kind, the laws that are ranked for it, and the words of its axis."""

    x: Float[np.ndarray, " n"]
    kind: discrete.Kind
    laws: Sequence[Any]
    axis: str

    @property
    def continuous(self) -> bool:
        """Whether the laws are densities."""
        return self.laws is ranking.CONTINUOUS

    @property
    def titles(self) -> tuple[str, ...]:
        """The laws' names."""
        return tuple(law.title for law in self.laws)


def kind_of(dataset: Dataset) -> discrete.Kind:
    """What the column holds."""
    return session.once("families.kind", dataset.digest, lambda: discrete.recognise(dataset.points))


def taken(dataset: Dataset) -> Ranked | None:
    """The column as it is ranked, with the control that takes counts as measurements; None where there is nothing to fit."""
    kind, x, name = kind_of(dataset), dataset.points[:, 0], dataset.columns[0]
    elapsed = kind.kind == "counts" and SINCE in name
    if kind.kind != "continuous":
        st.caption("These whole numbers are a time that has passed: measured, not counted." if elapsed else kind.reason)
    if kind.kind == "constant":
        return None
    if kind.kind == "binary":
        ones = (x == kind.values[1]).astype(float)
        axis = name if kind.values == (0.0, 1.0) else f"{name}: 0 is {kind.values[0]:g}, 1 is {kind.values[1]:g}"
        return Ranked(ones, kind, (discrete.BERNOULLI,), axis)
    if kind.kind == "counts":
        session.settle("taken", TAKEN, TAKEN[elapsed])
        if controls.choose("Take them as", TAKEN, "taken", TAKEN[elapsed]) != TAKEN[1]:
            return Ranked(x, kind, discrete.FAMILIES, name)
    return Ranked(x, kind, ranking.CONTINUOUS, name)


def open_ranking(screen: Screen, column: Ranked) -> Run:
    """The run that fits and ranks the column's laws."""
    spec = (screen.dataset.digest, screen.key, column.titles)
    rank = partial(ranking.rank, column.x, screen.key, column.laws)
    return runs.open_run(f"{NAME}.families", spec, "", rank, of=screen.dataset)


def rows_of(run: Run) -> tuple[Row, ...]:
    """The table as far as it is known."""
    return run.job.trace[-1].state if len(run.job.trace) else ()


def asked_for(column: Ranked, rows: Sequence[Row], title: str | None) -> Row | None:
    """The row of the law with this title; the recommended one if no law is called so."""
    names = {law.title: law.name for law in column.laws}
    if title in names:
        return next((row for row in rows if row.name == names[title]), None)
    return next((row for row in rows if row.recommended), rows[0] if rows else None)
