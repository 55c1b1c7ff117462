"""The panel of families: every number shown is core's own, every sentence says what the numbers say."""

import json
import re

import numpy as np
import pytest

from core.laws import ranking
from core.laws.conjugate.bernoulli import BetaBernoulli
from core.laws.families import discrete
from playground.palette import ROLES
from playground.rungs.fit1.ranking import spoken
from playground.shown.criteria import AIC, BIC
from playground.shown.numbers import measured
from tests import apps
from tests.playground.rungs.fit1.sets import KEY, RANK, data, opened, ranked


@pytest.fixture(autouse=True)
def _rested(monkeypatch):
    """Runs are complete when the page comes; none is left behind. A column is ranked once for all tests."""
    monkeypatch.setattr(ranking, "rank", RANK)
    with apps.rested(monkeypatch):
        yield


def spec_of(at, i=0):
    return json.loads(at.get("vega_lite_chart")[i].proto.spec)


@pytest.mark.parametrize(("name", "n"), [("skewed", 1000), ("skewed", 240), ("waits", 300)])
def test_the_table_is_the_one_core_computes(name, n):
    at, rows = opened("families", name, n), ranked(name, n)
    shown = at.dataframe[0].value
    assert list(shown["law"]) == [row.title for row in rows]
    np.testing.assert_array_equal(shown["log-likelihood (nats/point)"], [row.log_likelihood for row in rows])
    np.testing.assert_array_equal(shown[AIC], [row.aic for row in rows])
    np.testing.assert_array_equal(shown[BIC], [row.bic for row in rows])
    assert {
        law for law, behind in zip(shown["law"], shown["behind (nats/point)"], strict=True) if "tied" in behind
    } == {row.title for row in rows if row.tied}
    for row, held, said in zip(rows, shown["held out (nats/point)"], shown.iloc[:, -1], strict=True):
        if row.problem:
            assert (held, said) == ("", row.problem)
        else:
            if row.impossible:
                assert held == f"{row.impossible:,} ruled out"
            else:
                value, error = map(float, held.replace("\N{MINUS SIGN}", "-").split(" ± "))
                assert (value, error) == pytest.approx(
                    (row.held_out.value, row.held_out.error), abs=0.06 * 10 ** -(len(held.split(".")[-1]) - 1)
                )
            errors = row.errors.values if row.errors else [np.nan] * 99
            for (word, v, _), e in zip(row.fitted.describe(), errors, strict=False):
                value, error = re.search(
                    rf"{re.escape(word)} = (-?\d[\d.e+-]*\d|\d)(?: ± ([\d.e+-]*\d))?",
                    said.replace("\N{MINUS SIGN}", "-"),
                ).groups()
                assert float(value) == pytest.approx(v, abs=0.06 * e if e > 0 else 6e-4 * abs(v))
                assert (error is None) == (not e > 0)
                assert error is None or float(error) == pytest.approx(e, rel=0.051)


def test_units_of_the_data_stand_beside_the_parameters():
    shown = opened("families", "waits", 300).dataframe[0].value.set_index("law").iloc[:, -1]
    number = r"[\d.]+ ± [\d.]+"
    assert re.fullmatch(rf"mean = {number} min, standard deviation = {number} min", shown["Normal"])
    assert re.fullmatch(rf"shape = {number}, scale = {number} min", shown["Gamma"])


@pytest.mark.parametrize("n", [1000, 5000])
def test_skewed_points_rank_the_skew_normal_first(n):
    at = opened("families", "skewed", n)
    assert at.dataframe[0].value["law"][0] == "Skew-normal"
    assert "**Skew-normal** is best" in apps.words(at)


def test_the_verdict_says_the_numbers_of_the_table():
    at, rows = opened("families", "skewed", 1000), ranked("skewed", 1000)
    second = next(row for row in rows[1:] if not row.tied)
    value, error = re.search(r"best by ([\d.]+) ± ([\d.]+) nats per held-out point", apps.words(at)).groups()
    assert (float(value), float(error)) == pytest.approx((second.behind.value, second.behind.error), abs=5e-4)
    assert f"before {spoken(second.title)}" in apps.words(at)
    assert f"\N{MINUS SIGN}{data('skewed', 1000).entropy:.4f} nats per point on average (exact)" in apps.words(at)


def test_the_best_law_is_drawn_over_the_data_and_the_truth():
    at, rows, dataset = opened("families", "skewed", 1000), ranked("skewed", 1000), data("skewed", 1000)
    spec = spec_of(at)
    bars, law, truth = (
        [part for part in spec["layer"] if part["mark"]["type"] == kind] for kind in ("bar", "line", "line")
    )
    assert bars[0]["encoding"]["x"]["scale"]["domain"] == list(dataset.bounds[0])
    assert bars[0]["mark"]["color"] == ROLES["data"][0]
    lines = {part["mark"]["color"]: part["mark"] for part in law}
    assert set(lines) == {ROLES["model"][0], ROLES["truth"][0]}
    assert lines[ROLES["truth"][0]]["strokeDash"] == [6, 4]
    assert {part["encoding"]["text"]["value"] for part in spec["layer"] if part["mark"]["type"] == "text"} == {
        "1,000 points", rows[0].title, "truth, dashed"
    }  # fmt: skip


