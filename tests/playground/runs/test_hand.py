"""Start means in the link: they come back, belong to one situation, and nonsense is refused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from playground import session
from playground.runs import hand

PROFILE = settings(max_examples=80, deadline=None, derandomize=True, database=None)
AXIS = np.array([[-3.0, 3.0]])
shapes = some.tuples(some.integers(1, 12), some.integers(1, 2))


@pytest.fixture
def link(monkeypatch):
    """Stub the session; the link as a dictionary."""
    held, written = {}, {}

    def put(name, value):
        if value is None:
            written.pop(name, None)
        else:
            written[name] = value

    monkeypatch.setattr(session, "_held", lambda: held)
    monkeypatch.setattr(session, "from_link", written.get)
    monkeypatch.setattr(session, "put_in_link", put)
    return written


@given(shapes, some.integers(0, 10**6), some.integers(-8, 8))
@PROFILE
def test_means_come_back_to_nine_digits(shape, seed, power):
    means = np.random.default_rng(seed).normal(size=shape) * 10.0**power
    back = hand.decode(hand.encode(means), shape)
    np.testing.assert_allclose(back, means, rtol=5e-9)
    np.testing.assert_array_equal(hand.decode(hand.encode(back), shape), back)


def test_means_far_from_the_origin_keep_their_place():
    years = np.array([[1234567.0], [1234571.0]])
    np.testing.assert_allclose(hand.decode(hand.encode(years), (2, 1)), years, atol=0.1)


@pytest.mark.parametrize(
    "text",
    [None, "", "abc", "1,2", "1,2;3", "1,2;3,4;5,6", "1,2;3,nan", "1,2;3,inf", "1,2;3,-inf", "1,2;3,1e999", "1 2;3 4",
     "1,2;;3,4", "1,2;3,4;", "a,b;c,d", "1,2;3,0x4", "[1,2];[3,4]", "1,2;3,4,5", "(1,2);(3,4)", "1;2"],
)  # fmt: skip
def test_what_is_not_means_of_this_shape_is_refused(text):
    assert hand.decode(text, (2, 2)) is None


@given(some.text(max_size=40), shapes)
@PROFILE
def test_any_text_is_finite_means_or_refused(text, shape):
    found = hand.decode(text, shape)
    assert found is None or (found.shape == shape and np.isfinite(found).all())


def test_handles_that_lie_where_the_means_are_say_nothing():
    now = np.array([[1.0, 2.0], [3.0, -4.0]])
    assert hand.moved(None, now) is None
    assert hand.moved(now.astype("f4").astype(float), now) is None
    assert hand.moved(now[:1], now) is None


def test_a_moved_handle_says_where():
    now = np.array([[1.0, 2.0], [3.0, -4.0]])
    np.testing.assert_array_equal(hand.moved(now + [[0, 0], [0.01, 0]], now), [[1, 2], [3.01, -4]])


def test_handles_on_a_line_move_along_it():
    now = np.array([[1.0], [3.0]])
    np.testing.assert_array_equal(hand.moved(np.array([[1.5, 0.0], [3.0, 0.2]]), now), [[1.5], [3.0]])
    assert hand.moved(np.array([[1.0, 0.7], [3.0, 0.2]]), now) is None


def test_a_move_far_from_the_origin_is_seen():
    now = np.array([[1e6], [1e6 + 4]])
    assert hand.moved(np.array([[1e6 - 5, 0], [1e6 + 4, 0]]), now) is not None


def test_a_move_that_is_reported_is_a_move_that_is_held():
    now = np.array([[2001.0], [1990.0]])
    moved = hand.moved(np.array([[2001.045, 0.0], [1990.0, 0.0]]), now)
    assert moved is None or not np.array_equal(hand.decode(hand.encode(moved), now.shape), now)


def test_the_means_of_a_link_count_for_the_first_situation(link):
    link["means"] = "0.5;-1"
    np.testing.assert_array_equal(hand.means("em", "a", (2, 1), AXIS), [[0.5], [-1]])
    np.testing.assert_array_equal(hand.means("em", "a", (2, 1), AXIS), [[0.5], [-1]])
    assert link["means"] == "0.5;-1"


def test_another_situation_drops_them(link):
    link["means"] = "0.5;-1"
    hand.means("em", "a", (2, 1), AXIS)
    assert hand.means("em", "b", (2, 1), AXIS) is None
    assert "means" not in link
    assert hand.means("em", "a", (2, 1), AXIS) is None


def test_means_of_a_wrong_shape_leave_the_link(link):
    link["means"] = "0.5;-1;3"
    assert hand.means("em", "a", (2, 1), AXIS) is None
    assert "means" not in link


def test_what_a_hand_chose_is_held_as_the_link_says_it(link):
    hand.put("em", "a", np.array([[1 / 3], [-2 / 3]]))
    held = hand.means("em", "a", (2, 1), AXIS)
    np.testing.assert_array_equal(held, [[0.333333333333], [-0.666666666667]])
    np.testing.assert_array_equal(hand.decode(link["means"], (2, 1)), held)


def test_letting_go(link):
    hand.put("em", "a", np.array([[0.5], [1.0]]))
    hand.means("em", "a", (2, 1), AXIS)
    hand.put("em", "a", None)
    assert hand.means("em", "a", (2, 1), AXIS) is None
    assert "means" not in link


@pytest.mark.parametrize("asked", ["3.01;0", "-1e30;1", "0;1e200"])
def test_means_off_the_axes_are_refused_and_said(link, asked):
    link["means"] = asked
    chosen = hand.means("em", "a", (2, 1), AXIS)
    assert chosen is None
    assert len(hand.complaint("em", chosen)) == 1


@pytest.mark.parametrize("asked", ["nonsense", "0.5", "0.5;1;2", "nan;1"])
def test_means_that_cannot_be_read_are_said(link, asked):
    link["means"] = asked
    assert len(hand.complaint("em", hand.means("em", "a", (2, 1), AXIS))) == 1
    assert len(hand.complaint("em", hand.means("em", "a", (2, 1), AXIS))) == 1
    hand.put("em", "a", np.array([[0.5], [1.0]]))
    assert hand.complaint("em", hand.means("em", "a", (2, 1), AXIS)) == []


@pytest.mark.parametrize("asked", [None, "0.5;1", "3;-3"])
def test_nothing_is_said_of_means_that_are_used_or_not_asked_for(link, asked):
    if asked:
        link["means"] = asked
    chosen = hand.means("em", "a", (2, 1), AXIS)
    assert (chosen is None) == (asked is None)
    assert hand.complaint("em", chosen) == []
    assert hand.complaint("em", hand.means("em", "b", (2, 1), AXIS)) == []


def test_every_put_is_another_version(link):
    hand.means("em", "a", (2, 1), AXIS)
    assert hand.version("em") == 0
    hand.put("em", "a", np.array([[0.5], [1.0]]))
    hand.put("em", "a", None)
    assert hand.version("em") == 2
    hand.means("em", "b", (2, 1), AXIS)
    assert hand.version("em") == 2  # there was nothing to let go of
    hand.put("em", "b", np.array([[0.5], [1.0]]))
    hand.means("em", "c", (2, 1), AXIS)
    assert hand.version("em") == 4
