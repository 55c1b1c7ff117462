"""One process being drained into a Trace in a thread of its own: how it takes its turns, and what may be done with it.

At most `RUNNING` young jobs and as many long ones compute at once in the whole process, the others wait for a turn, which
goes first to those who have worked least; long ones run when nothing else wants the processor. What one person has had
computed a moment ago counts as work of his next job, so that many changes of his do not go before another's first; and
what nobody looks at any more comes after what somebody does.
"""

import os
import sys
import threading
import time
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from core.process import Halt, Step, Trace
from playground.runs import baton
from playground.runs.shared import Reader
from playground.runs.turns import Account, Turns, Withdrawn, away, computes_for

RUNNING = max(1, (os.cpu_count() or 2) - 1)  # one processor is left to the pages
LONG = 0.25  # seconds of work after which a job gives way to the pages
Phase = Literal["waiting", "running", "paused", "done", "cancelled", "failed"]

POLITE = 0.1  # seconds a long job rests at most between two Steps, for pages to be finished
SHARE = 4  # for how many of its own seconds it rests if pages take all the time; in proportion if they take less
FAIR = 0.1  # seconds of work within which jobs take turns in the order they came
UNSEEN = 3.0  # seconds after which nobody looks at a job: who does asks for its progress several times a second
NOBODYS = 30.0  # seconds of work that count more, for what nobody looks at
_turns = baton.turns  # those of the pages; a long job, which gives way, must not hold one of these meanwhile
_long_turns = Turns(RUNNING)


@dataclass(frozen=True)
class Progress:
    """How far a job is: its phase, Steps taken, Steps a second, and the sentence it failed with ("" otherwise).

    `ahead` is how many compute, or will, before one that waits.
    """

    phase: Phase
    steps: int
    rate: float
    error: str
    ahead: int = 0

    @property
    def alive(self) -> bool:
        """Whether more Steps may come."""
        return self.phase in ("waiting", "running", "paused")


