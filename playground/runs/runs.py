"""A live process and its recording, belonging to one session and one page.

`open_run` returns the page's run for a specification: the same one as long as the specification stays the same, else a
new one that replaces it. `keep` sets the present run aside to be drawn under the next ones, `fork` makes the next run begin
from a chosen Step of this one. When the session ends its jobs end too, but for a tab that is reloaded, which finds them again.
"""

import functools
import threading
import time
from collections.abc import Callable, Container, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, ParamSpec, TypeVar

import streamlit as st

from core.process import Step
from playground import session
from playground.runs import again, baton, jobs, shared
from playground.runs.drain import Job
from playground.runs.whose import Noun

P = ParamSpec("P")
R = TypeVar("R")
AT_ONCE = 0.3  # seconds a page waits for a quick run, so that its first paint is complete
OPENING = 5.0  # seconds until a page that came back after a dropped connection has opened its runs
AT_FIRST = 2.0  # seconds it waits for a first Step when many others compute and nothing was on show before
_here = threading.local()  # the `place` in which this thread opens runs, and the names of those it has opened there
PART = 6  # the rest of a long run, which is there only if another has computed it, is given this part of `AT_ONCE`


@dataclass(frozen=True)
class Run:
    """A job and what it was asked to do.

    `spec` decides whether it can be shown again; its first entry is the digest of the data. `label` says it in words.
    """

    id: str
    spec: tuple[Hashable, ...]
    label: str
    job: Job

    @property
    def data(self) -> Hashable:
        """The digest of the data the run learns from."""
        return self.spec[0]


@dataclass(frozen=True)
class Fork:
    """A Step of an earlier run from which the next one begins: that run's id, data and label, and the Step."""

    run: str
    data: Hashable
    label: str
    step: Step


@st.cache_resource(scope="session", on_release=jobs.orphan, show_spinner=False)
def _watch(owner: str) -> str:
    """Tie the owner's jobs to the session: its end orphans them."""
    jobs.back(owner)
    return owner


def open_run(
    name: str,
    spec: tuple[Hashable, ...],
    label: str,
    steps: Callable[[], Iterator[Step]],
    beside: object = None,
    of: Noun | None = None,
    long: bool = False,
    stays: bool = False,
) -> Run:
    """The session's run called `name` for this `spec`; starts it if the spec is new, waiting briefly for a quick one.

    If this tab was reloaded, the run of the session before goes on. `beside` is what the steps fill beside their Trace.
    With `of`, the steps follow from this set and the `spec` alone, so what another session has computed is not again. Of a
    `long` run no more than the first Step is waited for: the others are seen as they come. One that `stays`, since a person
    pressed for it or it learns, goes on where its panel is left (`placed`).
    """
    owner = _watch(session.owner())  # on every visit: a connection that dropped has released it
    instead: Run | None = session.recall(f"instead.{name}", lambda: None)
    if instead is not None and instead.spec == spec:
        return instead
    held: Run | None = session.recall(f"run.{name}", lambda: None)
    if held is not None and held.spec == spec and (held.job.progress().phase != "cancelled" or len(held.job.trace)):
        again.note(name, held.job)
        _belongs(name, begun=False)
        held.job.opened()
        return held
    count = again.count(name)
    with baton.down():
        before = session.before()
        found = jobs.adopt(before, owner, name, spec) if before else None
    make = partial(shared.steps, name, spec, of, steps)
    job = found or jobs.submit(f"{owner}/{name}", make, spec=spec, beside=beside)
    job.opened()
    _belongs(name, begun=not stays)
    run = Run(f"{name}-{count}", spec, label, job)
    again.note(name, job)
    session.hold(f"run.{name}", run)
    session.recall("runs", dict[str, str])[name] = run.id
    if time.monotonic() < session.recall("runs.anew", float):
        session.hold(f"lost.{name}", run.id)
    with baton.down():
        if long:
            run.job.wait_first(AT_ONCE)
        run.job.wait(AT_ONCE / PART if long else AT_ONCE)
        if held is None:
            run.job.wait_first(AT_FIRST)
    if before and held is None and not found and not jobs.known(before):
        session.hold(f"lost.{name}", run.id)
    return run


@contextmanager
def placed(what: Hashable) -> Iterator[None]:
    """What is begun in here belongs to `what`, which stands where one thing stands at a time, such as the closer look.

    The runs of what stood there before rest, and so do those of its own that it does not open any more; each goes on where
    it was when it is opened again. A run that another session waits for is computed by that one.
    """
    leave(what)
    opened = set[str]()
    _here.place = what, opened
    try:
        yield
    finally:
        _here.place = None
    leave(what, opened)


