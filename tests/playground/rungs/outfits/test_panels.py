"""The closer looks of outfits: what they draw and say is what core computes, and a hand's rows are counted."""

import numpy as np
import pandas as pd
import pytest

from core.categorical import curves, information, truth
from core.data.renderers.outfits import EVERY
from playground.rungs.outfits import charts, files, seen
from playground.rungs.outfits.panels import curve, seen_outfits
from playground.rungs.outfits.screen import Asked
from tests import apps

PAGE = "pages/outfits.py"


@pytest.fixture(autouse=True)
def _rested(monkeypatch):
    """Quick runs are complete when the page comes; none is left behind."""
    with apps.rested(monkeypatch):
        yield


def test_parameters_are_named_with_their_counts():
    at = apps.opened(PAGE, panel="Parameters", n=100)
    assert "28 bars, 23 free parameters" in apps.words(at)
    assert len(at.get("vega_lite_chart") or at.get("arrow_vega_lite_chart")) == 6
    drawn = charts.bars(("a", "b"), np.array([3, 1]), np.array([0.7, 0.3]), np.array([0.6, 0.4]), "f", False)
    assert list(drawn["layer"][0]["data"]["count"]) == [3, 1]


@pytest.mark.parametrize(("dependence", "says"), [("White with silver", "up to about 2,"), ("None", "Up to 5,000")])
def test_the_curve_says_where_independence_is_overtaken(dependence, says, monkeypatch):
    monkeypatch.setattr(curves, "REDRAWS", 30)
    monkeypatch.setattr(curves.curves, "__defaults__", (curves.SIZES, 30))
    at = apps.opened(PAGE, panel="Learning curve", dependence=dependence)
    assert says in apps.words(at)


def test_the_curve_without_smoothing_says_why_there_is_none():
    at = apps.opened(PAGE, panel="Learning curve", alpha=0)
    assert "infinitely far from the truth" in apps.words(at)


def test_the_sentence_of_a_curve_that_is_ahead_at_once():
    *_, step = list(curves.curves(truth.outfits(), 1.0, seen.Key(0), (10, 20), 3))
    arrays = {curves.FULL: step.arrays[curves.ALONE] - 1, curves.ALONE: step.arrays[curves.ALONE]}
    assert "from 10 outfits on" in curve.said(type(step)(0, step.state, arrays=arrays), 0.3)


def test_independence_lists_every_pair_with_its_test():
    at = apps.opened(PAGE, panel="Independence", n=500)
    table = at.dataframe[0].value
    codes = seen.drawn(Asked(n=500), 0).codes
    tested = information.tested(codes, truth.outfits().sizes)
    np.testing.assert_allclose(table["G"], [pair.g for pair in tested], atol=1e-9)
    assert table["Pair"][0] == "clothes colour – hair colour"
    assert table["In truth (nats)"][0] == pytest.approx(information.total_correlation(truth.outfits().p))


def test_rows_in_words_are_their_codes():
    table = files.frame(EVERY[[5, 900]])
    assert np.array_equal(seen_outfits.as_codes(table)[0], EVERY[[5, 900]])
    more = pd.concat([table, pd.DataFrame([dict.fromkeys(table)])])
    codes, unfinished = seen_outfits.as_codes(more)
    assert (len(codes), unfinished) == (2, 1)
    assert seen_outfits.as_codes(table.iloc[:0])[0].shape == (0, 5)


def test_changed_rows_are_counted_and_in_the_link(monkeypatch):
    codes = seen.drawn(Asked(), 0).codes.copy()
    codes[0] = EVERY[4031]
    plain = seen_outfits.st.data_editor
    told = [files.frame(codes)]
    monkeypatch.setattr(seen_outfits.st, "data_editor", lambda *a, **k: (plain(*a, **k), told[0])[1])
    at = apps.opened(PAGE, panel="The outfits")
    assert seen.encode(codes) in at.query_params["rows"]
    assert "Changed by hand" in apps.words(at)
    told[0] = told[0].iloc[:0]
    at.run()
    assert not at.exception
    assert "At least one outfit must be seen" in at.warning[0].value
    told[0] = files.frame(seen.drawn(Asked(), 0).codes)
    at.button(key="anew").click().run()
    assert "rows" not in at.query_params


def test_too_many_rows_to_change_are_not_listed():
    at = apps.opened(PAGE, panel="The outfits", n=1000)
    assert "Up to 300 outfits can be changed by hand, and 1,000 are seen." in apps.words(at)