class Job:
    """One process being drained into a Trace in a thread of its own; `spec` says what it does, `beside` what it fills.

    Its work is charged to `account`.
    """

    def __init__(
        self,
        steps: Callable[[], Iterator[Step]],
        limit: int,
        spec: Hashable = None,
        beside: object = None,
        account: Account | None = None,
    ) -> None:
        self.trace: Trace = Trace(limit=limit)
        self.spec, self.beside = spec, beside
        self.beside_run: tuple[int, dict[str, Any]] = 0, {}  # what `again` notes of its run
        self.account = account or Account()
        self.seen = time.monotonic()
        self._steps = steps
        self._phase: Phase = "waiting"
        self._error = ""
        self._count = 0
        self._worked = 0.0
        self._cost = 0.0  # seconds the Steps took, whoever computed them
        self._asked = time.perf_counter()  # when it asked for its turn
        self._allowed = float("inf")  # Steps that may be taken before pausing
        self._wake = threading.Condition()
        self._stop = self._resting = False
        self._source: Iterator[Step] | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def progress(self) -> Progress:
        """How far the job is, at this moment."""
        self.seen = time.monotonic()
        with self._wake:
            rate = self._count / self._cost if self._cost > 0 else 0.0
            ahead = _turns.before(self._asked, self._urgency()) if self._phase == "waiting" else 0
            return Progress(self._phase, self._count, rate, self._error, ahead)

    def news(self) -> Hashable:
        """All of its progress that changes, but for the time."""
        said = self.progress()
        return said.phase, said.steps, said.error, said.ahead

    def pause(self) -> None:
        """Stop after the present Step; the job can be resumed."""
        self._permit(0)

    def resume(self) -> None:
        """Go on to the end."""
        self._permit(float("inf"))

    def step(self, count: int = 1) -> None:
        """Take `count` Steps, then pause."""
        self._permit(count)

    def cancel(self) -> None:
        """End the job after the present Step; its Trace stays readable."""
        with self._wake:
            self._stop = True
            self._wake.notify_all()

    def rest(self) -> None:
        """Stop after the present Step, as nobody looks any more; it goes on when it is opened again, as it was."""
        with self._wake:
            self._resting = True

    def opened(self) -> None:
        """Somebody looks (again)."""
        with self._wake:
            if self._resting and self._phase == "paused" and self._allowed > 0:
                self._phase = "waiting"
            self._resting = False
            self._wake.notify_all()

    @property
    def alive(self) -> bool:
        """Whether the thread still runs."""
        return self._thread.is_alive()

    def wait(self, seconds: float) -> None:
        """Wait for the job to end, at most `seconds`."""
        self._thread.join(seconds)

    def wait_first(self, seconds: float) -> None:
        """Wait for the first Step (or the end), at most `seconds`."""
        with self._wake:
            self._wake.wait_for(lambda: self._count > 0 or self._phase in ("done", "cancelled", "failed"), seconds)

    def _permit(self, count: float) -> None:
        with self._wake:
            self._allowed = count
            self._wake.notify_all()

    def _may_go_on(self) -> bool:
        """Wait while paused or resting; False when the job is to end."""
        with self._wake:
            while (self._allowed <= 0 or self._resting) and not self._stop:
                self._phase = "paused"
                self._wake.wait()
            return not self._stop

    def wants(self) -> bool:
        """Whether somebody is to read what it computes next: not one that was cancelled, unless it computes for all."""
        return not self._stop or isinstance(self._source, Reader)

    def _run(self) -> None:
        computes_for(self.wants)
        try:
            steps = self._source = self._steps()
            reader = steps if isinstance(steps, Reader) else None
            humble = False
            while self._may_go_on():
                if reader:
                    reader.wait()
                if not humble and max(self._worked, reader.cost if reader else 0.0) > LONG:
                    humble = give_way()
                self._asked = time.perf_counter()
                with (_long_turns if humble else _turns).turn(self._urgency(), lambda: not self._stop) as until:
                    if not self._work(steps, until, humble):
                        return self._end("done")
            self._end("cancelled")
        except Withdrawn:
            self._end("cancelled")
        except Exception as error:  # whatever went wrong is the person's to read, never a traceback
            self._end("failed", sentence(error, self._count))

    def _work(self, steps: Iterator[Step], until: float, humble: bool) -> bool:
        """Take Steps while the turn lasts and they are allowed; False when there are no more."""
        reader = steps if isinstance(steps, Reader) else None
        while True:
            with self._wake:
                if self._stop or self._resting or self._allowed <= 0 or (reader and reader.waits):
                    return True
                self._phase = "running"
                self._allowed -= 1
            began = time.perf_counter() - away()
            step = next(steps, None)
            now = time.perf_counter() - away()
            if step is None:
                return False
            self.trace.append(step)
            with self._wake:
                self._count += 1
                self._worked += now - began
                self.account.charge(now - began)
                self._cost += reader.seconds if reader else now - began
                self._wake.notify_all()
            if humble:
                rest(now - began)
            if now + away() > until:
                return True

    def _urgency(self) -> float:
        return urgency(self._worked, self.account.recent(), time.monotonic() - self.seen < UNSEEN)

    def _end(self, phase: Phase, error: str = "") -> None:
        with self._wake:
            self._phase, self._error = phase, error
            self._wake.notify_all()


def give_way() -> bool:
    """Let the scheduler prefer every other thread to this one from now on, where threads have priorities (Linux)."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)
    return True


def urgency(worked: float, recent: float = 0.0, watched: bool = True) -> float:
    """What a job's turn is asked for with, after `worked` seconds of its own and `recent` ones of its owner.

    At once for one just begun, since the page that began it waits for it; last for one that is not `watched`.
    """
    spent = max(worked, recent) + (0.0 if watched else NOBODYS)
    return baton.EARLIER if spent < FAIR / 2 else FAIR * (spent // FAIR)


def rest(worked: float) -> None:
    """Rest after `worked` seconds of a long job, as the pages take time: Python would give it half of theirs."""
    time.sleep(min(SHARE * _turns.load() * worked, POLITE))
    _turns.quiet(POLITE)


def sentence(error: Exception, steps: int) -> str:
    """What a person reads when a process stopped: our own words as they are, anything else with its step."""
    if isinstance(error, Halt):
        return str(error)
    return (
        f"The run stopped at step {steps} with an unexpected {type(error).__name__}; change a setting or start again."
    )
