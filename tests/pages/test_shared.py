"""What the first visitor's page has computed is there for the second, and nobody finds what another has brought."""

import numpy as np
import pytest

from playground.rungs.fit2.panels import conditionals
from playground.rungs.vae import film, through
from playground.runs import drain
from playground.runs.shared import Reader
from playground.shelf import sketch
from tests import apps

PAGES = ("home", "em", "fit1", "fit2", "diffusion", "paint", "outfits", "pixels", "decide")
QUIET = {"panel": "Code and files"}


@pytest.fixture(autouse=True)
def _rested(monkeypatch):
    with apps.rested(monkeypatch):
        yield


@pytest.fixture
def taken(monkeypatch):
    """The Steps that were computed, by whichever job, as they are."""
    found = []
    compute = Reader._compute

    def counted(self):
        told = compute(self)
        found.append(told[0])
        return told

    monkeypatch.setattr(Reader, "_compute", counted)
    return found


def drained(monkeypatch):
    """The Steps that jobs record."""
    found = []
    append = drain.Trace.append
    monkeypatch.setattr(drain.Trace, "append", lambda self, step: found.append(step) or append(self, step))
    return found


@pytest.mark.parametrize("page", PAGES)
def test_the_second_session_on_a_page_takes_no_step_of_its_own(page, taken, monkeypatch):
    recorded = drained(monkeypatch)
    first = apps.opened(f"pages/{page}.py", **QUIET)
    computed, seen = len(taken), len(recorded)
    assert computed >= seen > 0
    second = apps.opened(f"pages/{page}.py", **QUIET)
    assert len(taken) == computed
    assert all(a is b for a, b in zip(recorded[:seen], recorded[seen:], strict=True))
    assert apps.messages(second) == apps.messages(first)
    assert first.session_state["held"][f"run.{page}"].job is not second.session_state["held"][f"run.{page}"].job


@pytest.mark.parametrize(
    ("page", "panel"),
    [
        ("fit1", "Families"),
        ("fit2", "Numbers"),
        ("vae", "Numbers"),
        ("vae", "The truth beside it"),
        ("decide", "Learning curves"),
    ],
)
def test_a_closer_look_is_worked_out_once(page, panel, taken, monkeypatch):
    monkeypatch.setattr("core.vae.scores.TESTED", 20)
    monkeypatch.setattr("core.vae.scores.TRAINED", 200)
    recorded = drained(monkeypatch)
    for _ in range(2):
        apps.opened(f"pages/{page}.py", panel=panel)
    seen = len(recorded) // 2
    assert len(recorded) == 2 * seen > 0
    assert all(a is b for a, b in zip(recorded[:seen], recorded[seen:], strict=True))
    assert len({id(step) for step in recorded} - {id(told) for told in taken}) == 0


def test_the_second_session_asks_the_vae_nothing(monkeypatch):
    asked = []
    for module, name in ((film, "still"), (film, "plane"), (through, "through"), (through, "bound")):
        made = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *a, made=made, name=name: asked.append(name) or made(*a))
    first = apps.opened("pages/vae.py", **QUIET)
    assert sorted(asked) == ["bound", "plane", "still", "through"]
    second = apps.opened("pages/vae.py", **QUIET)
    assert len(asked) == 4
    assert apps.messages(second) == apps.messages(first)
    apps.opened("pages/vae.py", row=7, **QUIET)
    assert sorted(asked[4:]) == ["bound", "through"], "another picture is asked for, of the same codes"


def test_the_columns_alone_are_drawn_once_wherever_the_line_is(monkeypatch):
    drawn, marginal = [], conditionals.marginal
    monkeypatch.setattr(conditionals, "marginal", lambda *a: drawn.append(a[2]) or marginal(*a))
    at = apps.opened("pages/fit2.py", model="Gaussian")
    at.session_state["given"] = "up"
    assert not at.run().exception
    assert drawn == [0, 1]
    at.session_state["model"] = "Gaussian copula"
    assert not at.run().exception
    assert drawn == [0, 1, 0, 1]


def test_a_drawing_is_computed_for_each_alone(taken):
    xy = np.random.default_rng(1).random((60, 2))
    drawing = {"data": "Draw your own", "points": sketch.encode(xy, np.zeros(60)), "components": 2}
    for _ in range(2):
        at = apps.opened("pages/em.py", **drawing, **QUIET)
        assert len(at.session_state["held"]["run.em"].job.trace) > 1
    assert taken == []


def test_a_start_that_a_hand_chose_is_nobody_elses(taken):
    apps.opened("pages/fit1.py", means="0.5,2", **QUIET)
    apps.opened("pages/diffusion.py", means="0.5,2", **QUIET)
    assert taken == []
