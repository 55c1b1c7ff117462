"""What a person decided about reading a file, and what was decided for them and may be changed.

`Choices` is what was asked for: empty, everything is judged from the file. A reading answers with `Decision`s, each one
sentence and the other `Way`s there are; a way carries all the Choices that lead there, so that one press is one value.
The words of Choices stand in links, which strangers write: `parse` takes nothing on trust.
"""

import json
from dataclasses import dataclass, fields
from typing import Any

MOST = 200
"""The most lines or cells that one choice may name."""
LONGEST = 10_000
"""The longest text of choices that is looked at, in characters."""


@dataclass(frozen=True)
class Choices:
    """How a file is to be read, where somebody said so; None and () leave the judgement to the reader.

    separator: one of , ; | tab, " " for runs of blanks, two blanks for runs of two or more, "=" for fixed widths, "" for
        a single column.
    decimal: "." or ","; the other of the two, if it occurs, stands between thousands.
    begin: the line of the file, counted from 1, at which the table begins.
    header: how many rows of names there are, 0, 1 or 2.
    units: whether the row below the names holds units.
    row_names: whether each row begins with a name that the header lacks.
    skip: lines of the file to leave out. keep: lines to keep that look like totals, remarks or repeated headers.
    missing: pairs (column, cell) that stand for no value; a number is compared by value.
    values: pairs (column, cell) that are values, however far they lie from all others.
    forms: pairs (column, form) for numbers that stand for dates, see `core.data.readers.dates.stamps`.
    turned: whether rows and columns of an array are exchanged.
    """

    separator: str | None = None
    decimal: str | None = None
    begin: int | None = None
    header: int | None = None
    units: bool | None = None
    row_names: bool | None = None
    skip: tuple[int, ...] = ()
    keep: tuple[int, ...] = ()
    missing: tuple[tuple[str, str], ...] = ()
    values: tuple[tuple[str, str], ...] = ()
    forms: tuple[tuple[str, str], ...] = ()
    turned: bool | None = None

    def __post_init__(self) -> None:
        """Raise ValueError for a choice that does not exist."""
        within = (
            self.separator in (None, ",", ";", "|", "\t", "  ", " ", "=", ""),
            self.decimal in (None, ".", ","),
            self.begin is None or (number(self.begin) and self.begin >= 1),
            self.header is None or (number(self.header) and 0 <= self.header <= 2),
            all(value is None or isinstance(value, bool) for value in (self.units, self.row_names, self.turned)),
            all(number(line) and line >= 1 for line in (*self.skip, *self.keep)),
            all(
                len(pair) == 2 and all(isinstance(w, str) for w in pair)
                for pair in (*self.missing, *self.values, *self.forms)
            ),
            max(map(len, (self.skip, self.keep, self.missing, self.values, self.forms))) <= MOST,
        )
        if not all(within):
            raise ValueError("There is no such way of reading a file.")

    def words(self) -> str:
        """These choices as text: a JSON object of those that were made, "" where none was."""
        made = {f.name: getattr(self, f.name) for f in fields(self) if getattr(self, f.name) != f.default}
        return json.dumps(made, separators=(",", ":"), ensure_ascii=False) if made else ""


def number(value: object) -> bool:
    """Whether a value is a whole number and not a truth value."""
    return isinstance(value, int) and not isinstance(value, bool)


def parse(words: str) -> Choices:
    """The choices in `words`; ValueError for anything that `Choices.words` would not have written."""
    if not words:
        return Choices()
    if len(words) > LONGEST:
        raise ValueError("The choices are too long.")
    try:
        made = json.loads(words)
        listed: dict[str, Any] = {
            name: tuple(tuple(one) if isinstance(one, list) else one for one in value)
            if isinstance(value, list)
            else value
            for name, value in made.items()
        }
        return Choices(**listed)
    except (TypeError, AttributeError, RecursionError, json.JSONDecodeError):
        raise ValueError("There is no such way of reading a file.") from None


@dataclass(frozen=True)
class Way:
    """Another way to read a file: the words on its button, and all the choices that lead there."""

    label: str
    choices: Choices


@dataclass(frozen=True)
class Decision:
    """What was decided about a file, in one sentence, and the other ways; `open` where the file alone cannot say."""

    said: str
    ways: tuple[Way, ...] = ()
    open: bool = False
