"""Every hostile file of pictures is one sentence, within bounds, and the good pictures beside a bad one are kept."""

import gzip
import io
import re
import stat
import struct
import subprocess
import sys
import time
import zipfile
import zlib

import numpy as np
import pytest
from PIL import Image

from core.data import confined, read_pictures
from core.data.confined import ROOT
from core.data.read import ReadError
from core.data.readers import wire
from core.data.readers.pictures import raw as raw_pictures
from core.data.readers.pictures import wire as picture_wire
from core.data.readers.pictures.raw import MAX_ENTRIES, MAX_PIXELS, MAX_UPLOAD
from core.data.readers.pictures.read import parse_pictures
from tests.core.data.readers.pictures.test_read import COLOUR, GREY, LABELS, encoded, idx, pngs
from tests.core.data.readers.test_hostile import archive, header, npy, npz, overlapping

GOOD = encoded(GREY[0])


def png(width, height, body=b"", depth=8, colour=0):
    """A PNG whose header claims a size."""
    out = b"\x89PNG\r\n\x1a\n"
    shape = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    for name, content in ((b"IHDR", shape), (b"IDAT", body), (b"IEND", b"")):
        out += struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
    return out


def jpeg(width, height):
    """A JPEG whose frame header claims a size."""
    raw = encoded(COLOUR[0], "JPEG")
    place = raw.index(b"\xff\xc0") + 5
    return raw[:place] + struct.pack(">HH", height, width) + raw[place + 4 :]


def webp(width, height):
    """A WebP whose extended header claims a size."""
    body = (
        b"VP8X"
        + struct.pack("<I", 10)
        + bytes(4)
        + (width - 1).to_bytes(3, "little")
        + (height - 1).to_bytes(3, "little")
    )
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


def entry(name, mode=0, **settings):
    """The description of a ZIP entry."""
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    for key, value in settings.items():
        setattr(info, key, value)
    return info


def protected():
    """A ZIP whose entry claims to be encrypted."""
    raw = bytearray(archive([("a.png", GOOD)]))
    raw[6] |= 1
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    return bytes(raw)


def bomb(size):
    """A gzip file of zeros."""
    return gzip.compress(bytes(size), mtime=0)


