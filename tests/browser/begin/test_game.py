"""The game in a real browser: the hand drags a box and a guess, the rule is revealed, a mark is moved."""

import re
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from core.region import land, scores, shapes
from core.region.mask import Mask
from core.region.scores import Covering
from tests.browser.conftest import ask, calm, wait

pytestmark = pytest.mark.browser


def settings(page):
    return {name: values[-1] for name, values in parse_qs(urlsplit(page.evaluate("location.href")).query).items()}


def drag(page, hand, to):
    """Drag a handle to data coordinates, and hold it there."""
    stage = page.locator(".stage")
    box = stage.locator(".plot").bounding_box()
    px, py = stage.evaluate("(root, [x, y]) => root.__stage.pixel(x, y)", list(to))
    grip = hand.bounding_box()
    page.mouse.move(grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + px, box["y"] + py, steps=6)


def places(text):
    return np.array([[float(v) for v in place.split(",")] for place in text.split(";")])


def test_a_box_and_a_guess_follow_the_hand_and_the_rule_judges_both(app, new_page):
    page = new_page()
    page.goto(f"{app.url}/game?corners=-100,-0.3;50,0.5")
    stage = page.locator(".stage[data-theme]")
    stage.wait_for()
    calm(page)
    drag(page, page.get_by_role("button", name=re.compile(r"^By hand \? at")), (20, 0.3))
    page.mouse.up()
    wait(page, lambda: "guess" in settings(page))
    page.get_by_role("button", name="Guess here").click()
    page.get_by_text("1 guess. Reveal the rule").wait_for()
    np.testing.assert_allclose(places(settings(page)["guesses"]), [[20, 0.3]], atol=1.5)

    page.get_by_text("Reveal the rule", exact=True).click()
    page.get_by_text("1 of 1 guesses were on land").wait_for()
    calm(page)
    drag(page, page.get_by_role("button", name=re.compile(r"^By hand 2 at")), (140, 0.95))
    corners = np.array(ask(stage, "Array.from(s.handles)")).reshape(-1, 2)[:2]
    mask = land.load()
    cells = shapes.boxes(corners[None], mask.cells.shape, mask.bounds)
    want = scores.of_covering(mask, Covering(Mask(cells, mask.bounds)))
    said = stage.locator(".readout").inner_text()
    precision, coverage = (int(v) / 100 for v in re.search(r"precision (\d+) %, coverage (\d+) %", said).groups())
    assert precision == pytest.approx(want.precision, abs=0.012), "while the hand still holds it"
    assert coverage == pytest.approx(want.coverage, abs=0.012)
    page.mouse.up()
    wait(page, lambda: abs(places(settings(page)["corners"])[1, 0] - corners[1, 0]) < 0.01)
    figure = page.get_by_role("row", name=re.compile("^F1 ")).get_by_role("cell").nth(1)
    wait(page, lambda: abs(float(figure.inner_text()) - want.f1) < 0.001, "the figures follow")

    drag(page, page.get_by_role("button", name=re.compile(r"^By hand A at")), (160, -0.6))
    page.mouse.up()
    page.get_by_text(re.compile(r"^A at 1\d\d° E, 3\d° S: the model says no, the rule no")).wait_for()
