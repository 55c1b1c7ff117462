"""Reading a stranger's file: `read(filename, raw)` is a Table or one clear sentence, whatever the bytes.

    bytes -> the checks that need no library (instant) -> a child process (`core.data.confined`) -> a checked reply

The format is decided by the content: CSV and its relatives, Parquet, NPY, NPZ. The file's name is only shown. Neither a
bomb nor a fault in a library can hurt the page that asked: what takes more than five seconds of processor time or a
gigabyte is refused. `parse` is the reading itself, pure and in process: it is what the child runs and what the tests throw
bytes at.
"""

import hashlib
import importlib

from core.data.confined import Follow, confined, unwatched
from core.data.readers import sentinels, wire
from core.data.readers.choices import Choices
from core.data.readers.dates import stamps
from core.data.readers.npy import check_npy, read_npy
from core.data.readers.npz import check_zip, read_npz
from core.data.readers.sniff import Format, identify
from core.data.readers.table import MAX_NOTES, Column, ReadError, Reading, Table, display_name
from core.data.readers.text.read import read_text

EMPTY = Choices()


def read(filename: str, raw: bytes, choices: Choices = EMPTY, follow: Follow = unwatched) -> Table:
    """The table in `raw`, read by a confined child; ReadError, in one sentence for the person, for anything else.

    Arguments:
        filename: what the file was called, any string; shown after cleaning, never used as a path.
        raw: its bytes, at most 20 MB.
        choices: what somebody said about how to read it.
        follow: is told several times a second what is being done; what it raises ends the reading.

    A trouble that has nothing to do with the file, and may pass, is `core.data.confined.Passing`.
    """
    name = display_name(filename)
    check(name, raw)
    reply = confined(name, raw, "core.data.readers.child", "upload fewer rows or columns", choices.words(), follow)
    try:
        table = wire.unpack(reply)
    except ReadError:
        raise
    except ValueError:
        raise ReadError(f"Reading {name} failed within a library; save the table as plain CSV and try again.") from None
    return table


def parse(filename: str, raw: bytes, choices: Choices = EMPTY) -> Table:
    """The table in `raw`, read in this process: as `read`, with no bound on time and memory but the format's own."""
    name = display_name(filename)
    kind = check(name, raw)
    if kind == "parquet":
        # pyarrow takes half a second to load, so only those who need it wait for it.
        reading = Reading(*importlib.import_module("core.data.readers.parquet").read_parquet(name, raw))
    elif kind == "npy":
        reading = read_npy(name, raw, choices)
    elif kind == "zip":
        reading = read_npz(name, raw, choices)
    else:
        reading = read_text(raw, choices)
    columns, dated = stamps.settle(reading.columns, choices)
    columns, gaps = sentinels.settle(columns, choices)
    notes = (*reading.notes, *column_notes(columns))
    digest = hashlib.sha256(raw).hexdigest()[:12]
    return Table(name, columns, notes, digest, (*reading.decisions, *dated, *gaps), choices, reading.layout)


def check(name: str, raw: bytes) -> Format:
    """The format of the bytes, after every check that needs no parsing; ReadError for what fails one."""
    kind = identify(name, raw)
    if kind == "npy":
        check_npy(name, raw)
    elif kind == "zip":
        check_zip(name, raw)
    return kind


def column_notes(columns: tuple[Column, ...]) -> tuple[str, ...]:
    """The notes of the columns, each with the column's name, at most MAX_NOTES of them."""
    notes = [f'In "{column.name}": {note}' for column in columns for note in column.notes]
    more = [f"{len(notes) - MAX_NOTES:,} more notes stand beside their columns."] if len(notes) > MAX_NOTES else []
    return (*notes[:MAX_NOTES], *more)
