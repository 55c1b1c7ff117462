"""The easel and the sheet for masks in a real browser: the pictures are the bytes that were sent, and follow hand and keys."""

import numpy as np
import pytest

from playground.instruments.easel import bytes_of
from tests.browser.apps.easel_app import FRAMES, clean, frames
from tests.browser.conftest import MOTION, painted
from tests.browser.conftest import ask as asked
from tests.browser.conftest import until as until_it

pytestmark = pytest.mark.browser
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def show(instruments, new_page):
    def open_easel(mode="outfits", **options):
        page = new_page(**options)
        page.goto(f"{instruments.url}/?app=easel&mode={mode}")
        page.locator(".easel[data-theme], .sheet[data-theme]").wait_for()
        return page

    return open_easel


def ask(page, expression):
    return asked(page.locator(".easel, .sheet"), expression)


def until(page, condition):
    until_it(page.locator(".easel, .sheet"), condition)


def shown(page, i):
    """The colour of every pixel of picture `i` of the grid as the canvas shows it, (c, h, w) of 0 to 255."""
    rgba = page.locator(".easel").evaluate(
        """(root, i) => {
          const canvas = root.querySelector(".picture"), k = canvas.width / canvas.clientWidth, found = [];
          const [x, y] = root.__easel.place(i), [h, w] = [32, 32], all = canvas.getContext("2d");
          const cell = root.__easel.cell, times = Math.round(cell[0] * k / w);
          const left = Math.round((x - cell[0] / 2) * k), top = Math.round((y - cell[1] / 2) * k);
          const data = all.getImageData(left, top, times * w, times * h).data;
          for (let r = 0; r < h; r++) for (let c = 0; c < w; c++) {
            const at = 4 * ((r * times + (times >> 1)) * times * w + c * times + (times >> 1));
            found.push(data[at], data[at + 1], data[at + 2]);
          }
          return found;
        }""",
        i,
    )
    return np.array(rgba).reshape(32, 32, 3).transpose(2, 0, 1)


def settle(page):
    page.locator(".easel .plot").focus()
    page.keyboard.press("End")
    until(page, "!s.playing && s.pos === s.frames - 1")
    painted(page)


def test_the_pixels_are_the_bytes_that_were_sent(show):
    page = show()
    settle(page)
    x = clean("outfits", 16)
    for i in (0, 7, 15):
        np.testing.assert_array_equal(shown(page, i), bytes_of(x[i : i + 1])[0])
    page.keyboard.press("2")
    page.keyboard.press("Home")
    until(page, "s.pos === 0 && s.kind === 'clean'")
    painted(page)
    np.testing.assert_array_equal(shown(page, 3), frames(x)[0].pictures["clean"][3])


def test_it_plays_steps_scrubs_and_rests_where_python_hears_of_it(show):
    page = show(**MOTION)
    until(page, "s.playing && s.index > 0")
    settle(page)
    page.get_by_text(f"rests on {FRAMES - 1}").wait_for()
    page.keyboard.press("ArrowLeft")
    until(page, f"s.pos === {FRAMES - 2}")
    page.get_by_text(f"rests on {FRAMES - 2}").wait_for()
    box = page.locator(".easel .film").bounding_box()
    page.mouse.move(box["x"] + box["width"] - 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 70, box["y"] + 20, steps=6)
    until(page, "s.pos < 0.6")
    page.mouse.up()
    page.get_by_text("rests on 0").wait_for()
    page.keyboard.press("Space")
    until(page, "s.playing")


def test_between_two_frames_pictures_are_mixed_and_nothing_is_asked_of_the_server(show):
    page = show(**MOTION)
    settle(page)
    page.locator(".easel .plot").focus()
    before = ask(page, "s.paints")
    page.keyboard.press("ArrowLeft")
    until(page, f"s.pos === {FRAMES - 2} && s.paints > {before} + 4")  # a step glides


