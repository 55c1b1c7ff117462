"""Wallpapers: the symmetry is exact, and no more of it than the group's name says."""

import numpy as np
import pytest

from core.data.renderers import wallpapers as w
from core.key import Key

ORDERS = {
    "p1": 1,
    "p2": 2,
    "pm": 2,
    "pg": 2,
    "cm": 2,
    "pmm": 4,
    "pmg": 4,
    "pgg": 4,
    "cmm": 4,
    "p4": 4,
    "p4m": 8,
    "p4g": 8,
}
ORDERS |= {"p3": 3, "p3m1": 6, "p31m": 6, "p6": 6, "p6m": 12}  # of the point groups, International Tables
AT = Key(0).generator().uniform(-40, 70, (30, 2))
GROUPS = pytest.mark.parametrize("group", w.CLASSES)


def some(group, m=3):
    """Fields of one group with factors of every kind."""
    factors = w.sample(m, Key(9))
    factors[:, 0] = w.CLASSES.index(group)
    return w.waves(group, factors, Key(1))


def moved(field, move):
    """The fields at the images of AT under a move of their lattice."""
    matrix, shift = np.array(move[0]), np.array(move[1])
    rows = []
    for i, (basis, origin) in enumerate(zip(field.bases, field.origins, strict=True)):
        cells = np.linalg.solve(basis, (AT - origin).T).T
        rows.append(field.at((cells @ matrix.T + shift) @ basis.T + origin)[i])
    return np.array(rows)


def test_there_are_seventeen_groups_of_the_right_orders():
    assert {group: len(w.moves(group)) for group in w.CLASSES} == ORDERS


@GROUPS
def test_the_generators_and_the_cell_leave_the_field_unchanged(group):
    field = some(group)
    still = ((1, 0), (0, 1))
    for move in (*w.GROUPS[group][1], *w.moves(group), (still, (1, 0)), (still, (0, 1))):
        np.testing.assert_allclose(moved(field, move), field.at(AT), atol=1e-12)


@GROUPS
def test_moves_are_rigid(group):
    basis = some(group).bases
    for matrix, _ in w.moves(group):
        rigid = basis @ np.array(matrix) @ np.linalg.inv(basis)
        np.testing.assert_allclose(rigid @ rigid.transpose(0, 2, 1), np.broadcast_to(np.eye(2), (3, 2, 2)), atol=1e-12)


@GROUPS
def test_there_is_no_other_symmetry(group):
    """Every move of another group on the same kind of lattice that is not this group's changes the field."""
    field = some(group)
    kind = w.GROUPS[group][0]
    own = set(w.moves(group))
    for other in w.CLASSES:
        for move in w.moves(other) if w.GROUPS[other][0] == kind else ():
            if move not in own:
                assert np.abs(moved(field, move) - field.at(AT)).max() > 0.1, (other, move)
    half = ((1, 0), (0, 1)), (0.5, 0.5)
    assert np.abs(moved(field, half) - field.at(AT)).max() > 0.1


@GROUPS
def test_the_grid_is_the_field_with_mean_nought_and_variance_one(group):
    field = some(group)
    y, x = np.indices((32, 32)) + 0.5
    np.testing.assert_allclose(
        field.grid(32).reshape(3, -1), field.at(np.stack([x.ravel(), y.ravel()], axis=1)), atol=1e-11
    )
    u = np.stack(np.meshgrid(np.arange(16), np.arange(16)), axis=-1).reshape(-1, 2) / 16
    for i in range(3):
        values = field.at(u @ field.bases[i].T + field.origins[i])[i]
        assert values.mean() == pytest.approx(0, abs=1e-12)
        assert values.var() == pytest.approx(1, abs=1e-12)
        assert abs(np.linalg.det(field.bases[i])) == pytest.approx(w.sample(3, Key(9))[i, 1] ** 2)


def on_the_grid(group):
    """A picture whose square cell of 16 pixels lies on the pixel grid, the origin in its middle."""
    return w.render(np.array([[w.CLASSES.index(group), 16.0, 0.0, 0.0, 0.0]]), Key(4))[0, 0]


@pytest.mark.parametrize("group", ["p4", "p4m", "p4g"])
def test_pixels_repeat_and_turn(group):
    image = on_the_grid(group)
    np.testing.assert_allclose(np.roll(image, 16, axis=0), image, atol=1e-11)
    np.testing.assert_allclose(np.roll(image, 16, axis=1), image, atol=1e-11)
    np.testing.assert_allclose(np.rot90(image), image, atol=1e-11)
    mirrored = np.abs(image[:, ::-1] - image).max()
    assert mirrored < 1e-11 if group == "p4m" else mirrored > 0.1
    if group == "p4g":  # mirrored, and half a cell along both sides
        np.testing.assert_allclose(np.roll(image[:, ::-1], (8, 8), axis=(0, 1)), image, atol=1e-11)


@GROUPS
def test_every_frequency_keeps_its_length(group):
    """All frequencies of the circle are there: the group maps them to each other, and each has its opposite."""
    k, length = w.spectrum(w.GROUPS[group][0])
    assert np.array_equal(k[::-1], -k)
    projection = w.projector(group)
    np.testing.assert_allclose(projection @ projection, projection, atol=1e-12)
    linked = np.abs(projection) > 1e-9
    assert np.allclose(
        np.broadcast_to(length, linked.shape)[linked], np.broadcast_to(length[:, None], linked.shape)[linked]
    )


def test_pictures_have_contrast_and_differ():
    factors = w.sample(340, Key(0))
    images = w.render(factors, Key(0))
    assert np.bincount(factors[:, 0].astype(int)).tolist() == [20] * 17
    assert images.min() >= 0
    assert images.max() <= 1
    assert images.std(axis=(1, 2, 3)).min() > 0.2
    flat = images.reshape(340, -1)
    squared = (flat**2).sum(axis=1)
    apart = squared[:, None] + squared[None] - 2 * flat @ flat.T + 1e9 * np.eye(340)
    assert apart.min() / 1024 > 0.02
    assert np.array_equal(w.render(factors, Key(0)), images)
    assert not np.array_equal(w.render(factors, Key(1)), images)


MIRRORS = {"pm": 1, "cm": 1, "pmm": 2, "pmg": 1, "cmm": 2, "p4m": 4, "p4g": 2, "p3m1": 3, "p31m": 3, "p6m": 6}


@GROUPS
def test_mirrors_and_glides_are_told_apart(group):
    """A reversing move is a mirror if it is its own inverse with the cell's corner put somewhere, else a glide only."""
    cells = np.stack(np.meshgrid([-1, 0, 1], [-1, 0, 1]), axis=-1).reshape(-1, 2)
    mirrors = 0
    for matrix, shift in w.moves(group):
        if np.linalg.det(matrix) < 0:
            mirrors += bool((np.abs((cells + shift) @ (np.array(matrix).T + np.eye(2))).max(axis=1) < 1e-9).any())
    assert mirrors == MIRRORS.get(group, 0)


def test_every_third_turn_of_p3m1_lies_on_mirrors_and_not_of_p31m():
    centre = np.array([1 / 3, 2 / 3])
    for group, expected in (("p3m1", 3), ("p31m", 0)):
        reverse = [np.array(m) for m, _ in w.moves(group) if np.linalg.det(m) < 0]
        assert sum(np.allclose((m @ centre - centre + 0.5) % 1, 0.5) for m in reverse) == expected
