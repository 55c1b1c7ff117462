"""Start means chosen by a hand: held in the session and in the link as `means=0.1,2;-1,0.5`.

They belong to one situation (a data set, a number of components, a kind of start and its seed) and are let go when any of
these changes.
"""

from collections.abc import Hashable

import numpy as np

from playground import session

LINK = "means"


def means(name: str, situation: Hashable, shape: tuple[int, int], bounds: np.ndarray) -> np.ndarray | None:
    """The means (k, d) a hand chose in this situation, or None; those of a fresh link count for the first situation."""
    held = session.recall(f"hand.{name}", lambda: (situation, linked(shape, bounds)), screen=True)
    session.recall(f"hand.asked.{name}", lambda: bool(session.from_link(LINK)) and held[1] is None, screen=True)
    if held[0] != situation and held[1] is not None:
        put(name, situation, None)
    elif held[0] != situation:
        session.hold(f"hand.{name}", (situation, None), screen=True)
    chosen: np.ndarray | None = session.recall(f"hand.{name}", lambda: held, screen=True)[1]
    session.put_in_link(LINK, None if chosen is None else encode(chosen))
    return chosen


def linked(shape: tuple[int, int], bounds: np.ndarray) -> np.ndarray | None:
    """The means in the link, or None; what lies off the axes is not one."""
    asked = decode(session.from_link(LINK), shape)
    return asked if asked is not None and ((asked >= bounds[:, 0]) & (asked <= bounds[:, 1])).all() else None


def complaint(name: str, chosen: np.ndarray | None) -> list[str]:
    """What to say if the link of a fresh session asked for means that cannot be used."""
    asked = session.recall(f"hand.asked.{name}", lambda: False, screen=True) and chosen is None
    return [
        "In this link: the means do not fit the data and the number of components, so the own start is used."
    ] * asked


def put(name: str, situation: Hashable, chosen: np.ndarray | None) -> None:
    """Hold the means a hand chose, or (None) let them go; the page's next run writes them in the link."""
    rounded = None if chosen is None else decode(encode(chosen), chosen.shape)  # what the link can say, so it says all
    session.hold(f"hand.{name}", (situation, rounded), screen=True)
    session.hold(f"hand.version.{name}", version(name) + 1)


def version(name: str) -> int:
    """How often the start was put elsewhere; a stage's older reports of its handles no longer count."""
    return session.recall(f"hand.version.{name}", lambda: 0)


def encode(chosen: np.ndarray) -> str:
    """Means as text, twelve significant digits: enough for the spread of large numbers."""
    return ";".join(",".join(f"{value:.12g}" for value in row) for row in chosen)


def decode(text: str | None, shape: tuple[int, int]) -> np.ndarray | None:
    """The means in a link's text, or None unless they are finite and of the shape (k, d)."""
    try:
        rows = np.array([[float(value) for value in row.split(",")] for row in (text or "").split(";")])
    except ValueError:
        return None
    return rows if rows.shape == shape and np.isfinite(rows).all() else None


def moved(places: np.ndarray | None, now: np.ndarray) -> np.ndarray | None:
    """What a stage's handles say of the means (k, d), or None if the link would say the same of both."""
    if places is None or len(places) != len(now):
        return None
    chosen = places[:, : now.shape[1]]
    return None if encode(chosen) == encode(now) else chosen
