"""Pictures of one's own in a real browser: what was guessed stands beside them, and one press changes it."""

import numpy as np
import pytest

from core.data import images
from tests.browser.conftest import calm, wait
from tests.core.data.readers.pictures.test_read import idx, pngs

pytestmark = pytest.mark.browser
ABOUT = ("playground/shelf/", "core/data/")  # looked at on a page, and any page with pictures would do
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
PIXELS = """async image => {
  await image.decode();
  const [width, height] = [image.naturalWidth, image.naturalHeight];
  const context = Object.assign(document.createElement("canvas"), {width, height}).getContext("2d");
  context.drawImage(image, 0, 0);
  return [height, width, Array.from(context.getImageData(0, 0, width, height).data.filter((_, i) => i % 4 === 0))];
}"""


@pytest.fixture
def own(app, new_page):
    """`own(name, raw, **context)` opens the page of the VAE and uploads a file of one's own pictures."""

    def visit(name, raw, **options):
        page = new_page(**options)
        page.goto(
            f"{app.url}/vae?panel=Code+and+files&pictures=Your+own+pictures&model=Train+it+here&epochs=1&width=16"
        )
        page.locator(".pad[data-theme]").first.wait_for()
        calm(page)
        field = page.locator("[data-testid=stFileUploader]", has_text="Your pictures").locator("input[type=file]")
        field.set_input_files({"name": name, "mimeType": "application/octet-stream", "buffer": raw})
        page.get_by_text("Understood: ").wait_for()
        return page

    return visit


def first(page, side):
    """The first picture of the contact sheet (side, side), from 0 to 1."""
    height, width, levels = page.get_by_alt_text("Contact sheet: ").first.evaluate(PIXELS)
    scale = width // (8 * (side + 1) + 1)
    small = np.array(levels).reshape(height, width)[scale // 2 :: scale, scale // 2 :: scale]
    return small[1 : side + 1, 1 : side + 1] / 255


def shows(page, picture):
    """Wait until the contact sheet begins with a picture, give or take what an image's coding loses."""
    wait(page, lambda: np.abs(first(page, len(picture)) - picture).max() < 0.05, "another picture is shown")


def test_letters_on_their_side_are_stood_up_by_a_press_and_laid_back_by_another(own):
    strokes = images.load("strokes", 200).take(np.arange(200)).pixels[:, 0]
    page = own("emnist-letters-images-idx3-ubyte", idx(strokes.transpose(0, 2, 1)))
    page.get_by_text("A guess: these look like letters or digits lying on their side").wait_for()
    shows(page, strokes[0].T / 255)
    page.get_by_role("button", name="Transpose them").click()
    page.get_by_text("The pictures are transposed.").wait_for()
    shows(page, strokes[0] / 255)
    page.wait_for_url(lambda url: "turn=Transposed" in url)
    page.get_by_text("turn='transposed'").first.wait_for()  # in the code to take home
    page.get_by_role("button", name="Show them as they were").click()
    page.get_by_text("A guess: these look like").wait_for()
    shows(page, strokes[0].T / 255)


def test_classes_are_named_by_nested_folders_and_by_others_at_a_press_on_a_phone(own):
    grey = np.random.default_rng(0).integers(0, 256, (24, 8, 8, 1), dtype=np.uint8)
    folders = [f"root/{batch}/{name}/images" for batch in ("one", "two", "six") for name in ("n01", "n02")] * 4
    page = own("nested.zip", pngs(grey, folders), **PHONE)
    page.get_by_text("Understood: 24 pictures, 8x8, 2 classes.").wait_for()
    page.get_by_text("Classes are named by folder level 3: n01, n02.").first.wait_for()
    page.get_by_role("button", name="Name them by folder level 2").click()
    page.get_by_text("Classes are named by folder level 2: one, six, two.").first.wait_for()
    page.get_by_text("Understood: 24 pictures, 8x8, 3 classes.").wait_for()
    page.wait_for_url(lambda url: "classes=Folder+2" in url)
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth + 1")
