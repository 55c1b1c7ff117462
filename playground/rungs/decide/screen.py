"""What the page of two ways to tell classes apart is asked for, and the run that follows from it."""

import math
from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np

from core.classification import discriminative, generative
from core.classification.rows import Rows
from core.dataset import Dataset
from core.key import Key
from core.options import Choice, Range, check, title
from playground.rungs.decide import judged
from playground.runs import runs
from playground.runs.runs import Run
from playground.shelf.shelved import Shelved

NAME = "decide"
DATA = "two_moons"
PANELS = {
    "Learning curves": "curves",
    "Hidden coordinate": "hidden",
    "Far away": "far",
    "Other shares": "shares",
    "Calibration": "calibration",
}
HIDDEN = ("up", "across")
SHARES = np.arange(1, 50) / 50  # of the first class, where classes come in other shares than those learned from
TAILS = {"Gaussian": math.inf, "Student t, ν = 5": 5.0, "Student t, ν = 3": 3.0}
WORDS = {"hidden": HIDDEN, "tails": tuple(TAILS)}
"""The keyed widgets of the panels with their allowed words, the default first."""


@dataclass(frozen=True)
class Asked:
    """The law of every class, the features of logistic regression and its ridge, and which new points are drawn."""

    law: Annotated[
        str, Choice(generative.KINDS, "Generative: law of a class", "p(x) p(y given x), by a law of every class.")
    ] = generative.QDA
    components: Annotated[
        int, Range(1, 12, "Components of a class", "Of a mixture: how many Gaussians every class gets.", more=True)
    ] = 3
    features: Annotated[
        str, Choice(discriminative.FEATURES, "Discriminative: features", "Logistic regression of the class on these.")
    ] = discriminative.QUADRATIC
    ridge: Annotated[
        float,
        Range(0, 100, "Ridge λ", "Keeps the weights of logistic regression small; 0 for none.", step=0.01, more=True),
    ] = 0.01
    deal: Annotated[int, Range(0, 9999, "Seed of the new points", "0: none are drawn.", more=True)] = 0

    def __post_init__(self) -> None:
        """Raise ValueError for an option outside its declaration."""
        check(self)

    @property
    def way(self) -> tuple[str, int]:
        """The law of every class, and the components of a mixture where it is one."""
        return self.law, self.components if self.law == generative.MIXTURE else 0


PRESET = Asked()


@dataclass(frozen=True)
class Screen:
    """One screen: the data with their classes, the two models, where the hand is, and the key."""

    shelved: Shelved
    rows: Rows
    asked: Asked
    place: tuple[float, float]
    key: Key

    @property
    def dataset(self) -> Dataset:
        """The two columns."""
        assert self.shelved.dataset is not None
        return self.shelved.dataset

    @property
    def models(self) -> tuple[Hashable, ...]:
        """What decides both models."""
        return (
            self.dataset.digest,
            self.dataset.classes,
            self.asked.way,
            self.asked.features,
            self.asked.ridge,
            self.key,
        )

    @property
    def titles(self) -> tuple[str, str]:
        """What the two models are called."""
        return title(self.asked.law) + f" of {self.asked.components}" * (
            self.asked.law == generative.MIXTURE
        ), f"Logistic, {self.asked.features}"

    def along(self, now: "Screen") -> "Screen":
        """These models where the hand of the screen `now` is, if that is of the same data."""
        return replace(self, place=now.place) if self.dataset.digest == now.dataset.digest else self

    def run(self) -> Run:
        """The session's fits of them."""
        found = judged.truth_of(self.dataset, self.rows)
        asked, rows = (self.asked.way, self.asked.features, self.asked.ridge), self.rows
        return runs.open_run(
            NAME,
            self.models,
            self.titles[0],
            lambda: judged.steps(self.dataset, rows, asked, self.key, found),
            of=self.dataset,
        )
