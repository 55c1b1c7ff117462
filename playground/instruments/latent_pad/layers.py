"""The pad's own layers: encoded data, the prior's circles, the manifold, the path, the decoder, whose weights travel once."""

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


@dataclass(frozen=True, eq=False, kw_only=True)
class Path(Layer):
    """One picture's way through the networks, under the pad; its decoder half is worked out in the browser, for the hand's z.

    `encoder` and `decoder` describe the layers that compute: `shape`, `equation`, `parameters`, and a `word` for what they
    make. `values` (m,) are the picture and what the encoder's layers make of it, one after the other; `mean` and `sd` (d,)
    are q's. It is of snapshot `at`, and stands back while another is on show.
    """

    ARRAYS = MappingProxyType({"values": ("<f4", (None,)), "mean": ("<f4", (None,)), "sd": ("<f4", (None,))})

    values: np.ndarray | None = None
    mean: np.ndarray | None = None
    sd: np.ndarray | None = None
    encoder: tuple[Mapping[str, Any], ...] = ()
    decoder: tuple[Mapping[str, Any], ...] = ()
    at: int = 0