REFUSED = {
    "empty": (b"", "x is empty; choose a file that holds pictures."),
    "words": (b"hello there", "x is no picture; PNG, JPEG, WebP, IDX, NPY, NPZ or a ZIP of them is needed."),
    "gif": (b"GIF89a" + bytes(20), "x is a GIF image;"),
    "tiff": (b"II*\0" + bytes(20), "x is a TIFF image;"),
    "pdf": (b"%PDF-1.7\n", "x is a PDF document;"),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "x is an SVG image;"),
    "heic": (b"\0\0\0\x18ftypheic" + bytes(20), "x is a picture, sound or film;"),
    "csv": (b"a,b\n1,2\n", "x is no picture;"),
    "png-head-only": (b"\x89PNG\r\n\x1a\n", "x is damaged or cut short; save it again."),
    "png-cut-short": (encoded(np.tile(COLOUR[0], (9, 9, 1)))[:-200], "damaged or cut short"),
    "jpeg-cut-short": (encoded(np.tile(COLOUR[0], (9, 9, 1)), "JPEG")[:-200], "damaged or cut short"),
    "webp-cut-short": (encoded(np.tile(COLOUR[0], (9, 9, 1)), "WEBP")[:-200], "damaged or cut short"),
    "png-no-data": (png(9, 9), "damaged or cut short"),
    "png-of-no-size": (png(0, 9), "damaged or cut short"),
    "png-1e9": (png(40_000, 25_000), "x claims 40,000 x 25,000 pixels and the limit is 25 million; make it smaller."),
    "png-4e18": (png(2**31 - 1, 2**31 - 1), "x claims 2,147,483,647 x 2,147,483,647 pixels"),
    "jpeg-4e9": (jpeg(65_500, 65_500), "x claims more pixels than are ever decoded; make it smaller."),
    "jpeg-1e8": (jpeg(10_000, 10_000), "x claims 10,000 x 10,000 pixels"),
    "webp-3e8": (webp(16_383, 16_383), "x claims 16,383 x 16,383 pixels"),
    "png-bomb": (png(40_000, 40_000, zlib.compress(bytes(10_000_000))), "claims 40,000 x 40,000 pixels"),
    "one-pixel-high": (
        encoded(Image.new("L", (5000, 1))),
        "x would be kept at 5,000 x 1 pixels and the limit is 4,096 a side; cut it into pieces.",
    ),
    "idx-cut-short": (idx(GREY)[:-1], "claims 12 x 9 x 7 x 1 bytes but 755 follow; it is damaged or cut short"),
    "idx-too-long": (idx(GREY) + b"x", "claims 12 x 9 x 7 x 1 bytes but 757 follow"),
    "idx-of-1e28": (b"\0\0\x08\x03" + b"\xff" * 12, "but 0 follow"),
    "idx-no-sizes": (b"\0\0\x08\x03\0\0", "but 0 follow"),
    "idx-floats": (b"\0\0\x0d\x03" + bytes(12), "IDX file of floating-point numbers; save it as unsigned bytes"),
    "idx-none": (b"\0\0\x08\x03" + bytes(12), "x is empty, with shape (0, 0, 0)"),
    "labels-alone": (idx(LABELS), "x holds labels alone; upload the pictures with them"),
    "gz-bomb": (bomb(200_000_000), "x brings what is unpacked beyond 128 MB, which is the limit; keep fewer pictures."),
    "gz-cut-short": (gzip.compress(idx(GREY))[:-20], "x is cut short; fetch it again."),
    "gz-damaged": (gzip.compress(idx(GREY))[:-8] + bytes(8), "x is damaged; pack it again with gzip."),
    "gz-of-gz": (gzip.compress(gzip.compress(idx(GREY))), "x holds a gzip archive;"),
    "gz-of-words": (gzip.compress(b"hello"), "x holds neither pictures nor an array;"),
    "gz-of-tar": (gzip.compress(bytes(257) + b"ustar" + bytes(250)), "x holds a tar archive;"),
    "gz-of-zip": (gzip.compress(pngs(GREY)), "x holds"),
    "npy-2d": (npy(np.ones((5, 4))), "x has the shape (5, 4); pictures need (n, height, width)"),
    "npy-5d": (npy(np.ones((1, 1, 2, 2, 2))), "x has the shape (1, 1, 2, 2, 2)"),
    "npy-5-channels": (npy(np.ones((9, 8, 8, 5))), "x has the shape (9, 8, 8, 5)"),
    "npy-negative": (npy(-np.ones((9, 8, 8))), "x has numbers from −1 to −1; pictures need 0 to 1 or 0 to 255."),
    "npy-large": (npy(np.full((9, 8, 8), 256.0)), "x has numbers from 256 to 256"),
    "npy-larger": (npy(np.full((9, 8, 8), 65_536)), "x has numbers from 65,536 to 65,536"),
    "npy-nan": (npy(np.full((9, 8, 8), np.nan)), "numbers that are missing or infinite; replace them."),
    "npy-empty": (npy(np.ones((0, 8, 8))), "x is empty, with shape (0, 8, 8)"),
    "npy-objects": (
        npy(np.array([None] * 8).reshape(2, 2, 2), allow_pickle=True),
        "which can run code and are never opened",
    ),
    "npy-lies": (
        header("{'descr': '<f8', 'fortran_order': False, 'shape': (60000, 28, 28), }\n", b"\0" * 80),
        "claims 376,320,000 bytes of numbers but the file holds 80",
    ),
    "npz-words-alone": (npz(w=np.array(["a"])), "holds words; save a plain array of numbers."),
    "npz-float-labels": (npz(y=np.array([0.5, 1])), "y is no picture, and as labels its numbers must be whole."),
    "zip-damaged": (b"PK\x03\x04" + bytes(60), "x is a damaged ZIP archive; make it again."),
    "zip-cut-short": (pngs(GREY)[:-30], "x is a damaged ZIP archive"),
    "zip-empty": (archive([]), "x is an empty ZIP archive; put pictures into it."),
    "zip-of-litter": (archive([("__MACOSX/a.png", GOOD), (".DS_Store", b"x")]), "x is an empty ZIP archive"),
    "zip-of-100,000": (
        archive([("a.png", GOOD)]) + b"PK\x01\x02" * 100_000,
        "x is a ZIP archive of more than 20,000 entries;",
    ),
    "zip-bomb": (
        archive([("a.png", bytes(130_000_000))], zipfile.ZIP_DEFLATED),
        "unpacks to 130 MB and the limit is 128 MB",
    ),
    "zip-overlap": (overlapping(), "has entries that overlap, as only a forged archive has"),
    "zip-protected": (protected(), "x is protected by a password; save it without one."),
    "zip-of-words": (archive([("a.txt", b"hello")]), "a.txt is no picture; PNG, JPEG, WebP, IDX and NPY are read."),
    "zip-of-words-2": (
        archive([("a.txt", b"a"), ("b", b"b")]),
        "x holds no picture; the first of its files: a.txt is no",
    ),
    "zip-of-1e9": (archive([("a.png", png(40_000, 25_000))]), "a.png claims 40,000 x 25,000 pixels"),
    "zip-gz-bomb": (archive([("a.gz", bomb(200_000_000))]), "a.gz brings what is unpacked beyond 128 MB"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_every_hostile_file_is_one_sentence(case):
    raw, wanted = REFUSED[case]
    start = time.process_time()
    with pytest.raises(ReadError) as caught:
        parse_pictures("x", raw)
    assert wanted in str(caught.value)
    assert re.fullmatch(r"[^\n]{10,200}[^.]\.", str(caught.value))
    assert time.process_time() - start < 5


LEFT_OUT = {
    "traversal": (("../../evil.png", GOOD), "evil.png has a name that leads out of the archive."),
    "traversal-inside": (("a/../b.png", GOOD), "b.png has a name that leads out of the archive."),
    "traversal-windows": (("..\\b.png", GOOD), "b.png has a name that leads out of the archive."),
    "absolute": (("/etc/b.png", GOOD), "b.png has a name that leads out of the archive."),
    "drive": (("C:\\b.png", GOOD), "b.png has a name that leads out of the archive."),
    "link": ((entry("b.png", stat.S_IFLNK | 0o777), b"/etc/passwd"), "b.png is a link, not a picture."),
    "same-name": (("0.png", GOOD), "0.png has the name of an earlier file."),
    "words": (("b.txt", b"hello"), "b.txt is no picture; PNG, JPEG, WebP, IDX and NPY are read."),
    "gif": (("b.gif", b"GIF89a" + bytes(9)), "b.gif is a GIF image; PNG, JPEG, WebP, IDX and NPY are read."),
    "nested": (("b.zip", pngs(GREY)), "b.zip is a ZIP archive among other files; upload it by itself."),
    "empty": (("b.png", b""), "b.png is empty."),
    "cut-short": (("b.png", GOOD[:-30]), "b.png is damaged or cut short; save it again."),
    "large": (
        ("b.png", png(40_000, 25_000)),
        "b.png claims 40,000 x 25,000 pixels and the limit is 25 million; make it smaller.",
    ),
    "gz-bomb": (
        ("b.gz", bomb(200_000_000)),
        "b.gz brings what is unpacked beyond 128 MB, which is the limit; keep fewer pictures.",
    ),
    "array": (("b.npy", npy(GREY)), "b is an array among pictures; upload it by itself."),
    "bzip2": (
        (entry("b.png", compress_type=zipfile.ZIP_BZIP2), GOOD),
        "b.png is compressed by a method that is not read here.",
    ),
    "control": (("b\x00\u202e\x1b.png", b"x"), None),
}


@pytest.mark.parametrize("case", LEFT_OUT)
def test_the_good_pictures_beside_a_bad_file_are_kept(case):
    bad, sentence = LEFT_OUT[case]
    good = [(f"{i}.png", encoded(one)) for i, one in enumerate(GREY[:3])]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, content in [*good, bad]:
            file.NameToInfo.pop(name if isinstance(name, str) else "", None)
            file.writestr(name, content, name.compress_type if isinstance(name, zipfile.ZipInfo) else None)
    raw = parse_pictures("x", out.getvalue())
    assert [raw[i].tolist() for i in range(3)] == GREY[:3].tolist()
    assert raw.lost == 1
    assert raw.left_out == (sentence,) or (sentence is None and raw.left_out[0].isprintable())


def test_a_damaged_entry_is_left_out():
    raw = bytearray(pngs(GREY[:3]))
    raw[raw.index(b"1.png") + 30] ^= 0xFF
    found = parse_pictures("x", bytes(raw))
    assert (len(found), found.left_out) == (2, ("1.png is damaged within the archive; pack it again.",))


def test_an_entry_that_holds_more_than_it_declares_is_never_unpacked_whole():
    true = archive([("0.png", GOOD), ("b.png", bytes(50_000_000))], zipfile.ZIP_DEFLATED)
    lying = true.replace(struct.pack("<L", 50_000_000), struct.pack("<L", 5000))
    found = parse_pictures("x", lying)
    assert (len(found), found.left_out) == (1, ("b.png is damaged within the archive; pack it again.",))


def test_sentences_are_counted_beyond_the_first_twenty():
    entries = [(f"{i}.txt", b"hello") for i in range(30)]
    found = parse_pictures("x", archive([("a.png", GOOD), *entries]))
    assert (len(found.left_out), found.lost) == (20, 30)


# Each limit holds at its value and breaks one beyond it.


def test_the_length_of_a_file(monkeypatch):
    raw = pngs(GREY)
    monkeypatch.setattr("core.data.readers.pictures.read.MAX_UPLOAD", len(raw))
    assert len(parse_pictures("x", raw)) == 12
    with pytest.raises(ReadError, match=r"x has 0\.0 MB and the limit is"):
        parse_pictures("x", raw + b"\0")
    assert MAX_UPLOAD == 32_000_000


def test_the_number_of_entries(monkeypatch):
    monkeypatch.setattr("core.data.readers.pictures.archive.MAX_ENTRIES", 12)
    assert len(parse_pictures("x", pngs(GREY))) == 12
    with pytest.raises(ReadError, match="more than 12 entries"):
        parse_pictures("x", archive([(f"{i}.png", GOOD) for i in range(13)]))
    assert MAX_ENTRIES == 20_000


def test_the_pixels_of_a_picture(monkeypatch):
    monkeypatch.setattr(raw_pictures, "MAX_PIXELS", 63)
    for kind in ("PNG", "JPEG", "WEBP"):
        assert len(parse_pictures("x", encoded(GREY[0], kind))) == 1
        with pytest.raises(ReadError, match="claims 8 x 8 pixels"):
            parse_pictures("x", encoded(np.zeros((8, 8), np.uint8), kind))
    assert MAX_PIXELS == 25_000_000


@pytest.mark.parametrize("limit", ["MAX_PIXELS_IN_ALL", "MAX_KEPT"])
def test_the_pixels_in_all(monkeypatch, limit):
    monkeypatch.setattr(f"core.data.readers.pictures.archive.{limit}", 12 * 63)
    assert len(parse_pictures("x", pngs(GREY))) == 12
    monkeypatch.setattr(f"core.data.readers.pictures.archive.{limit}", 12 * 63 - 1)
    with pytest.raises(ReadError, match="upload fewer or smaller ones"):
        parse_pictures("x", pngs(GREY))


@pytest.mark.parametrize("raw", [npy(GREY), npz(a=GREY[:6], b=GREY[6:]), idx(GREY)], ids=["npy", "npz", "idx"])
def test_the_numbers_of_arrays(monkeypatch, raw):
    monkeypatch.setattr("core.data.readers.pictures.arrays.MAX_KEPT", 12 * 63)
    assert len(parse_pictures("x", raw)) == 12
    monkeypatch.setattr("core.data.readers.pictures.arrays.MAX_KEPT", 12 * 63 - 1)
    with pytest.raises(ReadError, match="keep fewer pictures"):
        parse_pictures("x", raw)


def test_the_bytes_unpacked(monkeypatch):
    raw, packed = idx(GREY), gzip.compress(idx(GREY))
    for module in ("readers.pictures.archive", "readers.idx", "readers.pictures.read"):
        monkeypatch.setattr(f"core.data.{module}.MAX_INFLATED", len(raw))
    zipped = archive([("a", raw)], zipfile.ZIP_DEFLATED)
    assert len(parse_pictures("x", zipped)) == 12
    with pytest.raises(ReadError, match="unpacks to 0 MB and the limit is"):
        parse_pictures("x", archive([("a", raw + b"\0")], zipfile.ZIP_DEFLATED))
    assert len(parse_pictures("x", packed)) == 12
    with pytest.raises(ReadError, match="beyond 0 MB"):
        parse_pictures("x", gzip.compress(raw + b"\0"))
    blank = gzip.compress(bytes(len(raw) - 100))
    assert "b.gz brings" in parse_pictures("x", archive([("a.png", GOOD), ("b.gz", blank)])).left_out[0]


def test_the_number_of_classes(monkeypatch):
    for module in ("archive", "arrays"):
        monkeypatch.setattr(f"core.data.readers.pictures.{module}.MAX_CLASSES", 3)
    assert parse_pictures("x", pngs(GREY, list("abc") * 4)).classes == ("a", "b", "c")
    assert parse_pictures("x", pngs(GREY, list("abcd") * 3)).notes == (
        "No labels: there are 4 folders, and 3 is the limit.",
    )
    assert parse_pictures("x", npz(x=GREY, y=LABELS)).labels is not None
    assert parse_pictures("x", npz(x=GREY, y=np.arange(12))).notes[-1].startswith("No labels: y has 12 values")


# The child


MEASURE = """
import resource, sys
from core.data import ReadError, read_pictures
raw = open(sys.argv[1], "rb").read()
try:
    print(len(read_pictures("x", raw)))
except ReadError as error:
    print(error)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime)
print(used.ru_maxrss * 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="address space is limited on Linux")
@pytest.mark.parametrize("case", ["gz-bomb", "zip-gz-bomb", "large", "webp-3e8"])
def test_a_bomb_stays_within_time_and_memory(tmp_path, case):
    raw = REFUSED[case][0] if case in REFUSED else png(5000, 5000, zlib.compress(bytes(5001 * 5000)))
    (tmp_path / "x").write_bytes(raw)
    command = [sys.executable, "-c", MEASURE, str(tmp_path / "x")]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    sentence, seconds, peak = done.stdout.splitlines()
    assert sentence == "1" or REFUSED[case][1] in sentence
    assert float(seconds) < 5
    assert int(peak) < 600_000_000


def test_a_reader_that_dies_or_lies_is_one_sentence(monkeypatch):
    for reply in (b"", b"x" * 99, wire.frame({"name": "x"}, []), wire.frame({"error": "No."}, [b"x"])[:-9]):
        monkeypatch.setattr("core.data.readers.pictures.read.confined", lambda *_, reply=reply, **__: reply)
        with pytest.raises(ReadError, match="^Reading x failed within a library; save the pictures as PNG"):
            read_pictures("x", GOOD)


def test_a_late_reader_is_told_of_pictures(monkeypatch):
    monkeypatch.setattr(confined, "PATIENCE", 0.0)
    monkeypatch.setattr(confined, "SLICE", 0.0)
    with pytest.raises(confined.Passing, match=r"is busy; try again, or upload fewer or smaller pictures\.$"):
        read_pictures("x", GOOD)
    monkeypatch.undo()
    assert len(read_pictures("x", GOOD)) > 0


def test_a_reply_that_was_tampered_with_is_no_reading():
    reply = picture_wire.pack(parse_pictures("x", npz(x=GREY, y=LABELS)))
    for bad in (reply[:-1], reply + b"x", reply.replace(b'"n": 12', b'"n": 13'), reply.replace(b'"n": 12', b'"n": -1')):
        with pytest.raises(ValueError, match=r".") as caught:
            picture_wire.unpack(bad)
        assert not isinstance(caught.value, ReadError)


def test_reading_loads_no_heavy_library_into_the_page():
    code = "import sys, core.data, core.data.picture_clinic; print({'pyarrow', 'pandas', 'torch'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == "set()\n"
