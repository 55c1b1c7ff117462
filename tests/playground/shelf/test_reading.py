"""A file is read once, a verdict on it is kept, and a trouble that passes is not."""

from contextlib import contextmanager

import pytest
from streamlit.testing.v1 import AppTest

from core.data import builtin, confined
from core.data.confined import Passing
from core.data.read import read
from core.data.readers.table import ReadError
from playground.shelf import reading
from tests.core.data.readers.pictures.test_read import GREY, encoded, pngs

FAITHFUL = (builtin.TABLES / "faithful.csv").read_bytes()


def tables():
    import streamlit as st

    from playground.shelf import upload
    from playground.shelf.shelved import Shelved

    chosen = upload.uploaded((1, 2), lambda: Shelved(None, ""))
    st.text(chosen.dataset.title if chosen.dataset else "nothing")


def pictures():
    import streamlit as st

    from playground.shelf import pictures

    st.text(pictures.uploaded("digits").pictures.title)


def picture():
    import streamlit as st

    from core.data import images
    from playground.shelf import picture

    chosen = picture.uploaded("vae", images.load("digits"))
    st.text(chosen.title if chosen else "nothing")


CASES = {
    "tables": (tables, "faithful.csv", FAITHFUL, "nothing", "faithful.csv"),
    "pictures": (pictures, "a.zip", pngs(GREY, list("ab") * 6), "Handwritten digits", "a.zip"),
    "picture": (picture, "a.png", encoded(GREY[0]), "nothing", "Your picture"),
}


@pytest.fixture
def children(monkeypatch):
    """The modules of the children that were started, in order."""
    found, begin = [], confined.begin
    monkeypatch.setattr(confined, "begin", lambda module: (found.append(module), begin(module))[1])
    return found


@pytest.mark.parametrize("case", CASES)
def test_a_late_reading_is_asked_again_and_then_works(case, monkeypatch, children):
    app, name, raw, before, after = CASES[case]
    at = AppTest.from_function(app, default_timeout=120).run()
    with monkeypatch.context() as busy:
        busy.setattr(confined, "PATIENCE", 0.0)
        busy.setattr(confined, "SLICE", 0.0)
        at.file_uploader[0].set_value([(name, raw, "")] if case == "pictures" else (name, raw, "")).run()
        for attempt in (1, 2):
            assert "is busy; try again, or" in at.error[0].value.replace("\\", "")
            assert (at.text[0].value, len(children)) == (before, attempt)
            assert [button.label for button in at.button] == ["Try again"]
            if attempt == 1:
                at.button[0].click().run()
    at.button[0].click().run()
    assert (at.text[0].value, len(children)) == (after, 3)
    assert not at.error
    assert "Try again" not in [button.label for button in at.button]
    at.run()
    assert len(children) == 3, "what was read is kept"


def test_a_full_house_is_asked_again(monkeypatch, children):
    at = AppTest.from_function(tables, default_timeout=120).run()
    with monkeypatch.context() as busy:
        busy.setattr(confined, "PATIENCE", 0.0)
        busy.setattr(confined, "turns", confined.threading.BoundedSemaphore(1))
        with confined.turns:
            at.file_uploader[0].set_value(("faithful.csv", FAITHFUL, "")).run()
    assert at.error[0].value.startswith("Too many files are being read")
    at.button[0].click().run()
    assert (at.text[0].value, at.error.len, len(children)) == ("faithful.csv", 0, 1)


def test_a_verdict_is_kept(children):
    at = AppTest.from_function(tables, default_timeout=120).run()
    at.file_uploader[0].set_value(("a.parquet", b"PAR1" + bytes(100), "")).run()
    for _ in range(2):
        assert "damaged" in at.error[0].value
        assert len(at.button) == 0
        assert len(children) == 1
        at.run()


@pytest.mark.parametrize("error", [ReadError("No."), Passing("Not now.")])
def test_only_a_trouble_that_may_pass_is_asked_again(monkeypatch, error):
    monkeypatch.setattr(reading.session, "once", lambda held, key, make: make())
    offered = []
    monkeypatch.setattr(reading.st, "button", lambda label, key: offered.append(label))

    def reader(name, raw, follow):
        raise error

    with pytest.raises(type(error), match=str(error)):
        reading.read_once("held", "a", b"b", reader)
    reading.offer_again(error, "held")
    assert offered == (["Try again"] if isinstance(error, Passing) else [])


def test_what_is_done_is_shown_while_it_lasts(monkeypatch):
    shown = []

    @contextmanager
    def spinner(text, *, show_time):
        assert show_time
        shown.append(text)
        yield
        shown.append("gone")

    monkeypatch.setattr(reading.st, "spinner", spinner)
    monkeypatch.setattr(reading.session, "heed", lambda: None)
    with reading.followed():
        pass
    assert shown == [], "nothing is shown of what took no time"
    with reading.followed() as follow:
        for stage in ("waiting", "waiting", "reading", "reading"):
            follow(stage)
    assert shown == ["Waiting for a turn, as other files are being read...", "gone", "Reading...", "gone"]


class Left(BaseException):
    """The run of the script is to end."""


def test_a_reading_ends_with_the_run_that_began_it(monkeypatch, children):
    def leave():
        raise Left

    monkeypatch.setattr(reading.session, "once", lambda held, key, make: make())
    monkeypatch.setattr(confined, "SLICE", 0.0)
    with monkeypatch.context() as left:
        left.setattr(reading.session, "heed", leave)
        with pytest.raises(Left):
            reading.read_once("tables", "a.csv", FAITHFUL, lambda name, raw, follow: read(name, raw, follow=follow))
    monkeypatch.setattr(reading.session, "heed", lambda: None)
    table = reading.read_once("tables", "a.csv", FAITHFUL, lambda name, raw, follow: read(name, raw, follow=follow))
    assert (table.rows, len(children)) == (272, 2)
