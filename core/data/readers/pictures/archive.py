"""A ZIP of pictures, of IDX files or of NPY arrays: the directory is audited before a byte is inflated.

The good entries are kept and counted; each of the others is a sentence: no picture, damaged, too large, a link, a name
that leaves the archive, a second of the same name, an archive itself. Names are shown and split into folders, never
opened. A level of folders names the classes (`core.data.readers.pictures.folders`).
"""

import io
import stat
import zipfile
from collections import Counter

import numpy as np

from core.data.readers.idx import GZIP, gunzip, is_idx, read_idx
from core.data.readers.npz import BROKEN, PIECE, UNREADABLE, check_overlap
from core.data.readers.pictures.arrays import Array, array_of, understand
from core.data.readers.pictures.folders import Folders, folders_of, naming, parts_of
from core.data.readers.pictures.picture import Decoded, decode, is_picture
from core.data.readers.pictures.raw import (
    MAX_CLASSES,
    MAX_ENTRIES,
    MAX_INFLATED,
    MAX_KEPT,
    MAX_PIXELS_IN_ALL,
    MAX_SENTENCES,
    Picture,
    RawPictures,
    count,
    numbered,
)
from core.data.readers.sniff import foreign
from core.data.readers.table import ReadError, clean

WANTED = "PNG, JPEG, WebP, IDX, NPY, NPZ or a ZIP of them is needed"
INSIDE = "PNG, JPEG, WebP, IDX and NPY are read"
LITTER = ("__MACOSX/", ".")


def read_zip(name: str, raw: bytes) -> RawPictures:
    """The pictures in an archive; ReadError if there are none, or if the archive itself is not to be trusted."""
    entries, left_out = audit(name, raw)
    pictures: list[tuple[str, Decoded]] = []
    arrays: list[tuple[str, Array]] = []
    pixels = kept = 0
    inflated = MAX_INFLATED
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        for entry in entries:
            shown = clean(parts(entry.filename)[-1], 40)
            try:
                content = inflate(archive, entry, shown)
                if content.startswith(GZIP):
                    content = gunzip(shown, content, inflated)
                inflated -= len(content)
                if not is_picture(content):
                    arrays.append((stem(shown), entry_array(shown, content)))
                    continue
                one = decode(shown, content)
            except ReadError as error:
                left_out.append(str(error))
                continue
            pixels, kept = pixels + one.found[0] * one.found[1], kept + one.pixels.size
            if pixels > MAX_PIXELS_IN_ALL or kept > MAX_KEPT:
                most = f"{MAX_PIXELS_IN_ALL / 1e6:.0f} million pixels or {MAX_KEPT / 1e6:.0f} million kept numbers"
                raise ReadError(f"The pictures in {name} have more than {most}; upload fewer or smaller ones.")
            pictures.append((entry.filename, one))
    if pictures:
        left_out += [f"{member} is an array among pictures; upload it by itself." for member, _ in arrays]
        return gather(name, pictures, left_out)
    if arrays:
        return understand(name, arrays, left_out)
    raise ReadError(
        left_out[0] if len(left_out) == 1 else f"{name} holds no picture; the first of its files: {left_out[0]}"
    )


def audit(name: str, raw: bytes) -> tuple[list[zipfile.ZipInfo], list[str]]:
    """The entries worth opening and a sentence on each other one; ReadError for an archive that is not sound."""
    if raw.count(b"PK\x01\x02") > MAX_ENTRIES:
        raise ReadError(
            f"{name} is a ZIP archive of more than {MAX_ENTRIES:,} entries; upload a sample of the pictures."
        )
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            entries, directory = archive.infolist(), archive.start_dir
    except BROKEN:
        raise ReadError(f"{name} {UNREADABLE}.") from None
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise ReadError(f"{name} is protected by a password; save it without one.")
    size = sum(entry.file_size for entry in entries)
    if size > MAX_INFLATED:
        raise ReadError(
            f"{name} unpacks to {size / 1e6:,.0f} MB and the limit is {MAX_INFLATED / 1e6:.0f} MB; keep fewer pictures."
        )
    check_overlap(name, raw, entries, directory)
    wanted, left_out, seen = [], [], set()
    for entry in entries:
        if entry.is_dir() or any(part.startswith(LITTER) and part != ".." for part in parts(entry.filename)[-1:]):
            continue
        if entry.filename.startswith("__MACOSX/"):
            continue
        problem = "has the name of an earlier file" if entry.filename in seen else refusal(entry)
        seen.add(entry.filename)
        if problem:
            left_out.append(f"{clean(parts(entry.filename)[-1], 40) or 'A file without a name'} {problem}.")
        else:
            wanted.append(entry)
    if not wanted and not left_out:
        raise ReadError(f"{name} is an empty ZIP archive; put pictures into it.")
    return wanted, left_out


