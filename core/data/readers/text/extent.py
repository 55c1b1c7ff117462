"""Where a table begins and ends: titles before it, remarks and totals behind it, and its width.

    bound(rows, choices)    the rows of one width, and a decision on each that was left out

The width is that of most rows. What stands before the first row of that width is no row of the table, nor is a lone word
or a title that leaves all other cells empty; a row of names may lack one cell, where each row below begins with a name.
"""

from collections import Counter
from dataclasses import dataclass, replace

from core.data.readers.cells import is_missing, looks_numeric
from core.data.readers.choices import MOST, Choices, Decision, Way
from core.data.readers.table import ReadError, clean
from core.data.readers.text.begin import filled, first_row, names_below, rule, wordy
from core.data.readers.text.ending import last_row, subtotal, totals_among
from core.data.readers.text.rows import Rows, check_shape

SIDEWAYS = 3
"""The most lines of numbers that are taken to lie on their side, where each has ten times as many cells."""


@dataclass(frozen=True)
class Extent:
    """The rows of a table, all `width` wide, whether the first lacks a name for the cell that begins the others, and
    what was decided, said and left out on the way."""

    rows: Rows
    width: int
    lacking: bool
    decisions: tuple[Decision, ...]
    notes: tuple[str, ...]
    left_out: tuple[int, ...]


def bound(rows: Rows, choices: Choices, apart: frozenset[int], blanks: bool) -> Extent:
    """The rows of one width and what was left out; ReadError for a row longer than the others.

    `apart` are the lines between rows that were set apart, so that a gap of blank lines can be told from them; `blanks`
    says that cells are separated by blanks, as the words of a title are too.
    """
    width = width_of(rows)
    first = first_row(rows, width, choices, apart, blanks)
    lacking = lacks(rows, first, width, choices)
    width = max(width, filled(rows.cells[first])) if wordy(rows.cells[first]) and not lacking else width
    last = last_row(rows, first, width, choices)
    empty = [i for i in range(first, last) if width > 1 and not any(map(str.strip, rows.cells[i]))]
    gone = {*empty, *(i for i in range(first, last) if width > 1 and rule(rows.cells[i]))}
    held = [i for i in range(first, last) if i not in gone]
    middle = [i for i in held[1:] if subtotal(rows, i, width, choices)]
    check_shape(len(held), width)
    made, notes = fit(rows.take([i for i in held if i not in middle] if middle else held), width, lacking, choices)
    kept = set(made.lines)
    before, after = rows.lines[:first], rows.lines[last:]
    among = [rows.lines[i] for i in middle]
    decisions = [*edge(before, "before", choices), *edge(after, "after", choices), *totals_among(among, choices)]
    if empty:
        many, are = ("1 row holds", "is") if len(empty) == 1 else (f"{len(empty):,} rows hold", "are")
        notes = (*notes, f"{many} nothing and {are} left out (line {rows.lines[empty[0]]:,}).")
    return Extent(made, width, lacking, tuple(decisions), notes, tuple(line for line in rows.lines if line not in kept))


def width_of(rows: Rows) -> int:
    """The number of cells of most rows, without columns at the right that hold nothing."""
    widths = Counter(map(len, rows.cells))
    width = max(widths, key=lambda w: (widths[w], w))
    while width > 1 and all(not row[width - 1].strip() for row in rows.cells if len(row) >= width):
        width -= 1
    return width


def lacks(rows: Rows, first: int, width: int, choices: Choices) -> bool:
    """Whether the first row names all cells but the first of each row; ReadError where that cannot be told."""
    row = rows.cells[first]
    if choices.row_names is not None:
        return choices.row_names and len(row) == width - 1
    if len(row) >= width or not wordy(row):
        return False
    if names_below(rows, first, width):
        return True
    line = rows.lines[first]
    ways = (
        Way(f"Leave out row {line:,}", replace(choices, skip=(*choices.skip, line)[:MOST])),
        Way("The first cell of a row is its name", replace(choices, row_names=True)),
    )
    raise ReadError(
        too_long(rows.lines[min(first + 1, len(rows) - 1)], width, len(row)), ways[: 1 + (len(row) == width - 1)]
    )


def edge(lines: list[int], where: str, choices: Choices) -> list[Decision]:
    """The decision on the rows before or after a table."""
    if not lines:
        return []
    which = f"Row {lines[0]:,} comes" if len(lines) == 1 else f"Rows {lines[0]:,} to {lines[-1]:,} come"
    verb = "is" if len(lines) == 1 else "are"
    if where == "before":
        way = Way(f"Begin at row {lines[0]:,}", replace(choices, begin=lines[0]))
    else:
        way = Way("Keep it" if len(lines) == 1 else "Keep them", replace(choices, keep=(*choices.keep, *lines)[:MOST]))
    return [Decision(f"{which} {where} the table and {verb} left out.", (way,))]


def fit(rows: Rows, width: int, lacking: bool, choices: Choices) -> tuple[Rows, tuple[str, ...]]:
    """All rows at one width and a note on those that were shorter; ReadError for longer ones."""
    cells, short, first_short = [], 0, 0
    for i, (row, line) in enumerate(zip(rows.cells, rows.lines, strict=True)):
        if len(row) != width and not (i == 0 and lacking):
            while len(row) > width and not row[-1].strip():
                row = row[:-1]
            if len(row) > width:
                way = Way(f"Leave out row {line:,}", replace(choices, skip=(*choices.skip, line)[:MOST]))
                raise ReadError(too_long(line, len(row), width), (way,))
            if len(row) < width:
                short, first_short = short + 1, first_short or line
                row = row + [""] * (width - len(row))
        cells.append(row)
    many = "1 row is" if short == 1 else f"{short:,} rows are"
    said = f"{many} shorter than the first (line {first_short:,} on); their last cells count as missing."
    return Rows(cells, rows.lines), ((said,) if short else ())


def too_long(line: int, has: int, width: int) -> str:
    """The sentence on a row of more cells than names."""
    return (
        f"Line {line:,} has {has:,} values but the first row has {width:,}; "
        "give every row as many values as there are column names."
    )


def lies(rows: Rows) -> bool:
    """Whether a text holds a few long lines of numbers, each perhaps begun by a name: a table on its side."""
    if not 1 < len(rows) <= SIDEWAYS or len({len(row) for row in rows.cells}) > 1:
        return False
    long = len(rows.cells[0]) >= 10 * len(rows)
    return long and all(looks_numeric(cell) or is_missing(cell) for row in rows.cells for cell in row[1:])


def turn(rows: Rows) -> Rows:
    """Rows and columns exchanged; every row then begins on the first line."""
    return Rows([list(row) for row in zip(*rows.cells, strict=True)], [rows.lines[0]] * len(rows.cells[0]))


def shown(cells: list[str]) -> str:
    """Some cells as they stand in a sentence."""
    named = [clean(cell, 20) for cell in cells if cell.strip()]
    return ", ".join(named[:4]) + (f" and {len(named) - 4} more" if len(named) > 4 else "")
