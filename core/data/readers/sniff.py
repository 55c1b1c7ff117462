"""What the bytes are, whatever the file is called: the checks that come before any library sees them.

`identify` names the four kinds that are read and refuses, by name, the many that are not. It looks at a few bytes at the
start, the length, and the first line, and takes milliseconds for the largest file allowed.
"""

import re
from typing import Literal

import numpy as np

from core.data.readers.table import MAX_BYTES, MAX_COLUMNS, MAX_LINE, ReadError

Format = Literal["text", "npy", "zip", "parquet"]

WANTED = "a table as CSV, TSV, Parquet, NPY or NPZ is needed"
UNPACK = "unpack it and upload the table inside"
EXPORT = "save the sheet as CSV and upload that"
PICKLED = "pickled files can run code and are never opened; save the numbers as CSV or NPY"

MAGIC: tuple[tuple[bytes, str, str], ...] = (
    (b"\x89PNG\r\n", "a PNG image", WANTED),
    (b"\xff\xd8\xff", "a JPEG image", WANTED),
    (b"GIF8", "a GIF image", WANTED),
    (b"II*\x00", "a TIFF image", WANTED),
    (b"MM\x00*", "a TIFF image", WANTED),
    (b"%PDF-", "a PDF document", WANTED),
    (b"\x1f\x8b", "a gzip archive", UNPACK),
    (b"BZh", "a bzip2 archive", UNPACK),
    (b"\xfd7zXZ\x00", "an xz archive", UNPACK),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive", UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", UNPACK),
    (b"Rar!\x1a\x07", "a RAR archive", UNPACK),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Office file", EXPORT),
    (b"\x89HDF\r\n", "an HDF5 file", WANTED),
    (b"SQLite format 3\x00", "an SQLite database", WANTED),
    (b"ARROW1\x00", "a Feather (Arrow) file", "save it as Parquet or CSV"),
    (b"PARE", "an encrypted Parquet file", "save it without encryption"),
    (b"\x7fELF", "a program", WANTED),
    (b"Obj\x01", "an Avro file", "save it as Parquet or CSV"),
    (b"{\\rtf", "a rich-text document", WANTED),
)
"""First bytes, what they mean, what to do. Prefixes that are plain letters must not begin a believable header."""

MARKUP = re.compile(rb"<(!doctype html|html|head|body|table|div|script|p>|!--)", re.IGNORECASE)
XML = re.compile(rb"<(\?xml|svg|!doctype)", re.IGNORECASE)
JSON = re.compile(rb"(\{\s*[\"}]|\[\s*[\[{\"\d\].-])")
OLD_PICKLE = re.compile(rb"(c[\w.]+\n[\w.]+\n|\(?[ild]p?\d*\n|\(c[\w.]+\n)")


def identify(name: str, raw: bytes) -> Format:
    """Which reader the bytes are for; ReadError for those that no reader takes, empty or too large ones included."""
    if len(raw) > MAX_BYTES:
        raise ReadError(
            f"{name} has {len(raw) / 1e6:,.1f} MB and the limit is {MAX_BYTES / 1e6:.0f} MB; upload a sample of its rows."
        )
    if not raw.strip():
        raise ReadError(f"{name} is empty; choose a file that holds a table.")
    if raw.startswith(b"\x93NUMPY"):
        return "npy"
    if raw.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return "zip"
    if raw.startswith(b"PAR1") and raw[4:5] not in (b",", b";", b"\t", b"|", b"\r", b"\n"):
        return "parquet"
    what, advice = foreign(raw)
    if what:
        raise ReadError(f"This is {what} named {name}; {advice}.")
    check_lines(raw)
    return "text"


def foreign(raw: bytes) -> tuple[str, str]:
    """What the bytes are and what to do, for formats that are known but not read; empty words for all others."""
    for magic, what, advice in MAGIC:
        if raw.startswith(magic):
            return what, advice
    head = raw[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    if raw[:1] == b"\x80" and raw[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05"):
        return "a Python pickle", PICKLED
    if OLD_PICKLE.match(head) and raw.rstrip().endswith(b"."):
        return "a Python pickle", PICKLED
    length = int.from_bytes(raw[:8], "little")
    if raw[8:10] == b'{"' and length > 1:
        return "a safetensors file", "it holds a model's weights, and " + WANTED
    if raw[:4] == b"RIFF" or raw[4:8] == b"ftyp":
        return "a picture, sound or film", WANTED
    if raw[:2] in (b"BM", b"MZ") and b"\x00" in raw[:16]:
        return ("a BMP image" if raw[:2] == b"BM" else "a program"), WANTED
    if raw[257:262] == b"ustar":
        return "a tar archive", UNPACK
    if raw.startswith(b"MATLAB 5.0"):
        return "a MATLAB file", WANTED
    if MARKUP.match(head):
        return "a web page (HTML)", WANTED
    if XML.match(head):
        return ("an SVG image" if b"<svg" in head.lower() else "an XML document"), WANTED
    if JSON.match(head):
        return "a JSON document", "save the records as CSV, one row each"
    return "", ""


def check_lines(raw: bytes) -> None:
    """Raise ReadError for a first line with too many separators or any line that is too long."""
    ends = np.flatnonzero(np.isin(np.frombuffer(raw, np.uint8), (10, 13)))
    first = raw[: ends[0]] if len(ends) else raw
    columns = 1 + max(first.count(mark) for mark in (b",", b";", b"\t", b"|"))
    if columns > MAX_COLUMNS:
        hint = "; it may be lying on its side" if len(ends) < 4 else ""
        raise ReadError(
            f"The first line has {columns:,} columns and the limit is {MAX_COLUMNS:,}{hint}; "
            "keep the columns you need, one row a line."
        )
    lengths = np.diff(ends, prepend=-1, append=len(raw)) - 1
    longest = int(lengths.argmax())
    if lengths[longest] > MAX_LINE:
        line = (
            1 + raw[: ends[longest - 1] + 1].replace(b"\r\n", b"\n").replace(b"\r", b"\n").count(b"\n")
            if longest
            else 1
        )
        raise ReadError(
            f"Line {line:,} is {lengths[longest] / 1e6:.1f} MB long and the limit is {MAX_LINE / 1e6:.0f} MB; "
            "put each row on a line of its own."
        )
