"""From cells to a Column: numbers, dates, categories or text, and which cell kept a column from being numbers."""

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from core.data.readers.dates import looks_like_date
from core.data.readers.table import Column, Kind, Numbers, Obstacle, clean

MISSING = frozenset(
    (
        *(
            "",
            "na",
            "n/a",
            "nan",
            "null",
            "none",
            "nil",
            "missing",
            "?",
            ".",
            "..",
            "...",
            "-",
            "--",
            "---",
            "\u2013",
            "\u2014",
        ),
        *(
            "#n/a",
            "#na",
            "#n/a n/a",
            "#div/0!",
            "#ref!",
            "#value!",
            "#num!",
            "#name?",
            "#null!",
            "<na>",
            "<missing>",
            ":",
        ),
        *(
            "-nan",
            "nan(ind)",
            "-nan(ind)",
            "1.#ind",
            "-1.#ind",
            "1.#qnan",
            "-1.#qnan",
            "1.#snan",
            "nat",
            "\\n",
            "(null)",
        ),
        *(
            "n.a.",
            "n. a.",
            "n.d.",
            "nd",
            "k.a.",
            "k. a.",
            "no data",
            "not available",
            "<lod",
            "<loq",
            "<mdl",
            "bdl",
            "mm",
        ),
        *("." + letter for letter in "abcdefghijklmnopqrstuvwxyz"),  # Stata and SAS have a gap for every letter
        *("*" * times for times in range(1, 25)),  # numbers that do not fit their place, in Fortran
    )
)
"""Cells that stand for no value in a column of numbers, in small letters."""
FEW_WORDS = 50
"""The most different words of a category."""
MANY = 5
"""So many rising numbers may be the names of rows."""
EXACT = 2.0**53
"""Whole numbers up to here are exact in float64."""

CODES = (
    "EUR|USD|GBP|CHF|JPY|CNY|INR|AUD|CAD|NZD|SEK|NOK|DKK|PLN|CZK|HUF|RON|RUB|UAH|TRY|BRL|MXN|ZAR|SGD|HKD|KRW|THB|ILS"
)
MONEY = rf"(?:[A-Z]{{0,3}}[$€£¥₹₽₩₺₪]|(?:{CODES})(?![A-Za-z])|Fr\.|Rs\.?(?![A-Za-z])|kr\.?(?![A-Za-z])|zł|Kč)"
"""Signs and codes of currencies."""
SIGN = r"[+\-\u2212]"
BETWEEN = r"[,.'\u2019 \u00a0\u202f\u2009]"
ANY_NUMBER = re.compile(
    rf"\(?{SIGN}?\s?(?:{MONEY}\s?\(?{SIGN}?)?(?=[.,]?\d)\d*(?:{BETWEEN}\d{{3}})*(?:[.,]\d+|\.)?(?:[eEdD]{SIGN}?\d+)?"
    rf"(?:\s?(?:[%‰]|{MONEY}))?-?\)?|[+-]?(?i:inf(?:inity)?|nan)"
)
LEADING_ZERO = re.compile(r"^[ \t]*[+-]?0\d+[ \t]*$", re.MULTILINE)
WHOLE = re.compile(r"^[ \t]*[+-]?\d{16,}[ \t]*$", re.MULTILINE)
PLAINEST = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[+-]?\d{1,3}(?:,\d{3})+")
FORMULA = re.compile(r"[=+@-]")


@lru_cache(maxsize=20_000)
def looks_numeric(cell: str) -> bool:
    """Whether a cell is spelt as a number, in any of the spellings read here."""
    return ANY_NUMBER.fullmatch(cell.strip()) is not None


def is_missing(cell: str) -> bool:
    """Whether a cell stands for no value in a column of numbers."""
    return cell.strip().casefold() in MISSING


def names_rows(cells: Sequence[str]) -> bool:
    """Whether the cells that begin the rows are their names: all different, and words, or 0, 1, 2, ..., or many that rise."""
    first = [cell.strip() for cell in cells]
    if len(set(first)) < len(first) or not all(first):
        return False
    if all(cell.isdecimal() for cell in first):
        numbers = [int(cell) for cell in first]
        steps = {b - a for a, b in zip(numbers, numbers[1:], strict=False)}
        return (numbers[0] in (0, 1) and steps == {1}) or (len(numbers) >= MANY and min(steps) > 0)
    return not any(map(looks_numeric, first))


