"""From a Table to a Dataset: which columns can be learned from, and what had to be done to them.

    propose(table)                      a sensible choice of columns and label
    admit(table, columns, label, key)   a Dataset of finite rows, or one sentence why not

A density needs variance: the squares of what is admitted must neither overflow nor underflow, no column may be constant,
and at least five different points are needed. Rows with a missing or infinite value in a chosen column are left out
(never imputed), and everything that was done is a sentence beside the Dataset.
"""

import hashlib
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from core.data.dataset import Dataset, around
from core.data.readers.table import Column, Table, clean, listed
from core.data.summary import finite
from core.key import Key

LIMIT = 20_000
"""The most rows that are learned from unless more are asked for."""
FEWEST = 5
"""The fewest different rows that are learned from."""
MOST_WORDS = 12
"""The most classes a label may have: as many as colours can tell apart."""
LARGEST, SMALLEST = 1e15, 1e-15
"""Sizes and spreads whose squares are ordinary numbers even in the 32 bits of the browser's pictures."""
RELATIVE = 1e-5
"""The smallest spread, relative to the size of the values, that 32 bits can still draw."""

Rows = Bool[np.ndarray, " n"]
Points = Float[np.ndarray, "n d"]


class ClinicError(ValueError):
    """Why the chosen columns cannot be learned from: one sentence, shown as it is."""


@dataclass(frozen=True)
class Proposal:
    """The columns to learn from (one or two names) and the column that labels them, if any."""

    columns: tuple[str, ...]
    label: str | None


def propose(table: Table) -> Proposal:
    """The first two columns that vary, identifiers and small codes last; ClinicError if no column is of numbers."""
    numbers = [column for column in table.columns if column.kind == "number"]
    if not numbers:
        raise ClinicError(
            f"{table.name} has no column of numbers that vary ({listed([c.name for c in table.columns], 3)}); "
            "at least one is needed."
        )
    # A stable sort keeps the order of the file within measurements, codes and identifiers.
    ranked = sorted(numbers, key=lambda column: 2 * looks_like_id(column) + is_code(column))
    first = ranked[:2] if len(ranked) < 2 or not looks_like_id(ranked[1]) else ranked[:1]
    chosen = [column.name for column in numbers if column in first]
    labels = (c.name for c in table.columns if c.kind == "category" and len(set(c.values)) <= MOST_WORDS)
    return Proposal(tuple(chosen), next(labels, None))


def looks_like_id(column: Column) -> bool:
    """Whether a column of numbers counts or names its rows: whole, all different, and gapless or called an id."""
    values = finite(column)
    whole = len(values) > 1 and bool((values == np.floor(values)).all()) and len(np.unique(values)) == len(values)
    name = column.name.casefold()
    named = name in {"id", "index", "row", "nr", "no", "key"} or name.endswith(("_id", " id"))
    gapless = whole and values.max() - values.min() == len(values) - 1 and len(values) > FEWEST
    zeros = any(note.startswith("Leading zeros") for note in column.notes)
    return zeros or (whole and (named or bool(gapless)))


def is_code(column: Column) -> bool:
    """Whether a column of numbers has so few different whole values that it is rather a label."""
    values = np.unique(finite(column))
    return len(values) <= MOST_WORDS and bool((values == np.floor(values)).all())


def admit(
    table: Table, columns: tuple[str, ...], label: str | None, key: Key, limit: int = LIMIT
) -> tuple[Dataset, tuple[str, ...]]:
    """A Dataset of the chosen columns and what was done to make it; ClinicError, in one sentence, if it cannot be.

    Arguments:
        columns: one or two names of columns of numbers.
        label: the name of a column of at most 12 different values, or None.
        limit: at most this many rows are kept, drawn without replacement with `key / "sample"`.
    """
    if not 1 <= len(columns) <= 2 or len(set(columns)) != len(columns):
        raise ClinicError("Choose one column or two different ones.")
    chosen = [numeric(table, name) for name in columns]
    everything = np.column_stack([np.asarray(column.values, dtype=float) for column in chosen])
    kept = np.isfinite(everything).all(axis=1)
    notes = [dropped(table, kept, columns)] if not kept.all() else []
    points = everything[kept]
    examine(points, columns)
    notes += repeats(points) + collinear(points, columns)
    labels, classes = classify(table, label, kept) if label is not None else (None, ())
    if len(points) > limit:
        rows = np.sort((key / "sample").generator().choice(len(points), limit, replace=False))
        notes.append(f"{limit:,} of {len(points):,} rows were drawn without replacement with seed {key.seed}.")
        points, labels = points[rows], None if labels is None else labels[rows]
        examine(points, columns)
    dataset = Dataset(
        name=f"file-{table.digest}",
        points=points,
        bounds=around(points),
        columns=tuple(columns),
        title=table.name,
        source=f"your file {table.name}, {len(points):,} rows",
        labels=labels,
        classes=classes,
        standardise=True,
        digest=hashlib.sha256(repr(columns).encode() + points.tobytes()).hexdigest()[:12],
    )
    return dataset, tuple(notes)


