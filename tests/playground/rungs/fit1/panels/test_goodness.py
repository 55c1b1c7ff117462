"""The panel of goodness: every p-value shown is core's own, and the check is checked when asked."""

import numpy as np
import pytest

from core.laws.families import discrete
from core.laws.families.continuous import FAMILIES, NAMED
from core.laws.goodness import check_the_check, qq
from playground.rungs.fit1 import p_values
from playground.rungs.fit1.panels import goodness
from playground.shown.numbers import p_value
from tests import apps
from tests.playground.rungs.fit1.sets import KEY, data, opened
from tests.playground.rungs.fit1.test_p_values import calibrated


@pytest.fixture(autouse=True)
def _rested(monkeypatch):
    """Runs are complete when the page comes; none is left behind."""
    with apps.rested(monkeypatch):
        yield


@pytest.mark.parametrize("title", ["Normal", "Gumbel"])
def test_the_p_values_are_the_ones_core_computes(title):
    at, test = opened("goodness", "skewed", tested=title), calibrated(title, "skewed", 240)
    shown = at.dataframe[0].value
    assert list(shown["statistic"]) == ["Kolmogorov-Smirnov", "Anderson-Darling", "Cramér-von Mises"]
    assert list(shown["p, naive"]) == [p_value(p) for p in test.naive[:3]]
    for column, values in zip(shown.columns[1:-1], (test.observed, test.p, test.error), strict=True):
        np.testing.assert_array_equal(shown[column], values[:3], err_msg=column)
    outside = qq(test).outside
    assert (
        f"{outside.sum()} of the {len(outside)} points drawn (p = {test.p[3]:.3f} ± {test.error[3]:.3f})"
        in apps.words(at)
    )
    assert p_values.judgement(test, title) in apps.words(at)


@pytest.mark.parametrize("law", [family.title for family in FAMILIES])
def test_every_family_can_be_tested(law, monkeypatch):
    monkeypatch.setattr(goodness, "REPLICATES", 19)
    at = opened("goodness", "waits", 60, tested=law)
    assert at.selectbox(key="tested").value == law
    assert len(at.dataframe[0].value) == 3
    assert not at.warning


def test_only_laws_that_fit_are_offered():
    assert "Gamma" not in opened("goodness", "skewed", 60).selectbox(key="tested").options
    assert "Gamma" in opened("goodness", "waits", 60).selectbox(key="tested").options


def test_large_data_are_tested_on_a_part_and_it_is_said():
    assert "random 2,000 of the 2,500 points" in apps.words(opened("goodness", "normal", 2500))


def test_the_check_is_checked_when_asked():
    at = opened("goodness", "skewed", 60)
    assert len(at.dataframe) == 1
    at.button(key="fit1.recheck").click().run()
    assert not at.exception
    x = data("skewed", 60).points
    *_, last = check_the_check(NAMED["normal"].fit(x), 60, KEY / "check", names=("KS", "AD", "CvM"))
    shown, found = at.dataframe[1].value, last.state
    for which in ("calibrated", "naive"):
        rates = found.rejected(0.05, which)
        assert shown[f"{which} p ≤ 0.05 (%)"].tolist() == pytest.approx([100 * r.value for r in rates])
        assert shown[f"± {which} (%)"].tolist() == pytest.approx([100 * r.error for r in rates])
    assert len(at.get("vega_lite_chart")) == 4
    at.selectbox(key="tested").select("Gumbel").run()
    assert len(at.dataframe) == 1  # another law must be asked for again


@pytest.mark.parametrize("name", ["constant", "binary"])
def test_a_column_without_a_density_gets_a_sentence(name):
    at = opened("goodness", name, 50)
    assert discrete.recognise(data(name, 50).points).reason in apps.words(at)
    assert not at.dataframe
