"""The ranking of ways in a table and in words."""

import numpy as np

from core.data import builtin
from core.evaluation import metrics
from core.laws.ranking import Row, Without
from playground.rungs.fit2.panels import parameters
from tests.playground.rungs.fit2.laws import FAITHFUL


def test_the_table_marks_what_is_on_the_stage():
    rows = (Row("a", "A", held_out=metrics.Estimate(-1.0, 0.1)), Row("b", "B", problem="Why not."))
    table = parameters.ranked(rows, "b")
    assert table["way"].tolist() == ["A", "▸ B"]
    assert table["note"].tolist()[1] == "Why not."


def test_what_n_points_say():
    said = parameters.known(FAITHFUL)
    assert "272 points" in said
    assert "0.90" in said  # the correlation of Old Faithful
    few = builtin.load("two_moons", 20)
    assert "So few points" in parameters.known(few)


def test_verdicts_follow_the_numbers():
    best = Row("a", "A", held_out=metrics.Estimate(-1.0, 0.01))
    other = Row("b", "B", held_out=metrics.Estimate(-1.5, 0.01), behind=metrics.Estimate(np.log(2), 0.02))
    assert "2 times as likely" in parameters.verdict((best, other))
    tied = Row("b", "B", held_out=metrics.Estimate(-1.0, 0.01), behind=metrics.Estimate(0.001, 0.02), tied=True)
    assert "cannot tell them apart: B" in parameters.verdict((best, tied))
    assert "No law" in parameters.verdict((Row("c", "C"),))


def test_the_simplest_of_ties_is_recommended_and_a_point_that_decides_is_said():
    best = Row(
        "a", "A", held_out=metrics.Estimate(-1.0, 0.01), without=Without((1.0, 2.5), metrics.Estimate(-1.1, 0.01))
    )
    tied = metrics.Estimate(0.001, 0.02)
    simple = Row("b", "B", held_out=metrics.Estimate(-1.001, 0.01), behind=tied, tied=True, recommended=True)
    said = parameters.verdict((best, simple))
    assert "**B** is recommended" in said
    assert "One point, (1, 2.5), decides places" in said
    table = parameters.ranked((best, simple), "a")
    assert table["behind the best"][1] == "0.00 ± 0.02 (tied, simplest)"
    assert list(table["without (1, 2.5)"]) == ["\N{MINUS SIGN}1.10 ± 0.01", ""]
