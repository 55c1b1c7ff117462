"""The self-test of a VAE: it holds for sound models, and a broken one is caught."""

from dataclasses import replace

import numpy as np
import pytest

from core.key import Key
from core.vae import export, fit
from core.vae.truth import checks as vae_checks
from core.vae.truth.checks import of_vae, replay
from tests.core.vae.tiny_vae import last, spots, trained


@pytest.mark.parametrize("likelihood", ["categorical", "gaussian", "bernoulli"])
def test_every_identity_holds_for_a_trained_model(likelihood):
    checks = list(of_vae(trained(likelihood), spots()[0][:40], Key(1)))
    assert len(checks) == 5
    assert all(check.holds for check in checks), [c for c in checks if not c.holds]


def test_there_is_no_quadrature_in_three_dimensions():
    assert len(list(of_vae(trained(latent=3, epochs=3), spots()[0][:8], Key(1)))) == 3


def test_one_picture_is_enough():
    assert all(check.holds for check in of_vae(trained(), spots()[0][:1], Key(2)))


@pytest.mark.parametrize(
    "options", [{}, {"architecture": "conv"}, {"likelihood": "gaussian"}, {"likelihood": "logistic"}]
)
def test_the_decoder_as_the_browser_is_told_it_paints_the_models_pictures(options):
    model = trained(epochs=2, **options)
    z = Key(3).generator().standard_normal((20, 2))
    spec, blob = export.browser(model)
    np.testing.assert_allclose(replay(spec, blob, z), model.decode(z), atol=2e-5)
    assert np.ptp(model.decode(z)) > 0.01


def test_a_decoder_that_lost_a_weight_is_caught(monkeypatch):
    spec, blob = export.browser(trained())
    floats = np.frombuffer(blob, "<f4").copy()
    floats[0] += 5
    monkeypatch.setattr(vae_checks.export, "browser", lambda model: (spec, floats.tobytes()))
    assert not vae_checks.replayed(trained(), Key(0)).holds


def test_a_wrong_bound_is_caught(monkeypatch):
    monkeypatch.setattr(fit.VAE, "iwae", lambda self, x, key, k=100, labels=None: self.elbo(x, key, k, labels) - 1.0)
    failed = [check.name for check in of_vae(trained(), spots()[0][:20], Key(1)) if not check.holds]
    assert any("IWAE" in name for name in failed)


def test_labels_are_told():
    x, where = spots()
    labels = (where[:, :1] > 1.5).astype(int)
    config = replace(trained().config, epochs=3)
    model = last(fit.fit(config, x, Key(0), labels=labels)).state
    assert all(check.holds for check in of_vae(model, x[:20], Key(1), labels[:20]))
