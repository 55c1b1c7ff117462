"""The address reproduces the screen after any sequence of actions: a fresh session that opens it shows the same.

A walk changes widgets at random, and at times turns back to an address it came through, as the browser's back button and
undo do. Every beginning of a walk is a walk of its own: its screen is opened afresh after each action.
"""

import os
import random
from functools import partial
from urllib.parse import parse_qsl

import pytest
from streamlit.testing.v1 import local_script_runner

from core.options import title
from playground import trail
from playground.instruments.stage import unpack
from playground.runs import runs
from tests import apps

PAGES = ("game", "outfits", "pixels", "decide", "fit1", "fit2", "em", "vae", "diffusion", "paint")
SCREENS = 200 if os.environ.get("EXAMPLES") == "soak" else 8
"""How many beginnings of a page's walk are looked at; every screen costs its action and a fresh session."""
BACK = 0.15  # of the actions turn back
KINDS = ("selectbox", "button_group", "slider", "number_input", "toggle", "select_slider")
BEGIN = {"vae": {"panel": "Code and files"}}
SHORT = {"vae": {"epochs": "3"}, "paint": {"samples": "4", "steps": "3"}}  # of every experiment
QUICK = {  # what would take long otherwise
    "n": (100, 300), "iterations": (3, 200), "samples": (4, 9), "steps": (2, 5), "model": ("2-D", "16-D"),
    "painter": ("Stored",), "says": ("Exact", "Stored"), "pictures": ("Drawn digits", "Outfits", "Jars"),
}  # fmt: skip


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """A page's own run is complete when the page comes; what its panels work out is not waited for."""
    opened = runs.open_run

    def open_run(name, *rest, **named):
        monkeypatch.setattr(runs, "AT_ONCE", 60.0 if name in PAGES else 0.0)
        monkeypatch.setattr(runs, "AT_FIRST", 60.0 if name in PAGES else 0.0)
        return opened(name, *rest, **named)

    with apps.rested(monkeypatch):
        monkeypatch.setattr(runs, "open_run", open_run)
        yield


def framed(path, page):
    """A page as the frame shows it, which AppTest passes by."""
    import runpy

    from playground import frame, session

    frame.navigation()
    session.enter()
    session.open_page(page)
    runpy.run_path(path)


def opened(page, **query):
    """A page opened by a link in a session of its own."""
    at = apps.opened(framed, {"path": str(apps.ROOT / "pages" / f"{page}.py"), "page": page}, **query)
    at.newest = {"caption": None, "metrics": None}
    shown(at)
    return at


def widgets(at):
    """The widgets whose values the address holds."""
    return [one for kind in KINDS for one in at.get(kind) if one.key and one.proto.query_param_key]


def said(one):
    """A widget's value as the address says it."""
    return one.options[one.index] if one.type == "selectbox" else title(str(one.value))


def settings(at):
    """What every widget says, by its name in the address."""
    return {one.key: said(one) for one in widgets(at)}


def address(at):
    """All that the address bar would say; a browser leaves the defaults out."""
    linked = {name: value[-1] if isinstance(value, list) else value for name, value in at.query_params.items()}
    return linked | {name: word for name, word in settings(at).items() if word != "None"}


def shown(at):
    """What the main instrument plays: how many frames, and the caption and the metrics of the newest.

    To be asked after every action, as a frame is sent once.
    """
    if not (sent := apps.messages(at)):
        return "nothing", apps.words(at), None
    header = unpack(sent[0])
    if header["frames"]:
        at.newest = header["frames"][-1]
    return header["first"] + len(header["frames"]), at.newest["caption"], at.newest["metrics"]


def change(at, rng):
    """Change one widget at random; what was done, in words."""
    one = rng.choice([one for one in widgets(at) if not one.disabled])
    among = QUICK.get(one.key)
    if one.type == "toggle":
        one.set_value(not one.value)
    elif one.type in ("selectbox", "button_group", "select_slider"):
        word = rng.choice([word for word in one.options if word in (among or one.options)] or one.options)
        one.select_index(one.options.index(word)) if one.type == "selectbox" else one.set_value(word)
    else:
        step = one.step or 1
        wanted = rng.choice(among) if among else one.min + step * round(rng.uniform(0, (one.max - one.min) / step))
        one.set_value(type(one.value)(wanted))
    at.run()
    assert not at.exception, (one.key, [e.message for e in at.exception])
    return f"{one.key}={said(one)}"


def turn(at, link, monkeypatch):
    """Turn to an address as the browser's back button does."""
    at.query_params.clear()
    at.query_params.update(link)
    with monkeypatch.context() as now:
        asked = partial(local_script_runner.RerunData, is_history_navigation=True)
        now.setattr(local_script_runner, "RerunData", asked)
        at.run()
    assert not at.exception, [e.message for e in at.exception]


def assert_same(at, fresh, done):
    done = "\n".join(map(str, done))
    assert settings(fresh) == settings(at), done
    assert shown(fresh) == shown(at), done
    assert not [w.value for w in fresh.warning if "In this link" in w.value], done


@pytest.mark.parametrize("page", PAGES)
def test_the_address_reproduces_the_screen_after_any_walk(page, monkeypatch):
    rng = random.Random(page)
    at = opened(page, **BEGIN.get(page, {}))
    links, done = [address(at)], []
    for _ in range(SCREENS):
        if rng.random() < BACK:
            links.append(rng.choice(links))
            turn(at, links[-1], monkeypatch)
            done.append(f"back to {links[-1]}")
        else:
            done.append(change(at, rng))
            links.append(address(at))
        assert_same(at, opened(page, **links[-1]), done)


@pytest.mark.parametrize("page", PAGES)
def test_three_experiments_in_a_row_leave_nothing_but_what_the_address_of_the_last_shows(page, monkeypatch):
    at = opened(page, **BEGIN.get(page, {}))
    links = [dict(parse_qsl(link.proto.query_string)) for link in at.get("page_link")]
    tries = [link | SHORT.get(page, {}) for link in links if link.pop(trail.TRY, None)]
    assert len(tries) == 3
    for link in tries:
        turn(at, link, monkeypatch)
    assert_same(at, opened(page, **tries[-1]), tries)
