"""What the page of the game is asked for, and the law that follows from it."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated

import numpy as np

from core.dataset import Dataset
from core.key import Key
from core.options import Range, check
from playground import session
from playground.rungs.game import law, places
from playground.rungs.game.law import BY_HAND, Model
from playground.rungs.game.rules import RULES, Rule
from playground.runs import runs
from playground.runs.runs import Run

NAME = "game"
PANELS = {"Ladder": "ladder", "What is area?": "area"}
WORDS = {"rule": RULES, "model": law.MODELS}
"""The keyed widgets of the page with their allowed words, the default first."""


@dataclass(frozen=True)
class Options:
    """How many points fall, how many Gaussians a mixture has, how much wider the bumps are, and what is left for everywhere."""

    points: Annotated[int, Range(20, 200, "Points", "How many the rule lets fall.")] = 60
    components: Annotated[int, Range(1, 12, "Components K", "How many Gaussians are added up.", more=True)] = 6
    spare: Annotated[
        float,
        Range(0, 0.5, "Left for everywhere", "The share of the model's mass that is spread over the whole map.", 0.01,
              more=True),
    ] = 0.0  # fmt: skip

    def __post_init__(self) -> None:
        """Raise ValueError for an option outside its declaration."""
        check(self)


PRESET = Options()


@dataclass(frozen=True)
class Screen:
    """One screen: the rule, the points it let fall, the model, and whether the rule is `revealed`."""

    rule: Rule
    options: Options
    kind: str
    seed: int
    revealed: bool
    corners: np.ndarray | None = field(compare=False, default=None)

    @property
    def key(self) -> Key:
        """Of everything that is drawn here."""
        return Key(self.seed) / NAME

    @cached_property
    def dataset(self) -> Dataset:
        """The points on show."""
        mask, n = self.rule.mask, self.options.points
        points = mask.sample(n, self.key / "points")
        title = f"{n} points of a hidden rule"
        return Dataset(
            "game", points, mask.bounds, self.rule.axes, title, truth=mask, entropy=mask.entropy,
            builtin=self.rule.everybody,
        )  # fmt: skip

    @property
    def by_hand(self) -> bool:
        """Whether the model is a shape that a hand drags."""
        return self.kind in BY_HAND

    @property
    def model(self) -> Model:
        """What is fitted or drawn."""
        corners = law.start(self.kind, self.rule.mask.bounds) if self.corners is None else self.corners
        shape = tuple(map(tuple, corners.tolist())) if self.by_hand else ()
        return Model(self.kind, self.options.components, self.options.spare, shape, self.key / "law")

    @property
    def spec(self) -> tuple[Hashable, ...]:
        """What decides the law and its scores."""
        return self.dataset.digest, self.rule.mask.digest, self.model

    @property
    def situation(self) -> tuple[Hashable, ...]:
        """What the places that a hand chose belong to."""
        return self.rule.mask.digest, self.kind

    def run(self) -> Run:
        """The session's law of it."""
        data, mask, model = self.dataset, self.rule.mask, self.model
        return runs.open_run(NAME, self.spec, self.kind, lambda: law.steps(model, data.points, mask), of=data)


def screen(rule: Rule, options: Options, kind: str, seed: int, revealed: bool) -> Screen:
    """The screen that the controls and the hand ask for."""
    situation = (rule.mask.digest, kind)
    corners = None
    if kind in BY_HAND:
        corners = places.held("corners", situation, rule.mask.bounds, len(law.start(kind, rule.mask.bounds)))
    else:
        session.put_in_link("corners", None)
    return Screen(rule, options, kind, seed, revealed, corners)
