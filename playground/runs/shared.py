"""What many ask for, computed once: results that follow from the house's own data alone, kept for all sessions.

A result is a Row: the values of one iterator, the Steps of a run or a single one, told to all who ask for the same key as
they come. Whoever is at its end computes the next value, in his own thread and his own turn, and all others wait for that
one; so a row grows while somebody wants more of it and no longer, whoever began it. What a person brought is never in it.
"""

import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from itertools import islice
from typing import Any, Generic, TypeVar

import numpy as np

from playground import session
from playground.runs import baton
from playground.runs.turns import away
from playground.runs.whose import Noun

Value = TypeVar("Value")
BYTES = 96 << 20  # of all rows together
ROW = 4  # a row of more than one part in `ROW` of that is nobody's
OVERHEAD = 512  # about what a value's Python objects take beside what `size` counts


class Row(Generic[Value]):
    """The values of one iterator, each computed once, by whichever reader first wants it."""

    def __init__(self) -> None:
        self.told: list[tuple[Value, float]] = []  # with the seconds each took
        self.source: Iterator[Value] | None = None
        self.over = self.left = self.computing = False
        self.error: Exception | None = None
        self.changed = threading.Condition()
        self.counted: set[int] = set()
        self.nbytes, self.seconds = 0, 0.0


class Reader(Iterator[Value]):
    """A row from its beginning, read by one; `seconds` is what the newest value cost whoever computed it."""

    def __init__(self, store: "Store", key: Hashable, row: Row[Value], make: Callable[[], Iterator[Value]]) -> None:
        self.seconds = 0.0
        self._store, self._key, self._row, self._make, self._at = store, key, row, make, 0
        self._alone: Iterator[Value] | None = None

    @property
    def waits(self) -> bool:
        """Whether somebody else computes the next value at this moment."""
        return self._alone is None and self._row.computing and self._at >= len(self._row.told)

    @property
    def cost(self) -> float:
        """Seconds that all readers together have computed so far, if the next value is not there; else 0."""
        return 0.0 if self._at < len(self._row.told) else self._row.seconds

    def wait(self) -> None:
        """Wait while somebody else computes the next value."""
        with self._row.changed:
            self._row.changed.wait_for(lambda: not self.waits)

    def __next__(self) -> Value:
        """The next value; the exception that its computation ended with."""
        if self._alone is None and (told := self._next()) is not None:
            self._at += 1
            self.seconds = told[1]
            return told[0]
        began = time.perf_counter()
        if self._alone is None:
            self._alone = islice(self._make(), self._at, None)
        value = next(self._alone)
        self.seconds = time.perf_counter() - began
        return value

    def _next(self) -> tuple[Value, float] | None:
        """The next of the row, computed if need be; None if the row is nobody's any more."""
        row = self._row
        with row.changed:
            row.changed.wait_for(lambda: not self.waits)
            if row.left:
                return None
            if self._at < len(row.told):
                return row.told[self._at]
            if row.error is not None:
                raise row.error
            if row.over:
                raise StopIteration
            row.computing = True
        try:
            return self._compute()
        finally:
            with row.changed:
                row.computing = False
                row.changed.notify_all()

    def _compute(self) -> tuple[Value, float]:
        row, began, done = self._row, time.perf_counter() - away(), False
        try:
            if row.source is None:
                row.source = islice(self._make(), self._at, None)
            told = next(row.source), time.perf_counter() - away() - began
            done = True
        except StopIteration:
            row.over = True
            row.counted.clear()
            raise
        except Exception as error:
            row.error = error
            self._store.forget(self._key, row)
            raise
        finally:
            if not done:  # ended, failed, or its reader was called away, which is his own affair: the next begins again
                row.source = None
        row.seconds += told[1]
        if self._store.charge(self._key, row, size(told[0], row.counted) + OVERHEAD):
            row.told.append(told)
        else:  # this reader goes on, and the others begin for themselves
            row.left, row.told = True, []
            self._alone, row.source = row.source, None
        return told


