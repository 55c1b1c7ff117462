"""The process that reads one file of pictures and ends: `python -m core.data.readers.pictures.child`.

As `core.data.readers.child`, whose confinement it shares: a name and bytes in, one reply of its `wire` out.
"""

import os
import sys
from typing import BinaryIO

from core.data.confined import confine
from core.data.readers import wire
from core.data.readers.pictures import wire as picture_wire
from core.data.readers.pictures.read import parse_pictures
from core.data.readers.table import ReadError

TOO_MUCH = "The file needs more memory to read than is allowed; upload fewer or smaller pictures."


def answer(filename: str, raw: bytes) -> bytes:
    """The reply for a file: its pictures or a refusal."""
    try:
        return picture_wire.pack(parse_pictures(filename, raw))
    except ReadError as error:
        return wire.pack_error(error)
    except MemoryError:
        return wire.pack_error(ReadError(TOO_MUCH))


def main(source: BinaryIO, sink: BinaryIO) -> None:
    """Read one file from `source`, confined, and answer on `sink`."""
    filename = source.readline(1000).decode("utf-8", "replace").rstrip("\n")
    source.readline(1)  # nothing is asked of pictures
    raw = source.read()
    confine()
    sink.write(answer(filename, raw))
    sink.flush()


if __name__ == "__main__":
    replies = os.fdopen(os.dup(1), "wb")
    # Whatever a library prints must not be taken for a reply.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    main(sys.stdin.buffer, replies)