def numeric(table: Table, name: str) -> Column:
    """The column of numbers called `name`; ClinicError if there is none or if it does not vary."""
    column = find(table, name)
    if column.kind == "empty":
        raise ClinicError(f"Column {clean(name, 40)} is empty; choose another.")
    if column.kind == "constant":
        value = clean(next((f"{v}" for v in column.values if v and v == v), "0").removesuffix(".0"), 30)
        raise ClinicError(
            f"Column {clean(name, 40)} is constant ({value}), so it has no spread to learn; choose another."
        )
    if not column.numeric:
        why = next((note.split(";")[0].rstrip(".") for note in column.notes if note.startswith("Row")), "")
        raise ClinicError(
            f"Column {clean(name, 40)} holds {'dates' if column.kind == 'date' else 'words'}"
            f"{f' ({why[0].lower()}{why[1:]})' if why else ''}; choose a column of numbers."
        )
    return column


def find(table: Table, name: str) -> Column:
    """The column called `name`; ClinicError if there is none."""
    try:
        return table[name]
    except KeyError:
        raise ClinicError(f"{table.name} has no column named {clean(name, 40)}; choose one of those listed.") from None


def dropped(table: Table, kept: Rows, columns: tuple[str, ...]) -> str:
    """How many rows are left out for a missing or infinite value."""
    where = listed(list(columns), 2).replace(", ", " or ")
    gone = int((~kept).sum())
    have, are = ("row has", "is") if gone == 1 else ("rows have", "are")
    return f"{gone:,} of {table.rows:,} {have} a missing or infinite value in {where} and {are} left out."


def count_different(points: Points) -> int:
    """The number of different rows."""
    if not len(points):
        return 0
    ordered = points[np.lexsort(points.T)]
    return 1 + int((ordered[1:] != ordered[:-1]).any(axis=1).sum())


def examine(points: Points, columns: tuple[str, ...]) -> None:
    """Raise ClinicError for points that have no usable variance."""
    different = count_different(points)
    if different < FEWEST:
        raise ClinicError(
            f"Only {different} different rows are left and at least {FEWEST} are needed; add rows or choose other columns."
        )
    for name, values in zip(columns, points.T, strict=True):
        shown = clean(name, 40)
        size = float(np.abs(values).max())
        # Halved first: the difference of two large numbers of opposite sign overflows.
        spread = float(values.max() / 2 - values.min() / 2)
        if spread == 0 and size >= SMALLEST:
            raise ClinicError(f"Column {shown} is constant in the rows that are left; choose another.")
        if size > LARGEST:
            raise ClinicError(
                f"Column {shown} reaches {size:.3g}, which is too large to be drawn; divide it by a power of ten."
            )
        if spread < SMALLEST:
            raise ClinicError(
                f"Column {shown} spans {2 * spread:.3g}, which is too little to be drawn; multiply it by a power of ten."
            )
        if spread < RELATIVE * size:
            raise ClinicError(
                f"Column {shown} varies only beyond the fifth digit of {size:.3g}; subtract a constant from it first."
            )


def repeats(points: Points) -> list[str]:
    """A warning where rows repeat one another."""
    again = len(points) - count_different(points)
    if not again:
        return []
    rows = "1 row is a repeat" if again == 1 else f"{again:,} of {len(points):,} rows are repeats"
    return [f"{rows} of another row: a density model may collapse onto them."]


def collinear(points: Points, columns: tuple[str, ...]) -> list[str]:
    """A warning where two columns lie on a line."""
    if len(columns) < 2:
        return []
    scaled = (points - points.mean(axis=0)) / points.std(axis=0)
    if 1 - abs(float((scaled[:, 0] * scaled[:, 1]).mean())) > 1e-9:
        return []
    return [f"Columns {listed(list(columns)).replace(', ', ' and ')} lie on a line: a density may collapse onto it."]


def classify(table: Table, label: str, kept: Rows) -> tuple[Int[np.ndarray, " m"], tuple[str, ...]]:
    """The class number of each kept row and the classes; ClinicError for a label of too many values."""
    column = find(table, label)
    words = [f"{value:g}" for value in column.values] if column.numeric else [clean(w, 40) for w in column.values]
    present = [
        (word if word not in ("", "nan") else "(missing)") for word, keep in zip(words, kept, strict=True) if keep
    ]
    classes = tuple(dict.fromkeys(present))
    if len(classes) > MOST_WORDS:
        raise ClinicError(
            f"Column {clean(label, 40)} has {len(classes):,} different values and a label may have {MOST_WORDS}; "
            "choose another label or none."
        )
    place = {word: i for i, word in enumerate(classes)}
    return np.array([place[word] for word in present], dtype=np.int64), classes
