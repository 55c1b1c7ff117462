"""Evaluations made together: a batch is its parts, few batches serve many, and nobody is passed over or held up."""

import threading
import time

import numpy as np
import pytest

from core.process import Step
from playground.runs import drain
from playground.runs.drain import Job
from playground.runs.together import Together
from playground.runs.turns import Turns, Withdrawn
from tests import painters


class Network:
    """Doubles its rows, and keeps those of every evaluation; `gate` holds each one until it is opened."""

    def __init__(self, gate=True):
        self.asked = []
        self.gate = threading.Event()
        if gate:
            self.gate.set()

    def __call__(self, x, t):
        self.asked.append(x[:, 0].tolist())
        assert self.gate.wait(60)
        if (x < 0).any():
            raise ValueError("a number below 0")
        return 2 * x + t


def rows(value, n=2):
    return np.full((n, 1), float(value)), np.zeros((n, 1))


def until(condition):
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.002)


def asking(together, values, n=2):
    """A thread for each value, come one after the other, and what each was told: its answer, or its error."""
    told = {}

    def ask(value):
        try:
            told[value] = together(*rows(value, n))
        except BaseException as error:
            told[value] = error

    threads = []
    for value in values:
        threads.append(threading.Thread(target=ask, args=(value,), daemon=True))
        come = len(together._waiting) + len(together.network.asked)
        threads[-1].start()
        until(lambda come=come: len(together._waiting) + len(together.network.asked) > come)
    return threads, told


def joined(threads):
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()


def test_a_batch_of_a_real_painter_is_its_parts():
    painter = painters.tiny("outfits")
    draw = np.random.default_rng(0)
    shapes = [(1, *painter.shape), (3, *painter.shape), (2, *painter.shape)]
    parts = [
        (draw.standard_normal(s).astype(np.float32), draw.random((s[0], painter.net.told), np.float32)) for s in shapes
    ]
    whole = painter.run(*(np.concatenate(part) for part in zip(*parts, strict=True)))
    alone = np.concatenate([painter.run(*part) for part in parts])
    assert np.abs(whole - alone).max() < 1e-5


def test_twenty_who_ask_at_once_are_answered_by_few_evaluations():
    network = Network(gate=False)
    together = Together(network, most=64, at_once=1)
    threads, told = asking(together, range(20))
    network.gate.set()
    joined(threads)
    assert len(network.asked) == 2, "the first, and all who came while it was asked"
    for value in range(20):
        np.testing.assert_array_equal(told[value], 2 * rows(value)[0])


def test_who_is_alone_is_asked_for_alone():
    network = Network()
    np.testing.assert_array_equal(Together(network, most=8)(*rows(3)), [[6], [6]])
    assert network.asked == [[3, 3]]


def test_a_batch_is_bounded_and_nobody_is_passed_over():
    network = Network(gate=False)
    together = Together(network, most=6, at_once=1)
    threads, _ = asking(together, range(9))
    network.gate.set()
    joined(threads)
    assert network.asked[0] == [0, 0]
    assert [value for batch in network.asked for value in batch[::2]] == list(range(9))
    assert max(map(len, network.asked)) == 6


def test_more_rows_than_a_batch_holds_are_one_of_their_own():
    network = Network(gate=False)
    together = Together(network, most=6, at_once=1)
    first, _ = asking(together, [0])
    big, _ = asking(together, [1], n=10)
    last, _ = asking(together, [2])
    network.gate.set()
    joined(first + big + last)
    assert [len(batch) for batch in network.asked] == [2, 10, 2]


def test_one_bad_request_fails_alone():
    network = Network(gate=False)
    together = Together(network, most=64, at_once=1)
    threads, told = asking(together, [0, 1, -2, 3])
    network.gate.set()
    joined(threads)
    assert str(told[-2]) == "a number below 0"
    for value in (0, 1, 3):
        np.testing.assert_array_equal(told[value], 2 * rows(value)[0])
    assert [-2.0, -2.0] in network.asked
    np.testing.assert_array_equal(together(*rows(5)), [[10], [10]])


def test_who_is_not_wanted_any_more_takes_his_rows_away():
    network = Network(gate=False)
    together = Together(network, most=64, at_once=1)
    threads, told = asking(together, [0, 1, 2])
    together._waiting[0].wanted = lambda: False
    network.gate.set()
    joined(threads)
    assert isinstance(told[1], Withdrawn)
    assert network.asked == [[0, 0], [2, 2]]


def walk(together, value, count):
    """A process whose every Step asks the network once."""

    def steps():
        x = rows(value, 1)[0]
        for i in range(count):
            x = together(x, 0 * x) / 2
            yield Step(i, x)

    return steps


@pytest.fixture
def one_slot(monkeypatch):
    """All jobs of a test share one slot, as on a machine of two processors."""
    monkeypatch.setattr(drain, "_turns", Turns(1))
    monkeypatch.setattr(drain, "_long_turns", Turns(1))


@pytest.mark.usefixtures("one_slot")
def test_with_one_slot_jobs_are_asked_for_together_and_all_end():
    network = Network()
    together = Together(lambda x, t: (time.sleep(0.002), network(x, t))[1], most=64)
    jobs = [Job(walk(together, value, 20), 1 << 20) for value in range(10)]
    for job in jobs:
        job.wait(60)
    assert [job.progress().phase for job in jobs] == ["done"] * 10
    assert [job.trace[-1].state.item() for job in jobs] == list(range(10))
    assert sum(map(len, network.asked)) == 200
    assert len(network.asked) < 60, "one by one they would be 200"
    assert drain._turns._free == 1


@pytest.fixture
def three_waiting():
    """A network that is being asked by somebody, and three jobs that wait for it."""
    network = Network(gate=False)
    together = Together(network, most=64, at_once=1)
    threads, _ = asking(together, [9])
    jobs = [Job(walk(together, value, 3), 1 << 20) for value in range(3)]
    until(lambda: len(together._waiting) == 3)
    yield network, jobs
    network.gate.set()
    joined(threads)


@pytest.mark.usefixtures("one_slot")
def test_a_job_that_is_cancelled_while_it_waits_ends_and_holds_nobody(three_waiting):
    network, jobs = three_waiting
    jobs[1].cancel()
    network.gate.set()
    for job in jobs:
        job.wait(60)
    assert [job.progress().phase for job in jobs] == ["done", "cancelled", "done"]
    assert 1.0 not in sum(network.asked, [])
    assert drain._turns._free == 1


@pytest.mark.usefixtures("one_slot")
def test_while_they_wait_their_slot_is_another_s_and_waiting_is_no_work(three_waiting):
    network, jobs = three_waiting
    assert drain._turns._free == 1
    time.sleep(0.3)
    network.gate.set()
    for job in jobs:
        job.wait(60)
    assert max(job._worked for job in jobs) < 0.2
