"""Pictures made alike: against an independent area mean, Pillow, and arithmetic by hand."""

from fractions import Fraction

import numpy as np
import pytest
from PIL import Image

from core.data import picture_clinic as clinic
from core.data.examine import ClinicError
from core.data.images import Pictures, load
from core.data.picture_clinic import Cut, admit, arrange, like, propose, sizes
from core.data.readers.pictures.read import parse_pictures
from core.data.resample import resample, weights
from core.key import Key
from tests.core.data.readers.pictures.test_read import COLOUR, GREY, LABELS, encoded, idx
from tests.core.data.readers.test_hostile import archive, npy, npz

KEY = Key(0)
RNG = np.random.default_rng(1)


def area(line, new):
    """The mean of each of `new` equal stretches of a line of pixels, in exact fractions."""
    line, means = [Fraction(v) for v in line], []
    for i in range(new):
        low, high = Fraction(i * len(line), new), Fraction((i + 1) * len(line), new)
        covered = [(max(low, j), min(high, j + 1)) for j in range(len(line))]
        total = sum((line[j] * (b - a) for j, (a, b) in enumerate(covered) if b > a), Fraction(0))
        means.append(total / (high - low))
    return means


@pytest.mark.parametrize(
    ("h", "w", "height", "width"), [(9, 7, 8, 5), (28, 28, 8, 16), (33, 100, 32, 32), (5, 5, 5, 1)]
)
def test_shrinking_is_the_mean_of_the_area(h, w, height, width):
    pixels = RNG.integers(0, 256, (h, w), dtype=np.uint8)
    rows = [area(line, width) for line in pixels.tolist()]
    wanted = np.array([area(column, height) for column in zip(*rows, strict=True)], dtype=float).T
    np.testing.assert_allclose(resample(pixels[None, :, :, None], height, width)[0, ..., 0], wanted, atol=1e-9)


@pytest.mark.parametrize("factor", [2, 3, 4, 7])
def test_shrinking_by_a_whole_factor_is_what_pillow_does(factor):
    pixels = RNG.integers(0, 256, (8 * factor, 8 * factor), dtype=np.uint8)
    box = np.asarray(Image.fromarray(pixels).resize((8, 8), Image.Resampling.BOX))
    np.testing.assert_allclose(resample(pixels[None, :, :, None], 8, 8)[0, ..., 0], box, atol=1)  # Pillow rounds twice


@pytest.mark.parametrize(("old", "new"), [(8, 28), (8, 32), (28, 32), (1, 8), (3, 16)])
def test_enlarging_is_linear_interpolation_as_pillow_does_it(old, new):
    pixels = RNG.integers(0, 256, (old, old), dtype=np.uint8)
    linear = np.asarray(Image.fromarray(pixels).resize((new, new), Image.Resampling.BILINEAR))
    np.testing.assert_allclose(resample(pixels[None, :, :, None], new, new)[0, ..., 0], linear, atol=1.01)


@pytest.mark.parametrize("old", [1, 2, 5, 28, 31, 32, 33, 100])
def test_a_flat_picture_stays_flat_and_shrinking_keeps_the_mean(old):
    for new in (8, 28, 32):
        np.testing.assert_allclose(weights(old, new).sum(axis=1), 1, atol=1e-12)
        if new <= old:
            np.testing.assert_allclose(weights(old, new).sum(axis=0), new / old, atol=1e-12)


def test_a_picture_of_the_right_size_is_untouched():
    pixels = RNG.integers(0, 256, (12, 28, 28), dtype=np.uint8)
    raw = parse_pictures("a", npy(pixels))
    assert propose(raw) == Cut(side="28")
    pictures, notes = admit(raw, propose(raw), KEY)
    np.testing.assert_array_equal(pictures.pixels[:, 0], pixels)
    assert (notes, pictures.levels, pictures.name) == ((), 256, f"file-{raw.digest}")


def one(pixels, **cut):
    """A picture (h, w, c), arranged."""
    return arrange(parse_pictures("a", encoded(pixels)), Cut(side="8", **cut), np.arange(1))[0]


WIDE = np.repeat(np.repeat(np.arange(1, 4, dtype=np.uint8) * 60, 8)[None], 8, axis=0)  # three squares: 60, 120, 180


def test_fill_takes_the_square_in_the_middle():
    assert (one(WIDE, crop="fill") == 120).all()
    assert (one(WIDE.T, crop="fill") == 120).all()


def test_stretch_takes_everything():
    line = area(WIDE[0].tolist(), 8)
    np.testing.assert_array_equal(one(WIDE, crop="stretch")[0], np.tile(np.array(line, dtype=float).round(), (8, 1)))


def test_fit_sets_the_whole_picture_in_the_colour_of_its_border():
    fitted = one(WIDE, crop="fit")[0]
    np.testing.assert_array_equal(fitted[2:5], one(WIDE, crop="stretch")[0][2:5])
    assert (fitted[[0, 1, 5, 6, 7]] == 120).all()
    np.testing.assert_array_equal(one(WIDE.T, crop="fit")[0], fitted.T)


