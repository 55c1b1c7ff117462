"""The VAE in a real browser: the picture follows the hand, pictures are encoded, a training unfolds, a file comes back."""

import io
import re
import zipfile

import numpy as np
import pytest
from PIL import Image

from core.data import images
from core.vae import recipes
from core.vae.forward import forward
from tests.browser.conftest import ask as asked
from tests.browser.conftest import calm, painted, wait
from tests.browser.conftest import until as until_it
from tests.core.data.readers.pictures.test_read import idx

pytestmark = pytest.mark.browser
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
QUIET = "panel=Code+and+files"
HERE = "model=Train+it+here&epochs=4&width=16"


@pytest.fixture
def vae(app, new_page):
    """`vae(query, **context)` opens the page and waits for a decoded picture."""

    def visit(query="", **options):
        page = new_page(**{"viewport": {"width": 1440, "height": 1400}, **options})
        page.goto(f"{app.url}/vae?{query}")
        page.locator(".pad[data-theme]").first.wait_for()  # a panel may have one too
        until(page, "s.pictures > 0")
        calm(page)
        return page

    return visit


def ask(page, expression, nth=0):
    return asked(page.locator(".pad").nth(nth), expression)


def until(page, condition, nth=0):
    """Wait until `condition`, a JS expression in `s`, holds for a pad."""
    until_it(page.locator(".pad").nth(nth), condition)


def picture(page):
    return page.locator(".pad .decoded").evaluate("canvas => canvas.toDataURL()")


def place(page, x, y, nth=0):
    """Two latent numbers to the page's pixels."""
    pad = page.locator(".pad").nth(nth)
    box = pad.locator(".plot").bounding_box()
    px, py = pad.evaluate("(root, [x, y]) => root.__pad.pixel(x, y)", [x, y])
    return box["x"] + px, box["y"] + py


def drag(page, start, end):
    page.mouse.move(*place(page, *start))
    page.mouse.down()
    page.mouse.move(*place(page, *end), steps=8)


def test_the_picture_follows_the_hand_as_the_model_decodes_it(vae):
    page = vae(QUIET)
    model = recipes.stored("vae-digits").model
    before = picture(page)
    drag(page, ask(page, "s.z"), (1.5, 1.0))
    painted(page)  # the button is still down: nothing has been asked of the server
    assert picture(page) != before
    z = ask(page, "s.z")
    np.testing.assert_allclose(z, [1.5, 1.0], atol=0.05)
    page.mouse.up()
    got = np.array(ask(page, "s.decode(s.z, [])")).reshape(model.shape)
    assert np.abs(got - model.decode(np.array([z]))[0]).max() < 1 / 255


@pytest.mark.parametrize("query", ["row=9", "pictures=Drawn+digits&model=2-D+by+class&row=9"])
def test_the_path_lights_the_layers_of_the_z_under_the_hand(vae, query):
    page = vae(f"{QUIET}&{query}")
    pictures, name = ("strokes", "vae-strokes-class") if "class" in query else ("digits", "vae-digits")
    model, pictures = recipes.stored(name).model, images.load(pictures)
    label = np.array(pictures.labels[8:9], dtype=np.int64) if model.classes else None
    x = pictures.pixels[8] / (pictures.levels - 1)
    before = page.locator(".path .after canvas").evaluate_all("all => all.map((one) => one.toDataURL())")
    drag(page, ask(page, "s.z"), (-0.7, 1.1))
    painted(page)  # the button is still down
    after = page.locator(".path .after canvas").evaluate_all("all => all.map((one) => one.toDataURL())")
    assert not set(before) & set(after)
    z = np.array(ask(page, "s.z"))
    found = forward(model, x, label, z)
    told = ask(page, "s.path")
    for got, layer in zip(told["layers"], (*found.decoder, None), strict=True):
        meant = found.picture if layer is None else layer.values
        np.testing.assert_allclose(got, meant.ravel(), atol=1e-4)
    line = told["sums"].split("\n")[0].replace("\N{MINUS SIGN}", "-")
    numbers = [float(v) for v in re.findall(r"-?[\d.]+", line)]
    np.testing.assert_allclose(
        numbers, [found.mean[0], np.exp(0.5 * found.log_var[0]), found.eps[0], z[0]], atol=0.00501
    )
    page.mouse.up()
    second = told["sums"].split("\n")[1]
    page.locator(f".path[aria-label*='encoder dense 128, dense 128'][aria-label*='{second}']").wait_for()


