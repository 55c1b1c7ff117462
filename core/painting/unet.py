"""The painter's network: a small U-Net on two grids, as a value and a function of its weights.

    y (c, h, w)   unfolded: every p x p patch becomes a pixel of p^2 c planes           fine grid, h/p x w/p
    fine          conv, one residual block                                              `width` planes
    coarse        every second pixel: `depth` residual blocks, attention after the first    2 `width` planes
    fine          doubled, the fine planes beside it: two residual blocks, conv, folded

    e = silu(W silu(V [1, log-SNR, its waves, conditions]))        a condition that is not told is all 0
    block(h) = h + conv(silu((1 + a) n(conv(silu(n(h)))) + b)),    a, b = A e

n makes the planes of each pixel of mean 0 and spread 1. U-Net: Ronneberger, Fischer and Brox (2015), for diffusion Ho, Jain
and Abbeel (2020); patches as planes: Shi et al. (2016); the conditions' scale and shift: Perez et al. (2018);
attention: Vaswani et al. (2017); a block's last layer begins at 0: Goyal et al. (2017). The unfolding makes a 32x32
picture a 16x16 one of four times the planes, for a quarter of the work.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int
from torch.nn import functional
from torch.nn.functional import silu

from core.diffusion.noise.schedule import FINEST
from core.key import Key
from core.painting.config import Config

Tensors = Mapping[str, torch.Tensor]
WAVES = 8  # of the log-SNR
EMBEDDING = 2 + 2 * WAVES
HEAD = 32  # planes of an attention head

# As in core.nets: with one thread a fit repeats, and two jobs of one thread do more than one of two.
torch.set_num_threads(1)


@dataclass(frozen=True)
class UNet:
    """What a network looks like: pictures of `shape` (c, h, w), conditions of these `sizes`, and the sizes of its layers."""

    shape: tuple[int, int, int]
    sizes: tuple[int, ...]
    width: int
    depth: int
    thin: float = 0.0

    @property
    def patch(self) -> int:
        """p: the side of the patch that becomes a pixel of the fine grid."""
        side = min(self.shape[1:])
        return 1 if side < 14 else 2 if side < 48 else 4

    @property
    def padding(self) -> tuple[int, int, int, int]:
        """Pixels added left, right, above and below, so that both grids are whole."""
        whole = 2 * self.patch
        down, across = (-side % whole for side in self.shape[1:])
        return across // 2, across - across // 2, down // 2, down - down // 2

    @property
    def told(self) -> int:
        """Numbers that the embedding is made of."""
        return EMBEDDING + sum(self.sizes)

    @property
    def blocks(self) -> tuple[tuple[str, int, int], ...]:
        """Name, planes in and planes out of the residual blocks, in order."""
        fine, coarse = self.width, 2 * self.width
        deep = [(f"coarse.{i}", coarse, coarse) for i in range(self.depth)]
        return ("down", fine, fine), *deep, ("up.0", coarse, fine), ("up.1", fine, fine)

    @property
    def shapes(self) -> tuple[tuple[str, tuple[int, ...]], ...]:
        """Name and shape of every array of weights, in order."""
        fine, coarse, embedded = self.width, 2 * self.width, 4 * self.width
        planes = self.shape[0] * self.patch**2
        found: list[tuple[str, tuple[int, ...]]] = [
            ("told.0", (embedded, self.told)),
            ("told.1", (embedded, embedded)),
            *_conv("in", planes, fine),
            *_conv("coarser", fine, coarse),
            *_conv("finer", coarse, fine, 1),
            *_conv("attend.in", coarse, 3 * coarse, 1),
            *_conv("attend.out", coarse, coarse, 1),
            *_conv("out", fine, planes),
        ]
        for name, n, m in self.blocks:
            found += [*_conv(f"{name}.0", n, m), *_conv(f"{name}.1", m, m), (f"{name}.told", (2 * m, embedded))]
            found += [(f"{name}.skip.weight", (m, n, 1, 1))] if n != m else []
        return tuple(found)

    @property
    def size(self) -> int:
        """The number of weights."""
        return sum(int(np.prod(shape)) for _, shape in self.shapes)

    def views(self, flat: torch.Tensor) -> dict[str, torch.Tensor]:
        """The weights by name, as views of one flat vector."""
        pieces = flat.split([int(np.prod(shape)) for _, shape in self.shapes])
        return {name: piece.view(shape) for piece, (name, shape) in zip(pieces, self.shapes, strict=True)}

    def conditions(
        self, log_snr: Float[np.ndarray, " n"], labels: Int[np.ndarray, "n a"] | None
    ) -> Float[np.ndarray, "n p"]:
        """What the embedding is made of; a label of -1 (or None) tells nothing."""
        level = np.pi * np.clip(log_snr / FINEST, -1, 1)[:, None]
        waves = level * np.arange(0.5, WAVES / 2 + 0.5, 0.5)
        hot = np.zeros((len(level), sum(self.sizes)))
        if labels is not None:
            row, column = np.nonzero(labels >= 0)
            first = np.cumsum((0, *self.sizes))[:-1]
            hot[row, first[column] + labels[row, column]] = 1
        return np.concatenate([np.ones_like(level), level, np.sin(waves), np.cos(waves), hot], axis=1)


def of(config: Config, shape: tuple[int, int, int], sizes: tuple[int, ...]) -> UNet:
    """The network that `config` asks for."""
    return UNet(shape, sizes, config.width, config.depth, config.thin)


def _conv(name: str, n: int, m: int, side: int = 3) -> tuple[tuple[str, tuple[int, ...]], ...]:
    return (f"{name}.weight", (m, n, side, side)), (f"{name}.bias", (m,))


ZERO = ("out.weight", "attend.out.weight", ".1.weight")  # endings of the names of layers that begin at 0


def initial(net: UNet, key: Key) -> dict[str, np.ndarray]:
    """Weights to begin with, float32: N(0, 1 / inputs); biases, the last layer and the last of every block 0."""
    drawn = {}
    for name, shape in net.shapes:
        scale = 0.0 if len(shape) == 1 or name.endswith(ZERO) else 1 / np.sqrt(np.prod(shape[1:]))
        drawn[name] = (scale * (key / name).generator().standard_normal(shape)).astype(np.float32)
    return drawn


def run(net: UNet, w: Tensors, y: torch.Tensor, told: torch.Tensor, thin: torch.Tensor | None = None) -> torch.Tensor:
    """F (n, c, h, w) for noised pictures of unit spread and their conditions, all in the weights' precision.

    `thin` (n, planes of all blocks) multiplies the planes within the blocks: dropout, in training.
    """
    e = silu(silu(told @ w["told.0"].T) @ w["told.1"].T)
    left, right, above, below = net.padding
    h = functional.pixel_unshuffle(functional.pad(y, net.padding), net.patch)
    h = _conv2d(w, "in", h.contiguous(memory_format=torch.channels_last))
    fine = h = _block(w, "down", h, e, _share(net, thin, "down"))
    h = _conv2d(w, "coarser", h, stride=2)
    for i in range(net.depth):
        h = _block(w, f"coarse.{i}", h, e, _share(net, thin, f"coarse.{i}"))
        if i == 0:
            h = h + _attention(w, h)
    h = functional.interpolate(_conv2d(w, "finer", h), scale_factor=2, mode="nearest")
    h = torch.cat([h, fine], dim=1)
    for name in ("up.0", "up.1"):
        h = _block(w, name, h, e, _share(net, thin, name))
    out = functional.pixel_shuffle(_conv2d(w, "out", silu(_normal(h))), net.patch)
    return out[:, :, above : out.shape[2] - below, left : out.shape[3] - right]


def _share(net: UNet, thin: torch.Tensor | None, name: str) -> torch.Tensor | None:
    """The factors of one block's planes."""
    if thin is None:
        return None
    names, counts = [block[0] for block in net.blocks], [block[2] for block in net.blocks]
    return thin.split(counts, dim=1)[names.index(name)][:, :, None, None]


