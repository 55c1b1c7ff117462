"""Dates become numbers whose unit and first day are said, and nothing about them is guessed."""

import contextlib
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.data.readers.cells import MISSING
from core.data.readers.dates import DateError, looks_like_date, moment, order_of, since

DAY_FIRST, MONTH_FIRST = "day/month/year", "month/day/year"
PROFILE = settings(max_examples=150, deadline=None, derandomize=True)
MICRO = timedelta(microseconds=1)
NAIVE = datetime(1970, 1, 1)
FORMS = {
    "%Y-%m-%d %H:%M:%S": None,
    "%Y/%m/%dT%H:%M:%S.%f": None,
    "%d.%m.%Y %H:%M:%S": DAY_FIRST,
    "%m/%d/%Y %H:%M:%S": MONTH_FIRST,
    "%m/%d/%Y %I:%M:%S %p": MONTH_FIRST,
    "%d %B %Y %H:%M:%S": None,
    "%d-%b-%Y %H:%M:%S": None,
    "%b %d, %Y %H:%M:%S": None,
}
moments = st.datetimes(datetime(1000, 1, 1), datetime(9000, 1, 1))


@pytest.mark.parametrize("form", FORMS)
@PROFILE
@given(when=moments)
def test_every_spelling_is_the_moment_that_was_written(form, when):
    when = when.replace(microsecond=0)
    word = when.strftime(form)
    assert looks_like_date(word)
    assert moment(word, FORMS[form] or DAY_FIRST) == ((when - NAIVE) // MICRO, False)


@PROFILE
@given(moments, st.integers(-14 * 60, 14 * 60))
def test_an_offset_is_carried_to_utc(when, minutes):
    aware = when.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert moment(aware.isoformat(), DAY_FIRST) == ((aware.astimezone(UTC).replace(tzinfo=None) - NAIVE) // MICRO, True)


@PROFILE
@given(st.lists(moments, min_size=2, max_size=20, unique=True))
def test_the_numbers_are_the_time_since_a_moment_that_is_said(whens):
    found = since(tuple(when.isoformat() for when in whens), MISSING, None)
    unit = {"days": 86_400, "hours": 3600, "minutes": 60, "seconds": 1}[found.unit]
    first = datetime.fromisoformat(found.first if len(found.first) == 10 else found.first[:19])
    exact = [(when - first) / timedelta(seconds=unit) for when in whens]
    np.testing.assert_allclose(found.values, exact, rtol=1e-12, atol=1e-12)
    assert 0 <= found.values.min() < 1


@pytest.mark.parametrize(
    ("words", "order"),
    [
        (["1/2/2020", "13/2/2020"], DAY_FIRST),
        (["1/2/2020", "2/13/2020"], MONTH_FIRST),
        (["1/2/2020", "3/4/2020"], "either"),
        (["1/1/2020", "2/2/2020"], None),
        (["2020-01-02", "2 Jan 2020"], None),
        (["01.02.2020"], "either"),
    ],
)
def test_the_order_is_what_the_numbers_force(words, order):
    assert order_of(words) == order


def test_what_is_ambiguous_waits_for_an_answer():
    words = ("1/2/2021", "2/5/2021")
    with pytest.raises(DateError, match="cannot be told apart"):
        since(words, MISSING, None)
    np.testing.assert_array_equal(since(words, MISSING, DAY_FIRST).values, [0, 90])  # 1 February to 2 May
    np.testing.assert_array_equal(since(words, MISSING, MONTH_FIRST).values, [0, 34])  # 2 January to 5 February


def test_an_answer_does_not_overrule_the_numbers():
    words = ("1/2/2020", "13/2/2020")
    np.testing.assert_array_equal(since(words, MISSING, MONTH_FIRST).values, [0, 12])


@pytest.mark.parametrize(
    ("words", "said", "last"),
    [
        (("2024-01-03", "2024-01-05", "NA", ""), "days since 2024-01-03", 2),
        (("2024-01-03 06:00", "2024-02-03 18:00"), "days since 2024-01-03", 31.75),
        (("2024-01-03 06:30", "2024-01-04 18:45"), "hours since 2024-01-03 06:00", 36.75),
        (("2024-01-03 06:30:15", "2024-01-03 06:55:45"), "minutes since 2024-01-03 06:30", 25.75),
        (("2024-01-03 06:30:15.5", "2024-01-03 06:30:17"), "seconds since 2024-01-03 06:30:15", 2),
        (("2024-01-03T06:30:00+02:00", "2024-02-01T00:00Z"), "days since 2024-01-03 UTC", 29),
    ],
)
def test_the_unit_suits_the_span(words, said, last):
    found = since(words, MISSING, None)
    assert found.words == said
    assert found.values[1] == last
    assert np.isnan(found.values[2:]).all()


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("2023-02-29",), "does not exist"),
        (("2024-13-01",), "does not exist"),
        (("2024-01-01 25:00",), "does not exist"),
        (("2024-01-01 13:00 PM",), "does not exist"),
        (("0001-01-01T00:00+14:00",), "does not exist"),
        (("9999-12-31T23:00-14:00",), "does not exist"),
        (("2024-01-01 10:00Z", "2024-01-02 10:00"), "with and without a time zone"),
        (("NA", ""), "holds no dates"),
        (("gestern",), "not spelt like a date"),
        (("12 Foo 2024",), "not spelt like a date"),
    ],
)
def test_what_is_no_date_is_said(words, why):
    with pytest.raises(DateError, match=why):
        since(words, MISSING, None)


@PROFILE
@given(st.text(alphabet="0123456789-/:.TZ +APMjanuary,", max_size=30))
def test_no_word_is_more_than_a_moment_or_a_sentence(word):
    with contextlib.suppress(DateError):
        assert isinstance(moment(word, DAY_FIRST)[0], int)
