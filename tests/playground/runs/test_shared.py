"""The store of what is computed once: one computation for all who ask, its bytes, and what is never in it."""

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.process import Halt, Step
from playground import session
from playground.runs import jobs, runs, shared
from playground.runs.drain import Job
from playground.runs.shared import OVERHEAD, ROW, Store, size


@dataclass(frozen=True)
class Named:
    """A set by its name alone."""

    builtin: bool
    name: str = "rings"
    digest: str = "abc"


OURS, THEIRS = Named(True), Named(False)


@pytest.fixture
def store(monkeypatch):
    monkeypatch.setattr(shared, "store", Store())
    return shared.store


def together(count, ask):
    """What `ask(i)` gives in as many threads, which all begin at once."""
    gate, found = threading.Barrier(count), [None] * count

    def one(i):
        gate.wait()
        try:
            found[i] = ask(i)
        except Exception as error:
            found[i] = error

    threads = [threading.Thread(target=one, args=(i,)) for i in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


def test_twenty_who_ask_at_once_get_one_computation():
    store, begun, taken = Store(), [], []

    def make():
        begun.append(1)
        for i in range(5):
            time.sleep(0.005)
            taken.append(i)
            yield Step(i, np.full(3, i))

    found = together(20, lambda _: list(store.read("key", make)))
    assert (len(begun), taken) == (1, [0, 1, 2, 3, 4])
    assert all([step.index for step in steps] == taken for steps in found)
    assert all(step is first for steps in found for step, first in zip(steps, found[0], strict=True))


def test_an_exception_is_given_to_all_and_not_kept():
    store, begun = Store(), []
    slow = threading.Event()

    def make():
        begun.append(1)
        yield 1
        slow.wait(0.1)
        raise Halt("There is nothing to fit.")

    found = together(20, lambda _: list(store.read("key", make)))
    assert all(isinstance(error, Halt) for error in found)
    assert len(begun) == 1
    assert "key" not in store
    assert next(store.read("key", lambda: iter([7]))) == 7


def test_whoever_leaves_takes_nothing_along():
    """A reader that is not read any more neither stops the others nor computes for them."""
    store, taken = Store(), []

    def make():
        for i in range(6):
            taken.append(i)
            yield i

    first, second = store.read("key", make), store.read("key", make)
    assert [next(first), next(first)] == [0, 1]
    assert taken == [0, 1]
    assert list(second) == [0, 1, 2, 3, 4, 5] == taken


def test_a_reader_that_is_called_away_is_not_the_others_affair():
    class Away(BaseException):
        """As Streamlit ends a script."""

    store, left = Store(), []

    def make():
        yield 0
        if not left:
            left.append(1)
            raise Away
        yield 1

    first, second = store.read("key", make), store.read("key", make)
    next(first)
    with pytest.raises(Away):
        next(first)
    assert list(second) == [0, 1]


def test_a_row_that_grows_too_large_is_nobodys_and_yet_right():
    store, begun = Store(limit=64 << 10), []

    def make():
        begun.append(1)
        yield from (np.full(500, i, float) for i in range(12))  # 4 kB each, of 16 kB

    ahead, behind = store.read("key", make), store.read("key", make)
    values = [next(ahead) for _ in range(8)]
    assert "key" not in store
    assert store.nbytes == 0
    assert [int(v[0]) for v in [*values, *ahead]] == list(range(12))
    assert len(begun) == 1, "whoever is ahead goes on"
    assert [int(v[0]) for v in behind] == list(range(12))


@given(st.lists(st.tuples(st.integers(0, 24), st.integers(300, 700)), min_size=20, max_size=60))
def test_the_least_recently_asked_for_goes_first_and_the_bytes_have_a_bound(asked):
    limit = 16_000
    store, model = Store(limit), OrderedDict()
    for key, n in asked:
        if key in model:
            model.move_to_end(key)
        else:
            whole = 2 * OVERHEAD + n
            model[key] = whole
            while sum(model.values()) > limit:
                model.popitem(last=False)
        next(store.read(key, lambda n=n: iter([np.zeros(n, np.uint8)])))
        assert store.nbytes == sum(model.values()) <= limit
        assert {k for k in range(25) if k in store} == set(model)
    assert limit // ROW >= 2 * OVERHEAD + 700


def test_bytes_are_those_that_are_kept_alive():
    base = np.zeros((100, 10))
    assert size(base[:1], set()) == 8000, "a part keeps the whole"
    assert size(np.broadcast_to(np.zeros(1), (99,)), set()) == 8
    assert size((base, [base[1:]], {"a": base}), set()) < 8100, "once"
    assert size(b"a" * 1000, set()) >= 1000
    assert size("a" * 1000, set()) >= 1000
    step = Step(0, {"w": np.zeros(7)}, metrics={"m": 1.0}, arrays={"x": np.zeros(5)})
    assert 96 <= size(step, set()) < 600


def counted(count=4):
    """Steps, and a list of those that were taken."""
    taken = []

    def steps():
        for i in range(count):
            taken.append(i)
            yield Step(i, i)

    return steps, taken


def test_what_a_person_brought_is_never_kept(store):
    steps, taken = counted()
    for _ in range(2):
        assert len(list(shared.steps("em", ("abc", 1), THEIRS, steps))) == 4
        assert len(list(shared.steps("em", ("abc", 1), None, steps))) == 4
    assert len(taken) == 16
    assert store.nbytes == 0
    list(shared.steps("em", ("abc", 1), OURS, steps))
    list(shared.steps("em", ("abc", 1), THEIRS, steps))
    assert len(taken) == 24, "and nothing of what is kept is told of it"


def test_other_sets_rooms_and_settings_are_others(store):
    steps, taken = counted(1)
    for name, spec, of in (("em", 1, OURS), ("home", 1, OURS), ("em", 2, OURS), ("em", 1, Named(True, "iris"))):
        list(shared.steps(name, spec, of, steps))
    assert len(taken) == 4


def test_once_is_worked_out_once_for_all_sessions(store, monkeypatch):
    made = []
    for _ in range(2):
        held = {}
        monkeypatch.setattr(session, "_held", lambda held=held: held)
        for _ in range(2):
            assert shared.once("codes", "a", OURS, lambda: made.append(1) or "made") == "made"
    assert len(made) == 1


@pytest.mark.parametrize(("of", "expected"), [(OURS, [1, 2]), (THEIRS, [1, 2, 1, 2])])
def test_later_is_worked_out_when_a_job_asks_and_for_each_alone_what_is_ones_own(of, expected, store, monkeypatch):
    made = []
    for _ in range(2):
        held = {}
        monkeypatch.setattr(session, "_held", lambda held=held: held)
        one, other = (shared.later("law", i, of, lambda i=i: made.append(i) or i) for i in (1, 2))
        assert [one(), one(), other(), other()] == [1, 1, 2, 2]
        assert list(held) == ["law"]
    assert made == expected


@pytest.fixture
def visitors(store, monkeypatch):
    """`visitors()`: from now on another session is there."""
    now = {}
    monkeypatch.setattr(session, "_held", lambda: now["held"])
    monkeypatch.setattr(runs, "_watch", lambda owner: owner)
    monkeypatch.setattr(session, "before", lambda: "")
    monkeypatch.setattr(jobs, "_jobs", {})
    yield lambda: now.update(held={})
    left = list(jobs._jobs.values())
    jobs.release("")
    for job in left:
        job.wait(60)


def test_the_second_session_takes_no_step_and_has_a_run_of_its_own(visitors, monkeypatch):
    monkeypatch.setattr(runs, "AT_ONCE", 60.0)
    steps, taken = counted()
    opened = []
    for _ in range(3):
        visitors()
        opened.append(runs.open_run("em", ("abc", 1), "", steps, of=OURS))
    assert taken == [0, 1, 2, 3]
    assert len({id(run.job) for run in opened}) == 3
    assert [len(run.job.trace) for run in opened] == [4, 4, 4]
    assert {run.job.progress().phase for run in opened} == {"done"}


def test_one_who_pauses_or_cancels_stops_nobody_else(store):
    steps, taken = counted(50)
    gate = threading.Event()

    def slow():
        for step in steps():
            gate.wait(0.002)
            yield step

    def make():
        return shared.steps("em", 1, OURS, slow)

    first, second = Job(make, 1 << 20), Job(make, 1 << 20)
    first.wait_first(60)
    first.pause()
    second.wait(60)
    assert second.progress().phase == "done"
    assert len(second.trace) == 50
    assert len(first.trace) < 50
    first.resume()
    first.wait(60)
    assert first.progress().phase == "done"
    assert taken == list(range(50))


def test_the_pace_is_that_of_whoever_computed(store):
    def slow():
        for i in range(4):
            time.sleep(0.02)
            yield Step(i, i)

    for _ in range(2):
        job = Job(lambda: shared.steps("em", 1, OURS, slow), 1 << 20)
        job.wait(60)
        assert job.progress().rate < 50
