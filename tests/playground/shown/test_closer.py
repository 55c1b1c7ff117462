"""The closer look: the right panel is brought in when it is chosen and not before, and every page ends alike."""

import importlib
import sys
import threading
import time

import pytest

from core.check import Check
from core.process import Step
from playground.runs import runs
from playground.shown import closer
from playground.shown.files import Download, Home
from tests import apps


def page():
    """A page of its own: its panels are in a made-up room."""
    from playground.shown import closer
    from tests import toyroom

    closer.ROOMS = toyroom.__name__.rpartition(".")[0]
    closer.closer("toyroom", {"One": "one", "Two": "two"}, "the screen", "the step")


@pytest.fixture(autouse=True)
def made_up(monkeypatch):
    monkeypatch.setattr(closer, "ROOMS", closer.ROOMS)
    for name in [name for name in sys.modules if "toyroom.panels" in name]:
        monkeypatch.delitem(sys.modules, name)
    with apps.rested(monkeypatch):
        yield


def test_the_first_panel_is_shown_and_the_others_are_not_even_imported():
    at = apps.opened(page)
    assert [m.value for m in at.markdown] == ["one: the screen, the step"]
    assert "tests.toyroom.panels.one" in sys.modules
    assert "tests.toyroom.panels.two" not in sys.modules


def test_the_chosen_panel_is_shown():
    at = apps.opened(page, panel="Two")
    assert [m.value for m in at.markdown] == ["two: the screen, the step"]


def test_the_run_of_a_panel_that_is_left_rests_until_it_is_chosen_again(monkeypatch):
    monkeypatch.setattr(runs, "AT_ONCE", 0.01)
    taken, pace = [], threading.Event()

    def endless():
        while True:
            pace.wait(0.002)
            taken.append(1)
            yield Step(len(taken), None)

    monkeypatch.setattr(importlib.import_module("tests.toyroom.panels.one"), "show",
                        lambda screen, step: runs.open_run("one", (), "", endless))  # fmt: skip
    at = apps.opened(page)
    run = at.session_state["held"]["run.one"]
    at.session_state["panel"] = "Two"
    at.run()
    until(lambda: run.job.progress().phase == "paused")
    count = len(taken)
    at.run()
    assert len(taken) == count
    at.session_state["panel"] = "One"
    assert at.run().session_state["held"]["run.one"] is run
    until(lambda: len(taken) > count)


def until(condition):
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, "it never came true"
        threading.Event().wait(0.002)


def test_every_page_ends_with_the_self_test_and_the_files():
    assert closer.titles({"One": "one"}) == ("One", "Self-test", "Code and files")
    at = apps.opened(page, panel="Self-test")
    note, strip = (m.value for m in at.markdown)
    assert "| ✓ | one is one |" in strip
    assert "| ✗ broken | two is three |" in strip
    assert note == "About numbers."


def test_what_is_taken_home_is_offered():
    at = apps.opened(page, panel="Code and files")
    assert at.code[0].value == "print(1)"
    assert "Numbers (CSV)" in [b.label for b in at.get("download_button")]
    assert "one note" in apps.words(at)


def test_a_panel_nobody_knows_is_the_first_and_a_page_may_open_with_another():
    assert apps.opened(page, panel="Three").markdown[0].value.startswith("one")


def test_identities_come_one_after_the_other_and_a_long_one_lets_others_have_their_turn():
    def checks():
        yield Check("a", 1.0, 1.0, 0.0)
        yield None
        yield Check("b", 2.0, 2.0, 0.0)

    steps = list(closer.SelfTest((), checks).steps())
    assert [[check.name for check in step.state] for step in steps] == [["a"], ["a"], ["a", "b"]]


def test_a_home_is_frozen():
    home = Home("print(1)", (Download("a", "b", bytes),))
    with pytest.raises(AttributeError):
        home.script = "print(2)"


def test_the_place_of_a_panel_is_of_another_kind_than_that_of_the_one_before():
    """A block keeps what was in it where the next in its place is of the same kind."""

    def kinds(at):
        place = list(at.main.children.values())[-1]
        return type(next(iter(place.children.values()))).__name__

    at = apps.opened(page)
    first = kinds(at)
    assert kinds(at.run()) == first, "the same panel again keeps its place"
    at.session_state["panel"] = "Two"
    second = kinds(at.run())
    assert second != first
    assert at.markdown[0].value.startswith("two")
    at.session_state["panel"] = "One"
    assert kinds(at.run()) == first
