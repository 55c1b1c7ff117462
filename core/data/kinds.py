"""Which kind of data a column of numbers holds: all equal, two values, counts, or measurements."""

from dataclasses import dataclass

import numpy as np

COMMON = 20  # more different values than that, and nearly as many as there are rows, are no counts
SMALL = 1_000  # whole numbers beyond are taken as measurements, and so are those that stay clear of 0


@dataclass(frozen=True)
class Kind:
    """What a column holds: "constant", "binary", "counts" or "continuous", why (a sentence), and its two values if binary."""

    kind: str
    reason: str
    values: tuple[float, ...] = ()


def recognise(x: np.ndarray) -> Kind:
    """The kind of a numeric column (n,) or (n, 1).

    Two different values are binary. Whole numbers from 0 up are counts if some lie near 0 (at a tenth of the largest or
    below, or under 5), none is beyond `SMALL` and some come twice; others are rounded measurements, or an index, and
    continuous.
    """
    different = np.unique(np.ravel(x))
    if len(different) < 2:
        return Kind("constant", "All values are equal: there is nothing to fit.")
    low, high = float(different[0]), float(different[-1])
    if len(different) == 2:
        return Kind(
            "binary", f"The column holds two values, {low:g} and {high:g}: a probability says it all.", (low, high)
        )
    if (different != np.floor(different)).any():
        return Kind("continuous", "Some values are not whole numbers.")
    if low < 0:
        return Kind("continuous", "The values are whole numbers, but some are negative, so they count nothing.")
    if high > SMALL:
        return Kind(
            "continuous", f"The values are whole numbers, but as large as {high:,.0f}: a density serves as well."
        )
    if low > max(0.1 * high, 4):
        return Kind(
            "continuous",
            f"The values are whole numbers, but none lies below {low:,.0f}: rounded measurements, it seems.",
        )
    if len(different) > max(COMMON, 0.9 * np.size(x)):
        return Kind("continuous", "The values are whole numbers, but hardly one comes twice: they number the rows.")
    return Kind("counts", f"All values are whole numbers from {low:g} to {high:g}: they seem to count something.")
