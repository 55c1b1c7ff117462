"""Decoders with random weights, in torch and as the layers that the browser runs: one of each kind."""

import numpy as np
import torch
from torch import nn

from core.key import Key

SILU, NONE = "silu", "none"


def dense(n, m, act=NONE):
    return {"kind": "dense", "in": n, "out": m, "act": act}


def conv(n, m, up=1, act=NONE):
    return {"kind": "conv", "in": n, "out": m, "size": 3, "stride": 1, "up": up, "act": act}


def mean(likelihood, c, h, w, levels=2):
    return {"kind": "mean", "likelihood": likelihood, "levels": levels, "c": c, "h": h, "w": w}


def pyramid(inputs, planes):
    """The body of a 32 x 32 convolutional decoder."""
    return [
        dense(inputs, 64, SILU),
        dense(64, 512, SILU),
        {"kind": "reshape", "c": 32, "h": 4, "w": 4},
        conv(32, 16, 2, SILU),
        conv(16, 16, 2, SILU),
        conv(16, 13, 2, SILU),
        conv(13, planes),
    ]


SPECS = {
    "bernoulli": [dense(2, 64, SILU), dense(64, 784), mean("bernoulli", 1, 28, 28)],
    "categorical": [dense(2, 96, SILU), dense(96, 96, SILU), dense(96, 64 * 17), mean("categorical", 1, 8, 8, 17)],
    "conv": [*pyramid(2, 1), mean("bernoulli", 1, 32, 32)],
    "conv gaussian": [*pyramid(2, 3), mean("gaussian", 3, 32, 32)],
    "conv logistic": [*pyramid(2, 6), mean("logistic", 3, 32, 32)],
    "conv categorical": [*pyramid(2, 24), mean("categorical", 3, 32, 32, 8)],
    "odd sizes": [
        dense(2, 3 * 5 * 7, "relu"),
        {"kind": "reshape", "c": 3, "h": 5, "w": 7},
        conv(3, 5, 2, "gelu"),
        conv(5, 2, 1, "tanh"),
        conv(2, 1),
        mean("bernoulli", 1, 10, 14),
    ],
    "conditional": [*pyramid(5 + 3 + 2, 3), mean("bernoulli", 3, 32, 32)],
}


def weights(spec, seed=0, gain=2.2):
    """Random weights, large enough that pictures are far from grey, as float32 in the order of the layers."""
    rng = (Key(seed) / "weights").generator()
    parts = []
    for layer in spec:
        if layer["kind"] in ("dense", "conv"):
            taps = 9 if layer["kind"] == "conv" else 1
            fan = layer["in"] * taps
            parts.append(rng.normal(size=layer["out"] * fan) * gain / np.sqrt(fan))
            parts.append(0.3 * rng.normal(size=layer["out"]))
    return np.concatenate(parts).astype("<f4").tobytes()


def decode(spec, blob, z):
    """Torch's pictures (n, c, h, w) of the inputs z (n, d), in float32 as the model computes them."""
    flat, at = torch.tensor(np.frombuffer(blob, "<f4").copy()), 0
    x = torch.tensor(np.asarray(z), dtype=torch.float32)
    acts = {
        "silu": nn.functional.silu,
        "gelu": nn.functional.gelu,
        "relu": torch.relu,
        "tanh": torch.tanh,
        "none": lambda v: v,
    }

    def take(*shape):
        nonlocal at
        at += int(np.prod(shape))
        return flat[at - int(np.prod(shape)) : at].reshape(shape)

    for layer in spec:
        n, m = layer.get("in"), layer.get("out")
        if layer["kind"] == "dense":
            x = acts[layer["act"]](nn.functional.linear(x, take(m, n), take(m)))
        elif layer["kind"] == "reshape":
            x = x.reshape(-1, layer["c"], layer["h"], layer["w"])
        elif layer["kind"] == "conv":
            x = nn.functional.interpolate(x, scale_factor=layer["up"], mode="nearest")
            x = acts[layer["act"]](nn.functional.conv2d(x, take(m, n, 3, 3), take(m), padding=1))
        else:
            x = picture(layer, x)
    return x.numpy()


def picture(layer, x):
    """The likelihood's mean."""
    x = x.reshape(len(x), -1, layer["c"], layer["h"], layer["w"])
    if layer["likelihood"] == "categorical":
        levels = torch.linspace(0, 1, layer["levels"])
        return torch.einsum("nkchw,k->nchw", torch.softmax(x, 1), levels)
    return x[:, 0].clamp(0, 1) if layer["likelihood"] == "gaussian" else torch.sigmoid(x[:, 0])
