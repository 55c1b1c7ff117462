"""Where a table begins: the first row of values, and the rows of names and units directly above it."""

import re

from core.data.readers.cells import MANY, is_missing, looks_numeric, names_rows
from core.data.readers.choices import Choices
from core.data.readers.dates import looks_like_date
from core.data.readers.text.rows import Rows

UNIT = re.compile(r"^\W*\w{0,3}\W*$|[/°%²³^\[(]|^deg")
"""A unit: up to three letters, or with a sign that units have."""
RULE = re.compile(r"[-=+|:]*")
YEAR = re.compile(r"(?:1[5-9]|20)\d\d(?:[.,]\d*)?")
DEEP = 400
"""How many of the first rows are looked at."""


def first_row(rows: Rows, width: int, choices: Choices, apart: frozenset[int], blanks: bool) -> int:
    """The place of the first row of the table: up to three rows of words directly above the first row of values."""
    if choices.begin is not None:
        return 0
    value = first = first_values(rows, width)
    if blanks and years(rows, value):
        return value  # words above it are a title
    spaced = value + 1 < len(rows) and gap(rows, value + 1, apart)
    while first > 0 and value - first < 3 and heads(rows, first - 1, width, first == value):
        if gap(rows, first, apart) and not spaced and first < value:
            break
        if blanks and filled(rows.cells[first - 1]) != width and not names_below(rows, first - 1, width):
            break  # a title
        if (
            blanks
            and first < value
            and not all(UNIT.search(cell) for cell in rows.cells[first] if not is_missing(cell))
        ):
            break  # a title above names
        first -= 1
    return first


def first_values(rows: Rows, width: int) -> int:
    """The place of the first row that holds a value where most others do; of the first of full width where none do."""
    fitting = [i for i, row in enumerate(rows.cells[:DEEP]) if len(row) >= width >= filled(row) > 0]
    numbers = numeric_places(rows, fitting, width)
    clear = [
        i for i in fitting if spoiled(rows.cells[i], numbers) <= len(numbers) / 2 and valued(rows.cells[i], numbers)
    ]
    if not numbers or not clear:
        return next((i for i in fitting if not title(rows, i, width)), 0)
    for i in fitting:
        # Rows of a key and a value may be as wide as the table that follows them and its row of names.
        if i > clear[0] and i + 1 < len(rows) and wordy(rows.cells[i]) and not spoiled(rows.cells[i + 1], numbers):
            return i + 1 if all(spoiled(rows.cells[j], numbers) for j in clear if j < i) else clear[0]
    return clear[0]


def numeric_places(rows: Rows, fitting: list[int], width: int) -> list[int]:
    """Which cells of a row hold numbers or dates in most rows but the first ones."""
    deep = [
        rows.cells[i] for i in (fitting[max(3, len(fitting) // 2) :] if len(fitting) > 6 else fitting[1:] or fitting)
    ]
    return [j for j in range(width) if sum(is_value(row[j]) or is_missing(row[j]) for row in deep) > 0.7 * len(deep)]


def spoiled(row: list[str], numbers: list[int]) -> int:
    """How many cells hold words where most rows hold numbers."""
    return sum(not is_value(row[j]) and not is_missing(row[j]) for j in numbers if j < len(row))


def valued(row: list[str], numbers: list[int]) -> bool:
    """Whether a row holds a value where most rows do."""
    return any(is_value(row[j]) for j in numbers if j < len(row))


def is_value(cell: str) -> bool:
    """Whether a cell is a number or a date."""
    return looks_numeric(cell) or looks_like_date(cell.strip())


def years(rows: Rows, i: int) -> bool:
    """Whether a row is names, some of which are one year after another, above values that are mostly no years."""
    top, below = rows.cells[i], [row for row in rows.cells[i + 1 : i + DEEP] if len(row) == len(rows.cells[i])]
    places = [j for j, cell in enumerate(top) if cell.isdecimal() and YEAR.fullmatch(cell)]
    if len(places) < 2 or len({int(top[j]) - j for j in places}) > 1 or any(map(looks_like_date, top)):
        return False
    if sum(map(looks_numeric, top)) > len(places) or not below:
        return False
    return 4 * sum(YEAR.fullmatch(row[j]) is not None for row in below for j in places) < len(places) * len(below)


def heads(rows: Rows, i: int, width: int, directly: bool) -> bool:
    """Whether a row may be one of the rows of names or units above the values."""
    row = rows.cells[i]
    if rule(row):
        return True
    if (
        directly
        and i
        and alone(row)
        and len(row) >= width
        and filled(rows.cells[i - 1]) == width
        and wordy(rows.cells[i - 1])
    ):
        return True  # the name of the rows' names, as pandas writes it
    if not wordy(row) or (width > 1 and alone(row)):
        return width > 1 and len(row) == 1 and directly and wordy(row) and width == 2 and names_below(rows, i, width)
    size = filled(row)
    if size == width or len(row) == width:
        return True
    if len(row) > width > size > 1 and i and filled(rows.cells[i - 1]) == width and wordy(rows.cells[i - 1]):
        return True  # units, some of them missing
    return directly and (size in (width + 1, width + 2) or len(row) == width - 1)


def alone(row: list[str]) -> bool:
    """Whether a row holds a word in its first cell and nothing else."""
    return bool(row[0].strip()) and not any(map(str.strip, row[1:])) and wordy(row)


def filled(row: list[str]) -> int:
    """The length of a row without the empty cells at its end."""
    return next((i + 1 for i in range(len(row) - 1, -1, -1) if row[i].strip()), 0)


def rule(row: list[str]) -> bool:
    """Whether a row is a line drawn below the names, as --- or ===."""
    if row[0][:1] not in "-=+|: ":
        return False
    return all(RULE.fullmatch(cell.strip()) for cell in row) and any(len(cell) > 2 for cell in row)


def gap(rows: Rows, i: int, apart: frozenset[int]) -> bool:
    """Whether a blank line stands above a row."""
    above = rows.lines[i - 1] + sum(cell.count("\n") for cell in rows.cells[i - 1])
    return any(line not in apart for line in range(above + 1, rows.lines[i]))


def names_below(rows: Rows, first: int, width: int) -> bool:
    """Whether the rows below the first begin with a name each."""
    below = [row[0] for row in rows.cells[first + 1 : first + 201] if len(row) == width]
    below = below[:-2] if len(below) > MANY else below  # the last ones may be totals
    return len(below) > 1 and names_rows(below)


def title(rows: Rows, i: int, width: int) -> bool:
    """Whether a row is a title: a word in its first cell alone, and another row of words or titles below it."""
    row = rows.cells[i]
    if width < 2 or i + 1 >= len(rows) or not row[0].strip() or looks_numeric(row[0]):
        return False
    below = rows.cells[i + 1]
    return not any(map(str.strip, row[1:])) and (wordy(below) or title(rows, i + 1, width)) and len(rows) > i + 2


def wordy(row: list[str]) -> bool:
    """Whether a row holds words and no number."""
    return any(map(str.strip, row)) and not any(map(looks_numeric, row))
