"""A training in the middle of which the page is reloaded goes on."""

import re

import pytest

from tests.browser.conftest import wait

pytestmark = pytest.mark.browser


def button(page, name):
    """A button of the run's bar, not of the player."""
    return page.locator("button[kind=secondary]", has_text=name)


def epoch(page):
    """How many frames the run says it has."""
    said = page.get_by_text(re.compile(r"(Computing|Paused|At rest) after [\d,]+ frames")).first.inner_text()
    return int(re.search(r"after ([\d,]+)", said)[1].replace(",", ""))


def test_a_training_is_found_again_as_it_was_and_goes_on(app, new_page):
    page = new_page(viewport={"width": 1440, "height": 1000})
    page.goto(f"{app.url}/vae?pictures=Jars&model=Train+it+here&epochs=2000&width=8&panel=Code+and+files")
    page.locator(".pad[data-theme]").first.wait_for()
    wait(page, lambda: epoch(page) > 5, "it does not train")
    button(page, "Pause").click()
    button(page, "Resume").wait_for()
    wait(page, lambda: "Paused" in page.get_by_text(re.compile("after [0-9,]+ frames")).first.inner_text(), "no pause")
    before = epoch(page)
    page.reload()
    button(page, "Resume").wait_for()
    assert epoch(page) == before
    button(page, "Resume").click()
    wait(page, lambda: epoch(page) > before, "it does not go on")
    button(page, "Cancel").click()
