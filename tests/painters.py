"""Painters for tests: small enough to paint in a moment, with random weights that say something."""

from core.checkpoint import Checkpoint, CheckpointError
from core.data import images
from core.key import Key
from core.painting import recipes
from core.painting.config import Config
from core.painting.fit import initial
from core.painting.painter import Painter

TINY = Config(width=8, depth=1, steps=8, batch=4, every=2)


def tiny(name: str) -> Painter:
    """An untrained painter of a built-in set; its last layer is random too, so that it guesses something."""
    pictures = images.load(name)
    known = recipes.conditions(pictures)
    sizes = tuple(int(n) + 1 for n in known.max(axis=0))
    painter = initial(TINY, pictures.shape, sizes, Key(0))
    drawn = {n: (Key(1) / n).generator().standard_normal(w.shape) * 0.1 for n, w in painter.weights.items()}
    return Painter(TINY, pictures.shape, sizes, {n: w + drawn[n] for n, w in painter.weights.items()})


def stored(name: str) -> Checkpoint[Painter]:
    """In place of `recipes.stored`: tiny painters of outfits, digits and jars, and of nothing else."""
    found = name.removeprefix("paint-")
    if found not in ("outfits", "digits", "jars"):
        raise CheckpointError("There is none.")
    return Checkpoint(tiny(found), found, images.load(found).digest, 0, 8, {})
