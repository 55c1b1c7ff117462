"""How the checkpoint of each built-in set is trained: the options, the key and what is told; a page begins with the same.

The options of the digits were chosen on their 287 validation images.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from jaxtyping import Float, Int

from core import checkpoint
from core.checkpoint import Checkpoint, CheckpointError
from core.data.images import Pictures, load
from core.kept import kept
from core.key import Key
from core.process import Step
from core.vae import fit as vae
from core.vae.config import Config
from core.vae.model import VAE

FOLDER = Path(__file__).parents[2] / "checkpoints"


@dataclass(frozen=True)
class Recipe:
    """A set of pictures and the options it is learned with; `labelled` tells the model the class."""

    dataset: str
    config: Config
    seed: int = 0
    labelled: bool = False


# Chosen on the digits' validation images, in the order of what they won: alike levels, dropout, averaged weights.
DIGITS = Config(
    likelihood="categorical", levels=17, epochs=500, patience=25, dropout=0.1, average=0.98, smooth=1.0, validation=0.2
)
STEADY = Config(likelihood="bernoulli", epochs=60, average=0.99)

RECIPES = {
    "vae-digits": Recipe("digits", DIGITS),
    "vae-digits-16": Recipe("digits", replace(DIGITS, latent=16)),
    "vae-jars": Recipe("jars", STEADY),
    "vae-strokes": Recipe("strokes", replace(STEADY, batch=128)),
    "vae-strokes-class": Recipe("strokes", replace(STEADY, batch=128), labelled=True),
    "vae-wallpapers": Recipe("wallpapers", replace(STEADY, latent=16, width=192)),
    "vae-outfits": Recipe("outfits", replace(STEADY, width=72)),
    "vae-outfits-16": Recipe("outfits", replace(STEADY, width=72, latent=16)),
}
"""A checkpoint's name and its recipe; the first of a set is what its page begins with."""


def fit(recipe: Recipe, pictures: Pictures | None = None) -> Iterator[Step[VAE]]:
    """The training: on the training rows of the set, judged by its validation rows; the test rows are left out."""
    pictures = pictures or load(recipe.dataset)
    train, val, _ = pictures.split
    rows = np.concatenate([train, val])
    x = pictures.pixels[rows] / (pictures.levels - 1)
    labels = labels_of(recipe, pictures, rows)
    yield from vae.fit(recipe.config, x, Key(recipe.seed), labels=labels, held=np.arange(len(train), len(rows)))


def labels_of(recipe: Recipe, pictures: Pictures, rows: Int[np.ndarray, " n"]) -> Int[np.ndarray, "n 1"] | None:
    """What the model is told of these rows: the class, or nothing."""
    if not recipe.labelled or pictures.labels is None:
        return None
    return np.array(pictures.labels[rows], dtype=np.int64)[:, None]


@kept(16)
def stored(name: str) -> Checkpoint:
    """The checkpoint called `name` in the repository; CheckpointError where there is none or it is not sound."""
    path = FOLDER / f"{name}.safetensors"
    if name not in RECIPES or not path.exists():
        raise CheckpointError(
            f"There is no checkpoint called {name[:40]!r}: `make checkpoints` trains those there are."
        )
    return checkpoint.load(path.read_bytes(), "vae")


def same(held: Checkpoint[VAE], z: Float[np.ndarray, "n d"], labels: Int[np.ndarray, "n a"] | None = None) -> bool:
    """Whether storing float16 leaves every decoded pixel at `z` within half a grey level of 255."""
    other = checkpoint.load(checkpoint.save(held, half=True), "vae").model
    return bool(np.abs(other.decode(z, labels) - held.model.decode(z, labels)).max() < 0.5 / 255)