def test_the_sliders_and_keys_move_the_same_point(vae):
    page = vae(QUIET)
    before, z = picture(page), ask(page, "s.z")
    page.locator(".pad .plot").focus()
    page.keyboard.press("Shift+ArrowRight")
    until(page, f"s.z[0] > {z[0] + 0.4}")
    painted(page)
    assert picture(page) != before
    slider = page.locator(".pad .knob input").first
    assert float(slider.input_value()) == pytest.approx(ask(page, "s.z")[0], abs=0.011)


def test_a_picture_pressed_on_the_plane_is_encoded(vae):
    page = vae(QUIET)
    page.mouse.click(*place(page, 2.2, 0.4))
    until(page, "s.point !== null")
    page.wait_for_function("() => location.search.includes('row=')")
    row = int(re.search(r"row=(\d+)", page.url)[1])
    digits = images.load("digits")
    page.get_by_text(f"Picture {row:,}, a {digits.labels[row - 1]}").wait_for()
    assert ask(page, "s.point") is not None, "the ring stays"
    mean = recipes.stored("vae-digits").model.encode(digits.images[row - 1 : row])[0][0]
    np.testing.assert_allclose(ask(page, "s.z"), mean, atol=1e-4)


def test_another_number_sends_the_marker_to_that_pictures_code(vae):
    page = vae(f"{QUIET}&row=20")
    mean = recipes.stored("vae-digits").model.encode(images.load("digits").images[19:20])[0][0]
    np.testing.assert_allclose(ask(page, "s.z"), mean, atol=1e-4)


def test_a_drawing_is_encoded(vae):
    page = vae(f"{QUIET}&pictures=Drawn+digits&encode=Draw+one")
    sheet = page.locator(".stage:not(.pad) .plot")
    sheet.scroll_into_view_if_needed()
    before = ask(page, "s.z")
    box = sheet.bounding_box()
    page.mouse.move(box["x"] + 0.55 * box["width"], box["y"] + 0.15 * box["height"])
    page.mouse.down()
    for share in np.linspace(0.15, 0.85, 16):
        page.mouse.move(box["x"] + 0.55 * box["width"], box["y"] + share * box["height"])
        painted(page)
    page.mouse.up()
    page.get_by_text("Your drawing", exact=True).wait_for()
    until(page, f"Math.abs(s.z[0] - {before[0]}) > 0.05")


def test_an_uploaded_picture_is_encoded(vae):
    page = vae(f"{QUIET}&encode=Upload+one")
    before = ask(page, "s.z")
    out = io.BytesIO()
    y, x = np.mgrid[:64, :64]
    Image.fromarray((255 * (np.abs(x - 32) < 7)).astype(np.uint8)).save(out, "PNG")
    page.locator("input[type=file]").first.set_input_files(
        {"name": "one.png", "mimeType": "image/png", "buffer": out.getvalue()}
    )
    page.get_by_text("Your picture", exact=True).wait_for()
    until(page, f"Math.abs(s.z[0] - {before[0]}) > 0.05")


def test_a_training_unfolds_and_is_scrubbed(vae):
    page = vae(f"{QUIET}&{HERE}")
    until(page, "s.frames === 5")
    page.get_by_text("At rest after 5 frames").wait_for()
    last = picture(page)
    page.locator(".pad .plot").focus()
    for _ in range(4):
        page.keyboard.press(",")
    until(page, "s.index === 0")
    painted(page)
    assert picture(page) != last
    page.locator(".pad .caption").get_by_text("Before the first epoch").wait_for()


