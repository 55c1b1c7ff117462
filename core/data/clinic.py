"""From a Table to a Dataset: which columns can be learned from, and what had to be done to them.

    propose(table)                      a sensible choice of columns and label
    admit(table, columns, label, key)   a Dataset of finite rows, or one sentence why not

Dates and columns of two words become numbers (`core.data.recode`); other words serve as labels only. A density needs
variance: the squares of what is admitted must neither overflow nor underflow, no column may be constant, and at least
five different points are needed, save in a single column of counts or of two values, which have laws of their own. Rows
with a missing or infinite value in a chosen column are left out (never imputed), and everything that was done is a
sentence beside the Dataset.
"""

import hashlib
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Int

from core.data import recode
from core.data.examine import FEWEST, ClinicError, collinear, examine, refusal, repeats, turning
from core.data.readers.dates import Order
from core.data.readers.table import Column, Table, clean, listed
from core.data.recode import DATES, LABEL, MOST_WORDS, NUMBER, PAIR, finite, use
from core.dataset import Dataset, around
from core.key import Key

LIMIT = 20_000
"""The most rows that are learned from unless more are asked for."""
LIMIT_ALONE = 200_000
"""The most rows of a single column where it alone is learned from: one dimension is quick."""
Rows = Bool[np.ndarray, " n"]


@dataclass(frozen=True)
class Proposal:
    """The columns to learn from (one or two names), the column that labels them, if any, and the best one on its own."""

    columns: tuple[str, ...]
    label: str | None
    alone: str


def propose(table: Table) -> Proposal:
    """The first two columns that vary, identifiers and small codes last; ClinicError if none can be read as numbers.

    On its own a measurement is worth more than a date.

    Two words are proposed as 0 and 1 only where there are neither numbers nor dates.
    """
    numbers = usable(table, NUMBER, DATES) or usable(table, PAIR)
    if not numbers:
        raise refusal(table)
    # A stable sort keeps the order of the file within measurements, codes and identifiers.
    ranked = sorted(numbers, key=lambda column: 2 * looks_like_id(column) + is_code(column))
    first = ranked[:2] if len(ranked) < 2 or not looks_like_id(ranked[1]) else ranked[:1]
    chosen = [column.name for column in numbers if column in first]
    words = (column for column in usable(table, LABEL, PAIR) if column.kind == "category")
    labels = (column.name for column in words if column.name not in chosen)
    alone = min(ranked, key=lambda column: 2 * looks_like_id(column) + (use(column) == DATES))
    return Proposal(tuple(chosen), next(labels, None), alone.name)


def usable(table: Table, *uses: str) -> list[Column]:
    """The columns of a table that serve one of the uses."""
    return [column for column in table.columns if use(column) in uses]


def number_names(table: Table) -> tuple[str, ...]:
    """The columns that can be read as numbers."""
    return tuple(column.name for column in usable(table, NUMBER, DATES, PAIR))


def label_names(table: Table) -> tuple[str, ...]:
    """The columns that may label the rows: few different words, or few whole numbers."""
    columns = usable(table, LABEL, PAIR) + [column for column in usable(table, NUMBER) if is_code(column)]
    return tuple(column.name for column in table.columns if column in columns)


def looks_like_id(column: Column) -> bool:
    """Whether a column of numbers counts or names its rows: whole, all different, and gapless or called an id."""
    values = finite(column) if column.numeric else np.array([])
    whole = len(values) > 1 and bool((values == np.floor(values)).all()) and len(np.unique(values)) == len(values)
    name = column.name.casefold()
    named = name in {"id", "index", "row", "nr", "no", "key"} or name.endswith(("_id", " id"))
    gapless = whole and values.max() - values.min() == len(values) - 1 and len(values) > FEWEST
    zeros = any(note.startswith("Leading zeros") for note in column.notes)
    return zeros or (whole and (named or bool(gapless)))


def is_code(column: Column) -> bool:
    """Whether a column of numbers has so few different whole values that it is rather a label."""
    values = np.unique(finite(column)) if column.numeric else np.array([0.5])
    return len(values) <= MOST_WORDS and bool((values == np.floor(values)).all())


def admit(
    table: Table,
    columns: tuple[str, ...],
    label: str | None,
    key: Key,
    limit: int = LIMIT,
    dates: Order | None = None,
) -> tuple[Dataset, tuple[str, ...]]:
    """A Dataset of the chosen columns and what was done to make it; ClinicError, in one sentence, if it cannot be.

    Arguments:
        columns: one or two names of columns of numbers, of dates or of two words.
        label: the name of a column of at most 12 different values, or None.
        limit: at most this many rows are kept, drawn without replacement with `key / "sample"`.
        dates: how dates are written whose day and month cannot be told apart.
    """
    if not 1 <= len(columns) <= 2 or len(set(columns)) != len(columns):
        raise ClinicError("Choose one column or two different ones.")
    chosen, notes = numeric(table, columns, dates)
    names = tuple(column.name for column in chosen)
    everything = np.column_stack([np.asarray(column.values, dtype=float) for column in chosen])
    kept = np.isfinite(everything).all(axis=1)
    notes += [dropped(table, kept, columns)] if not kept.all() else []
    points = everything[kept]
    try:
        examine(points, columns)
    except ClinicError as error:
        raise ClinicError(str(error), turning(table)) from None
    notes += repeats(table, kept) + collinear(points, columns)
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
        columns=names,
        title=table.name,
        source=f"your file {table.name}, {len(points):,} rows",
        labels=labels,
        classes=classes,
        standardise=True,
        digest=hashlib.sha256(repr(names).encode() + points.tobytes()).hexdigest()[:12],
    )
    return dataset, tuple(notes)


def numeric(table: Table, names: tuple[str, ...], order: Order | None) -> tuple[list[Column], list[str]]:
    """The columns called `names` as numbers and what was understood; ClinicError if one is missing or does not vary."""
    columns: list[Column] = []
    said: list[str] = []
    for name in names:
        column = find(table, name)
        if column.kind in ("empty", "constant"):
            raise ClinicError(f"Column {clean(name, 40)} is {still(column)}; choose another.")
        try:
            recoded, notes = recode.recode(column, order)
        except recode.RecodeError as error:
            raise ClinicError(str(error)) from None
        if recoded.kind != "number":
            raise ClinicError(f"Column {clean(name, 40)} does not vary; choose another.")
        columns.append(recoded)
        said += notes
    return columns, said


def still(column: Column) -> str:
    """How a column that does not vary is said to be."""
    if column.kind == "empty":
        return "empty"
    value = clean(next((f"{v}" for v in column.values if v and v == v), "0").removesuffix(".0"), 30)
    return f"constant ({value}), so it has no spread to learn"


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


def classify(table: Table, label: str, kept: Rows) -> tuple[Int[np.ndarray, " m"], tuple[str, ...]]:
    """The class number of each kept row and the classes; ClinicError for a label of too many values."""
    present = [word for word, keep in zip(recode.label_words(find(table, label)), kept, strict=True) if keep]
    classes = tuple(dict.fromkeys(present))
    if len(classes) > MOST_WORDS:
        raise ClinicError(
            f"Column {clean(label, 40)} has {len(classes):,} different values and a label may have {MOST_WORDS}; "
            "choose another label or none."
        )
    place = {word: i for i, word in enumerate(classes)}
    return np.array([place[word] for word in present], dtype=np.int64), classes
