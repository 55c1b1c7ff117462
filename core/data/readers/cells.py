"""From cells to a Column: what a person meant by a column of words.

A column is numbers if every cell that is not missing reads as one, under one of three spellings: plain (1234.5),
thousands (1,234.5) or decimal comma (1.234,5); percent signs may follow throughout. Anything else stays as it was
written, and a column that is numbers but for a few cells says which cell stood in the way. Python's own `float` does the
reading, so that every value is the double nearest to what was written.
"""

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

from core.data.readers.dates import looks_like_date
from core.data.readers.table import Column, Kind, Numbers, clean

MISSING = frozenset(
    ("", "na", "n/a", "nan", "null", "none", "nil", "missing", "?", "-", "--", ".", "#n/a", "#na", "<na>")
)
"""Cells that stand for no value in a column of numbers, in small letters."""
FEW_WORDS = 50
"""The most different words of a category."""
EXACT = 2.0**53
"""Whole numbers up to here are exact in float64."""

THOUSANDS = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)(\.\d*)?")
DECIMAL_COMMA = re.compile(r"[+-]?(\d{1,3}(\.\d{3})+|\d*)(,\d+|,)?([eE][+-]?\d+)?")
ANY_NUMBER = re.compile(r"[+-]?((\d+([.,]\d*)*|[.,]\d+)([eE][+-]?\d+)?\s?%?|inf(inity)?|nan)", re.IGNORECASE)
LEADING_ZERO = re.compile(r"^[ \t]*[+-]?0\d+[ \t]*$", re.MULTILINE)
WHOLE = re.compile(r"^[ \t]*[+-]?\d{16,}[ \t]*$", re.MULTILINE)
FORMULA = re.compile(r"[=+@-]")

COMMA_NOTE = "Decimal comma."


def looks_numeric(cell: str) -> bool:
    """Whether a cell is spelt as a number, in any of the spellings read here."""
    return ANY_NUMBER.fullmatch(cell.strip()) is not None


def is_missing(cell: str) -> bool:
    """Whether a cell stands for no value in a column of numbers."""
    return cell.strip().casefold() in MISSING


def number_column(name: str, values: Numbers, notes: tuple[str, ...] = ()) -> Column:
    """A column of numbers: nan is missing; "constant" or "empty" where fewer than two different values are left."""
    missing, infinite = int(np.isnan(values).sum()), int(np.isinf(values).sum())
    kind: Kind = "number"
    if missing == len(values):
        kind = "empty"
    elif np.nanmin(values) == np.nanmax(values):
        kind = "constant"
    return Column(name, kind, values, missing, infinite, notes)


def read_column(name: str, cells: Sequence[str], comma: bool = False) -> Column:
    """The column that `cells` spell; `comma` says that 1,234 means 1.234 rather than 1234 where both are possible."""
    joined = "\n".join(cells)
    values = plain(cells, joined)
    if values is not None:
        return number_column(name, values, digit_notes(joined, values))
    counts = Counter(cells)
    distinct = {cell: cell.strip() for cell in counts}
    present = [word for word in distinct.values() if word.casefold() not in MISSING]
    spelt = spell(present, comma)
    if spelt is None:
        return word_column(name, cells, distinct, counts)
    numbers, notes = spelt
    lookup = {cell: numbers.get(word, np.nan) for cell, word in distinct.items()}
    values = np.fromiter((lookup[cell] for cell in cells), float, len(cells))
    return number_column(name, values, (*notes, *digit_notes(joined, values)))


def plain(cells: Sequence[str], joined: str) -> Numbers | None:
    """All cells as numbers, or None if any is not spelt plainly."""
    try:
        values = np.fromiter(map(float, cells), float, len(cells))
    except ValueError:
        return None
    # Python reads 1_000 as a thousand; in a table it is a word.
    return None if "_" in joined else values


