"""Known pictures, written in any layout, order, type and range, come back as they were, or with both readings open."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from core.data.images import load
from core.data.picture_clinic import arrange, propose
from core.data.read import ReadError
from core.data.readers.pictures.cut import Cut, tone_ends
from core.data.readers.pictures.evidence import roughness, usual_range
from core.data.readers.pictures.read import parse_pictures
from tests.core.data.readers.pictures.test_read import encoded
from tests.core.data.readers.test_hostile import archive, npy, npz

quick = settings(max_examples=150, deadline=None, derandomize=True)


def smooth(n, side, c, seed):
    """Pictures (n, side, side, c) of soft waves, another in each channel, from 0 to 255."""
    rng = np.random.default_rng(seed)
    turns, phase = rng.uniform(-4, 4, (2, n, 1, 1, c)), rng.uniform(0, 7, (n, 1, 1, c))
    y, x = np.mgrid[:side, :side][..., None] / side
    waves = np.sin(turns[0] * x + turns[1] * y + phase)
    levels = np.rint(127.5 + 127.5 * waves).astype(np.uint8)
    levels[0, 0, 0], levels[0, 0, 1] = 0, 255  # the whole range is in use
    return levels


LAYOUTS = {
    "last": lambda x: x,
    "first": lambda x: x.transpose(0, 3, 1, 2),
    "rows, last": lambda x: x.reshape(len(x), -1),
    "rows, first": lambda x: x.transpose(0, 3, 1, 2).reshape(len(x), -1),
}
STORED = {
    "uint8": lambda x: x,
    ">i4": lambda x: x.astype(">i4"),
    "uint16, all in use": lambda x: x.astype(np.uint16) * 257,
    "0 to 1": lambda x: x / 255,
    "0 to 1, 32 bits": lambda x: (x / 255).astype(np.float32),
    "-1 to 1": lambda x: x / 127.5 - 1,
    "-1 to 1, 32 bits": lambda x: (x / np.float32(127.5) - 1).astype(np.float32),
    "0 to 255, with fractions": lambda x: x + 0.2 * (x < 128),
    "any other range": lambda x: x * 0.037 - 3.3,
}
SIXTEEN = ("uint16, all in use", "0 to 255, with fractions", "any other range")
"""What 8 bits do not hold exactly."""


@quick
@given(
    st.sampled_from(list(LAYOUTS)),
    st.sampled_from(list(STORED)),
    st.sampled_from([(12, 1), (16, 1), (28, 1), (16, 3), (32, 3), (8, 3)]),
    st.booleans(),
    st.integers(0, 2**32 - 1),
)
def test_known_pictures_come_back_from_any_layout_type_and_range(layout, stored, size, fortran, seed):
    side, c = size
    known = smooth(6, side, c, seed)
    array = STORED[stored](LAYOUTS[layout](known))
    raw = parse_pictures("a", npy(np.asfortranarray(array) if fortran else array))
    cut = replace(propose(raw), crop="fill", side="32" if side not in (8, 16, 28) else str(side))
    assert (raw.planar is not None) == (c == 3 and layout.startswith("rows"))
    assert raw.shapes.tolist() == [[side, side, c]] * 6
    assert raw.top == (65535 if stored in SIXTEEN else 255)
    if raw.planar is not None:
        last, first = roughness(raw)
        assert cut.channels == ("first" if first < last else "last")
        cut = replace(cut, channels=layout.split()[-1])  # asked, where the pixels might mislead
    if side != 12:
        np.testing.assert_array_equal(arrange(raw, cut, np.arange(6)), known.transpose(0, 3, 1, 2))


def test_the_pixels_tell_the_order_of_the_channels():
    """Of soft pictures in both orders, every set of six is read right."""
    for seed in range(50):
        known = smooth(6, 16, 3, seed)
        for order in ("first", "last"):
            raw = parse_pictures("a", npy(LAYOUTS[f"rows, {order}"](known)))
            assert propose(raw).channels == order
            np.testing.assert_array_equal(arrange(raw, propose(raw), np.arange(6)), known.transpose(0, 3, 1, 2))


@pytest.mark.parametrize("noise", [0, 30])
def test_the_pixels_of_drawn_pictures_tell_the_order_too(noise):
    rng, outfits = np.random.default_rng(0), load("outfits").pixels
    for order in ("first", "last") * 10:
        drawn = outfits[rng.choice(len(outfits), 10, replace=False)].transpose(0, 2, 3, 1)
        noisy = (drawn + noise * rng.standard_normal(drawn.shape)).clip(0, 255).astype(np.uint8)
        assert propose(parse_pictures("a", npy(LAYOUTS[f"rows, {order}"](noisy)))).channels == order


def test_four_axes_that_fit_both_ways_are_read_by_the_pixels():
    known = smooth(6, 16, 3, 1)[:, :3]  # (n, 3, 16, 3): three pixels high, or three channels
    last = parse_pictures("a", npy(known))
    assert (propose(last).channels, last.shapes[0].tolist()) == ("last", [3, 16, 3])
    narrow = smooth(6, 16, 3, 1)[:, :, :3].transpose(0, 3, 1, 2)  # (n, 3 channels, 16, 3 pixels wide)
    first = parse_pictures("a", npy(narrow))
    assert first.planar.tolist() == [[16, 3, 3]] * 6
    assert propose(first).channels == "first"
    cut = Cut(side="16", crop="stretch", tone="colour", channels="first")
    plain = parse_pictures(
        "a", archive([(f"{i}.png", encoded(one)) for i, one in enumerate(narrow.transpose(0, 2, 3, 1))])
    )
    np.testing.assert_array_equal(arrange(first, cut, np.arange(6)), arrange(plain, cut, np.arange(6)))


@pytest.mark.parametrize("columns", [60, 63, 65, 100 - 1, 3 * 49, 785])
def test_rows_that_are_no_square_are_refused(columns):
    with pytest.raises(ReadError, match="has the shape"):
        parse_pictures("a", npy(np.ones((5, columns))))


def test_flat_rows_have_labels_and_parts_like_any_pictures():
    known, y = smooth(12, 28, 1, 0), np.arange(12) % 3
    rows = known.reshape(12, -1)
    raw = parse_pictures("a", npz(x_train=rows[:8], y_train=y[:8], x_test=rows[8:], y_test=y[8:]))
    assert raw.classes == ("0", "1", "2")
    assert raw.parts.tolist() == [0] * 8 + [2] * 4
    np.testing.assert_array_equal(raw.flat, known.reshape(-1))


@pytest.mark.parametrize("bits", [10, 12, 14])
def test_fewer_bits_in_sixteen_are_seen_over_the_whole_set(bits):
    """Tones are stretched by the same power of two in every picture; half as bright stays half as bright."""
    most, rng = 2**bits - 1, np.random.default_rng(bits)
    share = rng.random((12, 8, 8)) * np.linspace(0.1, 1, 12)[:, None, None]
    share[-1, 0, 0] = 1
    numbers = np.rint(share * most).astype(np.uint16)
    files = archive([(f"{i}.png", encoded(Image.fromarray(one))) for i, one in enumerate(numbers)])
    for raw in (parse_pictures("a", npy(numbers)), parse_pictures("a.zip", files)):
        cut = propose(raw)
        assert (cut.range, tone_ends(raw, cut)) == (f"0 to {most}", (0, most))
        wanted = np.floor(numbers * (255 / most) + 0.5 + 1e-6)
        np.testing.assert_array_equal(arrange(raw, cut, np.arange(12))[:, 0], wanted)
        undone = arrange(raw, replace(cut, range="as it is"), np.arange(12))[:, 0]
        np.testing.assert_array_equal(undone, np.floor(numbers / 257 + 0.5 + 1e-6))
        widest = arrange(raw, replace(cut, range="as found"), np.arange(12))
        assert (widest.min(), widest.max()) == (0, 255)


@pytest.mark.parametrize(
    ("numbers", "word"),
    [
        ([0, 1], "as it is"),
        ([0.0, 1.0], "as it is"),
        ([0, 255], "as it is"),
        ([0.5, 254.5], "as it is"),
        ([0, 256], "0 to 1023"),
        ([0.0, 4095.0], "0 to 4095"),
        ([0, 16_384], "as it is"),
        ([0, 65_535], "as it is"),
        ([-1, 1], "-1 to 1"),
        ([-1.0, 1.0000002], "-1 to 1"),
        ([0, 1.0000002], "as it is"),
        ([-128, 127], "as found"),
        ([-2.1, 2.6], "as found"),
        ([0, 1e6], "as found"),
        ([1e-3, 1e3 + 0.5], "as found"),
        ([0, 1.2], "as found"),
    ],
)
def test_which_range_is_taken(numbers, word):
    array = np.resize(np.array(numbers), (4, 8, 8))
    raw = parse_pictures("a", npy(array))
    assert usual_range(raw) == word
    assert raw.extent == pytest.approx(numbers, rel=1e-4, abs=0.01)


def test_what_rounding_takes_beyond_the_ends_is_cut_off():
    array = np.resize(np.array([-5e-4, 0.5, 1 + 5e-4]), (3, 8, 8))
    raw = parse_pictures("a", npy(array))
    assert raw.span == (0, 1)
    made = arrange(raw, Cut(side="8"), np.arange(3))[:, 0]
    np.testing.assert_array_equal(made, np.rint(255 * array.clip(0, 1) + 1e-3))


def test_all_arrays_of_a_file_share_one_range():
    """A dark part stays dark beside a bright one: a number means the same everywhere."""
    bright, dark = np.linspace(-1, 1, 320).reshape(5, 8, 8), np.full((5, 8, 8), -1.0)
    raw = parse_pictures("a", npz(x_test=dark, x_train=bright))
    assert usual_range(raw) == "-1 to 1"
    made = arrange(raw, replace(propose(raw), side="8"), np.arange(10))
    assert made[:5].max() == 0
    assert made[5:].max() == 255


@quick
@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6) | st.floats(0.99, 1.01))
def test_any_other_range_is_stretched_from_its_least_to_its_greatest(low, width):
    numbers = np.linspace(low, low + width, 64).reshape(1, 8, 8).repeat(3, axis=0)
    raw = parse_pictures("a", npy(numbers))
    step = (raw.span[1] - raw.span[0]) / raw.top
    beyond = max(raw.span[0] - low, low + width - raw.span[1], 0)  # taken for rounding, and cut off
    assert tone_ends(raw, Cut(range="as found")) == pytest.approx((low, low + width), abs=step + beyond)
    made = arrange(raw, Cut(side="8", range="as found"), np.arange(3))[0, 0].reshape(-1)
    np.testing.assert_allclose(made, np.linspace(0, 255, 64), atol=0.51 + 255 * (2 * step + beyond) / width)
