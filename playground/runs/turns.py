"""Whose turn it is to compute: at most so many at once, those who have worked least first.

A plain semaphore lets a thread that has just given its slot back take it again, so two long runs would lock everybody
else out. Here a slot goes to whoever waits with the least work behind it: a short fit is done before a long one goes on.
A second of work lets those go first who come up to a second later, and no others: so nobody waits for ever.
"""

import heapq
import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

RECENT = 3.0  # seconds after which a person's work counts for 1/e of what it was


@dataclass(eq=False)
class Turn:
    """A slot that is taken, since when, and whether it was given on to another because it was kept too long."""

    began: float = field(default_factory=lambda: time.perf_counter())  # by name, for a clock of a test
    overdue: bool = False


class Turns:
    """`slots` turns at a time; a turn is kept for at least `slice` seconds before it may be given to another.

    One that is kept longer than `patience` seconds while others wait no longer counts: the next goes in beside it.
    """

    def __init__(self, slots: int, slice: float = 0.02, patience: float | None = None) -> None:
        self.slice, self.patience = slice, patience
        self._free = slots
        self._lock = threading.Lock()
        self._taken: list[Turn] = []
        self._waiting: list[tuple[float, int, threading.Event, Callable[[], bool]]] = []
        self._count = 0
        self._nobody = threading.Event()
        self._nobody.set()
        self._load, self._last = 0.0, time.perf_counter()

    @contextmanager
    def turn(self, worked: float, wanted: Callable[[], bool] = lambda: True) -> Iterator[float]:
        """Wait for a slot, as `take` does; yields when the turn should end."""
        _mine.held = held = Held(self, worked, wanted, self.take(worked, wanted))
        try:
            yield held.turn.began + self.slice
        finally:
            _mine.held = None
            self.give(held.turn)

    def take(self, worked: float, wanted: Callable[[], bool] = lambda: True) -> Turn:
        """Wait for a slot and keep it until it is given back; after `worked` seconds of work.

        One that is not `wanted` any more has its turn nevertheless, to end in it, and is not counted among those `before`.
        """
        with self._lock:
            if self._free:
                self._free -= 1
                return self._begun()
            event = threading.Event()
            self._count += 1
            heapq.heappush(self._waiting, (time.perf_counter() + worked, self._count, event, wanted))
        while not event.wait(self.patience):
            self._pass_by()
        with self._lock:
            return self._begun()

    def give(self, turn: Turn) -> None:
        """Give a slot back, to the first of those who wait."""
        with self._lock:
            self._taken.remove(turn)
            if not turn.overdue:
                self._pass_on()
            now = time.perf_counter()
            self._load, self._last = self._load * math.exp(self._last - now) + now - turn.began, now
            if not (self._taken or self._waiting):
                self._nobody.set()

    def before(self, asked: float, worked: float) -> int:
        """How many have a turn, or will have one, before somebody who `asked` for it then (`time.perf_counter`)."""
        with self._lock:
            return len(self._taken) + sum(at < asked + worked and wanted() for at, _, _, wanted in self._waiting)

    def quiet(self, seconds: float) -> None:
        """Wait until nobody has a turn or waits for one, at most `seconds`."""
        self._nobody.wait(seconds)

    def load(self) -> float:
        """How many had a turn at once in the last second, on average: a mean that forgets as exp(-t / 1 s)."""
        with self._lock:
            return self._load * math.exp(self._last - time.perf_counter())

    def _begun(self) -> Turn:
        turn = Turn()
        self._taken.append(turn)
        self._nobody.clear()
        return turn

    def _pass_on(self) -> None:
        if self._waiting:
            heapq.heappop(self._waiting)[2].set()
        else:
            self._free += 1

    def _pass_by(self) -> None:
        """Let others go in beside those who have kept a slot for too long."""
        with self._lock:
            late = time.perf_counter() - (self.patience or 0.0)
            for turn in self._taken:
                if not turn.overdue and turn.began < late:
                    turn.overdue = True
                    self._pass_on()


@dataclass(eq=False)
class Held:
    """The turn a thread has, what it asked for it with, and for how many seconds it has put it down so far."""

    turns: Turns
    worked: float
    wanted: Callable[[], bool]
    turn: Turn
    away: float = 0.0


class Account:
    """What one person has had computed: seconds, each of which counts less as time goes by."""

    def __init__(self) -> None:
        self._seconds, self._last = 0.0, time.monotonic()

    def charge(self, seconds: float) -> None:
        """Add some."""
        self._seconds, self._last = self.recent() + seconds, time.monotonic()

    def recent(self) -> float:
        """The sum now: a second that is t old counts exp(-t / RECENT)."""
        return self._seconds * math.exp((self._last - time.monotonic()) / RECENT)


_mine = threading.local()


@contextmanager
def aside() -> Iterator[None]:
    """Give this thread's turn back while it waits for others, and wait for another one; without a turn it does nothing."""
    held: Held | None = getattr(_mine, "held", None)
    if held is None:
        yield
        return
    began = time.perf_counter()
    held.turns.give(held.turn)
    try:
        yield
    finally:
        held.turn = held.turns.take(held.worked, held.wanted)
        held.away += time.perf_counter() - began


def away() -> float:
    """Seconds for which this thread has put its turn down since it got it, which are no work of its own."""
    held: Held | None = getattr(_mine, "held", None)
    return held.away if held else 0.0


class Withdrawn(BaseException):
    """What somebody who has been cancelled had asked for is not computed any more."""


def computes_for(wants: Callable[[], bool]) -> None:
    """This thread computes for one who says, at any time and to any thread, whether he `wants` it still."""
    _mine.wants = wants


def wanted() -> Callable[[], bool]:
    """Says whether what this thread computes now is still wanted."""
    return getattr(_mine, "wants", None) or (lambda: True)
