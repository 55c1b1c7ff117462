"""From characters to rows of cells: remarks are set apart, lines are cut, and every row keeps its line.

The standard `csv` module splits the cells, in strict mode and row by row, so that every complaint has a line number.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.data.readers.choices import Choices
from core.data.readers.table import MAX_CELLS, MAX_ROWS, ReadError, check_size
from core.data.readers.text.cuts.cut import BLANKS, FIXED, SINGLE, WIDE, Cut, cut_line
from core.data.readers.text.cuts.separate import Found, find
from core.data.readers.text.decode import NEWLINE

REMARK = re.compile(r"\s*(#(?!(?:N/A|NA|DIV/0!|REF!|VALUE!|NUM!|NAME\?|NULL!))|%|//|@|!)", re.IGNORECASE)
LATER = re.compile(r"\s*(#|%|//)(?:\s|[-=#%/]|$)")
"""Remarks before the table may begin with any of these marks; between rows only with one that no cell begins with."""
TOLD = re.compile(r'\s*"?sep=(?P<mark>[,;|\t:^~ ])"?[;,\t]*\s*', re.IGNORECASE)
"""What Excel writes first to say which separator it uses."""


@dataclass(frozen=True)
class Lines:
    """The lines of a file: those of the table ("" where one was set apart), the `remarks` by their line, what `sep=` told.

    `apart` are all lines that were set apart.
    """

    table: list[str]
    remarks: dict[int, str]
    apart: list[int]
    told: str | None = None


@dataclass(frozen=True)
class Rows:
    """Rows of cells and the line that each begins on."""

    cells: list[list[str]]
    lines: list[int]

    def __len__(self) -> int:
        """The number of rows."""
        return len(self.cells)

    def take(self, places: Sequence[int]) -> "Rows":
        """The rows at these places."""
        return Rows([self.cells[i] for i in places], [self.lines[i] for i in places])


def set_apart(text: str, choices: Choices) -> Lines:
    """The lines of a text without its remarks and without those that somebody left out."""
    table = NEWLINE.split(text)
    remarks: dict[int, str] = {}
    told = TOLD.fullmatch(table[0])
    apart = [1] if told else []
    if told:
        table[0] = ""
    leading = True
    marks: set[str] = set()
    begin = choices.begin or 1
    for i, line in enumerate(table):
        number = i + 1
        if number in choices.skip or number < begin:
            apart.append(number)
            table[i] = ""
            continue
        # A quick look first: hardly a line of a long table begins like this.
        if line[:1] not in "#%/@! \t":
            leading = leading and not line
            continue
        found = REMARK.match(line)
        mark = found[1] if found else ""
        if mark and number not in choices.keep and (leading or mark in marks or LATER.match(line)):
            marks |= {mark} if leading else set()
            apart.append(number)
            remarks[number], table[i] = line.strip()[len(mark) :].strip(), ""
        else:
            leading = leading and not line.strip()
    return Lines(table, remarks, apart, told["mark"] if told else None)


def separate(lines: Lines, choices: Choices) -> Found:
    """The cut of the lines: as somebody said, as the file says, or the one that explains them best."""
    filled = [line for line in lines.table if line.strip()]
    if not filled:
        if lines.remarks:
            raise ReadError("Every line of the file begins like a remark (#, % or //); remove the mark from the rows.")
        raise ReadError("The file is empty; choose a file that holds a table.")
    asked = choices.separator if choices.separator is not None else lines.told
    return find(filled, asked)


def gather(lines: Lines, cut: Cut) -> Rows:
    """All rows that hold something; ReadError beyond the limits or for a quotation mark that is never closed."""
    cells: list[list[str]] = []
    numbers: list[int] = []
    most, width = MAX_ROWS + 100, 0
    for line, row in split(lines.table, cut):
        if not row or (len(row) == 1 and not row[0].strip()):
            continue
        if len(row) > width:
            width = len(row)
            check_size(1, width)
        cells.append(row)
        numbers.append(line)
        if len(cells) > most:
            refuse_long(width)
    if not cells:
        raise ReadError("The file is empty; choose a file that holds a table.")
    return Rows(cells, numbers)


def split(table: list[str], cut: Cut) -> Iterator[tuple[int, list[str]]]:
    """The cells of each row and the line it begins on."""
    if cut.separator in (WIDE, BLANKS, FIXED, SINGLE):
        for number, line in enumerate(table, start=1):
            yield number, cut_line(line, cut) if line.strip() else []
        return
    text = io.StringIO("\n".join(table), newline="")
    reader = csv.reader(text, delimiter=cut.separator, quotechar=cut.quote, skipinitialspace=True, strict=True)
    start = 1
    try:
        for row in reader:
            yield start, row
            start = reader.line_num + 1
    except csv.Error as error:
        if "expected after" in str(error):
            raise ReadError(
                f"Line {reader.line_num:,} has characters after a closing quotation mark; "
                'double the marks inside quoted text ("").'
            ) from None
        raise ReadError(
            f"A quotation mark opened in the row that begins on line {start:,} is not closed within "
            f"{csv.field_size_limit():,} characters; close it or remove it."
        ) from None


def check_shape(rows: int, width: int) -> None:
    """Raise ReadError for a table of too many rows or of too many cells."""
    if rows > min(MAX_ROWS, MAX_CELLS // width):
        refuse_long(width)
    check_size(rows, width)


def refuse_long(width: int) -> None:
    """Raise ReadError for a table of too many rows, or of too many cells."""
    if MAX_ROWS * width <= MAX_CELLS:
        raise ReadError(f"The file has more than {MAX_ROWS:,} rows; upload a sample of the rows.")
    raise ReadError(f"The file has more than {MAX_CELLS:,} cells; keep fewer rows or columns.")
