"""Text tables: one dialect for the whole file, the first rows judged against the rest, everything decided said.

characters (decode) -> lines and cells (separate, rows) -> the table's extent -> its heading -> its columns
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from core.data.readers.choices import MOST, Choices, Decision, Way
from core.data.readers.table import Column, Layout, Numbers, Reading, check_size, clean, column_names
from core.data.readers.text.columns import Cells, read_columns
from core.data.readers.text.cuts.cut import BLANKS, FIXED, SINGLE, WIDE, WORDS, Cut
from core.data.readers.text.cuts.separate import Found
from core.data.readers.text.decode import decode
from core.data.readers.text.extent import Extent, bound, lies, turn
from core.data.readers.text.heading import Heading, head
from core.data.readers.text.rows import Lines, Rows, gather, separate, set_apart

LEAST = 3
"""So many values that are not 0 make a sum worth noticing."""
SUMMED = 1e-6
"""How near to the sum of its column, relative to it, a total must be."""


def read_text(raw: bytes, choices: Choices) -> Reading:
    """The columns of a text table and what was understood; ReadError for text that is not one."""
    text, encoding, notes = decode(raw)
    lines = set_apart(text, choices)
    found = separate(lines, choices)
    gathered = gather(lines, found.best)
    rows, sideways = upright(gathered, choices)
    extent = bound(rows, choices, frozenset(lines.apart), found.best.separator in (WIDE, BLANKS, FIXED))
    heading = head(extent, lines.remarks, choices)
    check_size(len(heading.rows), extent.width)
    names, renamed = naming(heading, extent)
    numbered, cells = row_names(heading, extent, choices)
    names, units = list(names[numbered:]), list(heading.units[numbered:])
    columns, marks, pair = read_columns(
        Cells(names, cells[numbered:], units, heading.rows.lines), choices, found.best.separator
    )
    columns, total = totals(columns, heading.rows.lines, choices)
    layout = Layout(
        encoding=encoding,
        separator=found.best.separator,
        decimal=pair[0],
        thousands=pair[1],
        quote=found.best.quote,
        skipped=skipped(lines, gathered, heading.rows.lines[: len(heading.rows) - len(total)]),
        names=tuple(column.name for column in columns),
        width=extent.width,
    )
    decided = (*cutting(found, choices), *sideways, *extent.decisions, *heading.decisions)
    first = (named_rows(heading, choices),) if numbered or extent.lacking else ()
    asked = tuple(
        Decision(f"Row {line:,} is left out, as you said.", (taken_back(line, choices),)) for line in choices.skip
    )
    decisions = (*marks, *decided, *first, *total_said(total, choices), *asked)
    return Reading(columns, (*notes, *renamed, *extent.notes), decisions, layout)


def upright(rows: Rows, choices: Choices) -> tuple[Rows, tuple[Decision, ...]]:
    """The rows, or the columns of a table on its side, and what was decided."""
    if not lies(rows) and not choices.turned:
        return rows, ()
    turned = choices.turned is not False and len({len(row) for row in rows.cells}) == 1
    shape = f"{len(rows):,} rows of {len(rows.cells[0]):,} cells"
    said = (
        f"The file has {shape}, so it is turned: each row is read as a column."
        if turned
        else f"The file is read as {shape}."
    )
    way = Way("Leave it as it is" if turned else "Turn it", replace(choices, turned=not turned))
    return turn(rows) if turned else rows, (Decision(said, (way,)),)


def naming(heading: Heading, extent: Extent) -> tuple[Sequence[str], list[str]]:
    """The columns' names and what was renamed."""
    if not heading.names:
        return [f"column {i}" for i in range(1, extent.width + 1)], []
    given = list(heading.names)
    if extent.lacking:
        given[0] = "row name"
    return column_names([given[0].removeprefix("#").strip() or given[0], *given[1:]])


def row_names(heading: Heading, extent: Extent, choices: Choices) -> tuple[int, list[tuple[str, ...]]]:
    """How many first columns are left out, 0 or 1, and the cells of all: row names that only count say nothing."""
    cells = list(zip(*heading.rows.cells, strict=True))
    counted = extent.lacking and choices.row_names is None and all(cell.strip().isdecimal() for cell in cells[0])
    return int(counted and len(cells) > 1), cells


