"""One baton for everything short: the script of a page, a fragment of it, a slice of a young job.

Python runs one thread at a time and takes turns between them by the clock, so fifty pages begun at once are all late, and
each of the many small locks under them is handed round all fifty. With a baton one is finished after the other. Whoever
waits for something else puts it down meanwhile, and whoever keeps it longer than `PATIENCE` is overtaken.
"""

import functools
import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import ParamSpec, TypeVar
from weakref import WeakValueDictionary

import streamlit as st

from playground import session
from playground.runs.turns import Turn, Turns

PATIENCE = 0.1  # seconds after which others go on beside whoever holds the baton
EARLIER = -1.0  # in place of work done: before those who come now, for one who had the baton already
P = ParamSpec("P")
R = TypeVar("R")
turns = Turns(1, patience=PATIENCE)
_mine = threading.local()


@contextmanager
def held() -> Iterator[None]:
    """Compute with the baton in hand; within itself it does nothing."""
    if _turn() is not None:
        yield
        return
    _mine.turn = turns.take(0.0)
    try:
        yield
    finally:
        turns.give(_mine.turn)
        _mine.turn = None


@contextmanager
def down() -> Iterator[None]:
    """Put the baton down while waiting, if it is in hand."""
    mine = _turn()
    if mine is None:
        yield
        return
    turns.give(mine)
    try:
        yield
    finally:
        _mine.turn = turns.take(EARLIER)


class Drawn(dict[str, tuple[Callable[[], Hashable], Hashable]]):
    """Of one session's fragments that are looked at again and again: what says their news, and what it said when drawn."""


_drawn: WeakValueDictionary[str, Drawn] = WeakValueDictionary()  # by Streamlit's name of a session, which holds it


def fragment(
    run_every: float | None = None, news: Callable[[], Hashable] | None = None
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """`st.fragment`, whose own runs hold the baton.

    With `news`, all that changes by itself in what it shows, it is not run again before that is another (`idle`).
    """

    def wrap(body: Callable[P, R]) -> Callable[P, R]:
        @st.fragment(run_every=run_every)
        @functools.wraps(body)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            with held():
                now = news() if news else None
                result = body(*args, **kwargs)
                if news and (part := session.part()):
                    _drawn[part[0]] = mine = session.recall("drawn", Drawn)
                    mine[part[1]] = news, now
                return result

        return run

    return wrap


def idle(owner: str, fragment: str) -> bool:
    """Whether this fragment of a session, were it run by itself now, would show what it shows."""
    told = _drawn.get(owner, Drawn()).get(fragment)
    return told is not None and told[0]() == told[1]


def _turn() -> Turn | None:
    return getattr(_mine, "turn", None)
