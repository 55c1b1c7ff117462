"""A decoder for the browser: its layers as plain words and numbers, and its weights as one run of float32.

The blob holds, layer after layer, weight then bias, little-endian, without padding. Dense weights are (out, in), convolutions
(out, in, 3, 3), all row-major. The first layer takes z followed by the one-hot labels of a labelled model; the last, `mean`,
takes the likelihood's parameters to the picture of `VAE.decode` (Kingma and Welling, 2014).
"""

from typing import Any

import numpy as np

from core import nets
from core.vae.model import VAE


def browser(model: VAE) -> tuple[list[dict[str, Any]], bytes]:
    """The layers of the decoder in order, each a mapping with its `kind`, and the bytes of their weights."""
    c, h, w = model.shape
    layers = model.nets["decoder"]
    mean = {
        "kind": "mean",
        "likelihood": model.config.likelihood,
        "levels": model.config.levels,
        "c": c,
        "h": h,
        "w": w,
    }
    names = [name for name, _ in nets.shapes(layers, "decoder")]
    blob = b"".join(np.asarray(model.weights[name], dtype="<f4").tobytes() for name in names)
    return [*(described(layer) for layer in layers), mean], blob


def described(layer: nets.Layer) -> dict[str, Any]:
    """One layer as the browser reads it."""
    if isinstance(layer, nets.Dense):
        return {"kind": "dense", "in": layer.n, "out": layer.m, "act": layer.act}
    if isinstance(layer, nets.Reshape):
        return {"kind": "reshape", "c": layer.c, "h": layer.h, "w": layer.w}
    if isinstance(layer, nets.Conv) and layer.stride == 1:
        conv = {"kind": "conv", "in": layer.n, "out": layer.m, "size": 3, "stride": 1}
        return conv | {"up": layer.up, "act": layer.act}
    raise ValueError(f"A decoder has no layer like {layer}.")
