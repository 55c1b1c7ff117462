"""Reading a stranger's pictures: `read_pictures(filename, raw)` is RawPictures or one clear sentence.

    bytes -> length and first bytes (instant) -> a child process, its memory and time limited -> a checked reply

The format is decided by the content: PNG, JPEG, WebP, IDX, gzip of IDX or NPY, NPY, and a ZIP of any of these (NPZ
included). The child is that of `core.data.confined`. `parse_pictures` is the reading itself, pure and in process: it is what
the child runs and what the tests throw bytes at. Several files are read as one by putting them into a ZIP: `bundle`.
"""

import hashlib
import io
import zipfile
from collections.abc import Mapping
from dataclasses import replace

from core.data.confined import Follow, confined, unwatched
from core.data.readers.idx import GZIP, gunzip, is_idx, read_idx
from core.data.readers.pictures import wire
from core.data.readers.pictures.archive import WANTED, gather, read_zip, stem
from core.data.readers.pictures.arrays import array_of, understand
from core.data.readers.pictures.picture import decode, is_picture
from core.data.readers.pictures.raw import MAX_INFLATED, MAX_UPLOAD, RawPictures
from core.data.readers.sniff import foreign
from core.data.readers.table import ReadError, display_name

CHILD = "core.data.readers.pictures.child"


def read_pictures(filename: str, raw: bytes, follow: Follow = unwatched) -> RawPictures:
    """The pictures in `raw`, read by a confined child; ReadError, in one sentence for the person, for anything else.

    Arguments:
        filename: what the file was called, any string; shown after cleaning, never used as a path.
        raw: its bytes, at most 32 MB.
        follow: is told several times a second what is being done; what it raises ends the reading.
    """
    name = display_name(filename)
    check(name, raw)
    reply = confined(name, raw, CHILD, "upload fewer or smaller pictures", follow=follow)
    try:
        return wire.unpack(reply)
    except ReadError:
        raise
    except ValueError:
        raise ReadError(f"Reading {name} failed within a library; save the pictures as PNG and try again.") from None


def parse_pictures(filename: str, raw: bytes) -> RawPictures:
    """As `read_pictures`, in this process, with no bound on time and memory but the formats' own."""
    name = display_name(filename)
    check(name, raw)
    content = gunzip(name, raw, MAX_INFLATED) if raw.startswith(GZIP) else raw
    if is_picture(content):
        found = gather(name, [(name, decode(name, content))], [])
    elif is_idx(content):
        found = understand(name, [(stem(name), read_idx(name, content))], [])
    elif content.startswith(b"\x93NUMPY"):
        found = understand(name, [(stem(name), array_of(name, content))], [])
    elif content is raw:
        found = read_zip(name, raw)
    else:
        raise ReadError(f"{name} holds {foreign(content)[0] or 'neither pictures nor an array'}; {WANTED}.")
    return replace(found, digest=hashlib.sha256(raw).hexdigest()[:12])


def check(name: str, raw: bytes) -> None:
    """Raise ReadError for bytes that no reader takes, empty or too large ones included."""
    if len(raw) > MAX_UPLOAD:
        raise ReadError(
            f"{name} has {len(raw) / 1e6:,.1f} MB and the limit is {MAX_UPLOAD / 1e6:.0f} MB; upload fewer pictures."
        )
    if not raw:
        raise ReadError(f"{name} is empty; choose a file that holds pictures.")
    if not (is_picture(raw) or is_idx(raw) or raw.startswith((GZIP, b"\x93NUMPY", b"PK\x03\x04", b"PK\x05\x06"))):
        raise ReadError(f"{name} is {foreign(raw)[0] or 'no picture'}; {WANTED}.")


def bundle(files: Mapping[str, bytes]) -> tuple[str, bytes]:
    """Several files as one: a name for them and a ZIP that holds them; one file as it is."""
    if len(files) == 1:
        return next(iter(files.items()))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for filename, raw in files.items():
            archive.writestr(zipfile.ZipInfo(display_name(filename)), raw)  # a fixed date, so the same bytes each time
    return f"{display_name(next(iter(files)))} and {len(files) - 1} more", packed.getvalue()
