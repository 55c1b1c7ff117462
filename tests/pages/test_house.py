"""Every page, alone and inside the frame; Home; and the way from one to the other."""

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.data import builtin
from playground import frame
from playground.instruments.stage import unpack
from tests import apps

ROOT = Path(__file__).resolve().parents[2]
PAGES = [(name, title) for rows in frame.PAGES.values() for name, title, _ in rows]
TITLES = {"home": "Generative Playground", "em": "EM by hand"}


@pytest.fixture(autouse=True)
def _rested(monkeypatch):
    with apps.rested(monkeypatch):
        yield


def app(path="streamlit_app.py"):
    return AppTest.from_file(str(ROOT / path), default_timeout=30)


def healthy(at):
    assert not at.exception, [e.message for e in at.exception]
    assert not at.error
    return at


def test_every_file_in_pages_is_in_the_table_and_the_other_way_round():
    assert {path.stem for path in (ROOT / "pages").glob("*.py")} == {name for name, _ in PAGES}


@pytest.mark.parametrize("name", [name for name, _ in PAGES])
def test_a_page_opened_alone(name):
    at = healthy(app(f"pages/{name}.py").run())
    assert [title.value for title in at.title] == [TITLES.get(name, dict(PAGES)[name])]


@pytest.mark.parametrize("name", [name for name, _ in PAGES])
def test_a_page_inside_the_frame(name):
    at = healthy(app().run())
    healthy(at.switch_page(f"pages/{name}.py").run())
    assert [title.value for title in at.title] == [TITLES.get(name, dict(PAGES)[name])]
    assert len(at.get("bidi_component")) >= 1


def test_a_run_survives_a_visit_to_another_page():
    at = healthy(app().run())
    at.switch_page("pages/em.py").run()
    run = at.session_state["held"]["run.em"]
    at.switch_page("pages/home.py").run()
    healthy(at.switch_page("pages/em.py").run())
    assert at.session_state["held"]["run.em"] is run


def test_home_is_alive_at_once():
    at = healthy(app().run())
    run = at.session_state["held"]["run.home"]
    assert run.job.progress().phase == "done"
    message = unpack(at.get("bidi_component")[0].proto.bytes)
    assert len(message["frames"]) == len(run.job.trace) > 3
    assert message["scene"]["autoplay"]
    assert "Handles" not in {layer["kind"] for layer in message["scene"]["layers"]}


def test_home_offers_every_set_and_two_ways_of_ones_own():
    at = healthy(app().run())
    offered = {link.proto.label for link in at.get("page_link")}
    assert {*(title for title in builtin.NAMES.values()), "Draw your own", "Your own file"} <= offered


@pytest.mark.parametrize("link", ["Pinwheel", "Wines", "Draw your own", "Your own file"])
def test_a_link_from_the_shelf_opens_that_set(link):
    at = app("pages/em.py")
    at.query_params["data"] = link
    assert healthy(at.run()).selectbox(key="data").format_func(at.selectbox(key="data").value) == link


@pytest.mark.parametrize("name", [name for name, _ in PAGES if name != "home"])
def test_the_experiments_of_a_page_stand(name):
    home = healthy(app(f"pages/{name}.py").run())
    links = [link.proto for link in home.get("page_link") if "?" in link.proto.page or link.proto.query_string]
    assert len(links) >= 3
    for link in links:
        at = app(f"pages/{name}.py")
        for pair in link.query_string.lstrip("?").split("&"):
            key, value = pair.split("=")
            from urllib.parse import unquote_plus

            at.query_params[key] = unquote_plus(value)
        healthy(at.run())
        assert not [w for w in at.warning if "In this link" in w.value]


def test_two_people_do_not_share_a_run():
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


@pytest.mark.parametrize("name", ["fit1", "fit2", "em", "vae"])
def test_a_page_ends_with_the_question_of_the_next_rung(name):
    at = healthy(app().run())
    healthy(at.switch_page(f"pages/{name}.py").run())
    *_, last = [m.value for m in at.markdown if m.value.startswith("Next: ")]
    assert last.endswith("?")
    titles = dict(PAGES)
    assert at.get("page_link")[-1].proto.label in titles.values()