def test_a_fork_stands_beside_the_run_it_left_and_both_are_scrubbed_together(vae):
    page = vae(f"{QUIET}&{HERE}")
    page.get_by_text("At rest after 5 frames").wait_for()
    page.locator(".pad .scrub").focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    until(page, "s.index === 2")
    page.locator(".figures[data-resting^='Epoch 2: loss']").wait_for()
    page.get_by_role("button", name="Fork here").first.click()
    page.locator(".pad").nth(1).wait_for()
    for nth in (0, 1):
        until(page, "s.frames === 5 && s.pictures > 0", nth)
    caption = page.locator(".pad .caption")
    page.locator(".pad .scrub").nth(1).focus()
    page.keyboard.press("Home")
    until(page, "s.index === 2", nth=0)
    caption.nth(1).get_by_text("Epoch 0 of the fork, 2 in all").wait_for()

    def same():
        found = [np.array(ask(page, "s.decode([1, -1], [])", nth)) for nth in (0, 1)]
        return np.abs(found[0] - found[1]).max() <= 4 / 255  # one of them travelled in half precision

    wait(page, same, "the fork does not begin where it left")
    page.locator(".pad .scrub").nth(0).focus()
    page.keyboard.press("End")
    until(page, "s.index === 2", nth=1)
    page.keyboard.press("Home")
    until(page, "s.index === 0", nth=1)
    page.mouse.click(*place(page, 2.9, -2.9, 0))
    until(page, "Math.abs(s.z[0] - 2.9) < 0.05 && Math.abs(s.z[1] + 2.9) < 0.05", nth=1)
    page.locator(".pad").nth(1).get_by_role("button", name="manifold").click()
    for nth in (0, 1):
        until(page, "s.layers.manifold && s.manifold.made > 0", nth=nth)
    page.get_by_role("button", name="Drop kept run").first.click()
    page.locator(".pad").nth(1).wait_for(state="detached")
    until(page, "s.frames === 5 && s.pictures > 0")


def test_a_click_on_the_map_goes_there_and_a_hole_is_gone_to(vae):
    page = vae("panel=Surgery")
    page.locator(".pad[data-theme]").nth(1).wait_for()
    until(page, "s.pictures > 0", 1)
    page.locator(".pad .plot").nth(1).scroll_into_view_if_needed()
    page.mouse.click(*place(page, -2.8, 1.9, 1))
    until(page, "Math.abs(s.z[0] + 2.8) < 0.05 && Math.abs(s.z[1] - 1.9) < 0.05", nth=1)
    model = recipes.stored("vae-digits").model
    z = ask(page, "s.z", 1)
    got = np.array(ask(page, "s.decode(s.z, [])", 1)).reshape(model.shape)
    assert np.abs(got - model.decode(np.array([z]))[0]).max() < 1 / 255
    page.get_by_text(f"At ({z[0]:.2f}, {z[1]:.2f}) the prior is").wait_for()
    page.get_by_role("button", name="Hole 2").first.click()
    until(page, "Math.abs(s.z[0] + 2.8) > 0.05", nth=1)
    calm(page)
    hole = ask(page, "s.z", 1)
    page.get_by_text(f"At ({hole[0]:.2f}, {hole[1]:.2f}) the prior is").wait_for()
    page.mouse.click(*place(page, -2.8, 1.9, 1))
    until(page, "Math.abs(s.z[0] + 2.8) < 0.05", nth=1)
    x, y = place(page, *hole, 1)
    page.mouse.click(x + 5, y - 4)  # beside its dot: the dot is meant
    until(page, f"Math.hypot(s.z[0] - {hole[0]}, s.z[1] - {hole[1]}) < 1e-4", nth=1)


def test_a_link_brings_the_marker_back(vae):
    page = vae(f"{QUIET}&row=9")
    page.mouse.click(*place(page, -3.6, 3.4))
    page.wait_for_function("() => new URLSearchParams(location.search).has('z')")
    z, query = ask(page, "s.z"), page.url.split("?")[1]
    other = vae(query)
    np.testing.assert_allclose(ask(other, "s.z"), z, atol=2e-3)
    other.locator("[data-testid=stNumberInput] input").first.fill("12")
    other.keyboard.press("Enter")
    other.wait_for_function("() => !new URLSearchParams(location.search).has('z')")
    mean = recipes.stored("vae-digits").model.encode(images.load("digits").images[11:12])[0][0]
    until(other, f"Math.hypot(s.z[0] - {mean[0]}, s.z[1] - {mean[1]}) < 1e-3")


