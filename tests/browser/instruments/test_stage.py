"""The stage in a real browser: played, stepped, dragged, drawn on, fed while it plays."""

import re

import numpy as np
import pytest

from core.mixture.gmm import GMM
from playground.palette import CLASSES, SURFACE
from tests.browser.apps.stage_app import mixture, moment
from tests.browser.conftest import MOTION, calm, has_colour, painted, still, until, wait

pytestmark = pytest.mark.browser
START = np.array([[-3.0, 3.0], [3.0, 3.0], [0.0, -3.0]])
STATE = """root => { const s = root.__stage; return {frames: s.frames, index: s.index, pos: s.pos, playing: s.playing,
  zoom: s.zoom, view: s.view, layers: s.layers, handles: s.handles, drawn: s.drawn, dark: s.dark} }"""


@pytest.fixture
def show(instruments, new_page):
    def open_stage(mode="mixture", **options):
        page = new_page(**options)
        page.goto(f"{instruments.url}/?app=stage&mode={mode}")
        page.locator(".stage[data-frames]").wait_for()
        return page, page.locator(".stage")

    return open_stage


def state(stage):
    return stage.evaluate(STATE)


def place(stage, x, y):
    """Data coordinates to the page's pixels."""
    box = stage.locator(".plot").bounding_box()
    px, py = stage.evaluate("(root, [x, y]) => root.__stage.pixel(x, y)", [x, y])
    return box["x"] + px, box["y"] + py


def colours(stage, x, y, reach=3):
    """The painted colours around a place in data coordinates, (n, 3)."""
    return np.array(
        stage.evaluate(
            """(root, [x, y, reach]) => {
              const canvas = root.querySelector(".picture"), k = canvas.width / canvas.clientWidth;
              const [px, py] = root.__stage.pixel(x, y), n = 2 * reach + 1;
              return Array.from(canvas.getContext("2d").getImageData(px * k - reach, py * k - reach, n, n).data);
            }""",
            [float(x), float(y), reach],
        )
    ).reshape(-1, 4)[:, :3]


def rested(page, stage):
    """Stop at the first frame."""
    stage.locator(".plot").focus()
    page.keyboard.press("Home")
    until(stage, "!s.playing && s.pos === 0")


def test_it_opens_with_a_finished_recording_and_plays_it(show):
    page, stage = show(**MOTION)
    until(stage, "s.playing && s.index > 1")
    assert state(stage)["frames"] == 41
    assert stage.get_attribute("data-run").startswith("fit-")


def test_keys_step_scrub_and_toggle_and_python_hears_where_it_rests(show):
    page, stage = show(**MOTION)
    rested(page, stage)
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    until(stage, "s.pos === 3")
    page.get_by_text("frame=3 run=fit-").wait_for()
    assert stage.locator(".caption").inner_text().startswith("E: each point")
    assert stage.locator(".number").inner_text() == "4 / 41"
    page.keyboard.press("End")
    until(stage, "s.index === 40")
    page.keyboard.press("ArrowLeft")
    until(stage, "s.pos === 39")
    page.keyboard.press("2")
    assert state(stage)["layers"]["points"] is False
    assert stage.get_by_role("button", name="data").get_attribute("aria-pressed") == "false"
    page.keyboard.press("Home")
    page.keyboard.press("Space")
    until(stage, "s.playing && s.index >= 1")
    page.keyboard.press("Space")
    until(stage, "!s.playing && s.pos === Math.round(s.pos)")


def test_scrub_bar_and_chart_move_the_playhead(show):
    page, stage = show()
    rested(page, stage)
    bar = stage.locator(".scrub").bounding_box()
    page.mouse.move(bar["x"] + 8, bar["y"] + bar["height"] / 2)
    page.mouse.down()
    page.mouse.move(bar["x"] + bar["width"] / 2, bar["y"] + bar["height"] / 2, steps=4)
    page.mouse.up()
    until(stage, "s.pos === 20")
    stage.locator(".chart").scroll_into_view_if_needed()
    chart = stage.locator(".chart").bounding_box()
    page.mouse.click(chart["x"] + chart["width"] - 16, chart["y"] + 40)
    until(stage, "s.index === 40")
    assert re.search(r"log-likelihood\s*−\d\.\d+\s*nats", stage.locator(".values").inner_text())


def test_what_is_painted_is_where_it_should_be(show):
    page, stage = show()
    for keys, t in ((["Home"], 0.0), (["End"], 1.0)):
        stage.locator(".plot").focus()
        for key in keys:
            page.keyboard.press(key)
        painted(page)
        mean, cov, _ = moment(t, START)
        for k in range(3):
            values, vectors = np.linalg.eigh(cov[k])
            x, y = mean[k] + np.sqrt(values[1]) * vectors[:, 1]
            assert has_colour(colours(stage, x, y), CLASSES[k][0]), f"ellipse {k + 1} at t={t}"
    assert has_colour(colours(stage, -3.7, -3.7), SURFACE["stage"][0], within=6)


