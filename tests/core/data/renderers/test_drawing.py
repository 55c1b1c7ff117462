"""Shapes by signed distance: distances that are distances, coverage that is area."""

import numpy as np
import pytest

from core.data.renderers import drawing as d
from core.key import Key

X, Y = d.centres(32)


def test_centres_are_half_way():
    assert X.shape == (1, 32)
    assert Y.shape == (32, 1)
    assert X[0, 0] == Y[0, 0] == 0.5
    assert X[0, -1] == 31.5


@pytest.mark.parametrize("shift", [0.0, 0.25, 0.613])
def test_an_upright_box_covers_its_area_exactly(shift):
    covered = d.coverage(d.box(X, Y, 5 + shift, 7.0, 20.5, 19 + shift, 0))
    assert covered[12].sum() == pytest.approx(15.5 - shift)
    assert covered[:, 12].sum() == pytest.approx(12 + shift)


def test_round_shapes_cover_nearly_their_area():
    assert d.coverage(d.circle(X, Y, 15.3, 16.1, 8.0)).sum() == pytest.approx(64 * np.pi, rel=2e-3)
    assert d.coverage(d.ellipse(X, Y, 15.3, 16.1, 9.0, 6.0)).sum() == pytest.approx(54 * np.pi, rel=5e-3)
    assert d.coverage(d.line(X, Y, (8, 9), (20, 25), 2.0)).sum() == pytest.approx(80 + 4 * np.pi, rel=5e-3)
    rounded = d.coverage(d.box(X, Y, 4.0, 6.0, 20.0, 16.0, 3.0)).sum()
    assert rounded == pytest.approx(160 - (4 - np.pi) * 9, rel=2e-3)


@pytest.mark.parametrize(
    "shape",
    [
        lambda x, y: d.circle(x, y, 15, 16, 8),
        lambda x, y: d.box(x, y, 4.0, 6.0, 20.0, 16.0, 3.0),
        lambda x, y: d.line(x, y, (8, 9), (20, 25), 2),
        lambda x, y: d.union(d.circle(x, y, 9, 9, 4), d.circle(x, y, 20, 20, 6)),
    ],
)
def test_a_distance_has_slope_one(shape):
    x, y = Key(0).generator().uniform(0, 32, (2, 500))
    h = 1e-5
    slope = np.hypot(shape(x + h, y) - shape(x - h, y), shape(x, y + h) - shape(x, y - h)) / (2 * h)
    assert np.median(slope) == pytest.approx(1, abs=1e-6)
    assert slope.max() < 1 + 1e-6


def test_union_and_overlap():
    a, b = d.circle(X, Y, 12, 16, 6), d.circle(X, Y, 20, 16, 6)
    either, both = d.union(a, b) < 0, d.overlap(a, b) < 0
    assert np.array_equal(either, (a < 0) | (b < 0))
    assert np.array_equal(both, (a < 0) & (b < 0))
    assert both.any()


def test_an_ellipse_is_exact_to_first_order_at_its_edge():
    turn = np.linspace(0, 2 * np.pi, 50)
    normal = np.array([np.cos(turn) / 9, np.sin(turn) / 5])
    normal /= np.linalg.norm(normal, axis=0)
    h = 1e-4
    x, y = 15 + 9 * np.cos(turn) + h * normal[0], 16 + 5 * np.sin(turn) + h * normal[1]
    np.testing.assert_allclose(d.ellipse(x, y, 15, 16, 9, 5), h, rtol=1e-3)
