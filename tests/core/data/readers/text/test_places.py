"""Tables of fixed widths or separated by blanks: which gap parts two columns, which row is none, and what a title is."""

import numpy as np
import pytest

from core.data.read import parse


def table(text):
    return parse("a", text.strip("\n").encode())


def names(read):
    return [column.name for column in read.columns]


def test_two_columns_of_words_are_not_one_for_the_place_they_leave_blank():
    words = ["x-ray   red", "north-west   red", "red   red", "red   O'Hara", "red   amber"]
    read = table("alpha   gamma   beta\n" + "\n".join(f"{i}.02   {word}" for i, word in enumerate(words)))
    assert names(read) == ["alpha", "gamma", "beta"]
    assert read["gamma"].values == ("x-ray", "north-west", "red", "red", "red")


def test_a_remark_in_a_gap_does_not_close_it():
    read = table(
        "width       height      beta\nNew York    New York    1.132\nblue        x-ray      10.000\n* preliminary"
    )
    assert names(read) == ["width", "height", "beta"]
    assert read["height"].values == ("New York", "x-ray")


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("beta    alpha  mass\n   4  0.0E+00   0.3\n   0            0.2\n1353            0.2\n   0            0.0", 4),
        ("-71.5%   7   0.001\n         1   0.002\n         2   0.003\n         3   0.004", -71.5),
        ("alpha        mass\nblue     0.00E+00\n        0.00E-100\n        0.00E+100\n         0.05E+77", "blue"),
        ("mass    alpha\n 605\n 213\n 838\n 724     7.24\n 768\n 213\n 595", 605),
    ],
    ids=["middle", "first row", "word", "last column"],
)
def test_a_column_with_one_value_is_a_column(text, first):
    read = table(text)
    assert len(read.columns) == len(text.split("\n")[0].split())
    assert read.columns[0].values[0] == first


def test_a_row_of_words_of_two_parts_is_no_remark():
    rows = "red        0.01%\namber      0.02%\nx-ray      0.03%\ngreen      0.04%\nNew York   0.05%\nleft hand  0.06%"
    assert table(f"name       share\n{rows}")["name"].values[-2:] == ("New York", "left hand")
    read = table("1807   22.42   left hand    -4.7\n7527   45.33   x-ray        47.7\n3388   10.01   north-west    8.9")
    assert (read.rows, len(read.columns)) == (3, 4)


def test_a_row_without_its_first_cell_is_seen_where_all_others_are_full():
    rows = [f"{i + 0.5:>6}   {i * i:>4}   {i}.25" for i in range(30)]
    rows[20] = " " * 6 + rows[20][6:]
    read = table("\n".join(rows))
    assert np.isnan(read.columns[0].values[20])
    assert (read.columns[1].values[20], read.columns[2].values[20]) == (400, 20.25)


def test_cells_in_quotes_are_not_cut_by_their_place():
    read = table('"alpha" "beta"\n"kg" "m"\n' + "0,5 None\n" * 6 + "0,4 0,1e0\nSource: field notes")
    assert [(column.name, column.unit) for column in read.columns] == [("alpha", "kg"), ("beta", "m")]


@pytest.mark.parametrize("title", ["Lake survey", "Field notes of May\nLake survey", "Field notes of May"])
@pytest.mark.parametrize(
    "years", [("1982", "1983"), ("2009", "2010", "2011", "2012"), ("2006", "speed", "beta", "2009")]
)
def test_words_above_a_row_of_years_are_a_title(title, years):
    cells = {"2009": "1.5", "2012": "2.5", "speed": "red", "beta": "left"}
    row = "   ".join(cells.get(year, "3.5") for year in years)
    read = table(title + "\n" + "   ".join(years) + f"\n{row}" * 5)
    assert names(read) == list(years)
    assert read.rows == 5


def test_years_below_names_are_values_where_years_follow():
    read = table("from to\n1982 1983\n1984 1985\n1990 1991\n2001 2007")
    assert names(read) == ["from", "to"]
    assert read.rows == 4


