"""What the page of mixtures is asked for, and what follows from it: the start, the run, and what its numbers belong to."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.dataset import Dataset
from core.key import Key
from core.mixture.gmm import GMM, Config
from core.process import Step
from playground import session
from playground.rungs.em import fitting, forks
from playground.runs import hand, runs
from playground.runs.runs import Fork, Run
from playground.shelf.points import Shelved

NAME = "em"
DATA = "eight_gaussians"
PRESET = Config(components=8)
PANELS = {"Numbers": "parameters", "How many?": "how_many", "Basins": "basins"}


@dataclass(frozen=True)
class Asked:
    """What the controls say."""

    shelved: Shelved
    config: Config
    seed: int

    @property
    def dataset(self) -> Dataset:
        """The data; there must be some."""
        assert self.shelved.dataset is not None
        return self.shelved.dataset

    @property
    def situation(self) -> tuple[str, int, str, int]:
        """What a dragged start belongs to."""
        return self.dataset.digest, self.config.components, self.config.start, self.seed


@dataclass(frozen=True)
class Screen:
    """One screen: what was asked, the mixture its run starts from, and what a hand or an earlier run had to do with that."""

    asked: Asked
    start: GMM
    chosen: np.ndarray | None
    fork: Fork | None

    @property
    def dataset(self) -> Dataset:
        """What is learned."""
        return self.asked.dataset

    @property
    def config(self) -> Config:
        """The options of the fit."""
        return self.asked.config

    @property
    def key(self) -> Key:
        """Of everything that is drawn here but the data."""
        return Key(self.asked.seed) / NAME

    @property
    def given(self) -> GMM | None:
        """The start, if a hand or a fork chose it."""
        return self.start if self.fork or self.chosen is not None else None

    @property
    def spec(self) -> tuple[Hashable, ...]:
        """What decides the run."""
        fork = self.fork and (self.fork.run, self.fork.step.index)
        return self.dataset.digest, self.config, self.asked.seed, hand.encode(self.start.means), fork

    def run(self) -> Run:
        """The session's run of it."""
        return runs.open_run(
            NAME,
            self.spec,
            fitting.label(self.config),
            lambda: fitting.steps(self.dataset, self.config, self.key, self.start),
            of=None if self.given else self.dataset,
        )

    def kept(self) -> tuple[Run | None, Sequence[Step[GMM]]]:
        """The run that was set aside, and its Steps that are drawn under those of this one."""
        kept = runs.kept(NAME, self.dataset.digest)
        return kept, runs.since(kept, self.fork)

    def own_start(self) -> None:
        """Let go of the means a hand chose and of a fork."""
        runs.unfork(NAME)
        hand.put(NAME, self.asked.situation, None)

    def begin(self, components: int, means: np.ndarray) -> None:
        """Begin with so many components from these means (k, d); for a button's callback."""
        runs.unfork(NAME)
        asked = replace(self.asked, config=replace(self.config, components=components))
        hand.put(NAME, asked.situation, means)
        session.set_widgets({"components": components})

    def drag(self, means: np.ndarray) -> None:
        """Begin from these means, which a hand chose."""
        runs.unfork(NAME)
        hand.put(NAME, self.asked.situation, means)


def complaints(asked: Asked) -> list[str]:
    """What in the link of a fresh session cannot be used."""
    return hand.complaint(NAME, moved(asked)) + forks.complaint(NAME, asked.situation, forked(asked))


def screen(asked: Asked) -> Screen:
    """The screen for what is asked; Halt where no mixture can be fitted."""
    chosen, fork = moved(asked), forked(asked)
    start = fork.step.state if fork else fitting.begin(asked.dataset, asked.config, Key(asked.seed) / NAME, chosen)
    return Screen(asked, start, chosen, fork)


def moved(asked: Asked) -> np.ndarray | None:
    """The start means a hand chose."""
    return hand.means(NAME, asked.situation, (asked.config.components, asked.dataset.dim), asked.dataset.bounds)


def forked(asked: Asked) -> Fork | None:
    """Where the run begins, if at a Step of an earlier one."""
    return forks.of(NAME, asked.dataset.digest, (asked.config.components, asked.dataset.dim))
