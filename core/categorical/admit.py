"""From a Table that was read to Rows of categories: which columns can be counted, and what is asked before they are.

Words are categories where they have 2 to 60 levels. Numbers are, only if somebody says so. Levels that differ by case or blanks
alone may be one or several; a missing value may be a level of its own or a reason to leave its row out: both are asked.
The levels are all that occur in the table, also in rows that are held out.
"""

from dataclasses import dataclass

import numpy as np

from core.categorical.rows import Rows
from core.data.examine import ClinicError
from core.data.readers.table import Column, Table, clean, listed
from core.key import Key

MOST_LEVELS = 60
MOST_COLUMNS = 40
LIMIT = 200_000
"""The most rows that are counted."""
GAP = "(missing)"


@dataclass(frozen=True)
class Offer:
    """What a table offers: columns of `words` and of `numbers` with few enough levels; `notes` on those left out.

    `alike` are the columns with levels that differ by case or blanks alone, `gaps` those with missing values.
    """

    words: tuple[str, ...]
    numbers: tuple[str, ...]
    notes: tuple[str, ...]
    alike: tuple[str, ...]
    gaps: tuple[str, ...]


def folded(word: str) -> str:
    """A level without what case and blanks say."""
    return " ".join(word.split()).casefold()


def spelt(value: float) -> str:
    """A number as the name of a level."""
    return f"{value:.15g}"


def levels(column: Column) -> tuple[str, ...]:
    """The different values of a column as words, in rising order; missing ones are none."""
    if isinstance(column.values, np.ndarray):
        return tuple(spelt(value) for value in np.unique(column.values[np.isfinite(column.values)]))
    return tuple(sorted({word for word in column.values if word}))


def offered(table: Table) -> Offer:
    """What can be counted; ClinicError, in one sentence, where nothing can."""
    words: list[str] = []
    numbers: list[str] = []
    alike: list[str] = []
    gaps: list[str] = []
    still: list[tuple[str, int]] = []
    many: list[tuple[str, int]] = []
    empty: list[tuple[str, int]] = []
    for column in table.columns:
        found = levels(column)
        if not 2 <= len(found) <= MOST_LEVELS:
            (many if len(found) > MOST_LEVELS else still if found else empty).append((column.name, len(found)))
            continue
        (numbers if column.numeric else words).append(column.name)
        if len({folded(word) for word in found}) < len(found) and not column.numeric:
            alike.append(column.name)
        if column.missing or column.infinite:
            gaps.append(column.name)
    if not words and not numbers:
        names = listed([column.name for column in table.columns], 3)
        raise ClinicError(
            f"{table.name} has no column of 2 to {MOST_LEVELS} levels ({names}); at least one is needed to count."
        )
    notes = [f"{named(many)} more than {MOST_LEVELS} levels and cannot be counted."] if many else []
    notes += [f"{named(still)} one level only, which says nothing."] if still else []
    notes += [f"{named(empty)} no values at all."] if empty else []
    return Offer(tuple(words), tuple(numbers), tuple(notes), tuple(alike), tuple(gaps))


def named(columns: list[tuple[str, int]]) -> str:
    """Columns at the beginning of a sentence."""
    names = listed([name for name, _ in columns], 3)
    return f"Column {names} has" if len(columns) == 1 else f"Columns {names} have"


def admit(
    table: Table, columns: tuple[str, ...], merge: bool, keep_missing: bool, key: Key
) -> tuple[Rows, tuple[str, ...]]:
    """The rows of these columns and what was done to make them; ClinicError, in one sentence, if there are none.

    With `merge`, levels that differ by case or blanks alone are one, called as it is written most often. With
    `keep_missing`, a missing value is a level; without, its row is left out. More than `LIMIT` rows are drawn from.
    """
    if not columns:
        raise ClinicError("Choose at least one column to count.")
    made = [coded(table[name], merge) for name in columns]
    codes, words = np.stack([c for c, _ in made], axis=1), [w for _, w in made]
    notes = []
    gone = (codes < 0).any(axis=1)
    if gone.any() and not keep_missing:
        notes.append(f"{int(gone.sum()):,} of {table.rows:,} rows have a missing value and are left out.")
        codes = codes[~gone]
        if not len(codes):
            raise ClinicError(
                "Every row has a missing value in a chosen column; keep them as a level, or choose fewer columns."
            )
    elif gone.any():
        words = [(*w, GAP) if (column < 0).any() else w for w, column in zip(words, codes.T, strict=True)]
        codes = np.where(codes < 0, np.array([len(w) - 1 for w in words]), codes)
    if len(codes) > LIMIT:
        rows = np.sort((key / "sample").generator().choice(len(codes), LIMIT, replace=False))
        notes.append(f"{LIMIT:,} of {len(codes):,} rows were drawn without replacement with seed {key.seed}.")
        codes = codes[rows]
    return Rows(table.name, columns, tuple(words), codes, table.name, f"your file {table.name}"), tuple(notes)


def coded(column: Column, merge: bool) -> tuple[np.ndarray, tuple[str, ...]]:
    """The level's number of every cell, -1 where it is missing, and the levels; ClinicError for too many or one."""
    if isinstance(column.values, np.ndarray):
        known = np.isfinite(column.values)
        values, back = np.unique(column.values[known], return_inverse=True)
        codes = np.full(len(column), -1)
        codes[known] = back
        words = tuple(map(spelt, values))
    else:
        different, inside, times = np.unique(np.array(column.values), return_inverse=True, return_counts=True)
        often = dict(zip(different.tolist(), times.tolist(), strict=True))
        chief: dict[str, str] = {}
        for word in sorted(often, key=lambda w: (-often[w], w)):
            chief.setdefault(folded(word) if merge else word, word)
        words = tuple(sorted(word for word in chief.values() if word))
        place = {word: i for i, word in enumerate(words)}
        at = [place[chief[folded(w) if merge else w]] if w else -1 for w in different.tolist()]
        codes = np.array(at)[inside]
    if not 2 <= len(words) <= MOST_LEVELS:
        levels = "1 level" if len(words) == 1 else f"{len(words):,} levels"
        raise ClinicError(f"Column {clean(column.name, 40)} has {levels} and needs 2 to {MOST_LEVELS}; choose another.")
    return codes, words
