"""The symmetric waves: they have every motion of their group, and are all that have."""

import numpy as np
import pytest

from core.data.renderers import wallpapers
from core.key import Key
from core.painting.symmetry.average import average
from core.painting.symmetry.waves import Placing, symmetric
from tests.core.painting.symmetry.papers import papers

GROUPS = pytest.mark.parametrize("group", wallpapers.CLASSES)
POINTS = Key(0).generator().uniform(-40, 70, (30, 2))
UNIT = Placing(np.eye(2)[None], np.zeros((1, 2)))


@GROUPS
def test_every_motion_of_the_group_leaves_every_wave_as_it_is(group):
    of, (_, _, placing) = symmetric(group), papers(group)
    one = Placing(placing.bases[:1], placing.origins[:1])
    basis, origin, still = one.bases[0], one.origins[0], ((1, 0), (0, 1))
    cells = np.linalg.solve(basis, (POINTS - origin).T).T
    for matrix, shift in (*wallpapers.moves(group), (still, (1, 0)), (still, (0, 1))):
        there = (cells @ np.array(matrix).T + shift) @ basis.T + origin
        np.testing.assert_allclose(of.at(one, there), of.at(one, POINTS), atol=1e-10)


@GROUPS
def test_the_waves_are_orthonormal_over_a_cell_and_as_many_as_the_symmetric_functions(group):
    of = symmetric(group)
    side = (np.arange(24) + 0.5) / 24
    phi = of.at(UNIT, np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2))[0]
    np.testing.assert_allclose(phi @ phi.T / 24**2, np.eye(len(phi)), atol=1e-10)
    from core.painting.symmetry.waves import RADIUS

    assert len(phi) == 1 + round(np.trace(wallpapers.projector(group, RADIUS)).real)


@GROUPS
def test_the_grid_is_the_waves_at_the_pixel_centres(group):
    of, (_, _, placing) = symmetric(group), papers(group)
    centres = np.stack(np.meshgrid(*[np.arange(wallpapers.SIZE) + 0.5] * 2), axis=-1).reshape(-1, 2)
    np.testing.assert_allclose(of.grid(placing, wallpapers.SIZE), of.at(placing, centres), atol=1e-9)


@GROUPS
def test_a_field_of_the_group_is_a_sum_of_them_at_its_placing(group):
    """Before it is saturated, and every other group that lacks it leaves something out."""
    _, fields, placing = papers(group)
    np.testing.assert_allclose(average(symmetric(group).grid(placing, wallpapers.SIZE), fields), fields, atol=1e-6)


def test_what_has_less_symmetry_is_no_sum_of_waves_that_have_more():
    _, fields, placing = papers("p1")
    left = fields - average(symmetric("p2").grid(placing, wallpapers.SIZE), fields)
    assert (np.mean(left**2, axis=1) > 0.1).all()


@GROUPS
def test_the_variances_are_those_of_the_pictures(group):
    of, (pictures, _, placing) = symmetric(group), papers(group, 64)
    grid = of.grid(placing, wallpapers.SIZE)
    held = np.linalg.solve(grid @ grid.transpose(0, 2, 1), grid @ pictures[..., None])[..., 0]
    assert (of.variances > 0).all()
    assert np.sum(held**2, axis=1).mean() == pytest.approx(of.variances.sum(), rel=0.1)
    large = of.variances > 0.05
    np.testing.assert_allclose((held**2).mean(axis=0)[large], of.variances[large], rtol=0.8)
