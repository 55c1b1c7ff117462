"""The network: a small residual multilayer perceptron, and its derivatives written out.

    e = (1, log-SNR, waves of the log-SNR)         told to every layer; its 1 carries the biases
    h_1 = silu(W_0 [e, y, waves of y, class])
    h_(l+1) = h_l + silu(W_l [e, h_l])
    F = W_L [e, h_L]

y is x_t scaled to unit spread, F the target in units of its own size. Residual: He et al. (2016); SiLU: Elfwing, Uchibe and
Doya (2018); Fourier features: Tancik et al. (2020). The gradient is worked out by hand, layer by layer, into one flat
vector: for a network this small the bookkeeping of automatic differentiation would cost more than the arithmetic.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from jaxtyping import Float, Int
from torch.nn.functional import silu

from core.diffusion.config import DIRECTIONS, Config
from core.diffusion.noise.schedule import FINEST
from core.key import Key

WAVES = 5  # of the log-SNR
EMBEDDING = 2 + 2 * WAVES

# As in core.nets: layers this small lose by being dealt out over threads, and one thread makes fits repeat.
torch.set_num_threads(1)


@dataclass(frozen=True)
class Net:
    """What a network looks like: points of `d` dimensions, `classes` (0 for none), and the sizes of its layers."""

    d: int
    classes: int
    width: int
    layers: int
    features: int
    detail: float
    waves: str = DIRECTIONS[0]

    @property
    def inputs(self) -> int:
        """Numbers told to the first layer."""
        return EMBEDDING + self.d + 2 * self.features + self.classes

    @property
    def shapes(self) -> tuple[tuple[str, tuple[int, int]], ...]:
        """Name and shape of every layer's weights, in order."""
        hidden = [(f"hidden.{i}", (self.width, EMBEDDING + self.width)) for i in range(1, self.layers)]
        last = ("out", (self.d, EMBEDDING + self.width))
        return (("hidden.0", (self.width, self.inputs)), *hidden, last)

    @property
    def size(self) -> int:
        """The number of weights."""
        return sum(a * b for _, (a, b) in self.shapes)

    @cached_property
    def frequencies(self) -> Float[np.ndarray, "d f"]:
        """Of the waves of y, radians per unit of y: fixed draws, or along the axes in turn and even up to 2 `detail`."""
        if self.waves == "along the axes":
            which = np.arange(self.features)
            each = np.zeros((self.d, self.features))
            each[which % self.d, which] = 2 * self.detail * (which // self.d + 0.5) / -(-self.features // self.d)
            return each
        drawn = (Key(0) / "waves" / self.d).generator().standard_normal((self.features, self.d))
        return self.detail * drawn.T

    def views(self, flat: torch.Tensor) -> list[torch.Tensor]:
        """The layers' weights as views of one flat vector."""
        pieces = flat.split([a * b for _, (a, b) in self.shapes])
        return [piece.view(shape) for piece, (_, shape) in zip(pieces, self.shapes, strict=True)]

    def told(
        self, y: Float[np.ndarray, "n d"], log_snr: Float[np.ndarray, " n"], labels: Int[np.ndarray, " n"] | None
    ) -> Float[np.ndarray, "n p"]:
        """The first layer's inputs; label -1 (or None) tells no class."""
        level = np.pi * np.clip(log_snr / FINEST, -1, 1)[:, None].astype(y.dtype, copy=False)
        waves = level * np.arange(0.5, WAVES / 2 + 0.5, 0.5, dtype=y.dtype)
        embedded = [np.ones_like(level), level, np.sin(waves), np.cos(waves)]
        phase = np.zeros((len(y), self.features), dtype=y.dtype)
        for column, along in zip(y.T, self.frequencies.astype(y.dtype), strict=True):
            phase += column[:, None] * along  # for so few columns faster than a matrix product, and of one thread
        hot = np.zeros((len(y), self.classes), dtype=y.dtype)
        if labels is not None and self.classes:
            known = np.flatnonzero(labels >= 0)
            hot[known, labels[known]] = 1
        return np.concatenate([*embedded, y, np.sin(phase), np.cos(phase), hot], axis=1, dtype=y.dtype)


def of(config: Config, d: int, classes: int) -> Net:
    """The network that `config` asks for."""
    return Net(d, classes, config.width, config.layers, config.features, config.detail, config.waves)


def initial(net: Net, key: Key) -> dict[str, np.ndarray]:
    """Weights to begin with, float32: N(0, 1 / inputs), a last layer of 0."""
    drawn = {}
    for name, shape in net.shapes:
        scale = 0.0 if name == "out" else 1 / np.sqrt(shape[1])
        drawn[name] = (scale * (key / name).generator().standard_normal(shape)).astype(np.float32)
    return drawn


def run(weights: Sequence[torch.Tensor], told: torch.Tensor) -> torch.Tensor:
    """F for a batch of first-layer inputs."""
    first, *hidden, last = weights
    e = told[:, :EMBEDDING]
    h = silu(told @ first.T)
    for w in hidden:
        h = h + silu(e @ w[:, :EMBEDDING].T + h @ w[:, EMBEDDING:].T)
    return e @ last[:, :EMBEDDING].T + h @ last[:, EMBEDDING:].T


def run_with_trace(net: Net, weights: Sequence[torch.Tensor], told: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """F (n, d) and the trace (n,) of dF/dy, exact: one tangent a dimension is carried through the layers."""
    first, *hidden, last = weights
    e = told[:, :EMBEDDING]
    begin = EMBEDDING + net.d
    sine, cosine = told[:, begin : begin + net.features], told[:, begin + net.features : begin + 2 * net.features]
    frequencies = torch.as_tensor(net.frequencies, dtype=told.dtype)
    w_sine, w_cosine = first[:, begin:].split([net.features, net.features, net.classes], 1)[:2]
    a = told @ first.T
    tangents = [
        first[:, EMBEDDING + j] + (cosine * f) @ w_sine.T - (sine * f) @ w_cosine.T for j, f in enumerate(frequencies)
    ]
    tangents = [_slope(a) * tangent for tangent in tangents]
    h = silu(a)
    for w in hidden:
        a = e @ w[:, :EMBEDDING].T + h @ w[:, EMBEDDING:].T
        slope = _slope(a)
        tangents = [tangent + slope * (tangent @ w[:, EMBEDDING:].T) for tangent in tangents]
        h = h + silu(a)
    trace = sum(
        (tangent @ last[j, EMBEDDING:] for j, tangent in enumerate(tangents)), torch.zeros(len(e), dtype=e.dtype)
    )
    return e @ last[:, :EMBEDDING].T + h @ last[:, EMBEDDING:].T, trace


def _slope(a: torch.Tensor) -> torch.Tensor:
    """silu'(a)."""
    s = torch.sigmoid(a)
    return s * (1 + a * (1 - s))


class Gradient:
    """Room for the loss and its gradient of batches of `n`; `flat` holds the gradient of the latest batch."""

    def __init__(self, net: Net, n: int, device: str = "cpu") -> None:
        self.flat = torch.empty(net.size, device=device)
        self.parts = net.views(self.flat)
        self.inputs = [torch.empty(n, EMBEDDING + net.width, device=device) for _ in range(net.layers)]
        self.pre = [torch.empty(n, net.width, device=device) for _ in range(net.layers)]
        self.back = torch.empty(n, net.width, device=device)
        self.error = torch.empty(n, net.d, device=device)

    def losses(
        self, weights: Sequence[torch.Tensor], told: torch.Tensor, wanted: torch.Tensor, weight: torch.Tensor
    ) -> torch.Tensor:
        """weight |F - wanted|^2 / d of each row (n,); its mean's gradient by the weights is left in `flat`."""
        *hidden, last = weights
        for x in self.inputs:
            x[:, :EMBEDDING] = told[:, :EMBEDDING]
        source = told
        for i, (w, a, x) in enumerate(zip(hidden, self.pre, self.inputs, strict=True)):
            torch.mm(source, w.T, out=a)
            if i:
                torch.add(source[:, EMBEDDING:], silu(a), out=x[:, EMBEDDING:])
            else:
                x[:, EMBEDDING:] = silu(a)
            source = x
        torch.mm(source, last.T, out=self.error)
        self.error -= wanted
        n, d = self.error.shape
        losses = (self.error * self.error).sum(1).mul_(weight).div_(d)
        self.error.mul_(weight[:, None]).mul_(2 / (n * d))
        self._backwards(weights, told)
        return losses

    def _backwards(self, weights: Sequence[torch.Tensor], told: torch.Tensor) -> None:
        """From the error of F down to the first layer."""
        torch.mm(self.error.T, self.inputs[-1], out=self.parts[-1])
        torch.mm(self.error, weights[-1][:, EMBEDDING:], out=self.back)
        for i in reversed(range(len(self.pre))):
            through = torch.ops.aten.silu_backward(self.back, self.pre[i])
            torch.mm(through.T, self.inputs[i - 1] if i else told, out=self.parts[i])
            if i:
                self.back.addmm_(through, weights[i][:, EMBEDDING:])