@pytest.mark.parametrize("text", [",0\n0,1.5\n1,-6.75\n2,0\n3,2.5", ",0,1\n0,1,2\n1,5,6\n2,0,1\n3,7,3"])
def test_numbers_above_rows_that_are_counted_are_names(text):
    read = table(text)
    assert names(read)[-1] == str(len(read.columns) - 2)
    assert not any(decision.open for decision in read.decisions)


def test_a_number_above_words_only_is_a_name():
    read = table("0\t1\n5\tred\n3\tgreen\n8\tred\n9\tamber")
    assert names(read) == ["0", "1"]
    assert not any(decision.open for decision in read.decisions)


def test_a_remark_of_two_words_is_no_table():
    rows = "".join(f"red;Zürich;0.{i}\n" for i in range(9))
    read = table(f'"body size";"height";"width"\n;;°C\n{rows}\n* preliminary')
    assert names(read) == ["body size", "height", "width"]
    assert read.rows == 9


def test_years_above_values_of_which_one_could_be_a_year_are_names():
    read = table("1950 1951 1952\n0 1 968\n200 5 215\n2037 2 0\n20 5 0\n1 3 292")
    assert names(read) == ["1950", "1951", "1952"]
    assert not any(decision.open for decision in read.decisions)


def test_rows_of_more_words_than_those_below_are_rows_where_they_have_as_many_numbers():
    cells = [
        "blue  New York  2.5  617  left hand",
        "New York  green  0.38  708  amber",
        "Zürich  blue  0.5  98  San Juan",
    ]
    cells += ["amber  x-ray  4  91  Zürich", "red  amber  5.5  102  amber", "amber  x-ray  0.2  33  red"] * 2
    read = table("\n".join("".join(f"{cell:<12}" for cell in line.split("  ")) for line in cells))
    assert (read.rows, len(read.columns)) == (9, 5)


def test_two_remarks_in_a_gap_do_not_close_it():
    lines = ["green        left hand      1    New York", "             O'Hara        4-    green"]
    lines += ["left hand    left hand     4-    New York", "Zürich       green          5    left hand"]
    lines += ["x-ray        x-ray         3-    green", "             left hand     5-    San Juan"]
    read = table("\n".join([*lines, "Source: field notes", "(end of file)"]))
    assert (read.rows, len(read.columns)) == (6, 4)


def test_a_row_of_more_words_than_those_below_is_a_row_where_it_has_the_one_number_too():
    cells = [
        "San Juan  San Juan  16.1",
        "green  green  1283",
        "north-west  north-west  100",
        "green  .  3287",
        "x-ray  .  6",
    ]
    read = table("\n".join("".join(f"{cell:<14}" for cell in line.split("  ")) for line in cells + cells[1:]))
    assert (read.rows, len(read.columns)) == (9, 3)


def test_numbers_that_count_past_a_word_may_be_values():
    read = table("0\tred\t1\n862\tgreen\t8\n41131\tamber\t8\n26276\tblue\t5\n51888\tgreen\t7")
    assert [decision.said[:19] for decision in read.decisions if decision.open] == ["Row 1 is the header"]


def test_a_last_row_without_a_cell_is_a_row():
    lines = [" beta  alpha           x1      size  width", "-0.09  Zurich      215.32     0.147      2"]
    lines += [" 0.08  San Juan   -692.73     0.201      1"] + [" 0.02  green       -5.88      9.426      1"] * 7
    read = table("\n".join(["# run seven", *lines, " 0.02  New York               0.387      6"]))
    assert np.isnan(read["x1"].values[-1])
    assert read["width"].values[-1] == 6


def test_a_gap_counts_among_the_values_of_a_row():
    lines = ["  0.3    340.9         .    (0.08225)    New York    San Juan"]
    lines += ["  0.7        .    52.710    (0.00350)    Zurich      Zurich"]
    lines += ["0.009    590.5     2.398      0.04037    x-ray       O'Hara"]
    assert table("# run seven\n" + "\n".join(lines)).rows == 3
