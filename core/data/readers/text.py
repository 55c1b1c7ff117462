"""Text tables: the encoding, the separator and the header are decided from the content and said in the notes.

The separator is the one of tab, semicolon, bar, comma that splits most of the first lines into the same number of
fields (in this order where several do equally well, since 1,5;2,5 also has commas), or a run of blanks between numbers.
The standard `csv` module splits the fields, in strict mode and row by row, so that every complaint has a line number and
no row is ever shifted, padded or dropped in silence.
"""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice

from core.data.readers.cells import COMMA_NOTE, looks_numeric, read_column
from core.data.readers.choices import Choices
from core.data.readers.table import MAX_CELLS, MAX_ROWS, Column, ReadError, Reading, check_size, column_names

SEPARATORS = {"\t": "Tab", ";": "Semicolon", "|": "Bar", ",": "Comma"}
BLANKS = " "
"""Stands for a run of blanks; the empty string stands for a single column."""
SAMPLE_ROWS = 200
SAMPLE_CHARACTERS = 200_000

BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig", ""),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
NEWLINE = re.compile(r"\r\n|\r|\n")


def read_text(raw: bytes, choices: Choices) -> Reading:
    """The columns of a text table and what was understood; ReadError for text that is not one."""
    text, notes = decode(raw)
    separator = find_separator(text)
    rows, short = gather(text, separator)
    header = has_header(rows)
    if header:
        names, renamed = column_names([rows[0][0].lstrip("# "), *rows[0][1:]])
        rows = rows[1:]
    else:
        names, renamed = [f"column {i}" for i in range(1, len(rows[0]) + 1)], []
        shown = ", ".join(names[:2])
        renamed.append(
            f"No header row was found; {'columns are' if len(names) > 1 else 'the column is'} named {shown}."
        )
    check_size(len(rows), len(names))
    comma = separator != ","
    cells = list(zip(*rows, strict=True))
    rows.clear()
    columns = tuple(read_column(name, column, comma) for name, column in zip(names, cells, strict=True))
    return Reading(columns, (*layout_note(separator, columns), *notes, *renamed, *short))


def layout_note(separator: str, columns: tuple[Column, ...]) -> tuple[str, ...]:
    """How the fields are told apart, for all but the plainest file."""
    decimal = any(COMMA_NOTE in column.notes for column in columns)
    word = {**SEPARATORS, BLANKS: "Blank", "": ""}[separator]
    parts = [f"{word}-separated"] if word and word != "Comma" else []
    parts += ["decimal comma"] if decimal else []
    return (", ".join(parts).capitalize() + ".",) if parts else ()


def decode(raw: bytes) -> tuple[str, tuple[str, ...]]:
    """The characters and a note on the encoding; ReadError for bytes that are no text."""
    encoding, said = encoding_of(raw)
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding != "utf-8":
            raise ReadError(f"The text is damaged near byte {error.start:,}; save it again as UTF-8.") from None
        text, said = raw.decode("cp1252", errors="replace"), "Latin-1 (Windows-1252)"
    text = text.rstrip("\x1a\r\n ")
    wrong = CONTROL.search(text)
    if "\ufffd" in text and said.startswith("Latin") or (wrong and said.startswith("Latin")):
        raise ReadError("The file is neither text nor a known table format; save the table as CSV.")
    if wrong:
        line = 1 + len(NEWLINE.findall(text, 0, wrong.start()))
        what = "a NUL byte" if wrong.group() == "\x00" else f"a control character (code {ord(wrong.group())})"
        raise ReadError(f"Line {line:,} holds {what}, so the file is damaged or not text; save the table again as CSV.")
    if not text.strip():
        raise ReadError("The file is empty; choose a file that holds a table.")
    return text, ((f"Encoding is {said}.",) if said else ())


def encoding_of(raw: bytes) -> tuple[str, str]:
    """The encoding to try and what to call it: by its mark, or by the zeros of UTF-16, or UTF-8."""
    for bom, encoding, said in BOMS:
        if raw.startswith(bom):
            return encoding, said
    sample = raw[:2000]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if odd > 0.6 * len(sample[1::2]) and not even:
        return "utf-16-le", "UTF-16"
    if even > 0.6 * len(sample[::2]) and not odd:
        return "utf-16-be", "UTF-16"
    return "utf-8", ""


