"""The latent pad in a real browser: the picture equals torch's, and it follows the hand, the keys and the sliders."""

import base64
import re

import numpy as np
import pytest

from core.key import Key
from playground.palette import SURFACE, themed
from tests.browser.apps.pad_app import GENTLE, model, plane_of
from tests.browser.apps.pad_models import SPECS, decode, weights
from tests.browser.conftest import MOTION, ask, calm, painted, still, until, wait

pytestmark = pytest.mark.browser
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def show(instruments, new_page):
    def open_pad(mode="conv", **options):
        page = new_page(**options)
        page.goto(f"{instruments.url}/?app=pad&mode={mode}")
        pad = page.locator(".pad").first
        pad.wait_for()
        until(pad, "s.pictures > 0")
        return page, pad

    return open_pad


def place(pad, x, y):
    """Two latent numbers to the page's pixels."""
    box = pad.locator(".plot").bounding_box()
    px, py = pad.evaluate("(root, [x, y]) => root.__pad.pixel(x, y)", [x, y])
    return box["x"] + px, box["y"] + py


def decoded(pad, z, labels):
    """The browser's pictures of many codes, in [0, 1], before they are painted."""
    text = pad.evaluate(
        """(root, [z, labels]) => { const all = new Float32Array(z.flatMap((one, i) => root.__pad.decode(one, labels[i])));
          const bytes = new Uint8Array(all.buffer); let text = "";
          for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
          return btoa(text); }""",
        [np.asarray(z).tolist(), labels],
    )
    return np.frombuffer(base64.b64decode(text), "<f4")


def shown(pad, shape):
    """The decoded picture as the canvas shows it: the middle of every enlarged pixel, (c, h, w) in 0..255."""
    c, h, w = shape
    rgba = pad.evaluate(
        """(root, [h, w]) => { const canvas = root.querySelector(".decoded"), k = canvas.width / w;
          const all = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data, found = [];
          for (let y = 0; y < h; y++) for (let x = 0; x < w; x++) {
            const p = 4 * (Math.floor((y + 0.5) * k) * canvas.width + Math.floor((x + 0.5) * k));
            found.push(all[p], all[p + 1], all[p + 2]);
          }
          return found; }""",
        [h, w],
    )
    return np.array(rgba).reshape(h, w, 3).transpose(2, 0, 1)[:c]


def plot_pixels(pad):
    return pad.evaluate("root => root.querySelector('.picture').toDataURL()")


def test_the_picture_of_every_kind_of_decoder_equals_torchs_at_500_random_codes(show):
    page, _ = show("decoders")
    pads = page.locator(".pad")
    wait(page, lambda: pads.count() == len(SPECS))
    for kind, pad in zip(SPECS, pads.all(), strict=True):
        until(pad, "s.pictures > 0")
        equals_torchs(kind, pad)


def equals_torchs(kind, pad):
    """The browser's pictures of a pad are torch's, decoded and as painted."""
    spec = SPECS[kind]
    latent = 5 if kind == "conditional" else 2
    z = (Key(5) / kind).generator().normal(size=(500, latent))
    inputs, labels = z, []
    if kind == "conditional":
        drawn = (Key(6) / kind).generator().integers(0, [3, 2], (500, 2))
        inputs = np.hstack([z, np.eye(3)[drawn[:, 0]], np.eye(2)[drawn[:, 1]]])
        labels = drawn.tolist()
    want = decode(spec, weights(spec), inputs)
    got = decoded(pad, z, labels)
    assert want.std() > 0.1, "the pictures differ enough for the comparison to say something"
    gap = np.abs(np.reshape(got, want.shape) - want).max()
    assert gap < 0.05 / 255, f"{kind}: the largest difference is {gap * 255:.5f} of 1/255"
    if kind == "conditional":
        return
    for one, pixels in zip(z[:5], want[:5], strict=True):
        count = ask(pad, "s.pictures")
        pad.evaluate("(root, z) => root.__pad.hold(z)", one.tolist())
        until(pad, f"s.pictures > {count}")
        if np.abs(one).max() < 3.5:
            assert np.abs(shown(pad, pixels.shape) - 255 * pixels).max() <= 1, kind


def test_a_vae_of_the_core_decodes_as_it_does_in_python(show):
    page, pad = show("vae")
    z = Key(8).generator().normal(size=(100, 3))
    labels = np.arange(100)[:, None] % 3
    want = model().decode(z, labels)
    gap = np.abs(decoded(pad, z, labels.tolist()).reshape(want.shape) - want).max()
    print(f"core.vae.fit: largest difference {gap * 255:.5f} of 1/255")
    assert want.std() > 0.01
    assert gap < 0.05 / 255
    page.mouse.click(*place(pad, 1.0, -1.0))
    page.get_by_text("z=").wait_for()