def _conv2d(w: Tensors, name: str, h: torch.Tensor, stride: int = 1) -> torch.Tensor:
    weight = w[f"{name}.weight"]
    return functional.conv2d(h, weight, w[f"{name}.bias"], stride=stride, padding=weight.shape[-1] // 2)


def _normal(h: torch.Tensor) -> torch.Tensor:
    """Every pixel's planes, with mean 0 and spread 1."""
    return functional.layer_norm(h.permute(0, 2, 3, 1), (h.shape[1],)).permute(0, 3, 1, 2)


def _block(w: Tensors, name: str, h: torch.Tensor, e: torch.Tensor, thin: torch.Tensor | None) -> torch.Tensor:
    """A residual block that is told e."""
    scale, shift = (e @ w[f"{name}.told"].T)[:, :, None, None].chunk(2, dim=1)
    inner = _normal(_conv2d(w, f"{name}.0", silu(_normal(h))))
    inner = silu(torch.addcmul(shift, inner, 1 + scale))
    inner = inner if thin is None else inner * thin
    skip = w.get(f"{name}.skip.weight")
    return (h if skip is None else functional.conv2d(h, skip)) + _conv2d(w, f"{name}.1", inner)


def _attention(w: Tensors, h: torch.Tensor) -> torch.Tensor:
    """Every pixel looks at all, by heads of `HEAD` planes or, of fewer, one."""
    n, c, high, wide = h.shape
    heads = max(c // HEAD, 1)
    q, k, v = _conv2d(w, "attend.in", _normal(h)).reshape(n, 3, heads, c // heads, high * wide).unbind(1)
    looks = torch.softmax(q.transpose(-1, -2) @ k / (c // heads) ** 0.5, dim=-1)
    seen = (v @ looks.transpose(-1, -2)).reshape(n, c, high, wide)
    return _conv2d(w, "attend.out", seen.contiguous(memory_format=torch.channels_last))
