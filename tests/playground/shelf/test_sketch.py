"""Drawings in a link: what was drawn comes back, and nothing else ever does."""

import base64
import tracemalloc
import zlib
from collections import Counter

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as some

from playground.shelf import sketch

PROFILE = settings(max_examples=80, deadline=None, derandomize=True, database=None)
places = some.tuples(some.integers(0, sketch.SIDE - 1), some.integers(0, sketch.SIDE - 1), some.integers(0, 2))


def written(points):
    """The text of lattice points (x, y, class)."""
    rows = np.array(points)
    return sketch.encode(rows[:, :2] / (sketch.SIDE - 1), rows[:, 2])


def text_of(planes):
    """Bytes deflated as a drawing is."""
    return base64.urlsafe_b64encode(zlib.compress(planes, 9)).decode().rstrip("=")


def cloud(n, seed=0):
    rng = np.random.default_rng(seed)
    return rng.random((n, 2)), rng.integers(0, 3, n)


@given(some.lists(places, min_size=1, max_size=120))
@example([(0, 0, 0)])
@example([(4095, 4095, 2)] * 3)
@PROFILE
def test_what_was_drawn_comes_back_whatever_its_order(points):
    xy, cls = sketch.decode(written(points))
    back = np.rint(xy * (sketch.SIDE - 1)).astype(int)
    assert Counter(map(tuple, np.column_stack([back, cls]).tolist())) == Counter(points)
    np.testing.assert_allclose(back / (sketch.SIDE - 1), xy, atol=0)


@given(some.lists(places, min_size=1, max_size=60), some.randoms())
@PROFILE
def test_the_order_of_the_points_does_not_change_the_link(points, random):
    shuffled = random.sample(points, len(points))
    assert written(shuffled) == written(points)


@given(some.text(max_size=200))
@example("")
@example("é")
@example("A")
@example("=" * 8)
@example("eJw")
@PROFILE
def test_any_text_is_refused_and_none_raises(text):
    assert sketch.decode(text) is None
    assert sketch.dataset(text, flat=False) is None


@given(some.binary(max_size=300))
@PROFILE
def test_any_bytes_are_refused_and_none_raises(raw):
    assert sketch.decode(base64.urlsafe_b64encode(raw).decode()) is None


@given(some.binary(min_size=1, max_size=400))
@PROFILE
def test_any_deflated_bytes_are_points_on_the_lattice_or_refused(raw):
    found = sketch.decode(text_of(raw))
    if found is not None:
        assert len(found[0]) == len(found[1]) == len(raw) / 4
        assert found[0].min() >= 0
        assert found[0].max() <= 1
        assert set(found[1].tolist()) <= {0, 1, 2}


@pytest.mark.parametrize("n", [1, 10, 37, 400])
def test_a_link_that_was_cut_short_is_refused(n):
    text = sketch.encode(*cloud(n))
    assert [cut for cut in range(len(text)) if sketch.decode(text[:cut]) is not None] == []


def test_a_link_with_a_wrong_letter_is_refused():
    text = sketch.encode(*cloud(40))
    wrong = [text[:i] + ("A" if text[i] != "A" else "B") + text[i + 1 :] for i in range(len(text) - 1)]
    assert sum(sketch.decode(one) is not None for one in wrong) == 0


def test_a_bomb_is_refused_before_it_is_unpacked():
    bomb = text_of(bytes(50_000_000))
    tracemalloc.start()
    assert sketch.decode(bomb) is None
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000


def test_at_most_two_thousand_points_are_read():
    assert len(sketch.decode(sketch.encode(*cloud(2000)))[0]) == 2000
    assert sketch.decode(sketch.encode(*cloud(2001))) is None


def test_places_beyond_the_classes_are_refused():
    last = np.array([3 * sketch.SIDE**2 - 1], "<u4")
    planes = [code.view(np.uint8).reshape(-1, 4).T.tobytes() for code in (last, last + np.uint32(1))]
    assert sketch.decode(text_of(planes[0])) is not None
    assert sketch.decode(text_of(planes[1])) is None


def test_a_thousand_points_fit_in_a_link():
    assert max(len(sketch.encode(*cloud(1000, seed))) for seed in range(5)) < 4500


def test_a_drawing_becomes_a_dataset_on_fixed_axes():
    xy, cls = cloud(50)
    data = sketch.dataset(sketch.encode(xy, cls), flat=False)
    low, high = sketch.BOUNDS[:, 0], sketch.BOUNDS[:, 1]
    wanted = low + np.rint(xy * 4095) / 4095 * (high - low)
    ordered = [rows[np.lexsort(rows.T)] for rows in (data.points, wanted)]
    np.testing.assert_allclose(*ordered, atol=1e-12)
    np.testing.assert_array_equal(data.bounds, sketch.BOUNDS)
    assert sorted(data.labels) == sorted(cls)
    assert data.classes == sketch.CLASSES
    again = sketch.dataset(sketch.encode(xy[::-1], cls[::-1]), flat=False)
    assert again.digest == data.digest


def test_a_flat_drawing_keeps_the_first_coordinate():
    xy, cls = cloud(20)
    data = sketch.dataset(sketch.encode(xy, np.zeros_like(cls)), flat=True)
    assert (data.dim, data.columns, data.labels) == (1, ("x",), None)
    np.testing.assert_allclose(np.sort(data.points[:, 0]), np.sort(np.rint(xy[:, 0] * 4095) / 4095 * 8 - 4))


@pytest.mark.parametrize("flat", [False, True])
def test_too_few_points_are_no_dataset(flat):
    xy, cls = cloud(10)
    assert sketch.dataset(sketch.encode(xy[:9], cls[:9]), flat) is None
    assert sketch.dataset(sketch.encode(xy, cls), flat) is not None


def test_points_without_spread_are_no_dataset():
    xy, cls = cloud(30)
    for column in (0, 1):
        line = xy.copy()
        line[:, column] = 0.5
        text = sketch.encode(line, cls)
        assert sketch.dataset(text, flat=False) is None
        assert (sketch.dataset(text, flat=True) is None) == (column == 0)