def leave(what: Hashable, opened: Container[str] | None = None) -> None:
    """Let the runs rest that belong to anything but `what` or, with `opened`, to what is not among these names."""
    for name, place in session.recall("placed", dict[str, Hashable]).items():
        run: Run | None = session.recall(f"run.{name}", lambda: None)
        if run is not None and (place != what or (opened is not None and name not in opened)):
            run.job.rest()


def _belongs(name: str, begun: bool) -> None:
    place, known = getattr(_here, "place", None), session.recall("placed", dict[str, Hashable])
    if place is not None and (begun or name in known):
        known[name] = place[0]
        place[1].add(name)


def stand(name: str, run: Run | None) -> None:
    """While the present run has nothing to show: whoever asks for this earlier one is given it, and begins nothing."""
    session.hold(f"instead.{name}", run)


def stands_in(run: Run) -> bool:
    """Whether this run is on show for the present one, which has nothing to show yet."""
    return session.recall(f"instead.{run.id.rpartition('-')[0]}", lambda: None) is run


def began_anew() -> None:
    """Note that this session's runs stand for those of the session before, which ended when its connection dropped.

    They are those there are, and those that the page, which has just come back, still opens.
    """
    session.hold("runs.anew", time.monotonic() + OPENING)
    for name, run in session.recall("runs", dict[str, str]).items():
        session.hold(f"lost.{name}", run)


def lost(name: str) -> bool:
    """Whether the present run began because the one of the session before, in this tab, is no more."""
    run: Run | None = session.recall(f"run.{name}", lambda: None)
    return run is not None and session.recall(f"lost.{name}", str) == run.id


def keep(name: str) -> None:
    """Set the present run aside, to be drawn under the next ones."""
    session.hold(f"kept.{name}", session.recall(f"run.{name}", lambda: None), screen=True)


def kept(name: str, data: Hashable = None) -> Run | None:
    """The run that was set aside, unless it is the present one or (with `data`) learned from other data."""
    aside: Run | None = session.recall(f"kept.{name}", lambda: None, screen=True)
    same = aside is session.recall(f"run.{name}", lambda: None)
    return None if aside is None or same or (data is not None and aside.data != data) else aside


def drop_kept(name: str) -> None:
    """Forget the run that was set aside."""
    session.hold(f"kept.{name}", None, screen=True)


def fork(name: str, step: Step) -> None:
    """Keep the present run and let the next one begin from `step`."""
    run: Run | None = session.recall(f"run.{name}", lambda: None)
    if run is not None:
        keep(name)
        session.hold(f"fork.{name}", Fork(run.id, run.data, run.label, step), screen=True)


def forked(name: str) -> Fork | None:
    """Where the next run begins, if not at its own start."""
    return again.fork(name)


def fork_of(name: str, data: Hashable, fits: Callable[[Step], bool]) -> Fork | None:
    """The fork of `name` if it is of this `data` and its Step `fits` the settings; one that does not is let go."""
    fork = forked(name)
    if fork is not None and not (fork.data == data and fits(fork.step)):
        unfork(name)
        return None
    return fork


def since(kept: Run | None, fork: Fork | None) -> list[Step]:
    """The Steps of a kept run, from the fork on where the present run was forked from it."""
    steps = list(kept.job.trace) if kept else []
    return [step for step in steps if step.index >= fork.step.index] if kept and fork and fork.run == kept.id else steps


def unfork(name: str) -> None:
    """Begin at the run's own start again."""
    session.hold(f"fork.{name}", None, screen=True)


def follow(run: Any) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """A part of a page that shows `run`, if any: a fragment of its own, run again and again, while Steps may come.

    At rest it is a plain part of what is around it, in the same place, which saves a fragment's copies of its surroundings.
    """
    if (polled := every(run)) is not None:
        return baton.fragment(polled, run.job.news)

    def wrap(body: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(body)
        def plain(*args: P.args, **kwargs: P.kwargs) -> R:
            with st.container():
                return body(*args, **kwargs)

        return plain

    return wrap


def every(run: Any) -> float | None:
    """How often a fragment should look at `run`: 5 times a second while Steps may come, else never, as where there is none."""
    return 0.2 if run and run.job.progress().alive else None
