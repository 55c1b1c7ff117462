"""The likelihood of pictures under a painter, by the probability flow: its trace exact, or estimated by probes.

`core.diffusion.truth.likelihood` integrates tr dv/dy along the flow. In d dimensions the trace takes d derivatives; with probes
e of independent signs, E[e' J e] = tr J (Hutchinson, 1989; in a flow, Grathwohl et al., 2019), one derivative is an unbiased
estimate, the more so of log p since the same probe is kept along a path. Whole grey levels k = 0 .. L - 1 are learned as
y = k + u, u uniform, so by Jensen's inequality -E_u log p(y) bounds the nats of k from above (Theis, van den Oord and
Bethge, 2016).
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from jaxtyping import Float, Int, UInt8

from core.diffusion.noise import target
from core.diffusion.noise.schedule import Schedule
from core.diffusion.truth import likelihood
from core.key import Key
from core.painting import unet
from core.painting.painter import ROWS, Painter

Points = Float[np.ndarray, "n d"]


@dataclass(frozen=True)
class Traced:
    """A painter's network told labels (-1, or None: nothing), with the trace of its Jacobian, exact or by `probes` (n, d).

    What a painter averages over a group is not in it.
    """

    painter: Painter
    labels: Int[np.ndarray, "n a"] | None = None
    probes: Points | None = None

    @property
    def schedule(self) -> Schedule:
        """The painter's."""
        return self.painter.schedule

    @cached_property
    def _double(self) -> dict[str, torch.Tensor]:
        return {name: tensor.double() for name, tensor in self.painter.tensors.items()}

    def denoise_with_trace(self, x: Points, t: float) -> tuple[Points, Float[np.ndarray, " n"]]:
        """The denoiser (n, d) and the trace of its Jacobian (n,), or its estimate."""
        painter, s = self.painter, self.schedule
        t = float(np.clip(t, *s.span))
        size, sigma = float(s.size(t)), float(s.sigma(t))
        a, b = target.mix(painter.config.target, s, t)
        det, unit = float(target.determinant(painter.config.target, s, t)), float(np.hypot(a, b))
        told = painter.net.conditions(np.full(len(x), float(s.log_snr(t))), self.labels)
        said, slope = np.empty(x.shape), np.empty(len(x))
        for first in range(0, len(x), ROWS):
            part = slice(first, first + ROWS)
            probes = None if self.probes is None else self.probes[part]
            said[part], slope[part] = self._asked(x[part] / size, told[part], probes)
        clean = (float(b) * x - sigma * unit * said) / det
        return clean, (float(b) * painter.dim - sigma * unit / size * slope) / det

    def _asked(self, y: Points, told: np.ndarray, probes: Points | None) -> tuple[np.ndarray, np.ndarray]:
        """F and the trace of dF/dy: exact ones in double precision."""
        weights = self._double if probes is None else self.painter.tensors
        kind = torch.float64 if probes is None else torch.float32
        y_ = torch.tensor(y, dtype=kind, requires_grad=True)
        shaped = y_.reshape(len(y), *self.painter.shape)
        out = unet.run(self.painter.net, weights, shaped, torch.tensor(told, dtype=kind)).reshape(len(y), -1)
        if probes is not None:
            e = torch.tensor(probes, dtype=kind)
            (back,) = torch.autograd.grad(out, y_, e)
            return out.detach().double().numpy(), (back * e).sum(1).double().numpy()
        trace = torch.zeros(len(y), dtype=kind)
        for j in range(out.shape[1]):
            (back,) = torch.autograd.grad(out[:, j].sum(), y_, retain_graph=True)
            trace += back[:, j]
        return out.detach().numpy(), trace.numpy()


def signs(n: int, d: int, key: Key) -> Points:
    """`n` probes of independent signs."""
    return key.generator().integers(0, 2, (n, d)) * 2.0 - 1.0


def nats(
    painter: Painter,
    pixels: UInt8[np.ndarray, "n c h w"],
    draws: int,
    key: Key,
    labels: Int[np.ndarray, "n a"] | None = None,
    steps: int = 20,
) -> Float[np.ndarray, " n"]:
    """Nats of each picture of whole grey levels, an upper bound, the mean over `draws` of u and a probe each.

    ValueError for a painter that has not learned grey levels.
    """
    levels, n = painter.config.levels, len(pixels)
    if not levels:
        raise ValueError("This painter has not learned grey levels, so it gives none a probability.")
    total = np.zeros(n)
    for i in range(draws):
        u = (key / "cell" / i).generator().random(pixels.shape)
        x = Painter.to_model((pixels + u) / levels)
        denoiser = Traced(painter, labels, signs(n, painter.dim, key / "probe" / i))
        found, _ = likelihood.flow(denoiser, x, steps)
        total -= found + painter.dim * np.log(2 / levels)
    return total / draws
