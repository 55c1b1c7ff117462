"""Where a run computes: a thread a job, behind four calls that a cluster could answer as well.

`submit` starts draining an iterator of Steps into a Trace, `Job.progress` says how far it is, `Job.cancel` ends it and
`Job.trace` holds the result. A job can be paused, resumed and moved on by single Steps. When a session ends its jobs are
orphaned, and reaped after `GRACE` seconds unless the browser came back: the session itself (`back`), or another in its tab,
which may `adopt` them. So a reload loses nothing and a closed tab leaves nothing behind.
"""

import threading
import time
from collections.abc import Callable, Hashable, Iterator

from core.process import Step
from playground.runs.drain import Job
from playground.runs.turns import Account

LEAVE = 1.0  # seconds the end of a session may be noticed later than the beginning of the next in its tab
GRACE = 20.0  # seconds a dropped connection may take to come back
_jobs: dict[str, Job] = {}
_accounts: dict[str, Account] = {}  # of sessions, for as long as they have jobs
_left: set[str] = set()  # owners whose session has ended, for as long as their jobs are kept
_lock = threading.Lock()


def submit(
    owner: str,
    steps: Callable[[], Iterator[Step]],
    limit: int = 24 << 20,
    spec: Hashable = None,
    beside: object = None,
) -> Job:
    """Start a job for `owner`, cancelling the one it had under that name; all of a session's are on one account."""
    with _lock:
        account = _accounts.setdefault(owner.partition("/")[0], Account())
        job = Job(steps, limit, spec, beside, account)
        _place(owner, job)
    return job


def _place(owner: str, job: Job) -> None:
    if (old := _jobs.pop(owner, None)) is not None:
        old.cancel()
    _jobs[owner] = job


def adopt(before: str, owner: str, name: str, spec: Hashable, patience: float = LEAVE) -> Job | None:
    """The job called `name` of the session `before` becomes `owner`'s, if it does what `spec` says; else None.

    Never while that session lives: it is given `patience` seconds to be seen to have ended.
    """
    until = time.monotonic() + patience
    while (job := _jobs.get(f"{before}/{name}")) is not None and job.spec == spec:
        with _lock:
            if before in _left and _jobs.pop(f"{before}/{name}", None) is job:
                _place(f"{owner}/{name}", job)
                return job
        if time.monotonic() > until:
            break
        time.sleep(0.02)
    return None


def left(before: str, name: str, patience: float = LEAVE) -> Job | None:
    """The job called `name` of the session `before`, which is given `patience` seconds to be seen to have ended; else None."""
    until = time.monotonic() + patience
    while (job := _jobs.get(f"{before}/{name}")) is not None and before not in _left:
        if time.monotonic() > until:
            return None
        time.sleep(0.02)
    return job


def known(owner: str) -> bool:
    """Whether anything is kept of `owner`."""
    with _lock:
        return owner in _left or any(name.startswith(f"{owner}/") for name in _jobs)


def release(owner: str) -> None:
    """Cancel and forget all jobs whose name begins with `owner`."""
    with _lock:
        gone = [_jobs.pop(name) for name in list(_jobs) if name.startswith(owner)]
        for session in [name for name in _accounts if name.startswith(owner)]:
            del _accounts[session]
        _left.difference_update([left for left in _left if left.startswith(owner)])
    for job in gone:
        job.cancel()


def orphan(owner: str) -> None:
    """Release `owner`'s jobs in `GRACE` seconds unless somebody looks at one of them before; returns at once."""
    with _lock:
        _left.add(owner)
    _reap_later(owner)


def back(owner: str) -> None:
    """The session of `owner` is there (again)."""
    with _lock:
        _left.discard(owner)


def _reap_later(owner: str) -> None:
    left = time.monotonic()

    def reap() -> None:
        with _lock:
            mine = [job for name, job in _jobs.items() if name.startswith(owner)]
        if any(job.alive and job.seen > left for job in mine):
            _reap_later(owner)  # somebody looked, perhaps for the last time: look again later
        else:
            release(owner)

    timer = threading.Timer(GRACE, reap)
    timer.daemon = True
    timer.start()


def living() -> int:
    """How many jobs are alive in this process."""
    with _lock:
        return sum(job.alive for job in _jobs.values())