def number_column(
    name: str, values: Numbers, notes: tuple[str, ...] = (), unit: str = "", spelling: str = ""
) -> Column:
    """A column of numbers: nan is missing; "constant" or "empty" where fewer than two different values are left."""
    missing, infinite = int(np.isnan(values).sum()), int(np.isinf(values).sum())
    kind: Kind = "number"
    if missing == len(values):
        kind = "empty"
    elif np.nanmin(values) == np.nanmax(values):
        kind = "constant"
    return Column(name, kind, values, missing, infinite, notes, unit, spelling)


def digit_notes(joined: str, values: Numbers) -> tuple[str, ...]:
    """What is lost when the cells, one a line in `joined`, become float64: leading zeros, digits beyond 2^53."""
    zero = LEADING_ZERO.search(joined)
    found = [f"Leading zeros are dropped: {zero.group().strip()[:20]} may be an identifier."] if zero else []
    with np.errstate(invalid="ignore"):
        large = bool((np.abs(values) > EXACT).any())
    if large and WHOLE.search(joined):
        found.append("Whole numbers beyond 2^53 lose their last digits.")
    return tuple(found)


def word_column(name: str, cells: Sequence[str], lines: Sequence[int], gaps: frozenset[str] = MISSING) -> Column:
    """A column of words: dates, a category or text, with what kept it from being numbers.

    `lines` are the rows of the file, `gaps` the words that stand for no value.
    """
    counts = Counter(cells)
    distinct = {cell: cell.strip() for cell in counts}
    filled = {word for word in distinct.values() if word}
    met = obstacle(cells, counts, lines, gaps)
    notes = met_note(met)
    if any(FORMULA.match(word) and not looks_numeric(word) and len(word) > 1 for word in filled):
        notes = (*notes, "Some cells begin like a spreadsheet formula; they are kept as words and never run.")
    kind: Kind = "text"
    if len(filled) == 1:
        kind = "constant"
    elif all(looks_like_date(word) or word.casefold() in gaps for word in filled):
        kind = "date"
    elif len(filled) <= min(FEW_WORDS, len(cells) / 2):
        kind = "category"
    missing = sum(counts[cell] for cell, word in distinct.items() if not word)
    return Column(name, kind, tuple(map(distinct.__getitem__, cells)), missing, 0, notes, obstacle=met)


def obstacle(cells: Sequence[str], counts: Counter[str], lines: Sequence[int], gaps: frozenset[str]) -> Obstacle | None:
    """The first cell that keeps a column, at least half of it numbers, from being one; None for a column of words."""
    present = [cell for cell in counts if cell.strip().casefold() not in gaps]
    total = sum(counts[cell] for cell in present)
    others = {cell for cell in present if not looks_numeric(cell)}
    if not others:
        # All are numbers, but not under one spelling: the rarer kind stands out.
        dressed = {cell for cell in present if not PLAINEST.fullmatch(cell.strip())}
        bare = set(present) - dressed
        often = [sum(counts[cell] for cell in some) for some in (dressed, bare)]
        others = dressed if dressed and (often[0] <= often[1] or not bare) else bare
    odd = sum(counts[cell] for cell in others)
    if not odd or odd > total / 2:
        return None
    i, cell = next((i, cell) for i, cell in enumerate(cells) if cell in others)
    return Obstacle(i + 1, lines[i], cell.strip(), odd, odd / total)


def met_note(met: Obstacle | None) -> tuple[str, ...]:
    """The sentence on what stood in the way."""
    if met is None:
        return ()
    what = "is not spelt like the other numbers" if looks_numeric(met.cell) else "is not a number"
    many = "this cell makes" if met.count == 1 else f"{met.count:,} such cells make"
    return (f'Row {met.line:,} ("{clean(met.cell, 20)}") {what}; {many} it a column of words.',)
