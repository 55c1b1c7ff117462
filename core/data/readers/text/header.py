"""Whether the first rows name the columns: words above numbers, words that no row below has, or numbers that count."""

import re

from core.data.readers.cells import is_missing, names_rows
from core.data.readers.choices import Choices
from core.data.readers.text.begin import is_value, wordy
from core.data.readers.text.rows import Rows

DEEP = 200
"""How many rows are looked at."""
MILLIMETRES = "mm"
"""A unit here, a gap in the tables of weather services."""
DECIMAL = re.compile(r"[.,]\d|\de")


def header_rows(rows: Rows, lacking: bool, choices: Choices) -> tuple[int, bool]:
    """How many rows of names there are, and whether that is sure."""
    if choices.header is not None:
        return min(choices.header, len(rows)), True
    if lacking:
        return 1, True
    if len(rows) < 2:
        return int(wordy(rows.cells[0])), True
    numbers = numeric(rows)
    one, sure = is_header(rows, numbers)
    if one and len(rows) > 3 and above_numbers(rows.cells[1], numbers) and grouped(rows.cells[0]):
        return 2, sure
    return int(one), sure


def numeric(rows: Rows) -> list[bool]:
    """Which columns hold numbers or dates, the first three rows left aside where there are more."""
    deep = rows.cells[3 : 3 + DEEP] if len(rows) > 4 else rows.cells[-max(len(rows) - 1, 1) :]
    found = []
    for column in zip(*deep, strict=True):
        filled = [cell for cell in column if not is_missing(cell)]
        found.append(bool(filled) and sum(map(is_value, filled)) > 0.7 * len(filled))
    return found


def is_header(rows: Rows, numbers: list[bool]) -> tuple[bool, bool]:
    """Whether the first row names the columns, and whether that is sure."""
    top, below = rows.cells[0], rows.cells[1 : 1 + DEEP]
    filled = [j for j, cell in enumerate(top) if cell.strip()]
    words = [j for j in filled if not is_value(top[j])]
    if any(numbers[j] and not is_missing(top[j]) for j in words):
        return True, True
    if len(words) == len(filled):
        alike = [any(map(str.isdigit, top[j])) and shape(top[j]) in {shape(row[j]) for row in below} for j in words]
        new = any(top[j] not in [row[j] for row in below] for j in words)
        return not all(alike) and (new or not any(numbers)), True
    return counts(rows, filled, words)


def novel(j: int, top: list[str], below: list[list[str]]) -> bool:
    """Whether no row below has the word of the first, nor one of its shape where all words differ."""
    column = [row[j] for row in below]
    if top[j] in column:
        return False
    return shape(top[j]) not in {shape(cell) for cell in column} or len(set(column)) < len(column)


def above_words(j: int, below: list[list[str]]) -> bool:
    """Whether a column holds words and no number."""
    cells = [row[j] for row in below if not is_missing(row[j])]
    return bool(cells) and not any(map(is_value, cells))


def shape(cell: str) -> str:
    """A word with its letters and digits levelled: T0 and H17 are alike."""
    return re.sub(r"a+", "a", re.sub(r"[^\W\d_]", "a", re.sub(r"\d+", "0", cell.strip())))


def counts(rows: Rows, filled: list[int], words: list[int]) -> tuple[bool, bool]:
    """Whether the numbers of the first row count the columns, and whether that is sure."""
    top, below = rows.cells[0], rows.cells[1 : 1 + DEEP]
    places = [j for j in filled if j not in words]
    corner = not top[0].strip() and all(row[0].strip() for row in below)
    if not places or not all(top[j].strip().isdecimal() for j in places) or (len(places) < 2 and not corner):
        return False, True
    found = [int(top[j]) for j in places]
    if corner and found == list(range(len(found))) and names_rows([row[0] for row in below]):
        return True, True  # as pandas writes columns and rows without names
    steps = {b - a for a, b in zip(found, found[1:], strict=False)}
    decimals = [[DECIMAL.search(row[j]) is not None or is_missing(row[j]) for row in below] for j in places]
    measured = sum(map(sum, decimals)) > 0.95 * len(below) * len(places) or (
        len(places) > 2 and any(map(all, decimals))
    )
    named = any(novel(j, top, below) for j in words) or any(above_words(j, below) for j in places)
    index = len({int(top[j]) - j for j in places}) == 1 and found[0] in (0, 1)
    years = all(1500 <= number <= 2100 for number in found)
    if any(all(row[j] == top[j] for j in places) or (index and counting(row, places)) for row in below):
        return False, True
    if not index and not (years and len(steps) == 1 and min(steps) > 0):
        met = any(row[j] == top[j] for row in below for j in words)
        taken = (min(steps) > 0 and (measured or named or (years and not met))) or (named and years)
        return taken, not taken
    dates = [row[j] for row in below for j in places if row[j].strip().isdecimal() and 1500 <= float(row[j]) <= 2100]
    far = years and 4 * len(dates) < len(below) * len(places)
    sure = corner or measured or named or (far and len(found) > 2)
    return sure or far or len(found) > 3, sure


def counting(row: list[str], places: list[int]) -> bool:
    """Whether the cells at these places are consecutive whole numbers."""
    cells = [row[j].strip() for j in places]
    return all(cell.isdecimal() for cell in cells) and {
        int(b) - int(a) for a, b in zip(cells, cells[1:], strict=False)
    } == {1}


def above_numbers(row: list[str], numbers: list[bool]) -> bool:
    """Whether a row has words, and nothing else but gaps, where the columns hold numbers."""
    cells = [cell for cell, number in zip(row, numbers, strict=True) if number]
    return any(not is_missing(cell) or cell.strip() == MILLIMETRES for cell in cells) and not any(map(is_value, cells))


def grouped(top: list[str]) -> bool:
    """Whether a row of names has gaps behind its first name, or repeats."""
    filled = [cell.strip() for cell in top if cell.strip()]
    inside = top[next((j for j, cell in enumerate(top) if cell.strip()), 0) :]
    return (
        len(filled) > 0
        and len(top) > 1
        and (len(set(filled)) < len(filled) or any(not cell.strip() for cell in inside))
    )
