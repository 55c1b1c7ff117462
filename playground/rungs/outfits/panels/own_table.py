"""Own table: the same models of any table of categories, ranked on rows they have not seen, and the tree drawn."""

from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from core.categorical import information, ranking
from core.categorical.models import Categorical, Tree
from core.categorical.ranking import Ranked
from core.categorical.rows import Rows
from core.data.readers.table import clean
from core.digits import plain_power
from core.evaluation.metrics import Estimate
from core.key import Key
from playground import plot, session
from playground.rungs.outfits import charts, own
from playground.rungs.outfits.screen import ALONE, FULL, NAME, TREE, Screen
from playground.shown import tables
from playground.shown.files import safe
from playground.shown.numbers import estimate

TITLES = {"full table": FULL, "independent": ALONE, "tree": TREE}
DRAWN = 1000  # rows of a file of samples
ROUNDING = 1e-9  # nats below which scores differ by rounding alone


def show(screen: Screen, step: object) -> None:
    """The panel."""
    left, right = st.columns([1, 1.35], gap="large")
    with left:
        rows = own.table_rows(screen)
    alpha = screen.asked.alpha
    try:
        ranked = session.once(f"{NAME}.ranked", (rows.digest, alpha), lambda: ranking.rank(rows, alpha))
    except ValueError as error:
        st.warning(session.plain(str(error)))
        return
    with right:
        board(ranked, rows, alpha)
        (tree,) = (row.model for row in ranked if row.name == "tree")
        assert isinstance(tree, Tree)
        pairs = session.once(f"{NAME}.own.pairs", rows.digest, lambda: information.mutual(rows.codes, rows.sizes))
        names = [clean(name, 24) for name in rows.columns]
        plot.show(charts.tree(names, tree, pairs, session.dark()), f"{NAME}.tree", charts.tree_alt(names, tree, pairs))
        st.caption("The tree of Chow and Liu: of all trees the one whose edges share most (nats beside them).")
    with left:
        samples(ranked, rows, screen.asked.deal)


def board(ranked: tuple[Ranked, ...], rows: Rows, alpha: float) -> None:
    """The models with their held-out scores, the best first."""
    table = pd.DataFrame(
        {
            "Model": [TITLES[row.name] for row in ranked],
            "Free parameters": [
                f"{row.parameters:,.0f}" if row.parameters < 1e9 else plain_power(row.parameters, 2) for row in ranked
            ],
            "Held out (nats per row)": [score(row) for row in ranked],
            "Behind the best": [behind(row) for row in ranked],
        }
    )
    tables.show(table, heads={"Free parameters": "Free", "Held out (nats per row)": "Held out"}, first=110, rows=3)
    if len(rows) < 10:
        st.caption("Fewer than 10 rows are too few to hold any out.")
        return
    st.caption(
        f"Mean log-probability of rows held out in fifths, with its standard error, at α = {alpha:g}; higher is better. "
        + ("Without smoothing one row that was never seen makes it minus infinite." if alpha == 0 else "")
    )


def score(row: Ranked) -> str:
    """A held-out score in words."""
    if row.model is None:
        return "too many cells"
    if row.held_out.error < ROUNDING:
        return f"{estimate(Estimate(row.held_out.value, np.nan))}, every row alike"
    return estimate(row.held_out, "\N{MINUS SIGN}∞" if row.held_out.value == -np.inf else "")


def behind(row: Ranked) -> str:
    """How far a model lies below the best, in words."""
    if row.model is None:
        return ""
    if abs(row.behind.value) < ROUNDING:
        return "the best" if row.behind.value == 0 else "as good as the best"
    return estimate(row.behind if row.behind.error >= ROUNDING else Estimate(row.behind.value, np.nan), "")


def samples(ranked: tuple[Ranked, ...], rows: Rows, deal: int) -> None:
    """New rows of each model as files."""
    with st.container(horizontal=True):
        for row in ranked:
            if row.model is not None:
                st.download_button(
                    f"New rows: {TITLES[row.name].lower()} (CSV)",
                    partial(as_csv, row.model, rows, deal),
                    f"new-{row.name.replace(' ', '-')}.csv",
                    on_click="ignore",
                    icon=":material/download:",
                )


def as_csv(model: Categorical, rows: Rows, deal: int) -> bytes:
    """CSV: `DRAWN` new rows of a model, in the words of the table."""
    codes = model.sample(DRAWN, Key(deal) / NAME / "own")
    columns = {
        safe(name): [safe(word) for word in np.array(words, dtype=object)[column]]
        for name, words, column in zip(rows.columns, rows.levels, codes.T, strict=True)
    }
    return pd.DataFrame(columns).to_csv(index=False).encode()
