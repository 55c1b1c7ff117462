"""Dates become numbers whose unit and first day are said, and nothing about them is guessed."""

import contextlib
from datetime import UTC, date, datetime, timedelta, timezone

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
    "%A, %B %d, %Y %H:%M:%S": None,
    "%a, %d %b %Y %H:%M:%S": None,
    "%d%b%Y %H:%M:%S": None,
    "%Y%m%d %H:%M:%S": None,
    "%Y%m%dT%H%M%S": None,
    "%Y%m%dT%H%M%S.%f": None,
    "%G-W%V-%u %H:%M:%S": None,
    "%GW%V%uT%H:%M:%S": None,
    "%Y-%j %H:%M:%S": None,
    "%Y%jT%H:%M:%S,%f": None,
}
SHORT = {
    "%d.%m.%y %H:%M": DAY_FIRST,
    "%m/%d/%y %I:%M %p": MONTH_FIRST,
    "%d-%m-%y %H:%M:%S": DAY_FIRST,
    "%d-%b-%y %H:%M": None,
    "%d %B %y %H:%M": None,
}
LONG = {
    "%Y-%m": ("%Y-%m-01", "A month stands for its first day."),
    "%B %Y": ("%Y-%m-01", "A month stands for its first day."),
    "%G-W%V": ("%G-W%V-1", "A week stands for its Monday."),
    "%GW%V": ("%G-W%V-1", "A week stands for its Monday."),
}
moments = st.datetimes(datetime(1000, 1, 2), datetime(2999, 12, 31))


