"""What was understood of a file, under a lid: its first rows, its columns, and what was decided beyond the first lines."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.data.readers.choices import Choices, Decision
from core.data.readers.table import Table
from core.data.recode import called
from core.data.summary import first, summary
from playground import session
from playground.palette import ROLES
from playground.shelf import ways

ROWS, COLUMNS = 10, 60
"""The most rows and columns that are shown as they were read."""
EMPTY = ("unit", "spelling", "infinite", "notes")
"""What is only shown of columns if one of them has it."""


def understood(table: Table, more: Sequence[Decision] = ()) -> None:
    """A table as it was read: rows, columns, what else was decided (`more`), and what cannot be changed."""
    known = (table.digest, table.choices)
    rows = session.once("first rows", known, lambda: first(table, ROWS, COLUMNS))
    columns = session.once("summary", known, lambda: summary(table))
    count = len(table.columns)
    label = f"Understood: {table.rows:,} rows, {count} column{'s' * (count != 1)}"
    with st.expander(label, key="understood"):
        with st.container(gap=None):
            for decision in more:
                ways.line(table.digest, decision)
        st.caption(opening(table))
        titles: dict[str, Any] = {column.name: called(column) for column in table.columns[:COLUMNS]}
        st.dataframe(rows, hide_index=True, column_config=titles, placeholder="", alt="The first rows of the file")
        st.caption("Its columns, with how their values lie:")
        st.dataframe(
            columns,
            hide_index=True,
            column_order=shown(columns),
            column_config=looks(),
            placeholder="",
            alt="The columns of the file: use, missing values and range of each",
        )
        for note in table.notes:
            st.caption(session.plain(note))
        if table.choices != Choices():
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.caption("The file is read with your choices.", width="content")
                st.button(
                    "Forget them all", "way.none", on_click=ways.choose, args=(table.digest, Choices()), type="tertiary"
                )


def opening(table: Table) -> str:
    """Which part of a table is shown as it was read."""
    rows = f"The first {ROWS} rows" if table.rows > ROWS else "Its rows"
    count = len(table.columns)
    return f"{rows}{f' of the first {COLUMNS} of {count:,} columns' if count > COLUMNS else ''}, as they were read:"


def shown(columns: Sequence[dict[str, Any]]) -> list[str]:
    """The columns of the table of columns: all, but for those that are empty throughout."""
    order = (
        "column",
        "histogram",
        "use",
        "unit",
        "spelling",
        "missing",
        "infinite",
        "min",
        "median",
        "max",
        "kind",
        "notes",
    )
    return [name for name in order if name not in EMPTY or any(row[name] for row in columns)]


def looks() -> dict[str, Any]:
    """How the table of columns is drawn."""
    data = ROLES["data"][session.dark()]
    return {
        "column": st.column_config.TextColumn(pinned=True),
        "histogram": st.column_config.BarChartColumn("values", y_min=0, color=data, width="small"),
        "use": st.column_config.TextColumn("used as"),
    }
