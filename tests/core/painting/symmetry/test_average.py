"""The average over a group is an orthogonal projection; shrunk, the mean of a Gaussian law; mixed, each picture's own."""

import numpy as np
import pytest

from core.data.renderers import wallpapers
from core.key import Key
from core.painting.symmetry.average import LEAST, average, mixed, seen, share
from core.painting.symmetry.waves import Placing, symmetric
from tests.core.painting.symmetry.papers import papers

GROUPS = pytest.mark.parametrize("group", wallpapers.CLASSES)
NOISE = Key(1).generator().standard_normal((2, 16, 1024))


@GROUPS
def test_it_is_idempotent_and_self_adjoint_and_of_the_rank_of_its_waves(group):
    fields = symmetric(group).grid(papers(group)[2], wallpapers.SIZE)
    x, y = (average(fields, noise) for noise in NOISE)
    np.testing.assert_allclose(average(fields, x), x, atol=1e-8)
    np.testing.assert_allclose(np.sum(x * NOISE[1], axis=1), np.sum(NOISE[0] * y, axis=1), atol=1e-7)
    every = average(np.repeat(fields[:1], 1024, axis=0), np.eye(1024)) if group in ("p6m", "p4g") else None
    assert every is None or np.trace(every) == pytest.approx(fields.shape[1])


@GROUPS
def test_the_average_has_every_motion_of_the_group(group):
    """Pixel by pixel where a motion takes pixel centres to pixel centres; here on a lattice of whole pixels."""
    sides = {"oblique": [[14, 6], [0, 12]], "rectangular": [[12, 0], [0, 14]], "rhombic": [[12, 6], [4, 13]]}
    kind = wallpapers.GROUPS[group][0]
    basis = np.array(
        sides.get(kind, [[14, 0], [0, 14]] if kind == "square" else [[14, -7], [0, 7 * np.sqrt(3)]]), float
    )
    if kind == "rhombic":
        basis = np.array([[8.0, 8.0], [-10.0, 10.0]])
    placing = Placing(basis[None], np.array([[16.0, 16.0]]))
    fields = symmetric(group).grid(placing, 32)
    found = average(fields, NOISE[0, :1])[0].reshape(32, 32)
    centres = np.stack(np.meshgrid(*[np.arange(32) + 0.5] * 2), axis=-1).reshape(-1, 2)
    cells = np.linalg.solve(basis, (centres - 16).T).T
    matched = 0
    for matrix, shift in wallpapers.moves(group):
        there = (cells @ np.array(matrix).T + shift) @ basis.T + 16
        place = np.rint(there - 0.5).astype(int)
        on = (np.abs(there - 0.5 - place) < 1e-6).all(axis=1) & ((place >= 0) & (place < 32)).all(axis=1)
        matched += on.sum()
        np.testing.assert_allclose(found[place[on, 1], place[on, 0]], found.ravel()[on], atol=1e-7)
    assert matched >= 1024


@GROUPS
def test_shrunk_it_is_the_mean_of_the_gaussian_law_given_the_noisy_picture(group):
    of, (_, _, placing) = symmetric(group), papers(group)
    fields, variance = of.grid(placing, wallpapers.SIZE)[:1], 0.7
    law = (fields[0].T * of.variances) @ fields[0]
    exact = law @ np.linalg.solve(law + variance * np.eye(1024), NOISE[0, 0])
    np.testing.assert_allclose(average(fields, NOISE[0, :1], variance / of.variances)[0], exact, atol=1e-8)


def test_the_share_grows_with_the_noise_from_none_to_all():
    shares = [share(r) for r in (0.0, 1e-5, 1e-3, 0.05, 1.0, 1e4)]
    assert shares[0] == shares[1] == 0
    assert shares == sorted(shares)
    assert shares[3] == pytest.approx(0.5)
    assert 0.999 < shares[-1] <= 1
    assert all(s == 0 or s >= LEAST for s in shares)


def test_each_picture_is_averaged_over_its_own_group_and_one_told_nothing_is_left():
    pictures = np.concatenate([papers("p4m")[0][:2], papers("pg")[0][:2], papers("p4m")[0][2:3]])
    noisy, guess = pictures + NOISE[0, :5], NOISE[1, :5]
    labels = np.array([wallpapers.CLASSES.index("p4m")] * 2 + [wallpapers.CLASSES.index("pg"), -1] + [10])
    found, beta = mixed(guess, noisy, labels, 1.0), share(1.0)
    np.testing.assert_array_equal(found[3], guess[3])
    alone = (1 - beta) * guess[2] + beta * seen("pg", noisy[2:3], 1.0)[0]
    np.testing.assert_allclose(found[2], alone, atol=1e-9)
    np.testing.assert_allclose(mixed(guess[4:], noisy[4:], labels[4:], 1.0)[0], found[4], atol=1e-9)
    np.testing.assert_array_equal(mixed(guess, noisy, labels, 1.0, 0.0), guess)
    np.testing.assert_array_equal(mixed(guess, noisy, labels, 1e-6), guess)


def test_of_a_real_noisy_picture_it_is_nearer_than_the_nearest_picture_that_is_flat():
    pictures = papers("p6m")[0]
    near = seen("p6m", pictures + 3 * NOISE[0], 9.0)
    assert np.mean((near - pictures) ** 2) < 0.4 * np.mean(pictures**2)