def test_half_precision_moves_no_pixel_by_more_than_one_level(show):
    _, pad = show("half")
    assert ask(pad, "s.index") == 6
    pad.locator(".scrub").focus()
    pad.page.keyboard.press("Home")
    until(pad, "s.index === 0")
    spec = SPECS["conv"]
    z = Key(7).generator().normal(size=(200, 2))
    got = decoded(pad, z, [])
    want = decode(spec, weights(spec, 1, GENTLE), z)
    gap = np.abs(np.reshape(got, want.shape) - want).max()
    print(f"half precision: largest difference {gap * 255:.3f} of 1/255")
    assert 1e-6 < gap < 1 / 255


def test_dragging_takes_the_picture_along_and_python_hears_at_rest(show):
    page, pad = show()
    page.mouse.move(*place(pad, -2.5, -2.5))
    page.mouse.down()
    page.mouse.move(*place(pad, 2.4, 2.6), steps=8)
    painted(page)
    z = np.array(ask(pad, "s.z"))
    np.testing.assert_allclose(z, [2.4, 2.6], atol=0.02)
    want = decode(SPECS["conv"], weights(SPECS["conv"]), z[None])[0]
    assert np.abs(shown(pad, want.shape) - 255 * want).max() <= 1
    assert page.get_by_text("z=none").is_visible(), "nothing is sent while the hand holds"
    page.mouse.up()
    page.get_by_text(f"z={z[0]:.3f} {z[1]:.3f} point=None").wait_for()
    assert re.fullmatch(
        r"Decoded picture at z₁ 2\.\d\d, z₂ 2\.\d\d", pad.locator(".decoded").get_attribute("aria-label")
    )


def test_a_marker_is_taken_where_it_is_without_a_jump(show):
    page, pad = show()
    x, y = place(pad, 0, 0)
    page.mouse.move(x + 6, y - 5)
    page.mouse.down()
    page.mouse.move(x + 66, y - 45, steps=5)
    page.mouse.up()
    painted(page)
    np.testing.assert_allclose(place(pad, *ask(pad, "s.z")), (x + 60, y - 40), atol=1)


def test_keys_move_the_marker_coarsely_finely_and_home(show):
    page, pad = show()
    pad.locator(".plot").focus()
    for keys in ("ArrowRight", "Shift+ArrowUp", "Alt+ArrowLeft"):
        page.keyboard.press(keys)
    np.testing.assert_allclose(ask(pad, "s.z"), [0.045, 0.5], atol=1e-9)
    page.get_by_text("z=0.045 0.500").wait_for()
    assert page.url.endswith("mode=conv"), "Alt and an arrow must not leave the page"
    page.keyboard.press("Home")
    page.get_by_text("z=0.000 0.000").wait_for()
    for _ in range(9):
        page.keyboard.press("Shift+ArrowRight")
    assert ask(pad, "s.z[0]") == 3.5, "the marker stays on the plane"


def test_sliders_and_marker_are_one(show):
    page, pad = show("conditional")
    sliders = pad.get_by_role("slider", name=re.compile("Latent number"))
    assert sliders.count() == 5
    sliders.nth(1).fill("1.25")
    painted(page)
    assert ask(pad, "s.z") == [0, 1.25, 0, 0, 0]
    marker = pad.locator(".marker").bounding_box()
    np.testing.assert_allclose(
        (marker["x"] + marker["width"] / 2, marker["y"] + marker["height"] / 2), place(pad, 0, 1.25), atol=1
    )
    page.mouse.click(*place(pad, -3, -3))
    painted(page)
    np.testing.assert_allclose([float(sliders.nth(k).input_value()) for k in (0, 1)], [-3, -3], atol=0.03)
    sliders.nth(3).fill("-2")
    painted(page)
    assert pad.locator(".knob output").nth(3).inner_text() == "−2.00"


def test_another_plane_shows_other_codes(show):
    page, pad = show("conditional")
    before = plot_pixels(pad)
    pad.get_by_label("Latent dimension across").select_option("2")
    page.get_by_text("axes=(2, 1)").wait_for()
    assert plot_pixels(pad) != before
    page.mouse.click(*place(pad, 1.0, -2.5))
    painted(page)
    z = ask(pad, "s.z")
    np.testing.assert_allclose(z, [0, -2.5, 1.0, 0, 0], atol=0.02)
    pad.get_by_label("Latent dimension up").select_option("2")
    assert ask(pad, "s.axes") == [1, 2], "taking the other axis's dimension swaps them"


