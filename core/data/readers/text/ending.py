"""Where a table ends, and the totals among its rows: what says of itself that it is no row of values."""

import re
from dataclasses import replace

from core.data.readers.choices import MOST, Choices, Decision, Way
from core.data.readers.text.begin import DEEP, alone, filled, is_value, wordy
from core.data.readers.text.cuts.weigh import PROSE
from core.data.readers.text.rows import Rows

TOTAL = re.compile(
    r"\W*(grand |sub-?)?(totals?|sums?|means?|averages?|avg|count|std|summe|gesamt|insgesamt|mittelwert|"
    r"somme|moyenne|total general|suma|totale|media)\b\W*(total|\(.*\))?\W*",
    re.IGNORECASE,
)


def last_row(rows: Rows, first: int, width: int, choices: Choices) -> int:
    """Where the table ends: behind it stand only totals and remarks, with or without empty rows between."""
    last = at = len(rows)
    cells = [row[0] for row in rows.cells[first + 1 : first + DEEP]]
    single = width == 1 and sum(map(is_value, cells)) > len(cells) / 2
    while at > first + 3:
        row = rows.cells[at - 1]
        empty = not any(map(str.strip, row))
        if not empty and (rows.lines[at - 1] in choices.keep or not behind(row, width, single)):
            break
        at -= 1
        last = last if empty and last == len(rows) else at
    return last


def behind(row: list[str], width: int, single: bool) -> bool:
    """Whether a row that holds something is a total or a remark; `single` if it stands below one column of numbers."""
    cells = [cell for cell in row if cell.strip()]
    if single:
        return wordy(row) and (" " in row[0].strip() or PROSE.match(row[0]) is not None)
    if TOTAL.fullmatch(cells[0]) and width > 1:
        return True
    said = PROSE.match(" ".join(" ".join(cells).split())) is not None
    lone = alone(row) and width > 1 and (len(row) == 1 or " " in row[0].strip())
    other = filled(row) != width
    return lone or (wordy(row) and len(row) != width and other) or (said and (other or wordy(row)))


def subtotal(rows: Rows, i: int, width: int, choices: Choices) -> bool:
    """Whether a row among the others says that it is a total."""
    row = rows.cells[i]
    if row[0][:1].isdigit():
        return False
    first = next((cell for cell in row if cell.strip()), "")
    return width > 1 and TOTAL.fullmatch(first) is not None and rows.lines[i] not in choices.keep and not wordy(row)


def totals_among(lines: list[int], choices: Choices) -> list[Decision]:
    """The decision on totals between rows."""
    if not lines:
        return []
    which = (
        f"Row {lines[0]:,} is a total"
        if len(lines) == 1
        else f"{len(lines):,} rows, the first row {lines[0]:,}, are totals"
    )
    way = Way("Keep it" if len(lines) == 1 else "Keep them", replace(choices, keep=(*choices.keep, *lines)[:MOST]))
    return [Decision(f"{which} and {'is' if len(lines) == 1 else 'are'} left out.", (way,))]