def refusal(entry: zipfile.ZipInfo) -> str:
    """Why an entry is not opened, or nothing."""
    folders = parts(entry.filename)
    if ".." in folders or folders[0] == "" or ":" in folders[0] or not clean(folders[-1]):
        return "has a name that leads out of the archive"
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "is a link, not a picture"
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "is compressed by a method that is not read here"
    return ""


def parts(filename: str) -> list[str]:
    """The folders and the last name of an entry."""
    return filename.replace("\\", "/").split("/")


def stem(shown: str) -> str:
    """A file's name as that of an array."""
    return shown.removesuffix(".gz").removesuffix(".npy")


def inflate(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, shown: str) -> bytes:
    """The content of an entry, piece by piece and never more than it declares; ReadError if it is damaged."""
    pieces = []
    try:
        with archive.open(entry) as stream:
            while piece := stream.read(PIECE):
                pieces.append(piece)
    except BROKEN:
        raise ReadError(f"{shown} is damaged within the archive; pack it again.") from None
    return b"".join(pieces)


def entry_array(shown: str, content: bytes) -> Array:
    """The array in an entry that is no picture; ReadError if it is none either."""
    if is_idx(content):
        return read_idx(shown, content)
    if content.startswith(b"\x93NUMPY"):
        return array_of(stem(shown), content)
    if not content:
        raise ReadError(f"{shown} is empty.")
    if content.startswith(b"PK\x03\x04"):
        raise ReadError(f"{shown} is a ZIP archive among other files; upload it by itself.")
    raise ReadError(f"{shown} is {foreign(content)[0] or 'no picture'}; {INSIDE}.")


def gather(name: str, pictures: list[tuple[str, Decoded]], left_out: list[str]) -> RawPictures:
    """Decoded pictures as one reading, what was done to them counted, and what their folders say."""
    remarks = Counter(remark for _, one in pictures for remark in one.remarks)
    n = len(pictures)
    said = [f"{count(times)}{f' of {n:,}' * (n > 1)}: {remark}." for remark, times in remarks.items()]
    found = folders_of([clean(part, 40) for part in parts(path)[:-1]] for path, _ in pictures)
    labels, classes, note = classed(found)
    deep = any(one.pixels.dtype == np.uint16 for _, one in pictures)
    return RawPictures(
        name,
        np.concatenate([(deepened(one.pixels) if deep else one.pixels).reshape(-1) for _, one in pictures]),
        np.array([one.pixels.shape for _, one in pictures], dtype=np.int64),
        np.array([one.found for _, one in pictures], dtype=np.int64),
        labels,
        classes,
        notes=(*said, *note),
        left_out=tuple(left_out[:MAX_SENTENCES]),
        lost=len(left_out),
        span=(0.0, 65535.0 if deep else 255.0),
        folders=found,
        parts=None if found is None else parts_of(found),
    )


def deepened(pixels: Picture) -> Picture:
    """Levels in 16 bits: those of 8 times 257, so that white stays white."""
    return pixels if pixels.dtype == np.uint16 else pixels.astype(np.uint16) * np.uint16(257)


def classed(found: Folders | None) -> tuple[np.ndarray | None, tuple[str, ...], list[str]]:
    """The class of each picture, the classes and what is said of them, if a level of folders names some."""
    level = None if found is None else naming(found, MAX_CLASSES)
    if found is None or level is None:
        some = found is not None and bool((found.places[:, -1] < 0).any())
        return None, (), ["No labels: some pictures lie in a folder and some do not."] * some
    different = len(found.different(level))
    if different > MAX_CLASSES:
        return None, (), [f"No labels: there are {different:,} folders, and {MAX_CLASSES} is the limit."]
    return *numbered(found.words(level)), []