def test_a_label_changes_the_picture(show):
    page, pad = show("conditional")
    spec = SPECS["conditional"]
    pad.get_by_role("radio", name="B").click()
    page.keyboard.press("ArrowRight")
    pad.get_by_role("radio", name="yes").click()
    page.get_by_text("labels=(2, 1)").wait_for()
    want = decode(spec, weights(spec), np.array([[0, 0, 0, 0, 0, 0, 0, 1, 0, 1.0]]))[0]
    assert np.abs(shown(pad, want.shape) - 255 * want).max() <= 1


def test_a_click_on_a_datum_holds_its_code(show):
    page, pad = show("conditional")
    _, z = plane_of("conditional")
    k = int(np.argmax(z[:, 0]))
    page.mouse.click(*place(pad, *z[k, :2]))
    page.get_by_text(f"point={k} ").wait_for()
    np.testing.assert_allclose(ask(pad, "s.z"), z[k], atol=1e-6)
    name = f"picture {3 * k + 700:,}"
    assert name in pad.locator(".held").inner_text()
    assert name in pad.locator(".readout").inner_text(), "one picture has one name"
    page.keyboard.press("ArrowLeft")
    page.get_by_text("point=None").wait_for()


def test_wheel_zooms_with_control_and_double_click_resets(show):
    page, pad = show()
    at = place(pad, 1.0, 1.0)
    page.mouse.move(*at)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -500)
    page.keyboard.up("Control")
    until(pad, "s.zoom > 2.5")
    np.testing.assert_allclose(place(pad, 1.0, 1.0), at, atol=2)  # a wheel event's place is whole pixels
    page.mouse.dblclick(*at)
    until(pad, "s.zoom === 1")
    page.mouse.move(*place(pad, 0.5, 0.5))
    assert re.search(r"z₁ 0\.\d\d", pad.locator(".readout").inner_text())


def test_thumbnails_classes_and_quantiles_change_the_plane(show):
    page, pad = show()
    seen = {plot_pixels(pad)}
    for name in ("thumbnails", "thumbnails", "zero", "prior quantiles"):
        pad.get_by_role("button", name=name, exact=True).click()
        page.mouse.move(0, 0)
        painted(page)
        seen.add(plot_pixels(pad))
    assert len(seen) == 4, "thumbnails off again is the first picture"
    page.mouse.click(*place(pad, 1.0, -0.5))
    painted(page)
    np.testing.assert_allclose(ask(pad, "s.z"), [1.0, -0.5], atol=0.02)
    box = pad.locator(".plot").bounding_box()
    x = place(pad, 0.0, 0.0)[0] - box["x"]
    assert abs(x - (38 + (box["width"] - 48) / 2)) < 1, "the median lies in the middle"


def test_the_manifold_is_made_in_slices_of_what_the_decoder_says(show):
    page, pad = show()
    pad.get_by_role("button", name="manifold").click()
    assert not ask(pad, "s.layers.codes"), "the data would hide it"
    until(pad, "s.manifold.made === 1")
    made = ask(pad, "s.manifold")
    assert made["done"] == 225
    assert len(made["slices"]) > 5, "one slice would hold the page up"
    for column, row in ((7, 3), (2, 12), (14, 0)):
        z = -3.5 + (np.array([column, row]) + 0.5) * 7 / 15
        want = decode(SPECS["conv"], weights(SPECS["conv"]), z[None])[0, 0]
        got = np.reshape(pad.evaluate("(root, [i, j]) => root.__pad.tile(i, j, 15)", [column, row]), (32, 32, 4))[
            ..., 0
        ]
        assert np.abs(got - 255 * want).max() <= 1
    before = plot_pixels(pad)
    pad.get_by_role("button", name="manifold").click()
    painted(page)
    assert plot_pixels(pad) != before


def test_a_film_switches_decoders_and_codes_glide(show):
    page, pad = show("film")
    until(pad, "s.index === 6")
    spec = SPECS["conv"]
    want = decode(spec, weights(spec, 0, GENTLE), np.zeros((1, 2)))[0]
    assert np.abs(shown(pad, want.shape) - 255 * want).max() <= 1
    pad.locator(".scrub").focus()
    page.keyboard.press("Home")
    page.get_by_text("frame=0").wait_for()
    want = decode(spec, weights(spec, 1, GENTLE), np.zeros((1, 2)))[0]
    assert np.abs(shown(pad, want.shape) - 255 * want).max() <= 1
    assert pad.locator(".caption").inner_text() == "Step 0"
    pad.locator(".plot").focus()
    page.keyboard.press(".")
    until(pad, "s.index === 1")
    page.keyboard.press("Space")
    until(pad, "!s.playing && s.index === 6")


