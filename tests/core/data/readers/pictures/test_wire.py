"""What crosses the pipe is checked on arrival: a reply that disagrees with itself is no reading."""

import json

import numpy as np
import pytest

from core.data.readers.pictures import wire
from core.data.readers.pictures.raw import RawPictures
from core.data.readers.pictures.read import parse_pictures
from core.data.readers.table import ReadError
from tests.core.data.readers.pictures.test_read import GREY, pngs
from tests.core.data.readers.test_hostile import npy

FOLDERS = parse_pictures("x", pngs(GREY, ["train/a", "test/b"] * 6))
ROWS = parse_pictures("x", npy(np.linspace(0, 1, 5 * 192).reshape(5, 192)))


def changed(raw, **head):
    """The reply for a reading, its header changed."""
    reply = wire.pack(raw)
    end = 8 + int.from_bytes(reply[:8], "little")
    header = json.dumps(json.loads(reply[8:end]) | head).encode()
    return len(header).to_bytes(8, "little") + header + reply[end:]


def test_an_unchanged_header_is_a_reading():
    assert len(wire.unpack(changed(FOLDERS))) == 12
    assert wire.unpack(changed(ROWS)).planar.tolist() == [[8, 8, 3]] * 5


@pytest.mark.parametrize(
    "head",
    [
        {"bits": 16},
        {"bits": 32},
        {"bits": [8]},
        {"span": [0]},
        {"span": [1, 1]},
        {"span": [0, float("nan")]},
        {"span": [0, float("inf")]},
        {"span": ["a", "b"]},
        {"said": []},
        {"said": ["labels", "parts"]},
        {"said": ["planar", "parts", "places"]},
        {"said": None},
        {"folders": ["train"]},
        {"folders": [1, 2, 3, 4]},
        {"folders": None},
        {"classes": []},
        {"n": 13},
        {"total": 1},
    ],
)
def test_a_header_that_disagrees_is_none(head):
    with pytest.raises(ValueError, match=r".") as caught:
        wire.unpack(changed(FOLDERS, **head))
    assert not isinstance(caught.value, ReadError)


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"parts": np.full(5, 3)}, "no such part"),
        ({"planar": np.tile([8, 8, 1], (5, 1))}, "second reading"),
        ({"planar": np.tile([-8, -8, 3], (5, 1))}, "second reading"),
        ({"planar": np.tile([96, 1, 2], (5, 1))}, "second reading"),
        ({"span": (1.0, 0.0)}, "something to stand for"),
        ({"flat": ROWS.flat.astype(np.uint32)}, "8 or 16 bits"),
    ],
)
def test_a_reading_whose_parts_disagree_is_none(given, problem):
    kept = {"name": "a", "flat": ROWS.flat, "shapes": ROWS.shapes, "found": ROWS.found, "span": ROWS.span}
    assert len(RawPictures(**kept, planar=ROWS.planar)) == 5
    with pytest.raises(ValueError, match=problem):
        RawPictures(**(kept | given))