def test_a_dragged_handle_takes_its_ellipse_along_and_python_hears_of_it(show):
    page, stage = show(**MOTION)
    rested(page, stage)
    x, y = place(stage, *START[1])
    to = place(stage, 1.0, 2.0)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(*to, steps=5)
    painted(page)
    cov = moment(0.0, START)[1][1]
    values, vectors = np.linalg.eigh(cov)
    found = colours(stage, *(np.array([1.0, 2.0]) + np.sqrt(values[1]) * vectors[:, 1]))
    assert has_colour(found, CLASSES[1][0]), "the ellipse follows before the server knows"
    page.mouse.up()
    text = page.get_by_text(re.compile(r"start=-3.000 3.000 (0\.9[89]|1\.0[01])\d (1\.9[89]|2\.0[01])\d"))
    text.wait_for()
    until(stage, "s.playing")


def test_a_handle_moves_by_keyboard(show):
    page, stage = show()
    hand = stage.get_by_role("button", name="start mean 3 at (0.00, −3.00)")
    hand.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowUp")
    page.get_by_text("start=-3.000 3.000 3.000 3.000 0.080 -2.600").wait_for()
    stage.get_by_role("button", name="start mean 3 at (0.08, −2.60)").wait_for()


def test_the_wheel_zooms_only_with_control_and_double_click_resets(show):
    page, stage = show()
    at = place(stage, 1.0, 1.0)
    page.mouse.move(*at)
    page.evaluate("() => addEventListener('wheel', () => (window.wheeled = true), {once: true})")
    page.mouse.wheel(0, -300)
    page.wait_for_function("() => window.wheeled")
    painted(page)
    assert state(stage)["zoom"] == 1
    at = place(stage, 1.0, 1.0)
    page.mouse.move(*at)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -300)
    page.keyboard.up("Control")
    until(stage, "s.zoom > 1.5")
    np.testing.assert_allclose(place(stage, 1.0, 1.0), at, atol=0.6)
    page.mouse.down()
    page.mouse.move(at[0] + 40, at[1] + 20, steps=3)
    page.mouse.up()
    np.testing.assert_allclose(place(stage, 1.0, 1.0), (at[0] + 40, at[1] + 20), atol=0.6)
    page.mouse.dblclick(*at)
    until(stage, "s.zoom === 1")


def touches(client, kind, points):
    client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})


def test_two_fingers_zoom_about_their_middle_and_one_scrolls_the_page(show):
    page, stage = show(viewport={"width": 390, "height": 700}, has_touch=True, is_mobile=True)
    client = page.context.new_cdp_session(page)
    x, y = place(stage, 0.0, 0.0)
    touches(client, "touchStart", [(x - 30, y)])
    touches(client, "touchStart", [(x - 30, y), (x + 30, y)])
    for far in (40, 50, 60, 75):
        touches(client, "touchMove", [(x - far, y), (x + far, y)])
        painted(page)
    touches(client, "touchEnd", [])
    until(stage, "s.zoom > 2.2 && s.zoom < 2.8")
    np.testing.assert_allclose(place(stage, 0.0, 0.0), (x, y), atol=1)
    stage.get_by_role("button", name="Reset zoom").tap()
    until(stage, "s.zoom === 1")
    before = stage.bounding_box()["y"]
    touches(client, "touchStart", [(x, y)])
    for far in range(0, 160, 8):
        touches(client, "touchMove", [(x, y - far)])
        painted(page)
    touches(client, "touchEnd", [])
    wait(page, lambda: stage.bounding_box()["y"] < before - 60, "the page never scrolled")


def test_the_readout_names_axes_field_point_and_mix(show):
    page, stage = show()
    scene, frames = mixture(START)
    page.mouse.move(*place(stage, *scene.layers[1].xy[0]))
    words = " ".join(stage.locator(".readout").inner_text().split())
    said = re.fullmatch(r"x −?[\d.]+ y −?[\d.]+ model density [\d.]+ point (\d+)((?: \d: \d+ %)+)", words)
    assert said, words
    asked = frames[-1].arrays["points"]
    share = GMM(asked["weight"], asked["mean"], asked["cov"]).responsibilities(scene.layers[1].xy)[int(said[1]) - 1]
    told = {int(k): int(percent) for k, percent in re.findall(r"(\d): (\d+) %", said[2])}
    for k, percent in told.items():
        assert percent == pytest.approx(100 * share[k - 1], abs=1)
    assert sum(told.values()) == pytest.approx(100, abs=2)


def test_a_stage_that_is_folded_away_goes_on_when_it_is_back(show):
    page, stage = show("live", **MOTION)
    until(stage, "s.frames >= 3")
    stage.evaluate("root => { root.style.display = 'none' }")
    until(
        stage, f"s.frames > {state(stage)['frames'] + 6}"
    )  # messages come meanwhile; an error on the page fails the test
    stage.evaluate("root => { root.style.display = '' }")
    until(stage, "s.frames === 60")
    assert stage.locator(".picture").bounding_box()["width"] > 200


