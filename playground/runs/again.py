"""What goes with a run into the session that a reloaded tab begins: its number, the fork it began at, the run set aside.

A job holds them as they were when its page was drawn last; the next session takes them before it opens a run of that name.
"""

from typing import Any

from playground import session
from playground.runs import baton, jobs
from playground.runs.drain import Job

ASIDE = ("fork", "kept")  # what the screen holds of a run beside it, under `<this>.<name>`


def note(name: str, job: Job) -> None:
    """Let the job of the run called `name` hold what goes with it."""
    job.beside_run = session.recall(f"count.{name}", int), {what: held(name, what) for what in ASIDE}


def held(name: str, what: str) -> Any:
    """What the screen holds beside the run called `name`; None if nothing."""
    return session.recall(f"{what}.{name}", lambda: None, screen=True)


def fork(name: str) -> Any:
    """Where the next run called `name` begins, if not at its own start."""
    take(name)
    return held(name, "fork")


def count(name: str) -> int:
    """The number of the next run called `name`."""
    take(name)
    session.hold(f"count.{name}", number := session.recall(f"count.{name}", int) + 1)
    return number


def take(name: str) -> None:
    """Before this session's first run called `name`: hold what went with that of the session before, if it still goes on.

    Its number too, so that a run begun here is never called as one that a fork began at.
    """
    if session.recall(f"taken.{name}", bool) or not (before := session.before()):
        return
    session.hold(f"taken.{name}", True)
    with baton.down():
        job = jobs.left(before, name)
    if job is None or session.recall(f"count.{name}", int):
        return
    number, values = job.beside_run
    session.hold(f"count.{name}", number - 1)
    for what, value in values.items():
        if held(name, what) is None:
            session.hold(f"{what}.{name}", value, screen=True)
