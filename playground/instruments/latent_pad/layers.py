"""The pad's own layers: the encoded data, the prior's circles, the manifold, and the decoder, whose weights travel once."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from playground.instruments.parts.scene import Layer


@dataclass(frozen=True, eq=False, kw_only=True)
class Codes(Layer):
    """The encoded data: means `z` (n, d) that glide between snapshots, classes, and thumbnails (m <= n, h, w, colours).

    `numbers` (n,) are what the pictures are called by.
    """

    ARRAYS = MappingProxyType(
        {
            "z": ("<f4", (None, None)),
            "cls": ("u1", (None,)),
            "pictures": ("u1", (None, None, None, None)),
            "numbers": ("<i4", (None,)),
        }
    )

    z: np.ndarray | None = None
    cls: np.ndarray | None = None
    pictures: np.ndarray | None = None
    numbers: np.ndarray | None = None
    size: float = 5.0
    classes: tuple[str, ...] = ()
    pictured: bool = False
    bare: bool = False


@dataclass(frozen=True, eq=False, kw_only=True)
class Prior(Layer):
    """The circles of one, two and three standard deviations of the prior N(0, I)."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Manifold(Layer):
    """A `side` x `side` grid of decoded pictures over the plane, made in the browser."""

    side: int = 15


@dataclass(frozen=True, eq=False, kw_only=True)
class Decoder(Layer):
    """The network p(x given z) and what the hand may hold of its input.

    `spec` lists its layers, `weights` holds float32, or `half` the bits of float16, in their order (see
    `core.vae.export`). `z` is where the marker starts and `held` the labels it holds there, `plane` the two latent
    dimensions the pad shows, `reach` how far it goes from the origin, `conditions` the name and the words of every label
    that follows z, one-hot. Pads with the same `twin` move together.
    """

    ARRAYS = MappingProxyType({"weights": ("<f4", (None,)), "half": ("<u2", (None,))})

    weights: np.ndarray | None = None
    half: np.ndarray | None = None
    spec: tuple[Mapping[str, Any], ...] = ()
    shape: tuple[int, int, int] = (1, 8, 8)
    latent: int = 2
    conditions: tuple[tuple[str, tuple[str, ...]], ...] = ()
    held: tuple[int, ...] = ()
    z: tuple[float, ...] = (0.0, 0.0)
    plane: tuple[int, int] = (0, 1)
    reach: float = 3.5
    twin: str = ""
