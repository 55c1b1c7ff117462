"""Whether points can be learned from at all: enough of them, that vary, in numbers whose squares are ordinary.

And how a file would have to be read so that more of it can be: `nearly` says which columns are numbers but for a few
cells, `refusal` why no column serves, `turning` whether rows are rather columns, each with the ways to mend it.
"""

from dataclasses import replace

import numpy as np
from jaxtyping import Bool, Float

from core.data import kinds
from core.data.readers.cells import looks_numeric
from core.data.readers.choices import MOST, Choices, Decision, Way
from core.data.readers.table import Column, Table, clean, listed
from core.digits import written

FEWEST = 5
"""The fewest different rows that are learned from."""
LARGEST, SMALLEST = 1e15, 1e-15
"""Sizes and spreads whose squares are ordinary numbers even in the 32 bits of the browser's pictures."""
RELATIVE = 1e-9
"""The smallest spread, relative to the size of the values: six of float64's digits are then left for what varies."""
FEW = 3
"""The most cells in the way of a column that are left out a row at a time."""
NEARLY = 0.05
"""The largest share of cells in the way of a column that is numbers but for a few."""

Points = Float[np.ndarray, "n d"]


class ClinicError(ValueError):
    """Why the chosen columns cannot be learned from: one sentence, shown as it is, and the ways to mend it by a press."""

    def __init__(self, said: str, ways: tuple[Way, ...] = ()) -> None:
        """Say `said`; offer `ways`."""
        super().__init__(said)
        self.ways = ways


def count_different(points: Points) -> int:
    """The number of different rows."""
    if not len(points):
        return 0
    ordered = points[np.lexsort(points.T)]
    return 1 + int((ordered[1:] != ordered[:-1]).any(axis=1).sum())


def examine(points: Points, columns: tuple[str, ...]) -> None:
    """Raise ClinicError for points that have no usable variance."""
    different = count_different(points)
    lawful = len(columns) == 1 and len(points) >= FEWEST and kinds.recognise(points).kind in ("binary", "counts")
    if different < FEWEST and not lawful:
        raise ClinicError(
            f"Only {different} different rows are left and at least {FEWEST} are needed; add rows or choose other columns."
        )
    for name, values in zip(columns, points.T, strict=True):
        shown = clean(name, 40)
        size = float(np.abs(values).max())
        # Halved first: the difference of two large numbers of opposite sign overflows.
        spread = float(values.max() / 2 - values.min() / 2)
        if spread == 0 and size >= SMALLEST:
            raise ClinicError(f"Column {shown} is constant in the rows that are left; choose another.")
        if size > LARGEST:
            raise ClinicError(
                f"Column {shown} reaches {written(size, 3)}, which is too large to be drawn; divide it by a power of ten."
            )
        if spread < SMALLEST:
            raise ClinicError(
                f"Column {shown} spans {written(2 * spread, 3)}, which is too little to be drawn; "
                "multiply it by a power of ten."
            )
        if spread < RELATIVE * size:
            raise ClinicError(
                f"Column {shown} varies only beyond the ninth digit of {written(size, 3)}; subtract a constant from it first."
            )


def repeats(table: Table, kept: Bool[np.ndarray, " n"]) -> list[str]:
    """A warning where kept rows repeat one another in every column of the table, not only in those that are looked at."""
    rows = np.flatnonzero(kept)
    groups = np.zeros(len(rows), dtype=np.int64)
    for column in table.columns:
        several = np.bincount(groups)[groups] > 1
        rows, groups = rows[several], groups[several]
        if not len(rows):
            return []
        values = column.values[rows] if column.numeric else np.array([column.values[i] for i in rows])
        _, here = np.unique(values, return_inverse=True)
        groups = np.unique(groups * (int(here.max()) + 1) + here, return_inverse=True)[1]
    again = len(rows) - len(np.unique(groups))
    if not again:
        return []
    rows_said = "1 row is a repeat" if again == 1 else f"{again:,} of {int(kept.sum()):,} rows are repeats"
    return [f"{rows_said} of another row: a density model may collapse onto them."]


def collinear(points: Points, columns: tuple[str, ...]) -> list[str]:
    """A warning where two columns lie on a line."""
    if len(columns) < 2:
        return []
    scaled = (points - points.mean(axis=0)) / points.std(axis=0)
    if 1 - abs(float((scaled[:, 0] * scaled[:, 1]).mean())) > 1e-9:
        return []
    return [f"Columns {listed(list(columns)).replace(', ', ' and ')} lie on a line: a density may collapse onto it."]


def refusal(table: Table) -> ClinicError:
    """Why no column of a table serves: the nearest one, the cell in its way, and how that could be mended."""
    near = min(
        (c for c in table.columns if c.obstacle), key=lambda c: c.obstacle.share if c.obstacle else 1, default=None
    )
    said = f"{table.name} has no column of numbers that vary ({listed([c.name for c in table.columns], 3)}); "
    if near is None:
        return ClinicError(said + "at least one is needed.", turning(table))
    why = blocked(near)
    return ClinicError(f"{said}{why[0].lower()}{why[1:]}.", (*mends(table, near), *turning(table)))


def nearly(table: Table) -> tuple[Decision, ...]:
    """The columns that are numbers but for a few cells, and how each could become one."""
    near = (c for c in table.columns if c.obstacle and c.obstacle.share <= NEARLY)
    offered = ((column, mends(table, column)) for column in near)
    return tuple(Decision(f"{blocked(column)}.", ways) for column, ways in offered if ways)


def blocked(column: Column) -> str:
    """Which cell keeps a column from being numbers, by the row of the file that it stands in."""
    found = column.obstacle
    if not found:
        return f"Column {clean(column.name, 40)} is words"
    more = "" if found.count < 2 else f" and {found.count - 1:,} more"
    where = f'row {found.line or found.row:,} ("{clean(found.cell, 20)}"){more}'
    return f"Column {clean(column.name, 40)} is words because of {where}"


def mends(table: Table, column: Column) -> tuple[Way, ...]:
    """How a text file could be read so that a cell is no longer in the way of a column."""
    found, layout, asked = column.obstacle, table.layout, table.choices
    if not found or not layout:
        return ()
    made: list[tuple[str, Choices]] = []
    if found.count <= FEW and found.line not in asked.skip and len(asked.skip) < MOST:
        made.append((f"Leave out row {found.line:,}", replace(asked, skip=(*asked.skip, found.line))))
    pair = (column.name, found.cell)
    if pair not in asked.missing and len(asked.missing) < MOST:
        made.append((f'Treat "{clean(found.cell, 20)}" as missing', replace(asked, missing=(*asked.missing, pair))))
    other, word = (".", "point") if layout.decimal == "," else (",", "comma")
    if other in found.cell and looks_numeric(found.cell) and asked.decimal != other:
        made.append((f"Read as a decimal {word}", replace(asked, decimal=other)))
    return tuple(Way(label, choices) for label, choices in made)


def turning(table: Table) -> tuple[Way, ...]:
    """How a text or array of too few rows and many columns could be read: with its rows as columns."""
    can_be = table.layout or all(column.numeric for column in table.columns)
    if not can_be or not table.rows < FEWEST <= len(table.columns) or table.choices.turned is not None:
        return ()
    return (Way("Turn rows into columns", replace(table.choices, turned=True)),)
