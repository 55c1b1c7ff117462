"""Whole screens in a real browser: an experiment, undo, redo and reset turn to an address, and so do links between pages."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.browser.conftest import calm, until, wait

pytestmark = pytest.mark.browser
COLLAPSE = {"data": ["Galaxies"], "components": ["9"], "floor": ["0"], "start": ["Random points"], "seed": ["1"]}
FAITHFUL = {"data": ["Old Faithful"], "components": ["2"]}


@pytest.fixture
def em(app, new_page):
    page = new_page(viewport={"width": 1440, "height": 900})
    page.goto(f"{app.url}/em?components=5&iterations=20")
    page.locator(".stage[data-run]").first.wait_for()
    return page


def at(page, path, query, components=None):
    """Wait until the address is this, and K is so many."""
    wait(page, lambda: (urlsplit(page.url).path, parse_qs(urlsplit(page.url).query)) == (path, query), page.url)
    if components is not None:
        wait(page, lambda: page.get_by_role("slider", name="Components K").input_value() == components, components)
    calm(page)


def trail(page, name):
    return page.locator(".trail").get_by_role("button", name=name)


def test_experiments_are_whole_screens_and_are_undone_and_done_again(em):
    page = em
    first = {"components": ["5"], "iterations": ["20"]}
    assert trail(page, "Undo").is_disabled()
    page.get_by_role("link", name="A collapse").click()
    at(page, "/em", COLLAPSE, "9")
    focused = "() => document.activeElement.shadowRoot?.activeElement?.className"
    wait(page, lambda: page.evaluate(focused) == "plot", "the stage has no focus")
    page.get_by_role("link", name="Old Faithful in two").click()
    at(page, "/em", FAITHFUL)
    page.keyboard.press("Control+z")
    at(page, "/em", COLLAPSE, "9")
    trail(page, "Undo").click()
    at(page, "/em", first, "5")
    assert trail(page, "Undo").is_disabled()
    page.keyboard.press("Control+Shift+z")
    at(page, "/em", COLLAPSE)
    trail(page, "Reset this page").click()
    at(page, "/em", {}, "8")
    assert trail(page, "Reset this page").is_disabled()


def test_a_page_is_left_and_found_again_as_it_was_by_one_press(em):
    page, here = em, {"components": ["5"], "iterations": ["20"], "panel": ["Code and files"]}
    page.get_by_role("radio", name="Code and files", exact=True).click()
    at(page, "/em", here)
    page.get_by_role("link", name="Fit in 2-D").first.click()
    at(page, "/fit2", {})
    page.get_by_role("heading", name="Fit in 2-D").wait_for()
    page.get_by_role("link", name="EM by hand").first.click()
    at(page, "/em", here, "5")
    page.go_back()
    at(page, "/fit2", {})
    page.go_back()
    at(page, "/em", here, "5")


def test_where_a_film_rests_is_reached_again(em):
    page, stage = em, em.locator(".stage").first
    until(stage, "s.frames > 1 && !s.live && !s.playing")  # a key before that would be of a film that is still coming
    page.locator(".stage .plot").first.focus()
    page.keyboard.press("Home")
    until(stage, "s.pos === 0")
    page.keyboard.press("ArrowRight")
    at(page, "/em", {"components": ["5"], "iterations": ["20"], "frame": ["1"]})
    page.get_by_role("link", name="Old Faithful in two").click()
    at(page, "/em", FAITHFUL)
    page.keyboard.press("Control+z")
    at(page, "/em", {"components": ["5"], "iterations": ["20"], "frame": ["1"]})
    until(stage, "s.index === 1 && !s.playing")
