"""The first rows against the rest: which name the columns, which hold units, and where the names come again.

    head(extent, remarks, choices)    names, units and the rows of values, with a decision on each first row

A row is names if it has a word where the column below holds numbers, or words that no row below has; a row of numbers is
names if they count (0, 1, 2 or consecutive years) where the values below do not. A second row of words above numbers is
units, or a second row of names where the first has gaps or repeats. A last remark with a word for each column names them.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from core.data.readers.cells import is_missing, looks_numeric
from core.data.readers.choices import MOST, Choices, Decision, Way
from core.data.readers.text.begin import UNIT, alone
from core.data.readers.text.extent import Extent, shown
from core.data.readers.text.header import DEEP, above_numbers, header_rows, numeric
from core.data.readers.text.rows import Rows

ATTRIBUTE = re.compile(r"attribute\s+\S+\s+\S", re.IGNORECASE)
KEYED = re.compile(r":$|[\s=]\d")
"""What ends or fills the words of a remark that sets a value, such as run 12."""
LONGEST_UNIT = 24


@dataclass(frozen=True)
class Heading:
    """The `names` ("" where there is none; () for no header at all) and `units` of the columns, and the rows of values."""

    names: tuple[str, ...]
    units: tuple[str, ...]
    rows: Rows
    decisions: tuple[Decision, ...]
    left_out: tuple[int, ...]


def head(extent: Extent, remarks: Mapping[int, str], choices: Choices) -> Heading:
    """The names and units of a table, and its rows of values."""
    rows, width = extent.rows, extent.width
    if extent.lacking and rows.cells and len(rows.cells[0]) < width:
        rows = Rows([["", *rows.cells[0]], *rows.cells[1:]], rows.lines)
    count, sure = header_rows(rows, extent.lacking, choices)
    named = [] if count or choices.header == 0 or not sure else remarked(rows, remarks, width)
    if named:
        return from_remarks(rows, named, choices)
    below = rows.take(range(count, len(rows)))
    spare = second_rows(below, numeric(rows), choices) if count else 0
    units = tuple(unit.strip().strip("[]()").strip() for unit in below.cells[0]) if spare else ("",) * width
    names = join(rows.cells[:count])
    decisions = [*said_header(rows, count, sure, choices), *said_units(below, spare, choices)]
    values = rows.take(range(count + spare, len(rows)))
    again = [i for i, row in enumerate(values.cells) if count and row == rows.cells[count - 1]]
    again = [i for i in again if values.lines[i] not in choices.keep]
    if again:
        decisions.append(repeated([values.lines[i] for i in again], choices))
        gone = set(again)
        values = values.take([i for i in range(len(values)) if i not in gone])
    kept = set(values.lines)
    return Heading(names, units, values, tuple(decisions), tuple(line for line in rows.lines if line not in kept))


def join(rows: Sequence[list[str]]) -> tuple[str, ...]:
    """One name for each column from the rows of names; a gap in the upper row takes the name to its left."""
    if not rows:
        return ()
    if len(rows) == 1:
        return tuple(cell.strip() for cell in rows[0])
    upper, last = [], ""
    for cell in rows[0]:
        last = cell.strip() or last
        upper.append(last)
    return tuple(" ".join(filter(None, (a, b.strip()))) for a, b in zip(upper, rows[1], strict=True))


def second_rows(below: Rows, numbers: list[bool], choices: Choices) -> int:
    """How many rows below the names hold units or other words above numbers, 0 to 2."""
    if choices.units is not None:
        return int(choices.units and len(below) > 1)
    if len(below) > 1 and alone(below.cells[0]) and len(below.cells[0]) > 1 and sum(numbers) == len(numbers):
        return 1
    if len(below) < 2 or not above_numbers(below.cells[0], numbers):
        return 0
    cells = [(j, cell) for j, cell in enumerate(below.cells[0]) if numbers[j] and not is_missing(cell)]
    later = below.cells[1 : 1 + DEEP]
    if any(len(cell) > LONGEST_UNIT or any(row[j] == cell for row in later[1:]) for j, cell in cells):
        return 0
    return 2 if len(below) > 3 and above_numbers(below.cells[1], numbers) else 1


def said_header(rows: Rows, count: int, sure: bool, choices: Choices) -> list[Decision]:
    """The decision on the rows of names; the other number of them, and this one where that is not sure."""
    first = f"Row {rows.lines[0]:,}"
    if count == 0:
        names = ", ".join(f"column {i}" for i in range(1, min(len(rows.cells[0]), 2) + 1))
        are = "columns are" if len(rows.cells[0]) > 1 else "the column is"
        said, other = f"No header row was found; {are} named {names}.", Way(f"{first} is the header", at(choices, 1))
    elif count == 2:
        said = f"Rows {rows.lines[0]:,} and {rows.lines[1]:,} together are the header."
        other = Way(f"{first} alone", at(choices, 1))
    else:
        said = f"{first} is the header: {shown(rows.cells[0])}."
        other = Way("It is a row of values", at(choices, 0))
    right = () if sure else (Way("Keep", at(choices, count)),)
    return [Decision(said, (other, *right), not sure)]


def at(choices: Choices, count: int) -> Choices:
    """The choices with so many rows of names."""
    return replace(choices, header=count)


def said_units(below: Rows, spare: int, choices: Choices) -> list[Decision]:
    """The decision on the rows between names and values."""
    if not spare:
        return []
    said = f"Row {below.lines[0]:,} holds units: {shown(below.cells[0])}."
    if spare > 1:
        said = f"{said[:-1]}; row {below.lines[1]:,} ({shown(below.cells[1])}) is left out."
    return [Decision(said, (Way("It is a row of values", replace(choices, units=False)),))]


def repeated(lines: list[int], choices: Choices) -> Decision:
    """The decision on names that come again among the rows."""
    which = f"Row {lines[0]:,} repeats" if len(lines) == 1 else f"{len(lines):,} rows repeat"
    way = Way("Keep it" if len(lines) == 1 else "Keep them", replace(choices, keep=(*choices.keep, *lines)[:MOST]))
    return Decision(f"{which} the header and {'is' if len(lines) == 1 else 'are'} left out.", (way,))


def remarked(rows: Rows, remarks: Mapping[int, str], width: int) -> list[tuple[int, list[str]]]:
    """The remarks directly above the rows that have a word for each column: one with names, or two, the second of units."""
    found: list[tuple[int, list[str]]] = []
    attributes = [(line, said.split()[1]) for line, said in remarks.items() if ATTRIBUTE.match(said)]
    if len(attributes) == width:  # Weka's files give each column a line
        return [(attributes[0][0], [name.strip("'\"") for _, name in attributes])]
    for line in sorted((line for line in remarks if rows.lines and line < rows.lines[0]), reverse=True):
        cut = (
            re.split(r"\s*[,;|\t]\s*", remarks[line]),
            re.split(r"[ \t]{2,}|\t", remarks[line]),
            remarks[line].split(),
        )
        words = next((cells for cells in cut if len(cells) == width), None)
        if words is None or len(found) == min(width, 2) or any(looks_numeric(w) or KEYED.search(w) for w in words):
            break
        if found and not all(map(UNIT.search, found[0][1])):
            break  # what stands above names is a title
        found.append((line, [word.strip("\"' ") for word in words]))
    return found[::-1]


def from_remarks(rows: Rows, named: list[tuple[int, list[str]]], choices: Choices) -> Heading:
    """The heading of a table whose names stand in a remark."""
    line, names = named[0]
    units = named[1][1] if len(named) > 1 else [""] * len(names)
    said = f"Row {line:,}, a remark, names the columns: {shown(names)}" + (
        "; the next holds units." if len(named) > 1 else "."
    )
    way = Way("Columns have no names", replace(choices, header=0))
    return Heading(tuple(names), tuple(units), rows, (Decision(said, (way,)),), ())