def test_a_training_is_paused_and_resumed(vae):
    page = vae(f"{QUIET}&model=Train+it+here&epochs=3000&width=16")
    page.locator(".stButton").get_by_text("Pause", exact=True).click()
    page.get_by_text(re.compile("Paused after")).wait_for()
    page.locator(".stButton").get_by_text("Resume", exact=True).click()
    page.get_by_text(re.compile("Computing after")).wait_for()
    page.locator(".stButton").get_by_text("Cancel", exact=True).click()
    page.get_by_text(re.compile("Cancelled after")).wait_for()


def test_a_checkpoint_comes_back_and_a_damaged_one_is_refused(vae):
    page = vae(QUIET)
    raw = (recipes.FOLDER / "vae-jars.safetensors").read_bytes()
    load = page.locator("input[type=file]").first
    load.set_input_files({"name": "bad.safetensors", "mimeType": "application/octet-stream", "buffer": raw[:3000]})
    page.locator("[data-testid=stAlert]").first.wait_for()
    assert ask(page, "s.pictures") > 0
    load.set_input_files({"name": "mine.safetensors", "mimeType": "application/octet-stream", "buffer": raw})
    page.get_by_text("From a file").wait_for()
    until(page, "s.decode(s.z, []).length === 1024")
    model = recipes.stored("vae-jars").model
    z = ask(page, "s.z")
    got = np.array(ask(page, "s.decode(s.z, [])")).reshape(model.shape)
    assert np.abs(got - model.decode(np.array([z]))[0]).max() < 1 / 255


def give(page, name, raw):
    """Upload a file of one's own pictures."""
    field = page.locator("[data-testid=stFileUploader]", has_text="Your pictures").locator("input[type=file]")
    field.set_input_files({"name": name, "mimeType": "application/octet-stream", "buffer": raw})


def test_an_idx_file_trains_a_model_of_its_own(vae):
    page = vae(f"{QUIET}&pictures=Your+own+pictures&{HERE}")
    strokes = images.load("strokes", 300).take(np.arange(300)).pixels[:, 0, ::2, ::2]
    give(page, "mine-idx3-ubyte", idx(strokes))
    page.get_by_text("Understood: 300 pictures").wait_for()
    until(page, "s.decode(s.z, []).length === 256")
    until(page, "s.frames === 5")
    decoded = np.array(ask(page, "s.decode(s.z, [])"))
    assert np.isfinite(decoded).all()
    assert np.ptp(decoded) > 0.05


def test_a_hostile_zip_is_one_sentence_and_nothing_is_lost(vae):
    page = vae(f"{QUIET}&pictures=Your+own+pictures")
    before = picture(page)
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        for i in range(3):
            archive.writestr(f"../../{i}.png", bytes(60_000_000))
    give(page, "bomb.zip", bomb.getvalue())
    alert = page.locator("[data-testid=stAlert]").first
    alert.wait_for()
    assert alert.inner_text().strip().endswith(".")
    assert len(alert.inner_text()) < 300
    assert picture(page) == before


def test_a_class_is_held_with_the_picture(vae):
    page = vae(f"{QUIET}&pictures=Drawn+digits&model=2-D+by+class&row=3")
    digit = int(images.load("strokes").labels[2])
    assert ask(page, "s.labels") == [digit]
    before = picture(page)
    page.locator(".pad .condition").get_by_role("radio", name=str((digit + 5) % 10)).click()
    until(page, f"s.labels[0] === {(digit + 5) % 10}")
    painted(page)
    assert picture(page) != before


def test_on_a_phone_everything_fits_and_a_finger_drags(vae):
    page = vae(QUIET, **PHONE)
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth + 1")
    before = picture(page)
    page.touchscreen.tap(*place(page, 0.0, -2.6))
    until(page, "s.z[1] < -1.5")
    painted(page)
    assert picture(page) != before
