"""The baton: one holder at a time, put down while waiting, and never lost."""

import ast
import threading
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from playground.runs import baton, drain
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


def page():
    """A fragment that is looked at, beside one that says no news and one that begins the page anew."""
    import streamlit as st

    from playground import session
    from playground.runs import baton
    from tests.playground.runs import test_baton

    @baton.fragment(60, lambda: test_baton.NEWS[-1])
    def look():
        test_baton.PARTS["look"] = session.part()
        st.caption(str(test_baton.NEWS[-1]))
        if test_baton.NEWS[-1] == "end":
            st.stop()

    @baton.fragment(60)
    def silent():
        test_baton.PARTS["silent"] = session.part()

    look()
    silent()


NEWS, PARTS = [1], {}


def test_what_is_looked_at_is_idle_until_it_has_news_and_not_if_it_was_not_drawn_to_its_end():
    at = AppTest.from_function(page).run()
    assert not at.exception
    assert baton.idle(*PARTS["look"])
    assert not baton.idle(*PARTS["silent"]), "it says no news, so nobody knows"
    assert not baton.idle("nobody", PARTS["look"][1])
    NEWS.append(2)
    assert not baton.idle(*PARTS["look"])
    at.run()
    assert baton.idle(*PARTS["look"])
    NEWS.append("end")
    at.run()
    assert not baton.idle(*PARTS["look"])
    del at
    NEWS[:] = [1]


def test_a_job_has_news_with_every_step_and_in_every_phase_and_else_none():
    gate = threading.Semaphore(0)

    def steps():
        for i in range(2):
            gate.acquire()
            yield drain.Step(i, i)
        gate.acquire()

    job = drain.Job(steps, 1 << 20)
    said = [job.news()]
    for taken in (1, 2):
        gate.release()
        while job.progress().steps < taken:
            pass
        said.append(job.news())
    gate.release()
    job.wait(60)
    said.append(job.news())
    assert len(set(said)) == 4
    assert job.news() == said[-1]


def test_every_fragment_that_is_looked_at_again_and_again_says_its_news():
    root = Path(__file__).resolve().parents[3]
    silent = []
    for file in [*root.glob("pages/*.py"), *root.glob("playground/**/*.py")]:
        for call in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "baton.fragment":
                silent += [f"{file.name}:{call.lineno}"] * (len(call.args) + len(call.keywords) == 1)
    assert silent == []
