"""Code and files: the model that is taken home, whether it keeps its identities, its draws and numbers, and its script."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import streamlit as st
from jaxtyping import Float

from core.check import Check
from core.dataset import Dataset
from core.evaluation.metrics import aic, bic
from core.key import Key
from core.laws.checks import mass, of_law
from core.laws.families.continuous import NAMED, Fitted
from core.laws.likelihood import Sufficient
from core.laws.ranking import Row
from core.options import Range, check
from core.process import Step
from playground import controls, session
from playground.rungs.em.numbers import self_test
from playground.rungs.fit1 import column as family_column
from playground.rungs.fit1 import export
from playground.rungs.fit1.bell import Bell
from playground.rungs.fit1.column import Ranked
from playground.rungs.fit1.panels import surface
from playground.rungs.fit1.panels.families import BEST, LAWS, watch
from playground.runs import runs
from playground.runs.jobs import Progress

BELL = "Your bell"
WORDS = {"model": (BELL, *LAWS)}
"""The panel's keyed widget with its allowed words, the default first."""


@dataclass(frozen=True)
class Draws:
    """How many draws the file of samples has."""

    samples: Annotated[int, Range(1, 1_000_000, "Samples n", "How many draws the file has.", step=100)] = 1000

    def __post_init__(self) -> None:
        """Raise ValueError for a number outside its declaration."""
        check(self)


def take_home(name: str, dataset: Dataset, key: Key, now: Bell, points: Sufficient, code: str) -> None:
    """The panel: which model, its self-test, its files, and the script that makes its numbers again."""
    column = family_column.taken(dataset)
    offered = (BELL, BEST, *column.titles) if column else (BELL,)
    model = st.selectbox("Model", offered, key="model", bind="query-params")
    if column is None or model not in offered[1:]:
        exact = surface.checks(dataset, points)
        law = Fitted(NAMED["normal"], (now.mu, now.sigma))
        tests = [Check("your bell integrates to 1", mass(law), 1.0, 1e-6), *exact]
        page(bell_row(law, dataset), dataset, dataset.points[:, 0], key, tests, surface.script(now, code), False)
        return
    run = family_column.open_ranking(name, dataset, column, key)
    row = family_column.asked_for(column, family_column.rows_of(run), model)
    if run.job.progress().alive or row is None or row.fitted is None:
        why = row.problem if row is not None and row.problem else "No law can be fitted here."

        def wait(progress: Progress) -> None:
            st.caption("Fitting..." if progress.alive else session.plain(why))

        watch(run, wait)
        return
    tested(name, dataset, key, column, row, code)


def tested(name: str, dataset: Dataset, key: Key, column: Ranked, row: Row, code: str) -> None:
    """The page of a fitted law, its self-test growing."""
    candidate = next(law for law in column.laws if law.name == row.name)

    def strip() -> Iterator[Step[tuple[Check, ...]]]:
        found: tuple[Check, ...] = ()
        for i, one in enumerate(of_law(candidate, row.fitted, column.x)):  # type: ignore[arg-type]
            found = (*found, one)
            yield Step(i, found)

    run = runs.open_run(f"{name}.checks", (dataset.digest, row.title, key), "", strip)

    def draw(progress: Progress) -> None:
        tests = run.job.trace[-1].state if len(run.job.trace) else ()
        script = export.script(code, column, key)
        page(row, dataset, column.x, key, tests, script, not column.continuous)

    watch(run, draw)


def bell_row(law: Fitted, dataset: Dataset) -> Row:
    """The hand's bell as a row of the table; no parameter of it was fitted."""
    total, n = float(law.log_prob(dataset.points).sum()), len(dataset)
    return Row("bell", BELL, law, 0, total / n, aic(total, 0), bic(total, 0, n))


def page(
    row: Row,
    dataset: Dataset,
    x: Float[np.ndarray, " n"],
    key: Key,
    tests: Sequence[Check],
    code: str,
    counts: bool,
) -> None:
    """Self-test and files at the left, the script and the link at the right."""
    left, right = st.columns([1, 1.15], gap="large")
    with left:
        st.markdown(f"Self-test of **{session.plain(row.title)}**")
        st.markdown(self_test(tests))
        files(row, dataset, x, key, counts)
    with right:
        st.caption("A script that prints these numbers again:")
        st.code(code, language="python", wrap_lines=True)
        st.caption("A link to this screen:")
        st.code(session.link(), language=None, wrap_lines=True)


def files(row: Row, dataset: Dataset, x: Float[np.ndarray, " n"], key: Key, counts: bool) -> None:
    """Samples (as many as asked for), the density on a grid, the parameters, and every point with its log-density."""
    law: Any = row.fitted
    amount, stream = controls.draw(Draws(), more=False)["samples"] or Draws().samples, key / "samples"
    st.caption(f"Drawn by {session.plain(str(stream))}.")
    column = dataset.columns[0]
    offered: dict[str, Any] = {"on_click": "ignore", "icon": ":material/download:"}
    with st.container(horizontal=True):
        st.download_button(
            "Samples (CSV)", lambda: export.samples(law, column, int(amount), stream), "samples.csv", **offered
        )
        st.download_button(
            "Probabilities (CSV)" if counts else "Density on a grid (CSV)",
            lambda: export.grid(law, dataset, x, counts),
            "density.csv",
            **offered,
        )
        st.download_button("Parameters (JSON)", lambda: export.as_json(row, dataset, key), "parameters.json", **offered)
        st.download_button(
            "Points and log-densities (CSV)",
            lambda: export.pointwise(law, column, x),
            "densities.csv",
            **offered,
        )
