"""What the page of one column is asked for, and what follows from it: the bell a hand laid over the data, and its climb."""

from dataclasses import dataclass

import numpy as np

from core.dataset import Dataset
from core.key import Key
from core.laws import bins, gaussian, ranking
from core.laws.conjugate import normal
from core.laws.families import discrete
from core.laws.families.continuous import FAMILIES
from core.laws.families.line_kde import Kernels
from core.laws.families.line_mixture import Mixtures
from core.laws.likelihood import Sufficient, sufficient
from playground import session
from playground.rungs.fit1 import bell
from playground.rungs.fit1.bell import Bell
from playground.runs import hand, runs
from playground.runs.runs import Run
from playground.shelf.shelved import Shelved

NAME = "fit1"
DATA = "skewed"
METHOD = "Newton"
PRIOR = normal.Config()
PANELS = {
    "Surface": "surface",
    "Posterior": "posterior",
    "Families": "families",
    "Goodness of fit": "goodness",
    "Bandwidth": "bandwidth",
}
BELL, BEST = "Your bell", "The best"
MIXTURE, KERNELS = Mixtures.title, Kernels.title
LAWS = (BEST, *(law.title for law in (*ranking.CONTINUOUS, *discrete.FAMILIES)))
TESTED = (*(family.title for family in FAMILIES), MIXTURE, KERNELS)
TAKEN = ("counts", "measurements")
WORDS = {
    "method": (METHOD, *gaussian.METHODS),
    "bins": bins.NAMES,
    "law": LAWS,
    "tested": TESTED,
    "taken": TAKEN,
    "model": (BELL, *LAWS),
}
"""The keyed widgets of the page and its panels with their allowed words, the default first."""


@dataclass(frozen=True)
class Asked:
    """What the controls say: the data, how a climb goes, by which rule bins are cut, and the seed."""

    shelved: Shelved
    method: str = METHOD
    bins: str = bins.NAMES[0]
    seed: int = 0


@dataclass(frozen=True)
class Screen:
    """One screen: what was asked, the column's sums, and the (mu, sigma) a hand chose, (1, 2), if one did."""

    asked: Asked
    points: Sufficient
    chosen: np.ndarray | None = None

    @property
    def dataset(self) -> Dataset:
        """The column."""
        assert self.asked.shelved.dataset is not None
        return self.asked.shelved.dataset

    @property
    def key(self) -> Key:
        """Of everything that is drawn here but the data."""
        return Key(self.asked.seed) / NAME

    @property
    def bell(self) -> Bell:
        """The bell on the stage: the hand's, or the first one."""
        return bell.first(self.points, self.dataset.bounds[0]) if self.chosen is None else Bell(*self.chosen[0])

    def climb(self) -> None:
        """Ask for the climb from this bell to the maximum."""
        session.hold(f"{NAME}.climb", self._climb)

    def run(self) -> Run | None:
        """The climb, if there is one: the first bell's, for a page opens alive, or one that was asked for."""
        asked = session.recall(f"{NAME}.climb", lambda: None) == self._climb
        if self.chosen is not None and not asked:
            return None
        config, start = gaussian.Config(method=self.asked.method), self.bell
        spec = (self.dataset.digest, config, start)
        return runs.open_run(
            NAME,
            spec,
            "",
            lambda: gaussian.fit(config, self.dataset.points, Key(0), start=start.model),
            of=self.dataset if self.chosen is None else None,
        )

    def drag(self, place: np.ndarray) -> None:
        """Lay the bell at this (mu, sigma), (1, 2), which a hand chose."""
        hand.put(NAME, self.dataset.digest, place)

    @property
    def _climb(self) -> tuple[str, Bell, str]:
        return self.dataset.digest, self.bell, self.asked.method


def screen(asked: Asked) -> Screen:
    """The screen for what is asked of a data set."""
    assert asked.shelved.dataset is not None
    points = sufficient(asked.shelved.dataset.points)
    reach = bell.reach(asked.shelved.dataset, points)
    return Screen(asked, points, hand.means(NAME, asked.shelved.dataset.digest, (1, 2), reach))
