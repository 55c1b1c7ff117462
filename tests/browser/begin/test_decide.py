"""Generative or discriminative in a real browser: both hands move together, both are asked to draw, on a phone too."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.browser.conftest import ask, calm, wait

pytestmark = pytest.mark.browser


@pytest.fixture
def decide(app, new_page):
    """`decide(query)` opens the page with both stages."""

    def visit(query="", **options):
        page = new_page(**options)
        page.goto(f"{app.url}/decide?{query}")
        page.locator(".stage[data-theme]").nth(1).wait_for()
        page.get_by_text("Bayes rule", exact=True).first.wait_for()
        calm(page)
        return page

    return visit


def settings(page):
    return {name: values[-1] for name, values in parse_qs(urlsplit(page.evaluate("location.href")).query).items()}


def test_the_hands_move_together_and_one_of_two_draws(decide):
    page = decide("panel=Calibration")
    one, other = (page.locator(".stage").nth(i) for i in range(2))
    grip = other.get_by_role("button", name=re.compile(r"^Asked \? at"))
    box = grip.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y - 30, steps=4)
    moved = ask(other, "Array.from(s.handles)")
    wait(
        page, lambda: ask(one, "Array.from(s.handles)") == pytest.approx(moved), "while the hand still holds the other"
    )
    page.mouse.up()
    wait(page, lambda: "at" in settings(page))
    assert [float(v) for v in settings(page)["at"].split(",")] == pytest.approx(moved, abs=1e-3)
    grip = one.get_by_role("button", name=re.compile(r"^Asked \? at"))
    grip.focus()
    page.keyboard.press("ArrowRight")
    wait(page, lambda: float(settings(page)["at"].split(",")[0]) > moved[0], "the arrow key of the other stage")
    page.get_by_role("button", name="Draw new points").click()
    page.get_by_text("It cannot draw.").wait_for()
    page.get_by_text("300 new points").wait_for()
    assert settings(page)["deal"] == "1"


def test_on_a_phone_nothing_is_wider_than_it(decide):
    page = decide("panel=Hidden+coordinate&deal=1", viewport={"width": 390, "height": 844})
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
    ends = page.locator("[data-testid=stMain] table").evaluate_all(
        "all => all.map(t => t.getBoundingClientRect().right)"
    )
    assert max(ends) <= 391, "no table is cut"
