"""Jobs: a thread each, a few slots for all, and an end for every one of them."""

import os
import sys
import threading
import time
from dataclasses import dataclass

import numpy as np
import pytest

from core.process import Halt, Step
from playground.runs import drain, jobs, turns
from playground.runs.turns import Turns


def until(condition, seconds=60.0):
    """Wait until `condition()`; fails if it does not come true."""
    tick, end = threading.Event(), time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came true"
        tick.wait(0.002)


@pytest.fixture(autouse=True)
def registry(monkeypatch):
    """No jobs and free slots at the start; no thread left at the end."""
    monkeypatch.setattr(jobs, "_jobs", {})
    monkeypatch.setattr(jobs, "_accounts", {})
    monkeypatch.setattr(drain, "_turns", Turns(drain.RUNNING))
    monkeypatch.setattr(drain, "_long_turns", Turns(drain.RUNNING))
    before = set(threading.enumerate())
    yield
    jobs.release("")
    until(lambda: not [t for t in threading.enumerate() if t not in before and not isinstance(t, threading.Timer)])


def count(n):
    """n empty Steps."""
    return lambda: (Step(i, i) for i in range(n))


def forever(pace=0.001):
    """Steps without end."""
    rest = threading.Event()

    def steps():
        i = 0
        while True:
            rest.wait(pace)
            yield Step(i, i)
            i += 1

    return steps


@dataclass
class Gate:
    """A process that waits at each Step until it is let through, and says who is inside."""

    def __post_init__(self):
        self.open = threading.Event()
        self.inside, self.most = 0, 0
        self.lock = threading.Lock()

    def steps(self, n=3):
        for i in range(n):
            with self.lock:
                self.inside += 1
                self.most = max(self.most, self.inside)
            self.open.wait()
            with self.lock:
                self.inside -= 1
            yield Step(i, i)


def test_a_job_runs_to_its_end():
    job = jobs.submit("a", count(25))
    job.wait(60)
    progress = job.progress()
    assert (progress.phase, progress.steps, progress.alive, progress.error) == ("done", 25, False, "")
    assert [step.index for step in job.trace] == list(range(25))
    assert not job.alive


def test_a_job_without_steps_is_done():
    job = jobs.submit("a", count(0))
    job.wait(60)
    assert (job.progress().phase, len(job.trace)) == ("done", 0)


def test_pause_step_resume():
    job = jobs.submit("a", forever())
    until(lambda: job.progress().steps > 3)
    job.pause()
    until(lambda: job.progress().phase == "paused")
    at = job.progress().steps
    job.step()
    until(lambda: job.progress().steps == at + 1)
    until(lambda: job.progress().phase == "paused")
    job.step(3)
    until(lambda: job.progress().steps == at + 4)
    until(lambda: job.progress().phase == "paused")
    assert (job.progress().steps, job.progress().alive) == (at + 4, True)
    assert [step.index for step in job.trace] == list(range(at + 4))
    job.resume()
    until(lambda: job.progress().steps > at + 10)
    assert job.progress().phase == "running"


def test_a_job_that_rests_takes_no_step_until_it_is_opened_again():
    job = jobs.submit("a", forever())
    until(lambda: job.progress().steps > 3)
    job.rest()
    until(lambda: job.progress().phase == "paused")
    at = job.progress().steps
    other = jobs.submit("b", count(100))
    other.wait(60)
    assert (job.progress().steps, job.progress().alive) == (at, True)
    job.opened()
    assert job.progress().phase != "paused"
    until(lambda: job.progress().steps > at + 3)
    assert [step.index for step in job.trace] == list(range(len(job.trace)))


def test_opening_a_job_that_a_hand_paused_leaves_it_so():
    job = jobs.submit("a", forever())
    job.pause()
    until(lambda: job.progress().phase == "paused")
    at = job.progress().steps
    job.rest()
    job.opened()
    jobs.submit("b", count(100)).wait(60)
    assert (job.progress().phase, job.progress().steps) == ("paused", at)


