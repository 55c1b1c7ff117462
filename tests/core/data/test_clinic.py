"""What is admitted is finite, varies, and is said; everything else is one sentence."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.data.clinic import ClinicError, Proposal, admit, propose
from core.data.read import parse
from core.data.summary import summary
from core.dataset import around
from core.key import Key
from tests.core.data.readers.test_hostile import npy, npz

KEY = Key(3)


def table(text):
    return parse("cats.csv", text.encode())


def column(*values):
    return table("x\n" + "\n".join(map(str, values)))


IRIS = table(
    "id,width,length,kind,note\n" + "".join(f"{i},{i * 0.3 % 1},{i * i},{'ab'[i % 2]},t{i}\n" for i in range(20))
)


@pytest.mark.parametrize(
    ("text", "columns", "label"),
    [
        ("id,x,y,c\n" + "".join(f"{i},{i / 7},{i / 3},{'ab'[i % 2]}\n" for i in range(9)), ("x", "y"), "c"),
        ("x,k,y\n" + "".join(f"{i / 7},{i % 2},{i / 3}\n" for i in range(9)), ("x", "y"), None),
        ("code,x,k\n" + "".join(f"00{i},{i / 7},{i % 2}\n" for i in range(9)), ("x", "k"), None),
        ("n,x\n" + "".join(f"{i},{i / 7}\n" for i in range(9)), ("x",), None),
        ("n\n" + "".join(f"{i}\n" for i in range(9)), ("n",), None),
        ("c,x,y\n" + "".join(f"5,{i / 7},w{i}\n" for i in range(9)), ("x",), None),
        ("x,c\n" + "".join(f"{i / 7},w{i % 13}\n" for i in range(39)), ("x",), None),
    ],
    ids=["ids-last", "codes-last", "leading-zeros-last", "one-measurement", "only-an-id", "constant", "13-words"],
)
def test_the_proposal_prefers_measurements(text, columns, label):
    assert propose(table(text)) == Proposal(columns, label, columns[0])


def test_on_its_own_a_measurement_is_proposed_before_a_date():
    text = "when,x\n" + "".join(f"2024-01-{i + 1:02d},{i / 7}\n" for i in range(20))
    assert propose(table(text)) == Proposal(("when", "x"), None, "x")


def test_a_table_of_words_has_nothing_to_propose():
    with pytest.raises(ClinicError, match=r"^cats\.csv has no column of numbers that vary \(a, b\); .*\.$"):
        propose(table("a,b\nx,1\ny,1\nz,1\n"))


cell = st.sampled_from(["", "nan", "inf", "-inf", "1e400", "0.5", "1.5", "2.5", "-3", "4", "5", "7e3"])


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.lists(st.tuples(cell, cell), min_size=1, max_size=40))
def test_the_rows_kept_are_the_finite_ones_in_order(cells):
    head = [(f"{i}.5", f"{i * i}") for i in range(6)]
    read = table("x,y\n" + "\n".join(map(",".join, [*head, *cells])))
    dataset, notes = admit(read, ("x", "y"), None, KEY)
    filled = [*head, *(row for row in cells if any(row))]  # rows that hold nothing are left out when they are read
    assert any("hold" in note and "nothing" in note for note in read.notes) == (len(filled) < len(head) + len(cells))
    every = np.array([[float(c or "nan") for c in row] for row in filled])
    kept = np.isfinite(every).all(axis=1)
    np.testing.assert_array_equal(dataset.points, every[kept])
    gone = (~kept).sum()
    assert any(f"{gone} of {len(every)} row" in note and "left out" in note for note in notes) == bool(gone)
    again = kept.sum() - len(np.unique(every[kept], axis=0))
    assert any("repeat" in note for note in notes) == bool(again)


def test_the_dataset_says_where_it_is_from():
    dataset, notes = admit(IRIS, ("length", "width"), "kind", KEY)
    assert notes == ("length: All values are whole numbers from 0 to 361: they seem to count something.",)
    np.testing.assert_array_equal(dataset.points[:, 0], np.arange(20.0) ** 2)
    np.testing.assert_array_equal(dataset.labels, np.arange(20) % 2)
    np.testing.assert_array_equal(dataset.bounds, around(dataset.points))
    assert (dataset.columns, dataset.classes, dataset.standardise) == (("length", "width"), ("a", "b"), True)
    assert (dataset.title, dataset.source) == ("cats.csv", "your file cats.csv, 20 rows")
    assert (dataset.truth, dataset.entropy) == (None, None)


def test_the_digest_is_that_of_what_is_learned():
    one, again = (admit(IRIS, ("length", "width"), None, KEY)[0] for _ in range(2))
    other = admit(IRIS, ("width", "length"), None, KEY)[0]
    assert one.digest == again.digest != other.digest
    assert re.fullmatch(r"[0-9a-f]{12}", one.digest)


def test_a_sample_is_drawn_without_replacement_and_again_the_same():
    many = parse("a", npy(np.arange(500.0) ** 2))
    one, notes = admit(many, ("column",), None, KEY, limit=50)
    again, _ = admit(many, ("column",), None, KEY, limit=50)
    other, _ = admit(many, ("column",), None, Key(4), limit=50)
    np.testing.assert_array_equal(one.points, again.points)
    assert (one.points != other.points).any()
    assert len(np.unique(one.points)) == len(one) == 50
    assert set(one.points[:, 0]) <= set(np.arange(500.0) ** 2)
    assert notes == ("50 of 500 rows were drawn without replacement with seed 3.",)


def test_labels_follow_their_rows_through_dropping_and_sampling():
    x = np.r_[np.arange(400.0), np.nan] + 0.5
    dataset, _ = admit(parse("a", npz(x=x, k=np.r_[np.arange(400) % 3, 0])), ("x",), "k", KEY, limit=60)
    classes = np.array([int(word) for word in dataset.classes])
    np.testing.assert_array_equal(classes[dataset.labels], np.floor(dataset.points[:, 0]) % 3)


def test_a_missing_label_is_a_class_of_its_own():
    dataset, _ = admit(table("x,c\n1,a\n2,\n3,a\n4,NA\n5,a\n6,NA\n"), ("x",), "c", KEY)
    assert dataset.classes == ("a", "(missing)", "NA")


def test_rows_are_repeats_only_if_they_are_in_every_column():
    lines = [f"{i % 6}.5,{'ab'[i % 2]},{i % 6 if i < 6 else i}" for i in range(12)]
    assert not any("repeat" in note for note in admit(table("x,c,n\n" + "\n".join(lines)), ("x",), None, KEY)[1])
    _, notes = admit(table("x,c,n\n" + "\n".join([*lines, lines[-1]])), ("x",), None, KEY)
    assert notes[-1] == "1 row is a repeat of another row: a density model may collapse onto them."
    everything = "x,c,n\n" + "\n".join([*lines, *lines, *lines, ",a,1", ",a,1"])
    assert "24 of 36 rows are repeats of another row" in admit(table(everything), ("x",), None, KEY)[1][-1]


def test_rows_that_repeat_are_said():
    _, notes = admit(column(*([1, 2, 3, 4, 5] * 6)), ("x",), None, KEY)
    assert notes[-1] == "25 of 30 rows are repeats of another row: a density model may collapse onto them."


@pytest.mark.parametrize("slope", [1, -2.5])
def test_columns_on_a_line_are_said(slope):
    text = "x,y\n" + "".join(f"{v},{slope * v + 3}\n" for v in (0.1, 0.7, 1.3, 2.9, 5.0, 8.8))
    _, notes = admit(table(text), ("x", "y"), None, KEY)
    assert notes == ("Columns x and y lie on a line: a density may collapse onto it.",)


REFUSED = {
    "unknown": (column(1, 2, 3), ("z",), None, "has no column named z"),
    "none": (column(1, 2, 3), (), None, "Choose one column or two"),
    "twice": (column(1, 2, 3), ("x", "x"), None, "Choose one column or two"),
    "three": (table("a,b,c\n1,2,3\n2,3,4\n"), ("a", "b", "c"), None, "Choose one column or two"),
    "words": (column("a", "b", "c"), ("x",), None, "Column x holds words; choose"),
    "one-bad-cell": (column(1, 2, "oops"), ("x",), None, '(row 4 ("oops") is not a number)'),
    "days-that-never-were": (
        column("2020-01-01", "2020-02-30"),
        ("x",),
        None,
        'holds "2020-02-30", a day or time that',
    ),
    "dates-either-way": (column("1/2/2020", "3/4/2020"), ("x",), None, "day and month cannot be told apart"),
    "zones-mixed": (column("2020-01-01T10:00Z", "2020-01-02"), ("x",), None, "with and without a time zone"),
    "21-constant": (column(3, 3, 3), ("x",), None, "Column x is constant (3)"),
    "21-constant-words": (column("a", "a"), ("x",), None, "Column x is constant (a)"),
    "21-constant-first-missing": (table("x,y\nNA,1\n3,2\n3,3\n"), ("x",), None, "Column x is constant (3)"),
    "21-constant-once-dropped": (
        table("x,y\n9,\n" + "".join(f"3,{i}\n" for i in range(6))),
        ("x", "y"),
        None,
        "Column x is constant in the rows that are left",
    ),
    "21-too-few": (column(1.5, 2, 3, 4, 4, 4), ("x",), None, "Only 4 different rows are left"),
    "21-all-missing": (table("x,y\n1,\n2,\n,3\n,4\n"), ("x", "y"), None, "Only 0 different rows are left"),
    "empty": (table("x,y\n,1\n,2\n"), ("x",), None, "Column x is empty"),
    "22-overflow": (column(1e308, -1e308, 1, 2, 3, 4), ("x",), None, "too large to be drawn"),
    "22-underflow": (column(1e-320, 2e-320, 3e-320, 4e-320, 5e-320), ("x",), None, "too little to be drawn"),
    "22-tiny-constant-but-one": (column(*[f"{i}e-200" for i in range(1, 7)]), ("x",), None, "too little to be drawn"),
    "22-beyond-rounding": (column(*[10**12 + i / 8 for i in range(6)]), ("x",), None, "beyond the ninth digit"),
    "label-unknown": (column(1, 2, 3, 4, 5), ("x",), "z", "has no column named z"),
    "label-many": (IRIS, ("width",), "note", "Column note has 20 different values"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_learned_is_refused_in_one_sentence(case):
    read, columns, label, words = REFUSED[case]
    with pytest.raises(ClinicError) as caught:
        admit(read, columns, label, KEY)
    sentence = str(caught.value)
    assert words in sentence
    assert sentence.endswith(".")
    assert len(sentence) < 240
    assert not re.search(r"[.!?] [A-Z]", sentence)


def test_large_and_small_but_ordinary_numbers_are_admitted():
    for scale in (1e14, 1e-14, -1.0):
        dataset, _ = admit(parse("a", npy(scale * np.arange(1.0, 9.0))), ("column",), None, KEY)
        assert 0 < dataset.points.var() < np.inf


def test_the_summary_has_the_range_of_the_finite_values():
    rows = summary(table("x,c,e\n1,a,\n4,b,\ninf,a,\n,b,\n2,a,\n"))
    number, category, empty = rows
    assert number == {
        "column": "x",
        "kind": "number",
        "use": "numbers",
        "unit": "",
        "spelling": "",
        "missing": 1,
        "infinite": 1,
        "histogram": [int(i in (0, 6, 19)) for i in range(20)],
        "min": 1.0,
        "median": 2.0,
        "max": 4.0,
        "notes": "",
    }
    assert (category["kind"], category["min"]) == ("category", None)
    assert (empty["kind"], empty["missing"], empty["median"]) == ("empty", 5, None)


def test_the_median_of_huge_numbers_does_not_overflow():
    assert summary(column(1.5e308, 1.7e308))[0]["median"] == pytest.approx(1.6e308)
