"""The options of a diffusion model and of its training, declared once.

Where they are from: schedules and targets, `schedule` and `target` in `core.diffusion.noise`; Fourier features, Tancik
et al. (2020); label dropout, Ho and Salimans (2022); Adam, Kingma and Ba (2015); averaged weights, Polyak and Juditsky (1992).
"""

from dataclasses import dataclass
from typing import Annotated

from core.diffusion.noise import coupling as couplings
from core.diffusion.noise import schedule as schedules
from core.diffusion.noise import target as targets
from core.options import Choice, Range, check

DIRECTIONS = ("any direction", "along the axes")
TIMES = ("even in t", "even in angle", "even in log-SNR")


@dataclass(frozen=True)
class Config:
    """Options of the model and of the fit; `low` and `high` are the schedule's ends, 0 for the usual ones."""

    schedule: Annotated[str, Choice(schedules.NAMES, "Schedule", "How signal fades into noise.")] = "cosine"
    low: Annotated[float, Range(0, 1, "Schedule's first end", "0 for the usual one; see the schedule.", more=True)] = (
        0.0
    )
    high: Annotated[float, Range(0, 100, "Schedule's last end", "0 for the usual one.", more=True)] = 0.0
    target: Annotated[str, Choice(targets.NAMES, "Target", "What the network is asked to say.")] = "v"
    weighting: Annotated[
        str, Choice(targets.WEIGHTINGS, "Weighting", "Whose squared error is the loss.", more=True)
    ] = "plain"
    times: Annotated[str, Choice(TIMES, "Times", "How the noise level of an example is drawn.", more=True)] = (
        "even in t"
    )
    coupling: Annotated[
        str, Choice(couplings.NAMES, "Coupling", "Which noise goes with which point of a batch.", more=True)
    ] = "independent"
    width: Annotated[int, Range(8, 256, "Width", "Units of a hidden layer.", step=8, log=True)] = 64
    layers: Annotated[int, Range(1, 6, "Hidden layers", "All but the first are residual.", more=True)] = 3
    features: Annotated[int, Range(0, 64, "Fourier features", "Waves that see fine detail.", more=True)] = 16
    waves: Annotated[
        str, Choice(DIRECTIONS, "Waves' directions", "Along the axes they suit edges along the axes.", more=True)
    ] = DIRECTIONS[0]
    detail: Annotated[
        float, Range(0.1, 20, "Detail", "Spread of the waves' frequencies, radians a data spread.", more=True)
    ] = 3.0
    steps: Annotated[int, Range(1, 1_000_000, "Optimiser steps", "Updates of the weights in all.", log=True)] = 12_000
    batch: Annotated[int, Range(8, 1024, "Batch", "Points an update looks at.", log=True, more=True)] = 256
    rate: Annotated[float, Range(1e-5, 0.05, "Learning rate", "Adam's; it falls to 0 as a cosine.", log=True)] = 3e-3
    average: Annotated[float, Range(0, 0.9999, "Weight averaging", "Memory of the mean of weights.", more=True)] = 0.995
    dropout: Annotated[
        float, Range(0, 0.9, "Label dropout", "How often the class is not told, for guidance.", more=True)
    ] = 0.15
    every: Annotated[int, Range(1, 200, "Updates a Step", "How often a picture is made.", log=True, more=True)] = 200

    def __post_init__(self) -> None:
        """Raise ValueError for an option outside its declaration, or for ends the schedule cannot have."""
        check(self)
        self.noising()

    def noising(self) -> schedules.Schedule:
        """The schedule these options name."""
        return schedules.Schedule(self.schedule, self.low or None, self.high or None)