def test_a_job_that_rests_can_be_cancelled():
    job = jobs.submit("a", forever())
    job.rest()
    until(lambda: job.progress().phase == "paused")
    job.cancel()
    job.wait(60)
    assert job.progress().phase == "cancelled"


def test_a_paused_job_can_be_stepped_to_its_end():
    job = jobs.submit("a", forever())
    job.pause()
    until(lambda: job.progress().phase == "paused")
    job.cancel()
    job.wait(60)
    assert job.progress().phase == "cancelled"


def test_cancel_ends_the_thread_and_leaves_the_recording():
    job = jobs.submit("a", forever())
    until(lambda: job.progress().steps > 5)
    job.cancel()
    job.wait(60)
    progress = job.progress()
    assert (progress.phase, progress.alive, job.alive) == ("cancelled", False, False)
    assert len(job.trace) == progress.steps


def failing(error, after=4):
    def steps():
        yield from (Step(i, i) for i in range(after))
        raise error

    return steps


def test_a_halt_is_said_as_it_is():
    job = jobs.submit("a", failing(Halt("Component 2 fell over.")))
    job.wait(60)
    assert (job.progress().phase, job.progress().error) == ("failed", "Component 2 fell over.")
    assert len(job.trace) == 4


@pytest.mark.parametrize(
    "error", [ZeroDivisionError("secret /etc/x"), MemoryError(), ValueError("a\nb"), KeyError("k")]
)
def test_any_other_error_is_one_sentence_with_its_type_and_step(error):
    job = jobs.submit("a", failing(error))
    job.wait(60)
    said = job.progress().error
    assert type(error).__name__ in said
    assert "step 4" in said
    assert said.count(".") == 1
    assert not any(word in said for word in ("Traceback", "secret", "\n", "File"))


def test_a_process_that_cannot_begin_says_so():
    def refuse():
        raise Halt("No points.")

    job = jobs.submit("a", refuse)
    job.wait(60)
    assert (job.progress().phase, job.progress().error, len(job.trace)) == ("failed", "No points.", 0)


def test_a_failed_job_gives_its_slot_back():
    for _ in range(3 * drain.RUNNING):
        jobs.submit("a", failing(ValueError())).wait(60)
    job = jobs.submit("b", count(3))
    job.wait(60)
    assert job.progress().phase == "done"


def test_no_more_than_running_steps_compute_at_once():
    gate = Gate()
    crowd = [jobs.submit(f"j{i}", gate.steps) for i in range(5 * drain.RUNNING)]
    until(lambda: gate.inside == drain.RUNNING)
    gate.open.set()
    for job in crowd:
        job.wait(60)
    assert gate.most == drain.RUNNING
    assert {job.progress().phase for job in crowd} == {"done"}


def test_jobs_take_turns():
    """Jobs without end leave room for short ones."""
    endless = [jobs.submit(f"long{i}", forever()) for i in range(2 * drain.RUNNING)]
    short = jobs.submit("short", count(10))
    short.wait(60)
    assert short.progress().phase == "done"
    assert all(job.progress().alive for job in endless)


def test_a_job_that_waits_for_a_slot_says_so():
    gate = Gate()
    crowd = [jobs.submit(f"j{i}", gate.steps) for i in range(2 * drain.RUNNING)]
    until(lambda: gate.inside == drain.RUNNING)
    phases = [job.progress().phase for job in crowd]
    gate.open.set()
    assert (phases.count("waiting"), phases.count("running")) == (drain.RUNNING, drain.RUNNING)
    for job in crowd:
        job.wait(60)
    assert {job.progress().phase for job in crowd} == {"done"}


