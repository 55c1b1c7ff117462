"""The options of a painter, a diffusion model of small pictures, and of its training, declared once.

Where they are from: schedules and targets, `schedule` and `target` in `core.diffusion.noise`; label dropout, Ho and
Salimans (2022); uniform dequantisation, Theis, van den Oord and Bethge (2016); Adam, Kingma and Ba (2015); averaged
weights, Polyak and Juditsky (1992); averages over a group, `core.painting.symmetry.average`.
"""

from dataclasses import dataclass
from typing import Annotated

from core.diffusion.config import TIMES
from core.diffusion.noise import schedule as schedules
from core.diffusion.noise import target as targets
from core.options import Choice, Range, check

NO_GROUP, WALLPAPER = SYMMETRIES = ("no group", "wallpaper groups")
TARGETS = ("v", "velocity")  # the two that determine the clean picture at every time


@dataclass(frozen=True)
class Config:
    """Options of the network and of the fit.

    `levels` L > 0 says that the pictures are whole grey levels k = 0 .. L - 1: each is learned spread evenly over its
    cell, (k + u) / L with u uniform, so that the model is a density whose mean over a cell is the probability of its
    level; 0 learns k / (L - 1) as it is. `symmetry` says over whose motions a guess is averaged, where a picture is told
    its group; the training does not depend on it.
    """

    schedule: Annotated[str, Choice(schedules.NAMES, "Schedule", "How signal fades into noise.", more=True)] = "cosine"
    target: Annotated[str, Choice(TARGETS, "Target", "What the network is asked to say.", more=True)] = "v"
    weighting: Annotated[
        str, Choice(targets.WEIGHTINGS, "Weighting", "Whose squared error is the loss.", more=True)
    ] = "plain"
    times: Annotated[str, Choice(TIMES, "Times", "How the noise level of an example is drawn.", more=True)] = (
        "even in t"
    )
    levels: Annotated[int, Range(0, 256, "Grey levels", "0 learns them as they are.", more=True)] = 0
    width: Annotated[
        int, Range(8, 256, "Width", "Planes of the fine grid; the coarse has twice.", step=8, log=True)
    ] = 48
    depth: Annotated[int, Range(1, 8, "Depth", "Residual blocks on the coarse grid.", more=True)] = 3
    thin: Annotated[float, Range(0, 0.9, "Dropout", "Share of a block's planes silenced in training.", more=True)] = 0.0
    steps: Annotated[int, Range(1, 1_000_000, "Optimiser steps", "Updates of the weights in all.", log=True)] = 6000
    batch: Annotated[int, Range(2, 1024, "Batch", "Pictures an update looks at.", log=True, more=True)] = 64
    rate: Annotated[float, Range(1e-5, 0.05, "Learning rate", "Adam's; it falls to 0 as a cosine.", log=True)] = 2e-3
    average: Annotated[float, Range(0, 0.9999, "Weight averaging", "Memory of the mean of weights.", more=True)] = 0.998
    dropout: Annotated[
        float, Range(0, 0.9, "Label dropout", "How often a condition is not told, for guidance.", more=True)
    ] = 0.15
    symmetry: Annotated[str, Choice(SYMMETRIES, "Average", "Over the motions of the group told.", more=True)] = NO_GROUP
    every: Annotated[int, Range(1, 1000, "Updates a Step", "How often a picture is made.", log=True, more=True)] = 20

    def __post_init__(self) -> None:
        """Raise ValueError for an option outside its declaration."""
        check(self)

    def noising(self) -> schedules.Schedule:
        """The schedule these options name."""
        return schedules.Schedule(self.schedule)
