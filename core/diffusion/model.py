"""A trained diffusion model as a value: a denoiser, the units of its data, and how it draws.

The network works in standard units, u = (x - shift) / scale with a spread of 1 in every column, and so do the schedule and
`denoise`; `sample` and `walk` give the data's own units. The network sees x_t scaled to unit spread and its log-SNR, and its
answer is scaled by the size of its target (Karras et al., 2022, on why), so that all schedules and targets look alike to it.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType

import numpy as np
import torch
from jaxtyping import Float, Int

from core.diffusion import net, walk
from core.diffusion.config import Config
from core.diffusion.noise import target
from core.diffusion.noise.schedule import Schedule
from core.diffusion.truth.exact import ExactMixture
from core.diffusion.walk import Sampler
from core.key import Key
from core.mixture.gmm import GMM
from core.process import Step, frozen

Points = Float[np.ndarray, "n d"]
Labels = Int[np.ndarray, " n"]
ROWS = 1 << 14  # asked of the network at once
USUAL = Sampler("DPM-Solver++(2M)", 50)


@dataclass(frozen=True)
class Diffusion:
    """A denoiser by a network: `config`, the units `shift` and `scale` per column, how many `classes` (0: none), `weights`.

    `weights` are read-only float32 arrays by layer. Everything it returns is float64.
    """

    config: Config
    shift: tuple[float, ...]
    scale: tuple[float, ...]
    classes: int
    weights: Mapping[str, np.ndarray] = field(repr=False)

    def __post_init__(self) -> None:
        """Freeze the weights; raise ValueError unless units and weights fit the network and are finite."""
        if len(self.shift) != len(self.scale) or not all(s > 0 and np.isfinite(s) for s in self.scale):
            raise ValueError("The model's units need one shift and one positive scale for every column.")
        expected, held = dict(self.net.shapes), {}
        if set(expected) != set(self.weights):
            raise ValueError(f"The model's weights should be {len(expected)} arrays with the names of its layers.")
        for name, shape in expected.items():
            value = np.asarray(self.weights[name], dtype=np.float32)
            if value.shape != shape:
                raise ValueError(f"The model's {name} has shape {value.shape}; {shape} is needed.")
            if not np.isfinite(value).all():
                raise ValueError(f"The model's {name} holds numbers that are not finite.")
            held[name] = frozen(value)
        object.__setattr__(self, "weights", MappingProxyType(held))

    def described(self) -> dict[str, str]:
        """What a checkpoint's header says of it, besides its options; `units` are the shift and the scale per column."""
        shape, classes = json.dumps([self.dim]), json.dumps([self.classes])
        return {
            "model": "diffusion",
            "shape": shape,
            "classes": classes,
            "units": json.dumps([self.shift, self.scale]),
        }

    @property
    def dim(self) -> int:
        """The number of columns d."""
        return len(self.shift)

    @cached_property
    def net(self) -> net.Net:
        """The network's shape."""
        return net.of(self.config, self.dim, self.classes)

    @cached_property
    def schedule(self) -> Schedule:
        """How x_t is noised, in standard units."""
        return self.config.noising()

    @cached_property
    def _double(self) -> list[torch.Tensor]:
        return [torch.tensor(self.weights[name], dtype=torch.float64) for name, _ in self.net.shapes]

    def standard(self, x: Points) -> Points:
        """u = (x - shift) / scale."""
        return (x - np.array(self.shift)) / np.array(self.scale)

    def original(self, u: Points) -> Points:
        """x = scale u + shift."""
        return u * np.array(self.scale) + np.array(self.shift)

    def exact(self, truth: GMM) -> ExactMixture:
        """The exact companion, in this model's standard units, of data that follow `truth`."""
        shift, scale = np.array(self.shift), np.array(self.scale)
        return ExactMixture(truth.rescaled(-shift / scale, 1 / scale), self.schedule)

    def denoise(self, x: Points, t: float, labels: Labels | None = None) -> Points:
        """E[x_0 given x_t = x] as learned, standard units; a label of -1, or none, tells no class.

        Outside the schedule's `span` the network is asked about the nearest time inside.
        """
        return self._asked(x, t, labels, False)[0]

    def denoise_with_trace(
        self, x: Points, t: float, labels: Labels | None = None
    ) -> tuple[Points, Float[np.ndarray, " n"]]:
        """The denoiser (n, d) and the exact trace of its Jacobian (n,)."""
        return self._asked(x, t, labels, True)

    def _asked(self, x: Points, t: float, labels: Labels | None, trace: bool) -> tuple[Points, np.ndarray]:
        s = self.schedule
        t = float(np.clip(t, *s.span))
        size, sigma = float(s.size(t)), float(s.sigma(t))
        a, b = target.mix(self.config.target, s, t)
        det, unit = float(target.determinant(self.config.target, s, t)), float(np.hypot(a, b))
        clean, traces = np.empty_like(x), np.zeros(len(x))
        for first in range(0, len(x), ROWS):
            part = slice(first, first + ROWS)
            log_snr = np.full(len(x[part]), float(s.log_snr(t)))
            told = torch.from_numpy(self.net.told(x[part] / size, log_snr, None if labels is None else labels[part]))
            with torch.inference_mode():
                if trace:
                    said, slope = net.run_with_trace(self.net, self._double, told)
                    traces[part] = (float(b) * self.dim - sigma * unit / size * slope.numpy()) / det
                else:
                    said = net.run(self._double, told)
            clean[part] = (float(b) * x[part] - sigma * unit * said.numpy()) / det
        return clean, traces

    def of_class(self, label: int) -> "Told":
        """The denoiser that is told a class (-1: none)."""
        return Told(self, label)

    def sample(self, n: int, key: Key, labels: Labels | None = None, sampler: Sampler = USUAL) -> Points:
        """`n` draws in the data's units: the end of `walk`."""
        *_, last = self.walk(n, key, sampler, labels)
        return last.state

    def walk(
        self, n: int, key: Key, sampler: Sampler = USUAL, labels: Labels | None = None
    ) -> Iterator[Step[np.ndarray]]:
        """From noise to data in the data's units: `core.diffusion.walk.walk`, its positions and scores carried over.

        `eps` and `noise` stay in standard units. Labels not given are not told.
        """
        told: target.Denoiser = self if labels is None else Told(self, labels)
        begin = walk.start(self.schedule, n, self.dim, key)
        for step in walk.walk(told, begin, key, sampler):
            yield self.carried(step)

    def carried(self, step: Step[np.ndarray]) -> Step[np.ndarray]:
        """A Step of a walk in standard units, carried to the data's."""
        moved = dict(step.arrays)
        if "x0" in moved:
            moved["x0"], moved["score"] = self.original(moved["x0"]), moved["score"] / np.array(self.scale)
        return replace(step, state=frozen(self.original(step.state)), arrays=moved)


@dataclass(frozen=True)
class Told:
    """A model that is told the class: one for all rows, or one for each."""

    model: Diffusion
    label: int | Labels

    @property
    def schedule(self) -> Schedule:
        """The model's."""
        return self.model.schedule

    def _labels(self, x: Points) -> Labels:
        return np.broadcast_to(np.asarray(self.label), len(x))

    def denoise(self, x: Points, t: float) -> Points:
        """E[x_0 given x_t = x and the class]."""
        return self.model.denoise(x, t, self._labels(x))

    def denoise_with_trace(self, x: Points, t: float) -> tuple[Points, Float[np.ndarray, " n"]]:
        """The denoiser and the trace of its Jacobian."""
        return self.model.denoise_with_trace(x, t, self._labels(x))