def test_a_picture_is_chosen_by_hand_and_keys_and_seen_large(show):
    page = show()
    settle(page)
    box = page.locator(".easel .picture").bounding_box()
    x, y = ask(page, "s.place(6)")
    page.mouse.click(box["x"] + x, box["y"] + y)
    until(page, "s.picked === 6 && !s.large")
    page.get_by_text("picked 6").wait_for()
    page.mouse.click(box["x"] + x, box["y"] + y)
    until(page, "s.large")
    page.mouse.click(box["x"] + x, box["y"] + y)
    until(page, "!s.large")
    page.locator(".easel .plot").focus()
    page.keyboard.press("ArrowDown")
    until(page, "s.picked === 7")
    page.keyboard.press("Enter")
    until(page, "s.large")
    page.keyboard.press("Escape")
    until(page, "!s.large")
    assert "picture 7" in page.locator(".easel .plot").get_attribute("aria-label")


WATCH = """root => {
  const seen = window.seen = [];
  const look = () => { seen.push([root.__stage.frames, root.__stage.pos]); requestAnimationFrame(look) };
  look();
}"""


def test_a_live_recording_grows_without_starting_again(show):
    page = show("live", **MOTION)
    page.locator(".easel").evaluate(WATCH)  # by the page itself: from outside, a busy machine sees only the end
    until(page, f"s.frames === {FRAMES} && !s.live && s.pos === {FRAMES - 1}")
    counts, places = zip(*page.evaluate("seen"), strict=True)
    assert len(set(counts)) > 4
    assert all(b >= a - 1e-9 for a, b in zip(places, places[1:], strict=False)), "it never jumps back"


def test_without_motion_it_shows_where_it_ends(show):
    page = show()
    until(page, f"s.pos === {FRAMES - 1} && !s.playing")


def test_on_a_phone_it_fits_and_a_tap_chooses(show):
    page = show(**PHONE)
    settle(page)
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    box = page.locator(".easel .picture").bounding_box()
    x, y = ask(page, "s.place(9)")
    page.touchscreen.tap(box["x"] + x, box["y"] + y)
    until(page, "s.picked === 9")
    np.testing.assert_array_equal(shown(page, 9), bytes_of(clean("outfits", 16)[9:10])[0])


def test_in_the_dark_the_page_is_dark_and_the_pictures_are_the_same(show):
    page = show(color_scheme="dark")
    settle(page)
    assert ask(page, "s.dark")
    np.testing.assert_array_equal(shown(page, 2), bytes_of(clean("outfits", 16)[2:3])[0])


def test_a_mask_is_painted_undone_and_cleared(show):
    page = show("mask")
    box = page.locator(".sheet .picture").bounding_box()

    def at(x, y):
        px, py = ask(page, f"s.place({x}, {y})")
        return box["x"] + px, box["y"] + py

    page.mouse.move(*at(8, 12))
    page.mouse.down()
    page.mouse.move(*at(22, 12), steps=5)
    page.mouse.up()
    until(page, "s.count === 1")
    mask = np.array(ask(page, "s.covered")).reshape(32, 32)
    assert mask[12, 8:23].all()
    assert not mask[20].any()
    page.get_by_text(f"covered {mask.sum()} at change 1").wait_for()
    rows, columns = np.nonzero(mask)
    page.get_by_text(f"rows {rows.min()} to {rows.max()}, columns {columns.min()} to {columns.max()}").wait_for()
    page.get_by_role("button", name="Uncover").click()
    page.mouse.move(*at(15, 12))
    page.mouse.down()
    page.mouse.up()
    until(page, "s.count === 2")
    assert not np.array(ask(page, "s.covered")).reshape(32, 32)[12, 15]
    page.get_by_role("button", name="Undo").click()
    until(page, "s.count === 3")
    np.testing.assert_array_equal(np.array(ask(page, "s.covered")).reshape(32, 32), mask)
    page.get_by_role("button", name="Clear").click()
    page.get_by_text("covered 0 at change 4").wait_for()
    page.get_by_role("button", name="Border").click()
    page.get_by_text("covered 768 at change 5").wait_for()


def test_a_mask_is_painted_by_keys(show):
    page = show("mask")
    page.locator(".sheet .plot").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.get_by_text("at change 1").wait_for()
    assert np.array(ask(page, "s.covered")).reshape(32, 32)[16, 17]
