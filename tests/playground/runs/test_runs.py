"""Runs: one for each specification, kept, forked and let go; the session is a dictionary here."""

import threading
import time
from dataclasses import dataclass

import pytest

from core.process import Step
from playground import session
from playground.runs import jobs, run_bar, runs


@pytest.fixture
def watched(monkeypatch):
    """Stub the session; the names that were tied to it."""
    held, names = {}, []

    monkeypatch.setattr(session, "_held", lambda: held)
    monkeypatch.setattr(runs, "_watch", lambda owner: names.append(owner) or owner)
    monkeypatch.setattr(runs, "AT_ONCE", 2.0)
    monkeypatch.setattr(jobs, "_jobs", {})
    yield names
    mine = list(jobs._jobs.values())
    jobs.release("")
    for job in mine:
        job.wait(60)


def short(n=3):
    return lambda: (Step(i, i) for i in range(n))


def endless():
    rest = threading.Event()
    i = 0
    while True:
        rest.wait(0.002)
        yield Step(i, i)
        i += 1


pytestmark = pytest.mark.usefixtures("watched")


def test_the_same_spec_gives_the_same_run():
    made = []

    def steps():
        made.append(1)
        return short()()

    first = runs.open_run("em", ("data", "a"), "words", steps)
    assert runs.open_run("em", ("data", "a"), "other words", steps) is first
    assert (first.label, len(made), first.job.progress().phase) == ("words", 1, "done")


def test_a_quick_run_is_complete_at_once():
    assert len(runs.open_run("em", ("data", 1), "", short(7)).job.trace) == 7


def test_of_a_long_run_no_more_than_the_first_step_is_waited_for(monkeypatch):
    waited = []
    monkeypatch.setattr(runs.Job, "wait", lambda job, seconds: waited.append(seconds))
    for long in (False, True):
        assert len(runs.open_run("em", ("data", long), "", endless, long=long).job.trace) > 0
    assert waited == [runs.AT_ONCE, runs.AT_ONCE / runs.PART]


def test_a_new_spec_replaces_and_cancels(monkeypatch):
    monkeypatch.setattr(runs, "AT_ONCE", 0.01)
    old = runs.open_run("em", ("data", 1), "", endless)
    new = runs.open_run("em", ("data", 2), "", endless)
    old.job.wait(60)
    assert old.job.progress().phase == "cancelled"
    assert new.job.progress().alive
    assert new.id != old.id


def waits(run, phase):
    tick, end = threading.Event(), time.monotonic() + 60
    while run.job.progress().phase != phase:
        assert time.monotonic() < end
        tick.wait(0.002)
    return run.job.progress().steps


def test_the_runs_of_what_is_left_rest_and_go_on_when_it_comes_back(monkeypatch):
    monkeypatch.setattr(runs, "AT_ONCE", 0.01)

    def show(what, *names):
        with runs.placed(what):
            return [runs.open_run(name, ("data",), "", endless) for name in names]

    main = runs.open_run("main", ("data",), "", endless)
    one, two = show("A", "a", "b")
    (other,) = show("B", "c")
    at = waits(one, "paused"), waits(two, "paused")
    seen = other.job.progress().steps, main.job.progress().steps
    while min(other.job.progress().steps - seen[0], main.job.progress().steps - seen[1]) < 10:
        threading.Event().wait(0.002)
    assert (one.job.progress().steps, two.job.progress().steps) == at
    assert show("A", "a") == [one]
    assert waits(other, "paused") > 0
    assert waits(one, "running") >= at[0]
    assert waits(two, "paused") == at[1], "A does not open it any more"
    assert main.job.progress().alive


def test_what_was_begun_elsewhere_does_not_rest_with_what_opens_it_too(monkeypatch):
    monkeypatch.setattr(runs, "AT_ONCE", 0.01)
    main = runs.open_run("main", ("data",), "", endless)
    with runs.placed("A"):
        assert runs.open_run("main", ("data",), "", endless) is main
    with runs.placed("B"):
        pass
    before = main.job.progress().steps
    while main.job.progress().steps < before + 5:
        threading.Event().wait(0.002)


def test_what_a_person_pressed_for_goes_on_where_its_panel_is_left(monkeypatch):
    monkeypatch.setattr(runs, "AT_ONCE", 0.01)
    with runs.placed("A"):
        asked = runs.open_run("asked", ("data",), "", endless, stays=True)
        other = runs.open_run("other", ("data",), "", endless)
    with runs.placed("B"):
        pass
    waits(other, "paused")
    before = asked.job.progress().steps
    while asked.job.progress().steps < before + 5:
        threading.Event().wait(0.002)


def test_a_run_that_two_panels_share_belongs_to_the_one_that_opened_it_last(monkeypatch):
    monkeypatch.setattr(runs, "AT_ONCE", 0.01)
    for what in "ABB":
        with runs.placed(what):
            run = runs.open_run("shared", ("data",), "", endless)
    before = run.job.progress().steps
    while run.job.progress().steps < before + 5:
        threading.Event().wait(0.002)
    with runs.placed("A"):
        pass
    waits(run, "paused")


