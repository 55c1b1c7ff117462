"""Where the bound loses: the split is core's, the bars add up, and the test set is split once it is asked for."""

import numpy as np
import pytest

from core.evaluation.metrics import Estimate
from core.vae.truth import gap as core_gap
from playground.rungs.vae.panels.parts import gap as panel
from tests import apps
from tests.playground.rungs.vae import sets
from tests.playground.shown import specs

X = sets.pictures().images


@pytest.fixture(autouse=True)
def _rested(monkeypatch):
    with apps.rested(monkeypatch):
        yield


def page(latent, told):
    from playground.rungs.vae.panels import truth
    from tests.playground.rungs.vae import sets

    truth.show(*sets.shown(latent, told))


def test_the_test_set_is_split_as_core_does():
    pictures, model = sets.pictures(), sets.model()
    rows = pictures.split.test[:3]
    steps = list(panel.over(model, pictures, rows))
    assert [step.metrics["progress"] for step in steps] == pytest.approx([1 / 3, 2 / 3, 1])
    for i, row in enumerate(rows):
        one = core_gap.split(model, X[row], side=panel.SIDE)
        assert steps[-1].state.approximation[i] == one.approximation
        assert steps[-1].state.amortisation[i] == one.amortisation
    assert f"Over {len(rows)} test pictures" in panel.over_words(steps[-1].state)


def test_the_bars_add_up():
    parts = {"this": (Estimate(1.0, np.nan), Estimate(2.0, np.nan)), "test": (Estimate(0.5, 0.3), Estimate(0.2, 0.4))}
    rows = specs.rows(panel.chart(parts, False))
    assert [(r["from"], r["to"]) for r in rows if "part" in r] == [(0, 1), (1, 3), (0, 0.5), (0.5, 0.7)]
    ends = {r["row"]: (r["low"], r["high"]) for r in rows if "low" in r}
    assert ends["this"] == (3, 3)
    assert ends["test"] == pytest.approx((0.2, 1.2))


def test_the_gap_over_the_test_set_is_asked_for():
    at = apps.opened(page, {"latent": 2, "told": False})
    at.button(key="vae.over").click().run(timeout=60)
    at.session_state["held"]["run.vae.over"].job.wait(60)
    at.run()
    assert not at.exception
    n = len(sets.pictures().split.test)
    assert f"Over {n} test pictures the bound loses" in apps.words(at)