def test_waiting_for_the_first_step_ends_with_it_or_with_the_job():
    gate = Gate()
    job = jobs.submit("a", gate.steps)
    began = time.monotonic()
    job.wait_first(0.05)
    assert time.monotonic() - began >= 0.05
    assert job.progress().steps == 0
    gate.open.set()
    job.wait_first(60)
    assert job.progress().steps >= 1
    endless, refused = jobs.submit("b", forever()), jobs.submit("c", failing(Halt("No."), after=0))
    began = time.monotonic()
    endless.wait_first(60)
    refused.wait_first(60)
    assert time.monotonic() - began < 30
    assert (endless.progress().steps >= 1, refused.progress().phase) == (True, "failed")


@dataclass
class Told:
    """Who began a Step, in order; each Step takes a moment."""

    def __post_init__(self):
        self.order = []

    def steps(self, who, n=1):
        def made():
            for i in range(n):
                self.order.append(who)
                time.sleep(0.002)
                yield Step(i, i)

        return made


def closed(monkeypatch):
    """One slot, which is taken; what to call to give it back."""
    turns = Turns(1)
    monkeypatch.setattr(drain, "_turns", turns)
    turn = turns.take(0.0)
    return turns, lambda: turns.give(turn)


def test_one_persons_many_changes_do_not_go_before_anothers_first(monkeypatch):
    turns, open_ = closed(monkeypatch)
    told = Told()
    first = jobs.submit("eager/em", told.steps("eager"))
    first.account.charge(1.0)  # what all the changes before have cost
    changes = [jobs.submit(f"eager/{i}", told.steps("eager")) for i in range(4)]
    until(lambda: turns.before(time.perf_counter() + 9, 0.0) == 6)
    other = jobs.submit("calm/em", told.steps("calm"))
    until(lambda: other.progress().ahead == 2)  # who has the slot, and the very first
    open_()
    for job in (first, *changes, other):
        job.wait(60)
    assert told.order == ["eager", "calm", *["eager"] * 4]


