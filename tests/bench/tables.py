"""How a bench prints: one title, one table with right-aligned numbers, a line as soon as a row is known."""

from collections.abc import Sequence

import numpy as np


class Table:
    """Prints its title and head at once and each row as it comes; the first column is words, the others are numbers."""

    def __init__(self, title: str, *columns: str, first: int = 44, width: int = 13) -> None:
        self.first, self.widths = first, [max(width, len(c)) for c in columns[1:]]
        print(title)
        self.row(*columns)
        print("-" * (first + sum(self.widths) + len(self.widths)), flush=True)

    def row(self, what: str, *cells: object) -> None:
        """One line; a cell that is not known may be left out at the end or given as an empty string."""
        pairs = zip(cells, self.widths[: len(cells)], strict=True)
        print(f"{what:<{self.first}}" + "".join(f" {cell!s:>{width}}" for cell, width in pairs), flush=True)


def quantiles(values: Sequence[float], form: str = ".0f") -> tuple[str, str]:
    """The median and the 95th percentile as text, "-" where there is nothing."""
    if not len(values):
        return "-", "-"
    median, high = np.quantile(values, (0.5, 0.95))
    return f"{median:{form}}", f"{high:{form}}"
