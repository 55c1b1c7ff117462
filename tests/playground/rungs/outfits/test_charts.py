"""Every chart of outfits is valid Vega-Lite and names columns that are there, in both themes."""

import numpy as np
import pytest

from core.categorical import models
from core.key import Key
from playground.rungs.outfits import charts
from tests.playground.shown.specs import layers

P = {"Truth": 1e-4, "Full table": 0.0, "Smoothed table": 1e-3, "Independent": 2e-4, "Tree": 3e-4}
TREE = models.chow_liu(Key(0).generator().integers(0, 3, (50, 5)), (3,) * 5, 1.0)
MEANS = {"full": np.array([1.0, 0.5]), "independent": np.array([0.9, 0.4])}
BANDS = {name: np.stack([mean - 0.1, mean + 0.1]) for name, mean in MEANS.items()}
PAIRS = Key(1).generator().random((5, 5))


@pytest.mark.parametrize("dark", [False, True])
def test_charts_are_what_a_browser_can_draw(dark):
    chosen = layers(charts.probabilities(P, "Tree", dark))
    assert [row["said"] for row in chosen[1][2]][1] == "impossible"
    layers(charts.bars(("a", "b"), np.array([3, 1]), np.array([0.7, 0.3]), np.array([0.6, 0.4]), "f", dark))
    layers(charts.curve((10, 20), MEANS, BANDS, 0.3, (50, P), dark))
    layers(charts.squares("abcde", PAIRS, PAIRS, dark))
    assert len(layers(charts.tree("abcde", TREE, PAIRS, dark))[0][2]) == 4
