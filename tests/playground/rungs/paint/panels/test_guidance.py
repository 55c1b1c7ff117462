"""Guidance: what is obeyed and how much differs is read off the pictures."""

import numpy as np

from core.data import images
from core.data.renderers import outfits
from playground.rungs.paint.panels.guidance import judged, variety, variety_of_data


def test_guidance_measures_the_told_attributes():
    pictures = images.load("outfits")
    rows = np.arange(0, 4032, 170)[:24]
    np.testing.assert_array_equal(judged(pictures, pictures.images[rows]), outfits.EVERY[rows])
    assert variety(pictures, pictures.images[rows], outfits.EVERY[rows]) == 24
    assert variety(pictures, pictures.images[rows], outfits.EVERY[rows][:, [0]]) == 3
    full = variety_of_data(pictures, (-1, -1, -1, 4, -1))
    assert 23 < full <= 24
    assert variety_of_data(pictures, (0, 1, 2, 3, -1)) < 7.01
