"""Painting in a real browser: words become pictures, steps are scrubbed, a mask is painted, one's own set is learned."""

import base64
import io
import re
import zipfile
from urllib.parse import quote_plus, urlencode

import numpy as np
import pytest

from core.data import images
from core.data.renderers import outfits
from core.diffusion.walk import Sampler
from core.key import Key
from core.painting import recipes
from core.painting.wish import Wish
from playground.instruments.easel import bytes_of
from playground.rungs.paint.screen import Push
from tests.browser.conftest import ask as asked
from tests.browser.conftest import calm, wait
from tests.browser.conftest import until as until_it
from tests.core.data.readers.pictures.test_read import idx

pytestmark = pytest.mark.browser
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
HAIR = (1, 2, 3, 4, 5, 6)
QUICK = {"steps": 5, "samples": 4, "panel": "Code and files"}
OWN = {"pictures": "Your own pictures", "painter": "trained here", "updates": 100_000, "width": 8}


@pytest.fixture
def paint(app, new_page):
    """`paint(settings, **context options)` opens the page and waits for its first easel to be finished."""

    def visit(settings=None, whole=True, **options):
        page = new_page(**{"viewport": {"width": 1440, "height": 1500}, **options})
        page.goto(f"{app.url}/paint?{urlencode(QUICK | (settings or {}), quote_via=quote_plus)}")
        page.locator(".easel[data-theme]").first.wait_for()
        if whole:
            until(page, f"s.frames === {QUICK['steps'] + 1} && !s.live")
        return page

    return visit


def ask(page, expression, which=0):
    return asked(page.locator(".easel").nth(which), expression)


def until(page, condition, which=0):
    """Wait until `condition`, a JS expression in `s`, holds for an easel."""
    until_it(page.locator(".easel").nth(which), condition)


def bytes_on(page, kind, i, which=0):
    return np.array(ask(page, f"s.bytes('{kind}', {i}, s.frames - 1)", which))


def wanted(told, labels=4, steps=5):
    """What core paints for this wish, as bytes."""
    painter = recipes.stored("paint-outfits").model
    sampler = Sampler("DPM-Solver++(2M)", steps)
    key = Key(0) / "paint"
    asked = Wish(told).labels(labels, key / "told")
    return bytes_of(painter.sample(labels, key, sampler, asked, Push().guidance))


def test_a_prompt_is_typed_understood_and_painted(paint):
    page = paint()
    assert np.abs(bytes_on(page, "x", 2) - wanted(((1,), (), (0,), (4,), HAIR))[2].ravel()).max() <= 1
    run = page.locator(".easel").first.get_attribute("data-run")
    box = page.get_by_label("Paint", exact=True)
    box.fill("black hair, sunglasses, purple cape")
    page.get_by_text("not a word of this vocabulary").wait_for()
    page.locator("[data-testid=stMarkdown]", has_text="free: clothes colour").get_by_text("sunglasses").wait_for()
    until(page, f"s.frames === 6 && !s.live && root.dataset.run !== '{run}'")
    assert np.abs(bytes_on(page, "x", 1) - wanted(((2,), (), (), (0,), HAIR))[1].ravel()).max() <= 1
    assert "prompt=black+hair" in page.url


def test_a_word_is_completed_by_a_press(paint):
    page = paint()
    page.get_by_label("Paint", exact=True).fill("long cu")
    page.get_by_text("which of these is meant").wait_for()  # the first words offer long curly hair too
    page.get_by_role("button", name="long curly hair").or_(page.get_by_role("radio", name="long curly hair")).click()
    page.wait_for_function("() => location.search.includes('prompt=long+curly+hair')")
    page.wait_for_function("() => document.querySelector('input[aria-label=Paint]').value === 'long curly hair'")


def test_pictures_that_do_not_obey_are_marked_and_a_press_takes_the_word_out(paint):
    page = paint({"prompt": "not red hair, sunglasses", "guidance": 0, "samples": 6})
    until(page, "s.pos >= s.frames - 1")
    x = np.stack([bytes_on(page, "x", i) for i in range(6)]).reshape(6, 3, 32, 32) / 255
    seen = outfits.measure(x)
    marks = ask(page, "s.marks")
    assert [not mark for mark in marks] == ((seen[:, 0] == 2) & (seen[:, 3] != 4)).tolist()
    assert any(marks)
    page.get_by_text(re.compile(f"{sum(not mark for mark in marks)} of 6 obey")).first.wait_for()
    page.get_by_text("All words", exact=True).click()
    page.get_by_role("button", name="✓ sunglasses").click()
    page.wait_for_function("() => document.querySelector('input[aria-label=Paint]').value === 'not red hair'")
    until(page, "s.frames === 6 && !s.live && s.marks.every((mark) => !mark.includes('glasses'))")


def test_steps_are_walked_and_the_numbers_follow(paint):
    page = paint()
    page.locator(".easel .plot").first.focus()
    page.keyboard.press("Home")
    until(page, "s.pos === 0")
    page.locator("table", has_text="Guess 1").wait_for()
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    until(page, "s.pos === 2")
    page.locator("table", has_text="Guess 3").wait_for()
    page.keyboard.press("2")
    until(page, "s.kind === 'clean'")
    film = page.locator(".easel .film").first.bounding_box()
    page.mouse.click(film["x"] + 70, film["y"] + 12)
    page.locator("table", has_text="Guess 1").wait_for()


