"""One baton for everything short: the script of a page, a fragment of it, a slice of a young job.

Python runs one thread at a time and takes turns between them by the clock, so fifty pages begun at once are all late, and
each of the many small locks under them is handed round all fifty. With a baton one is finished after the other. Whoever
waits for something else puts it down meanwhile, and whoever keeps it longer than `PATIENCE` is overtaken.
"""

import functools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

import streamlit as st

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


def fragment(run_every: float | None = None) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """`st.fragment`, whose own runs hold the baton."""

    def wrap(body: Callable[P, R]) -> Callable[P, R]:
        @st.fragment(run_every=run_every)
        @functools.wraps(body)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            with held():
                return body(*args, **kwargs)

        return run

    return wrap


def _turn() -> Turn | None:
    return getattr(_mine, "turn", None)
