"""The decoder's surface, and the decoder as the browser reads it."""

import numpy as np
import pytest

from core.key import Key
from core.vae import export, fit
from core.vae.latent import geometry
from tests.core.vae.tiny_vae import last, spots, trained

Z = Key(1).generator().normal(size=(6, 2))
KINDS = ("bernoulli", "gaussian", "logistic", "categorical")


@pytest.mark.parametrize("likelihood", [k for k in KINDS if k != "gaussian"])  # a Gaussian's picture is clipped
def test_the_jacobian_is_that_of_finite_differences(likelihood):
    model = trained(likelihood)
    found = geometry.jacobian(model, Z)
    for axis in range(2):
        h = 1e-5 * np.eye(2)[axis]
        slope = (model.decode(Z + h) - model.decode(Z - h)).reshape(6, -1) / 2e-5
        assert np.allclose(found[..., axis], slope, atol=1e-7)


def test_magnification_is_the_area_of_a_small_square_on_the_surface():
    model, h = trained(), 1e-4
    for z in Z:
        corner, right, up = (model.decode((z + h * np.array(step))[None]).ravel() for step in ([0, 0], [1, 0], [0, 1]))
        a, b = (right - corner) / h, (up - corner) / h
        area = np.sqrt((a @ a) * (b @ b) - (a @ b) ** 2)
        assert geometry.magnification(model, z[None])[0] == pytest.approx(area, rel=2e-3)


@pytest.mark.parametrize("pair", [(0, 1), (2, 3), (4, 5)])
def test_a_geodesic_is_shorter_than_the_straight_line_and_even(pair):
    model = trained()
    a, b = (2 * Z[i] / np.linalg.norm(Z[i]) for i in pair)
    line, bent = geometry.straight(model, a, b), geometry.geodesic(model, a, b)
    assert bent.length <= line.length
    assert bent.energy < line.energy
    for path in (line, bent):
        assert path.energy >= path.length**2 * (1 - 1e-12)
        assert path.length >= np.linalg.norm(path.pictures[-1] - path.pictures[0]) * (1 - 1e-12)
        assert np.allclose(path.z[[0, -1]], [a, b])
    legs = np.sqrt(((bent.pictures[1:] - bent.pictures[:-1]) ** 2).sum(axis=(1, 2, 3)))
    assert legs.std() / legs.mean() < 0.1
    assert bent.energy == pytest.approx(bent.length**2, rel=0.02)


def test_no_small_push_shortens_a_geodesic():
    model = trained()
    bent = geometry.geodesic(model, Z[0], Z[1])
    g = Key(3).generator()
    for _ in range(20):
        push = np.zeros_like(bent.z)
        push[1:-1] = 1e-3 * g.normal(size=(len(push) - 2, 2))
        assert geometry.path(model, bent.z + push).energy > bent.energy


# The browser


def shown(layers, blob, z):
    """The picture as a plain reader of the contract works it out, without torch."""
    numbers, at = np.frombuffer(blob, "<f4").astype(float), 0
    x = z

    def take(*shape):
        nonlocal at
        at += int(np.prod(shape))
        return numbers[at - int(np.prod(shape)) : at].reshape(shape)

    for layer in layers:
        if layer["kind"] == "dense":
            weight, bias = take(layer["out"], layer["in"]), take(layer["out"])
            x = weight @ x + bias
        elif layer["kind"] == "reshape":
            x = x.reshape(layer["c"], layer["h"], layer["w"])
        elif layer["kind"] == "conv":
            weight, bias = take(layer["out"], layer["in"], 3, 3), take(layer["out"])
            x = np.pad(x.repeat(layer["up"], 1).repeat(layer["up"], 2), ((0, 0), (1, 1), (1, 1)))
            h, w = x.shape[1] - 2, x.shape[2] - 2
            parts = [
                np.einsum("oi,ihw->ohw", weight[..., i, j], x[:, i : i + h, j : j + w])
                for i in range(3)
                for j in range(3)
            ]
            x = sum(parts) + bias[:, None, None]
        else:
            x = picture(layer, x)
        if layer.get("act") == "silu":
            x = x / (1 + np.exp(-x))
    assert at == len(numbers)
    return x


def picture(layer, x):
    planes = x.reshape(-1, layer["c"], layer["h"], layer["w"])
    if layer["likelihood"] == "gaussian":
        return np.clip(planes[0], 0, 1)
    if layer["likelihood"] == "categorical":
        p = np.exp(planes - planes.max(axis=0))
        return (p * np.arange(len(p))[:, None, None, None]).sum(axis=0) / p.sum(axis=0) / (layer["levels"] - 1)
    return 1 / (1 + np.exp(-planes[0]))


@pytest.mark.parametrize("likelihood", KINDS)
@pytest.mark.parametrize("architecture", ["mlp", "conv"])
@pytest.mark.parametrize("channels", [1, 3])
def test_the_browsers_picture_is_the_models(likelihood, architecture, channels):
    config = fit.Config(likelihood=likelihood, architecture=architecture, width=24, levels=5, epochs=2)
    model = last(fit.fit(config, spots(40, side=8, channels=channels)[0], Key(0))).state
    layers, blob = export.browser(model)
    assert layers[0]["in"] == 2
    for z in Z:
        assert np.allclose(shown(layers, blob, z), model.decode(z[None])[0], atol=1e-9)


def test_a_label_follows_the_latent_point():
    labels = np.stack([np.arange(40) % 3, np.arange(40) % 2], axis=1)
    model = last(fit.fit(fit.Config(width=16, epochs=2), spots(40)[0], Key(0), labels=labels)).state
    layers, blob = export.browser(model)
    assert layers[0]["in"] == 2 + 3 + 2
    z = np.concatenate([Z[0], np.eye(3)[2], np.eye(2)[0]])
    assert np.allclose(shown(layers, blob, z), model.decode(Z[:1], np.array([[2, 0]]))[0], atol=1e-9)
