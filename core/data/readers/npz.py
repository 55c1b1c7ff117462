"""NPZ files, that is ZIP archives of NPY files: the directory is audited before a byte is inflated.

Refused: more entries than a table needs, declared or real sizes over the limit, ratios only a bomb has, two entries of
one name, entries that overlap in the file (CPython before 3.11.8 accepts them, CVE-2024-0450), encryption, and methods
other than stored and deflated. Entries are inflated in memory, in bounded pieces; their names are shown, never opened.
"""

import io
import zipfile
import zlib

from core.data.readers.choices import Choices, Decision
from core.data.readers.npy import Array, array_columns, as_array, upright
from core.data.readers.table import MAX_INFLATED, Column, ReadError, Reading, check_size, clean, column_names

MAX_MEMBERS = 2_000
MAX_RATIO = 100
"""The largest ratio of inflated to stored size for an archive that inflates to more than SMALL bytes."""
SMALL = 2_000_000
PIECE = 1 << 20

UNREADABLE = "is a damaged ZIP archive; make it again"
BROKEN = (zipfile.BadZipFile, zlib.error, ValueError, EOFError, OSError, RuntimeError, NotImplementedError, LookupError)
"""What zipfile raises for archives that lie."""


def check_zip(name: str, raw: bytes) -> list[zipfile.ZipInfo]:
    """The NPY entries of an archive whose directory is sound; ReadError for all other archives."""
    if raw.count(b"PK\x01\x02") > MAX_MEMBERS:
        raise ReadError(f"{name} is a ZIP archive of more than {MAX_MEMBERS:,} entries; upload one table.")
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            entries, directory = archive.infolist(), archive.start_dir
    except BROKEN:
        raise ReadError(f"{name} {UNREADABLE}.") from None
    refuse_other_archives(name, [entry.filename for entry in entries])
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise ReadError(f"{name} is protected by a password; save it without one.")
    if any(entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for entry in entries):
        raise ReadError(f"{name} is compressed by a method that is not read here; save it with numpy.savez_compressed.")
    check_sizes(name, entries)
    check_overlap(name, raw, entries, directory)
    return [entry for entry in entries if not junk(entry.filename)]


def junk(name: str) -> bool:
    """Whether an entry is what a Mac or a folder leaves behind."""
    return name.startswith("__MACOSX/") or name.endswith(("/", ".DS_Store"))


def refuse_other_archives(name: str, members: list[str]) -> None:
    """Raise ReadError, naming what it is, for an archive that is not NPZ or names an entry twice."""
    wanted = [member for member in members if not junk(member)]
    if not wanted:
        raise ReadError(f"{name} is an empty ZIP archive; choose a file that holds a table.")
    if "[Content_Types].xml" in members or "mimetype" in members:
        sheet = any(member.startswith("xl/") for member in members)
        what = "an Excel workbook" if sheet else "an office document"
        raise ReadError(f"This is {what} named {name}; save the sheet as CSV and upload that.")
    if any(member.endswith("data.pkl") for member in members):
        raise ReadError(f"This is a PyTorch file named {name}; it may run code and is never opened, so save it as NPY.")
    if len(set(members)) != len(members):
        twice = next(member for i, member in enumerate(members) if member in members[:i])
        raise ReadError(f"{name} has two entries named {clean(twice, 30)}; save each array under its own name.")
    others = [member for member in wanted if not member.endswith(".npy")]
    if others:
        inside = clean(others[0].replace("\\", "/").split("/")[-1], 30)
        raise ReadError(f"{name} is a ZIP archive with {inside} in it, not NPZ; unpack it and upload the table inside.")


def check_sizes(name: str, entries: list[zipfile.ZipInfo]) -> None:
    """Raise ReadError if the declared sizes are too large, or too large for what is stored."""
    inflated, stored = sum(e.file_size for e in entries), sum(e.compress_size for e in entries)
    if inflated > MAX_INFLATED:
        raise ReadError(
            f"{name} inflates to {inflated / 1e6:,.0f} MB and the limit is {MAX_INFLATED / 1e6:.0f} MB; save fewer rows."
        )
    if inflated > SMALL and inflated > MAX_RATIO * stored:
        raise ReadError(
            f"{name} inflates to {inflated // max(stored, 1):,} times its size and the limit is {MAX_RATIO}; "
            "save it with numpy.savez."
        )


