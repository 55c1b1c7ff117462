"""Evaluations of one frozen network, asked for by many at once and made together.

A batch is what has piled up: whoever asks puts his turn down once, so that those who wait for one come to their own
question, and on coming back he asks the network for all who are there, in the order they came, unless somebody else has.
Nobody waits for a batch to fill, so who is alone loses nothing; no request is passed over, and none makes another fail.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from playground.runs import baton, drain
from playground.runs.turns import Withdrawn, aside, wanted

Network = Callable[..., np.ndarray]


@dataclass(eq=False)
class Asked:
    """One request: its arrays, of as many rows each; whether it is `wanted` still; and its answer, or its error."""

    rows: tuple[np.ndarray, ...]
    wanted: Callable[[], bool] = field(default_factory=wanted)
    answer: np.ndarray | None = None
    error: BaseException | None = None

    @property
    def over(self) -> bool:
        """Whether there is an answer or an error."""
        return self.answer is not None or self.error is not None


class Together:
    """A network that answers row by row, as itself, but for several threads in batches of at most `most` rows.

    It is asked by at most `at_once` threads at a time, usually a young job and all long ones. More rows than `most` are a
    batch of their own.
    """

    def __init__(self, network: Network, most: int, at_once: int = drain.RUNNING + 1) -> None:
        self.network, self.most = network, most
        self._free = at_once
        self._waiting: list[Asked] = []
        self._changed = threading.Condition()

    def __call__(self, *rows: np.ndarray) -> np.ndarray:
        """What the network says of these rows; its own error for them; `Withdrawn` if their job was cancelled meanwhile."""
        mine = Asked(rows)
        with self._changed:
            self._waiting.append(mine)
        if len(rows[0]) < self.most:
            with baton.down(), aside():
                pass
        while not mine.over:
            if batch := self._begin():
                self._answer(batch)
            else:
                with baton.down(), aside(), self._changed:
                    self._changed.wait_for(lambda: mine.over or (self._free and self._waiting))
        if mine.error is not None:
            raise mine.error
        assert mine.answer is not None
        return mine.answer

    def _begin(self) -> list[Asked]:
        """Those who have waited longest, as many as fit, if the network is free; who is not wanted any more is let go."""
        with self._changed:
            for asked in self._waiting:
                asked.error = None if asked.wanted() else Withdrawn()
            self._waiting = [asked for asked in self._waiting if not asked.over]
            count, rows = 0, 0
            for asked in self._waiting if self._free else ():
                rows += len(asked.rows[0])
                if count and rows > self.most:
                    break
                count += 1
            batch, self._waiting = self._waiting[:count], self._waiting[count:]
            self._free -= bool(batch)
            self._changed.notify_all()
            return batch

    def _answer(self, batch: list[Asked]) -> None:
        """Ask the network once for all of a batch or, where that fails, for each alone."""
        try:
            together = [np.concatenate(parts) for parts in zip(*(asked.rows for asked in batch), strict=True)]
            ends = np.cumsum([len(asked.rows[0]) for asked in batch])[:-1]
            said = np.split(self.network(*together), ends) if len(batch) > 1 else [self.network(*batch[0].rows)]
            for asked, answer in zip(batch, said, strict=True):
                asked.answer = answer
        except Exception as error:
            for asked in batch:
                self._alone(asked, error if len(batch) == 1 else None)
        finally:
            with self._changed:
                self._free += 1
                self._changed.notify_all()

    def _alone(self, asked: Asked, error: Exception | None) -> None:
        """Ask for one request by itself, unless that was its `error` already."""
        try:
            if error is None:
                asked.answer = self.network(*asked.rows)
        except Exception as own:
            error = own
        asked.error = error
