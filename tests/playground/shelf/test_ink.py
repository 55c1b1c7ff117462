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


def test_a_picture_is_against_its_set_where_its_ground_is_of_the_other_light():
    stroke = np.zeros((1, 8, 8))
    stroke[:, 2:6, 3:5] = 1
    dark = Pictures("dark", np.rint(255 * np.tile(stroke, (4, 1, 1, 1))).astype(np.uint8))
    light = Pictures("light", 255 - dark.pixels)
    either = Pictures("either", np.concatenate([dark.pixels, light.pixels]))
    colour = Pictures("colour", np.repeat(dark.pixels, 3, axis=1))
    assert [ink.against(stroke, one) for one in (dark, light, either)] == [False, True, False]
    assert [ink.against(1 - stroke, one) for one in (dark, light, either)] == [True, False, False]
    assert not ink.against(np.repeat(1 - stroke, 3, axis=0), colour), "a background of a colour is no ground"
