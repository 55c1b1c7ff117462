"""Charts of diffusion: how an axis writes a power of ten, and marks that have something to show."""

import re

import numpy as np
import pandas as pd
import pytest

from core.diffusion.noise.schedule import Schedule
from playground.rungs.diffusion import charts

BOUNDS = np.array([[-1.0, 1.0], [-1.0, 1.0]])


def test_a_log_axis_writes_powers_of_ten_as_words_do():
    errors = pd.DataFrame({"solver": ["Heun"], "evaluations": [10], "error": [0.01]})
    drawn = [charts.signal(Schedule("cosine"), 0.5, 0, False), charts.errors(errors, ["Heun"], False)]
    for chart in drawn:
        axis = next(layer["encoding"]["y"]["axis"] for layer in chart.to_dict()["layer"])
        assert "format" not in axis
        names = re.findall(r"'(1[^']*)'", axis["labelExpr"])
        assert (names[0], names[9], names[12], names[-1]) == ("10⁻¹²", "10⁻³", "1", "10¹²")
        assert len(names) == 25


@pytest.mark.parametrize(("n", "layers"), [(0, 1), (5, 3)])
def test_paths_of_nothing_have_no_ends(n, layers):
    assert len(charts.paths("Flow", np.zeros((4, n, 2)), BOUNDS, False).to_dict()["layer"]) == layers
