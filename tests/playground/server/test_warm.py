"""What is imported behind the visitors' backs: piece by piece, in calm moments, and never in the way of a known page."""

import threading

import pytest

from playground import importing
from playground.runs import baton
from playground.server import warm


@pytest.fixture
def imports(monkeypatch):
    """Pieces are noted in place of being imported; (names, what was held at each, a hook run at each)."""
    noted, held, hooks = [], [], []

    def note(name):
        noted.append(name)
        held.append(importing.lock.locked())
        for hook in hooks:
            hook()

    monkeypatch.setattr(importing, "import_module", note)
    monkeypatch.setattr(importing, "known", lambda name: False)
    monkeypatch.setattr(warm, "BREATH", 0.01)
    return noted, held, hooks


def test_every_piece_is_imported_once_under_the_lock(imports):
    noted, held, _ = imports
    warm.rest()
    assert tuple(noted) == warm.REST
    assert all(held)
    assert not importing.lock.locked()


def test_a_page_that_waits_comes_in_between_two_pieces(imports):
    noted, _, hooks = imports
    came, waiting = [], threading.Event()

    def page():
        waiting.set()
        with importing.lock:
            came.append(len(noted))

    visitor = threading.Thread(target=page)

    def begin():
        if not visitor.ident:
            visitor.start()
            waiting.wait(5)

    hooks.append(begin)
    warm.rest()
    visitor.join(5)
    assert came
    assert came[0] < len(warm.REST)


def test_pieces_are_put_off_while_people_compute_but_not_for_ever(imports, monkeypatch):
    noted, _, _ = imports
    load = [1.0]
    monkeypatch.setattr(baton.turns, "load", lambda: load[0])
    behind = threading.Thread(target=warm.rest)
    behind.start()
    behind.join(0.3)
    assert noted == []
    load[0] = 0.0
    behind.join(5)
    assert tuple(noted) == warm.REST
    noted.clear()
    load[0] = 1.0
    monkeypatch.setattr(warm, "AWHILE", 0.02)
    warm.rest()
    assert tuple(noted) == warm.REST
