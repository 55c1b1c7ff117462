"""What the closer looks are asked for beside the page's own controls."""

from dataclasses import dataclass
from typing import Annotated

from core.data import builtin
from core.options import Choice, Range, check

COLUMNS = ("First column", "Second column")
SETS = {title: name for name, title in builtin.NAMES.items() if builtin.dim(name) == 1}
LANES = (*COLUMNS, *SETS)
AXES, CUTS = ("first", "second"), ("summed", "cut")
TOLD = ("exact", "trained here")


@dataclass(frozen=True)
class Push:
    """How hard, and where to."""

    w: Annotated[float, Range(0, 8, "Guidance w", "0 ignores the class, 1 is the class.", step=0.5, more=True)] = 3.0
    guide: Annotated[
        str, Choice(TOLD, "Who guides", "The exact denoisers, or one network that was told classes.", more=True)
    ] = "exact"

    def __post_init__(self) -> None:
        """Raise ValueError for an option outside its declaration."""
        check(self)


@dataclass(frozen=True)
class Slice:
    """Which line through (x, t)."""

    axis: Annotated[str, Choice(AXES, "Along the column", "The other axis of the picture is time.", more=True)] = (
        "first"
    )
    other: Annotated[str, Choice(CUTS, "The other column", "Summed over, or held at a value.", more=True)] = "summed"
    at: Annotated[
        float, Range(-2.5, 2.5, "Held at", "Standard units: deviations from its mean.", step=0.1, more=True)
    ] = 0.0

    def __post_init__(self) -> None:
        """Raise ValueError for an option outside its declaration."""
        check(self)

    @property
    def column(self) -> int:
        """The column along which it lies."""
        return AXES.index(self.axis)


@dataclass(frozen=True)
class Dial:
    """How much of the network: 0 is the denoiser of the training points, 1 the network alone."""

    share: Annotated[
        float,
        Range(0, 1, "From by heart (0) to learned (1)", "The network's share of each guess.", step=0.1, more=True),
    ] = 1.0

    def __post_init__(self) -> None:
        """Raise ValueError for an option outside its declaration."""
        check(self)
