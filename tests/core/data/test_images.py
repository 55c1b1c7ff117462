"""Pictures: the noun, its split, its levels; the built-in sets by name."""

import numpy as np
import pytest

from core.data.images import MAKERS, NAMES, SIZES, Factor, Pictures, Split, contact_sheet, load, quantise, split
from core.key import Key

PIXELS = np.arange(20 * 1 * 3 * 2, dtype=np.uint8).reshape(20, 1, 3, 2)


def test_images_are_levels_between_nought_and_one():
    data = Pictures("a", PIXELS % 17, levels=17)
    assert data.images.dtype == np.float64
    assert np.array_equal(data.images * 16, PIXELS % 17)
    assert (len(data), data.shape, data.dim) == (20, (1, 3, 2), 6)
    assert np.array_equal(quantise(data.images, 17), data.pixels)


def test_quantising_goes_to_the_nearest_level_and_refuses_what_is_no_image():
    values = np.array([0, 0.4 / 255, 0.6 / 255, 1]).reshape(1, 1, 2, 2)
    assert quantise(values).ravel().tolist() == [0, 0, 1, 255]
    for bad in (-0.01, 1.01, np.nan):
        with pytest.raises(ValueError, match="between 0 and 1"):
            quantise(np.full((1, 1, 2, 2), bad))


def test_what_disagrees_is_refused():
    with pytest.raises(ValueError, match="shape"):
        Pictures("a", np.zeros((4, 2, 3, 3), dtype=np.uint8))
    with pytest.raises(ValueError, match="shape"):
        Pictures("a", np.zeros((0, 1, 3, 3), dtype=np.uint8))
    with pytest.raises(ValueError, match="17 levels"):
        Pictures("a", PIXELS, levels=17)
    with pytest.raises(ValueError, match="20 labels"):
        Pictures("a", PIXELS, labels=np.zeros(3, dtype=np.int64))
    with pytest.raises(ValueError, match="descriptions"):
        Pictures("a", PIXELS, factors=np.zeros((20, 2)), columns=(Factor("b", 0, 1),))
    with pytest.raises(ValueError, match="every row once"):
        Pictures("a", PIXELS, split=Split(np.arange(18), np.arange(2), np.arange(2)))


def test_arrays_are_frozen_copies():
    pixels = PIXELS.copy()
    data = Pictures("a", pixels, labels=np.zeros(20, dtype=np.int64))
    pixels[:] = 0
    assert data.pixels.any()
    for array in (data.pixels, data.labels, data.split.train):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


@pytest.mark.parametrize("n", [1, 2, 3, 9, 10, 47, 1000])
def test_a_split_is_disjoint_whole_and_always_the_same(n):
    parts = split(n)
    assert sorted(np.concatenate(list(parts)).tolist()) == list(range(n))
    assert len(parts.val) == len(parts.test) == (0 if n < 3 else max(1, n // 10))
    assert all(np.array_equal(a, b) for a, b in zip(parts, split(n), strict=True))


def test_a_split_is_not_the_order_of_the_rows():
    assert split(1000).test.mean() == pytest.approx(500, abs=100)
    assert split(1000).val.mean() == pytest.approx(500, abs=100)


def test_taking_rows_takes_everything_of_them():
    columns = (Factor("b", 0, 20),)
    data = Pictures(
        "a", PIXELS, labels=np.arange(20) % 2, classes=("x", "y"), factors=np.arange(20.0)[:, None], columns=columns
    )
    rows = np.array([7, 3, 12])
    part = data.take(rows)
    assert np.array_equal(part.pixels, PIXELS[rows])
    assert part.labels.tolist() == [1, 1, 0]
    assert part.factors.ravel().tolist() == [7, 3, 12]
    assert part.digest != data.digest
    assert len(part.split.train) == 1


def test_a_contact_sheet_shows_every_image_in_its_place():
    images = np.arange(5 * 3 * 2 * 4).reshape(5, 3, 2, 4) / 120
    sheet = contact_sheet(images, columns=2, gap=1, ground=1)
    assert sheet.shape == (3 * 3 + 1, 2 * 5 + 1, 3)
    for i, image in enumerate(images):
        top, left = 1 + 3 * (i // 2), 1 + 5 * (i % 2)
        assert np.array_equal(sheet[top : top + 2, left : left + 4], image.transpose(1, 2, 0))
    assert sheet[:, 0].min() == sheet[7:, 6:].min() == 1


@pytest.mark.parametrize("name", NAMES)
def test_every_set_loads_and_says_what_it_is(name):
    data = load(name, 60)
    assert (data.name, data.title) == (name, NAMES[name])
    assert len(data) == {"digits": 1797, "outfits": 4032}.get(name, 60)
    assert data.source.endswith(".")
    assert data.shape == {"digits": (1, 8, 8), "outfits": (3, 32, 32)}.get(name, (1, 32, 32))
    assert data.levels == (17 if name == "digits" else 256)
    assert data.pixels.min() < 0.1 * data.levels
    assert data.pixels.max() > 0.9 * data.levels
    if data.labels is not None:
        assert set(np.unique(data.labels)) == set(range(len(data.classes)))
    if data.factors is not None:
        low, high = np.array([(c.low, c.high) for c in data.columns]).T
        assert ((data.factors >= low) & (data.factors <= high)).all()
        assert all(c.high == len(c.words) - 1 for c in data.columns if c.words)


@pytest.mark.parametrize("name", ["strokes", "jars", "wallpapers"])
def test_a_drawn_set_is_of_its_key_and_size(name):
    first = load(name, 40, Key(3))
    assert load(name, 40, Key(3)) is first
    again = __import__(MAKERS[name], fromlist=["pictures"]).pictures(40, Key(3) / "data")
    assert again.digest == first.digest != load(name, 40, Key(4)).digest
    assert len(load(name)) == SIZES[name]


def test_unknown_names_and_sizes_are_refused():
    with pytest.raises(ValueError, match="no image set"):
        load("nothing")
    for n in (9, 100_001):
        with pytest.raises(ValueError, match="between 10 and 100,000"):
            load("jars", n)


def test_digits_are_the_anchors_own_rows():
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    x, y = load_digits(return_X_y=True)
    data = load("digits")
    rest, test, y_rest, _ = train_test_split(x, y, test_size=360, random_state=0, stratify=y)
    train, val, y_train, _ = train_test_split(rest, y_rest, test_size=287, random_state=0, stratify=y_rest)
    assert [len(part) for part in data.split] == [1150, 287, 360]
    for rows, expected in zip(data.split, (train, val, test), strict=True):
        assert np.array_equal(data.pixels[rows].reshape(-1, 64), expected)
    assert np.array_equal(data.labels[data.split.train], y_train)


def test_digits_give_the_discrete_zero_line():
    """Independent pixels with Laplace smoothing 0.3 reach the anchor's 107.9 nats an image on the 360 test rows."""
    data = load("digits")
    pixels = data.pixels.reshape(len(data), -1)
    counts = np.array(
        [np.bincount(column, minlength=17) for column in pixels[np.r_[data.split.train, data.split.val]].T]
    )
    p = (counts + 0.3) / (counts + 0.3).sum(axis=1, keepdims=True)
    nats = -np.log(p[np.arange(64), pixels[data.split.test]]).sum(axis=1).mean()
    assert nats == pytest.approx(107.9, abs=0.6)
