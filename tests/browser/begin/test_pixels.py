"""Why pixels are hard in a real browser: one presses a pixel and reads what it shares; on a phone nothing is cut off."""

import numpy as np
import pytest

from core.categorical import pairs
from core.data import images
from tests.browser.conftest import until, wait

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("wide", [1440, 390])
def test_a_pixel_is_pressed_and_the_link_follows(app, new_page, wide):
    page = new_page(viewport={"width": wide, "height": 1000})
    page.goto(f"{app.url}/pixels?panel=Two+pixels")
    map_ = page.locator(".easel[data-theme]").nth(1)
    until(map_, "s.count === 64 && s.paints > 0")
    x, y = map_.evaluate("root => root.__easel.place(19)")
    map_.locator(".plot").click(position={"x": x, "y": y})
    wait(page, lambda: "pixel=20" in page.url)
    digits = images.load("digits")
    train, val, _ = digits.split
    seen = digits.pixels[np.concatenate([train, val])].reshape(-1, 64).astype(np.int64)
    shared = pairs.with_one(seen, 17, 19)
    page.get_by_text(f"Row 3, column 4 shares up to {np.delete(shared, 19).max():.3f} nats").wait_for()
    page.get_by_text(f"As counted: {shared[20]:.3f} nats shared").wait_for()
    map_.locator(".plot").focus()
    page.keyboard.press("ArrowDown")
    wait(page, lambda: "pixel=21" in page.url)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= wide
