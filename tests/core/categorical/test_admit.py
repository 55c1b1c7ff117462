"""Any table of categories: what is counted, what is asked, what is refused in one sentence, and how models rank."""

import math

import numpy as np
import pytest

from core.categorical import admit, models, ranking
from core.categorical.rows import Rows
from core.categorical.truth import observed
from core.data.examine import ClinicError
from core.data.read import parse
from core.data.readers.table import Column, Table
from core.key import Key

SENTENCE = r"^[^.]{19,}\.$"


def table(**columns):
    made = []
    for name, values in columns.items():
        numeric = not isinstance(values[0], str)
        gone = sum(not v for v in values) if not numeric else int(np.isnan(values).sum())
        kind = "number" if numeric else "category"
        if numeric and np.isnan(values).all():
            kind = "empty"
        made.append(Column(name, kind, np.array(values, float) if numeric else tuple(values), missing=gone))
    return Table("t.csv", tuple(made), (), "0" * 12)


COLOURS = ["red", "Red ", "blue", "", "blue", "red"]


def counted(t, columns=("a",), merge=False, keep=True):
    return admit.admit(t, columns, merge, keep, Key(0))


def test_words_are_offered_and_numbers_only_asked_about():
    t = table(a=COLOURS, b=[1.0, 2, 1, 2, 1, 2], c=["x"] * 6, d=[float("nan")] * 6)
    offer = admit.offered(t)
    assert (offer.words, offer.numbers, offer.alike, offer.gaps) == (("a",), ("b",), ("a",), ("a",))
    assert offer.notes == (
        "Column c has one level only, which says nothing.",
        "Column d has no values at all.",
    )


def test_levels_apart_or_merged_missing_kept_or_left_out():
    t = table(a=COLOURS)
    assert counted(t)[0].levels == (("Red ", "blue", "red", admit.GAP),)
    rows, notes = counted(t, merge=True, keep=False)
    assert rows.levels == (("blue", "red"),)
    assert rows.codes.ravel().tolist() == [1, 1, 0, 0, 1]
    assert notes == ("1 of 6 rows have a missing value and are left out.",)
    assert counted(t, merge=True)[0].codes.ravel().tolist() == [1, 1, 0, 2, 0, 1]


def test_numbers_are_levels_in_their_order():
    rows, _ = counted(table(a=[10.0, 2, 2.5, float("nan")]))
    assert rows.levels == (("2", "2.5", "10", admit.GAP),)
    assert rows.codes.ravel().tolist() == [2, 0, 1, 3]


def test_a_column_of_too_many_levels_is_named():
    t = table(a=[f"w{i}" for i in range(61)], b=["x", "y"] * 30 + ["x"])
    assert admit.offered(t).notes == ("Column a has more than 60 levels and cannot be counted.",)
    with pytest.raises(ClinicError, match=SENTENCE):
        counted(t)


@pytest.mark.parametrize(
    "broken",
    [
        lambda: admit.offered(parse("t", b"a\n" + b"\n".join(b"w%d" % i for i in range(99)))),
        lambda: admit.offered(table(a=["x"] * 5)),
        lambda: admit.offered(table(a=[float("nan")] * 5)),
        lambda: counted(table(a=COLOURS), ()),
        lambda: counted(table(a=["x", ""], b=["", "y"]), ("a", "b"), keep=False),
        lambda: counted(table(a=["A", "a"]), merge=True),
    ],
)
def test_what_cannot_be_counted_says_why_in_one_sentence(broken):
    with pytest.raises(ClinicError, match=r"^\w[^\n]{19,}\.$"):
        broken()


def test_a_million_levels_are_no_trouble():
    t = table(a=[f"w{i}" for i in range(100_000)], b=["x", "y"] * 50_000)
    assert admit.offered(t).words == ("b",)


def test_more_rows_than_the_limit_are_drawn_from(monkeypatch):
    monkeypatch.setattr(admit, "LIMIT", 3)
    rows, (note,) = counted(table(a=["x", "y"] * 5))
    assert len(rows) == 3
    assert note.startswith("3 of 10 rows were drawn")


def test_held_out_scores_are_those_of_rows_not_seen():
    rows = observed(500, True, Key(3))
    ranked = ranking.rank(rows, 1.0)
    assert ranked[0].name == "tree"
    assert ranked[0].behind.value == 0
    by_name = {row.name: row for row in ranked}
    held = ranking.held_out.parts(500)
    total = 0.0
    for part in held:
        rest = np.setdiff1d(np.arange(500), part)
        model = models.independent(rows.codes[rest], rows.sizes, 1.0)
        total += model.log_prob(rows.codes[part]).sum()
    assert by_name["independent"].held_out.value == pytest.approx(total / 500, abs=1e-12)
    assert by_name["full table"].held_out.value < -math.log(4032) + 1.5


def test_a_table_with_too_many_cells_keeps_the_others():
    codes = Key(0).generator().integers(0, 50, (40, 12))
    words = tuple(f"w{i}" for i in range(50))
    ranked = ranking.rank(Rows("r", tuple("abcdefghijkl"), (words,) * 12, codes), 1.0)
    assert ranked[-1].name == "full table"
    assert ranked[-1].model is None
    assert ranked[-1].parameters == pytest.approx(50.0**12)


def test_few_rows_are_counted_and_not_judged():
    rows = observed(5, True, Key(0))
    assert all(math.isnan(row.held_out.value) for row in ranking.rank(rows, 1.0))


def test_without_smoothing_a_row_that_was_never_seen_costs_everything():
    ranked = {row.name: row for row in ranking.rank(observed(50, True, Key(0)), 0.0)}
    assert ranked["full table"].held_out.value == -math.inf
