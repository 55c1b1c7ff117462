"""Where the hand is on both stages: where it, or a fresh link, put it; the middle of the axes before."""

from collections.abc import Hashable

import numpy as np

from core.dataset import Dataset
from playground import session

LINK = "at"
HELD = "decide.hand"
Place = tuple[float, float]


def place(dataset: Dataset) -> Place:
    """The place on this data set."""
    held: tuple[Hashable, Place | None] = session.recall(HELD, lambda: (dataset.digest, linked(dataset)), screen=True)
    found = held[1] if held[0] == dataset.digest else None
    session.put_in_link(LINK, None if found is None else f"{found[0]:.6g},{found[1]:.6g}")
    x, y = dataset.bounds.mean(axis=1)
    return (float(x), float(y)) if found is None else found


def linked(dataset: Dataset) -> Place | None:
    """The place in the link, or None if it is none on the axes."""
    try:
        x, y = (float(part) for part in (session.from_link(LINK) or "").split(","))
    except ValueError:
        return None
    low, high = dataset.bounds.T
    return (x, y) if (low <= (x, y)).all() and ((x, y) <= high).all() else None


def moved(dataset: Dataset, now: Place, stage: str, handles: np.ndarray | None) -> bool:
    """Take where a hand let go on one of the stages; whether that is news, and somewhere else."""
    told = None if handles is None else tuple(float(f"{v:.6g}") for v in handles[0])
    if not session.changed(f"{HELD}.{stage}", (dataset.digest, told)) or told is None:
        return False
    if (np.abs(np.subtract(told, now)) <= 1e-5 * np.ptp(dataset.bounds, axis=1)).all():
        return False
    session.hold(HELD, (dataset.digest, told), screen=True)
    return True
