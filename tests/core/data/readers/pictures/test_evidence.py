"""What pixels say: which way is up, and which ground keeps a drawing in sight."""

import numpy as np
import pytest
from PIL import Image

from core.data import images
from core.data.readers.pictures.evidence import SAMPLE, contrasting, ink, lying, sampled
from core.data.readers.pictures.read import parse_pictures
from core.key import Key
from tests.core.data.readers.pictures.test_read import encoded, idx
from tests.core.data.readers.test_hostile import archive

STANDING = {  # sets in which nothing lies on its side
    "digits": images.load("digits").pixels[:, 0] * 15,
    "strokes": images.load("strokes", 1000).pixels[:, 0],
    "strokes, black on white": 255 - images.load("strokes", 1000).pixels[:, 0],
    "jars": images.load("jars", 1000).pixels[:, 0],
    "wallpapers": images.load("wallpapers", 1000).pixels[:, 0],
    "outfits": images.load("outfits").pixels[:, 1],
}
LETTERS = [name for name in STANDING if name.startswith(("digits", "strokes"))]
TRIALS = 20


def draws(name, n):
    """Sets of `n` pictures, drawn without replacement."""
    rng = (Key(0) / name / n).generator()
    return [STANDING[name][rng.choice(len(STANDING[name]), n, replace=False)] for _ in range(TRIALS)]


@pytest.mark.parametrize("n", [12, 48, 200])
@pytest.mark.parametrize("name", STANDING)
def test_nothing_is_said_of_pictures_that_stand(name, n):
    for pixels in draws(name, n):
        for seen in (pixels, pixels[:, ::-1], pixels[:, :, ::-1]):
            assert lying(parse_pictures("a", idx(seen))) is None


@pytest.mark.parametrize("n", [12, 48, 200])
@pytest.mark.parametrize("name", LETTERS)
def test_digits_on_their_side_are_seen(name, n):
    for pixels in draws(name, n):
        for seen in (pixels.transpose(0, 2, 1), np.rot90(pixels, 1, axes=(1, 2)), np.rot90(pixels, -1, axes=(1, 2))):
            assert lying(parse_pictures("a", idx(seen))) > 1.16


def test_ink_is_measured_as_by_hand():
    bar = np.full((20, 30), 200, np.uint8)
    bar[4:6, 3:27] = 10  # 24 wide, 2 high: area 48, perimeter 52
    wide, thick, even = ink(bar)
    assert (wide, thick, even) == pytest.approx((np.log(12), 2 * 48 / 52 / 24, 1))
    assert ink(np.full((9, 9), 7, np.uint8)) is None
    tilted = ink(bar.T)
    assert tilted == pytest.approx((-wide, thick, even))


def test_a_sample_runs_from_the_first_to_the_last():
    raw = parse_pictures("a", idx(np.zeros((1000, 8, 8))))
    rows = list(sampled(raw))
    assert (len(rows), rows[0], rows[-1]) == (SAMPLE, 0, 999)
    assert list(sampled(parse_pictures("a", idx(np.zeros((3, 8, 8)))))) == [0, 1, 2]


@pytest.mark.parametrize(
    ("drawn", "ground"),
    [
        ([255], "black"),
        ([0], "white"),
        ([100], "white"),
        ([160], "black"),
        ([255, 250, 0], "black"),
        ([255] * 9 + [0], "black"),
    ],
)
@pytest.mark.parametrize("mode", ["LA", "RGBA"])
def test_the_ground_differs_from_what_is_drawn(drawn, ground, mode):
    opacity = np.zeros((9, 9), np.uint8)
    opacity[2:7, 4] = 255
    pictures = []
    for i, tone in enumerate(drawn):
        image = Image.fromarray(np.full((9, 9), tone, np.uint8)).convert(mode)
        image.putalpha(Image.fromarray(opacity))
        pictures.append((f"{i}.png", encoded(image)))
    assert contrasting(parse_pictures("a", archive(pictures))) == ground
