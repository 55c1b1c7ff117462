"""What is seen in pictures: labels that are read, and a variety that is 1 for real ones and 0 for copies."""

import numpy as np
import pytest

from core.data import images
from core.data.renderers import outfits
from core.painting import judge, sight
from core.painting.wish import Wish


def test_the_variety_is_the_mean_distance_of_two():
    x = np.random.default_rng(0).random((5, 3, 4, 4))
    pairs = [np.sqrt(((x[i] - x[j]) ** 2).mean()) for i in range(5) for j in range(i)]
    assert sight.apart(x) == pytest.approx(np.mean(pairs))
    assert sight.apart(np.repeat(x[:1], 4, axis=0)) == 0
    assert sight.apart(x[:1]) == 0


def test_real_pictures_of_a_wish_are_those_that_fulfil_it():
    pictures = images.load("outfits")
    wish = Wish(((1,), (2,), (0, 1), (4,), ()))
    x = pictures.images[wish.fulfilled(outfits.EVERY).all(axis=1)]
    assert len(x) == 14
    assert sight.apart_in_data(pictures, wish) == pytest.approx(sight.apart(x))
    alone = Wish(((1,), (2,), (0,), (4,), (3,)))
    assert sight.apart_in_data(pictures, alone) == 0
    assert 0 < sight.apart_in_data(pictures, wish) < sight.apart_in_data(pictures, Wish(((),) * 5))


def test_labels_are_read_where_somebody_can():
    pictures = images.load("outfits")
    rows = np.arange(0, 4032, 170)
    np.testing.assert_array_equal(sight.reader("outfits")(pictures.images[rows]), outfits.EVERY[rows])
    digits = images.load("digits").take(np.arange(40))
    np.testing.assert_array_equal(sight.reader("digits")(digits.images), judge.stored("digits").labels(digits.images))
    assert sight.reader("file-mine") is None
