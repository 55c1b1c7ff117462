"""What is in the way of a column is named by its row, and can be mended by a press."""

from dataclasses import replace

import numpy as np
import pytest

from core.data.clinic import ClinicError, admit, propose
from core.data.examine import nearly
from core.data.read import parse
from core.data.readers.choices import MOST, Choices, Way
from core.data.readers.table import Column, Layout, Obstacle, Table
from core.data.recode import called, recode
from core.data.summary import BINS, bins, first, summary
from core.key import Key
from tests.core.data.readers.test_hostile import npy

KEY = Key(0)
LAYOUT = Layout("utf-8", ",", ".", "", '"', (1,), ("time", "heat"), 2)
NUMBERS = "".join(f"{i / 7:.4f},{i * i / 3:.4f}\n" for i in range(40))


def table(text=f"time,heat\ns,degC\n{NUMBERS}", layout=LAYOUT, choices=Choices(), **obstacles):  # noqa: B008
    """A table of words, but for columns that nothing is in the way of beside one that has something in it."""
    head, *rows = (line.split(",") for line in text.split())
    columns = []
    for name, cells in zip(head, zip(*rows, strict=True), strict=True):
        try:
            columns.append(Column(name, "number", np.array(cells, float)))
        except ValueError:
            columns.append(Column(name, "text", cells, obstacle=obstacles.get(name)))
    return Table("t.csv", tuple(columns), (), "0" * 12, (), choices, layout)


def in_the_way(cell, count=1, share=0.02, row=1, line=2):
    return Obstacle(row, line, cell, count, share)


def refused(made):
    with pytest.raises(ClinicError) as caught:
        propose(made)
    return str(caught.value), caught.value.ways


def test_a_refusal_names_the_nearest_column_and_the_cell_in_its_way():
    made = table(time=in_the_way("s", count=2, share=0.05), heat=in_the_way("degC"))
    said, ways = refused(made)
    assert said == (
        't.csv has no column of numbers that vary (time, heat); column heat is words because of row 2 ("degC").'
    )
    assert ways == (
        Way("Leave out row 2", Choices(skip=(2,))),
        Way('Treat "degC" as missing', Choices(missing=(("heat", "degC"),))),
    )


def test_several_cells_in_the_way_are_counted_and_too_many_are_not_left_out_by_rows():
    said, ways = refused(table(heat=in_the_way("n.d.", count=3)))
    assert said.endswith('because of row 2 ("n.d.") and 2 more.')
    assert [way.label for way in ways] == ["Leave out row 2", 'Treat "n.d." as missing']
    assert [way.label for way in refused(table(heat=in_the_way("n.d.", count=4)))[1]] == ['Treat "n.d." as missing']


@pytest.mark.parametrize(
    ("cell", "decimal", "asked", "label"),
    [
        ("1,5", ".", None, "Read as a decimal comma"),
        ("1.5", ",", None, "Read as a decimal point"),
        ("1,5", ".", ",", None),
        ("1.5", ".", None, None),
        ("a,b", ".", None, None),
    ],
)
def test_a_number_of_the_other_spelling_can_be_read(cell, decimal, asked, label):
    made = table(
        layout=replace(LAYOUT, decimal=decimal), choices=Choices(decimal=asked), heat=in_the_way(cell, count=9)
    )
    ways = refused(made)[1]
    assert [way.label for way in ways[1:]] == ([label] if label else [])
    if label:
        assert ways[1].choices == Choices(decimal="," if decimal == "." else ".")


def test_what_was_chosen_before_stays_chosen_and_is_not_offered_again():
    asked = Choices(header=1, skip=(2,), missing=(("heat", "degC"),))
    assert refused(table(choices=asked, heat=in_the_way("degC")))[1] == ()
    further = refused(table(choices=asked, heat=in_the_way("n.d.", line=7)))[1]
    assert [way.choices for way in further] == [
        replace(asked, skip=(2, 7)),
        replace(asked, missing=(("heat", "degC"), ("heat", "n.d."))),
    ]


def test_there_are_no_more_choices_than_may_be_made():
    asked = Choices(skip=tuple(range(3, 3 + MOST)), missing=tuple(("a", f"{i}") for i in range(MOST)))
    assert refused(table(choices=asked, heat=in_the_way("degC")))[1] == ()


def test_nothing_is_offered_for_what_is_no_text():
    assert refused(table(layout=None, heat=in_the_way("degC")))[1] == ()


