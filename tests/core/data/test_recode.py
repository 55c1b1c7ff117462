"""What a column is used for: numbers, dates, 0 or 1, a label, or nothing; and two words as 0 and 1."""

import io

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.data.clinic import admit, label_names, number_names
from core.data.read import parse
from core.data.recode import RecodeError, pair, recode, unordered, use
from core.key import Key


def column(*values):
    return parse("a.csv", ("x,i\n" + "".join(f"{value},{i}\n" for i, value in enumerate(values))).encode()).columns[0]


@pytest.mark.parametrize(
    ("zero", "one"),
    [("no", "yes"), ("False", "True"), ("f", "t"), ("off", "on"), ("nein", "ja"), ("female", "male"), ("B", "yes")],
)
def test_two_words_are_0_and_1_whatever_comes_first(zero, one):
    for words in ([zero, one] * 3, [one, zero] * 3):
        found, notes = recode(column(*words))
        np.testing.assert_array_equal(found.values, [word == one for word in words])
        assert (use(column(*words)), found.name) == ("0 or 1", f"x = {one}")
        assert notes == (f"x: {one} counts as 1 and {zero} as 0.",)


words = st.text("abcdefgh", min_size=1, max_size=6)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(words, words, st.lists(st.sampled_from([0, 1, 2]), min_size=4, max_size=30), st.booleans())
def test_any_two_words_become_0_and_1_and_nothing_else(a, b, picks, capitals):
    spelt = [a, b.upper() if capitals else b, "NA"]
    cells = column(a, b, *(spelt[i] for i in picks))
    if a.casefold() == b.casefold() or len({a, b} & {"na"}):
        return
    found, _ = recode(cells)
    zero, one = pair(cells)
    assert {zero.casefold(), one.casefold()} == {a.casefold(), b.casefold()}
    want = [0.0 if w.casefold() == zero.casefold() else 1.0 if w.casefold() == one.casefold() else np.nan
            for w in (a, b, *(spelt[i] for i in picks))]  # fmt: skip
    np.testing.assert_array_equal(found.values, want)


def test_numbers_stay_and_counts_are_said():
    counts = column(*([0, 1, 1, 2, 3, 7] * 5))
    found, notes = recode(counts)
    assert found is counts
    assert notes == ("x: All values are whole numbers from 0 to 7: they seem to count something.",)
    assert "two values, 0 and 1" in recode(column(0, 1, 1, 0))[1][0]
    assert recode(column(0.5, 1, 2, 7))[1] == ()


@pytest.mark.parametrize("values", [("a", "b", "c", "a"), tuple(f"w{i}" for i in range(20))])
def test_other_words_are_no_numbers(values):
    assert use(column(*values)) == ("label" if len(values) < 13 else "not used")
    with pytest.raises(RecodeError, match=r"^Column x holds words; choose a column of numbers\.$"):
        recode(column(*values))


TABLE = parse(
    "a.csv",
    (
        "when,price,answered,kind,note,size\n"
        + "".join(
            f"2024-01-{i + 1:02d},{i / 7},{'yn'[i % 2]},{'abc'[i % 3]},free text {i},{i % 4}\n" for i in range(24)
        )
    ).encode(),
)


def test_each_column_is_offered_where_it_serves():
    assert number_names(TABLE) == ("when", "price", "answered", "size")
    assert label_names(TABLE) == ("answered", "kind", "size")


def test_dates_and_words_reach_the_axes_with_their_units():
    dataset, notes = admit(TABLE, ("when", "answered"), "kind", Key(0))
    assert dataset.columns == ("when (days since 2024-01-01)", "answered = y")
    np.testing.assert_array_equal(dataset.points, [[i, i % 2 == 0] for i in range(24)])
    assert dataset.classes == ("a", "b", "c")
    assert notes == ("when: dates are counted in days since 2024-01-01.", "answered: y counts as 1 and n as 0.")


def test_counts_and_two_values_need_no_five_different_rows():
    for name, values in (("answered", [0, 1]), ("size", [0, 1, 2, 3])):
        points = admit(TABLE, (name,), None, Key(0))[0].points
        np.testing.assert_array_equal(np.unique(points), values)


def test_ambiguous_dates_are_asked_about():
    text = "d\n" + "".join(f"{1 + i}/{1 + i // 4}/2024\n" for i in range(12))
    table = parse("a.csv", text.encode())
    assert unordered(table["d"])
    with pytest.raises(ValueError, match="say which comes first"):
        admit(table, ("d",), None, Key(0))
    one, notes = admit(table, ("d",), None, Key(0), dates="day/month/year")
    other, _ = admit(table, ("d",), None, Key(0), dates="month/day/year")
    assert notes[0].endswith("They are read as day/month/year.")
    assert one.points[-1, 0] == 71  # 1 January to 12 March
    assert other.points[-1, 0] == 337  # 1 January to 3 December


def test_hours_without_a_zone_are_said_to_count_alike():
    assert "No time zone is given" in recode(column("2024-03-31 01:30", "2024-03-31 04:00"))[1][0]
    assert "UTC" in recode(column("2024-03-31 01:30+01:00", "2024-03-31 04:00+02:00"))[0].name


def test_how_dates_were_understood_is_said():
    assert recode(column("30.12.68", "31.12.69"))[1] == (
        "x: dates are counted in days since 1969-12-31. They are read as day/month/year. "
        "Years of two digits lie from 1969 to 2068.",
    )
    assert recode(column("2020-W01", "2020-Q1"))[1] == (
        "x: dates are counted in days since 2019-12-30. A week stands for its Monday. A quarter stands for its first day.",
    )


def test_parquet_moments_are_utc_and_numbers():
    out = io.BytesIO()
    moments = pa.array([0, 3_600_000, 86_400_000 * 20], pa.int64())
    pq.write_table(pa.table({"t": moments.cast(pa.timestamp("ms", "Europe/Paris"))}), out)
    found, _ = recode(parse("a", out.getvalue())["t"])
    assert found.name == "t (days since 1970-01-01 UTC)"
    np.testing.assert_array_equal(found.values, [0, 1 / 24, 20])