def test_what_one_session_leaves_another_that_waits_for_it_computes(monkeypatch):
    """Of a shared row: each of its values is computed once, by whoever is still there."""
    monkeypatch.setattr(runs, "AT_ONCE", 0.0)
    taken, gate, sessions = [], threading.Semaphore(3), ({}, {})

    def steps():
        for i in range(8):
            gate.acquire()
            taken.append(i)
            yield Step(i, i)

    found = []
    for held in sessions:
        monkeypatch.setattr(session, "_held", lambda held=held: held)
        with runs.placed("A"):
            found.append(runs.open_run("row", ("spec",), "", steps, of=House("set", "digest")))
    monkeypatch.setattr(session, "_held", lambda: sessions[0])
    runs.leave("B")
    gate.release(5)
    assert waits(found[1], "done") == 8
    assert taken == list(range(8))
    assert waits(found[0], "paused") < 8


@dataclass(frozen=True)
class House:
    """A set of the house's own."""

    name: str
    digest: str
    builtin: bool = True


def test_runs_of_other_names_live_on(monkeypatch):
    monkeypatch.setattr(runs, "AT_ONCE", 0.01)
    one, other = runs.open_run("em", ("data", 1), "", endless), runs.open_run("em.basins", ("data", 1), "", endless)
    runs.open_run("em", ("data", 2), "", short())
    one.job.wait(60)
    assert other.job.progress().alive
    assert one.id != other.id


def test_going_back_to_an_old_spec_computes_it_afresh_under_a_new_id():
    ids = [runs.open_run("em", ("data", spec), "", short()).id for spec in (1, 2, 1)]
    assert len(set(ids)) == 3


def test_every_visit_ties_the_jobs_to_the_session(watched):
    """After a dropped connection the tie is gone; a page that only looks at its run must make it again."""
    for _ in range(3):
        runs.open_run("em", ("data", 1), "", short())
    assert watched == [session.owner()] * 3


def test_nothing_is_kept_at_first():
    runs.open_run("em", ("data", 1), "", short())
    assert runs.kept("em") is None


def test_a_kept_run_is_seen_under_the_next_ones_only():
    first = runs.open_run("em", ("data", 1), "", short())
    runs.keep("em")
    assert runs.kept("em") is None
    runs.open_run("em", ("data", 2), "", short())
    assert runs.kept("em") is first
    runs.open_run("em", ("data", 3), "", short())
    assert runs.kept("em") is first
    runs.drop_kept("em")
    assert runs.kept("em") is None


def test_fork_keeps_the_run_and_holds_the_step():
    first = runs.open_run("em", ("data", 1), "six, full", short())
    step = first.job.trace[1]
    runs.fork("em", step)
    assert runs.forked("em") == runs.Fork(first.id, first.data, first.label, step)
    runs.open_run("em", ("data", 2), "", short())
    assert runs.kept("em") is first
    assert runs.fork_of("em", "data", lambda step: step.index == 1).step is step


def test_a_fork_that_does_not_fit_is_let_go():
    run = runs.open_run("em", ("data", 1), "", short())
    runs.fork("em", run.job.trace[0])
    assert runs.fork_of("em", "data", lambda step: False) is None
    assert runs.forked("em") is None
    assert runs.fork_of("em", "data", lambda step: True) is None


def test_a_fork_of_other_data_is_let_go():
    run = runs.open_run("em", ("data", 1), "", short())
    runs.fork("em", run.job.trace[0])
    assert runs.fork_of("em", "data", lambda step: True).run == run.id
    assert runs.fork_of("em", "other", lambda step: True) is None
    assert runs.forked("em") is None


def test_a_kept_run_is_not_shown_over_other_data():
    first = runs.open_run("em", ("data", 1), "", short())
    assert first.data == "data"
    runs.keep("em")
    runs.open_run("em", ("other", 1), "", short())
    assert runs.kept("em", "other") is None
    assert runs.kept("em", "data") is first
    assert runs.kept("em") is first


def test_a_run_that_was_reaped_before_its_first_step_begins_again():
    """Else the page waits for a Step that never comes."""
    gone = runs.open_run("em", ("data", 1), "", lambda: iter(()))
    gone.job._phase = "cancelled"
    again = runs.open_run("em", ("data", 1), "", short())
    assert again is not gone
    assert len(again.job.trace) == 3
    again.job._phase = "cancelled"
    assert runs.open_run("em", ("data", 1), "", short()) is again


def test_unfork():
    run = runs.open_run("em", ("data", 1), "", short())
    runs.fork("em", run.job.trace[0])
    runs.unfork("em")
    assert runs.forked("em") is None


def test_a_kept_run_is_shown_from_where_the_next_one_forked():
    first = runs.open_run("em", ("data", 1), "", short(6))
    assert [step.index for step in runs.since(first, None)] == list(range(6))
    runs.fork("em", first.job.trace[4])
    runs.open_run("em", ("data", 2), "", short())
    assert [step.index for step in runs.since(runs.kept("em"), runs.forked("em"))] == [4, 5]
    assert runs.since(None, runs.forked("em")) == []


