"""Whether points can be learned from at all: enough of them, that vary, in numbers whose squares are ordinary."""

import numpy as np
from jaxtyping import Float

from core.data import kinds
from core.data.readers.choices import Way
from core.data.readers.table import clean, listed

FEWEST = 5
"""The fewest different rows that are learned from."""
LARGEST, SMALLEST = 1e15, 1e-15
"""Sizes and spreads whose squares are ordinary numbers even in the 32 bits of the browser's pictures."""
RELATIVE = 1e-9
"""The smallest spread, relative to the size of the values: six of float64's digits are then left for what varies."""

Points = Float[np.ndarray, "n d"]


class ClinicError(ValueError):
    """Why the chosen columns cannot be learned from: one sentence, shown as it is, and the ways to mend it by a press."""

    def __init__(self, said: str, ways: tuple[Way, ...] = ()) -> None:
        """Say `said`; offer `ways`."""
        super().__init__(said)
        self.ways = ways


def count_different(points: Points) -> int:
    """The number of different rows."""
    if not len(points):
        return 0
    ordered = points[np.lexsort(points.T)]
    return 1 + int((ordered[1:] != ordered[:-1]).any(axis=1).sum())


def examine(points: Points, columns: tuple[str, ...]) -> None:
    """Raise ClinicError for points that have no usable variance."""
    different = count_different(points)
    lawful = len(columns) == 1 and len(points) >= FEWEST and kinds.recognise(points).kind in ("binary", "counts")
    if different < FEWEST and not lawful:
        raise ClinicError(
            f"Only {different} different rows are left and at least {FEWEST} are needed; add rows or choose other columns."
        )
    for name, values in zip(columns, points.T, strict=True):
        shown = clean(name, 40)
        size = float(np.abs(values).max())
        # Halved first: the difference of two large numbers of opposite sign overflows.
        spread = float(values.max() / 2 - values.min() / 2)
        if spread == 0 and size >= SMALLEST:
            raise ClinicError(f"Column {shown} is constant in the rows that are left; choose another.")
        if size > LARGEST:
            raise ClinicError(
                f"Column {shown} reaches {size:.3g}, which is too large to be drawn; divide it by a power of ten."
            )
        if spread < SMALLEST:
            raise ClinicError(
                f"Column {shown} spans {2 * spread:.3g}, which is too little to be drawn; multiply it by a power of ten."
            )
        if spread < RELATIVE * size:
            raise ClinicError(
                f"Column {shown} varies only beyond the ninth digit of {size:.3g}; subtract a constant from it first."
            )


def repeats(points: Points) -> list[str]:
    """A warning where rows repeat one another."""
    again = len(points) - count_different(points)
    if not again:
        return []
    rows = "1 row is a repeat" if again == 1 else f"{again:,} of {len(points):,} rows are repeats"
    return [f"{rows} of another row: a density model may collapse onto them."]


def collinear(points: Points, columns: tuple[str, ...]) -> list[str]:
    """A warning where two columns lie on a line."""
    if len(columns) < 2:
        return []
    scaled = (points - points.mean(axis=0)) / points.std(axis=0)
    if 1 - abs(float((scaled[:, 0] * scaled[:, 1]).mean())) > 1e-9:
        return []
    return [f"Columns {listed(list(columns)).replace(', ', ' and ')} lie on a line: a density may collapse onto it."]