def test_what_is_on_one_account_is_forgotten_with_the_session_and_as_time_goes_by(monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(drain.time, "monotonic", lambda: clock[0])
    account = turns.Account()
    account.charge(2.0)
    clock[0] += turns.RECENT
    account.charge(1.0)
    assert account.recent() == pytest.approx(1 + 2 * np.exp(-1))
    monkeypatch.undo()
    mine, again = jobs.submit("a/x", count(1)), jobs.submit("a/y", count(1))
    assert mine.account is again.account is not jobs.submit("b/x", count(1)).account
    jobs.release("a")
    assert jobs.submit("a/x", count(1)).account is not mine.account


def test_what_nobody_looks_at_comes_after_what_somebody_does(monkeypatch):
    turns, open_ = closed(monkeypatch)
    monkeypatch.setattr(turns, "slice", 0.0)  # a Step a turn
    told = Told()
    left = jobs.submit("x/a", told.steps("left", 2))
    until(lambda: turns.before(time.perf_counter() + 9, 0.0) == 2)
    left.seen -= 2 * drain.UNSEEN
    crowd = [left]
    for _ in range(2):
        crowd.append(jobs.submit("y/a" * len(crowd), told.steps("watched")))
        until(lambda: turns.before(time.perf_counter() + 9, 0.0) == len(crowd) + 1)
    open_()
    for job in crowd:
        job.wait(60)
    assert told.order == ["left", "watched", "watched", "left"]


def test_a_job_that_waits_knows_how_many_are_before_it(monkeypatch):
    turns, open_ = closed(monkeypatch)
    told, crowd = Told(), []
    for i in range(5):
        crowd.append(jobs.submit(f"{i}/a", told.steps(i)))
        until(lambda: turns.before(time.perf_counter() + 9, 0.0) == len(crowd) + 1)
    assert [job.progress().ahead for job in crowd] == [1, 2, 3, 4, 5]
    open_()
    for job in crowd:
        job.wait(60)
    assert told.order == [0, 1, 2, 3, 4]
    assert crowd[-1].progress().ahead == 0


def test_a_new_job_replaces_the_one_of_the_same_name():
    old, other = jobs.submit("a/em", forever()), jobs.submit("a/home", forever())
    new = jobs.submit("a/em", forever())
    old.wait(60)
    assert old.progress().phase == "cancelled"
    assert new.progress().alive
    assert other.progress().alive
    assert jobs.living() == 2


def test_release_ends_all_jobs_of_one_owner_only():
    mine = [jobs.submit(f"one/{i}", forever()) for i in range(3)]
    mine[0].pause()
    theirs = jobs.submit("two/0", forever())
    jobs.release("one")
    for job in mine:
        job.wait(60)
    assert [job.progress().phase for job in mine] == ["cancelled"] * 3
    assert theirs.progress().alive
    assert jobs.living() == 1


def test_an_orphan_that_nobody_looks_at_is_reaped(monkeypatch):
    monkeypatch.setattr(jobs, "GRACE", 60)
    job = jobs.submit("gone/em", forever())
    until(lambda: len(job.trace) > 2)
    began = time.monotonic()
    jobs.orphan("gone")
    assert time.monotonic() - began < 30, "the hook runs on the event loop"
    assert job.alive
    monkeypatch.setattr(jobs, "GRACE", 0.05)
    jobs.orphan("gone")
    until(lambda: not job.alive)
    assert jobs.living() == 0


def test_an_orphan_that_is_looked_at_again_lives(monkeypatch):
    monkeypatch.setattr(jobs, "GRACE", 0.05)
    job, second = jobs.submit("back/em", forever()), jobs.submit("back/em.basins", forever())
    before = set(threading.enumerate())
    jobs.orphan("back")
    timer = next(t for t in threading.enumerate() if isinstance(t, threading.Timer) and t not in before)
    until(lambda: time.monotonic() > job.seen)
    job.progress()
    timer.join(5)
    assert job.alive
    assert second.alive
    until(lambda: not job.alive and not second.alive)  # nobody looked once more
    assert jobs.living() == 0


def test_a_long_run_keeps_to_its_memory():
    block = np.zeros(2000)
    limit = 400_000

    def steps():
        return (Step(i, i, arrays={"a": block + i}) for i in range(300))

    job = jobs.submit("a", steps, limit=limit)
    largest = 0
    while job.alive:
        largest = max(largest, job.trace.nbytes)
    assert max(largest, job.trace.nbytes) <= limit + block.nbytes + 2048  # what is being appended
    assert job.trace.nbytes <= limit
    assert job.progress().steps == 300
    assert (job.trace[0].index, job.trace[-1].index) == (0, 299)
    assert job.trace.version > 0


def test_progress_can_be_read_by_many_while_it_moves():
    job = jobs.submit("a", forever(0.0))
    seen, wrong = [[] for _ in range(4)], []

    def look(mine):
        while len(mine) < 300:
            progress = job.progress()
            mine.append(progress.steps)
            version, steps = job.trace.snapshot()
            if len(steps) > job.progress().steps + 1 or progress.phase not in ("waiting", "running") or progress.error:
                wrong.append((progress, len(steps), version))

    readers = [threading.Thread(target=look, args=(mine,)) for mine in seen]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join(10)
    assert wrong == []
    assert all(mine == sorted(mine) for mine in seen)
    assert all(len(mine) == 300 for mine in seen)


def test_commands_from_many_threads_leave_a_job_that_can_be_ended():
    job = jobs.submit("a", forever(0.0))

    def fiddle(seed):
        rng = np.random.default_rng(seed)
        for _ in range(200):
            (job.pause, job.resume, job.step, job.progress)[rng.integers(4)]()

    hands = [threading.Thread(target=fiddle, args=(seed,)) for seed in range(4)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join(60)
    job.resume()
    at = job.progress().steps
    until(lambda: job.progress().steps > at)
    job.cancel()
    job.wait(60)
    assert job.progress().phase == "cancelled"


def test_the_rate_counts_the_time_spent_computing():
    job = jobs.submit("a", forever(0.005))
    until(lambda: job.progress().steps >= 20)
    job.pause()
    until(lambda: job.progress().phase == "paused")
    rate = job.progress().rate
    assert 0 < rate <= 200
    threading.Event().wait(0.05)
    assert job.progress().rate == rate


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere threads have no priorities of their own")
def test_a_long_job_gives_way_and_a_short_one_does_not(monkeypatch):
    monkeypatch.setattr(drain, "LONG", 0.5)
    given = []
    monkeypatch.setattr(drain.os, "setpriority", lambda *what: given.append(what))

    def busy(seconds):
        for index in range(8):
            time.sleep(seconds)
            yield Step(index, threading.get_native_id())

    long, short = (jobs.submit(name, lambda s=seconds: busy(s)) for name, seconds in (("a", 0.1), ("b", 0.001)))
    for job in (long, short):
        job.wait(60)
    assert given == [(os.PRIO_PROCESS, long.trace[0].state, 10)]


def test_a_long_job_does_not_hold_the_turn_of_a_quick_one(monkeypatch):
    monkeypatch.setattr(drain, "LONG", 0.01)
    monkeypatch.setattr(drain, "_turns", Turns(1))
    monkeypatch.setattr(drain, "_long_turns", Turns(1))
    stuck = threading.Event()

    def slow():
        for index in range(40):
            time.sleep(0.002)
            yield Step(index, index)
        stuck.wait(60)  # a step that takes for ever, as on a crowded machine
        yield Step(40, 40)

    long = jobs.submit("a", slow)
    until(lambda: len(long.trace) == 40)
    quick = jobs.submit("b", count(3))
    quick.wait(60)
    assert quick.progress().phase == "done"
    stuck.set()
    long.wait(60)


def test_only_a_session_that_has_ended_leaves_its_job_and_only_to_its_token_for_the_same_work(monkeypatch):
    monkeypatch.setattr(jobs, "GRACE", 60)
    job = jobs.submit("first/vae", forever(), spec=("data", 1))
    assert jobs.adopt("first", "second", "vae", ("data", 1), 0.05) is None, "it lives"
    jobs.orphan("first")
    job.pause()
    for before, name, spec in (("fir", "vae", ("data", 1)), ("", "vae", ("data", 1)), ("first", "em", ("data", 1))):
        assert jobs.adopt(before, "second", name, spec, 0.05) is None
    assert jobs.adopt("first", "second", "vae", ("data", 2), 0.05) is None
    jobs.back("first")
    assert jobs.adopt("first", "second", "vae", ("data", 1), 0.05) is None, "it came back"
    jobs.orphan("first")
    assert jobs.adopt("first", "second", "vae", ("data", 1), 0.05) is job
    assert jobs.adopt("first", "third", "vae", ("data", 1), 0.05) is None, "it has gone to the second"
    until(lambda: job.progress().phase == "paused")
    job.resume()
    jobs.release("first")
    at = job.progress().steps
    until(lambda: job.progress().steps > at)


def test_a_session_whose_end_is_noticed_a_moment_later_leaves_its_job_too():
    job = jobs.submit("first/vae", forever(), spec=1)
    threading.Timer(0.1, jobs.orphan, ("first",)).start()
    assert jobs.adopt("first", "second", "vae", 1, 30) is job
    until(lambda: not [t for t in threading.enumerate() if isinstance(t, threading.Timer) and t.interval == 0.1])


def test_a_job_that_is_adopted_takes_the_place_of_what_was_there_and_is_not_reaped(monkeypatch):
    monkeypatch.setattr(jobs, "GRACE", 0.05)
    job, other = jobs.submit("first/vae", forever(), spec=1), jobs.submit("second/vae", forever(), spec=2)
    jobs.orphan("first")
    assert jobs.adopt("first", "second", "vae", 1) is job
    until(lambda: not other.alive and not jobs.known("first"))
    assert job.alive
    assert jobs.living() == 1
