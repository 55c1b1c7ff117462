"""Places that a hand chose, held in the session and in the link as `corners=0.1,2;-1,0.5`.

They belong to one situation (a rule, a kind of model) and are let go when it is another.
"""

from collections.abc import Hashable

import numpy as np

from playground import session
from playground.runs.hand import encode

DIGITS = 6  # significant ones: far finer than a pixel


def held(link: str, situation: Hashable, bounds: np.ndarray, count: int | None = None) -> np.ndarray | None:
    """The places (k, 2) called `link` that were chosen in this situation; those of a fresh link count for the first one.

    With `count`, there must be so many.
    """
    found = session.recall(f"game.{link}", lambda: (situation, linked(link, bounds, count)), screen=True)
    chosen: np.ndarray | None = found[1] if found[0] == situation else None
    put(link, situation, chosen)
    return chosen


def put(link: str, situation: Hashable, chosen: np.ndarray | None) -> None:
    """Hold places, or (None) let them go."""
    session.hold(f"game.{link}", (situation, None if chosen is None else rounded(chosen)), screen=True)
    session.put_in_link(link, None if chosen is None or not len(chosen) else encode(rounded(chosen)))


def rounded(chosen: np.ndarray) -> np.ndarray:
    """Places as a link can say them."""
    return np.array([[float(f"{value:.{DIGITS}g}") for value in place] for place in chosen]).reshape(-1, 2)


def linked(link: str, bounds: np.ndarray, count: int | None) -> np.ndarray | None:
    """The places in the link, or None if they are not places on the map or not so many."""
    try:
        rows = [[float(value) for value in row.split(",")] for row in (session.from_link(link) or "").split(";")]
        found = np.array(rows, dtype=float)
    except ValueError:
        return None
    if found.ndim != 2 or found.shape[1] != 2 or len(found) > 500 or count not in (None, len(found)):
        return None
    inside = ((found >= bounds[:, 0]) & (found <= bounds[:, 1])).all()
    return found if inside else None
