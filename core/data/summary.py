"""What a table holds, column by column, to be shown before anything is learned from it."""

from typing import Any

import numpy as np

from core.data.readers.table import Column, Table
from core.data.recode import finite, use


def summary(table: Table) -> list[dict[str, Any]]:
    """One row for each column: its kind and use, what is missing, and the range of its finite values (None for words)."""
    return [summary_row(column) for column in table.columns]


def summary_row(column: Column) -> dict[str, Any]:
    """What `summary` says of one column."""
    low = middle = high = None
    if column.numeric and len(values := np.sort(finite(column))):
        # Halved first: the sum of the two middle values may overflow.
        middle = float(values[(len(values) - 1) // 2] / 2 + values[len(values) // 2] / 2)
        low, high = float(values[0]), float(values[-1])
    return {
        "column": column.name,
        "kind": column.kind,
        "use": use(column),
        "missing": column.missing,
        "infinite": column.infinite,
        "min": low,
        "median": middle,
        "max": high,
        "notes": " ".join(column.notes),
    }
