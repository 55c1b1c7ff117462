"""While a change waits for its turn, the page stays what it was, to the byte, and says what it waits for."""

import json

import pytest

from playground.runs import drain, jobs, runs
from playground.runs.turns import Turns
from tests import apps

PAGES = {"em": {}, "fit2": {}, "decide": {}, "diffusion": {}, "paint": {"samples": 4, "steps": 3}}


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    with apps.rested(monkeypatch):
        yield


def shown(at):
    """All that a page shows of its run: what its instruments were sent, the figures beside them, and its tables."""
    told = [json.loads(c.proto.json) for c in at.get("bidi_component") if c.proto.component_name == "figures"]
    return apps.messages(at), [one["shown"] for one in told], [m.value for m in at.markdown]


def waiting(at):
    return [c.value for c in at.caption if c.value.startswith("Waiting")]


@pytest.mark.parametrize("page", PAGES)
def test_what_is_on_show_stays_until_the_next_has_something_to_show(monkeypatch, page):
    at = apps.opened(f"pages/{page}.py", seed=1, **PAGES[page])
    before, run = shown(at), at.session_state["held"][f"run.{page}"]
    assert run.job.progress().phase == "done"
    monkeypatch.setattr(runs, "AT_ONCE", 0.02)
    turns = Turns(1)
    monkeypatch.setattr(drain, "_turns", turns)
    with turns.turn(0.0):
        for seed in (2, 3):
            at.number_input(key="seed").set_value(seed).run()
            assert not at.exception
            assert shown(at) == before
            assert waiting(at) == ["Waiting for 1 other..."]
            assert at.number_input(key="seed").value == seed
            now = at.session_state["held"][f"run.{page}"]
            assert (now.job.progress().phase, len(now.job.trace)) == ("waiting", 0)
        names = [name.partition("/")[2] for name in jobs._jobs]
        assert names.count(page) == 1  # of seed 3: that of seed 1 was not begun again for what it shows
    now.job.wait(60)
    at.run()
    assert (waiting(at), at.session_state["held"][f"run.{page}"]) == ([], now)
    assert shown(at) != before
    fresh = apps.opened(f"pages/{page}.py", seed=3, **PAGES[page])
    assert shown(at)[1] == shown(fresh)[1]


def test_a_page_that_shows_nothing_yet_says_what_it_waits_for(monkeypatch):
    monkeypatch.setattr(runs, "AT_ONCE", 0.02)
    monkeypatch.setattr(runs, "AT_FIRST", 0.02)
    turns = Turns(1)
    monkeypatch.setattr(drain, "_turns", turns)
    with turns.turn(0.0):
        at = apps.opened("pages/diffusion.py")
        assert (waiting(at), apps.messages(at)) == (["Waiting for 1 other..."], [])
    at.session_state["held"]["run.diffusion"].job.wait(60)
    at.run()
    assert (waiting(at), len(apps.messages(at)) > 0) == ([], True)


def test_the_line_follows_the_hand_over_the_fit_that_is_on_show_meanwhile(monkeypatch):
    at = apps.opened("pages/fit2.py")
    monkeypatch.setattr(runs, "AT_ONCE", 0.02)
    turns = Turns(1)
    monkeypatch.setattr(drain, "_turns", turns)
    with turns.turn(0.0):
        at.number_input(key="seed").set_value(2).run()
        messages = apps.messages(at)
        screen = at.session_state["held"]["standing.fit2"][0]
        line = ((screen.dataset.digest, screen.column), float(screen.dataset.points[:, screen.column].min()))
        at.session_state["held"]["screen."]["line"] = line
        at.run()
        assert waiting(at) == ["Waiting for 1 other..."]
        moved = apps.messages(at)
        assert (len(moved), moved != messages) == (len(messages), True)


def test_both_hands_follow_over_the_models_that_are_on_show_meanwhile(monkeypatch):
    at = apps.opened("pages/decide.py", panel="Code and files")
    monkeypatch.setattr(runs, "AT_ONCE", 0.02)
    turns = Turns(1)
    monkeypatch.setattr(drain, "_turns", turns)
    with turns.turn(0.0):
        at.number_input(key="seed").set_value(2).run()
        messages = apps.messages(at)
        digest = at.session_state["held"]["standing.decide"][0].dataset.digest
        at.session_state["held"]["screen."]["decide.hand"] = (digest, (1.0, -2.0))
        at.run()
        assert waiting(at) == ["Waiting for 1 other..."]
        moved = apps.messages(at)
        assert (len(moved), moved != messages) == (len(messages), True)
