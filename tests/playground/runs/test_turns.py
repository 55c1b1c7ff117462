"""Turns: those who have worked least go first, never more than there are slots, and no slot is ever lost."""

import random
import threading
import time

import numpy as np
import pytest

from core.process import Step
from playground.runs import drain
from playground.runs.turns import Turns


def until(condition, seconds=60.0):
    """Wait until `condition()`; fails if it does not come true."""
    tick, end = threading.Event(), time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came true"
        tick.wait(0.002)


def started(work, *arguments):
    thread = threading.Thread(target=work, args=arguments, daemon=True)
    thread.start()
    return thread


def queue(turns, worked, order):
    """A thread for each amount of work, all waiting, which notes its amount when its turn comes."""

    def wait(amount):
        with turns.turn(amount):
            order.append(amount)

    threads = []
    for amount in worked:
        threads.append(started(wait, amount))
        until(lambda: len(turns._waiting) == len(threads))
    return threads


def test_a_free_slot_is_had_at_once():
    turns = Turns(2)
    with turns.turn(100.0), turns.turn(100.0):
        assert turns._waiting == []


def test_a_turn_says_when_it_should_end():
    for turns, slice in ((Turns(1, slice=0.5), 0.5), (Turns(1), 0.02)):
        began = time.perf_counter()
        with turns.turn(0.0) as until_when:
            assert began + slice <= until_when <= time.perf_counter() + slice


def test_those_who_have_worked_least_go_first():
    turns, order = Turns(1), []
    with turns.turn(0.0):
        threads = queue(turns, (3.0, 1.0, 2.0, 0.5), order)
    for thread in threads:
        thread.join(60)
    assert order == [0.5, 1.0, 2.0, 3.0]


def test_among_equals_who_came_first_goes_first():
    turns, order = Turns(1), []

    def wait(name):
        with turns.turn(1.0):
            order.append(name)

    threads = []
    with turns.turn(0.0):
        for name in range(6):
            threads.append(started(wait, name))
            until(lambda: len(turns._waiting) == len(threads))
    for thread in threads:
        thread.join(60)
    assert order == list(range(6))


def test_a_second_of_work_lets_others_go_first_for_a_second_and_no_longer(monkeypatch):
    clock = [0.0]
    monkeypatch.setattr("playground.runs.turns.time.perf_counter", lambda: clock[0])
    turns, order = Turns(1), []
    taken, threads = turns.take(0.0), []

    def come(name, worked):
        def wait():
            turn = turns.take(worked)
            order.append(name)
            turns.give(turn)

        threads.append(threading.Thread(target=wait))
        threads[-1].start()
        until(lambda: len(turns._waiting) == len(threads))

    for moment, name, worked in ((0.0, "long", 5.0), (1.0, "young", 0.0), (4.0, "late", 0.0), (6.0, "too late", 0.0)):
        clock[0] = moment
        come(name, worked)
    turns.give(taken)
    for thread in threads:
        thread.join()
    assert order == ["young", "late", "long", "too late"]


def test_who_gives_a_slot_back_cannot_take_it_before_those_who_wait():
    turns, order = Turns(1), []
    with turns.turn(9.0):
        threads = queue(turns, (5.0,), order)
    with turns.turn(9.0):
        order.append(9.0)
    threads[0].join(60)
    assert order == [5.0, 9.0]


@pytest.mark.parametrize("slots", [1, 2, 3])
def test_never_more_than_the_slots_at_once(slots):
    turns, lock, inside, most, done = Turns(slots), threading.Lock(), [0], [0], [0]

    def work(seed):
        draw, rest = random.Random(seed), threading.Event()
        for _ in range(20):
            with turns.turn(draw.random()):
                with lock:
                    inside[0] += 1
                    most[0] = max(most[0], inside[0])
                rest.wait(0.001 * draw.random())
                with lock:
                    inside[0] -= 1
                    done[0] += 1

    threads = [started(work, seed) for seed in range(4 * slots)]
    for thread in threads:
        thread.join(20)
    assert (most[0], done[0]) == (slots, 80 * slots)
    assert (turns._free, turns._waiting) == (slots, [])


