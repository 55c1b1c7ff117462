"""Pictures on a page: what is shown is what was given, and nothing has to be asked for."""

import base64
import io

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from core.key import Key
from playground import image


def drawn(shape):
    return Key(0).generator().integers(0, 256, shape, dtype=np.uint8)


def page(shape, written):
    from playground import image
    from tests.playground.test_image import drawn

    image.show(image.written(drawn(shape)) if written else drawn(shape), "a picture", 40, "its name")


@pytest.mark.parametrize("written", [False, True])
@pytest.mark.parametrize("shape", [(5, 7), (5, 7, 3)])
def test_the_message_holds_every_pixel(shape, written):
    at = AppTest.from_function(page, args=(shape, written)).run(timeout=60)
    assert not at.exception
    [one] = at.get("image")[0].proto.imgs
    kind, _, text = one.url.partition(",")
    assert kind == "data:image/png;base64"
    assert (np.asarray(Image.open(io.BytesIO(base64.b64decode(text)))) == drawn(shape)).all()
    assert (one.caption, one.alt) == ("its name", "a picture")


def test_pixels_seen_from_another_side_are_written_too():
    pixels = drawn((4, 6))
    assert (np.asarray(Image.open(io.BytesIO(image.written(pixels.T)))) == pixels.T).all()
