"""What is made ready behind the visitors' backs: piece by piece, in calm moments, and never in the way of a known page."""

import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from playground import frame, importing
from playground.runs import baton, jobs
from playground.server import opened, warm

PAGES = [name for rows in frame.PAGES.values() for name, _, _ in rows]
WARMED = """
import json, threading, uvicorn
from core.vae import scores
from playground.runs import runs, shared
from playground.server import server, warm
from tests import apps

scores.TESTED, scores.TRAINED, server.FIRST = 20, 200, 0
warmed, screens = threading.Event(), warm.screens
warm.screens = lambda loop: screens(loop) or warmed.set()
serving = uvicorn.Server(uvicorn.Config(server.app, port=0, log_level="error"))
thread = threading.Thread(target=serving.run)
thread.start()
assert warmed.wait(120)
serving.should_exit = True
thread.join()
runs.AT_ONCE, counts = 60, [shared.store.computed]
for name in PAGES:
    apps.opened(f"pages/{name}.py")
    counts.append(shared.store.computed)
print(json.dumps(counts))
"""


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


def test_who_opens_a_page_first_finds_all_that_its_default_screen_asks_for():
    """A server's own visits, then a page in a new session: no value of the shared store is computed anew."""
    told = subprocess.run(
        [sys.executable, "-c", f"PAGES = {PAGES!r}\n{WARMED}"],
        cwd=Path(__file__).resolve().parents[3], capture_output=True, text=True, check=True, timeout=240,
    )  # fmt: skip
    first, *after = json.loads(told.stdout.splitlines()[-1])
    assert first > len(PAGES)
    assert dict(zip(PAGES, after, strict=True)) == dict.fromkeys(PAGES, first)


def test_pages_are_opened_one_by_one_and_only_while_nobody_computes(monkeypatch):
    noted, load, living = [], [1.0], [0]
    monkeypatch.setattr(opened, "open_page", lambda name, loop: noted.append(name))
    monkeypatch.setattr(baton.turns, "load", lambda: load[0])
    monkeypatch.setattr(jobs, "living", lambda: living[0])
    monkeypatch.setattr(opened, "LONGEST", 0.05)
    behind = threading.Thread(target=warm.screens, args=[None])
    behind.start()
    behind.join(0.2)
    assert noted == []
    load[0], living[0] = 0.0, 1
    behind.join(30)
    assert noted == [], "somebody's job is alive"
    living[0] = 0
    warm.screens(None)
    assert noted == PAGES