def test_a_kept_run_that_is_not_the_forked_one_is_shown_whole():
    first = runs.open_run("em", ("data", 1), "", short(6))
    runs.fork("em", first.job.trace[4])
    other = runs.open_run("em", ("data", 2), "", short(5))
    assert [step.index for step in runs.since(other, runs.forked("em"))] == list(range(5))


def test_without_a_run_there_is_nothing_to_keep_or_fork():
    runs.keep("em")
    runs.fork("em", Step(0, 0))
    assert (runs.kept("em"), runs.forked("em")) == (None, None)


def test_a_fragment_looks_again_only_while_steps_may_come(monkeypatch):
    assert runs.every(runs.open_run("em", ("data", 1), "", short())) is None
    monkeypatch.setattr(runs, "AT_ONCE", 0.01)
    run = runs.open_run("em", ("data", 2), "", endless)
    assert runs.every(run) is not None
    run.job.pause()
    assert runs.every(run) is not None
    run.job.cancel()
    run.job.wait(60)
    assert runs.every(run) is None


@pytest.mark.parametrize("phase", ["waiting", "running", "paused", "done", "cancelled", "failed"])
def test_every_phase_has_words(phase):
    run = runs.open_run("em", ("data", 1), "six, full", short())
    said = run_bar.status("em", phase, 1234, 5678.4)
    assert "1,234 frames" in said
    assert "5,678" in said
    runs.fork("em", run.job.trace[2])
    assert "Forked from half-step 2 of six, full." in run_bar.status("em", phase, 0, 0.0, moment="half-step")


def test_a_tab_that_is_reloaded_finds_its_run_again(monkeypatch, sessions):
    filled = []
    first = runs.open_run("vae", ("data", 1), "words", endless, filled)
    jobs.orphan(session.owner())
    sessions("second", before="first")
    again = runs.open_run("vae", ("data", 1), "words", endless, [])
    assert again.job is first.job
    assert again.job.beside is filled
    assert not runs.lost("vae")
    assert runs.open_run("vae", ("data", 2), "words", endless).job is not first.job


def test_a_tab_that_is_reloaded_finds_its_fork_again(monkeypatch, sessions):
    monkeypatch.setattr(runs, "AT_ONCE", 0.05)

    def opened():
        fork = runs.fork_of("vae", "data", lambda step: True)
        return runs.open_run("vae", ("data", fork and (fork.run, fork.step.index)), "words", endless)

    parent = opened()
    parent.job.wait_first(60)
    runs.fork("vae", parent.job.trace[0])
    first, fork = opened(), runs.forked("vae")
    jobs.orphan("first")
    sessions("second", before="first")
    again = opened()
    assert again.job is first.job
    assert (again.id, again.spec) == (first.id, first.spec)
    assert runs.forked("vae") is fork
    assert runs.kept("vae") is parent
    assert not runs.lost("vae")
    runs.unfork("vae")
    new = opened()
    assert new.job is not first.job
    assert new.id not in (first.id, parent.id)
    assert runs.forked("vae") is None, "it is taken once"


def test_a_fork_of_a_session_that_lives_stays_with_it(monkeypatch, sessions):
    monkeypatch.setattr(jobs.left, "__defaults__", (0.05,))
    run = runs.open_run("vae", ("data", 1), "words", endless)
    runs.fork("vae", Step(0, 0))
    assert runs.open_run("vae", ("data", 1), "words", endless) is run
    sessions("second", before="first")
    assert runs.forked("vae") is None
    assert runs.kept("vae") is None


def test_a_run_that_is_no_more_is_said_to_have_begun_anew(monkeypatch, sessions):
    monkeypatch.setattr(runs, "AT_ONCE", 0.05)
    runs.open_run("vae", ("data", 1), "words", endless)
    jobs.orphan(session.owner())
    jobs.release(session.owner())
    sessions("second", before="first")
    runs.open_run("vae", ("data", 1), "words", endless)
    assert runs.lost("vae")
    assert "began anew" in run_bar.status("vae", "running", 3, 1.0)
    runs.open_run("vae", ("data", 2), "words", endless)
    assert not runs.lost("vae"), "that one was asked for"


def test_runs_of_a_session_that_follows_a_dropped_connection_are_said_to_have_begun_anew():
    runs.open_run("em", ("data", 1), "", short())
    assert not runs.lost("em")
    runs.began_anew()
    assert "began anew" in run_bar.status("em", "done", 3, 1.0)
    runs.open_run("em.basins", ("data", 1), "", short())
    assert runs.lost("em.basins"), "the page was still being drawn"
    session.hold("runs.anew", 0.0)
    runs.open_run("em", ("data", 2), "", short())
    assert not runs.lost("em"), "that one was asked for"


@pytest.fixture
def sessions(monkeypatch):
    """`sessions(owner, before)`: another session, of a tab that had this one before."""
    now = {"owner": "first", "before": "", "held": {}}
    monkeypatch.setattr(session, "_held", lambda: now["held"])
    monkeypatch.setattr(session, "owner", lambda: now["owner"])
    monkeypatch.setattr(session, "before", lambda: now["before"])
    return lambda owner, before: now.update(owner=owner, before=before, held={})
