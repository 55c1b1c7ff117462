"""What a mark between digits means, and which words above a table are its names: the rules, one at a time."""

import numpy as np
import pytest

from core.data.read import parse
from core.data.readers.choices import Choices


def table(text, **choices):
    return parse("a", text.encode(), Choices(**choices))


def first(text, **choices):
    return table(text, **choices).columns[0]


def questions(read):
    return [decision for decision in read.decisions if decision.open]


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (("1,234", "0,214"), (1.234, 0.214)),  # no group of thousands begins with 0
        (("1,234", "-0,214"), (1.234, -0.214)),
        (("1,234", "1234,567"), (1.234, 1234.567)),  # nor has a group four digits
        (("1,234", "12,34"), (1.234, 12.34)),
        (("1,234", "1,234e2"), (1.234, 123.4)),  # no exponent follows thousands
        (("1,234", "1,234,567"), (1234, 1234567)),  # no number has two decimal marks
        (("1,234", "1,234.5"), (1234, 1234.5)),
        (("1.234", "1.234.567"), (1234, 1234567)),
        (("1.234", "1.234,5"), (1234, 1234.5)),
        (("1 234", "12"), (1234, 12)),
        (("1'234.5", "12"), (1234.5, 12)),
    ],
)
def test_one_certain_cell_tells_what_the_marks_of_all_others_mean(cells, values):
    read = table("x\ty\n" + "".join(f"{cell}\t{i}\n" for i, cell in enumerate(cells)))
    np.testing.assert_array_equal(read["x"].values, values)
    assert not questions(read)


def test_a_certain_column_tells_what_the_marks_of_another_mean():
    read = table("x\ty\n1,234\t0,5\n5,678\t1,25\n")
    np.testing.assert_array_equal(read["x"].values, [1.234, 5.678])
    read = table("x\ty\n1,234\t0.5\n5,678\t1.25\n")
    np.testing.assert_array_equal(read["x"].values, [1234, 5678])
    assert not questions(read)


def test_where_every_number_fits_both_ways_it_is_asked_and_each_answer_gives_its_numbers():
    text = "town\tpeople\nA\t1,234\nB\t5,678\nC\t9,123\n"
    (question,) = questions(table(text))
    other, keep = question.ways
    readings = [parse("a", text.encode(), way.choices) for way in (other, keep)]
    assert not questions(readings[0])
    assert not questions(readings[1])
    both = sorted(tuple(read["people"].values) for read in readings)
    assert both == [(1.234, 5.678, 9.123), (1234, 5678, 9123)]
    assert tuple(table(text)["people"].values) == tuple(readings[1]["people"].values)


@pytest.mark.parametrize("title", ["Field notes of May", "Lake survey", "One two three", "Seven"])
@pytest.mark.parametrize("gap", [" ", "   "])
def test_a_title_above_names_that_blanks_separate_is_no_name(title, gap):
    rows = "".join(f"{i}.5{gap}{i * i}.25\n" for i in range(1, 9))
    read = table(f"{title}\nlength{gap}weight\n{rows}")
    assert [column.name for column in read.columns] == ["length", "weight"]
    assert len(read["length"]) == 8


def test_a_row_of_units_below_names_that_blanks_separate_is_kept_as_units():
    read = table("length weight\ncm kg\n" + "".join(f"{i}.5 {i * i}.25\n" for i in range(1, 9)))
    assert [(column.name, column.unit) for column in read.columns] == [("length", "cm"), ("weight", "kg")]


def test_two_rows_of_numbers_are_turned_and_turned_back():
    text = "".join(" ".join(f"{v:.3f}" for v in row) + "\n" for row in np.arange(60.0).reshape(2, 30) / 7)
    read = table(text)
    assert (read.rows, len(read.columns)) == (30, 2)
    back = parse(
        "a", text.encode(), next(way for d in read.decisions for way in d.ways if d.said.startswith("The file")).choices
    )
    assert (back.rows, len(back.columns)) == (2, 30)


def test_a_far_value_can_be_kept():
    text = "x\n" + "".join(f"{v}\n" for v in [*np.linspace(0, 1, 30), -9999, -9999])
    (question,) = questions(table(text))
    kept = parse("a", text.encode(), question.ways[1].choices)
    assert not questions(kept)
    assert (kept["x"].values == -9999).sum() == 2


@pytest.mark.parametrize("title", ["One two three", "Field notes of May"])
def test_a_title_directly_above_values_that_blanks_separate_is_no_name(title):
    read = table(f"{title}\n" + "".join(f"{i}.5 {i * i}.25\n" for i in range(1, 9)))
    assert [column.name for column in read.columns] == ["column 1", "column 2"]
    assert any("comes before the table" in decision.said for decision in read.decisions)


def test_the_last_remark_names_the_columns_and_a_title_above_it_does_not():
    rows = "".join(f"{i}.5 {i * i}.25\n" for i in range(1, 9))
    read = table(f"# run seven\n# length weight\n{rows}")
    assert [(column.name, column.unit) for column in read.columns] == [("length", ""), ("weight", "")]
    read = table(f"# length weight\n# cm kg\n{rows}")
    assert [(column.name, column.unit) for column in read.columns] == [("length", "cm"), ("weight", "kg")]


def test_a_table_can_be_said_to_begin_further_down_and_rows_to_be_left_out():
    text = "x,y\n" + "".join(f"{i},{i * i}\n" for i in range(9))
    np.testing.assert_array_equal(first(text, begin=4).values, range(2, 9))
    np.testing.assert_array_equal(first(text, skip=(3, 5)).values, [0, 2, *range(4, 9)])


def test_digits_behind_a_comma_that_begin_with_0_are_decimals():
    read = table("1,05\n2,5\n3,25\n7,5\n")
    np.testing.assert_array_equal(read.columns[0].values, [1.05, 2.5, 3.25, 7.5])


def test_a_row_that_is_the_sum_of_some_columns_only_is_a_row():
    assert table("a,b,c,d\n0,2,2,x\n1,2,2,x\n0,0,0,x\n0,1,1,x\n6,5,5,x\n").rows == 5  # 6 is no sum
    assert table("b,c,d\n2,2,x\n2,2,x\n0,0,x\n1,1,x\n5,5,x\n").rows == 5  # the same column twice tells it once
    assert table("b,c\n1e9,-2\n-3,0.5\n4,-1e210\n2,7\n1e9,-1e210\n").rows == 5  # one of them is all of it
    assert table("b,c,d\n2,3,x\n2,4,x\n0,0,x\n1,1,x\n5,8,x\n").rows == 4


@pytest.mark.parametrize("cells", ["1.500\t12\t-5", "1.5e7\t12\t-5"])
def test_a_count_above_a_column_of_decimals_is_a_name(cells):
    read = table("0\t1\t2\n" + f"{cells}\n" * 4)
    assert [column.name for column in read.columns] == ["0", "1", "2"]
    assert not questions(read)
