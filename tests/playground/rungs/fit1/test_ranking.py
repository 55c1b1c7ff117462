"""The ranking in words: every sentence says what the numbers say."""

import numpy as np
import pytest

from core.evaluation.metrics import Estimate
from core.laws.ranking import Row, Without
from playground.rungs.fit1 import ranking
from tests.playground.rungs.fit1.sets import data


def row(title, behind=0.0, error=0.0, tied=False, held=-1.5, **more):
    return Row(title, title, held_out=Estimate(held - behind, 0.1), behind=Estimate(behind, error), tied=tied, **more)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], ""),
        ([row("Normal"), row("Gamma", 0.5, 0.01)], "**Normal** is best by 0.50 ± 0.01 nats per held-out point, before gamma."),
        (
            [row("Normal"), row("Gamma", 0.001, 0.01, True), row("Gumbel", 0.002, 0.01, True), row("Cauchy", 0.03, 0.02)],
            "**Normal** is best by 0.03 ± 0.02 nats per held-out point, before Cauchy; gamma and Gumbel cannot be told "
            "from it with 1,234 points. Less than two standard errors is a hint, no proof.",
        ),
        (
            [row("Normal"), row("Gamma", 0.001, 0.01, True)],
            "**Normal** is best of 2; gamma cannot be told from it with 1,234 points.",
        ),
        (
            [row("Generalised normal"), row("Normal", 0.00001, 0.00002, True, recommended=True), row("Gumbel", 0.03, 0.01)],
            "**Normal** is recommended: of 2 laws that 1,234 points cannot tell apart it has the fewest parameters. "
            "Generalised normal scores 0.00001 ± 0.00002 nats per held-out point more.",
        ),
        ([row("Bernoulli")], "**Bernoulli** scores \N{MINUS SIGN}1.5 ± 0.1 nats per held-out point."),
        ([Row("normal", "Normal", problem="too few")], "None of these laws can be ranked here; each row says why."),
    ],
)  # fmt: skip
def test_the_verdict(rows, said):
    assert ranking.verdict(rows, 1234, None) == said


def test_what_so_many_points_cannot_tell():
    x = data("waits", 300).points[:, 0]
    rows = [row("Gamma"), row("Weibull", 0.002, 0.01, True), row("Normal", 0.2, 0.03)]
    text = ranking.limits(rows, x, "min")
    assert "laws less than 0.04 nats per point apart look alike" in text
    assert "to Weibull is real, about 30,000 points would show it" in text  # 300 (2 * 0.01 / 0.002)^2
    assert f"beyond {x.min():.4g} and {x.max():.4g} min" in text
    assert "one more could change the order" in ranking.limits(rows, x[:20], "")
    assert ranking.limits([Row("normal", "Normal", problem="too few")], x, "") == ""


def without(score, point=7.782):
    return Without((point,), Estimate(score, 0.02))


def test_a_point_that_decides_is_said_and_has_its_column():
    rows = [row("Normal", without=without(-1.4)), row("Kernel density", 0.1, 0.11, True, without=without(-1.39))]
    said = ranking.verdict(rows, 1000, None)
    assert "One point, 7.782, decides places: without it kernel density is best." in said
    assert "It alone costs kernel density 0.21 nats per point." in said
    table = ranking.ranked(rows, "")
    assert list(table["without 7.782"]) == ["\N{MINUS SIGN}1.40 ± 0.02", "\N{MINUS SIGN}1.39 ± 0.02"]
    assert not [name for name in ranking.ranked([row("Normal")], "").columns if "without" in name]


def test_a_law_that_a_new_extreme_rules_out_is_named_where_bic_prefers_it():
    ruled = Row(
        "uniform", "Uniform", held_out=Estimate(-np.inf, np.nan), behind=Estimate(np.inf, np.nan), bic=9.0, impossible=2
    )
    rows = [row("Normal", bic=12.0), ruled]
    assert "Uniform has the least BIC. It ends at the extremes" in ranking.verdict(rows, 1000, None)
    assert ranking.ranked(rows, "")["held out (nats/point)"][1] == "2 ruled out"
    assert "BIC" not in ranking.verdict([row("Normal", bic=8.0), ruled], 1000, None)


def test_the_simplest_of_ties_is_marked():
    rows = [row("Generalised normal"), row("Normal", 0.00001, 0.00002, True, recommended=True)]
    assert list(ranking.ranked(rows, "")["behind (nats/point)"]) == ["best", "0.00001 ± 0.00002, tied, simplest"]
