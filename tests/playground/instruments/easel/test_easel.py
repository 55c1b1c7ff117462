"""The easel's messages: what was packed is what the stage's reader finds, and what was reported is read for its own scene."""

import base64

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from playground.instruments import easel
from playground.instruments.easel import Easel, Frame
from playground.instruments.stage import Line, unpack

SHAPE = (3, 4, 5)


def some(n=2, shape=SHAPE, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (n, *shape)).astype(np.uint8)


def made(**more):
    return Easel("e:1", SHAPE, 2, **more)


def test_a_message_comes_back():
    frames = [
        Frame(f"{i}", {"x": some(seed=i), "clean": some(seed=9), "noise": some(seed=i + 3)}, {"a": 0.5, "b": np.inf})
        for i in range(3)
    ]
    data = easel.pack(made(lines=(Line("a", "A", "noise", unit="nats"),)), frames, run="r", first=2, live=True)
    found = unpack(data)
    assert (found["run"], found["first"], found["live"]) == ("r", 2, True)
    assert found["scene"]["lines"][0]["unit"] == "nats"
    for frame, told in zip(frames, found["frames"], strict=True):
        assert told["caption"] == frame.caption
        assert told["metrics"] == {"a": 0.5, "b": None}
        for name, x in frame.pictures.items():
            np.testing.assert_array_equal(told["arrays"]["pictures"][name], x)


def test_the_same_pictures_are_the_same_bytes():
    frame = Frame("", {"x": some(), "clean": some(), "noise": some()})
    assert easel.pack(made(), [frame], run="r") == easel.pack(made(), [frame], run="r")


@pytest.mark.parametrize(
    "wrong", [some(3), some().astype(float), None, some(2, (3, 4, 4))], ids=["count", "type", "none", "size"]
)
def test_pictures_that_the_easel_was_not_told_of_are_refused(wrong):
    pictures = {"x": some(), "clean": some()} | ({} if wrong is None else {"noise": wrong})
    with pytest.raises(ValueError, match="the easel needs noise"):
        easel.pack(made(), [Frame("", pictures)], run="r")


@given(hnp.arrays(float, (1, 1, 3, 3), elements=st.floats(-3, 3)))
def test_bytes_are_the_nearest_levels(x):
    found = easel.bytes_of(x)
    assert (np.abs(found / 255 - np.clip(x, 0, 1)) <= 0.5 / 255 + 1e-12).all()


def test_reports_count_only_for_their_scene():
    said = {
        "rest": {"frame": 3, "run": "r", "scene": "e:1"},
        "pick": {"picture": 5, "scene": "e:0"},
        "missing": {"have": 2, "run": "r"},
    }
    assert easel.read(said, "e:1") == easel.Said(frame=3, run="r", picked=None, missing=2)
    assert easel.read(said, "e:0") == easel.Said(picked=5, missing=2)
    assert easel.read({}, "e:0") == easel.Said()


@given(hnp.arrays(bool, st.tuples(st.integers(1, 9), st.integers(1, 9))))
def test_a_mask_comes_back_bit_for_bit(mask):
    bits = base64.b64encode(np.packbits(mask).tobytes()).decode()
    found = easel.read_mask({"mask": {"scene": "m", "bits": bits, "count": 4}}, "m", mask.shape)
    np.testing.assert_array_equal(found.covered, mask)
    assert found.count == 4
    assert easel.read_mask({"mask": {"scene": "other", "bits": bits, "count": 4}}, "m", mask.shape) is None
    assert easel.read_mask({}, "m", mask.shape) is None


def test_a_sheet_brings_its_mask():
    mask = np.arange(20).reshape(4, 5) % 3 == 0
    found = unpack(easel.pack_mask("m", some()[0], mask))["frames"][0]["arrays"]["picture"]
    np.testing.assert_array_equal(found["x"], some()[0])
    np.testing.assert_array_equal(found["mask"], mask)
    assert "mask" not in unpack(easel.pack_mask("m", some()[0]))["frames"][0]["arrays"]["picture"]
