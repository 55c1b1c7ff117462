"""Fit in 1-D in a real browser: the bell and its point on the surface are one hand."""

import re

import numpy as np
import pytest

from core.data import builtin

pytestmark = pytest.mark.browser


@pytest.fixture
def fit(app, new_page):
    """The page with two peaks, its climb at rest, both stages on show."""
    page = new_page(viewport={"width": 1440, "height": 1500})
    page.goto(f"{app.url}/fit1?data=Two+peaks&method=closed+form")
    page.locator(".stage[data-run]").nth(1).wait_for(timeout=20_000)
    page.wait_for_timeout(2500)
    return page


def handles(page, which):
    return page.locator(".stage").nth(which).evaluate("root => root.__stage.handles")


def drag(page, which, hand, by):
    box = page.locator(".stage").nth(which).locator(".hand").nth(hand).bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + by[0], y + by[1], steps=6)


def test_the_point_on_the_surface_follows_the_bell_while_it_is_held(fit):
    before = handles(fit, 1)
    drag(fit, 0, 0, (-60, 0))
    fit.wait_for_timeout(60)
    mu, _, end, _ = handles(fit, 0)
    assert handles(fit, 1) == pytest.approx([mu, end - mu], abs=1e-4)
    assert handles(fit, 1)[0] < before[0]
    fit.mouse.up()
    fit.wait_for_function("() => location.search.includes('means=')")


def test_the_bell_follows_the_point_and_the_figures_say_its_likelihood(fit):
    drag(fit, 1, 0, (40, 30))
    mu, sigma = handles(fit, 1)
    assert handles(fit, 0)[0] == pytest.approx(mu, abs=1e-4)
    fit.mouse.up()
    fit.wait_for_function("() => location.search.includes('means=')")
    x = builtin.load("bimodal").points[:, 0]
    level = (-0.5 * np.log(2 * np.pi) - np.log(sigma) - 0.5 * ((x - mu) / sigma) ** 2).mean()
    table = fit.locator("table", has_text="Log-likelihood").first
    shown = re.compile(re.escape(f"{level:.3f}"[:-1]).replace("\\-", "[-−]"))
    table.get_by_text(shown).first.wait_for()


def test_every_panel_stands(fit):
    for panel in ("Posterior", "Families", "Goodness of fit", "Bandwidth", "Code and files", "Surface"):
        fit.get_by_role("button", name=panel, exact=True).or_(
            fit.get_by_role("radio", name=panel, exact=True)
        ).first.click()
        fit.wait_for_timeout(1500)
        assert not fit.locator("[data-testid=stException]").count()
    fit.locator(".stage[data-run]").nth(1).wait_for(timeout=20_000)