def test_a_mask_is_painted_and_what_was_known_stays(paint):
    page = paint({"panel": "Edit", "way": "Of the set", "row": 700})
    page.locator(".sheet[data-theme]").wait_for()
    page.get_by_role("button", name="Clear").click()
    box = page.locator(".sheet .picture").bounding_box()
    share = box["width"] / 32
    page.mouse.move(box["x"] + 6 * share, box["y"] + 24 * share)
    page.mouse.down()
    page.mouse.move(box["x"] + 26 * share, box["y"] + 26 * share, steps=6)
    page.mouse.up()
    covered = page.locator(".sheet").evaluate("root => root.__sheet.covered")
    mask = np.array(covered, bool).reshape(32, 32)
    assert 40 < mask.sum() < 300
    code = base64.urlsafe_b64encode(np.packbits(mask).tobytes()).decode().rstrip("=")  # as the link carries a mask
    page.wait_for_function("code => new URLSearchParams(location.search).get('mask') === code", arg=code)
    calm(page)
    until(page, "s.frames > 5 && !s.live", which=1)
    page.locator("table", has_text="identity").wait_for()
    found = bytes_on(page, "x", 3, which=1).reshape(3, 32, 32)
    known = images.load("outfits").pixels[699]
    np.testing.assert_array_equal(found[:, ~mask], known[:, ~mask])
    assert (found[:, mask] != known[:, mask]).mean() > 0.3


def give(page, name, raw):
    """Upload a file of one's own pictures."""
    calm(page)
    field = page.locator("[data-testid=stFileUploader]", has_text="Your pictures").locator("input[type=file]")
    field.set_input_files({"name": name, "mimeType": "application/octet-stream", "buffer": raw})


def test_an_idx_set_is_learned_for_ten_seconds(paint):
    page = paint(OWN | {"painter": "stored"}, whole=False)
    strokes = images.load("strokes", 500).take(np.arange(500)).pixels[:, 0, ::2, ::2]
    give(page, "mine-idx3-ubyte", idx(strokes))
    page.get_by_text("Understood: 500 pictures").wait_for()
    page.get_by_text(re.compile(r"Training: [\d,]+ of 100,000 updates")).wait_for()
    until(page, "s.frames >= 3 && s.count === 16")
    assert ask(page, "s.bytes('x', 0, 2).length") == 256
    assert bytes_on(page, "x", 0).std() > 5
    page.get_by_text(re.compile("about .* left")).wait_for()
    page.locator(".stButton").get_by_text("Pause", exact=True).click()
    page.get_by_text(re.compile("Paused: ")).wait_for()
    page.locator(".stButton").get_by_text("Resume", exact=True).wait_for()
    page.get_by_text("A walk", exact=True).click()
    page.get_by_text(re.compile("The end, after|Guess 5 ")).first.wait_for()
    page.get_by_text("Its training", exact=True).click()
    page.locator(".stButton").get_by_text("Stop here", exact=True).click()
    page.get_by_text(re.compile("Stopped: ")).wait_for()


def test_a_painter_comes_back_and_a_damaged_one_is_refused(paint):
    page = paint({"pictures": "Drawn digits"})
    before = bytes_on(page, "x", 0)
    raw = (recipes.FOLDER / "paint-strokes.safetensors").read_bytes()
    field = page.locator("[data-testid=stFileUploader]", has_text="Load a painter").locator("input[type=file]")
    field.set_input_files({"name": "bad.safetensors", "mimeType": "application/octet-stream", "buffer": raw[:9000]})
    alert = page.locator("[data-testid=stAlert]").first
    alert.wait_for()
    assert alert.inner_text().strip().endswith(".")
    np.testing.assert_array_equal(bytes_on(page, "x", 0), before)
    run = page.locator(".easel").first.get_attribute("data-run")
    field.set_input_files({"name": "mine.safetensors", "mimeType": "application/octet-stream", "buffer": raw})
    page.get_by_text("trained elsewhere").wait_for()
    until(page, f"s.frames === 6 && !s.live && root.dataset.run !== '{run}'")
    assert np.abs(bytes_on(page, "x", 0) - before).max() <= 1, "the same painter, so the same pictures"


def test_a_hostile_zip_is_one_sentence_and_nothing_is_lost(paint):
    page = paint()
    page.goto(page.url.replace("panel=", "pictures=Your+own+pictures&panel="))
    until(page, "s.frames === 6 && !s.live")
    before = bytes_on(page, "x", 0)
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        for i in range(3):
            archive.writestr(f"../../{i}.png", bytes(60_000_000))
    give(page, "bomb.zip", bomb.getvalue())
    alert = page.locator("[data-testid=stAlert]").first
    alert.wait_for()
    assert alert.inner_text().strip().endswith(".")
    assert len(alert.inner_text()) < 300
    np.testing.assert_array_equal(bytes_on(page, "x", 0), before)


def test_a_phone_holds_everything(paint):
    page = paint({"panel": "Edit"}, **PHONE)
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    box = page.locator(".easel .picture").first.bounding_box()
    x, y = ask(page, "s.place(3)")
    page.touchscreen.tap(box["x"] + x, box["y"] + y)
    until(page, "s.picked === 3")
    page.get_by_text("Picture 4 of the easel").wait_for()
    wait(page, lambda: "picked=4" in page.url, page.url)
    main = page.locator("[data-testid=stMain]")
    assert main.evaluate("e => e.scrollWidth - e.clientWidth") <= 0
