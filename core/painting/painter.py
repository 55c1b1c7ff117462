"""A trained painter as a value: a denoiser of small pictures that can be told conditions, and how it paints.

Pictures are (n, c, h, w) in [0, 1]; a model sees u = 2 x - 1, flattened to (n, d), so the walks, solvers and likelihoods
of diffusion in the plane serve it unchanged. As there, the network sees x_t scaled to unit spread and its log-SNR, and its
answer is scaled by the size of its target (Karras et al., 2022, on why). A painter told nothing and one told everything are
one network (Ho and Salimans, 2022); a label of -1 leaves its condition open. Where the options name a `symmetry`, `Told` mixes
the network's guess with the average over the motions of the group told (`core.painting.symmetry.average`).
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType

import numpy as np
import torch
from jaxtyping import Float, Int

from core.diffusion import walk
from core.diffusion.noise import target
from core.diffusion.noise.schedule import Schedule
from core.diffusion.walk import Sampler
from core.key import Key
from core.painting import unet
from core.painting.config import NO_GROUP, Config
from core.painting.symmetry import average
from core.process import Step, frozen

Points = Float[np.ndarray, "n d"]
Images = Float[np.ndarray, "n c h w"]
Labels = Int[np.ndarray, "n a"]
Network = Callable[
    [np.ndarray, np.ndarray], np.ndarray
]  # F (n, c, h, w) of y (n, c, h, w) and conditions (n, p), float32
ROWS = 64  # asked of the network at once
USUAL = Sampler("DPM-Solver++(2M)", 20)
MOST_SIDE, MOST_VALUES = 64, 1000


def possible(shape: tuple[int, ...], sizes: tuple[int, ...]) -> None:
    """Raise ValueError for pictures or conditions that no painter has."""
    if len(shape) != 3 or shape[0] not in (1, 3) or not 4 <= min(shape[1:]) <= max(shape[1:]) <= MOST_SIDE:
        raise ValueError(f"A painter's pictures have 1 or 3 planes of 4 to {MOST_SIDE} pixels a side, not {shape}.")
    if not all(size >= 1 for size in sizes) or sum(sizes) > MOST_VALUES:
        raise ValueError(f"A painter's conditions have 1 to {MOST_VALUES} values in all, not {sizes}.")


@dataclass(frozen=True)
class Painter:
    """A denoiser of pictures of `shape` (c, h, w) by a U-Net, told labels of `sizes` values each (none: ()).

    `weights` are read-only float32 arrays by name. `network`, if given, is asked in place of `run` and must answer alike.
    Everything it returns is float64.
    """

    config: Config
    shape: tuple[int, int, int]
    sizes: tuple[int, ...]
    weights: Mapping[str, np.ndarray] = field(repr=False)
    network: Network | None = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Freeze the weights; raise ValueError unless shape, sizes and weights fit the network and are finite."""
        possible(self.shape, self.sizes)
        if self.averages and (self.shape, self.sizes) != (average.SHAPE, average.SIZES):
            raise ValueError("Only a painter of wallpapers, told one of the 17 groups, averages over wallpaper groups.")
        expected, held = dict(self.net.shapes), {}
        if set(expected) != set(self.weights):
            raise ValueError(f"The painter's weights should be {len(expected)} arrays with the names of its layers.")
        for name, shape in expected.items():
            value = np.asarray(self.weights[name], dtype=np.float32)
            if value.shape != shape:
                raise ValueError(f"The painter's {name} has shape {value.shape}; {shape} is needed.")
            if not np.isfinite(value).all():
                raise ValueError(f"The painter's {name} holds numbers that are not finite.")
            held[name] = frozen(value)
        object.__setattr__(self, "weights", MappingProxyType(held))

    def described(self) -> dict[str, str]:
        """What a checkpoint's header says of it, besides its options."""
        return {"model": "painter", "shape": json.dumps(self.shape), "classes": json.dumps(self.sizes)}

    @cached_property
    def net(self) -> unet.UNet:
        """The network's shape."""
        return unet.of(self.config, self.shape, self.sizes)

    @property
    def averages(self) -> bool:
        """Whether its guesses are averaged over the group told."""
        return self.config.symmetry != NO_GROUP

    @property
    def dim(self) -> int:
        """d = c h w."""
        return int(np.prod(self.shape))

    @cached_property
    def schedule(self) -> Schedule:
        """How x_t is noised, in model space."""
        return self.config.noising()

    @cached_property
    def tensors(self) -> dict[str, torch.Tensor]:
        """The weights as the network takes them, for derivatives too, whoever asks first."""
        with torch.inference_mode(False):
            return {name: torch.tensor(value) for name, value in self.weights.items()}

    @staticmethod
    def to_model(x: Images) -> Points:
        """u = 2 x - 1, one row a picture."""
        return np.asarray(2.0 * x.reshape(len(x), -1) - 1.0)

    @staticmethod
    def from_model(u: Points, shape: tuple[int, int, int]) -> Images:
        """x = (u + 1) / 2, in planes, rows and columns."""
        return np.asarray((u.reshape(len(u), *shape) + 1.0) / 2.0)

    def rounded(self) -> "Painter":
        """The painter whose every weight is the nearest float16: what a small file can hold exactly."""
        near = {name: w.astype(np.float16).astype(np.float32) for name, w in self.weights.items()}
        return replace(self, weights=near, network=None)

    def denoise(self, x: Points, t: float, labels: np.ndarray | None = None) -> Points:
        """E[x_0 given x_t = x and the labels] as the network learned it, in model space; -1, or none, tells nothing.

        Outside the schedule's `span` the network is asked about the nearest time inside. ValueError for labels it has not.
        """
        labels = self.checked(labels, len(x))
        s = self.schedule
        t = float(np.clip(t, *s.span))
        size, sigma = float(s.size(t)), float(s.sigma(t))
        a, b = target.mix(self.config.target, s, t)
        det, unit = float(target.determinant(self.config.target, s, t)), float(np.hypot(a, b))
        told = self.net.conditions(np.full(len(x), float(s.log_snr(t))), labels).astype(np.float32)
        y = (x / size).astype(np.float32).reshape(len(x), *self.shape)
        said = (self.network or self.run)(y, told).reshape(x.shape)
        return (float(b) * x - sigma * unit * said) / det

    def run(self, y: Float[np.ndarray, "n c h w"], told: Float[np.ndarray, "n p"]) -> Float[np.ndarray, "n c h w"]:
        """F of noised pictures of unit spread and their conditions, each row by itself."""
        said = np.empty(y.shape)
        with torch.inference_mode():
            for first in range(0, len(y), ROWS):
                part = slice(first, first + ROWS)
                out = unet.run(self.net, self.tensors, torch.from_numpy(y[part]), torch.from_numpy(told[part]))
                said[part] = out.numpy()
        return said

    def checked(self, labels: np.ndarray | None, n: int) -> Labels | None:
        """Labels (n, a) of these: one row for all or one for each; ValueError where they do not fit the conditions."""
        if labels is None:
            return None
        labels = np.asarray(labels)
        if labels.shape not in ((len(self.sizes),), (n, len(self.sizes))):
            raise ValueError(f"Labels for {n} pictures should be ({n}, {len(self.sizes)}), not {labels.shape}.")
        if not ((labels >= -1) & (labels < np.array(self.sizes, dtype=int))).all():
            raise ValueError(f"Labels run from -1, not told, to below {self.sizes}.")
        return np.broadcast_to(labels, (n, len(self.sizes)))

    def told(self, labels: np.ndarray | None, guidance: float = 1.0) -> "Told":
        """The denoiser that is told these labels, pushed away from the one told nothing by `guidance`."""
        return Told(self, None if labels is None or (np.asarray(labels) < 0).all() else np.asarray(labels), guidance)

    def begin(self, n: int, key: Key) -> Points:
        """The noise that `n` pictures begin with."""
        return walk.start(self.schedule, n, self.dim, key)

    def walk(
        self,
        n: int,
        key: Key,
        sampler: Sampler = USUAL,
        labels: np.ndarray | None = None,
        guidance: float = 1.0,
        begin: Points | None = None,
    ) -> Iterator[Step[np.ndarray]]:
        """From noise to pictures, `core.diffusion.walk.walk` with states (n, c, h, w), not clipped.

        Of its arrays `x0` is carried to pictures too; `eps` and `noise` are in planes, in units of the noise.
        """
        begin = self.begin(n, key) if begin is None else begin
        for step in walk.walk(self.told(labels, guidance), begin, key, sampler):
            yield in_planes(step, self.shape)

    def sample(
        self,
        n: int,
        key: Key,
        sampler: Sampler = USUAL,
        labels: np.ndarray | None = None,
        guidance: float = 1.0,
        begin: Points | None = None,
    ) -> Images:
        """`n` pictures in [0, 1]: the end of `walk`, and the grey level of each cell where the set is one of levels."""
        *_, last = self.walk(n, key, sampler, labels, guidance, begin)
        x, levels = np.clip(last.state, 0, 1), self.config.levels
        return np.minimum(np.floor(x * levels), levels - 1) / (levels - 1) if levels else x


