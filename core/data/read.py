"""Reading a stranger's file: `read(filename, raw)` is a Table or one clear sentence, within five seconds.

    bytes -> the checks that need no library (instant) -> a child process, its memory and time limited -> a checked reply

The format is decided by the content: CSV and its relatives, Parquet, NPY, NPZ. The file's name is only shown. The child
is a plain subprocess (multiprocessing would run the page's script again); it is given no environment to speak of and is
killed at the deadline, so that neither a bomb nor a fault in a library can hurt the page that asked. `parse` is the
reading itself, pure and in process: it is what the child runs and what the tests throw bytes at.
"""

import hashlib
import importlib
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

from core.data.readers import sentinels, wire
from core.data.readers.choices import Choices
from core.data.readers.dates import stamps
from core.data.readers.npy import check_npy, read_npy
from core.data.readers.npz import check_zip, read_npz
from core.data.readers.sniff import Format, identify
from core.data.readers.table import MAX_NOTES, Column, ReadError, Reading, Table, display_name
from core.data.readers.text import read_text

DEADLINE = 4.5
"""Seconds from the call to the answer, the child's start included."""
CHILDREN = 4
"""The most files that are read at the same time; the others wait their turn within their deadline."""

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = {
    # One thread and one arena: otherwise address space goes to threads rather than to the file.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "PYTHONDONTWRITEBYTECODE": "1",
}
PASSED_ON = ("PATH", "SYSTEMROOT", "TMPDIR", "TEMP", "LD_LIBRARY_PATH")

EMPTY = Choices()
turns = threading.BoundedSemaphore(CHILDREN)


def read(filename: str, raw: bytes, choices: Choices = EMPTY) -> Table:
    """The table in `raw`, read by a confined child; ReadError, in one sentence for the person, for anything else.

    Arguments:
        filename: what the file was called, any string; shown after cleaning, never used as a path.
        raw: its bytes, at most 20 MB.
        choices: what somebody said about how to read it.
    """
    name = display_name(filename)
    check(name, raw)
    reply = confined(name, raw, "core.data.readers.child", "upload fewer rows or columns", choices.words())
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


def confined(name: str, raw: bytes, module: str, advice: str, asked: str = "") -> bytes:
    """The reply of a child that runs `module` on `raw` as `asked`, in time; ReadError, with `advice`, if it is late."""
    start = time.monotonic()
    if not turns.acquire(timeout=DEADLINE / 2):
        raise ReadError("Too many files are being read at this moment; try again in a few seconds.")
    try:
        reply = ask_child(f"{name}\n{asked}\n".encode(), raw, module, DEADLINE - (time.monotonic() - start))
    finally:
        turns.release()
    if reply is None:
        raise ReadError(f"Reading {name} took longer than {DEADLINE:g} seconds; {advice}.")
    return reply


def ask_child(head: bytes, raw: bytes, module: str, seconds: float) -> bytes | None:
    """The reply of a child that has `seconds` to read `raw`, which follows the lines of `head`; None if it is late."""
    late = threading.Event()
    child = subprocess.Popen(
        [sys.executable, "-s", "-m", module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        env=ENVIRONMENT | {key: os.environ[key] for key in PASSED_ON if key in os.environ},
    )

    def stop() -> None:
        late.set()
        child.kill()

    clock = threading.Timer(seconds, stop)
    feeder = threading.Thread(target=feed, args=(child, head, raw), daemon=True)
    clock.start()
    feeder.start()
    assert child.stdout is not None
    try:
        reply = child.stdout.read(wire.MAX_REPLY)
    finally:
        clock.cancel()
        child.kill()
        child.wait()
        feeder.join()
        child.stdout.close()
    return None if late.is_set() else reply


def feed(child: subprocess.Popen[bytes], *parts: bytes) -> None:
    """Write `parts` to a child and close its input; a child that has ended is no error here."""
    assert child.stdin is not None
    try:
        for part in parts:
            child.stdin.write(part)
        child.stdin.close()
    except OSError:
        pass
