"""Whatever the bytes, `parse_pictures` gives RawPictures or a ReadError: no other exception, no warning."""

import gzip
import re
import zipfile

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from core.data.picture_clinic import arrange, propose
from core.data.read import ReadError
from core.data.readers.pictures import wire
from core.data.readers.pictures.cut import Cut
from core.data.readers.pictures.read import parse_pictures
from tests.core.data.readers.pictures.test_read import COLOUR, GREY, LABELS, encoded, idx, pngs
from tests.core.data.readers.test_hostile import archive, npy, npz

quick = settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))

EXIF = Image.Exif()
EXIF[0x0112] = 6
PALETTE = Image.fromarray(COLOUR[0]).quantize(5)
SEEDS = {
    "png": encoded(COLOUR[0], exif=EXIF),
    "png-palette": encoded(PALETTE, transparency=2),
    "png-deep": encoded(Image.fromarray((GREY[0, ..., 0] * 257.0).astype(np.uint16))),
    "png-clear": encoded(np.concatenate([COLOUR[0], GREY[0]], axis=2)),
    "apng": encoded(Image.fromarray(COLOUR[0]), save_all=True, append_images=[Image.fromarray(COLOUR[1])]),
    "jpeg": encoded(COLOUR[0], "JPEG", exif=EXIF),
    "jpeg-progressive": encoded(GREY[0], "JPEG", progressive=True),
    "jpeg-cmyk": encoded(Image.new("CMYK", (9, 9)), "JPEG"),
    "webp": encoded(COLOUR[0], "WEBP", exif=EXIF),
    "webp-lossless": encoded(COLOUR[0], "WEBP", lossless=True),
    "idx": idx(GREY[..., 0]),
    "idx-gz": gzip.compress(idx(GREY[..., 0]), mtime=0),
    "npy": npy(COLOUR / 255),
    "npy-int": npy(GREY.astype(">i2")),
    "npy-rows": npy(np.linspace(-2, 3, 5 * 192).reshape(5, 192)),
    "npy-both": npy(COLOUR[:, :3]),
    "npz": npz(x=GREY, y=LABELS),
    "npz-parts": npz(x_train=GREY[:9] * 16.0, x_test=GREY[9:]),
    "zip": pngs(GREY[:3], list("aba")),
    "zip-folders": pngs(GREY[:4], ["train/a/i", "train/b/i", "test/a/i", "test/b/i"]),
    "zip-deflated": archive(
        [("a/1.png", encoded(GREY[0])), ("b/2.jpg", encoded(GREY[1], "JPEG"))], zipfile.ZIP_DEFLATED
    ),
    "zip-pair": archive([("images.gz", gzip.compress(idx(GREY), mtime=0)), ("labels", idx(LABELS))]),
}


def outcome(raw):
    """`parse_pictures`, its refusal a sentence, its reading sound and able to cross the wire."""
    try:
        found = parse_pictures("file", raw)
    except ReadError as error:
        found, sentence = None, str(error)
    if found is None:
        assert re.fullmatch(r"[^\n]{5,240}\.", sentence), sentence
        return
    assert len(wire.unpack(wire.pack(found))) == len(found)
    assert sum(found[i].size for i in range(len(found))) == len(found.flat)
    assert (found.found >= found.shapes[:, :2]).all()
    for cut in (propose(found), Cut(range="as found", channels="first", ground="black", turn="transposed")):
        assert arrange(found, cut, np.arange(min(len(found), 3))).dtype == np.uint8


@quick
@given(st.binary(max_size=300))
def test_any_bytes(raw):
    outcome(raw)


MAGICS = [
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff\xe0",
    b"RIFF\x40\0\0\0WEBPVP8 ",
    b"PK\x03\x04",
    b"\x1f\x8b\x08\0",
    b"\0\0\x08\x03",
]


@quick
@given(st.sampled_from([*MAGICS, b"\x93NUMPY\x01\0"]), st.binary(max_size=300))
def test_any_bytes_after_a_magic(magic, rest):
    outcome(magic + rest)


@quick
@given(
    st.lists(
        st.tuples(st.text(max_size=12), st.sampled_from(list(SEEDS.values())) | st.binary(max_size=40)), max_size=5
    )
)
def test_any_archive(entries):
    usable = [(name.encode("utf-8", "replace").decode(), raw) for name, raw in entries]
    outcome(archive([(name, raw) for name, raw in usable if name]))


@quick
@given(
    st.lists(st.integers(0, 9), min_size=0, max_size=5),
    st.sampled_from(["|u1", "|i1", "<i8", ">f4", "<f8", "|b1", "<f2"]),
    st.sampled_from([0, 1, 17, 255, 256, 65_535, -1, np.nan, np.inf]),
)
def test_any_array(shape, kind, value):
    with np.errstate(all="ignore"):
        outcome(npy(np.full(shape, value if "f" in kind else np.nan_to_num(value)).astype(kind)))


@pytest.mark.parametrize("seed", SEEDS)
@settings(quick, max_examples=150)
@given(data=st.data())
def test_a_mutated_file(seed, data):
    raw = bytearray(SEEDS[seed])
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(raw) - 1))
        raw[place] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, 40))
    outcome(bytes(raw[: len(raw) - cut] if cut < 20 else raw))
