"""A key's stream depends on the seed and the names alone; different keys have unrelated streams."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from core.key import Key

NAMES = st.lists(st.one_of(st.text(max_size=4), st.integers()), max_size=3).map(tuple)


def first(key):
    return key.generator().random()


def test_a_key_gives_the_same_draws_every_time():
    assert np.array_equal(Key(7).generator().normal(size=9), Key(7).generator().normal(size=9))


def test_drawing_from_a_key_does_not_move_its_child():
    key = Key(7)
    before = first(key / "a")
    key.generator().normal(size=1000)
    assert first(key / "a") == before


@pytest.mark.parametrize(
    ("a", "b"),
    [
        pytest.param(Key(0) / "a" / "b", Key(0) / "b" / "a", id="order"),
        pytest.param(Key(0) / 1, Key(0) / "1", id="type"),
        pytest.param(Key(0) / "ab", Key(0) / "a" / "b", id="concatenation"),
        pytest.param(Key(0) / "a', 'b", Key(0) / "a" / "b", id="quotes in a name"),
        pytest.param(Key(1), Key(0) / 1, id="seed against name"),
        pytest.param(Key(1), Key(2), id="seed"),
        pytest.param(Key(0), Key(0) / "", id="empty name"),
        pytest.param(Key(-1), Key(1), id="sign"),
    ],
)
def test_keys_that_differ_draw_differently(a, b):
    assert first(a) != first(b)


@given(st.integers(), NAMES, st.integers(), NAMES)
def test_digests_agree_exactly_when_keys_do(seed, path, other_seed, other_path):
    a, b = Key(seed, path), Key(other_seed, other_path)
    assert (a.digest() == b.digest()) == (a == b)


def test_first_draws_of_siblings_are_uniform():
    draws = [first(Key(0) / i) for i in range(4000)]
    assert stats.kstest(draws, "uniform").pvalue > 0.01


@pytest.mark.parametrize("lag", [1, 2, 10])
def test_siblings_are_uncorrelated(lag):
    x = np.array([(Key(3) / i).generator().standard_normal(5) for i in range(4000)])
    correlation = (x[lag:] * x[:-lag]).mean()
    assert abs(correlation) < 5 / np.sqrt(x[lag:].size)


def test_parent_and_child_are_uncorrelated():
    parent, child = Key(3).generator().standard_normal(20_000), (Key(3) / 0).generator().standard_normal(20_000)
    assert abs((parent * child).mean()) < 5 / np.sqrt(20_000)


@pytest.mark.parametrize(
    ("key", "draw", "golden"),
    [
        (Key(0) / "init", lambda g: g.random(), 0.425367038632954),
        (Key(0) / "init" / 3, lambda g: g.standard_normal(), -0.3322103857716918),
        (Key(2**70) / "x", lambda g: g.integers(10**9), 516952310),
    ],
)
def test_the_stream_of_a_key_never_changes(key, draw, golden):
    assert draw(key.generator()) == pytest.approx(golden, rel=1e-14)


def test_str_reads_as_the_expression_that_made_it():
    key = Key(4) / "init" / 3
    assert eval(str(key), {"Key": Key}) == key


def test_a_key_is_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Key(0).seed = 1
