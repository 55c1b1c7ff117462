"""The placing is found, without noise and within it, and each picture's by itself."""

import numpy as np
import pytest

from core.data.renderers import wallpapers
from core.key import Key
from core.painting.symmetry import placing as placings
from core.painting.symmetry.average import BEYOND, average
from core.painting.symmetry.placing import Table, search
from core.painting.symmetry.waves import Placing, symmetric
from tests.core.painting.symmetry.papers import papers

GROUPS = pytest.mark.parametrize("group", wallpapers.CLASSES)


def left_out(group, pictures, placing):
    """What averaging at a placing takes off each picture, mean square."""
    return np.mean((pictures - average(symmetric(group).grid(placing, wallpapers.SIZE), pictures)) ** 2, axis=1)


@GROUPS
def test_a_picture_without_noise_is_found_to_lie_where_it_lies(group):
    """There the average takes off no more than at the true placing, but for the table's straight lines."""
    pictures, _, true = papers(group)
    found = left_out(group, pictures, search(group).find(pictures, np.sqrt(BEYOND)))
    best = left_out(group, pictures, true)
    assert np.mean(found < best + 0.02) >= 15 / 16


@GROUPS
def test_as_much_noise_as_picture_hides_few(group):
    """Shrunk averages there are nearly as near to the clean picture as those at the true placing."""
    pictures, _, true = papers(group)
    noisy = pictures + Key(5).generator().standard_normal(pictures.shape)
    of = symmetric(group)

    def off(placing):
        clean = average(of.grid(placing, wallpapers.SIZE), noisy, (1 + BEYOND) / of.variances)
        return np.mean((clean - pictures) ** 2, axis=1)

    near, best = off(search(group).find(noisy, np.sqrt(1 + BEYOND))), off(true)
    assert np.median(near) < np.median(best) + 0.02
    assert np.mean(near < best + 0.1) >= 14 / 16


@GROUPS
def test_cells_lie_within_the_law_and_neighbours_change_nothing(group):
    noise = Key(6).generator().standard_normal((3, 1024))
    found, alone = search(group).find(noise, 3.0), search(group).find(noise[1:2], 3.0)
    areas = np.abs(np.linalg.det(found.bases))
    low, high = placings.CELL.low**2, placings.CELL.high**2
    assert ((areas > low - 1e-9) & (areas < high + 1e-9)).all()
    np.testing.assert_allclose(alone.bases[0], found.bases[1], atol=1e-9)
    np.testing.assert_allclose(alone.origins[0], found.origins[1], atol=1e-9)


def test_the_table_is_the_fourier_transform_between_its_bins():
    pictures, _, _ = papers("p4m")
    nu = Key(7).generator().uniform(-0.3, 0.3, (len(pictures), 20, 2))
    pixel = np.stack(np.meshgrid(*[np.arange(32) - 15.5] * 2), axis=-1).reshape(-1, 2)
    level = pictures - pictures.mean(axis=1, keepdims=True)
    exact = np.einsum("nd,ncd->nc", level, np.exp(-2j * np.pi * nu @ pixel.T)) / 1024
    assert np.abs(Table.of(pictures).at(nu) - exact).max() < 0.01


@pytest.mark.parametrize(("group", "count"), [("p1", 1), ("p2", 36), ("pm", 6), ("p4", 72), ("p6m", 144)])
def test_origins_that_a_group_does_not_tell_apart_are_tried_once(group, count):
    """p1 has no origin; a half turn repeats twice a side of the cell; a mirror says nothing along itself."""
    assert len(search(group).shifts) == count


def test_a_rectangular_lattice_is_the_same_with_the_other_side_first():
    settings = Key(8).generator().random((2, 5, 4))
    first, second = (placings.bases("rectangular", s) for s in (settings, placings.across(settings)))
    np.testing.assert_allclose(
        np.abs(np.linalg.solve(first, second)), np.broadcast_to([[0, 1], [1, 0]], first.shape), atol=1e-9
    )
    assert isinstance(search("pm").find(np.zeros((1, 1024)), 1.0), Placing)
