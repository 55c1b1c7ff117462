"""Where the line stands: where a hand or a fresh link put it, on one column of one data set."""

from collections.abc import Hashable

import numpy as np

from core.dataset import Dataset
from playground import session
from playground.rungs.fit2.screen import Screen

LINE = "line"


def place(dataset: Dataset, column: int) -> float:
    """Where the line stands on `column`: where a hand or a fresh link put it, else at three quarters of the values."""
    situation = (dataset.digest, column)
    held: tuple[Hashable, float | None] = session.recall(
        "line", lambda: (situation, linked(dataset, column)), screen=True
    )
    found = held[1] if held[0] == situation else None
    session.put_in_link(LINE, None if found is None else f"{found:.6g}")
    return float(np.quantile(dataset.points[:, column], 0.75)) if found is None else found


def linked(dataset: Dataset, column: int) -> float | None:
    """The place in the link, or None if it is no number on the axis."""
    try:
        place = float(session.from_link(LINE) or "nan")
    except ValueError:
        return None
    low, high = dataset.bounds[column]
    return place if low <= place <= high else None


def moved(screen: Screen, handles: np.ndarray | None) -> bool:
    """Take where a hand left the line; whether that is somewhere else."""
    if handles is None:
        return False
    dataset, column = screen.dataset, screen.column
    found = float(f"{handles[0, column]:.6g}")
    if abs(found - screen.place) <= 1e-5 * float(np.ptp(dataset.bounds[column])):
        return False
    session.hold("line", ((dataset.digest, column), found), screen=True)
    return True
