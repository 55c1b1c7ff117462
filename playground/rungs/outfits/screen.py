"""What the page of outfits is asked for, and what follows from it: the rows, the law they came from, and the models."""

from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated

import numpy as np
from jaxtyping import Float, Int

from core.categorical import models, truth
from core.categorical.models import Categorical, Factor
from core.categorical.rows import Rows, every
from core.categorical.truth import Law
from core.data.renderers.outfit_words import ATTRIBUTES, VALUES, describe, only
from core.key import Key
from core.options import Choice, Range, check

NAME = "outfits"
PANELS = {
    "Models": "models",
    "Parameters": "parameters",
    "Learning curve": "curve",
    "Independence": "independence",
    "The outfits": "seen_outfits",
    "Own table": "own_table",
}
TOGETHER, APART = "white with silver", "none"
FULL, SMOOTHED, ALONE, TREE = MODELS = ("Full table", "Smoothed table", "Independent", "Tree")
TRUTH = "Truth"
ACROSS = 8  # pictures in a row
SHOWN = 3 * ACROSS  # of the outfits that were seen


@dataclass(frozen=True)
class Asked:
    """How many outfits are seen, how they are smoothed, whether two features go together, and which outfits are drawn."""

    n: Annotated[int, Range(10, 5000, "Outfits seen n", "Drawn from a law that this page knows.", step=10)] = 50
    alpha: Annotated[
        float,
        Range(0, 5, "Smoothing α", "Added to every count; 1 is Laplace's rule. The full table has none.", step=0.01),
    ] = 1.0
    dependence: Annotated[
        str,
        Choice((TOGETHER, APART), "Dependence", "Who wears white has silver hair 9 times in 10; or nothing depends."),
    ] = TOGETHER
    model: Annotated[str, Choice(MODELS, "Worked out by")] = ALONE
    deal: Annotated[int, Range(0, 9999, "Seed of the new outfits", more=True)] = 0

    def __post_init__(self) -> None:
        """Raise ValueError for an option outside its declaration."""
        check(self)


PRESET = Asked()


@dataclass(frozen=True, eq=False)
class Screen:
    """One screen: what was asked, the rows that were seen, and the picture that is chosen on the stage, from 0."""

    asked: Asked
    rows: Rows
    seed: int
    picked: int = 0

    @property
    def spec(self) -> tuple[Hashable, ...]:
        """All that the drawn outfits follow from."""
        return self.rows.digest, self.asked.alpha, self.asked.deal, self.asked.dependence

    @property
    def law(self) -> Law:
        """The law that the outfits were drawn from."""
        return truth.outfits(self.asked.dependence == TOGETHER)

    @property
    def edited(self) -> bool:
        """Whether a hand has changed the rows."""
        return not self.rows.builtin

    @cached_property
    def models(self) -> dict[str, Categorical]:
        """The models by their titles."""
        codes, sizes, alpha = self.rows.codes, self.rows.sizes, self.asked.alpha
        return {
            FULL: models.full(codes, sizes, 0.0),
            SMOOTHED: models.full(codes, sizes, alpha),
            ALONE: models.independent(codes, sizes, alpha),
            TREE: models.chow_liu(codes, sizes, alpha),
        }

    @property
    def model(self) -> Categorical:
        """The model by which the chosen outfit is worked out."""
        return self.models[self.asked.model]

    @cached_property
    def tables(self) -> dict[str, Float[np.ndarray, " c"]]:
        """log p of every outfit by each model, nats."""
        cells = every(self.rows.sizes)
        return {title: model.log_prob(cells) for title, model in self.models.items()}

    @property
    def shown(self) -> Int[np.ndarray, "s 5"]:
        """The seen outfits that the stage has room for."""
        return self.rows.codes[:SHOWN]

    @cached_property
    def drawn(self) -> dict[str, Int[np.ndarray, "8 5"]]:
        """New outfits from each model."""
        key = Key(self.asked.deal) / NAME / "new"
        return {title: model.sample(ACROSS, key / title) for title, model in self.models.items()}

    @cached_property
    def outfits(self) -> Int[np.ndarray, "m 5"]:
        """Every outfit on the stage, in its order."""
        return np.concatenate([self.shown, *self.drawn.values()])

    @property
    def chosen(self) -> Int[np.ndarray, " 5"]:
        """The outfit that is chosen."""
        return self.outfits[min(self.picked, len(self.outfits) - 1)]

    def times(self, codes: Int[np.ndarray, "m 5"]) -> Int[np.ndarray, " m"]:
        """How often each of these outfits was seen."""
        table = self.models[FULL]
        assert isinstance(table, models.FullTable)
        return table.counts_of(codes)


def words(code: Int[np.ndarray, " 5"]) -> str:
    """An outfit in words."""
    return describe(only(tuple(int(v) for v in code)))


def factor_words(factor: Factor, code: Int[np.ndarray, " 5"]) -> str:
    """What a factor is the probability of."""
    if factor.column < 0:
        return "This very outfit"
    said = f"{ATTRIBUTES[factor.column].capitalize()}: {VALUES[factor.column][code[factor.column]]}"
    if factor.given < 0:
        return said
    return f"{said}, given {ATTRIBUTES[factor.given]} {VALUES[factor.given][code[factor.given]]}"