def spell(words: list[str], comma: bool) -> tuple[dict[str, float], tuple[str, ...]] | None:
    """The number that each word spells, and how they were read; None unless one spelling fits all."""
    percent = bool(words) and all(word.endswith("%") for word in words)
    bare = {word: word[:-1].rstrip() if percent else word for word in words}
    notes = ("Percent signs are dropped: 12% reads as 12.",) if percent else ()
    spellings = (as_plain, as_comma, as_thousands) if comma else (as_plain, as_thousands, as_comma)
    for spelling in spellings:
        numbers = spelling(bare)
        if numbers is not None:
            said = {as_comma: (COMMA_NOTE,), as_thousands: ("Commas between thousands are dropped.",)}.get(spelling, ())
            return numbers, (*notes, *said)
    return None


def as_plain(words: dict[str, str]) -> dict[str, float] | None:
    """1234.5 and 1e-3, for every word or not at all."""
    bare = list(words.values())
    numbers = plain(bare, "".join(bare))
    return None if numbers is None else dict(zip(words, numbers.tolist(), strict=True))


def as_comma(words: dict[str, str]) -> dict[str, float] | None:
    """1.234,5 and 0,001, for every word or not at all."""
    if not all(DECIMAL_COMMA.fullmatch(bare) for bare in words.values()):
        return None
    return as_plain({word: bare.replace(".", "").replace(",", ".") for word, bare in words.items()})


def as_thousands(words: dict[str, str]) -> dict[str, float] | None:
    """1,234.5, for every word or not at all."""
    if not all(THOUSANDS.fullmatch(bare) for bare in words.values()):
        return None
    return as_plain({word: bare.replace(",", "") for word, bare in words.items()})


def digit_notes(joined: str, values: Numbers) -> tuple[str, ...]:
    """What is lost when the cells, one a line in `joined`, become float64: leading zeros, digits beyond 2^53."""
    zero = LEADING_ZERO.search(joined)
    found = [f"Leading zeros are dropped: {zero.group().strip()[:20]} may be an identifier."] if zero else []
    with np.errstate(invalid="ignore"):
        large = bool((np.abs(values) > EXACT).any())
    if large and WHOLE.search(joined):
        found.append("Whole numbers beyond 2^53 lose their last digits.")
    return tuple(found)


def word_column(name: str, cells: Sequence[str], distinct: dict[str, str], counts: Counter[str]) -> Column:
    """A column of words: dates, a category or text, with a note on what kept it from being numbers."""
    filled = {word for word in distinct.values() if word}
    notes = obstacle(cells, counts)
    if any(FORMULA.match(word) and not looks_numeric(word) and len(word) > 1 for word in filled):
        notes = (*notes, "Some cells begin like a spreadsheet formula; they are kept as words and never run.")
    kind: Kind = "text"
    if len(filled) == 1:
        kind = "constant"
    elif all(looks_like_date(word) or is_missing(word) for word in filled):
        kind = "date"
    elif len(filled) <= min(FEW_WORDS, len(cells) / 2):
        kind = "category"
    missing = sum(counts[cell] for cell, word in distinct.items() if not word)
    return Column(name, kind, tuple(map(distinct.__getitem__, cells)), missing, 0, notes)


def obstacle(cells: Sequence[str], counts: Counter[str]) -> tuple[str, ...]:
    """Which cell keeps a column that is mostly numbers from being one."""
    present = [cell for cell in counts if not is_missing(cell)]
    others, what = {cell for cell in present if not looks_numeric(cell)}, "is not a number"
    if not others:
        # All are numbers, but not under one spelling: those that are not plain stand out.
        others, what = {cell for cell in present if plain([cell], cell) is None}, "is not spelt like the other numbers"
    odd = sum(counts[cell] for cell in others)
    if not odd or odd >= sum(counts[cell] for cell in present) - odd:
        return ()
    row, cell = next((i, cell) for i, cell in enumerate(cells, start=1) if cell in others)
    many = "this cell makes" if odd == 1 else f"{odd:,} such cells make"
    return (f'Row {row:,} ("{clean(cell, 20)}") {what}; {many} it a column of words.',)
