"""Every chart of the page is valid Vega-Lite and names columns that are there, in both themes."""

import numpy as np
import pytest

from core.classification import curves
from core.key import Key
from playground.rungs.decide import charts
from tests.playground.shown.specs import layers

RISKS = {name: Key(0).generator().uniform(0.2, 0.5, (9, 3)) for name in curves.RULES}
P = np.linspace(0, 1, 5)


@pytest.mark.parametrize("dark", [False, True])
def test_charts_are_what_a_browser_can_draw(dark):
    layers(charts.learning((10, 16, 20), RISKS, (0.2, 0.3), 14.0, dark))
    assert len(layers(charts.learning((10, 16, 20), RISKS, (0.2, 0.3), None, dark))) == 8
    layers(charts.known(P, {"Truth": P, "Summed out": P, "Mean put in": 1 - P}, "x1", "upper moon", dark))
    empty = np.array([0.5, np.nan]), np.array([0.4, np.nan]), np.array([1.0, 0.0])
    drawn = layers(charts.calibration({"QDA": empty, "Logistic": empty}, dark))
    assert len(drawn[1][2]) == 1, "a bin of no mass is not drawn"
