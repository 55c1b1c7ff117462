"""Three codes of the same pictures: whose they are, and what the autoencoder beside the VAE is."""

import numpy as np
import pytest

from core.key import Key
from core.vae import fit
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


def test_scores_come_with_their_codes_and_the_last_are_those_of_the_whole_training():
    model, pictures = sets.model(), sets.pictures()
    steps = [step.state for step in compared.steps(model, pictures, Key(0))]
    first, last = steps[0], steps[-1]
    assert list(first.scores) == [compared.OURS]
    assert first.scores[compared.OURS] == last.scores[compared.OURS]
    ages = [found.age for found in steps]
    assert ages == sorted(ages)
    assert ages[-1] == last.epochs == 4
    assert all(found.scores.keys() == found.codes.keys() for found in steps)
    train = pictures.images[pictures.split.train]
    *_, trained = fit.fit(compared.plain(model), train, Key(0) / "fit")
    code = trained.state.encode(pictures.images[last.rows])[0]
    np.testing.assert_allclose(last.codes[compared.AE], code, atol=1e-6)
    whole = compared.score(last.codes[compared.AE], pictures, last.rows, Key(0) / compared.AE)
    assert last.scores[compared.AE] == whole
