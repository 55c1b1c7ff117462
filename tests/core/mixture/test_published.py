"""Old Faithful and the galaxies against numbers that stand in print or follow from them.

Azzalini and Bowman (1990) for the geyser as R has it (272 eruptions), Roeder (1990) for 82 velocities of galaxies.
"""

import numpy as np
import pytest

from core.data import builtin
from core.evaluation import metrics
from core.kernels import bandwidth
from core.key import Key
from core.laws import ranking
from core.laws.families.continuous import NAMED
from core.laws.families.line_mixture import Mixtures


def test_old_faithful():
    eruptions, waiting = builtin.load("faithful").points.T
    assert len(eruptions) == 272
    for x, mean, sd, quartiles in (
        (eruptions, 3.487783, 1.141371, (2.16275, 4.0, 4.45425)),
        (waiting, 70.89706, 13.59497, (58.0, 76.0, 82.0)),
    ):
        fitted = NAMED["normal"].fit(x)
        assert fitted.parameters[0] == pytest.approx(mean, abs=5e-6)
        assert fitted.parameters[1] * np.sqrt(272 / 271) == pytest.approx(sd, abs=5e-6)
        assert tuple(np.quantile(x, [0.25, 0.5, 0.75])) == pytest.approx(quartiles)
        row = ranking.judge(NAMED["normal"], x, Key(0))
        level = -0.5 * np.log(2 * np.pi * np.e * sd**2 * 271 / 272)
        assert row.log_likelihood == pytest.approx(level, abs=1e-6)
    assert np.corrcoef(eruptions, waiting)[0, 1] == pytest.approx(0.9008112, abs=1e-6)


def test_two_kinds_of_eruption():
    eruptions, waiting = builtin.load("faithful").points.T
    law = Mixtures().fit(waiting)
    said = {word: value for word, value, _ in law.describe()}
    assert law.title == "Gaussian mixture, K = 2"  # 36 % near 54.6 and 64 % near 80.1 minutes, as every EM finds
    assert (said["weight 1"], said["mean 1"], said["deviation 1"]) == pytest.approx((0.361, 54.61, 5.87), abs=0.01)
    assert (said["mean 2"], said["deviation 2"]) == pytest.approx((80.09, 5.87), abs=0.01)
    assert law.log_prob(waiting).sum() == pytest.approx(-1034.002, abs=2e-3)
    assert bandwidth.silverman(eruptions[:, None]) == pytest.approx(0.3347770, abs=1e-6)  # R's bw.nrd0
    assert bandwidth.silverman(waiting[:, None]) == pytest.approx(3.987559, abs=2e-6)
    assert bandwidth.sheather_jones(eruptions[:, None]) == pytest.approx(0.14, abs=5e-3)  # R's bw.SJ


def test_the_galaxies():
    x = builtin.load("galaxies").points[:, 0]
    assert len(x) == 82
    assert (x.min(), x.max()) == pytest.approx((9.172, 34.279))
    fitted = NAMED["normal"].fit(x)
    assert fitted.parameters[0] == pytest.approx(20.83, abs=0.005)
    assert x.std(ddof=1) == pytest.approx(4.568, abs=0.005)
    total = fitted.log_prob(x).sum()
    assert total == pytest.approx(-41 * np.log(2 * np.pi * np.e * x.var()), abs=1e-9)
    assert total == pytest.approx(-240.4, abs=0.1)  # as the one-component rows of the mixture literature have it
    assert metrics.bic(total, 2, 82) == pytest.approx(489.6, abs=0.2)
    assert Mixtures().fit(x).title == "Gaussian mixture, K = 3"
