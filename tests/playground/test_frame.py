"""What every page begins with: a page waits for an import the first time, and never again."""

import threading

import pytest

from playground import frame, importing


class Asked:
    """A page that was asked for."""

    url_path, title = "asked", "Asked"

    def __init__(self):
        self.runs = 0

    def run(self):
        self.runs += 1


@pytest.fixture
def page(monkeypatch):
    asked = Asked()
    monkeypatch.setattr(frame, "navigation", lambda: asked)
    monkeypatch.setattr(frame.session, "enter", lambda: None)
    monkeypatch.setattr(frame.session, "open_page", lambda _: None)
    monkeypatch.setattr(frame, "_known", set())
    return asked


def test_a_page_waits_for_an_import_the_first_time_and_never_again(page):
    first = threading.Thread(target=frame.show)
    with importing.lock:
        first.start()
        first.join(0.2)
        assert page.runs == 0
    first.join(5)
    assert page.runs == 1
    again = threading.Thread(target=frame.show)
    with importing.lock:
        again.start()
        again.join(5)
        assert page.runs == 2


def test_a_page_that_failed_is_not_known(page):
    page.run = lambda: 1 / 0
    with pytest.raises(ZeroDivisionError):
        frame.show()
    assert frame._known == set()
