"""Small neural networks as values: a tuple of layers, described by data, and a mapping of named weights.

    dense    y = act(W x + b)
    conv     y = act(b + W * up(x)), a 3x3 cross-correlation with zero padding, after nearest-neighbour upsampling

The same description runs in torch, is written into a checkpoint and is sent to the browser. Weights begin as draws from
N(0, g / fan-in), g = 2 before a SiLU and 1 before none, biases at 0 (He et al., 2015; Elfwing, Uchibe and Doya, 2018).
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional

from core.key import Key

Tensors = Mapping[str, torch.Tensor]
Thin = Callable[[torch.Tensor], torch.Tensor]
NONE, SILU = "none", "silu"

# Layers this small lose more by handing work between threads than they gain, and with one thread the sums, and so the fits,
# are the same on machines of any number of cores.
torch.set_num_threads(1)


@dataclass(frozen=True)
class Dense:
    """`n` numbers in, `m` numbers out."""

    n: int
    m: int
    act: str = NONE


@dataclass(frozen=True)
class Conv:
    """`n` planes in, `m` planes out, `up` times as large or 1 / `stride` as large."""

    n: int
    m: int
    act: str = NONE
    up: int = 1
    stride: int = 1


@dataclass(frozen=True)
class Reshape:
    """A vector to `c` planes of `h` rows and `w` columns."""

    c: int
    h: int
    w: int


@dataclass(frozen=True)
class Flatten:
    """Planes to a vector."""


Layer = Dense | Conv | Reshape | Flatten
Layers = tuple[Layer, ...]


def shapes(layers: Layers, prefix: str) -> Iterator[tuple[str, tuple[int, ...]]]:
    """(name, shape) of every weight and bias, in the order they are used."""
    for i, layer in enumerate(layers):
        if isinstance(layer, Dense | Conv):
            tail = (3, 3) if isinstance(layer, Conv) else ()
            yield f"{prefix}.{i}.weight", (layer.m, layer.n, *tail)
            yield f"{prefix}.{i}.bias", (layer.m,)


def initial(layers: Layers, prefix: str, key: Key) -> dict[str, np.ndarray]:
    """Weights to begin with, float32."""
    drawn = {}
    for name, shape in shapes(layers, prefix):
        gain = 2.0 if getattr(layers[int(name.split(".")[-2])], "act", NONE) == SILU else 1.0
        scale = np.sqrt(gain / np.prod(shape[1:])) if len(shape) > 1 else 0.0
        drawn[name] = (scale * (key / name).generator().standard_normal(shape)).astype(np.float32)
    return drawn


def run(
    layers: Layers,
    prefix: str,
    weights: Tensors,
    x: torch.Tensor,
    thin: Thin | None = None,
) -> torch.Tensor:
    """The network's output for a batch `x`; `thin` (dropout) is applied after every dense layer with an activation."""
    return deque(activations(layers, prefix, weights, x, thin), maxlen=1).pop() if layers else x


def activations(
    layers: Layers,
    prefix: str,
    weights: Tensors,
    x: torch.Tensor,
    thin: Thin | None = None,
) -> Iterator[torch.Tensor]:
    """What every layer makes of a batch `x`, one after the other; the last is what `run` returns."""
    for i, layer in enumerate(layers):
        if isinstance(layer, Reshape):
            x = x.reshape(len(x), layer.c, layer.h, layer.w)
        elif isinstance(layer, Flatten):
            x = x.reshape(len(x), -1)
        else:
            x = _weighted(layer, weights[f"{prefix}.{i}.weight"], weights[f"{prefix}.{i}.bias"], x)
            if thin is not None and isinstance(layer, Dense) and layer.act != NONE:
                x = thin(x)
        yield x


def _weighted(layer: Dense | Conv, weight: torch.Tensor, bias: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    if isinstance(layer, Dense):
        y = functional.linear(x, weight, bias)
    else:
        if layer.up > 1:
            x = x.repeat_interleave(layer.up, -1).repeat_interleave(layer.up, -2)
        y = functional.conv2d(x, weight, bias, stride=layer.stride, padding=1)
    return functional.silu(y) if layer.act == SILU else y


def multiplications(layers: Layers) -> int:
    """Multiply-adds for one input."""
    total, h, w = 0, 1, 1
    for layer in layers:
        if isinstance(layer, Dense):
            total += layer.n * layer.m
        elif isinstance(layer, Reshape):
            h, w = layer.h, layer.w
        elif isinstance(layer, Conv):
            h, w = (-(-side * layer.up // layer.stride) for side in (h, w))
            total += 9 * layer.n * layer.m * h * w
    return total
