"""What a column may be used for, and a column of dates or of two words as numbers.

    use(column)              how a person would put it to use, in a few words
    recode(column, order)    the same column as numbers, named with its unit, and what was done
    label_words(column)      its cells as the names of classes, for those that have few

Nothing is guessed: dates whose day and month cannot be told apart are refused until their `order` is given, and the word
that counts as 1 is said.
"""

from dataclasses import replace

import numpy as np

from core.data import kinds
from core.data.readers import dates
from core.data.readers.cells import MISSING, number_column
from core.data.readers.table import Column, Kind, ReadError, clean

MOST_WORDS = 12
"""The most classes a label may have: as many as colours can tell apart."""
ONES = frozenset(("1", "yes", "y", "true", "t", "on", "positive", "present", "success", "ja", "oui", "si", "sí"))
"""Words that mean 1 whatever stands beside them, in small letters."""
NUMBER, PAIR, DATES, LABEL, NOTHING = "numbers", "0 or 1", "dates", "label", "not used"

WORDS: tuple[Kind, ...] = ("category", "text")


class RecodeError(ReadError):
    """Why a column cannot be read as numbers: one sentence."""


def use(column: Column) -> str:
    """What a column may be used for: "numbers", "dates", "0 or 1", "label" or "not used"."""
    if column.kind == "number":
        return NUMBER
    if column.kind == "date":
        return DATES
    if pair(column):
        return PAIR
    return LABEL if column.kind in WORDS and len(set(column.values)) <= MOST_WORDS else NOTHING


def pair(column: Column) -> tuple[str, str] | None:
    """The words that stand for 0 and for 1 in a column of just two words, capitals aside; else None."""
    if column.kind not in WORDS:
        return None
    first: dict[str, str] = {}
    for word in dict.fromkeys(column.values):
        low = str(word).casefold()
        if low not in MISSING and len(first) < 3:
            first.setdefault(low, str(word))
    if len(first) != 2:
        return None
    zero, one = sorted(first)
    if zero in ONES and one not in ONES:
        zero, one = one, zero
    return first[zero], first[one]


def recode(column: Column, order: dates.Order | None = None) -> tuple[Column, tuple[str, ...]]:
    """A column of numbers for one of numbers, dates or two words, and what was understood; RecodeError for all others."""
    if column.kind == "number":
        kind = kinds.recognise(finite(column))
        reasons = (f"{shown(column)}: {kind.reason}",) if kind.kind in ("binary", "counts") else ()
        return replace(column, name=called(column)) if column.unit else column, reasons
    if column.kind == "date":
        return from_dates(column, order)
    words = pair(column)
    if words is None:
        raise RecodeError(f"Column {shown(column)} holds words{obstacle(column)}; choose a column of numbers.")
    zero, one = (clean(word, 30) for word in words)
    place = {words[0].casefold(): 0.0, words[1].casefold(): 1.0}
    values = np.array([place.get(str(word).casefold(), np.nan) for word in column.values])
    said = f"{shown(column)}: {one} counts as 1 and {zero} as 0."
    return number_column(f"{column.name} = {one}", values), (said,)


def from_dates(column: Column, order: dates.Order | None) -> tuple[Column, tuple[str, ...]]:
    """A column of dates as the time since the first of them."""
    words = tuple(map(str, column.values))
    try:
        found = dates.since(words, MISSING, order)
    except dates.DateError as error:
        raise RecodeError(f"Column {shown(column)} {error}.") from None
    said = [f"{shown(column)}: dates are counted in {found.words}."]
    ordered = dates.order_of(words)
    if ordered is not None:
        said.append(f"They are read as {order if ordered == 'either' else ordered}.")
    said += found.said
    if not found.zoned and found.timed:
        said.append("No time zone is given, so every hour counts alike.")
    return number_column(f"{column.name} ({found.words})", found.values), (" ".join(said),)


def obstacle(column: Column) -> str:
    """Which cell keeps a column from being numbers, in brackets, if that is known."""
    why = next((note.split(";")[0].rstrip(".") for note in column.notes if note.startswith("Row")), "")
    return f" ({why[0].lower()}{why[1:]})" if why else ""


def unordered(column: Column) -> bool:
    """Whether a column's dates can be read with the day first or with the month first."""
    return column.kind == "date" and dates.order_of(map(str, column.values)) == "either"


def label_words(column: Column) -> list[str]:
    """Every cell as the name of a class, "(missing)" where there is none."""
    words = [f"{value:g}" for value in column.values] if column.numeric else [clean(w, 40) for w in column.values]
    return [word if word not in ("", "nan") else "(missing)" for word in words]


def finite(column: Column) -> np.ndarray:
    """The finite values of a column of numbers."""
    values = np.asarray(column.values, dtype=float)
    return values[np.isfinite(values)]


def called(column: Column) -> str:
    """A column's name with its unit, as it stands on an axis: temperature (degC)."""
    unit = clean(column.unit, 30)
    return column.name if not unit or column.name.endswith(f"({unit})") else f"{column.name} ({unit})"


def shown(column: Column) -> str:
    """A column's name as it stands in a sentence."""
    return clean(column.name, 40)
