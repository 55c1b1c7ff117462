"""How the checkpoint of each toy in the plane is trained: the options, the key, the points; a page begins with the same.

The widths, waves and numbers of updates fit the budget of 60 CPU seconds on one thread that all families share. Points
are 12,000 draws of each toy (parameters as in FFJORD, Grathwohl et al., 2019).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core import checkpoint
from core.checkpoint import Checkpoint, CheckpointError
from core.data import builtin
from core.dataset import Dataset
from core.diffusion import fit as fits
from core.diffusion.config import Config
from core.diffusion.model import Diffusion
from core.kept import kept
from core.key import Key
from core.process import Step

FOLDER = Path(__file__).parents[2] / "checkpoints"
POINTS = 12_000


@dataclass(frozen=True)
class Recipe:
    """A toy and the options it is learned with."""

    dataset: str
    config: Config
    seed: int = 0

    def points(self) -> Dataset:
        """The training points."""
        return builtin.load(self.dataset, POINTS, Key(self.seed))


USUAL = Config(width=96, batch=512, detail=2.0, steps=28_000)
SMOOTH = Config(width=96, batch=512, features=12, detail=1.5, steps=36_000, average=0.9985)
LONGER = Config(width=96, batch=512, detail=2.0, steps=40_000, average=0.999)
EDGED = Config(
    width=96, layers=5, batch=512, features=24, detail=5.0, waves="along the axes", steps=26_000, average=0.999
)
RECIPES: dict[str, Recipe] = {
    "diffusion-eight_gaussians": Recipe("eight_gaussians", USUAL),
    "diffusion-two_moons": Recipe("two_moons", SMOOTH),
    "diffusion-checkerboard": Recipe("checkerboard", EDGED),
    "diffusion-pinwheel": Recipe("pinwheel", LONGER),
    "diffusion-two_spirals": Recipe("two_spirals", USUAL),
    "diffusion-rings": Recipe("rings", USUAL),
}
"""A checkpoint's name and its recipe."""


def fit(recipe: Recipe) -> Iterator[Step[Diffusion]]:
    """The training."""
    yield from fits.fit(recipe.config, recipe.points().points, Key(recipe.seed))


@kept(16)
def stored(name: str) -> Checkpoint[Diffusion]:
    """The checkpoint called `name` in the repository; CheckpointError where there is none or it is not sound."""
    path = FOLDER / f"{name}.safetensors"
    if name not in RECIPES or not path.exists():
        raise CheckpointError(
            f"There is no checkpoint called {name[:40]!r}: `make checkpoints` trains those there are."
        )
    return checkpoint.load(path.read_bytes(), "diffusion")
