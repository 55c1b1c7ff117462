"""The theme switched while one looks: stages, charts and words change colour, and nothing that was set is lost."""

import re

import numpy as np
import pytest

from playground.palette import ROLES, SURFACE
from tests.browser.conftest import Em, calm, has_colour

pytestmark = pytest.mark.browser
LAW = {  # a line of the law in each page's chart, and how to know that the page stands
    "/fit1?panel=Families&data=Galaxies&law=Student+t": "Student t: ",
    "/fit2?panel=Conditionals&model=Gaussian": "the law expects",
}


def strokes(page, colour):
    """How many lines of the charts are drawn in this colour, `#rrggbb`."""
    return page.locator(f"[data-testid=stVegaLiteChart] svg path[stroke='{colour}' i]").count()


@pytest.mark.parametrize("address", LAW)
def test_a_switched_theme_repaints_stage_and_charts_and_keeps_the_state(app, new_page, address):
    page, (light, dark) = new_page(color_scheme="light"), ROLES["model"]
    page.goto(f"{app.url}{address}")
    stage = Em(page)
    page.get_by_text(LAW[address]).first.wait_for()
    stage.wait(lambda: strokes(page, light) and not strokes(page, dark), "no light chart")
    page.evaluate("window.here = true")  # a reload would forget it
    if address.startswith("/fit1"):
        stage.press("Tab")
        x, y = stage.grip(0)
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x - 70, y, steps=5)
        page.mouse.up()
        stage.wait(lambda: "means" in stage.settings)
    calm(page)
    before, hands = stage.settings, stage.state("handles")
    (x0, x1), (y0, y1) = stage.state("bounds")
    for scheme, shown, gone in (("dark", dark, light), ("light", light, dark)):
        page.emulate_media(color_scheme=scheme)
        stage.wait(lambda s=shown, g=gone: strokes(page, s) and not strokes(page, g), f"no {scheme} chart")
        corner = (x0 + 0.01 * (x1 - x0), y1 - 0.01 * (y1 - y0))
        paper = SURFACE["stage"][scheme == "dark"]
        stage.wait(lambda at=corner, p=paper: has_colour(stage.colours(*at), p, within=12), f"no {scheme} stage")
        ink = page.locator("[data-testid=stMain] h1").evaluate("e => getComputedStyle(e).color")
        assert (np.min([int(v) for v in re.findall(r"\d+", ink)[:3]]) > 200) == (scheme == "dark")
        assert stage.settings == before
        assert stage.state("handles") == pytest.approx(hands, abs=1e-6)
        assert page.get_by_text(LAW[address]).count()
    assert page.evaluate("window.here")
    assert not stage.alerts()
