"""Three codes of the same pictures: whose they are, and what the autoencoder beside the VAE is."""

import numpy as np
import pytest

from core.key import Key
from core.vae.latent import ppca
from playground.rungs.vae.panels.parts import compared
from tests.playground.rungs.vae import sets


@pytest.fixture(autouse=True)
def _few(monkeypatch):
    monkeypatch.setattr(compared, "EPOCHS", 4)


def found_in(kind="factors", latent=2):
    return list(compared.steps(sets.model(latent), sets.pictures(kind), Key(0)))[-1].state


def test_the_codes_are_of_unseen_pictures():
    found, pictures = found_in(), sets.pictures()
    assert not set(found.rows) & set(pictures.split.train)
    assert (np.diff(found.rows) < 0).any()  # in no order: the first few are drawn
    x = pictures.images[found.rows]
    assert np.allclose(found.codes[compared.OURS], sets.model().encode(x)[0])
    train = pictures.images[pictures.split.train].reshape(-1, 16)
    assert np.allclose(found.codes[compared.PCA], ppca.fit(train, 2).encode(x.reshape(len(x), -1))[0])
    assert list(found.scores) == [compared.OURS, compared.PCA, compared.AE]


def test_the_autoencoder_has_no_noise_and_no_kl():
    config = compared.plain(sets.model())
    assert (config.beta, config.code, config.epochs) == (0.0, "mean", 4)
    assert config.width == sets.model().config.width
