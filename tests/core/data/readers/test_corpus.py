"""Ordinary files of many programs and countries are read as a person would, or asked about."""

from dataclasses import replace

import numpy as np
import pytest

from core.data.read import parse
from core.data.readers.choices import Choices
from core.data.readers.table import Column, Table
from tests.core.data.readers.corpus import FILES, asked, same, unlike, verdict

BY_NAME = {file.name: file for file in FILES}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_an_ordinary_file_is_read_right(file):
    wrong = verdict(file)
    if wrong:
        pytest.fail("\n".join([f"{file.name}: {wrong}", *file.text.splitlines()[:12]]), pytrace=False)


def test_the_corpus_is_large_and_its_names_are_its_own():
    assert len({file.name for file in FILES}) == len(FILES) >= 60


# What once was read wrong


def read(name):
    file = BY_NAME[name]
    return parse(file.name, file.raw, Choices())


@pytest.mark.parametrize(
    "name", ["excel-sep-line", "savetxt-header", "r-write-table", "pandas-range-columns", "units-row"]
)
def test_no_name_or_unit_is_a_row(name):
    table, columns = read(name), [np.array(column) for column in BY_NAME[name].columns.values()]
    for column, right in zip(table.columns[-2:], columns, strict=True):
        assert column.kind == "number"
        assert len(column) == len(right)
        assert (np.mean(column.values), np.std(column.values)) == (np.mean(right), np.std(right))


def test_thousands_are_whole_beside_a_decimal_point():
    people = read("us-thousands-with-tabs")["population"].values
    assert np.array_equal(people, np.round(people))
    assert people.min() >= 211


def test_one_mark_means_the_same_in_every_column():
    table = read("quoted-decimal-comma")
    assert np.abs(table["shift"].values).max() <= 3
    assert table["winrate"].values.max() < 100


def test_a_far_code_is_asked_about_and_left_out_when_told():
    table = read("sentinel-column")
    (question,) = (decision for decision in table.decisions if decision.open)
    assert "-9999" in question.said
    assert table["x"].values.min() == -9999
    told = parse("a", BY_NAME["sentinel-column"].raw, question.ways[0].choices)
    assert told["x"].missing == 3
    assert not any(decision.open for decision in told.decisions)


# The judge


def ideal(file):
    """The table of a perfect reader."""
    columns = []
    for name, right in file.columns.items():
        right = right[0] if isinstance(right, tuple) else right
        if any(isinstance(cell, str) for cell in right):
            columns.append(Column(name, "text", tuple(cell or "" for cell in right)))
        else:
            values = np.array([np.nan if cell is None else cell for cell in right], float)
            columns.append(Column(name, "number", values))
    return Table("a", tuple(columns), (), "")


def changed(table, number):
    """A table with one cell of one column changed."""
    column = table.columns[number]
    values = np.array(column.values, object)
    values[1] = "other" if isinstance(values[1], str) else 0.123
    made = tuple(values) if not column.numeric else values.astype(float)
    columns = [replace(c, values=made) if c is column else c for c in table.columns]
    return replace(table, columns=tuple(columns))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_the_judge_knows_right_from_wrong(file):
    right = ideal(file)
    assert unlike(right, file.columns, file.named, file.beside) == ""
    for number in range(len(right.columns)):
        assert unlike(changed(right, number), file.columns, file.named, file.beside)
    fewer = replace(right, columns=right.columns[1:] or (Column("z", "number", np.arange(2.0)),))
    assert unlike(fewer, file.columns, file.named, file.beside)
    more = replace(
        right, columns=(*right.columns, Column("one too many", "number", np.arange(float(right.rows)) - 0.5))
    )
    assert unlike(more, file.columns, file.named, file.beside)
    assert any(word in line for line in file.text.splitlines() for word in file.drops) or not file.drops


def test_the_judge_lets_no_word_pass_for_a_number():
    assert not same(Column("x", "text", ("1", "2")), [1.0, 2.0])
    assert not same(Column("x", "number", np.array([1.0, 2.0])), ["1", "2"])
    assert same(Column("x", "text", ("NA", "a")), [None, "a"])
    assert not same(Column("x", "text", ("none of it", "a")), [None, "a"])


def test_an_answer_counts_only_if_it_is_offered_and_right():
    file = BY_NAME["sentinel-column"]
    table = read("sentinel-column")
    assert asked(file.raw, table, lambda other: same(other["x"], file.columns["x"]))
    assert not asked(file.raw, table, lambda other: False)
    closed = replace(table, decisions=tuple(replace(decision, open=False) for decision in table.decisions))
    assert not asked(file.raw, closed, lambda other: True)
