"""Collapse over beta: the sweep is core's, it is trained once it is asked for, and collapse is named where it is."""

import numpy as np
import pytest

from core.key import Key
from core.process import Step
from core.vae import sweep
from core.vae.latent import surgery as core_surgery
from playground.rungs.vae.panels.parts import collapse
from tests import apps
from tests.playground.rungs.vae import sets


@pytest.fixture(autouse=True)
def _rested(monkeypatch):
    with apps.rested(monkeypatch):
        yield


def page(latent, told):
    from playground.rungs.vae.panels import surgery
    from tests.playground.rungs.vae import sets

    surgery.show(*sets.shown(latent, told))


def rows_of(chart):
    return [row for table in chart.to_dict()["datasets"].values() for row in table]


def test_the_sweep_is_cores_and_collapses(monkeypatch):
    monkeypatch.setattr(collapse, "EPOCHS", 3)
    monkeypatch.setattr(sweep, "BETAS", (0.1, 30.0))
    last = list(collapse.steps(sets.model(), sets.pictures(), Key(0)))[-1]
    assert last.index == 3
    assert last.arrays["kl"][1] < last.arrays["kl"][0]
    charts = collapse.charts(last, False)
    assert [r["y"] for r in rows_of(charts["KL"])] == list(last.arrays["kl"])
    awake = (last.arrays["activity"] > core_surgery.ACTIVE).sum(axis=1)
    assert [r["y"] for r in rows_of(charts["active units"])] == awake.tolist()
    low, high = collapse.ends_of(last.arrays["reconstruction"])
    assert low <= last.arrays["reconstruction"].min()
    assert high >= last.arrays["reconstruction"].max()


def test_collapse_is_named_where_it_is():
    def said(activity):
        arrays = {"activity": np.array(activity), "kl": np.array([3.0, 1.0, 0.01])}
        return collapse.finding(Step(9, (0.1, 1.0, 10.0), "", {}, arrays))

    gone = said([[1.0, 1.0], [1.0, 0.0], [0.0, 0.0]])
    assert "active up to beta = 0.1;" in gone
    assert "from beta = 10 on it has **collapsed** (KL 0.01 nats)" in gone
    assert "nowhere" in said([[1.0, 1.0], [1.0, 1.0], [1.0, 0.0]])
    assert "from beta = 1 on" in said([[1.0, 1.0], [0.0, 0.0], [0.0, 0.0]])
    assert "always sleeps" in said([[1.0, 0.0], [1.0, 0.0], [0.0, 0.0]])


def test_the_sweep_is_asked_for(monkeypatch):
    monkeypatch.setattr(collapse, "EPOCHS", 2)
    at = apps.opened(page, {"latent": 2, "told": False})
    at.button(key="vae.sweep").click().run(timeout=60)
    assert not at.exception
    assert "After 2 epochs" in apps.words(at)