@pytest.mark.parametrize("waits", [False, True])
def test_an_exception_gives_the_slot_back(waits):
    turns, order = Turns(1), []

    def fail():
        with turns.turn(0.0):
            threads.extend(queue(turns, (1.0,), order) if waits else [])
            raise ZeroDivisionError

    threads = []
    with pytest.raises(ZeroDivisionError):
        fail()
    for thread in threads:
        thread.join(60)
    assert order == [1.0] * waits
    until(lambda: turns._free == 1)
    with turns.turn(0.0):
        assert turns._free == 0


def busy(i):
    """A Step that takes a millisecond of work."""
    end = time.perf_counter() + 0.001
    while time.perf_counter() < end:
        pass
    return Step(i, i)


def endless():
    i = 0
    while True:
        yield busy(i)
        i += 1


def test_a_short_job_gets_through_while_endless_ones_hold_the_slots(monkeypatch):
    monkeypatch.setattr(drain, "_turns", Turns(2))
    long = [drain.Job(endless, 1 << 20) for _ in range(2)]
    try:
        until(lambda: all(job.progress().steps > 100 for job in long))
        short = drain.Job(lambda: (busy(i) for i in range(20)), 1 << 20)
        short.wait(60)
        assert short.progress().phase == "done"
        at = [job.progress().steps for job in long]
        until(lambda: all(job.progress().steps > n for job, n in zip(long, at, strict=True)))
    finally:
        for job in long:
            job.cancel()
    for job in long:
        job.wait(60)


def test_three_endless_jobs_share_two_slots_evenly(monkeypatch):
    monkeypatch.setattr(drain, "_turns", Turns(2))
    long = [drain.Job(endless, 1 << 20) for _ in range(3)]
    try:
        until(lambda: sum(job.progress().steps for job in long) > 600)
        worked = [job._worked for job in long]
    finally:
        for job in long:
            job.cancel()
    for job in long:
        job.wait(60)
    assert min(worked) > 0.5 * max(worked)


def test_who_keeps_a_turn_too_long_is_passed_by():
    turns, order = Turns(1, patience=0.3), []
    with turns.turn(0.0):
        threads = queue(turns, (1.0, 2.0), order)
        until(lambda: order == [1.0, 2.0])  # although the first turn was never given back
    for thread in threads:
        thread.join(60)
    assert (turns._free, turns._waiting, turns._taken) == (1, [], [])


def test_without_patience_nobody_is_passed_by():
    turns, order = Turns(1), []
    with turns.turn(0.0):
        threads = queue(turns, (1.0,), order)
        threads[0].join(0.1)
        assert order == []
    threads[0].join(60)
    assert order == [1.0]


def test_quiet_is_waited_for():
    turns = Turns(1)
    turns.quiet(60)  # nobody was ever there
    with turns.turn(0.0):
        began = time.perf_counter()
        turns.quiet(0.05)
        assert time.perf_counter() - began > 0.04
        waiting = started(turns.quiet, 60)
    waiting.join(60)
    assert not waiting.is_alive()


def test_the_load_is_the_time_taken_and_is_forgotten(monkeypatch):
    clock = [100.0]
    monkeypatch.setattr("playground.runs.turns.time.perf_counter", lambda: clock[0])
    turns = Turns(1)
    assert turns.load() == 0
    for _ in range(4000):  # 10 ms of every 40
        turn = turns.take(0.0)
        clock[0] += 0.01
        turns.give(turn)
        clock[0] += 0.03
    assert turns.load() == pytest.approx(0.25, abs=0.01)
    clock[0] += 3
    assert turns.load() == pytest.approx(0.25 * np.exp(-3), rel=0.05)


def test_a_job_just_begun_goes_before_pages_and_an_older_one_after():
    assert drain.urgency(0.0) < 0.0 == drain.urgency(drain.FAIR / 2) < drain.urgency(1.0)


@pytest.mark.parametrize(("load", "worked", "rested"), [(0.0, 5.0, 0.0), (0.5, 0.01, 0.02), (1.0, 9.0, drain.POLITE)])
def test_a_long_job_rests_as_the_pages_take_time(monkeypatch, load, worked, rested):
    turns, slept = Turns(1), []
    monkeypatch.setattr(turns, "load", lambda: load)
    monkeypatch.setattr(drain, "_turns", turns)
    monkeypatch.setattr(drain.time, "sleep", slept.append)
    drain.rest(worked)
    assert slept == [pytest.approx(rested)]
