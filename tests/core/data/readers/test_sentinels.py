"""Numbers that stand for no value are pointed at; numbers that are merely rare are left alone."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.data.read import parse
from core.data.readers.choices import Choices
from core.data.readers.choices import parse as choices_of
from core.data.readers.sentinels import FEWEST, MOST, code, settle, suspects
from core.data.readers.table import Column

KEY = 20_240_101
LAWS = {
    "normal": lambda rng, n: rng.normal(size=n),
    "normal, rounded": lambda rng, n: rng.normal(50, 20, n).round(),
    "uniform": lambda rng, n: rng.uniform(size=n),
    "uniform, whole": lambda rng, n: rng.integers(0, 1000, n).astype(float),
    "percentages": lambda rng, n: np.clip(rng.normal(80, 15, n), 0, 100).round(),
    "exponential": lambda rng, n: rng.exponential(size=n),
    "exponential, whole": lambda rng, n: rng.exponential(30, n).round(),
    "Student t3": lambda rng, n: rng.standard_t(3, n),
    "Student t3, whole": lambda rng, n: (10 * rng.standard_t(3, n)).round(),
    "Poisson": lambda rng, n: rng.poisson(3, n).astype(float),
    "Poisson of 30": lambda rng, n: rng.poisson(30, n).astype(float),
    "lognormal": lambda rng, n: rng.lognormal(size=n),
    "lognormal, whole": lambda rng, n: rng.lognormal(3, 2, n).round(),
    "geometric": lambda rng, n: rng.geometric(0.05, n).astype(float),
    "two far bells": lambda rng, n: rng.choice([-40.0, 40.0], n) + rng.normal(size=n),
    "three far lumps": lambda rng, n: rng.choice([0.0, 100.0, 1000.0], n) + rng.integers(0, 5, n),
}
CONTINUOUS = ("normal", "uniform", "exponential", "Student t3", "lognormal", "two far bells")
SIZES = (20, 100, 500, 5000)
TRIES = 60


def alarms(law, size):
    """In how many of TRIES samples without a sentinel one is pointed at."""
    rng = np.random.default_rng([KEY, size, sorted(LAWS).index(law)])
    return sum(bool(suspects(LAWS[law](rng, size))) for _ in range(TRIES))


@pytest.mark.parametrize("law", LAWS)
def test_samples_without_a_sentinel_raise_few_alarms(law):
    raised = [alarms(law, size) for size in SIZES]
    assert sum(raised) == 0 if law in CONTINUOUS else max(raised) <= 0.05 * TRIES, raised


def found(values):
    return [value for value, _ in suspects(np.array(values, float))]


BELL = np.random.default_rng(KEY).normal(10, 5, 200).round(3).tolist()
AGES = np.random.default_rng(KEY).integers(18, 80, 60).tolist()


@pytest.mark.parametrize(
    ("values", "sentinels"),
    [
        ([*BELL, -9999], [-9999]),
        ([*BELL, -9999, -9999, -9999], [-9999]),
        ([1, 2, 3, 4, 5, 5, 4, 99], [99]),
        ([1, 2, 3, 4, 5, 97, 97, 98, 98, 99], [97, 98, 99]),
        ([*AGES, 999], [999]),
        ([*AGES, -99], [-99]),
        ([*BELL, 1e20, 1e20], [1e20]),
        ([*BELL, float(np.float32(1e20))], [float(np.float32(1e20))]),
        ([*BELL, 9.96921e36], [9.96921e36]),
        ([*BELL, -1.7976931348623157e308], [-1.7976931348623157e308]),
        ([*BELL, -9999, 9999], [-9999, 9999]),
        ([*BELL, -32768, -9999, 32767], [-32768, -9999, 32767]),
        ([*BELL, 0.5e9, 0.5e9], [0.5e9]),
        ([*range(200, 60_000, 700), -9999], [-9999]),
        ([*range(-30_000, 30_000, 700), -9999], []),
        ([*BELL, 400.0], []),
        ([*range(1, 75), 99], []),
        ([1, 2, 3, 999], []),
        ([1, 1, 1, 1], []),
        ([], []),
        ([np.nan, np.inf, -np.inf], []),
        ([*BELL, np.inf, np.nan, -9999], [-9999]),
        ([*range(10), 1000, 1001, 1001, 1002], []),
    ],
)
def test_what_is_pointed_at(values, sentinels):
    assert found(values) == sentinels


def test_how_often_is_counted():
    assert suspects(np.array([*BELL, -9999, -9999, 9999.0])) == [(-9999, 2), (9999, 1)]


lumps = st.lists(st.integers(-40, 40), min_size=FEWEST, max_size=20)
ends = st.lists(st.tuples(st.integers(-3000, 3000), st.integers(1, 3)), max_size=3)


@given(lumps, ends, st.integers(-6, 6), st.integers(-50, 50), st.booleans())
def test_what_is_no_code_follows_scale_shift_and_mirror(near, far, power, shift, mirrored):
    values = np.array([*near, *(value for value, times in far for _ in range(times))], float)
    scale = 2.0**power * (-1 if mirrored else 1)  # a power of two: both sides are exact
    moved = (values + shift) * scale
    assume(not any(map(code, {*values.tolist(), *moved.tolist()})))
    expected = sorted((scale * (value + shift), often) for value, often in suspects(values))
    assert suspects(moved) == expected


@given(lumps, ends, st.randoms(use_true_random=False))
def test_order_and_gaps_do_not_matter(near, far, rng):
    values = [*near, *(value for value, times in far for _ in range(times))]
    mixed = [*values, np.nan, np.inf]
    rng.shuffle(mixed)
    assert suspects(np.array(mixed, float)) == suspects(np.array(values, float))


@given(lumps, ends)
def test_never_more_than_the_ends_and_never_the_range(near, far):
    values = np.array([*near, *(value for value, times in far for _ in range(times))], float)
    gone = [value for value, _ in suspects(values)]
    kept = np.setdiff1d(values, gone)
    assert len(gone) <= 2 * MOST
    if gone:
        assert len(kept) >= FEWEST
        assert all(value < kept.min() or value > kept.max() for value in gone)


TEXT = "x,y\n" + "".join(f"{value},{-9999 if i % 9 == 0 else i % 7}\n" for i, value in enumerate(BELL[:36]))


def test_a_person_says_that_it_is_missing_and_takes_it_back():
    table = parse("a", TEXT.encode())
    (question,) = (one for one in table.decisions if one.open)
    assert "-9999 in y (4 times)" in question.said
    np.testing.assert_array_equal(table["y"].values.min(), -9999)  # nothing is left out before somebody says so
    said = parse("a", TEXT.encode(), choices_of(question.ways[0].choices.words()))
    assert (said["y"].missing, said["x"].missing) == (4, 0)
    assert np.nanmin(said["y"].values) == 0
    assert not [one for one in said.decisions if one.open]
    (taken,) = (one for one in said.decisions if "-9999" in one.said)
    assert "is treated as missing (4 times)" in taken.said
    back = parse("a", TEXT.encode(), taken.ways[0].choices)
    np.testing.assert_array_equal(back["y"].values, table["y"].values)
    assert back.choices == Choices()


def test_both_ends_are_settled_one_after_the_other():
    column = Column("x", "number", np.array([*BELL, -9999, 9999.0]))
    choices, asked = Choices(), []
    for _ in range(2):
        (settled,), decisions = settle((column,), choices)
        asked.append([one.said.split()[0] for one in decisions if one.open])
        choices = next(one for one in decisions if one.open).ways[0].choices
    (settled,), decisions = settle((column,), choices)
    assert asked == [["-9999", "9999"], ["9999"]]
    assert not any(one.open for one in decisions)
    assert settled.missing == 2
    np.testing.assert_array_equal(settled.values[:-2], BELL)


@pytest.mark.parametrize(
    ("values", "word", "kind", "missing"),
    [
        ([1, 2, 99], "99", "number", 1),
        ([1, 1, 99], "99", "constant", 1),
        ([99, 99], "99.0", "empty", 2),
        ([1, 2, np.inf, 99], "9.9e1", "number", 1),
        ([1, 2, 3], "99", "number", 0),
        ([1, 2, 3], "n/a", "number", 0),
    ],
)
def test_a_number_is_compared_by_value(values, word, kind, missing):
    column = Column("x", "number", np.array(values, float), 0, int(np.isinf(values).sum()))
    (settled,), _ = settle((column,), Choices(missing=(("x", word),)))
    assert (settled.kind, settled.missing) == (kind, missing)
    assert settled.infinite == np.isinf(values).sum()


def test_only_the_column_that_was_named_changes():
    columns = tuple(Column(name, "number", np.array([1.0, 2, 99])) for name in "ab")
    settled, _ = settle(columns, Choices(missing=(("a", "99"),)))
    assert [column.missing for column in settled] == [1, 0]


def test_words_are_left_alone():
    column = Column("w", "category", ("99", "a"))
    assert settle((column,), Choices(missing=(("w", "99"),))) == ((column,), ())
