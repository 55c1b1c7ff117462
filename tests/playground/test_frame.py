"""What is imported behind the visitors' backs: piece by piece, in calm moments, and never in the way of a known page."""

import threading

import pytest

from playground import frame
from playground.runs import baton


@pytest.fixture
def imports(monkeypatch):
    """Pieces are noted in place of being imported; (names, what was held at each, a hook run at each)."""
    noted, held, hooks = [], [], []

    def note(name):
        noted.append(name)
        held.append(frame._importing.locked())
        for hook in hooks:
            hook()

    monkeypatch.setattr(frame, "import_module", note)
    monkeypatch.setattr(frame, "BREATH", 0.01)
    return noted, held, hooks


def test_every_piece_is_imported_once_under_the_lock(imports):
    noted, held, _ = imports
    frame.warm_rest()
    assert tuple(noted) == frame.REST
    assert all(held)
    assert not frame._importing.locked()


def test_a_page_that_waits_comes_in_between_two_pieces(imports):
    noted, _, hooks = imports
    came, waiting = [], threading.Event()

    def page():
        waiting.set()
        with frame._importing:
            came.append(len(noted))

    visitor = threading.Thread(target=page)

    def begin():
        if not visitor.ident:
            visitor.start()
            waiting.wait(5)

    hooks.append(begin)
    frame.warm_rest()
    visitor.join(5)
    assert came
    assert came[0] < len(frame.REST)


def test_pieces_are_put_off_while_people_compute_but_not_for_ever(imports, monkeypatch):
    noted, _, _ = imports
    load = [1.0]
    monkeypatch.setattr(baton.turns, "load", lambda: load[0])
    behind = threading.Thread(target=frame.warm_rest)
    behind.start()
    behind.join(0.3)
    assert noted == []
    load[0] = 0.0
    behind.join(5)
    assert tuple(noted) == frame.REST
    noted.clear()
    load[0] = 1.0
    monkeypatch.setattr(frame, "AWHILE", 0.02)
    frame.warm_rest()
    assert tuple(noted) == frame.REST


class Asked:
    """A page that was asked for."""

    url_path = "asked"

    def __init__(self):
        self.runs = 0

    def run(self):
        self.runs += 1


@pytest.fixture
def page(monkeypatch):
    asked = Asked()
    monkeypatch.setattr(frame, "navigation", lambda: asked)
    monkeypatch.setattr(frame.session, "enter", lambda: None)
    monkeypatch.setattr(frame.session, "arrived", lambda _: None)
    monkeypatch.setattr(frame, "_known", set())
    return asked


def test_a_page_waits_for_an_import_the_first_time_and_never_again(page):
    first = threading.Thread(target=frame.show)
    with frame._importing:
        first.start()
        first.join(0.2)
        assert page.runs == 0
    first.join(5)
    assert page.runs == 1
    again = threading.Thread(target=frame.show)
    with frame._importing:
        again.start()
        again.join(5)
        assert page.runs == 2


def test_a_page_that_failed_is_not_known(page):
    page.run = lambda: 1 / 0
    with pytest.raises(ZeroDivisionError):
        frame.show()
    assert frame._known == set()
