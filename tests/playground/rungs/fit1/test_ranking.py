"""The ranking in words: every sentence says what the numbers say."""

import pytest

from core.evaluation.metrics import Estimate
from core.laws.ranking import Row
from playground.rungs.fit1 import ranking
from tests.playground.rungs.fit1.sets import data


def row(title, behind=0.0, error=0.0, tied=False, held=-1.5):
    return Row(title, title, held_out=Estimate(held - behind, 0.1), behind=Estimate(behind, error), tied=tied)


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
        ([row("Bernoulli")], "**Bernoulli** scores -1.5 ± 0.1 nats per held-out point."),
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
