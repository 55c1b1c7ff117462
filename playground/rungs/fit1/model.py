"""Which law is tested and taken home: the hand's bell, or one of those that are ranked, by one control for both."""

from dataclasses import dataclass

import streamlit as st

from core.evaluation.metrics import aic, bic
from core.laws.families.continuous import NAMED, Fitted
from core.laws.ranking import Row
from playground import session
from playground.rungs.fit1 import column
from playground.rungs.fit1.bell import Bell
from playground.rungs.fit1.column import Ranked
from playground.rungs.fit1.screen import BELL, BEST, Screen
from playground.runs.watch import watch


@dataclass(frozen=True)
class Model:
    """A law as a row of the table, and the `column` it is ranked in (None: the hand's bell); without a `row`, why."""

    row: Row | None
    column: Ranked | None = None
    why: str = ""


def choose(screen: Screen, step: Bell) -> Model:
    """The control and the law it names, as far as that is known; a page that waits for it runs again when it is."""
    ranked = column.taken(screen.dataset)
    offered = (BELL, BEST, *ranked.titles) if ranked else (BELL,)
    session.settle("model", offered, BELL)
    title = st.selectbox("Model", offered, key="model", bind="query-params")
    if ranked is None or title not in offered[1:]:
        return Model(bell_row(screen, step))
    run = column.open_ranking(screen, ranked)
    row = column.asked_for(ranked, column.rows_of(run), title)
    if not run.job.progress().alive and row and row.fitted:
        return Model(row, ranked)
    alive = run.job.progress().alive
    watch(run, lambda newest, progress: None)
    why = row.problem if row is not None and row.problem else "No law can be fitted here."
    return Model(None, ranked, "Fitting..." if alive else session.plain(why))


def bell_row(screen: Screen, step: Bell) -> Row:
    """The hand's bell as a row of the table; no parameter of it was fitted."""
    law, n = Fitted(NAMED["normal"], (step.mu, step.sigma)), len(screen.dataset)
    total = float(law.log_prob(screen.dataset.points).sum())
    return Row("bell", BELL, law, 0, total / n, aic(total, 0), bic(total, 0, n))
