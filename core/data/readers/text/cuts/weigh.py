"""How well a cut explains a text table.

A candidate is weighed by the share of lines with the commonest number of cells, from the first such line on, times the
mean grade of their cells: a number, a date or a gap is worth more than a word, a word with other separators in it hardly
anything. A row of names that does not fit the rows below costs a little, which settles a heading over 1,5.
"""

import re
from collections import Counter
from functools import lru_cache

from core.data.readers.cells import is_missing, looks_numeric, names_rows
from core.data.readers.dates import looks_like_date
from core.data.readers.text.cuts.cut import FIXED, MARKS, SINGLE, WIDE, Cut

PROSE = re.compile(
    r"\W*(sources?|notes?|footnotes?|data from|last updated|generated|exported|copyright|quellen?|hinweis)\b"
    r"|\(\d[\d,.]* rows?\b|\*+ *[^\W\d]|\([^\d()]+ [^\d()]+\)$",
    re.IGNORECASE,
)
"""What a remark below a table begins with."""
ZERO = re.compile(r"\s*0\d")
ZEROS = 1e-6
"""What numbers such as 05 cost that are not the first in their row: it settles what nothing else does."""
MISFIT = 0.05
"""What a row of names costs that does not fit the rows below."""
CUT_NAMES = 0.3
"""What it costs to leave a row of names whole that has separators in it."""
SEVERAL = 0.5
"""What a cell of several words is worth."""


def weigh(rows: list[list[str]], cut: Cut) -> float:
    """How well a cut explains the sample, from 0 to 1."""
    rows = without_remarks(rows, cut.separator == SINGLE)
    widths = Counter(len(row) for row in rows if len(row) > 1 or (row and cut.separator == SINGLE))
    if not widths:
        return 0.0
    width = max(widths, key=lambda w: (widths[w], w))
    first = next(i for i, row in enumerate(rows) if len(row) == width)
    body = [row for row in rows[first:] if len(row) == width]
    judged = body[2:] if len(body) > 3 else body[1:] or body
    grades = [grade(cell, cut.separator) for row in judged for cell in row]
    last = max(i for i, row in enumerate(rows) if len(row) == width)
    behind = rows[last + 1 :]  # a remark or three may follow the table, but no row of values
    odd = behind if len(behind) > 3 else [r for r in behind if all(map(looks_numeric, r)) or of_values(r, body[-1])]
    odd = [*odd, *(row for row in rows[:first] if of_values(row, body[-1]))]
    longer = sum(len(row) > width for row in behind)
    share = len(body) / (last + 1 - first + len(odd)) - MISFIT * min(longer, 3)
    zeros = ZEROS * any(ZERO.match(cell) for row in body for cell in row[1:])
    return share * sum(grades) / len(grades) - misfit(rows, first, body, cut.separator) - zeros


def of_values(row: list[str], last: list[str]) -> bool:
    """Whether a row beside the table is one that the cut does not explain: half of it values, or as many as in the `last`."""
    count = sum(looks_numeric(cell) or is_missing(cell) for cell in row)
    return count > 1 and count >= len(row) / 2 or count >= max(sum(map(looks_numeric, last)), 1)


def without_remarks(rows: list[list[str]], single: bool) -> list[list[str]]:
    """The lines without up to three remarks at their end; `single` cells of several words are some too."""
    end = len(rows)
    while end > max(len(rows) - 3, 3) and is_remark(rows[end - 1], single):
        end -= 1
    return rows[:end]


def is_remark(row: list[str], single: bool) -> bool:
    """Whether a row says of itself that it is none."""
    said = PROSE.match(" ".join(row)) is not None and not any(map(looks_numeric, row))
    return said or (single and len(row) == 1 and grade(row[0], SINGLE) == SEVERAL)


def misfit(rows: list[list[str]], first: int, body: list[list[str]], separator: str) -> float:
    """What it costs that the row of names, if there is one, has other cells than the rows below it."""
    if any(not looks_numeric(cell) and not is_missing(cell) for cell in body[0]):
        # It heads the rows, unless it is a single cell that another mark would cut.
        return CUT_NAMES if len(body[0]) == 1 and any(mark in body[0][0] for mark in (*MARKS, WIDE)) else 0.0
    if not first:
        return 0.0
    if any(map(looks_numeric, rows[first - 1])):
        return MISFIT  # a row of values that has another number of cells
    above, below = rows[first - 1], [row[0] for row in body]
    if separator == WIDE and len(" ".join(above).split()) == len(body[0]):
        return MISFIT
    return 0.0 if len(above) == len(body[0]) - 1 and names_rows(below) else MISFIT


@lru_cache(maxsize=20_000)
def grade(cell: str, separator: str) -> float:
    """What a cell is worth as evidence."""
    cell = cell.strip()
    if looks_numeric(cell) or looks_like_date(cell):
        return 1.0
    if is_missing(cell):
        return 0.95
    if any(mark in cell for mark in (*MARKS, WIDE) if mark != separator):
        return 0.1
    if '"' in cell and separator in (FIXED, SINGLE):
        return 0.1
    if " " not in cell:
        return 0.6
    parts = cell.split()
    if not any(map(looks_numeric, parts)):
        return SEVERAL
    alone = len(parts) == 2 and "  " not in cell and len(parts[1]) < 4 and not looks_numeric(parts[1])
    return 0.9 if alone else 0.1  # a number and its unit or flag