def test_a_column_that_is_numbers_but_for_a_few_cells_can_be_mended_beside_one_that_serves():
    text = "time,heat\n" + NUMBERS.replace("0.0000,0.0000", "0.0000,n.d.")
    made = table(text, heat=in_the_way("n.d.", share=1 / 40))
    assert propose(made).columns == ("time",)
    (decision,) = nearly(made)
    assert decision.said == 'Column heat is words because of row 2 ("n.d.").'
    assert not decision.open
    assert [way.label for way in decision.ways] == ["Leave out row 2", 'Treat "n.d." as missing']
    assert nearly(table(text, heat=in_the_way("n.d.", share=0.06))) == ()
    assert nearly(table(text, layout=None, heat=in_the_way("n.d."))) == ()


def test_few_rows_of_many_columns_can_be_turned():
    lying = parse("a.npy", npy(np.random.default_rng(0).normal(size=(4, 12))))
    with pytest.raises(ClinicError, match=r"Only 4 different rows") as caught:
        admit(lying, ("column 1", "column 2"), None, KEY)
    assert caught.value.ways == (Way("Turn rows into columns", Choices(turned=True)),)
    rows = "".join(",".join(f"{v:.3f}" for v in row) + "\n" for row in np.random.default_rng(0).normal(size=(4, 12)))
    with pytest.raises(ClinicError) as caught:
        admit(parse("a.csv", rows.encode()), ("column 1", "column 2"), None, KEY)
    assert [way.label for way in caught.value.ways] == ["Turn rows into columns"]
    assert parse("a.csv", rows.encode(), caught.value.ways[0].choices).rows == 12
    turned = parse("a.npy", npy(np.random.default_rng(0).normal(size=(4, 12))), Choices(turned=True))
    assert len(admit(turned, ("column 1", "column 2"), None, KEY)[0]) == 12


@pytest.mark.parametrize(
    ("shape", "changed"),
    [
        ((4, 4), {}),
        ((5, 12), {}),
        ((4, 12), {"choices": Choices(turned=True)}),
        ((4, 12), {"choices": Choices(turned=False)}),
        ((4, 12), {"columns": 1}),
    ],
)
def test_other_tables_are_not_offered_to_be_turned(shape, changed):
    array = np.random.default_rng(0).normal(size=shape)
    array[-1] = array[0]
    made = parse("a.npy", npy(array))
    if "columns" in changed:
        changed = {"columns": (*made.columns, Column("words", "text", ("a", "b", "c", "d")))}
    made = replace(made, **changed)
    with pytest.raises(ClinicError, match="different rows") as caught:
        admit(made, ("column 1", "column 2"), None, KEY)
    assert caught.value.ways == ()


@pytest.mark.parametrize(
    ("name", "unit", "shown"),
    [
        ("heat", "degC", "heat (degC)"),
        ("heat", "", "heat"),
        ("heat (degC)", "degC", "heat (degC)"),
        ("heat", "a\u202eb\nc" * 20, None),
    ],
)
def test_a_unit_stands_on_the_axis_and_the_table_knows_the_name(name, unit, shown):
    found = parse("t.csv", f"{name},time\n{NUMBERS}".encode())
    made = replace(found, columns=(replace(found.columns[0], unit=unit), found.columns[1]))
    dataset, _ = admit(made, (name, "time"), None, KEY)
    assert dataset.columns == (called(made[name]), "time")
    assert dataset.columns[0] == shown or (shown is None and len(dataset.columns[0]) < 40)
    assert "\u202e" not in dataset.columns[0]
    np.testing.assert_array_equal(recode(made[name])[0].values, made[name].values)


def test_the_first_rows_are_as_they_were_read():
    made = parse("t.csv", b"x,k,e\n1,a,\n,b,\ninf,,\n4,d,\n")
    assert first(made, 3, 2) == {"x": [1.0, None, np.inf], "k": ["a", "b", None]}


@pytest.mark.parametrize(
    "values",
    [
        [1.5],
        [2.0, 2.0],
        np.random.default_rng(1).normal(size=5000),
        [-1.7e308, 1.7e308, 0],
        [0, 5e-324],
        [1e16, 1e16 + 2],
    ],
)
def test_a_histogram_counts_every_value_once(values):
    values = np.asarray(values, float)
    counts = bins(values)
    assert (len(counts), sum(counts)) == (BINS, len(values))
    if len(values) > 3:
        assert counts == np.histogram(values, BINS)[0].tolist()


def test_words_are_counted_from_the_commonest():
    text = "k,x\n" + "b,1\n" * 3 + "a,2\n" * 5 + ",3\n" * 9 + "c,4\n"
    words, numbers = summary(parse("t.csv", text.encode()))
    assert words["histogram"] == [5, 3, 1]
    assert sum(numbers["histogram"]) == 18
    assert summary(parse("t.csv", b"k,x\n" + b"".join(b"w%d,1\n" % i for i in range(99))))[0]["histogram"] == [1] * BINS
