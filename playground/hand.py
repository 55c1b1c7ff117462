"""Start means chosen by a hand: held in the session and in the link as `means=0.1,2;-1,0.5`.

They belong to one situation (a data set, a number of components, a kind of start and its seed) and are let go when any of
these changes.
"""

from collections.abc import Hashable

import numpy as np

from playground import session

LINK = "means"


def means(name: str, situation: Hashable, shape: tuple[int, int]) -> np.ndarray | None:
    """The means (k, d) a hand chose in this situation, or None; those of a fresh link count for the first situation."""
    held = session.recall(f"hand.{name}", lambda: (situation, decode(session.from_link(LINK), shape)))
    chosen = held[1] if held[0] == situation else None
    put(name, situation, chosen)
    session.put_in_link(LINK, None if chosen is None else encode(chosen))
    return chosen


def put(name: str, situation: Hashable, chosen: np.ndarray | None) -> None:
    """Hold the means a hand chose, or (None) let them go; the page's next run writes them in the link."""
    rounded = None if chosen is None else decode(encode(chosen), chosen.shape)  # what the link can say, so it says all
    session.hold(f"hand.{name}", (situation, rounded))


def encode(chosen: np.ndarray) -> str:
    """Means as text, five significant digits."""
    return ";".join(",".join(f"{value:.5g}" for value in row) for row in chosen)


def decode(text: str | None, shape: tuple[int, int]) -> np.ndarray | None:
    """The means in a link's text, or None unless they are finite and of the shape (k, d)."""
    try:
        rows = np.array([[float(value) for value in row.split(",")] for row in (text or "").split(";")])
    except ValueError:
        return None
    return rows if rows.shape == shape and np.isfinite(rows).all() else None


def moved(places: np.ndarray | None, now: np.ndarray) -> np.ndarray | None:
    """What a stage's handles say of the means (k, d), or None if they lie where the means are now."""
    if places is None or len(places) != len(now):
        return None
    chosen = places[:, : now.shape[1]]
    return chosen if differs(chosen, now) else None


def differs(place: np.ndarray, now: np.ndarray) -> bool:
    """Whether a hand's places are others than the present ones, beyond what a float32 can tell."""
    return place.shape != now.shape or not np.allclose(place, now, rtol=1e-5, atol=1e-5 * np.abs(now).max())