def test_a_growing_film_keeps_marker_zoom_and_thumbnails(show):
    page, pad = show("live", **MOTION)
    pad.locator(".plot").focus()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("+")
    button = pad.get_by_role("button", name="thumbnails")
    button.click()
    button.evaluate("b => { b.dataset.same = 1; }")
    blanks = pad.evaluate(
        """root => { window.__blank = 0; const watch = () => {
             if (root.querySelector(".decoded").hidden) window.__blank++;
             requestAnimationFrame(watch); }; watch(); return 0; }"""
    )
    until(pad, "s.frames === 12 && s.index === 11")
    assert blanks == page.evaluate("window.__blank") == 0
    assert ask(pad, "s.z") == [0.5, 0]
    assert ask(pad, "s.zoom") > 1.2
    assert button.get_attribute("aria-pressed") == "true"
    assert button.get_attribute("data-same"), "a press that falls between two messages would be lost"
    page.get_by_text("sent=12 gaps=0").wait_for()


def test_what_the_pad_lacks_it_asks_for_and_then_only_overlays_travel(show):
    page, pad = show("over")
    until(pad, "s.frames === 7 && s.index === 6")
    pictures = ask(pad, "s.pictures")
    assert pictures > 0
    _, z = plane_of("film")
    k = int(np.argmax(z[:, 1]))
    page.mouse.click(*place(pad, *z[k]))
    pad.get_by_role("button", name="posterior").wait_for()
    page.get_by_text(f"point={k} frames=0").wait_for()
    assert int(re.search(r"bytes=(\d+)", page.content())[1]) < 20_000
    assert ask(pad, "s.frames") == 7
    assert ask(pad, "s.point") == k
    asks = re.search(r"asks=\d+", page.content())[0]
    page.wait_for_timeout(1500)  # a question is put again after a second
    assert page.get_by_text(asks).is_visible(), "it keeps the thumbnails and never asks again"
    assert pad.get_by_role("button", name="thumbnails").is_visible()


def test_the_theme_is_the_pages(show):
    page, pad = show(color_scheme="dark")
    assert ask(pad, "s.dark")
    page.emulate_media(color_scheme="light")
    until(pad, "!s.dark")
    painted(page)
    x, y = pad.evaluate("root => root.__pad.pixel(-3.4, -3.4)")
    corner = pad.evaluate(
        """(root, [x, y]) => { const c = root.querySelector(".picture"), k = c.width / c.clientWidth;
          return Array.from(c.getContext("2d").getImageData(x * k, y * k, 1, 1).data).slice(0, 3); }""",
        [x, y],
    )
    want = [int(SURFACE["stage"][0][i : i + 2], 16) for i in (1, 3, 5)]
    np.testing.assert_allclose(corner, want, atol=6)
    assert themed(False)["roles"]["hand"].lower() in pad.get_attribute("style").lower()


def touches(client, kind, points):
    client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})


def test_a_finger_drags_and_two_zoom(show):
    page, pad = show(**PHONE)
    client = page.context.new_cdp_session(page)
    touches(client, "touchStart", [place(pad, -2.5, 2.5)])
    for z in np.linspace([-2.5, 2.5], [2.5, -2.5], 8):
        touches(client, "touchMove", [place(pad, *z)])
        painted(page)
    touches(client, "touchEnd", [])
    page.get_by_text(re.compile(r"z=2\.\d+ -2\.\d+")).wait_for()
    assert page.evaluate("scrollY") == 0
    x, y = place(pad, 0.0, 0.0)
    held = ask(pad, "s.z")
    touches(client, "touchStart", [(x - 30, y + 60), (x + 30, y + 60)])
    for far in (40, 50, 60, 75):
        touches(client, "touchMove", [(x - far, y + 60), (x + far, y + 60)])
        painted(page)
    touches(client, "touchEnd", [])
    until(pad, "s.zoom > 1.8")
    assert ask(pad, "s.z") == held, "zooming does not move the marker"


@pytest.mark.parametrize("mode", ["conv", "conditional", "film"])
def test_a_phone_shows_pad_and_picture_at_once(show, mode):
    page, pad = show(mode, **PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for part in (".plot", ".decoded"):
        box = pad.locator(part).bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
        assert box["y"] + box["height"] <= 844, f"{part} is in view"
    for box in pad.locator("button:visible, select:visible").evaluate_all(
        "all => all.map(e => { const r = e.getBoundingClientRect(); return [r.left, r.right, r.height, e.className] })"
    ):
        assert box[0] >= 0, box
        assert box[1] <= 390, box
        assert box[2] >= 40, box


def test_nothing_is_drawn_while_nothing_changes(show):
    page, _ = show()
    calm(page)
    assert still(page)


def test_the_picture_can_be_kept(show):
    _, pad = show()
    with pad.page.expect_download() as download:
        pad.get_by_role("button", name="Save picture").click()
    assert download.value.suggested_filename == "conv-1.png"
