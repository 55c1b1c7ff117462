"""The forward pass, layer by layer: its ends are the model's own, its layers torch's, and eps leads from the mean to z."""

from functools import cache

import numpy as np
import pytest
import torch
from torch import nn

from core.data import images
from core.vae import recipes
from core.vae.forward import forward
from core.vae.recipes import RECIPES
from tests.core.vae.tiny_vae import spots, trained


@cache
def case(name):
    """A model, a picture of its set and what the model is told of it."""
    if name in RECIPES:
        model, pictures = recipes.stored(name).model, images.load(RECIPES[name].dataset)
        label = np.array(pictures.labels[3:4], dtype=np.int64) if model.classes else None
        return model, pictures.pixels[3] / (pictures.levels - 1), label
    return trained(*name.split()[:2], epochs=2), spots()[0][3], None


TINY = [f"{kind} {nets}" for kind in ("bernoulli", "gaussian", "logistic", "categorical") for nets in ("mlp", "conv")]
EVERY = pytest.mark.parametrize("name", [*RECIPES, *TINY])


@EVERY
def test_the_ends_are_what_the_model_encodes_and_decodes(name):
    model, x, label = case(name)
    told = None if label is None else label[None]
    found = forward(model, x, label)
    mean, log_var = (a[0] for a in model.encode(x[None], told))
    np.testing.assert_allclose(found.mean, mean, atol=1e-6)
    np.testing.assert_allclose(found.log_var, log_var, atol=1e-6)
    np.testing.assert_array_equal(found.z, found.mean)
    np.testing.assert_array_equal(found.eps, 0)
    np.testing.assert_allclose(found.picture, model.decode(found.z[None], told)[0], atol=1e-6)


@EVERY
def test_z_is_the_mean_and_eps_standard_deviations(name):
    model, x, label = case(name)
    z = np.linspace(-1.5, 2.0, model.latent)
    found = forward(model, x, label, z)
    np.testing.assert_allclose(found.mean + np.exp(0.5 * found.log_var) * found.eps, z, atol=1e-12)
    told = None if label is None else label[None]
    np.testing.assert_allclose(found.picture, model.decode(z[None], told)[0], atol=1e-6)


def torchs(model, network, prefix):
    """The same layers as torch's own modules, each with its activation."""
    for i, layer in enumerate(network):
        if not hasattr(layer, "n"):
            continue
        up = [nn.Upsample(scale_factor=2, mode="nearest")] if getattr(layer, "up", 1) > 1 else []
        if hasattr(layer, "stride"):
            module = nn.Conv2d(layer.n, layer.m, 3, stride=layer.stride, padding=1, dtype=torch.float64)
        else:
            module = nn.Linear(layer.n, layer.m, dtype=torch.float64)
        for part in ("weight", "bias"):
            getattr(module, part).data = torch.tensor(model.weights[f"{prefix}.{i}.{part}"], dtype=torch.float64)
        yield module, nn.Sequential(*up, module, nn.SiLU() if layer.act == "silu" else nn.Identity())


@EVERY
def test_every_layer_has_the_shape_values_and_parameters_of_torchs(name):
    model, x, label = case(name)
    found = forward(model, x, label)
    hot = model.hot(None if label is None else label[None], 1)
    encoder = [*torchs(model, model.nets["eye"], "eye"), *torchs(model, model.nets["head"], "head")]
    decoder = list(torchs(model, model.nets["decoder"], "decoder"))
    z = torch.cat([torch.tensor(found.z)[None], hot], 1)
    for start, layers, modules in ((torch.tensor(x)[None], found.encoder, encoder), (z, found.decoder, decoder)):
        y, shape = start, ()
        for layer, (module, whole) in zip(layers, modules, strict=True):
            if isinstance(module, nn.Linear):
                y = y.flatten(1)
                y = torch.cat([y, hot], 1) if y.shape[1] + hot.shape[1] == module.in_features else y
            elif y.dim() == 2:
                y = y.reshape(1, *shape)
            y, shape = whole(y), layer.values.shape
            assert layer.parameters == sum(p.numel() for p in module.parameters())
            assert layer.values.size == y.numel()
            np.testing.assert_allclose(layer.values.ravel(), y.detach().numpy().ravel(), atol=1e-6)
            if y.dim() == 4:
                assert layer.values.shape == tuple(y.shape[1:])


def test_a_layer_says_what_it_is():
    found = forward(*case("categorical mlp"))
    assert [(layer.kind, layer.equation) for layer in found.encoder][-1] == ("dense", "Wh + b")
    assert found.encoder[0].equation == "SiLU(Wh + b)"
    assert found.decoder[-1].values.shape == (5, 4, 4), "a plane for each grey level"


def test_another_picture_or_no_label_is_refused():
    model, x, _ = case("vae-strokes-class")
    with pytest.raises(ValueError, match="label"):
        forward(model, x)
    with pytest.raises(ValueError, match="shape"):
        forward(case("vae-digits")[0], x)
