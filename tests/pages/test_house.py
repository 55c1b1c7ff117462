"""Every page, alone and inside the frame; Home; and the way from one to the other."""

from pathlib import Path
from urllib.parse import parse_qsl

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.data import builtin
from playground import frame
from playground.instruments.stage import unpack
from playground.runs import runs
from tests import apps
from tests.bench.people import changes

ROOT = Path(__file__).resolve().parents[2]
PAGES = [(name, title) for rows in frame.PAGES.values() for name, title, _ in rows]
ENDS = ("home", "paint")  # where no rung comes after
TITLES = {"home": "Generative Playground", "em": "EM by hand"}


@pytest.fixture(autouse=True)
def _rested(monkeypatch):
    """A page comes after a second, finished or not. What it goes on with is small."""
    monkeypatch.setattr("core.vae.scores.TESTED", 20)
    monkeypatch.setattr("core.vae.scores.TRAINED", 200)
    with apps.rested(monkeypatch, 1.0):
        yield


def app(path="streamlit_app.py"):
    return AppTest.from_file(str(ROOT / path), default_timeout=120)


def healthy(at):
    assert not at.exception, [e.message for e in at.exception]
    assert not at.error
    return at


def test_every_file_in_pages_is_in_the_table_and_the_other_way_round():
    assert {path.stem for path in (ROOT / "pages").glob("*.py")} == {name for name, _ in PAGES}


@pytest.mark.parametrize("name", [name for name, _ in PAGES])
def test_a_page_opened_alone_and_its_experiments(name):
    alone = healthy(app(f"pages/{name}.py").run())
    assert [title.value for title in alone.title] == [TITLES.get(name, dict(PAGES)[name])]
    links = [link.proto.query_string for link in alone.get("page_link") if link.proto.query_string]
    assert len(links) >= 3
    for link in links if name != "home" else ():  # its links lead to other pages
        at = app(f"pages/{name}.py")
        for key, value in parse_qsl(link.lstrip("?")):
            at.query_params[key] = value
        healthy(at.run())
        assert not [w for w in at.warning if "In this link" in w.value]


@pytest.mark.parametrize("name", [name for name, _ in PAGES])
def test_a_page_inside_the_frame(name):
    at = healthy(app().run())
    healthy(at.switch_page(f"pages/{name}.py").run())
    assert [title.value for title in at.title] == [TITLES.get(name, dict(PAGES)[name])]
    assert apps.messages(at)
    onward = [m.value for m in at.markdown if m.value.startswith("Next: ")]
    assert len(onward) == (name not in ENDS), "it ends with the question of the next rung"
    if onward:
        assert onward[0].endswith("?")
        assert at.get("page_link")[-1].proto.label in dict(PAGES).values()


def test_a_run_survives_a_visit_to_another_page():
    at = healthy(app().run())
    at.switch_page("pages/em.py").run()
    run = at.session_state["held"]["run.em"]
    at.switch_page("pages/home.py").run()
    healthy(at.switch_page("pages/em.py").run())
    assert at.session_state["held"]["run.em"] is run


def test_home_is_alive_at_once(monkeypatch):
    monkeypatch.setattr(runs, "AT_ONCE", 30.0)
    at = healthy(app().run())
    run = at.session_state["held"]["run.home"]
    assert run.job.progress().phase == "done"
    message = unpack(apps.messages(at)[0])
    assert len(message["frames"]) == len(run.job.trace) > 3
    assert message["scene"]["autoplay"]
    assert "Handles" not in {layer["kind"] for layer in message["scene"]["layers"]}


def test_home_offers_every_set_and_two_ways_of_ones_own():
    at = healthy(app().run())
    offered = {link.proto.label for link in at.get("page_link")}
    assert {*(title for title in builtin.NAMES.values()), "Draw your own", "Your own file"} <= offered


def test_a_set_of_the_shelf_opens_the_page_that_suits_it():
    offered = {link.proto.label: link.proto.page for link in healthy(app().run()).get("page_link")}
    lines = {title for name, title in builtin.NAMES.items() if builtin.dim(name) == 1}
    assert lines
    for title in builtin.NAMES.values():
        assert offered[title].endswith("fit1" if title in lines else "em"), title
    assert offered["Your own file"].endswith("em")


@pytest.mark.parametrize("link", ["Pinwheel", "Wines", "Draw your own", "Your own file"])
def test_a_link_from_the_shelf_opens_that_set(link):
    at = app("pages/em.py")
    at.query_params["data"] = link
    assert healthy(at.run()).selectbox(key="data").format_func(at.selectbox(key="data").value) == link


def test_two_people_do_not_share_a_run(monkeypatch):
    monkeypatch.setattr(runs, "AT_ONCE", 30.0)
    one, other = healthy(app("pages/em.py").run()), healthy(app("pages/em.py").run())
    other.slider(key="components").set_value(2).run()
    assert one.session_state["held"]["owner"] != other.session_state["held"]["owner"]
    assert one.session_state["held"]["run.em"].job.trace[-1].state.means.shape == (8, 2)
    np.testing.assert_array_equal(other.session_state["held"]["run.em"].job.trace[-1].state.means.shape, (2, 2))


def test_home_leads_to_every_page_with_a_sentence_about_each():
    at = healthy(app().run())
    offered = {link.proto.label for link in at.get("page_link")}
    assert {f"**{title}**" for name, title in PAGES if name != "home"} <= offered
    said = [caption.value for caption in at.caption]
    assert len([line for line in said if line.endswith((".", "?"))]) >= len(PAGES) - 1
    assert "" not in said


def test_every_page_is_measured_with_many_people():
    """`make bench` knows what is changed most on each, and what costs most."""
    assert set(changes.PAGES) == {name for name, _ in PAGES}
    assert all(len(made) == 2 for name, made in changes.PAGES.items() if name != "home")
