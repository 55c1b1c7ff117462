"""What the page of two columns is asked for, and the run that follows from it."""

from collections.abc import Hashable
from dataclasses import dataclass, replace

from core.dataset import Dataset
from core.joint.joint import Way
from core.key import Key
from playground.rungs.fit2 import joint, ways
from playground.runs import runs
from playground.runs.runs import Run
from playground.shelf.shelved import Shelved

NAME = "fit2"
DATA = "faithful"
PRESET = ways.Few()
PANELS = {"Conditionals": "conditionals", "Numbers": "parameters", "Two samples?": "two_samples"}
GIVEN = ("across", "up")
AGAINST = ("unseen points", "all points")
WORDS = {"given": GIVEN, "against": AGAINST, **ways.WORDS}
"""The keyed widgets of the page and its panels with their allowed words, the default first."""


@dataclass(frozen=True)
class Screen:
    """One screen: the data, the way they are fitted, the line (at `place` on `column`), how many samples, and the key.

    With `column` 0 the line stands upright and says the first column, with 1 it lies.
    """

    shelved: Shelved
    way: Way
    column: int
    place: float
    samples: int
    key: Key

    @property
    def dataset(self) -> Dataset:
        """The two columns."""
        assert self.shelved.dataset is not None
        return self.shelved.dataset

    @property
    def spec(self) -> tuple[Hashable, ...]:
        """What decides all that is worked out of the fit."""
        return self.dataset.digest, self.way, self.key

    @property
    def law(self) -> tuple[Hashable, ...]:
        """What decides the law, and what is said of it in the columns' words."""
        return *joint.decides(self.way, self.dataset), self.dataset.columns

    def along(self, now: "Screen") -> "Screen":
        """This fit along the line of the screen `now`, if that is of the same data."""
        same = self.dataset.digest == now.dataset.digest
        return replace(self, column=now.column, place=now.place) if same else self

    def run(self) -> Run:
        """The session's fit of it."""
        dataset, way = self.dataset, self.way
        found = joint.laid(way, dataset)
        return runs.open_run(NAME, self.spec, way.title, lambda: joint.steps(found, dataset, self.key), of=dataset)
