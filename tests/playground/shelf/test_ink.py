"""A drawing as a picture like those of a set."""

import numpy as np

from core.data.images import Pictures
from playground.shelf import ink


def test_a_drawing_is_in_the_light_of_its_set():
    points = np.array([[0.5, 0.9], [0.5, 0.5]])
    dark = Pictures("dark", np.zeros((4, 1, 8, 8), np.uint8), levels=17)
    light = Pictures("light", np.full((4, 3, 32, 32), 255, np.uint8))
    on_dark, on_light = ink.painted(points, dark), ink.painted(points, light)
    assert (on_dark.shape, on_light.shape) == (dark.shape, light.shape)
    assert on_dark[0, 0, 3] > 0.3, "the top of the sheet is the first row"
    assert on_dark[0, 7].max() == 0
    assert on_light[0, 3, 16] == 0
    assert on_light[0, 0, 0] == 1
    np.testing.assert_array_equal(on_dark * 16, np.rint(on_dark * 16))