def named_rows(heading: Heading, choices: Choices) -> Decision:
    """The decision on the first cell of each row."""
    first = [row[0] for row in heading.rows.cells[:2]]
    counted = all(cell.strip().isdecimal() for cell in first) and choices.row_names is None
    said = f"Each row begins with a row name ({clean(', '.join(first), 30)}, ...)" + (
        ", which is left out." if counted else "."
    )
    way = Way(
        "Keep it as a column" if counted else "Leave them out", replace(choices, row_names=True if counted else None)
    )
    return Decision(said, (way,) if counted or choices.row_names else ())


def cutting(found: Found, choices: Choices) -> tuple[Decision, ...]:
    """The decision on what separates cells, for all but a table of one column that nothing separates."""
    best = found.best.separator
    if best == SINGLE and not found.others:
        return ()
    said = single(best) if best == SINGLE else f"Cells are separated by {WORDS.get(best, clean(best))}."
    ways = tuple(Way(way_words(cut), replace(choices, separator=cut.separator)) for cut in found.others if offered(cut))
    if found.equal:
        said = f"{said[:-1]}; the file alone cannot say."
        ways += (Way("Keep", replace(choices, separator=best)),) if offered(found.best) else ()
    return (Decision(said, ways, bool(found.equal)),)


def offered(cut: Cut) -> bool:
    """Whether a cut can be asked for."""
    return cut.separator in (*WORDS, SINGLE)


def single(_: str) -> str:
    """The sentence on a table of one column."""
    return "Each line is one cell."


def way_words(cut: Cut) -> str:
    """The words on the button of another cut."""
    if cut.separator == SINGLE:
        return "One cell a line"
    return "Fixed width" if cut.separator == FIXED else f"Separate by {WORDS[cut.separator]}"


def totals(
    columns: tuple[Column, ...], lines: Sequence[int], choices: Choices
) -> tuple[tuple[Column, ...], tuple[int, ...]]:
    """The columns without a last row that is the sum of all others, and its line."""
    numbers = [np.asarray(column.values) for column in columns if column.kind == "number"]
    if len(numbers) < 2 or len(lines) < 5 or lines[-1] in choices.keep:
        return columns, ()
    numbers = [values for values in numbers if np.isfinite(values[-1]) and not np.isinf(values).any()]
    if not all(abs(values[-1] - np.nansum(values[:-1])) <= SUMMED * abs(values[-1]) for values in numbers):
        return columns, ()
    telling = {values.tobytes() for values in numbers if tells(values[:-1], values[-1])}
    if len(telling) < 2:
        return columns, ()
    return tuple(shortened(column) for column in columns), (lines[-1],)


def tells(values: Numbers, total: float) -> bool:
    """Whether a sum of `values` is more than one of them: several are not 0, and none is all of it."""
    several = np.count_nonzero(np.nan_to_num(values)) >= LEAST
    return bool(several and not np.isclose(values, total, SUMMED, 0.0).any())


def shortened(column: Column) -> Column:
    """A column without its last cell."""
    values = column.values[:-1]
    if not isinstance(values, np.ndarray):
        return replace(column, values=values, missing=column.missing - (column.values[-1] == ""))
    return replace(column, values=values, missing=int(np.isnan(values).sum()), infinite=int(np.isinf(values).sum()))


def total_said(total: tuple[int, ...], choices: Choices) -> tuple[Decision, ...]:
    """The decision on a total row."""
    keep = replace(choices, keep=(*choices.keep, *total)[:MOST])
    return tuple(
        Decision(f"Row {line:,} is the sum of all others and is left out.", (Way("Keep it", keep),)) for line in total
    )


def taken_back(line: int, choices: Choices) -> Way:
    """The way back from a row that was left out."""
    return Way("Read it", replace(choices, skip=tuple(other for other in choices.skip if other != line)))


def skipped(lines: Lines, rows: Rows, kept: Sequence[int]) -> tuple[int, ...]:
    """The lines of a file that hold something and begin no row of values."""
    return tuple(sorted((set(rows.lines) | set(lines.apart)) - set(kept)))