def find_separator(text: str) -> str:
    """The separator of a text table; empty where every line is one field."""
    sample = text[:SAMPLE_CHARACTERS]
    if len(text) > len(sample) and "\n" in sample:
        sample = sample[: sample.rindex("\n")]
    lines = [line for line in sample.splitlines()[:SAMPLE_ROWS] if line.strip()]
    if blank_separated(lines):
        return BLANKS
    plain_heading = len(lines) > 1 and not any(mark in lines[0] for mark in SEPARATORS)
    if plain_heading and all(re.fullmatch(r"\s*[+-]?\d*,\d+\s*", line) for line in lines[1:]):
        # A heading over numbers with a decimal comma is one column, not two.
        return ""
    best, share = "", 0.0
    for mark in SEPARATORS:
        counts = field_counts(sample, mark)
        fields, times = Counter(counts).most_common(1)[0] if counts else (1, 0)
        if fields > 1 and times / len(counts) > share:
            best, share = mark, times / len(counts)
    return best


def field_counts(sample: str, mark: str) -> list[int]:
    """How many fields each of the first lines has if `mark` separates them."""
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=mark, skipinitialspace=True)
    counts: list[int] = []
    # What is wrong with a quotation mark is said, with its line, when the rows are gathered.
    with suppress(csv.Error):
        counts.extend(len(row) for row in islice(reader, SAMPLE_ROWS) if row)
    return counts


def blank_separated(lines: list[str]) -> bool:
    """Whether the lines are as many words each, most of them numbers, with nothing but blanks between."""
    if any("\t" in line.strip() for line in lines):
        return False
    split = [line.split() for line in lines]
    below = [word for row in split[1:] or split for word in row]
    if len({len(row) for row in split}) != 1 or len(split[0]) < 2:
        return False
    if any(word[0] in ",;|\"'" or word[-1] in ",;|\"'" for word in below):
        return False
    return sum(map(looks_numeric, below)) > len(below) / 2


def split_rows(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of a text and the line each begins on; ReadError for a quotation mark that is never closed."""
    if separator in (BLANKS, ""):
        for number, line in enumerate(NEWLINE.split(text), start=1):
            yield number, (line.split() if separator else [line.strip().strip('"')] if line.strip() else [])
        return
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True, strict=True)
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


def gather(text: str, separator: str) -> tuple[list[list[str]], tuple[str, ...]]:
    """All rows at the width of the first, and a note on those that were shorter; ReadError for longer ones."""
    rows: list[list[str]] = []
    width, most, short, first_short = 0, 0, 0, 0
    for line, row in split_rows(text, separator):
        if not row or (len(row) == 1 and not row[0].strip()):
            continue
        if not rows:
            width = len(row)
            check_size(1, width)
            most = min(MAX_ROWS, MAX_CELLS // width) + 1
        if len(row) != width:
            row = fit_row(row, width, line)
            if len(row) < width:
                short, first_short = short + 1, first_short or line
                row = row + [""] * (width - len(row))
        rows.append(row)
        if len(rows) > most:
            refuse_long(width)
    if not rows:
        raise ReadError("The file is empty; choose a file that holds a table.")
    many = "1 row is" if short == 1 else f"{short:,} rows are"
    said = f"{many} shorter than the first (line {first_short:,} on); their last cells count as missing."
    return rows, ((said,) if short else ())


def fit_row(row: list[str], width: int, line: int) -> list[str]:
    """A row without the empty cells beyond `width`; ReadError if others are left there."""
    while len(row) > width and not row[-1].strip():
        row = row[:-1]
    if len(row) > width:
        raise ReadError(
            f"Line {line:,} has {len(row):,} values but the first row has {width:,}; "
            "give every row as many values as there are column names."
        )
    return row


def refuse_long(width: int) -> None:
    """Raise ReadError for a table of too many rows, or of too many cells."""
    if MAX_ROWS * width <= MAX_CELLS:
        raise ReadError(f"The file has more than {MAX_ROWS:,} rows; upload a sample of the rows.")
    raise ReadError(f"The file has more than {MAX_CELLS:,} cells; keep fewer rows or columns.")


def has_header(rows: list[list[str]]) -> bool:
    """Whether the first row is names: not if it is all numbers, nor if the words beside its numbers are values below."""
    filled = [(i, cell) for i, cell in enumerate(rows[0]) if cell.strip()]
    words = [(i, cell) for i, cell in filled if not looks_numeric(cell)]
    if len(words) == len(filled):
        return True
    below = rows[1 : 1 + 1000]
    return any(all(row[i] != cell for row in below) for i, cell in words)
