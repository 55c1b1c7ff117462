"""A picture through the model: its code and bound are the model's, and what was lost is painted so."""

import numpy as np
import pytest

from core import nets
from core.data import images
from core.data.images import Pictures
from core.key import Key
from core.vae.model import kl
from core.vae.truth import exact as core_exact
from playground.rungs.vae import numbers, through
from tests.core.vae.tiny_vae import spots, trained


@pytest.fixture(scope="module")
def pictures():
    return Pictures("spots", images.quantise(spots()[0], 5), levels=5)


@pytest.mark.parametrize("architecture", ["mlp", "conv"])
def test_through_the_model(pictures, architecture):
    model = trained(architecture=architecture, epochs=3)
    x, key = pictures.images[3], Key(0)
    found = through.through(model, x, None, key)
    said = through.bound(model, x, found, key)
    mean, log_var = model.encode(x[None])
    assert said.kl == pytest.approx(kl(mean, log_var).sum())
    np.testing.assert_allclose(found.way.picture, model.decode(mean)[0], rtol=1e-12)
    z = mean + np.exp(0.5 * log_var) * (key / "draws").generator().standard_normal((through.SHOWN, model.latent))
    np.testing.assert_allclose(found.way.draws, model.decode(z), rtol=1e-12)
    exact = core_exact.quadrature_elbo(model, x[None])[0]
    assert said.elbo.value == pytest.approx(exact, abs=5 * said.elbo.error + 1e-9)
    assert (said.elbo.error == 0) == (architecture == "mlp")
    if architecture == "conv":
        drawn = model.elbo(np.repeat(x[None], through.DRAWS, axis=0), key / "elbo")
        assert said.elbo.value == pytest.approx(drawn.mean(), rel=1e-12)
    assert f"{said.kl:.2f}" in numbers.equation(said)


@pytest.mark.parametrize("architecture", ["mlp", "conv"])
def test_each_network_is_asked_once_for_a_picture_and_the_decoder_once_more_for_its_bound(monkeypatch, architecture):
    model, x, asked = trained(architecture=architecture, epochs=3), spots()[0][3], []
    activations = nets.activations

    def counted(layers, prefix, weights, batch, *rest):
        asked.append((prefix, len(batch)))
        return activations(layers, prefix, weights, batch, *rest)

    monkeypatch.setattr(nets, "activations", counted)
    found = through.through(model, x, None, Key(0))
    assert asked == [("eye", 1), ("head", 1), ("decoder", 1 + through.SHOWN)]
    through.bound(model, x, found, Key(0))
    assert [prefix for prefix, _ in asked[3:]] == ["decoder"]


def test_what_was_lost_is_blue_where_the_decoder_is_too_bright(monkeypatch):
    monkeypatch.setattr(through.session, "dark", lambda: False)
    x = np.array([[[0.0, 0.5, 1.0]]])
    back = np.array([[[1.0, 0.5, 0.0]]])
    bright, same, dim = through.difference(x, back)[0].tolist()
    assert bright[2] > bright[0]
    assert same == [255, 255, 255]
    assert dim[0] > dim[2]


def test_a_grey_picture_is_written_as_one_and_a_coloured_one_in_its_colours(pictures):
    x = pictures.images[3]
    np.testing.assert_array_equal(through.pixels(x), np.rint(255 * x[0]))
    tinted = np.stack([x[0], 1.5 * x[0], 0 * x[0]])
    want = np.rint(255 * np.clip(tinted, 0, 1)).transpose(1, 2, 0)
    np.testing.assert_array_equal(through.pixels(tinted), want)
