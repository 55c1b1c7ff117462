"""The process that reads one file and ends: `python -m core.data.readers.child`.

It takes a file name, the words of Choices (a line of UTF-8 each) and the bytes of the file from its standard input, gives
up what it does not need (address space, processor time, writing to disk), reads, and answers on its standard output with
one reply of `core.data.readers.wire`.
"""

import gc
import os
import sys
from typing import BinaryIO

from core.data.confined import confine
from core.data.read import parse
from core.data.readers import wire
from core.data.readers.choices import LONGEST, Choices
from core.data.readers.choices import parse as parse_choices
from core.data.readers.table import ReadError

TOO_MUCH = "The file needs more memory to read than is allowed; keep fewer rows or columns."


def answer(filename: str, raw: bytes, choices: Choices) -> bytes:
    """The reply for a file: its table or a refusal."""
    try:
        return wire.pack(parse(filename, raw, choices))
    except ReadError as error:
        return wire.pack_error(error)
    except MemoryError:
        return wire.pack_error(ReadError(TOO_MUCH))


def main(source: BinaryIO, sink: BinaryIO) -> None:
    """Read one file from `source`, confined, and answer on `sink`."""
    filename = source.readline(1000).decode("utf-8", "replace").rstrip("\n")
    choices = parse_choices(source.readline(4 * LONGEST).decode("utf-8").rstrip("\n"))
    raw = source.read()
    if raw.startswith(b"PAR1"):
        # The library is loaded before the limit is set, so that its own size is not counted against the file.
        import core.data.readers.parquet  # noqa: F401
    confine()
    # A million short lists hold no cycles; looking for some takes longer than reading.
    gc.disable()
    sink.write(answer(filename, raw, choices))
    sink.flush()


if __name__ == "__main__":
    replies = os.fdopen(os.dup(1), "wb")
    # Whatever a library prints must not be taken for a reply.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    main(sys.stdin.buffer, replies)