def in_planes(step: Step[np.ndarray], shape: tuple[int, int, int]) -> Step[np.ndarray]:
    """A Step of a walk in model space, as pictures."""
    arrays = {name: a.reshape(len(a), *shape) for name, a in step.arrays.items() if name in ("eps", "noise")}
    if "x0" in step.arrays:
        arrays["x0"] = Painter.from_model(step.arrays["x0"], shape)
    return replace(step, state=frozen(Painter.from_model(step.state, shape)), arrays=arrays)


@dataclass(frozen=True)
class Told:
    """A painter that is told labels (None: nothing): one row for all pictures, or one for each.

    Guidance w mixes D = D_free + w (D_told - D_free); w = 1 is the told one itself and asks once. A painter that averages
    gives (1 - beta) D + beta A, A the average over the group told; below w = 1, beta too is w times as large.
    """

    painter: Painter
    labels: np.ndarray | None
    guidance: float = 1.0

    @property
    def schedule(self) -> Schedule:
        """The painter's."""
        return self.painter.schedule

    def denoise(self, x: Points, t: float) -> Points:
        """E[x_0 given x_t = x and the labels], guided and averaged."""
        said = self.guided(x, t)
        return self.averaged(said, x, t) if self.painter.averages and self.labels is not None else said

    def averaged(self, guess: Points, x: Points, t: float) -> Points:
        """(1 - beta) D + beta A of a guess D, for a painter that averages."""
        labels, s = self.painter.checked(self.labels, len(x)), self.schedule
        assert labels is not None
        alpha, sigma, *_ = s.curves(float(np.clip(t, *s.span)))
        return average.mixed(guess, x / float(alpha), labels[:, 0], float(sigma / alpha) ** 2, self.guidance)

    def guided(self, x: Points, t: float) -> Points:
        """The network's guess, guided."""
        if self.labels is None or self.guidance == 1.0:
            return self.painter.denoise(x, t, self.labels)
        told = self.painter.checked(self.labels, len(x))
        both = np.concatenate([told, np.full_like(told, -1)])
        said, free = np.split(self.painter.denoise(np.concatenate([x, x]), t, both), 2)
        return np.asarray(free + self.guidance * (said - free))