class Store:
    """Rows by their keys, at most `limit` bytes together; the least recently asked for goes first.

    `computed` counts the values that rows were told so far.
    """

    def __init__(self, limit: int = BYTES) -> None:
        self.limit = limit
        self.nbytes = self.computed = 0
        self._rows: OrderedDict[Hashable, Row[Any]] = OrderedDict()
        self._lock = threading.Lock()

    def read(self, key: Hashable, make: Callable[[], Iterator[Value]]) -> Reader[Value]:
        """The row of `key` from its beginning; `make` begins it, and must give the same for the same key."""
        with self._lock:
            if key not in self._rows:
                self._rows[key] = Row()
                self._grow(key, OVERHEAD)
            self._rows.move_to_end(key)
            return Reader(self, key, self._rows[key], make)

    def __contains__(self, key: Hashable) -> bool:
        """Whether a row of this key is kept."""
        return key in self._rows

    def charge(self, key: Hashable, row: Row[Any], more: int) -> bool:
        """Make room for `more` bytes of a row; False if that would make it too large, and then it is forgotten."""
        fits = row.nbytes + more <= self.limit // ROW
        with self._lock:
            self.computed += 1
            if self._rows.get(key) is not row:
                row.nbytes += more
            elif fits:
                self._grow(key, more)
            else:
                self._drop(key)
        return fits

    def forget(self, key: Hashable, row: Row[Any]) -> None:
        """Keep this row no longer; who reads it reads on."""
        with self._lock:
            if self._rows.get(key) is row:
                self._drop(key)

    def _grow(self, key: Hashable, more: int) -> None:
        while self.nbytes + more > self.limit:
            self._drop(next(other for other in self._rows if other != key))
        self._rows[key].nbytes += more
        self.nbytes += more

    def _drop(self, key: Hashable) -> None:
        self.nbytes -= self._rows.pop(key).nbytes


store = Store()


def steps(name: str, spec: Hashable, of: Noun | None, make: Callable[[], Iterator[Value]]) -> Iterator[Value]:
    """What `make` gives, computed once for all who ask for it `of` a set of the house's own; else for this one alone."""
    return make() if of is None or not of.builtin else store.read((name, of.name, of.digest, spec), make)


def once(name: str, spec: Hashable, of: Noun | None, make: Callable[[], Value]) -> Value:
    """`session.once`, for all sessions together if it is `of` a set of the house's own."""

    def ask() -> Value:
        found = steps(name, spec, of, lambda: iter((make(),)))
        if isinstance(found, Reader) and found.waits:
            with baton.down():
                found.wait()
        return next(found)

    return session.once(name, spec, ask)


def later(name: str, spec: Hashable, of: Noun | None, make: Callable[[], Value]) -> Callable[[], Value]:
    """`once`, to be asked for by a job, in its own thread and its own turn; the session keeps the newest of this name."""
    kept: list[tuple[Hashable, Value]] = session.recall(name, list)

    def ask() -> Value:
        told = kept[0] if kept else None
        if told is None or told[0] != spec:
            told = (spec, next(steps(name, spec, of, lambda: iter((make(),)))))
            kept[:] = [told]
        return told[1]

    return ask


def size(value: Any, counted: set[int]) -> int:
    """Bytes that `value` keeps alive: whole arrays of which it may show a part, text, and what its fields hold.

    An array that was `counted` before counts nothing; `counted` is added to.
    """
    if isinstance(value, np.ndarray):
        while isinstance(value.base, np.ndarray):
            value = value.base
        known = id(value) in counted
        counted.add(id(value))
        return 0 if known else value.nbytes
    if isinstance(value, (str, bytes)):
        return sys.getsizeof(value)
    if is_dataclass(value) and not isinstance(value, type):
        return sum(size(getattr(value, field.name), counted) for field in fields(value))
    if isinstance(value, Mapping):
        return sum(size(part, counted) for pair in value.items() for part in pair)
    if isinstance(value, (list, tuple, set, frozenset)):
        return sum(size(part, counted) for part in value)
    return getattr(value, "nbytes", None) or sys.getsizeof(value)
