"""P-values in tables, words and charts: every number is core's own."""

from dataclasses import replace

import numpy as np
import pytest

from core.laws.families.continuous import NAMED
from core.laws.goodness import Calibrated, Recheck, bootstrap, qq
from playground.palette import ROLES, SURFACE
from playground.rungs.fit1 import p_values
from tests.playground.rungs.fit1.sets import KEY, data
from tests.playground.shown.specs import layers


def calibrated(title, name, n):
    x = data(name, n).points
    *_, last = bootstrap(NAMED[title.lower()].fit(x), x, KEY / "test", replicates=199)
    return last.state


def test_the_qq_plot_marks_what_leaves_the_band():
    plot = qq(calibrated("Normal", "skewed", 240))
    (band, _, _), (line, _, _), (_, encoding, rows) = layers(p_values.qq(plot, "x", False))
    assert encoding["color"]["scale"] == {
        "domain": ["inside", "outside"],
        "range": [ROLES["data"][0], SURFACE["text"][0]],
    }
    assert encoding["shape"]["scale"]["range"] == ["circle", "cross"]
    assert [r["where"] == "outside" for r in rows] == plot.outside.tolist()
    assert [r["observed"] for r in rows] == plot.observed.tolist()
    assert [r["theoretical"] for r in rows] == plot.theoretical.tolist()
    low, high = encoding["y"]["scale"]["domain"]
    assert [r["low"] for r in rows] == np.clip(plot.lower, low, high).tolist()
    assert low < plot.observed.min() < plot.observed.max() < high
    assert (band["type"], line["type"]) == ("area", "line")


@pytest.mark.parametrize(
    ("p", "said"),
    [
        ((0.5, 0.4, 0.3), "Nothing here speaks against **Cauchy**. With 50 points that is no proof"),
        (
            (0.005, 0.005, 0.005),
            "**Cauchy does not fit**: Kolmogorov-Smirnov, Anderson-Darling and Cramér-von Mises reject it",
        ),
        (
            (0.005, 0.5, 0.5),
            "**Cauchy is in doubt**: Kolmogorov-Smirnov rejects it at the level 0.05, the others do not",
        ),
        ((0.5, 0.055, 0.5), "Anderson-Darling is too close to 0.05 to call."),
    ],
)
def test_the_judgement(p, said):
    null = (np.arange(199)[:, None] < np.array(p) * 200 - 1).astype(float)
    test = Calibrated(
        ("KS", "AD", "CvM"), NAMED["normal"].fit(np.arange(9.0)), np.zeros(50), np.full(3, 0.5), np.ones(3), null
    )
    np.testing.assert_allclose(test.p, p)
    assert said in p_values.judgement(test, "Cauchy")


def test_no_p_value_is_shown_before_there_are_replicates():
    test = replace(calibrated("Normal", "skewed", 60), null=np.empty((0, 4)))
    shown = p_values.tested(test, ("KS", "AD"))
    assert shown["p, calibrated"].isna().all()
    assert shown["± (Monte Carlo)"].isna().all()
    assert shown["p, naive"].notna().all()


def test_p_values_are_counted_in_cells_closed_above():
    p = np.arange(1, 101) / 100  # the values a calibrated p with 99 replicates takes
    np.testing.assert_allclose(p_values.shares_of(p), 0.1)
    np.testing.assert_allclose(p_values.shares_of(np.array([0.0, 1.0])), [0.5, *[0] * 8, 0.5])
    found = Recheck(("KS",), 99, p[:, None], np.ones((100, 1)))
    ((_, chart),) = p_values.uniformity(found, ("KS",), False).items()
    (_, _, bars), (_, _, steps), (rule, _, even), *_ = layers(chart)
    assert [r["share"] for r in bars] == pytest.approx([0.1] * 10)
    assert [r["share"] for r in steps] == [0] * 9 + [1, 1]
    assert (rule["type"], even) == ("rule", [{"share": 0.1}])
