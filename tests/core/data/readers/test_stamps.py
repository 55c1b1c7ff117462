"""Numbers that stand for dates: days are found, all else is asked about, and every answer can be taken back."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.data import clinic
from core.data.read import parse
from core.data.readers import wire
from core.data.readers.cells import number_column
from core.data.readers.choices import Choices
from core.data.readers.dates.forms import FORMS, likely_form, within_calendar, written
from core.data.readers.dates.stamps import settle
from core.data.recode import recode
from core.key import Key

PROFILE = settings(max_examples=150, deadline=None, derandomize=True)
MICRO = timedelta(microseconds=1)
EPOCH = datetime(1970, 1, 1)
moments = st.datetimes(datetime(1901, 1, 1), datetime(2099, 1, 1))


def table(values, name="x", choices=None):
    """A table of one column of numbers, and of one of places, without what was decided about the text."""
    lines = "".join(f"{'' if value is None else repr(value)},{i / 7}\n" for i, value in enumerate(values))
    read = parse("a.csv", f"{name},i\n{lines}".encode(), choices or Choices())
    return replace(read, decisions=tuple(one for one in read.decisions if not one.said.startswith(("Cells", "Row 1"))))


def column(name, *values):
    return number_column(name, np.array(values, dtype=float))


def press(read, values, name):
    """Press the one button of the one decision, whose words come back through the wire."""
    (decision,) = read.decisions
    (way,) = decision.ways
    return table(values, name, wire.unpack(wire.pack(read)).decisions[0].ways[0].choices), way


# What numbers are as moments


@PROFILE
@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_compact_days_are_days(day):
    (moment,) = FORMS["compact"].moments(np.array([int(day.strftime("%Y%m%d"))], dtype=float))
    assert moment == (datetime(day.year, day.month, day.day) - EPOCH) // MICRO


@PROFILE
@given(
    st.one_of(st.integers(-(10**17), 10**17).map(float), st.integers(18_990_000, 21_020_000).map(float), st.floats())
)
def test_what_is_no_day_is_none(value):
    try:
        day = datetime.strptime(f"{value:.17g}", "%Y%m%d") if len(f"{value:.17g}") == 8 else None
    except ValueError:
        day = None
    with np.errstate(invalid="ignore"):
        found = within_calendar(FORMS["compact"].moments(np.array([value])))[0]
    assert found == (day is not None and 1900 <= day.year <= 2100)


@pytest.mark.parametrize(
    ("serial", "day"),
    [(1, "1900-01-01"), (59, "1900-02-28"), (61, "1900-03-01"), (25_569, "1970-01-01"), (44_197, "2021-01-01")],
)
def test_known_days_of_excel(serial, day):
    assert written(FORMS["excel"].moments(np.array([serial, serial + 0.0])), utc=False) == [day, day]


@PROFILE
@given(st.integers(61, 2_900_000), st.integers(0, 86_399_999))
def test_days_of_excel_are_those_of_pandas(day, milliseconds):
    serial = day + milliseconds / 86_400_000
    (moment,) = FORMS["excel"].moments(np.array([serial]))
    want = datetime(1899, 12, 30) + timedelta(days=day, milliseconds=milliseconds)
    assert moment == (want - EPOCH) // MICRO
    if day < 100_000:
        assert abs(pd.to_datetime(serial, unit="D", origin="1899-12-30") - want) < timedelta(milliseconds=1)


@PROFILE
@given(moments, st.sampled_from([("seconds", 1e-6), ("milliseconds", 1e-3)]))
def test_times_since_1970_are_those_of_pandas(when, form):
    name, size = form
    value = ((when - EPOCH) // MICRO) * size
    (moment,) = FORMS[name].moments(np.array([value]))
    assert abs(int(moment) - (when - EPOCH) // MICRO) <= 1
    assert abs(pd.to_datetime(value, unit="s" if name == "seconds" else "ms") - when) <= 2 * MICRO
    whole = when.replace(microsecond=0)
    value = round(((whole - EPOCH) // MICRO) * size)
    (word,) = written(FORMS[name].moments(np.array([value], dtype=float)), utc=True)
    midnight = whole == whole.replace(hour=0, minute=0, second=0)
    assert word == (whole.date().isoformat() if midnight else f"{whole.isoformat()}Z")


@pytest.mark.parametrize("form", FORMS)
@PROFILE
@given(values=st.lists(st.floats(allow_nan=False), min_size=1, max_size=5))
def test_no_number_is_more_than_a_moment_or_outside_the_calendar(form, values):
    with np.errstate(over="ignore"):
        found = FORMS[form].moments(np.array(values))
    for word in written(found[within_calendar(found)], utc=False):
        assert 1000 <= datetime.fromisoformat(word).year <= 9998


# Which numbers are taken, or asked about


@PROFILE
@given(st.lists(st.dates(date(1900, 1, 1), date(2100, 12, 31)), min_size=3, max_size=20, unique=True), st.booleans())
def test_days_without_exception_are_dates_until_somebody_says_otherwise(days, gap):
    values = [*(int(day.strftime("%Y%m%d")) for day in days), *([None] if gap else [])]
    read = table(values)
    assert read["x"].kind == "date"
    assert read["x"].values == (*(day.isoformat() for day in days), *([""] if gap else []))
    assert read["x"].missing == gap
    found, _ = recode(read["x"])
    np.testing.assert_array_equal(found.values[: len(days)], [(day - min(days)).days for day in days])
    back, way = press(read, values, "x")
    assert way.label == "Read as numbers"
    assert way.choices == Choices(forms=(("x", "number"),))
    np.testing.assert_array_equal(back["x"].values, [np.nan if value is None else value for value in values])
    assert not back.decisions[0].open
    assert back.decisions[0].said.endswith("; it is read as numbers.")
    again, way = press(back, values, "x")
    assert (again["x"], way.label) == (read["x"], "Read as dates")


@pytest.mark.parametrize(
    ("name", "values", "form", "said"),
    [
        ("created", (1.6e9, 1.61e9, 1.5e9), "seconds", "like 1,600,000,000: as seconds since 1970 the first is 2020-09-13 12"),
        ("createdAt", (1.6e9, 1.61e9, 1.5e9), "seconds", "the first is 2020-09-13 12:26:40."),
        ("event_ts", (1.6e12, 1.61e12, 1.5e12), "milliseconds", "like 1,600,000,000,000: as milliseconds since 1970 the"),
        ("v", (1.5e9, 1.5e9, 1.6e9, 1.61e9), "seconds", "the first is 2017-07-14 02:40:00."),
        ("Kaufdatum", (44197.0, 44190.0, 44199.5), "excel", "like 44,197: as Excel's days the first is 2021-01-01."),
        ("fecha", (20000.0, 60000.0, 30000.0), "excel", "the first is 1954-10-03."),
        ("v", (44197 + 1 / 24, 44197 + 2 / 24, 44197.125), "excel", "the first is 2021-01-01 01:00:00."),
        ("Zeit", (44197.04167, 44197.08333, 44190.0), "excel", "the first is 2021-01-01 01:00:00.288000."),
    ],
)  # fmt: skip
def test_likely_dates_are_asked_about_and_never_taken(name, values, form, said):
    read = table(values, name)
    np.testing.assert_array_equal(read[name].values, values)
    assert read.decisions[0].open
    assert read.decisions[0].said.startswith(f"Column {name} holds numbers like ")
    assert said in read.decisions[0].said
    taken, way = press(read, values, name)
    assert (way.label, way.choices) == ("Read as dates", Choices(forms=((name, form),)))
    assert taken[name].kind == "date"
    assert taken.decisions[0].said.endswith("; it is read as dates.")
    assert not taken.decisions[0].open
    back, way = press(taken, values, name)
    assert way.choices == Choices()
    assert back.decisions == read.decisions


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("x", (20201231, 20201231, 20201230)),  # two differ
        ("x", (20201231, 20201230, 20201229.5)),
        ("x", (18991231, 19000101, 19000102)),
        ("x", (44197, 44198, 44199)),  # nothing says that these are days
        ("x", (44197.123, 44198.7, 44199.31)),
        ("x", (1.6e9, 1.5e9, 1.7e9)),
        ("customer_id", (1.5e9, 1.6e9, 1.7e9)),
        ("time", (1e8, 1.6e9, 1.7e9)),
        ("time", (1.6e9, 1.7e9, 4.1e9)),
        ("date", (19_999.0, 44197, 44199)),
        ("date", (44197, 44199, 60_000.5)),
        ("time", (1.6e12, 1.6e9, 1.7e9)),
        ("update_time", (1.6e9, 1.6e9, 1.7e9)),
        ("time", (1.6e9, 1.7e9, float("inf"))),
        ("total", (200_000_000_000.0, 210_000_000_000.0, 201_000_000_000.0)),
    ],
)
def test_other_numbers_are_left_alone(name, values):
    read = table(values, name)
    assert (read[name].numeric, read.decisions) == (True, ())


def test_a_day_that_never_was_is_named():
    days = [20200101 + i for i in range(28)]
    read = table([*days, 20200230])
    assert read["x"].kind == "number"
    assert read.decisions[0].said == (
        'Column x holds "20200230", a day that does not exist, among days; it is read as numbers until that is corrected.'
    )
    for form, values, odd in (("compact", [*days, 20200230], "20200230"), ("excel", [60, 61, 62, 63], "60")):
        read = table(values, choices=Choices(forms=(("x", form),)))
        assert read["x"].kind == "number"
        assert read.decisions[0].said.startswith(f"Column x holds {odd}, which is no day of ")
        assert read.decisions[0].ways[0].choices == Choices()


def test_a_gap_that_was_declared_is_no_obstacle():
    values = [20200101, 20200102, 20200103, 20200105, 20200107, 99999999]
    read = table(values)
    assert read["x"].kind == "number"
    way = next(d for d in read.decisions if "is it missing?" in d.said).ways[0]
    taken = table(values, choices=way.choices)
    assert taken["x"].kind == "date"
    assert taken["x"].values[-1] == ""
    assert [decision.said.split(" ")[0] for decision in taken.decisions] == ["99999999", "Column"]
    assert taken.decisions[0].ways[0].choices == Choices()


def test_choices_of_strangers_harm_nobody():
    values = [3.0, 4.0, 5.5]
    for form in ("", "nonsense", "number", "COMPACT"):
        read = table(values, choices=Choices(forms=(("x", form), ("gone", "excel"))))
        np.testing.assert_array_equal(read["x"].values, values)
        assert read.decisions == ()
    many = Choices(forms=tuple((f"c{i}", "number") for i in range(200)))
    assert table([20200101, 20200102, 20200103], choices=many).decisions[0].ways == ()


@PROFILE
@given(st.lists(st.floats(allow_nan=False), min_size=1, max_size=8), st.sampled_from([*FORMS, "number", None]))
def test_no_column_breaks_it(values, form):
    choices = Choices(forms=(("time", form),) if form else ())
    with np.errstate(over="ignore", invalid="ignore"):
        ((found,), decisions) = settle((column("time", *values),), choices)
        likely_form("time", np.array(values))
    assert len(found) == len(values)
    assert len(decisions) <= 1


def test_they_reach_the_axes():
    seconds = [1_600_000_000 + 3600 * i for i in range(48)]
    taken = table(seconds, "created", Choices(forms=(("created", "seconds"),)))
    dataset, said = clinic.admit(taken, ("created",), None, Key(0))
    assert dataset.columns == ("created (hours since 2020-09-13 12:00 UTC)",)
    np.testing.assert_allclose(dataset.points[:, 0], 1600 / 3600 + np.arange(48), rtol=1e-12)
    assert said[0] == "created: dates are counted in hours since 2020-09-13 12:00 UTC."
