"""Fit in 2-D in a real browser: one drags the line and reads what the law says along it."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from core.data import builtin
from core.joint.joint import Kernels, OneGaussian
from core.key import Key
from tests.browser.conftest import calm, has_colour, painted, until, wait

pytestmark = pytest.mark.browser


@pytest.fixture
def plane(app, new_page):
    """`plane(query, **context)` opens the page and waits until both stages show a fit."""

    def visit(query="", **options):
        page = new_page(**{"viewport": {"width": 1440, "height": 1000}, **options})
        page.goto(f"{app.url}/fit2?{query}")
        page.locator(".stage[data-theme]").nth(1).wait_for()
        for one in (0, 1):
            until(stage(page, one), "s.lastPaintMs > 0")
        calm(page)
        return page

    return visit


def stage(page, which):
    return page.locator(".stage").nth(which)


def told(page, which, name):
    return stage(page, which).evaluate("(root, name) => root.__stage[name]", name)


def take(page, by):
    """Press on the line's handle and move it; the button stays down."""
    box = stage(page, 0).locator(".hand").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + by[0], y + by[1], steps=5)


def seen(page, which):
    """The colours on a stage's picture, (n, 3): they travel as a PNG, for numbers one by one take many seconds."""
    address = stage(page, which).evaluate("root => root.querySelector('.picture').toDataURL()")
    with Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2]))) as picture:
        return np.asarray(picture.convert("RGB"), np.int64).reshape(-1, 3)


def test_the_conditional_follows_the_line_while_it_is_held(plane):
    page = plane("rule=Scott&wider=4")
    before, paint = told(page, 1, "slices"), seen(page, 1)
    take(page, (-180, 0))
    painted(page)
    place, now = told(page, 0, "handles")[0], told(page, 1, "slices")
    assert now["given"]["at"] == pytest.approx(place)
    assert place < before["given"]["at"] - 0.5
    law = Kernels("Scott", 4.0).fit(builtin.load("faithful").points)
    exact = law.conditional(0, place, np.array(now["given"]["x"]))
    np.testing.assert_allclose(now["given"]["y"], exact, atol=0.01 * exact.max())
    assert (seen(page, 1) != paint).any()
    x = builtin.load("faithful").points[:, 0]
    near = 0.04 * np.ptp(builtin.load("faithful").bounds[0])
    assert now["near"]["count"] == (np.abs(x - place) <= near).sum()
    page.mouse.up()
    page.wait_for_function("() => location.search.includes('line=')")
    page.get_by_text("the law expects").wait_for()
    assert told(page, 1, "slices")["given"]["at"] == pytest.approx(place, rel=1e-4)


def test_a_level_line_cuts_the_other_way(plane):
    page = plane("model=Gaussian&covariance=spherical&given=up&line=60")  # most of it lies beyond the axes
    take(page, (0, -100))
    painted(page)
    now, place = told(page, 1, "slices"), told(page, 0, "handles")[1]
    assert place > 65
    exact = (
        OneGaussian("spherical").fit(builtin.load("faithful").points).conditional(1, place, np.array(now["given"]["x"]))
    )
    np.testing.assert_allclose(now["given"]["y"], exact, atol=0.01 * exact.max())
    page.mouse.up()


def test_the_arrow_keys_move_the_line(plane):
    page = plane("")
    stage(page, 0).locator(".hand").focus()
    before = told(page, 1, "slices")["given"]["at"]
    page.keyboard.press("Shift+ArrowLeft")
    page.wait_for_function("() => location.search.includes('line=')")
    assert told(page, 1, "slices")["given"]["at"] < before


def test_the_pointer_reads_the_log_density(plane):
    page = plane("")
    x, y = stage(page, 0).evaluate("root => root.__stage.pixel(4.3, 80)")
    box = stage(page, 0).locator(".plot").bounding_box()
    page.mouse.move(box["x"] + x, box["y"] + y)
    said = stage(page, 0).locator(".readout").get_by_text("log p")
    said.wait_for()
    law = Kernels(key=Key(0) / "fit2").fit(builtin.load("faithful").points)
    exact = law.log_prob(np.array([[4.3, 80.0]]))[0]
    assert float(said.inner_text().replace("−", "-").split()[2]) == pytest.approx(exact, abs=0.05)


def test_samples_come_and_go_with_the_legend(plane):
    page = plane("model=Gaussian+mixture&components=2")
    before = seen(page, 0)
    stage(page, 0).get_by_role("button", name="Samples").click()
    painted(page)
    assert told(page, 0, "layers")["samples"]
    assert (seen(page, 0) != before).any()


@pytest.mark.parametrize(("scheme", "model", "hand"), [("light", "#D55E00", "#CC79A7"), ("dark", "#FF8B3D", "#E39CC3")])
def test_both_themes_paint_the_law_and_the_line(plane, scheme, model, hand):
    page = plane("", color_scheme=scheme)
    assert told(page, 0, "dark") == (scheme == "dark")
    assert has_colour(seen(page, 1), model)
    assert has_colour(seen(page, 0), hand)


def test_a_phone_shows_the_stage_first_and_cuts_nothing_off(plane):
    page = plane("model=Gaussian+copula", viewport={"width": 390, "height": 844}, has_touch=True)
    boxes = [stage(page, i).bounding_box() for i in (0, 1)]
    assert boxes[0]["y"] < boxes[1]["y"] < page.get_by_label("Data", exact=True).first.bounding_box()["y"]
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= 390 for box in boxes)
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390


def test_another_law_keeps_the_line_and_changes_the_curve(plane):
    page = plane("model=Gaussian&line=3.5")
    before = told(page, 1, "slices")["given"]
    page.get_by_role("combobox", name="Model").click()
    page.get_by_role("option", name="Gaussian copula").click()

    def changed():
        now = told(page, 1, "slices")["given"]
        return page.locator(".stage").count() == 2 and np.abs(np.subtract(now["y"], before["y"])).max() > 1e-3

    wait(page, changed, "The curve did not change.")
    assert told(page, 1, "slices")["given"]["at"] == pytest.approx(3.5)
    assert "line=3.5" in page.url
