"""What the panels ask first: what a model was trained with; and pictures side by side, exactly."""

import base64
import dataclasses
import io

import numpy as np
import pytest
from PIL import Image

from core.data.images import contact_sheet
from playground import image
from playground.rungs.vae import seen
from playground.shelf.pictures import GROUND
from tests.playground.rungs.vae import sets


def shown(monkeypatch, draw):
    """The picture that `draw` puts on the page: its pixels, and the PNG itself."""
    told = []
    monkeypatch.setattr(seen.session, "dark", lambda: False)
    monkeypatch.setattr(image.st, "image", lambda address, **_: told.append(address))
    draw()
    png = Image.open(io.BytesIO(base64.b64decode(told[0].partition(",")[2])))
    return np.asarray(png.convert("RGB")), png


@pytest.mark.parametrize(("colours", "mode"), [(1, "L"), (3, "RGB")])
def test_a_grey_strip_is_the_same_picture_in_a_third_of_the_bytes(monkeypatch, colours, mode):
    x = np.linspace(0, 1, 2 * colours * 16).reshape(2, colours, 4, 4)
    pixels, png = shown(monkeypatch, lambda: seen.strip(x, "two"))
    assert png.mode == mode
    tiled = contact_sheet(x, 2, 1, GROUND[False])
    side = len(pixels) // len(tiled)
    want = np.broadcast_to(np.rint(255 * tiled), (*tiled.shape[:2], 3))
    np.testing.assert_array_equal(pixels[::side, ::side], want)


def test_a_model_is_told_what_it_was_trained_with():
    told, rows = sets.model(told=True), np.array([0, 5])
    classes, words = sets.pictures("classes"), sets.pictures("words")
    assert seen.told(sets.model(), classes, rows) is None
    assert (seen.told(told, classes, rows)[:, 0] == classes.labels[rows]).all()
    unnamed = dataclasses.replace(words, labels=None, classes=())
    assert (seen.told(told, unnamed, rows)[:, 0] == words.labels[rows]).all()
    with pytest.raises(ValueError, match="labels"):
        seen.told(told, sets.pictures("factors"), rows)
