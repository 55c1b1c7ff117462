"""Jars: a smooth surface of pictures over height and width, which can be read back."""

import numpy as np
import pytest

from core.data.renderers import jars
from core.key import Key

FACTORS = jars.sample(400, Key(1))


def test_factors_are_uniform_on_their_rectangle():
    from scipy.stats import kstest

    low, high = np.array([(c.low, c.high) for c in jars.COLUMNS]).T
    unit = (jars.sample(4000, Key(0)) - low) / (high - low)
    assert all(kstest(column, "uniform").pvalue > 0.01 for column in unit.T)
    assert abs(np.corrcoef(unit.T)[0, 1]) < 0.05


def test_pixels_give_height_and_width_back():
    """The lit pixels of the middle column measure the height, those of the widest row the width, to a tenth of a pixel."""
    lit = np.minimum(jars.render(FACTORS)[:, 0] / 0.2, 1)
    height, width = lit[:, :, 15:17].sum(axis=1).mean(axis=1), lit.sum(axis=2).max(axis=1)
    for seen, true in ((height, FACTORS[:, 0]), (width, FACTORS[:, 1])):
        residual = true - np.polyval(np.polyfit(seen, true, 1), seen)
        assert 1 - residual.var() / true.var() > 0.99


def test_height_and_width_are_measured_from_pixels_and_from_grey_levels():
    """Least squares on the renderer gives both back: to rounding, and from grey levels to 1/200 of a pixel."""
    x = jars.render(FACTORS)
    assert np.abs(jars.measure(x) - FACTORS).max() < 1e-5
    assert np.abs(jars.measure(np.rint(255 * x) / 255) - FACTORS).max() < 5e-3


def test_the_measured_jar_is_nearer_to_a_noised_one_than_that_it_was_drawn_from():
    x = jars.render(FACTORS) + 0.05 * Key(2).generator().standard_normal((400, 1, 32, 32))
    nearest, drawn = (((x - jars.render(factors)) ** 2).sum(axis=(1, 2, 3)) for factors in (jars.measure(x), FACTORS))
    assert (nearest <= drawn).mean() > 0.99
    assert np.abs(jars.measure(x) - FACTORS).max() < 0.3


def test_pictures_move_smoothly():
    """No pixel moves faster than 1.6 a pixel of height or width, and steps halve when the change does: no jumps."""
    for direction in np.eye(2):
        slope = {}
        for step in (1e-3, 5e-4):
            slope[step] = np.abs(jars.render(FACTORS + step * direction) - jars.render(FACTORS)).max() / step
        assert slope[1e-3] < 1.6
        assert slope[5e-4] < 1.6


def test_pictures_differ_where_factors_do():
    flat = jars.render(FACTORS).reshape(400, -1)
    squared = (flat**2).sum(axis=1)
    apart = squared[:, None] + squared[None] - 2 * flat @ flat.T
    far = np.abs(FACTORS[:, None] - FACTORS[None]).max(axis=2)
    assert apart[far > 0.5].min() > 0.3**2


def test_a_jar_is_symmetric_but_for_its_glint_and_stands_on_the_floor():
    image = jars.render(np.array([[22.0, 18.0]]))[0, 0]
    assert np.array_equal(image > 0, image[:, ::-1] > 0)
    assert not image[30:].any()
    assert image[29, 16] > 0
    assert image[7].max() == 0 < image[8].max()


def test_chunks_do_not_show(monkeypatch):
    whole = jars.render(FACTORS)
    monkeypatch.setattr(jars, "CHUNK", 7)
    assert np.array_equal(jars.render(FACTORS), whole)
    assert jars.render(FACTORS[:0]).shape == (0, 1, 32, 32)
    assert whole.min() == 0
    assert whole.max() == pytest.approx(1, abs=0.01)
