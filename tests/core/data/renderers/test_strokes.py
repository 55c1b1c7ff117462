"""Drawn digits: splines, ink, factors that can be measured, and variety."""

import time

import numpy as np
import pytest

from core.data.renderers import strokes
from core.data.renderers.letterforms import ALL, FORMS, PER_SPAN, spline
from core.key import Key

FACTORS = strokes.sample(600, Key(2))
IMAGES = strokes.render(FACTORS, Key(2))[:, 0]


def test_the_spline_passes_through_its_points_and_keeps_straight_lines():
    weights = spline(5)
    np.testing.assert_allclose(weights.sum(axis=1), 1, atol=1e-12)
    np.testing.assert_allclose(weights[::PER_SPAN], np.eye(5), atol=1e-12)
    line = np.arange(5.0)[:, None] * [2, -1]
    np.testing.assert_allclose(weights @ line, np.arange(4 * PER_SPAN + 1)[:, None] / PER_SPAN * [2, -1], atol=1e-12)


def test_forms_cover_the_digits_and_are_joined_where_the_pen_is_down():
    assert sorted(FORMS) == list(range(10))
    assert sum(len(forms) for forms in FORMS.values()) == len(ALL)
    for form in ALL:
        path = form.path @ form.points
        lengths = np.hypot(*(path[form.pieces[:, 1]] - path[form.pieces[:, 0]]).T)
        assert lengths.min() > 0
        assert lengths.max() < 0.25  # a lifted pen would jump further
        ends = len(form.pieces) - (form.pieces[1:, 0] == form.pieces[:-1, 1]).sum()
        assert ends <= 3
        assert path.min() > -0.08
        assert path.max() < 1.08


def test_ink_is_the_distance_to_the_pen_path():
    """Against the plain way: every pixel's distance to every piece."""
    form = ALL[7]
    path, width = strokes.write(form, FACTORS[FACTORS[:, 0] == form.digit][:5], Key(0))
    seen = strokes.ink(path, width, form.pieces)
    at = np.stack(np.meshgrid(np.arange(32) + 0.5, np.arange(32) + 0.5), axis=-1)
    for image, corners, half in zip(seen, path, width, strict=True):
        best = np.zeros((32, 32))
        for a, b in form.pieces:
            along = corners[b] - corners[a]
            t = np.clip((at - corners[a]) @ along / (along @ along), 0, 1)
            distance = np.linalg.norm(at - corners[a] - t[..., None] * along, axis=-1)
            best = np.maximum(best, (half[a] + half[b]) / 2 + 0.5 - distance)
        np.testing.assert_allclose(image, np.clip(best, 0, 1), atol=1e-12)


def test_classes_come_in_equal_numbers():
    assert np.bincount(FACTORS[:, 0].astype(int)).tolist() == [60] * 10


def test_digits_are_not_cut_off():
    edge = IMAGES.copy()
    edge[:, 1:-1, 1:-1] = 0
    assert (edge.max(axis=(1, 2)) > 0.2).mean() < 0.002
    assert IMAGES.max(axis=(1, 2)).min() > 0.8


def test_size_can_be_measured():
    """Rows with ink, less the pen's own width, are the size."""
    rows = IMAGES.max(axis=2).sum(axis=1) - FACTORS[:, 2]
    assert np.corrcoef(rows, FACTORS[:, 3])[0, 1] ** 2 > 0.95


def test_thickness_can_be_measured():
    """The ink of a digit over the length of its path."""
    ones = strokes.sample(400, Key(5))
    ones[:, 0], ones[:, 1], ones[:, 4] = 7, 0, 0
    ink = strokes.render(ones, Key(5)).sum(axis=(1, 2, 3)) / ones[:, 3]
    assert np.corrcoef(ink, ones[:, 2])[0, 1] ** 2 > 0.7


def test_slant_can_be_measured():
    """Of straight ones, the regression of x on y has the slant's tangent."""
    ones = strokes.sample(400, Key(6))
    ones[:, 0] = 1
    images = strokes.render(ones, Key(6))[:, 0]
    y, x = np.indices((32, 32)) + 0.5
    mass = images.sum(axis=(1, 2))
    my, mx = (images * y).sum(axis=(1, 2)) / mass, (images * x).sum(axis=(1, 2)) / mass
    cov = (images * x * y).sum(axis=(1, 2)) / mass - mx * my
    slope = -cov / ((images * y * y).sum(axis=(1, 2)) / mass - my**2)
    assert np.corrcoef(slope, np.tan(np.radians(ones[:, 1])))[0, 1] > 0.8


def test_wobble_moves_the_hand_away_from_the_form():
    form = ALL[0]
    calm, wild = (np.tile([0, 0, 2.0, 20.0, wobble], (300, 1)) for wobble in (0.0, 1.0))
    spread = [strokes.write(form, f, Key(1))[0].std(axis=0).mean() for f in (calm, wild)]
    assert spread[1] > 1.2 * spread[0]


def test_nearest_neighbours_differ_and_a_class_can_be_told():
    """The nearest of 1,200 others is visibly another picture, yet mostly of the same class: varied, and still digits."""
    factors = strokes.sample(1200, Key(3))
    flat = strokes.render(factors, Key(3)).reshape(1200, -1)
    squared = (flat**2).sum(axis=1)
    apart = squared[:, None] + squared[None] - 2 * flat @ flat.T + 1e9 * np.eye(1200)
    assert np.sqrt(apart.min()) > 1  # at least the ink of one pixel
    assert np.median(np.sqrt(apart.min(axis=1) / squared)) > 0.4
    assert (factors[apart.argmin(axis=1), 0] == factors[:, 0]).mean() > 0.85


def test_a_key_is_a_picture(monkeypatch):
    assert np.array_equal(strokes.render(FACTORS, Key(2))[:, 0], IMAGES)
    assert not np.array_equal(strokes.render(FACTORS, Key(3))[:, 0], IMAGES)
    monkeypatch.setattr(strokes, "CHUNK", 3)
    assert np.array_equal(strokes.render(FACTORS, Key(2))[:, 0], IMAGES)
    assert IMAGES.min() >= 0
    assert IMAGES.max() <= 1


def test_ten_thousand_take_seconds():
    began = time.process_time()
    assert len(strokes.pictures(10_000, Key(0))) == 10_000
    assert time.process_time() - began < 8


@pytest.mark.parametrize("n", [0, 1, 2])
def test_few_rows_are_no_trouble(n):
    assert strokes.render(FACTORS[:n], Key(0)).shape == (n, 1, 32, 32)
