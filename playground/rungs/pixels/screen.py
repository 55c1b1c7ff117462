"""What the page of pixels is asked for, and what follows from it: pictures as levels, and the factorisations to count."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Annotated

import numpy as np
from jaxtyping import Int

from core.categorical import products
from core.categorical.rows import Codes
from core.data.images import Pictures
from core.key import Key
from core.options import Choice, Range, check
from core.process import frozen
from playground.shelf.pictures import Shelved

NAME, DATA = "pixels", "digits"
PANELS = {
    "Ladder": "ladder",
    "Two pixels": "two_pixels",
    "How small is the world": "world",
}
ALONE, TOLD, MIXTURE, TREE = MODELS = ("Independent", "Class told", "Mixture", "Tree")
ACROSS = 8  # pictures in a row
SEEN, TESTED = 2000, 500  # pictures that are counted and judged by, at most, where a set is not the digits
MOST = 1 << 23  # probabilities of a model, at most


@dataclass(frozen=True)
class Asked:
    """How many levels a pixel has, how counts are smoothed, how many products are mixed, and which pictures are drawn."""

    levels: Annotated[str, Choice(("2", "4", "17", "256"), "Levels of a pixel", "2 is black and white.")] = "17"
    alpha: Annotated[float, Range(0.01, 5, "Smoothing α", "Added to every count; 1 is Laplace's rule.", step=0.01)] = (
        0.3
    )
    components: Annotated[int, Range(1, 60, "Products mixed K", "Nobody names them: EM finds them.")] = 20
    deal: Annotated[int, Range(0, 9999, "Seed of the new pictures", more=True)] = 0

    def __post_init__(self) -> None:
        """Raise ValueError for an option outside its declaration."""
        check(self)


PRESET = Asked()


@dataclass(frozen=True)
class Levelled:
    """Pictures of a set at so many levels: what follows from its `digest` and from them alone."""

    digest: str
    levels: int
    pictures: Pictures = field(compare=False)
    rows: Int[np.ndarray, " m"] = field(compare=False)

    def codes(self) -> Codes:
        """The levels, a row a picture."""
        x = self.pictures.pixels[self.rows].reshape(len(self.rows), -1).astype(np.int32)
        return frozen(x * self.levels // self.pictures.levels)


@lru_cache(maxsize=4)
def kept(asked: Levelled) -> Codes:
    """The codes of the house's own pictures, the same for all who count them."""
    return asked.codes()


@dataclass(frozen=True, eq=False)
class Screen:
    """One screen: what was asked, the pictures, and the seed of EM's start."""

    asked: Asked
    shelved: Shelved
    seed: int = 0

    @property
    def pictures(self) -> Pictures:
        """The set."""
        return self.shelved.pictures

    @property
    def spec(self) -> tuple[Hashable, ...]:
        """All that the drawn pictures follow from."""
        asked = self.asked
        return self.pictures.digest, self.levels, asked.alpha, asked.components, asked.deal, self.seed

    @property
    def fitted(self) -> tuple[Hashable, ...]:
        """All that the models follow from."""
        asked = self.asked
        return self.pictures.digest, self.levels, asked.alpha, asked.components, self.seed

    @property
    def levels(self) -> int:
        """The levels of a pixel: those asked for, or the set's own where it has fewer."""
        return min(int(self.asked.levels), self.pictures.levels)

    @property
    def rows(self) -> tuple[Int[np.ndarray, " a"], Int[np.ndarray, " b"], Int[np.ndarray, " c"]]:
        """The pictures that are counted, that say when EM ends (and are then counted too), and that judge."""
        train, val, test = self.pictures.split
        return train[:SEEN], val[:TESTED], test[:TESTED]

    @cached_property
    def codes(self) -> Codes:
        """The pictures of all three `rows` as levels, pixel by pixel: red, green and blue each count as one."""
        asked = Levelled(self.pictures.digest, self.levels, self.pictures, np.concatenate(self.rows))
        return kept(asked) if self.pictures.builtin else asked.codes()

    @property
    def train(self) -> Codes:
        """What is counted."""
        return self.codes[: len(self.rows[0])]

    @property
    def val(self) -> Codes:
        """What says when EM ends."""
        return self.seen[len(self.rows[0]) :]

    @property
    def seen(self) -> Codes:
        """All that is counted in the end."""
        return self.codes[: len(self.rows[0]) + len(self.rows[1])]

    @property
    def test(self) -> Codes:
        """What judges."""
        return self.codes[len(self.rows[0]) + len(self.rows[1]) :]

    @property
    def labels(self) -> Int[np.ndarray, " n"] | None:
        """The class of each picture of `seen`, if known and more than one."""
        known = self.pictures.labels
        if known is None or len(self.pictures.classes) < 2:
            return None
        return known[np.concatenate(self.rows[:2])]

    @property
    def config(self) -> products.Config:
        """The mixture's."""
        return products.Config(self.asked.components, self.asked.alpha)

    @property
    def start(self) -> Key:
        """The key of EM's start."""
        return Key(self.seed) / NAME / "start"

    @cached_property
    def missing(self) -> Mapping[str, str]:
        """The models that cannot be made of these pictures, each with the reason in one sentence."""
        d, levels, k, found = self.pictures.dim, self.levels, self.asked.components, {}
        if self.labels is None:
            found[TOLD] = "These pictures come without classes, so no model is told them."
        if k * d * levels > MOST:
            found[MIXTURE] = (
                f"{k} products of {d:,} pixels at {levels} levels are {k * d * levels:,} numbers, too many to mix here: "
                f"mix up to {MOST // (d * levels)}, or count fewer levels."
            )
        elif k > len(self.rows[0]):
            found[MIXTURE] = f"{k} products cannot be found in {len(self.rows[0])} pictures: mix fewer."
        if d * levels**2 > MOST:
            found[TREE] = (
                f"At {levels} levels a tree of {d:,} pixels has {d * levels**2:,} numbers, more than {len(self.seen):,} "
                "pictures can tell: count fewer levels."
            )
        return found

    @property
    def models(self) -> tuple[str, ...]:
        """The models that can be made."""
        return tuple(title for title in MODELS if title not in self.missing)
