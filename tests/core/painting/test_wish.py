"""What is wanted of pictures: the values left are told, each as often as in the data, and "not A" is never A."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from core.data.renderers import outfits
from core.data.renderers.outfit_prompts import parse
from core.data.renderers.outfit_words import FREE
from core.key import Key
from core.painting.wish import Wish

LEFT = st.lists(st.frozensets(st.integers(0, 5), max_size=6).map(lambda v: tuple(sorted(v))), min_size=1, max_size=4)


@given(LEFT, st.integers(1, 20), st.integers(0, 5))
def test_what_is_told_is_what_is_left_and_free_is_not_told(left, n, seed):
    wish = Wish(tuple(left))
    told = wish.labels(n, Key(seed))
    if not any(left):
        assert told is None
        return
    for column, values in zip(told.T, left, strict=True):
        assert set(column) <= (set(values) or {-1})
    assert wish.fulfilled(np.where(told < 0, 0, told)).all()
    np.testing.assert_array_equal(wish.labels(n + 7, Key(seed))[:n], told)


def test_one_other_value_is_told_itself():
    np.testing.assert_array_equal(Wish(((1,), ())).labels(3, Key(0)), [[1, -1]] * 3)
    assert Wish(((1,), ())).settled == (1, -1)
    assert not Wish(((1,), ())).drawn
    assert Wish(((0, 2),)).drawn


@pytest.mark.parametrize(
    "prompt", ["not red hair", "not curly, no hoodie", "red or blonde hair", "glasses, not red hair"]
)
def test_labels_are_told_as_often_as_in_the_outfits_that_are_left(prompt):
    """The prior of all outfits that fulfil the words, exactly; chi-squared with a fixed key."""
    wish = Wish(tuple(() if v == f else tuple(sorted(v)) for v, f in zip(parse(prompt).left, FREE, strict=True)))
    told = wish.labels(6000, Key(0))
    real = outfits.EVERY[wish.fulfilled(outfits.EVERY).all(axis=1)]
    for condition, values in enumerate(wish.left):
        if len(values) < 2:
            continue
        counts = np.array([(told[:, condition] == value).sum() for value in values])
        wanted = np.array([(real[:, condition] == value).mean() for value in values])
        assert stats.chisquare(counts, 6000 * wanted).pvalue > 0.001


def test_what_is_asked_is_fulfilled_by_those_values_alone():
    seen = np.array([[0, 3], [1, 3], [2, 0]])
    np.testing.assert_array_equal(Wish(((0, 2), ())).fulfilled(seen), [[True, True], [False, True], [True, True]])


def test_a_free_condition_that_is_always_told_is_told_every_value_as_often():
    wish = Wish(((), (1,)), sizes=(4, 3))
    told = wish.labels(4000, Key(0))
    assert not Wish(((),), sizes=(4,)).asks
    assert Wish(((),), sizes=(4,)).labels(3, Key(0)) is not None
    assert stats.chisquare(np.bincount(told[:, 0], minlength=4)).pvalue > 0.001
    assert (told[:, 1] == 1).all()
    np.testing.assert_array_equal(Wish(wish.values).labels(9, Key(1)), wish.labels(9, Key(1)))
