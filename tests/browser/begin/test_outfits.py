"""Outfits in a real browser: one presses an outfit and reads its probability worked out; a table of one's own is counted."""

import pytest

from playground.rungs.outfits import seen
from playground.rungs.outfits.screen import Asked, Screen, words
from tests.browser.conftest import calm, until, wait

pytestmark = pytest.mark.browser
CSV = b"sky,umbrella\n" + b"clear,no\ndark,yes\n" * 20 + b"clear,yes\ndark,no\n" * 3


@pytest.fixture
def outfits(app, new_page):
    """`outfits(query)` opens the page and waits until its new outfits are drawn."""

    def visit(query="", **options):
        page = new_page(**{"viewport": {"width": 1440, "height": 1000}, **options})
        page.goto(f"{app.url}/outfits?{query}")
        page.locator(".easel[data-theme]").wait_for()
        until(page.locator(".easel"), "s.count === 56 && s.paints > 0")
        calm(page)
        return page

    return visit


def test_an_outfit_is_pressed_and_worked_out(outfits):
    page = outfits("frame=5")
    easel = page.locator(".easel")
    x, y = easel.evaluate("root => root.__easel.place(35)")
    easel.locator(".plot").click(position={"x": x, "y": y})
    until(easel, "s.picked === 35 && !s.large")
    asked = Asked()
    chosen = Screen(asked, seen.drawn(asked, 0), 0, 35).chosen
    page.get_by_text(words(chosen).capitalize()).first.wait_for()
    assert "outfit=36" in page.url
    easel.locator(".plot").focus()
    page.keyboard.press("ArrowDown")
    until(easel, "s.picked === 36")
    wait(page, lambda: "outfit=37" in page.url)


def test_a_table_of_ones_own_is_counted_on_a_phone(outfits):
    page = outfits("panel=Own+table", viewport={"width": 390, "height": 844})
    page.locator("[data-testid=stFileUploader] input").set_input_files(
        {"name": "sky.csv", "mimeType": "text/csv", "buffer": CSV}
    )
    page.get_by_text("46 rows, 2 columns.").wait_for()
    width = page.evaluate("() => document.documentElement.scrollWidth")
    assert width <= 390