def test_a_chosen_law_is_drawn_and_one_that_failed_says_why():
    at = opened("families", "skewed", 240, law="Gumbel")
    texts = [part["encoding"]["text"]["value"] for part in spec_of(at)["layer"] if part["mark"]["type"] == "text"]
    assert "Gumbel" in texts
    at.selectbox(key="law").select("Gamma").run()
    assert not at.exception
    assert next(r.problem for r in ranked("skewed") if r.title == "Gamma") in apps.words(at)


def test_counts_are_recognised_and_ranked_by_their_laws(monkeypatch):
    at, rows = opened("families", "counts", 400, law="Gumbel"), ranked("counts", 400, discrete.FAMILIES)
    assert discrete.recognise(data("counts", 400).points).reason in apps.words(at)
    assert list(at.dataframe[0].value["law"]) == [r.title for r in rows]
    layers = [part for part in spec_of(at)["layer"] if part["mark"]["type"] in ("bar", "point")]
    assert len(layers) == 2
    monkeypatch.setattr(ranking, "CONTINUOUS", ranking.CONTINUOUS[:5])
    at.segmented_control(key="taken").set_value("measurements").run()
    assert len(at.dataframe[0].value) == 5
    assert not at.exception


def test_days_since_a_date_are_measured_unless_asked_otherwise(monkeypatch):
    monkeypatch.setattr(ranking, "CONTINUOUS", ranking.CONTINUOUS[:5])
    assert discrete.recognise(data("dated", 400).points).kind == "counts"
    at = opened("families", "dated", 400)
    assert at.segmented_control(key="taken").value == "measurements"
    assert len(at.dataframe[0].value) == 5


def test_two_values_are_a_probability():
    at, dataset = opened("families", "binary", 400), data("binary", 400)
    ones = int((dataset.points == 2).sum())
    assert f"The value 2 came {ones} times of 400" in apps.words(at)
    shown = measured(ones / 400, np.sqrt(ones / 400 * (1 - ones / 400) / 400))
    assert f"probability of 1 = {shown}" in at.dataframe[0].value.iloc[0, -1]
    spec = spec_of(at, 1)
    rows = [row for table in spec["datasets"].values() for row in table] if "datasets" in spec else []
    law = BetaBernoulli().posterior(ones, 400 - ones)
    assert f"probability {law.predictive():.3f}" in apps.words(at)
    assert not rows or {r["mark"]: r["x"] for r in rows if "mark" in r} == {"share": ones / 400}


def test_a_long_column_has_a_first_answer_before_the_full_table(monkeypatch):
    monkeypatch.setattr(ranking, "SAMPLED", 300)
    monkeypatch.setattr(ranking, "FIRST", 100)
    x, laws, rank = data("waits", 400).points[:, 0], ranking.CONTINUOUS[:8], ranking.rank.__wrapped__
    steps = list(rank(x, KEY, laws))
    count = len(laws)
    assert [s.metrics["values"] for s in steps] == [100] * (2 * count - 1) + [400]
    assert [len(s.state) for s in steps] == [*range(1, count + 1), *[count] * count]
    assert [s.index for s in steps] == list(range(2 * count))
    few = x[np.sort((KEY / "first").generator().choice(400, 100, replace=False))]
    *_, alone = rank(few, KEY / "first", laws, folds=1)
    assert [r.log_likelihood for r in steps[count].state] == [r.log_likelihood for r in alone.state]
    monkeypatch.undo()
    *_, every = rank(x, KEY, laws)
    assert [r.title for r in steps[-1].state] == [r.title for r in every.state]
    np.testing.assert_array_equal([r.bic for r in steps[-1].state], [r.bic for r in every.state])


def test_five_values_are_too_few_to_rank():
    at = opened("families", "few")
    assert "None of these laws can be ranked here" in apps.words(at)
    assert set(at.dataframe[0].value["behind (nats/point)"]) == {"failed"}


def test_an_error_of_the_run_is_said(monkeypatch):
    def broken(*args, **kwargs):
        yield from ()
        raise RuntimeError("secret")

    monkeypatch.setattr(ranking, "rank", broken)
    at = opened("families", "skewed")
    assert "unexpected RuntimeError" in at.warning[0].value


def test_a_constant_column_gets_a_sentence():
    at = opened("families", "constant", 50)
    assert discrete.recognise(data("constant", 50).points).reason in apps.words(at)
    assert not at.dataframe
