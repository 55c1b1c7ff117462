"""The small pictures are pictures of the data."""

import io

import numpy as np
import pytest
from PIL import Image

from core.data import builtin
from playground.palette import ROLES
from playground.shelf import thumbnails


def pixels(name, dark=False):
    return np.asarray(Image.open(io.BytesIO(thumbnails.thumbnail(name, dark))))


@pytest.mark.parametrize("name", builtin.NAMES)
def test_every_set_has_a_small_picture_with_something_on_it(name):
    raw = thumbnails.thumbnail(name, False)
    image = Image.open(io.BytesIO(raw))
    ink = np.asarray(image)[..., 3]
    assert image.size == (thumbnails.SIDE, thumbnails.SIDE)
    assert len(raw) < 20_000
    assert 0.005 < (ink > 40).mean() < 0.9


@pytest.mark.parametrize("dark", [False, True])
def test_the_ink_is_the_colour_of_data(dark):
    colour = ROLES["data"][dark]
    assert (pixels("rings", dark)[..., :3] == [int(colour[i : i + 2], 16) for i in (1, 3, 5)]).all()


def test_two_dimensions_are_the_right_way_up():
    """The banana hangs low: its arms reach up."""
    ink = pixels("banana")[..., 3].astype(float)
    rows = ink.sum(axis=1)
    lowest = builtin.load("banana", 5000).points[:, 1]
    low, high = builtin.load("banana").bounds[1]
    middle = 1 - (np.median(lowest) - low) / (high - low)
    assert (rows * np.arange(len(rows))).sum() / rows.sum() / len(rows) == pytest.approx(middle, abs=0.12)


def test_two_dimensions_are_not_mirrored():
    dataset = builtin.load("faithful")
    ink = pixels("faithful")[..., 3].astype(float)
    x = (ink.sum(axis=0) * np.linspace(0, 1, ink.shape[1])).sum() / ink.sum()
    y = (ink.sum(axis=1) * np.linspace(1, 0, ink.shape[0])).sum() / ink.sum()
    share = (dataset.points - dataset.bounds[:, 0]) / np.ptp(dataset.bounds, axis=1)
    np.testing.assert_allclose([x, y], share.mean(axis=0), atol=0.08)
    places = np.argwhere(ink > 0)
    assert np.corrcoef(places[:, 1], -places[:, 0])[0, 1] > 0.5


def test_a_histogram_stands_on_the_ground():
    ink = pixels("bimodal")[..., 3] > 40
    assert (np.diff(ink.astype(int), axis=0) >= 0).all()
    heights = ink.sum(axis=0)
    assert heights.argmax() / thumbnails.SIDE == pytest.approx((-3 + 6) / 12, abs=0.06)