def test_appending_keeps_zoom_toggles_and_position(show):
    page, stage = show("live", **MOTION)
    until(stage, "s.frames >= 6")
    stage.locator(".plot").focus()
    page.keyboard.press("Home")
    page.keyboard.press("+")
    page.keyboard.press("2")
    page.keyboard.press("ArrowRight")
    until(stage, "s.pos === 1 && s.zoom > 1.2")
    before = state(stage)
    until(stage, f"s.frames > {before['frames'] + 5}")
    after = state(stage)
    assert (after["view"], after["pos"], after["layers"]) == (before["view"], 1, before["layers"])
    page.keyboard.press("End")
    until(stage, "s.frames === 60 && s.index === 59")
    assert stage.locator(".pulse").is_hidden()


def test_lost_frames_are_asked_for(show):
    page, stage = show("lost")
    page.get_by_text(re.compile(r"gaps=[1-9]")).wait_for()
    until(stage, "s.frames === 60")


@pytest.mark.parametrize(("mode", "had"), [("late", 0), ("torn", 3)])
def test_a_recording_that_lacks_frames_goes_on_when_they_come(show, mode, had):
    """And if nobody hears the question, it is put again."""
    page, stage = show(mode, **MOTION)
    until(stage, f"s.frames === {had}")
    until(stage, "s.frames === 12")
    until(stage, "s.playing && s.pos < 11")
    until(stage, "!s.playing && s.pos === 11")
    page.get_by_text(re.compile(r"asks=([2-9]|\d\d)")).wait_for()


def test_the_brush_draws_erases_and_remembers(show):
    page, stage = show("brush")
    page.mouse.move(*place(stage, -2, 0))
    page.mouse.down()
    until(stage, "s.drawn > 5")
    page.mouse.move(*place(stage, 0, 0), steps=12)
    until(stage, "s.drawn > 45")
    page.mouse.up()
    page.get_by_text(re.compile(r"drawn=[1-9]\d* b=0 mean=-?[012]\.\d\d -?0\.\d\d")).wait_for()
    drawn = state(stage)["drawn"]
    assert drawn > 10
    assert has_colour(np.concatenate([colours(stage, x, 0, 12) for x in (-2, -1, 0)]), CLASSES[0][0])
    stage.get_by_role("button", name="B", exact=True).click()
    page.mouse.click(*place(stage, 2, 2))
    page.get_by_text(re.compile(r"b=[1-9]")).wait_for()
    stage.get_by_role("button", name="Undo").click()
    until(stage, f"s.drawn === {drawn}")
    stage.get_by_role("button", name="Clear").click()
    page.get_by_text("drawn=0").wait_for()
    stage.get_by_role("button", name="Undo").click()
    until(stage, f"s.drawn === {drawn}")
    stage.get_by_role("button", name="Eraser").click()
    page.mouse.click(*place(stage, 0, 0))
    until(stage, f"s.drawn < {drawn}")


def test_the_brush_works_by_keyboard(show):
    page, stage = show("brush")
    stage.locator(".plot").focus()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Enter")
    page.get_by_text("drawn=8").wait_for()


def test_dark_pages_get_a_dark_stage_and_a_change_of_theme_repaints(show):
    page, stage = show(color_scheme="dark")
    assert has_colour(colours(stage, -3.7, -3.7), SURFACE["stage"][1], within=6)
    page.emulate_media(color_scheme="light")
    until(stage, "!s.dark")
    painted(page)
    assert has_colour(colours(stage, -3.7, -3.7), SURFACE["stage"][0], within=6)


@pytest.mark.parametrize("mode", ["mixture", "brush", "strip"])
def test_a_phone_shows_all_of_it_without_sideways_scrolling(show, mode):
    page, stage = show(mode, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for box in stage.locator("button:visible, select:visible").evaluate_all(
        "all => all.map(e => { const r = e.getBoundingClientRect(); return [r.left, r.right, r.height, e.className] })"
    ):
        assert box[0] >= 0, box
        assert box[1] <= 390, box
        assert box[2] >= 40, box


def test_reduced_motion_shows_the_end_at_once(show):
    page, stage = show()
    until(stage, "!s.playing && s.index === 40")


def test_nothing_is_drawn_while_nothing_changes(show):
    page, _ = show()
    calm(page)
    assert still(page)


def test_the_picture_can_be_kept(show):
    page, stage = show()
    with page.expect_download() as download:
        stage.get_by_role("button", name="Save picture").click()
    assert download.value.suggested_filename == "mixture-41.png"


def test_every_kind_of_layer_paints(show):
    page, stage = show("strip")
    picture = "root => root.querySelector('.picture').toDataURL()"
    before = stage.evaluate(picture)
    names = [name for name in state(stage)["layers"] if name != "mu"]
    for i, name in enumerate(names):
        stage.locator(".legend button").nth(i).click()
        page.mouse.move(0, 0)
        painted(page)
        after = stage.evaluate(picture)
        assert after != before, f"{name} paints nothing"
        before = after
