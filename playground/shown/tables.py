"""Tables of numbers as every page shows them: a true minus, numbers that sort as numbers, and short titles with a help."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from core.digits import minus

NONE: Mapping[str, Any] = {}


def show(
    table: pd.DataFrame,
    digits: Mapping[str, str] = NONE,
    heads: Mapping[str, str] = NONE,
    *,
    first: int | None = None,
    rows: int = 0,
) -> None:
    """All rows of a table, and room for so many `rows`; the `first` column is so many pixels wide.

    `digits` is Python's format of a column's numbers (else four digits of them), `heads` a short title, whose column's full
    name is then its help. What is not known stays empty. Streamlit's own formats write a hyphen for a minus: a styled cell is
    shown as it is spelt here, and is still the number by which its column is sorted.
    """
    forms = dict.fromkeys(table.select_dtypes("float"), ".4g") | dict(digits)
    styled = table.style.format({name: partial(spelt, form) for name, form in forms.items()}, na_rep="")
    columns: dict[str, Any] = {name: st.column_config.Column(head, help=name) for name, head in heads.items()}
    if first is not None:
        columns[table.columns[0]] = st.column_config.TextColumn(width=first)
    height = 35 * (max(len(table), rows) + 1) + 3
    st.dataframe(styled, hide_index=True, height=height, column_config=columns, placeholder="")


def right(table: pd.DataFrame, heads: Mapping[str, str] = NONE) -> None:
    """A table whose numbers are words, for each has its own digits: all but the first column at the right; `heads` as above."""
    columns = {
        name: st.column_config.Column(heads.get(name), help=name if name in heads else None, alignment="right")
        for name in table.columns[1:]
    }
    st.dataframe(table, hide_index=True, column_config=columns)


def spelt(form: str, value: float) -> str:
    """A number by Python's format, with a true minus, and infinity by its sign."""
    return minus(format(value, form)).replace("inf", "\N{INFINITY}")
