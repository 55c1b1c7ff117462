"""The forward pass of one picture, layer by layer: x, the encoder, q(z given x), z, the decoder, p(x given z).

    h_0 = x,  h_i = f(W_i h_{i-1} + b_i),  (mean, log_var) = W h + b       the encoder
    z   = mean + sd eps,  sd = exp(log_var / 2)                            eps ~ N(0, I), or what the z that is asked for needs
    g_0 = z,  g_i = f(W_i g_{i-1} + b_i),  p(x given z) from the last      the decoder

f is the SiLU, a sigmoid times its argument, or nothing; a labelled model is told its label, one-hot, beside h and z. Kingma and
Welling (2014); Elfwing, Uchibe and Doya (2018) for the SiLU. Layers that only lay numbers out anew are left out.
"""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int

from core import nets
from core.vae.model import VAE


@dataclass(frozen=True, eq=False)
class Layer:
    """What one layer makes of one picture: its `kind`, `equation` and number of `parameters`.

    `values` are (units,) or (planes, h, w).
    """

    kind: str
    equation: str
    parameters: int
    values: Float[np.ndarray, "..."]


@dataclass(frozen=True, eq=False)
class Forward:
    """A picture's way through a model.

    The last of the `encoder`'s layers is `mean` and `log_var` (d,), the last of the `decoder`'s the likelihood's parameters,
    and `picture` (c, h, w) is what they mean. `z` = mean + sd `eps`, each (d,). `draws` (m, c, h, w) are further pictures.
    """

    encoder: tuple[Layer, ...]
    mean: Float[np.ndarray, " d"]
    log_var: Float[np.ndarray, " d"]
    eps: Float[np.ndarray, " d"]
    z: Float[np.ndarray, " d"]
    decoder: tuple[Layer, ...]
    picture: Float[np.ndarray, "c h w"]
    draws: Float[np.ndarray, "m c h w"]


def forward(
    model: VAE,
    x: Float[np.ndarray, "c h w"],
    label: Int[np.ndarray, " a"] | None = None,
    z: Float[np.ndarray, " d"] | None = None,
    noise: Float[np.ndarray, "m d"] | None = None,
) -> Forward:
    """The forward pass of `x`, decoded at `z`, which is the mean of q if it is not given.

    At mean + sd `noise` pictures are decoded too: each network is asked once.

    Raises ValueError where the picture's shape or the label are not the model's.
    """
    if x.shape != model.shape:
        raise ValueError(f"The picture has shape {x.shape}; the model knows {model.shape}.")
    weights, told = model.tensors(), model.hot(None if label is None else label[None], 1)
    with torch.inference_mode():
        seen, y = layers(model.nets["eye"], "eye", weights, torch.from_numpy(np.array(x))[None])
        head, y = layers(model.nets["head"], "head", weights, torch.cat([y, told], 1))
        mean, log_var = np.split(y[0].numpy(), 2)
        at, sd = mean if z is None else np.array(z, dtype=np.float64), np.exp(0.5 * log_var)
        points = at[None] if noise is None else np.concatenate([at[None], mean + sd * noise])
        where = torch.cat([torch.from_numpy(points), told.expand(len(points), -1)], 1)
        decoder, y = layers(model.nets["decoder"], "decoder", weights, where)
        pictures = model.likelihood.mean(y).numpy()
    return Forward((*seen, *head), mean, log_var, (at - mean) / sd, at, decoder, pictures[0], pictures[1:])


def layers(
    network: nets.Layers, prefix: str, weights: nets.Tensors, x: torch.Tensor
) -> tuple[tuple[Layer, ...], torch.Tensor]:
    """What the layers of a network make of the first of a batch, and its output for all of them.

    A layer that is laid out anew has its new shape.
    """
    found: list[Layer] = []
    y = x
    for layer, y in zip(network, nets.activations(network, prefix, weights, x), strict=True):
        values = y[0].numpy().copy()  # of the first alone, which lives longer than the batch
        if isinstance(layer, nets.Dense | nets.Conv):
            found.append(Layer(*described(layer), values))
        elif isinstance(layer, nets.Reshape):
            found[-1] = Layer(found[-1].kind, found[-1].equation, found[-1].parameters, values)
    return tuple(found), y


def described(layer: nets.Dense | nets.Conv) -> tuple[str, str, int]:
    """Kind, equation and number of parameters of a layer."""
    if isinstance(layer, nets.Dense):
        kind, inner, taps = "dense", "Wh + b", 1
    else:
        h = "up(h)" if layer.up > 1 else "h"
        kind, inner, taps = "convolution", f"W * {h} + b", 9
        inner += ", halved" if layer.stride > 1 else ""
    equation = f"SiLU({inner})" if layer.act == nets.SILU else inner
    return kind, equation, layer.m * (layer.n * taps + 1)