def test_grey_is_luma_and_colour_is_kept():
    pixels = RNG.integers(0, 256, (8, 8, 3), dtype=np.uint8)
    luma = np.asarray(Image.fromarray(pixels).convert("L")).astype(int)
    assert np.abs(one(pixels, tone="grey")[0].astype(int) - luma).max() <= 1
    np.testing.assert_array_equal(one(pixels, tone="colour"), pixels.transpose(2, 0, 1))
    grey = RNG.integers(0, 256, (8, 8), dtype=np.uint8)
    np.testing.assert_array_equal(one(grey, tone="colour"), np.stack([grey] * 3))


def test_inverting_twice_is_nothing():
    grey = RNG.integers(0, 256, (8, 8), dtype=np.uint8)
    np.testing.assert_array_equal(255 - one(grey, light="inverted")[0], grey)


def test_pictures_of_many_sizes_keep_their_order():
    shapes = [(8, 8), (20, 30), (8, 8), (40, 10), (20, 30, 3)] * 3
    flat = [np.full(shape, 10 * i, np.uint8) for i, shape in enumerate(shapes)]
    raw = parse_pictures("a.zip", archive([(f"{i}.png", encoded(one)) for i, one in enumerate(flat)]))
    pictures, notes = admit(raw, Cut(side="16"), KEY)
    np.testing.assert_array_equal(pictures.pixels[:, 0, 5, 5], 10 * np.arange(15))
    assert sizes(raw) == "3 sizes, 8 to 30 wide and 8 to 40 high, most often 8x8"
    assert notes == (
        "9 pictures not square: cut to the square in the middle.",
        "6 pictures larger than 16x16: each new pixel is the mean of the area it covers.",
        "9 pictures smaller than 16x16: interpolated, which adds no detail.",
    )


def test_the_proposal_follows_the_pictures():
    assert propose(parse_pictures("a", npy(COLOUR))) == Cut(side="8", tone="colour")
    assert propose(parse_pictures("a", idx(np.zeros((2, 28, 28))))).side == "28"
    assert propose(parse_pictures("a", encoded(np.zeros((900, 700), np.uint8)))).side == "32"
    assert sizes(parse_pictures("a", npy(COLOUR))) == "7x9"


def test_more_pictures_than_the_limit_are_drawn_with_their_labels():
    raw = parse_pictures(
        "a", npz(x=np.arange(40, dtype=np.uint8).repeat(64).reshape(40, 8, 8) + np.uint8(1), y=np.arange(40) % 7)
    )
    pictures, notes = admit(raw, Cut(side="8"), KEY, limit=30)
    dark = "The brightest pixel is 40 of 255, so the pictures are dark."
    assert notes == ("30 of 40 pictures were drawn without replacement with seed 0.", dark)
    values = pictures.pixels[:, 0, 0, 0].astype(int) - 1
    assert len(set(values)) == 30
    np.testing.assert_array_equal(pictures.labels, values % 7)
    assert len(admit(raw, Cut(side="8"), KEY, limit=40)[0]) == 40


def test_colour_counts_thrice_against_the_limit(monkeypatch):
    monkeypatch.setattr(clinic, "MAX_VALUES", 12 * 64)
    raw = parse_pictures("a", npy(RNG.integers(0, 256, (36, 8, 8, 3), dtype=np.uint8)))
    assert len(admit(raw, Cut(side="8"), KEY)[0]) == 12
    with pytest.raises(ClinicError, match="4 different"):
        admit(raw, Cut(side="8", tone="colour"), KEY)


def test_too_few_different_pictures_are_refused():
    different = RNG.integers(0, 256, (10, 8, 8), dtype=np.uint8)
    assert len(admit(parse_pictures("a", npy(different)), Cut(side="8"), KEY)[0]) == 10
    raw = parse_pictures("../a", npy(np.concatenate([different[:9], different[:9]])))
    with pytest.raises(
        ClinicError, match="^a has 9 different pictures at this size and at least 10 are needed; add some.$"
    ):
        admit(raw, Cut(side="8"), KEY)
    again = parse_pictures("a", npy(np.concatenate([different, different[:2]])))
    assert admit(again, Cut(side="8"), KEY)[1][0].startswith("2 pictures of 12 repeat another")


def test_classes_and_labels_reach_the_pictures():
    raw = parse_pictures("a", npz(x=GREY, y=LABELS))
    pictures, _ = admit(raw, propose(raw), KEY)
    assert pictures.classes == ("1", "3", "10")
    np.testing.assert_array_equal(np.array(pictures.classes).astype(int)[pictures.labels], LABELS)


def test_one_picture_is_made_like_those_of_a_set():
    digits = load("digits")
    ramp = np.linspace(0, 255, 64).astype(np.uint8).reshape(8, 8)
    raw = parse_pictures("a", encoded(ramp.repeat(3, axis=0).repeat(3, axis=1)))
    made = like(raw, digits, Cut())
    np.testing.assert_array_equal(made[0, 0], np.rint(ramp / 255 * 16))
    np.testing.assert_array_equal(like(raw, digits, Cut(light="inverted"))[0, 0], 16 - np.rint(ramp / 255 * 16))
    coloured = Pictures("c", np.zeros((10, 3, 16, 16), np.uint8))
    assert like(raw, coloured, Cut()).shape == (1, 3, 16, 16)
    with pytest.raises(ValueError, match="Side in pixels"):
        like(raw, Pictures("c", np.zeros((10, 1, 9, 9), np.uint8)), Cut())