@pytest.mark.parametrize("form", FORMS)
@PROFILE
@given(when=moments)
def test_every_spelling_is_the_moment_that_was_written(form, when):
    when = when.replace(microsecond=0)
    word = when.strftime(form)
    assert looks_like_date(word)
    assert moment(word, FORMS[form] or DAY_FIRST) == ((when - NAIVE) // MICRO, False, "")


@pytest.mark.parametrize("form", SHORT)
@PROFILE
@given(when=st.datetimes(datetime(1969, 1, 1), datetime(2068, 12, 31, 23, 59)))
def test_years_of_two_digits_turn_at_69(form, when):
    word = when.strftime(form)
    written = datetime.strptime(word, form)  # POSIX: 69 to 99 are 1969 to 1999
    assert abs(written - when) < timedelta(minutes=1)
    assert looks_like_date(word)
    at, zoned, said = moment(word, SHORT[form] or DAY_FIRST)
    assert (at, zoned) == ((written - NAIVE) // MICRO, False)
    assert said == "Years of two digits lie from 1969 to 2068."


@pytest.mark.parametrize("form", LONG)
@PROFILE
@given(when=moments)
def test_what_is_longer_than_a_day_stands_for_its_first(form, when):
    first, said = LONG[form]
    begun = datetime.strptime(when.strftime(first), first.replace("01", "%d").replace("-1", "-%u"))
    assert moment(when.strftime(form), DAY_FIRST) == ((begun - NAIVE) // MICRO, False, said)


@PROFILE
@given(st.integers(2, 9998), st.integers(0, 54), st.integers(1, 7))
def test_weeks_are_those_of_the_calendar(year, week, day):
    for word, weekday in ((f"{year:04}-W{week:02}-{day}", day), (f"{year:04}W{week:02}", 1)):
        assert looks_like_date(word)
        try:
            want = date.fromisocalendar(year, week, weekday)
        except ValueError:
            with pytest.raises(DateError, match="does not exist"):
                moment(word, DAY_FIRST)
        else:
            assert moment(word, DAY_FIRST).at == (want - NAIVE.date()) // MICRO


@pytest.mark.parametrize(
    ("words", "month", "day"),
    [
        ("31. Dezember 2020|31. Dez. 2020|31.Dez.2020|Donnerstag, 31. Dezember 2020|31DEC2020|Dec 31st, 2020", 12, 31),
        (
            "31 décembre 2020|31 de diciembre de 2020|31 dicembre 2020|jeudi 31 déc. 2020|31-dic-2020|31 de\u0301c 2020",
            12,
            31,
        ),
        (
            "1. März 2020|1er mars 2020|1 de marzo de 2020|1 marzo 2020|1. Mrz 2020|1st of March 2020|mar. 1 mars 2020",
            3,
            1,
        ),
        ("1 janv. 2020|1 ene 2020|1 gen 2020|1. Jänner 2020|1er janvier 2020|1 enero 2020|mer. 1 gennaio 2020", 1, 1),
        ("2 mai 2020|2. Mai 2020|2 mayo 2020|2 maggio 2020|2 may 2020|2 mag 2020", 5, 2),
        ("2 juin 2020|2. Juni 2020|2 junio 2020|2 giugno 2020|2 giu 2020|2 jun 2020", 6, 2),
        ("2 juil. 2020|2. Juli 2020|2 julio 2020|2 luglio 2020|2 lug 2020|2 jul 2020", 7, 2),
        ("2 août 2020|2 aout 2020|2 agosto 2020|2 ago 2020|2. Aug 2020", 8, 2),
        ("2 sept 2020|2. Sep. 2020|2 settembre 2020|2 set 2020|2 septiembre 2020", 9, 2),
        ("2 févr. 2020|2 feb 2020|2 fév 2020|2 febbraio 2020|2. Februar 2020|2 febrero 2020", 2, 2),
        ("2 avril 2020|2 abr 2020|2 avr. 2020|2 aprile 2020|2 abril 2020", 4, 2),
        ("1 ottobre 2020|1. Okt 2020|1 oct. 2020|1 octubre 2020|Q4 2020|2020-Q4|2020Q4", 10, 1),
    ],
)
def test_months_are_read_in_five_languages(words, month, day):
    for word in words.split("|"):
        assert looks_like_date(word), word
        assert moment(word, DAY_FIRST).at == (datetime(2020, month, day) - NAIVE) // MICRO, word


@pytest.mark.parametrize("word", ["2 jui 2020", "2 foo 2020", "Foo, 2 May 2020", "2020-13", "2020-367", "3020-05", "1 2", "W05",
    "20201301", "30201201", "2020-Q5", "12 2020", "May", "1.2.3", "1.2.345", "2020-0505", "2020-W5", "202012311"])  # fmt: skip
def test_what_is_ambiguous_or_a_code_is_no_date(word):
    assert not looks_like_date(word)


def test_years_that_may_stand_first_are_not_guessed():
    for words in (("20/12/30", "20/12/31", "21/01/02"), ("20-12-30", "20-12-31", "21-01-02")):
        with pytest.raises(DateError, match="stand first or last; write all four digits"):
            since(words, MISSING, DAY_FIRST)
    found = since(("30.12.20", "31.12.20", "02.01.21"), MISSING, None)
    np.testing.assert_array_equal(found.values, [0, 1, 3])
    assert (found.first, found.said) == ("2020-12-30", ("Years of two digits lie from 1969 to 2068.",))
    assert since(("30/12/20", "31/12/20"), MISSING, None).values[1] == 1
    assert since(("12/30/20", "12/31/20", "1/2/21"), MISSING, None).values[2] == 3


@PROFILE
@given(moments, st.integers(-23 * 60 - 59, 23 * 60 + 59), st.sampled_from("T t"), st.sampled_from(".,"))
def test_zones_in_all_their_spellings(when, minutes, blank, point):
    aware = when.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    want = ((aware.astimezone(UTC).replace(tzinfo=None) - NAIVE) // MICRO, True, "")
    written, sign = when.isoformat(blank).replace(".", point), "-" if minutes < 0 else "+"
    hours, rest = divmod(abs(minutes), 60)
    zones = [f"{sign}{hours:02}:{rest:02}", f"{sign}{hours:02}{rest:02}", f" UTC{sign}{hours:02}:{rest:02}"]
    zones += [f"{sign}{hours:02}", f" {sign}{hours:02}"] if not rest else []
    zones += [f"\N{MINUS SIGN}{hours:02}:{rest:02}"] if minutes < 0 else []
    zones += ["Z", "z", " UTC", " gmt", "+00", "-0000"] if not minutes else []
    for zone in zones:
        assert moment(written + zone, DAY_FIRST) == want, zone


def test_a_hundred_thousand_moments_in_utc_are_read_as_one_by_one():
    words = [f"2020-01-{1 + i % 28:02}T{i % 24:02}:{i % 60:02}:00.5Z" for i in range(3000)]
    found = since(tuple(words), MISSING, None)
    slow = since((*words, "2020-01-01T00:00:00+00:00"), MISSING, None)
    assert found.zoned
    assert found.words == slow.words == "days since 2020-01-01 UTC"
    np.testing.assert_array_equal(found.values, slow.values[:-1])


@PROFILE
@given(moments, st.integers(-14 * 60, 14 * 60))
def test_an_offset_is_carried_to_utc(when, minutes):
    aware = when.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert moment(aware.isoformat(), DAY_FIRST) == (
        (aware.astimezone(UTC).replace(tzinfo=None) - NAIVE) // MICRO,
        True,
        "",
    )


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
        (("2021-366",), "does not exist"),
        (("2020-000",), "does not exist"),
        (("20210229",), "does not exist"),
        (("2021-W53",), "does not exist"),
        (("31. April 2020",), "does not exist"),
        (("29.02.21", "28.02.21"), '"29.02.21", a day or time that does not exist; correct it'),
        (("2020-01-01T00:00+24:00",), "does not exist"),
        (("2020-01-01T00:00+02:60",), "does not exist"),
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
@given(st.text(alphabet="0123456789-/:.TZW Q+APMjanuary,eé−", max_size=30))
def test_no_word_is_more_than_a_moment_or_a_sentence(word):
    with contextlib.suppress(DateError):
        assert isinstance(moment(word, DAY_FIRST)[0], int)
