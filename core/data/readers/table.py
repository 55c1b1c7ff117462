"""What a reading is: a frozen Table of Columns, the limits it keeps, and the one error it can raise.

A reader never guesses silently. Whatever it understood or changed (an encoding, a decimal comma, a renamed column) is a
sentence in `notes`; whatever it refuses is one sentence in a `ReadError`, written for the person who chose the file.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from jaxtyping import Float

from core.data.readers.choices import Choices, Decision, Way

MAX_BYTES = 20_000_000
"""The largest file that is looked at."""
MAX_ROWS = 1_000_000
MAX_COLUMNS = 2_000
MAX_INFLATED = 64_000_000
"""The most bytes a compressed file may grow to, and the most that the numbers of one table may take."""
MAX_CELLS = MAX_INFLATED // 8
MAX_LINE = 1_000_000
"""The longest line of a text file, in bytes."""
MAX_NAME = 80
"""The longest name that is shown, in characters."""
MAX_NOTES = 20
"""The most column notes repeated among the notes of a table."""

Kind = Literal["number", "category", "text", "date", "constant", "empty"]
Numbers = Float[np.ndarray, " n"]


class ReadError(ValueError):
    """Why a file cannot be read: one sentence, shown as it is, and the ways to mend it by a press."""

    def __init__(self, said: str, ways: tuple[Way, ...] = ()) -> None:
        """Say `said`; offer `ways`."""
        super().__init__(said)
        self.ways = ways


def clean(text: str, limit: int = MAX_NAME) -> str:
    """`text` on one line without control, bidirectional, zero-width or unpaired characters, at most `limit` long."""
    spaced = re.sub(r"\s+", " ", text)
    kept = "".join(c for c in spaced if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Cn"}).strip()
    return kept if len(kept) <= limit else kept[: limit - 1] + "…"


def display_name(filename: str) -> str:
    """A file's name, safe to show: its last path component, cleaned; never to be used as a path."""
    return clean(re.split(r"[/\\]", filename)[-1]) or "unnamed file"


@dataclass(frozen=True)
class Obstacle:
    """What keeps a column that is mostly numbers from being one: a cell (row from 1, line of the file), how many such cells
    there are, and their share of those that are not missing."""

    row: int
    line: int
    cell: str
    count: int
    share: float


@dataclass(frozen=True)
class Layout:
    """How a text file was read: what another program must be told to read the same cells.

    encoding: Python's name of it. separator: as in Choices. decimal, thousands: marks, "" where there is none.
    quote: the mark around cells. skipped: lines of the file, from 1, that are not rows of values. names: the columns'
    names in the file's order. width: cells in a row, one more than names where the first is a row name.
    """

    encoding: str
    separator: str
    decimal: str
    thousands: str
    quote: str
    skipped: tuple[int, ...]
    names: tuple[str, ...]
    width: int


@dataclass(frozen=True)
class Column:
    """One column of a table.

    `values` are float64 where the cells are numbers (nan = missing, inf = infinite), else the cells as words. A
    "constant" column may be either; an "empty" one is numbers, all nan. In words, only an empty cell is missing.
    `unit` is what the file says of it, `spelling` how its numbers were written where that was not plain.
    """

    name: str
    kind: Kind
    values: Numbers | tuple[str, ...]
    missing: int = 0
    infinite: int = 0
    notes: tuple[str, ...] = ()
    unit: str = ""
    spelling: str = ""
    obstacle: Obstacle | None = None

    def __post_init__(self) -> None:
        """Freeze the array; raise ValueError for a kind that disagrees with the values."""
        numeric = isinstance(self.values, np.ndarray)
        if self.kind not in get_args(Kind) or (
            self.kind != "constant" and numeric != (self.kind in ("number", "empty"))
        ):
            raise ValueError(f"a column of kind {self.kind} cannot hold {type(self.values).__name__}")
        if isinstance(self.values, np.ndarray):
            values = np.array(self.values, dtype=float)
            values.flags.writeable = False
            object.__setattr__(self, "values", values)

    @property
    def numeric(self) -> bool:
        """Whether the values are numbers."""
        return isinstance(self.values, np.ndarray)

    def __len__(self) -> int:
        """The number of cells."""
        return len(self.values)


@dataclass(frozen=True)
class Reading:
    """What one format's reader makes of a file: columns, what was understood, what may be changed, and a text's layout."""

    columns: tuple[Column, ...]
    notes: tuple[str, ...] = ()
    decisions: tuple[Decision, ...] = ()
    layout: Layout | None = None


@dataclass(frozen=True)
class Table:
    """What was read: columns of equal length and unique names, and what was understood on the way.

    `notes` cannot be changed, `decisions` can. `choices` are those it was read with, `layout` is that of a text file.
    """

    name: str
    columns: tuple[Column, ...]
    notes: tuple[str, ...]
    digest: str
    decisions: tuple[Decision, ...] = ()
    choices: Choices = Choices()
    layout: Layout | None = None

    def __post_init__(self) -> None:
        """Raise ValueError unless there are columns, all of one length of at least one, each with its own name."""
        if not self.columns or {len(c) for c in self.columns} != {self.rows} or not self.rows:
            raise ValueError("a table needs columns of one length, at least one row long")
        if len({c.name for c in self.columns}) != len(self.columns):
            raise ValueError("a table needs a different name for each column")

    @property
    def rows(self) -> int:
        """The number of rows."""
        return len(self.columns[0]) if self.columns else 0

    def __getitem__(self, name: str) -> Column:
        """The column called `name`; KeyError if there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


def column_names(given: list[str]) -> tuple[list[str], list[str]]:
    """Clean, unique, non-empty names for columns headed `given`, and the notes that say what was renamed."""
    names: list[str] = []
    taken: set[str] = set()
    unnamed, renamed = [], []
    for i, raw in enumerate(given, start=1):
        wanted = clean(raw)
        name = wanted or f"column {i}"
        copy = 2
        while name in taken:
            name, copy = f"{wanted or 'column'} ({copy})", copy + 1
        taken.add(name)
        names.append(name)
        if not wanted:
            unnamed.append(name)
        elif name != wanted:
            renamed.append(name)
    notes = [f"Columns without a name are called {listed(unnamed)}."] if unnamed else []
    return names, notes + ([f"Columns with the same name are told apart as {listed(renamed)}."] if renamed else [])


def listed(names: list[str], most: int = 4) -> str:
    """`names` as they stand in a sentence, the first few of them."""
    shown = ", ".join(clean(name, 30) for name in names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"


def check_size(rows: int, columns: int) -> None:
    """Raise ReadError for a table that is empty or larger than the limits."""
    if rows == 0 or columns == 0:
        raise ReadError("There are no data rows in the file; add at least one row of values.")
    if columns > MAX_COLUMNS:
        hint = "; it may be lying on its side" if rows < columns else ""
        raise ReadError(
            f"The file has {columns:,} columns and the limit is {MAX_COLUMNS:,}{hint}; keep the ones you need."
        )
    if rows > MAX_ROWS:
        raise ReadError(f"The file has {rows:,} rows and the limit is {MAX_ROWS:,}; upload a sample of the rows.")
    if rows * columns > MAX_CELLS:
        raise ReadError(
            f"The file has {rows:,} rows of {columns:,} columns and the limit is {MAX_CELLS:,} cells; "
            "keep fewer rows or columns."
        )