def check_overlap(name: str, raw: bytes, entries: list[zipfile.ZipInfo], directory: int) -> None:
    """Raise ReadError unless every entry lies in its own stretch of the file, before the directory."""
    free = 0
    for entry in sorted(entries, key=lambda e: e.header_offset):
        start = entry.header_offset
        local = raw[start : start + 30] if start >= 0 else b""
        if start < free or local[:4] != b"PK\x03\x04" or len(local) < 30:
            raise ReadError(f"{name} has entries that overlap, as only a forged archive has; save it again.")
        lengths = int.from_bytes(local[26:28], "little") + int.from_bytes(local[28:30], "little")
        free = start + 30 + lengths + entry.compress_size
    if free > directory:
        raise ReadError(f"{name} {UNREADABLE}.")


def read_npz(name: str, raw: bytes, choices: Choices) -> Reading:
    """The columns of all arrays of the most common length, in order; ReadError if there is none."""
    arrays, refused = usable_arrays(raw, check_zip(name, raw))
    if not arrays:
        raise ReadError(refused[0] if len(refused) == 1 else f"{name} holds no numeric array of one or two dimensions.")
    decisions: tuple[Decision, ...] = ()
    if len(arrays) == 1:
        member, array = arrays[0]
        array, decisions = upright(array, choices)
        arrays = [(member, array)]
    lengths = [len(array) for _, array in arrays]
    rows = max(lengths, key=lengths.count)
    columns: list[Column] = []
    notes = ["NPZ file: columns are named after their arrays."]
    check_size(rows, sum(array.shape[1] if array.ndim == 2 else 1 for _, array in arrays if len(array) == rows))
    for member, array in arrays:
        if len(array) == rows:
            made, said = array_columns(array, member)
            columns += made
            notes += said
        else:
            refused.append(f"{member} has {len(array):,} rows and not {rows:,}.")
    names, renamed = column_names([column.name for column in columns])
    renumbered = tuple(
        Column(n, c.kind, c.values, c.missing, c.infinite, c.notes) for n, c in zip(names, columns, strict=True)
    )
    left = [f"{len(refused)} arrays are left out, the first because: {refused[0]}"] if refused else []
    return Reading(renumbered, (*dict.fromkeys(notes), *renamed, *left), decisions)


def usable_arrays(raw: bytes, entries: list[zipfile.ZipInfo]) -> tuple[list[tuple[str, Array]], list[str]]:
    """The arrays that make columns, by name, and why the others do not."""
    arrays, refused, left = [], [], MAX_INFLATED
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        for entry in entries:
            member = clean(entry.filename.replace("\\", "/").split("/")[-1].removesuffix(".npy"), 40)
            content = inflate(archive, entry, left, member)
            left -= len(content)
            try:
                if not content.startswith(b"\x93NUMPY"):
                    raise ReadError(f"The entry {member} is not an NPY array; save the arrays again with numpy.savez.")
                arrays.append((member, as_array(member, content)))
            except ReadError as error:
                refused.append(str(error))
    return arrays, refused


def inflate(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limit: int, member: str) -> bytes:
    """The content of an entry, at most `limit` bytes whatever its header says."""
    pieces, size = [], 0
    try:
        with archive.open(entry) as stream:
            while piece := stream.read(PIECE):
                pieces.append(piece)
                size += len(piece)
                if size > limit:
                    raise ReadError(f"The archive inflates to more than {MAX_INFLATED / 1e6:.0f} MB; save fewer rows.")
    except ReadError:
        raise
    except BROKEN:
        raise ReadError(f"The entry {member} is damaged; save the arrays again with numpy.savez.") from None
    return b"".join(pieces)
