"""Each choice of a Cut does what it says, is said, and can be taken back."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from core.data.examine import ClinicError
from core.data.images import load, split, split_by
from core.data.picture_clinic import admit, arrange, propose
from core.data.readers.pictures.cut import TURNS, Cut
from core.data.readers.pictures.read import parse_pictures
from core.key import Key
from tests.core.data.readers.pictures.test_read import GREY, encoded, pngs
from tests.core.data.readers.test_hostile import archive, npy, npz

KEY = Key(0)
RNG = np.random.default_rng(2)
SQUARES = RNG.integers(0, 256, (24, 8, 8), dtype=np.uint8)

CORNERS = {  # where the corners of [[1, 2], [3, 4]] come to lie
    "as it is": [[1, 2], [3, 4]],
    "transposed": [[1, 3], [2, 4]],
    "turned left": [[2, 4], [1, 3]],
    "turned right": [[3, 1], [4, 2]],
    "upside down": [[4, 3], [2, 1]],
    "mirrored": [[2, 1], [4, 3]],
}


@pytest.mark.parametrize("turn", TURNS)
def test_a_turn_takes_the_corners_where_it_says(turn):
    raw = parse_pictures("a", npy(SQUARES))
    made = arrange(raw, Cut(side="8", turn=turn), np.arange(24))[:, 0]
    corners = SQUARES[:, [0, 0, -1, -1], [0, -1, 0, -1]]
    wanted = corners[:, np.array(CORNERS[turn]).reshape(-1) - 1]
    np.testing.assert_array_equal(made[:, [0, 0, -1, -1], [0, -1, 0, -1]], wanted)
    np.testing.assert_array_equal(np.sort(made.reshape(24, -1)), np.sort(SQUARES.reshape(24, -1)))


@pytest.mark.parametrize("crop", ["fill", "fit", "stretch"])
@pytest.mark.parametrize(("turn", "back"), [("transposed", "transposed"), ("turned left", "turned right")])
def test_a_turn_undoes_what_the_file_did(crop, turn, back):
    """Pictures stored turned and turned back are those that were never turned, whatever their shape."""
    known = RNG.integers(0, 256, (5, 11, 24, 3), dtype=np.uint8)  # an even margin, so that fill has one middle
    known = known[:, :, :23]
    plain = Cut(side="16", crop=crop, tone="colour")
    stored = parse_pictures("a", npy(np.ascontiguousarray(TURNS[back](known))))
    turned = arrange(stored, replace(plain, turn=turn), np.arange(5))
    np.testing.assert_array_equal(turned, arrange(parse_pictures("a", npy(known)), plain, np.arange(5)))


def test_a_turn_is_said():
    raw = parse_pictures("a", npy(SQUARES))
    assert admit(raw, Cut(side="8", turn="transposed"), KEY)[1] == ("Every picture was transposed.",)
    assert admit(raw, Cut(side="8", turn="upside down"), KEY)[1] == ("Every picture was turned upside down.",)


def drawing(tone):
    """A line of one tone on a transparent ground, half opaque in places."""
    image = np.zeros((8, 8, 4), np.uint8)
    image[..., :3] = tone
    image[3, 1:7, 3], image[5, 1:7, 3] = 255, 128
    return image


@pytest.mark.parametrize(("tone", "ground"), [(255, "black"), (0, "white"), (30, "white")])
def test_a_drawing_on_transparency_is_seen(tone, ground):
    raw = parse_pictures("a", encoded(drawing(tone)))
    cut = propose(raw)
    assert cut.ground == ground
    made = arrange(raw, cut, np.arange(1))[0, 0].astype(int)
    assert np.ptp(made) >= 225
    other = arrange(raw, replace(cut, ground="white" if ground == "black" else "black"), np.arange(1))[0, 0]
    assert np.ptp(other.astype(int)) <= 30


@pytest.mark.parametrize(("ground", "level"), [("white", 255), ("black", 0)])
def test_what_is_half_opaque_is_half_the_ground(ground, level):
    image = RNG.integers(0, 256, (8, 8, 4), dtype=np.uint8)
    raw = parse_pictures("a", encoded(image))
    made = arrange(raw, Cut(side="8", tone="colour", ground=ground), np.arange(1))[0].transpose(1, 2, 0)
    opacity = image[..., 3:] / 255
    np.testing.assert_allclose(made, opacity * image[..., :3] + (1 - opacity) * level, atol=1)


def test_a_ground_is_laid_before_a_picture_is_averaged():
    """A white drawing twice as large, on black, is the mean of its blocks."""
    large = drawing(255).repeat(2, axis=0).repeat(2, axis=1)
    made = arrange(parse_pictures("a", encoded(large)), Cut(side="8", ground="black"), np.arange(1))[0, 0]
    np.testing.assert_allclose(made, drawing(255)[..., 3], atol=1)


def test_the_ground_is_said_with_how_many_it_lies_under():
    clear = [(f"{i}.png", encoded(Image.fromarray(drawing(20 * i)))) for i in range(4)]
    full = [(f"f{i}.png", encoded(one)) for i, one in enumerate(SQUARES[:10])]
    raw = parse_pictures("a", archive([*clear, *full]))
    assert "4 pictures partly transparent: laid on white." in admit(raw, propose(raw), KEY)[1]


NESTED = [f"d/{part}/{name}/images" for part in ("train", "train", "train", "test") for name in ("n01", "n02")] * 3


def nested():
    return parse_pictures("a.zip", pngs(SQUARES[..., None], NESTED))


def test_folders_name_classes_at_the_level_that_is_asked_for():
    raw = nested()
    cut = propose(raw)
    assert cut.classes == "folder 3"
    pictures, notes = admit(raw, cut, KEY)
    assert pictures.classes == ("n01", "n02")
    assert pictures.labels.tolist() == [0, 1] * 12
    assert "Classes are named by folder level 3: n01, n02." in notes
    assert admit(raw, replace(cut, classes="folder 2"), KEY)[0].classes == ("test", "train")
    none, said = admit(raw, replace(cut, classes="none"), KEY)
    assert (none.labels, none.classes) == (None, ())
    assert "The labels are left aside." in said
    assert admit(raw, replace(cut, classes="as read"), KEY)[0].classes == pictures.classes


def test_a_level_that_is_not_there_is_one_sentence():
    raw = parse_pictures("a.zip", pngs(GREY, ["a", "b/c"] * 6))
    with pytest.raises(
        ClinicError, match="^a.zip has pictures that lie in no folder 2; let another level name the classes.$"
    ):
        admit(raw, replace(propose(raw), classes="folder 2"), KEY)
    many = parse_pictures("a.zip", pngs(np.tile(SQUARES, (5, 1, 1))[..., None], [f"{i}/b" for i in range(120)]))
    with pytest.raises(ClinicError, match="^Folder 1 has 120 names, and 100 is the limit.$"):
        admit(many, replace(propose(many), classes="folder 1"), KEY)


def test_train_and_test_are_kept_and_what_is_missing_is_taken_from_train():
    raw = nested()
    parts = np.array([0 if "train" in path else 2 for path in NESTED])
    pictures, notes = admit(raw, propose(raw), KEY)
    train, val, test = pictures.split
    np.testing.assert_array_equal(test, np.flatnonzero(parts == 2))
    assert set(val) | set(train) == set(np.flatnonzero(parts == 0))
    assert (len(train), len(val)) == (17, 1)
    assert notes[-1] == (
        "Train and test are kept as read: 17 to train on, 1 to choose by, 6 to judge by; those to choose by were taken "
        "from those to train on."
    )
    drawn, said = admit(raw, replace(propose(raw), split="drawn"), KEY)
    for one, other in zip(drawn.split, split(24), strict=True):
        np.testing.assert_array_equal(one, other)
    assert not any("Train" in note for note in said)
    assert drawn.digest != pictures.digest


def test_a_sample_keeps_each_picture_in_its_part():
    n = 200
    pixels = np.arange(n, dtype=np.uint8).repeat(64).reshape(n, 8, 8) + np.uint8(1)
    raw = parse_pictures("a", npz(x_train=pixels[:120], x_val=pixels[120:150], x_test=pixels[150:]))
    pictures, _ = admit(raw, Cut(side="8"), KEY, limit=80)
    number = pictures.pixels[:, 0, 0, 0].astype(int) - 1
    assert len(set(number)) == 80
    for rows, (low, high) in zip(pictures.split, [(0, 120), (120, 150), (150, 200)], strict=True):
        assert len(rows)
        assert ((number[rows] >= low) & (number[rows] < high)).all()


@pytest.mark.parametrize("parts", [[0] * 30, [1] * 30, [2] * 30, [1, 2] * 15, [0, 2], [0, 0, 1, 2]])
def test_a_split_holds_every_row_once_whatever_the_parts(parts):
    found = split_by(np.array(parts))
    assert sorted(np.concatenate(list(found)).tolist()) == list(range(len(parts)))
    if parts == [0, 0, 1, 2]:
        assert [rows.tolist() for rows in found] == [[0, 1], [2], [3]]


def test_no_train_means_a_new_split():
    for one, other in zip(split_by(np.array([1, 2] * 15)), split(30), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_built_in_set_saved_as_train_and_test_folders_is_that_set():
    digits = load("digits").take(np.arange(60))
    part = {int(i): word for rows, word in zip(digits.split, ("train", "val", "test"), strict=True) for i in rows}
    folders = [f"{part[i]}/{digits.classes[digits.labels[i]]}" for i in range(60)]
    raw = parse_pictures("a.zip", pngs((digits.pixels[:, 0] * 15)[..., None], folders))
    pictures, _ = admit(raw, propose(raw), KEY)
    np.testing.assert_array_equal(pictures.pixels, digits.pixels * 15)
    np.testing.assert_array_equal(pictures.labels, digits.labels)
    for one, other in zip(pictures.split, digits.split, strict=True):
        np.testing.assert_array_equal(one, other)
