"""What a table holds, column by column, to be shown before anything is learned from it."""

from collections import Counter
from typing import Any

import numpy as np

from core.data.readers.table import Column, Numbers, Table
from core.data.recode import finite, use

BINS = 20
"""The bars of a small histogram."""


def first(table: Table, rows: int, columns: int) -> dict[str, list[float | str | None]]:
    """The first rows as they were read, by column; None where a value is missing."""
    return {column.name: [known(value) for value in column.values[:rows]] for column in table.columns[:columns]}


def known(value: float | str) -> float | str | None:
    """A value of a cell; None for one that is missing."""
    if isinstance(value, str):
        return value or None
    return None if np.isnan(value) else float(value)


def summary(table: Table) -> list[dict[str, Any]]:
    """One row for each column: its use, what is missing, how its values lie, and what was understood.

    The range is that of the finite values, None for words. `histogram` counts them in BINS equal parts of the range, and
    the commonest words of a column of words.
    """
    return [summary_row(column) for column in table.columns]


def summary_row(column: Column) -> dict[str, Any]:
    """What `summary` says of one column."""
    low = middle = high = None
    if not column.numeric:
        bars = [times for word, times in Counter(column.values).most_common(BINS + 1) if word][:BINS]
    elif len(values := finite(column)):
        low, high, bars = float(values.min()), float(values.max()), bins(values)
        places = [(len(values) - 1) // 2, len(values) // 2]
        below, above = np.partition(values, places)[places]
        middle = float(below / 2 + above / 2)  # halved first: the sum of the two may overflow
    else:
        bars = []
    return {
        "column": column.name,
        "kind": column.kind,
        "use": use(column),
        "unit": column.unit,
        "spelling": column.spelling,
        "missing": column.missing,
        "infinite": column.infinite,
        "histogram": bars,
        "min": low,
        "median": middle,
        "max": high,
        "notes": " ".join(column.notes),
    }


def bins(values: Numbers) -> list[int]:
    """How many values lie in each of BINS equal parts of their range; all in the middle one where it has no width."""
    low, high = values.min() / 2, values.max() / 2  # halved: a difference may overflow
    if low == high:
        return [len(values) if i == BINS // 2 else 0 for i in range(BINS)]
    places = ((values / 2 - low) / (high - low) * BINS).astype(np.int64)
    return np.bincount(np.minimum(places, BINS - 1), minlength=BINS).tolist()
