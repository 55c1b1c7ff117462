"""Whose turn it is to compute: at most so many at once, those who have worked least first.

A plain semaphore lets a thread that has just given its slot back take it again, so two long runs would lock everybody
else out. Here a slot goes to whoever waits with the least work behind it: a short fit is done before a long one goes on.
"""

import heapq
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Turns:
    """`slots` turns at a time; a turn is kept for at least `slice` seconds before it may be given to another."""

    def __init__(self, slots: int, slice: float = 0.02) -> None:
        self.slice = slice
        self._free = slots
        self._lock = threading.Lock()
        self._waiting: list[tuple[float, int, threading.Event]] = []
        self._count = 0

    @contextmanager
    def turn(self, worked: float) -> Iterator[float]:
        """Wait for a slot, which goes to those who have `worked` the fewest seconds; yields when the turn should end."""
        with self._lock:
            event = None
            if self._free:
                self._free -= 1
            else:
                event = threading.Event()
                self._count += 1
                heapq.heappush(self._waiting, (worked, self._count, event))
        if event is not None:
            event.wait()
        try:
            yield time.perf_counter() + self.slice
        finally:
            with self._lock:
                if self._waiting:
                    heapq.heappop(self._waiting)[2].set()
                else:
                    self._free += 1
