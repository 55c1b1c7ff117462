"""Surgery on a VAE's bound: the parts add up to the mean KL, and what sleeps is said to."""

import numpy as np
import pytest

from core.evaluation.metrics import Estimate
from core.key import Key
from core.vae.latent import surgery as vae_surgery
from core.vae.latent.surgery import Surgery
from playground.rungs.vae.panels import surgery as panel
from playground.rungs.vae.panels.parts import bars
from tests import apps
from tests.playground.rungs.vae import sets
from tests.playground.shown import specs


@pytest.fixture(autouse=True)
def _rested(monkeypatch):
    with apps.rested(monkeypatch):
        yield


def page(latent, told):
    from playground.rungs.vae.panels import surgery
    from tests.playground.rungs.vae import sets

    surgery.show(*sets.shown(latent, told))


def opened(latent=2):
    return list(panel.steps(sets.model(latent), sets.pictures(), Key(0)))[-1].state


def test_the_parts_add_up_to_the_mean_kl():
    found = opened()
    assert found.check.holds
    exact = vae_surgery.surgery_on_grid(found.means, found.log_vars)
    for name in ("information", "marginal"):
        part = getattr(found.parts, name)
        assert abs(part.value - getattr(exact, name).value) < 4 * part.error
    assert found.parts.kl == pytest.approx(exact.information.value + exact.marginal.value, abs=1e-2)


def test_parts_that_do_not_add_up_are_told():
    found = opened()
    wrong = Surgery(found.parts.kl + 1, found.parts.information, found.parts.marginal)
    assert not panel.Opened(found.rows, found.means, found.log_vars, wrong).check.holds


def test_the_codes_are_of_training_pictures():
    found, pictures = opened(), sets.pictures()
    assert set(found.rows) <= set(pictures.split.train)
    means, log_vars = sets.model().encode(pictures.images[found.rows])
    assert np.allclose(found.means, means)
    assert np.allclose(found.log_vars, log_vars)


def test_the_bar_holds_both_parts():
    found = opened()
    parts = panel.summands(found)
    assert list(parts.values()) == [found.parts.information, found.parts.marginal]
    cells = [r for r in specs.rows(bars.stacked({"KL": parts}, panel.SUMMANDS, "nats", False)) if "part" in r]
    assert [r["nats"] for r in cells] == [e.value for e in parts.values()]
    assert cells[0]["to"] == cells[1]["from"]


def test_dimensions_are_awake_or_asleep():
    chart = panel.dimensions(np.array([1.5, 0.0]), np.array([True, False]), True)
    assert [(r["z"], r["nats"], r["state"]) for r in specs.rows(chart)] == [
        ("z1", 1.5, "active"),
        ("z2", 0.0, "asleep"),
    ]


@pytest.mark.parametrize(("latent", "told"), [(1, False), (3, False), (2, True)])
def test_other_models_are_cut_open_too(latent, told):
    at = apps.opened(page, {"latent": latent, "told": told})
    assert "tell which picture it was" in apps.words(at)
    assert ("Holes are shown in a plane" in apps.words(at)) == (latent != 2)


@pytest.mark.parametrize(("sharp", "told"), [(True, True), (False, False)])
def test_information_at_its_ceiling_is_told(sharp, told):
    def page(sharp):
        import numpy as np

        from core.key import Key
        from core.vae.latent import surgery as vae_surgery
        from playground.rungs.vae.panels import surgery as panel

        means = Key(0).generator().standard_normal((50, 2))
        log_vars = np.full((50, 2), -14.0 if sharp else -1.0)
        parts = vae_surgery.surgery(means, log_vars, Key(1))
        panel.parts(panel.Opened(np.arange(50), means, log_vars, parts))

    said = apps.words(apps.opened(page, {"sharp": sharp}))
    assert ("at its ceiling" in said) == told


def test_the_errors_are_those_of_the_parts():
    found = panel.Opened(
        np.arange(2), np.zeros((2, 2)), np.zeros((2, 2)), Surgery(3.0, Estimate(1.0, 0.03), Estimate(2.0, 0.04))
    )
    assert found.check.tolerance == pytest.approx(4 * 0.05)
