"""How the painter of each built-in set is trained: the options, the key, the pictures; the page begins with the same.

They learn the training rows alone, so that held-out pictures are left for the questions about memory. The outfits are told
their five attributes, the others their class; a jar has none, and they are told nothing. The class of a wallpaper is its
symmetry group, over whose motions the guess is averaged.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Int

from core import checkpoint
from core.checkpoint import Checkpoint, CheckpointError
from core.data.images import Pictures, load
from core.kept import kept
from core.key import Key
from core.painting import fit as fits
from core.painting.config import WALLPAPER, Config
from core.painting.painter import Painter
from core.process import Step

FOLDER = Path(__file__).parents[2] / "checkpoints"


@dataclass(frozen=True)
class Recipe:
    """A set of pictures and the options it is learned with."""

    dataset: str
    config: Config
    seed: int = 0

    def pictures(self) -> Pictures:
        """The whole set."""
        return load(self.dataset)


PAINTERS: dict[str, Recipe] = {
    "paint-outfits": Recipe("outfits", Config(width=48, depth=4, batch=32, steps=20_000, rate=1.5e-3, dropout=0.3)),
    "paint-strokes": Recipe("strokes", Config(width=48, batch=32, steps=5000, rate=1.5e-3)),
    "paint-wallpapers": Recipe("wallpapers", Config(width=48, batch=32, steps=15_000, symmetry=WALLPAPER)),
    "paint-jars": Recipe("jars", Config(width=32, batch=32, steps=4000, rate=1.5e-3)),
    "paint-digits": Recipe(
        "digits",
        Config(levels=17, width=48, depth=2, steps=2000, thin=0.1, weighting="eps", times="even in log-SNR"),
    ),
}
"""A checkpoint's name and its recipe."""


def conditions(pictures: Pictures) -> Int[np.ndarray, "n a"]:
    """What a painter of this set is told of each picture: the attributes of an outfit, else the class, if it has one."""
    if pictures.labels is not None:
        return np.array(pictures.labels, dtype=np.int64)[:, None]
    words = [j for j, column in enumerate(pictures.columns) if column.words]
    return (
        np.zeros((len(pictures), 0), np.int64)
        if pictures.factors is None
        else pictures.factors[:, words].astype(np.int64)
    )


def fit(recipe: Recipe) -> Iterator[Step[Painter]]:
    """The training."""
    pictures = recipe.pictures()
    rows = pictures.split.train
    x, labels = pictures.pixels[rows], conditions(pictures)[rows]
    yield from fits.fit(recipe.config, x, Key(recipe.seed), labels)


@kept(8)
def stored(name: str) -> Checkpoint[Painter]:
    """The checkpoint called `name` in the repository; CheckpointError where there is none or it is not sound."""
    path = FOLDER / f"{name}.safetensors"
    if name not in PAINTERS or not path.exists():
        raise CheckpointError(
            f"There is no checkpoint called {name[:40]!r}: `make checkpoints` trains those there are."
        )
    return checkpoint.load(path.read_bytes(), "painter")
