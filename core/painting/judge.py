"""A judge of painted pictures: a small classifier of a set's labels, trained on real pictures, and its features.

Its labels say whether a painter drew what it was told; its last hidden layer is the feature space of the repository's
Frechet distances, as a classifier's is of the usual ones (Heusel et al., 2017). It is trained with a little noise on the
pictures, so that a sampler's grain does not mislead it. What it gets right on held-out real pictures, `accuracy`, bounds
what any measurement by it can say. Colours and scenes of outfits are read exactly by `core.data.renderers.outfits.measure`.

A wallpaper is shown with its `spectrum` beside it: lattice and point group stand there whatever the pattern's shift.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType

import numpy as np
import torch
from jaxtyping import Float, Int
from safetensors import safe_open
from safetensors.numpy import save as write
from scipy.special import log_softmax

from core import nets
from core.data.images import load
from core.key import Key
from core.nets import SILU, Conv, Dense, Flatten, Layers
from core.painting.recipes import conditions
from core.process import frozen

FOLDER = Path(__file__).parents[2] / "checkpoints"
FEATURES, WIDTH = 64, 24
BATCH, RATE, NOISE = 128, 2e-3, 0.05
SEEN = {"strokes": 10_000, "wallpapers": 60_000}  # pictures drawn to learn from, of sets that are drawn at will
UPDATES = {"digits": 1000, "outfits": 1500, "strokes": 1000, "wallpapers": 4000}
SPECTRAL = ("wallpapers",)  # sets whose judge is shown the spectrum too
FLOOR = 0.1  # added to a spectrum before its logarithm
ROWS = 512  # judged at once

Images = Float[np.ndarray, "n c h w"]
Shape = tuple[int, int, int]


def layers_of(shape: Shape, sizes: tuple[int, ...]) -> Layers:
    """Convolutions that halve the sides down to 4 or so, and two dense layers: the features and the labels' logits."""
    c, h, w = shape
    found: list[nets.Layer] = []
    planes, width = c, WIDTH
    while min(h, w) > 5 or not found:
        found.append(Conv(planes, width, SILU, stride=2))
        planes, width, h, w = width, 2 * WIDTH, -(-h // 2), -(-w // 2)
    return (*found, Flatten(), Dense(planes * h * w, FEATURES, SILU), Dense(FEATURES, sum(sizes)))


def spectrum(x: Images) -> Images:
    """log(FLOOR + |Fourier transform|) of every plane, its mean taken off, under a Hann window; frequency 0 in the middle."""
    h, w = x.shape[2:]
    window = np.hanning(h)[:, None] * np.hanning(w)
    waves = np.fft.fft2((x - x.mean(axis=(2, 3), keepdims=True)) * window)
    return np.log(FLOOR + np.fft.fftshift(np.abs(waves), axes=(2, 3)))


@dataclass(frozen=True)
class Judge:
    """A classifier of pictures of `shape` into labels of `sizes` values each, and its `accuracy` (a,) on held-out ones.

    A `spectral` one is shown their spectrum too.
    """

    shape: Shape
    sizes: tuple[int, ...]
    weights: Mapping[str, np.ndarray] = field(repr=False)
    accuracy: tuple[float, ...] = ()
    spectral: bool = False

    def __post_init__(self) -> None:
        """Freeze the weights; raise ValueError unless they fit the network and are finite."""
        held = {name: frozen(np.asarray(value, dtype=np.float32)) for name, value in self.weights.items()}
        if {name: value.shape for name, value in held.items()} != dict(nets.shapes(self.layers, "judge")):
            raise ValueError("The judge's weights are not those of its network.")
        if not all(np.isfinite(value).all() for value in held.values()):
            raise ValueError("The judge's weights hold numbers that are not finite.")
        object.__setattr__(self, "weights", MappingProxyType(held))

    @property
    def layers(self) -> Layers:
        """The network's."""
        return layers_of(seen(self.shape, self.spectral), self.sizes)

    @cached_property
    def _tensors(self) -> dict[str, torch.Tensor]:
        return {name: torch.tensor(value) for name, value in self.weights.items()}

    def features(self, x: Images) -> Float[np.ndarray, "n f"]:
        """The last hidden layer."""
        return self._run(self.layers[:-1], x)

    def labels(self, x: Images) -> Int[np.ndarray, "n a"]:
        """The likeliest value of every label."""
        parts = np.split(self._run(self.layers, x), np.cumsum(self.sizes)[:-1], axis=1)
        return np.stack([part.argmax(axis=1) for part in parts], axis=1)

    def log_posterior(self, x: Images) -> Float[np.ndarray, "n v"]:
        """log p(value | picture) of the first label, nats."""
        logits = self._run(self.layers, x)[:, : self.sizes[0]]
        return np.asarray(log_softmax(logits, axis=1))

    def _run(self, layers: Layers, x: Images) -> np.ndarray:
        said = []
        with torch.inference_mode():
            for first in range(0, len(x), ROWS):
                part = shown(x[first : first + ROWS], self.spectral)
                said.append(nets.run(layers, "judge", self._tensors, part).numpy().astype(float))
        return np.concatenate(said)


def seen(shape: Shape, spectral: bool) -> Shape:
    """The shape of what a network is shown of a picture."""
    return (2 * shape[0], *shape[1:]) if spectral else shape


def shown(x: Images, spectral: bool) -> torch.Tensor:
    """What it is shown: the pictures, and their spectra as further planes."""
    return torch.from_numpy((np.concatenate([x, spectrum(x)], axis=1) if spectral else x).astype(np.float32))


def fit(x: Images, labels: Int[np.ndarray, "n a"], key: Key, updates: int = 2000, spectral: bool = False) -> Judge:
    """A judge that has learned these pictures: the sum of the labels' cross-entropies, by Adam (Kingma and Ba, 2015)."""
    c, h, w = x.shape[1:]
    sizes = tuple(int(n) + 1 for n in labels.max(axis=0))
    layers = layers_of(seen((c, h, w), spectral), sizes)
    weights = {name: torch.tensor(v).requires_grad_() for name, v in nets.initial(layers, "judge", key).items()}
    adam = torch.optim.Adam(weights.values(), lr=RATE)
    decay = torch.optim.lr_scheduler.CosineAnnealingLR(adam, updates)
    for k in range(updates):
        draw = (key / "update" / k).generator()
        rows = draw.integers(len(x), size=BATCH)
        noised = x[rows] + NOISE * draw.random() * draw.standard_normal((BATCH, c, h, w))
        said = nets.run(layers, "judge", weights, shown(noised, spectral))
        wanted = torch.from_numpy(labels[rows]).T
        losses = [torch.nn.functional.cross_entropy(s, y) for s, y in zip(said.split(sizes, 1), wanted, strict=True)]
        adam.zero_grad()
        torch.stack(losses).sum().backward()
        adam.step()
        decay.step()
    return Judge((c, h, w), sizes, {name: w.detach().numpy() for name, w in weights.items()}, (), spectral)


def train(dataset: str, key: Key) -> Judge:
    """The judge of a built-in set, rounded to float16, with its accuracy on the set's test rows, which it has not seen."""
    pictures = load(dataset)
    train, _, test = pictures.split
    fresh = load(dataset, SEEN[dataset], Key(1)) if dataset in SEEN else pictures.take(train)
    made = fit(fresh.images, conditions(fresh), key, UPDATES[dataset], dataset in SPECTRAL)
    made = replace(made, weights={name: w.astype(np.float16) for name, w in made.weights.items()})
    right = made.labels(pictures.take(test).images) == conditions(pictures)[test]
    return replace(made, accuracy=tuple(float(share) for share in right.mean(axis=0)))


def save(judge: Judge) -> bytes:
    """A safetensors file of float16 arrays and a header that tells shape, sizes, accuracy and whether it is spectral."""
    arrays = {name: np.array(value, dtype=np.float16) for name, value in judge.weights.items()}
    return write(
        arrays, {name: json.dumps(getattr(judge, name)) for name in ("shape", "sizes", "accuracy", "spectral")}
    )


@lru_cache(maxsize=8)
def stored(dataset: str) -> Judge:
    """The judge of a set in the repository; ValueError where there is none."""
    path = FOLDER / f"judge-{dataset}.safetensors"
    if dataset not in UPDATES or not path.exists():
        raise ValueError(f"There is no judge of {dataset[:40]!r}: `make checkpoints` trains those there are.")
    with safe_open(path, framework="numpy") as file:
        told = {name: json.loads(text) for name, text in file.metadata().items()}
        arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - the file is no mapping
    shape, sizes, accuracy = (tuple(told[name]) for name in ("shape", "sizes", "accuracy"))
    return Judge(shape, sizes, arrays, accuracy, told.get("spectral", False))
