"""The baton: one holder at a time, put down while waiting, and never lost."""

import threading

import pytest

from playground.runs import baton
from playground.runs.turns import Turns


@pytest.fixture(autouse=True)
def own(monkeypatch):
    """A baton that no page of another test holds, and that nobody is hurried for."""
    monkeypatch.setattr(baton, "turns", Turns(1))
    return baton.turns


def other(work):
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def test_it_is_held_by_one_at_a_time(own):
    inside, order = threading.Event(), []

    def second():
        with baton.held():
            order.append("second")

    with baton.held():
        thread = other(second)
        inside.wait(0.05)
        order.append("first")
    thread.join(5)
    assert order == ["first", "second"]
    assert own._free == 1


def test_it_is_put_down_and_taken_up_again(own):
    order = []

    def second():
        with baton.held():
            order.append("second")

    with baton.held():
        with baton.down():
            other(second).join(5)
        order.append("first")
        assert own._free == 0
    assert order == ["second", "first"]
    assert own._free == 1


def test_who_had_it_before_gets_it_before_those_who_come(own):
    order, waits = [], threading.Event()

    def second():
        with baton.held():
            order.append("second")
            waits.wait(60)

    def third():
        with baton.held():
            order.append("third")

    with baton.held():
        with baton.down():
            threads = [other(second)]
            while own._free or not order:
                pass
            threads.append(other(third))
            while not own._waiting:
                pass
            threading.Timer(0.05, waits.set).start()
        order.append("first")
    for thread in threads:
        thread.join(5)
    assert order == ["second", "first", "third"]


def test_within_itself_it_does_nothing(own):
    with baton.held(), baton.held():
        assert own._free == 0
    assert own._free == 1
    with baton.down():
        assert own._free == 1


def test_an_exception_gives_it_back(own):
    with pytest.raises(ZeroDivisionError), baton.held():
        raise ZeroDivisionError
    assert own._free == 1
    with pytest.raises(ZeroDivisionError), baton.held(), baton.down():
        raise ZeroDivisionError
    assert own._free == 1
