"""Pictures come back as they were written, from every format, and what was understood is said."""

import gzip
import io
import zipfile

import numpy as np
import pytest
from PIL import Image

from core.data import read_pictures
from core.data.readers.pictures import wire
from core.data.readers.pictures.raw import RawPictures
from core.data.readers.pictures.read import bundle, parse_pictures
from tests.core.data.readers.test_hostile import archive, npy, npz

RNG = np.random.default_rng(0)
GREY = RNG.integers(0, 256, (12, 9, 7, 1), dtype=np.uint8)
COLOUR = RNG.integers(0, 256, (12, 9, 7, 3), dtype=np.uint8)
LABELS = np.array([3, 1, 3, 1, 1, 1, 3, 3, 10, 1, 1, 1])
ORIENTATION = 0x0112


def encoded(pixels, kind="PNG", **options):
    """(h, w[, c]) as a picture file."""
    out = io.BytesIO()
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(np.squeeze(pixels))
    image.save(out, kind, **options)
    return out.getvalue()


def idx(array):
    """An array of bytes as an IDX file."""
    sizes = b"".join(size.to_bytes(4, "big") for size in array.shape)
    return bytes([0, 0, 8, array.ndim]) + sizes + array.astype(np.uint8).tobytes()


def stacked(raw):
    """All pictures of one size in one array, their levels brought to 8 bits."""
    return np.rint(np.stack([raw[i] for i in range(len(raw))]) * (255 / raw.top)).astype(np.uint8)


def pngs(pixels, folders=None):
    """A ZIP of PNGs, picture i in the folder of that place."""
    return archive([(f"{folders[i]}/{i}.png" if folders else f"{i}.png", encoded(one)) for i, one in enumerate(pixels)])


SAME_GREY = {
    "zip-png": pngs(GREY),
    "zip-webp": archive([(f"{i}.webp", encoded(one, "WEBP", lossless=True)) for i, one in enumerate(COLOUR)]),
    "zip-png-colour": pngs(COLOUR),
    "zip-grey-as-rgb": pngs(np.repeat(GREY, 3, axis=3)),
    "zip-deflated": archive([(f"a/b/{i}.png", encoded(one)) for i, one in enumerate(GREY)], zipfile.ZIP_DEFLATED),
    "idx": idx(GREY[..., 0]),
    "idx-gz": gzip.compress(idx(GREY[..., 0])),
    "idx-two-gz-members": gzip.compress(idx(GREY[..., 0])[:100]) + gzip.compress(idx(GREY[..., 0])[100:]),
    "idx-colour": idx(COLOUR),
    "npy": npy(GREY[..., 0]),
    "npy-gz": gzip.compress(npy(GREY)),
    "npy-one-channel": npy(GREY),
    "npy-channels-first": npy(GREY.transpose(0, 3, 1, 2)),
    "npy-colour": npy(COLOUR),
    "npy-colour-channels-first": npy(COLOUR.transpose(0, 3, 1, 2)),
    "npy-fourth-channel": npy(np.concatenate([COLOUR, GREY], axis=3)),
    "npy-fortran": npy(np.asfortranarray(COLOUR)),
    "npy-big-endian-int": npy(GREY.astype(">i4")),
    "npy-int64": npy(COLOUR.astype(np.int64)),
    "npy-float-1": npy(GREY / 255),
    "npy-float32-1": npy((COLOUR / 255).astype(np.float32)),
    "npy-float-255": npy(COLOUR.astype(float)),
    "npy-uint16": npy(COLOUR.astype(np.uint16) * 257),
    "npz": npz(images=COLOUR),
    "npz-labelled": npz(x=GREY, y=LABELS),
    "npz-stored": npz(compress=False, labels=LABELS, images=GREY[..., 0]),
    "npz-two-parts": npz(x_train=GREY[:9], y_train=LABELS[:9], x_test=GREY[9:], y_test=LABELS[9:]),
    "idx-pair": archive([("labels-idx1", idx(LABELS)), ("images-idx3", idx(GREY[..., 0]))]),
    "idx-pair-gz": archive([("labels.gz", gzip.compress(idx(LABELS))), ("i.gz", gzip.compress(idx(GREY[..., 0])))]),
}


@pytest.mark.parametrize("case", SAME_GREY)
def test_the_same_pixels_come_back_exactly_from_every_format(case):
    raw = parse_pictures("a", SAME_GREY[case])
    wanted = GREY if raw.shapes[0, 2] == 1 else COLOUR
    np.testing.assert_array_equal(stacked(raw), wanted)
    np.testing.assert_array_equal(raw.found, np.tile([9, 7], (12, 1)))
    assert (raw.lost, raw.left_out) == (0, ())


@pytest.mark.parametrize("case", ["npz-labelled", "npz-stored", "npz-two-parts", "idx-pair", "idx-pair-gz"])
def test_labels_are_numbered_by_their_value(case):
    raw = parse_pictures("a", SAME_GREY[case])
    assert raw.classes == ("1", "3", "10")
    np.testing.assert_array_equal(np.array(raw.classes).astype(int)[raw.labels], LABELS)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "JPEG"])
def test_one_picture_alone(kind):
    smooth = np.add.outer(4 * np.arange(40), 2 * np.arange(30)).astype(np.uint8)
    raw = parse_pictures("a", encoded(smooth, kind, **({"lossless": True} if kind == "WEBP" else {})))
    assert raw.shapes.tolist() == [[40, 30, 1]]
    assert np.abs(raw[0][..., 0].astype(int) - smooth).max() <= (3 if kind == "JPEG" else 0)


def test_what_the_numbers_are_is_said():
    said = [parse_pictures("a.npy", npy(x)).notes for x in (GREY, GREY / 255, GREY > 99, GREY.astype("u2") * 257)]
    assert [numbers for _, numbers in said] == [
        f"The numbers run from {ends}." for ends in ("0 to 255", "0 to 1", "0 to 1", "0 to 65,535")
    ]
    assert said[0][0] == "a: 12 pictures of 7x9 (n, height, width, channels)."


def test_a_colour_picture_of_three_dimensions_is_one_picture():
    raw = parse_pictures("a", npy(COLOUR[0]))
    np.testing.assert_array_equal(raw[0], COLOUR[0])
    assert len(raw) == 1


def test_folders_become_classes_when_every_picture_lies_in_one():
    names = ["cat", "dog", "cat", "sub/eel"] * 3
    raw = parse_pictures("a.zip", pngs(GREY, [f"all/{name}" for name in names]))
    assert raw.classes == ("cat", "dog", "eel")
    assert [raw.classes[i] for i in raw.labels] == ["cat", "dog", "cat", "eel"] * 3


def test_folders_named_by_numbers_are_in_the_order_of_the_numbers():
    assert parse_pictures("a.zip", pngs(GREY, [10, 9, 2] * 4)).classes == ("2", "9", "10")


def test_one_folder_is_no_class():
    raw = parse_pictures("a.zip", pngs(GREY, ["cat"] * 12))
    assert (raw.labels, raw.classes, raw.notes) == (None, (), ())


def test_pictures_beside_folders_have_no_classes_and_that_is_said():
    entries = [(f"{'ab'[i % 2]}/{i}.png", encoded(GREY[i])) for i in range(4)] + [("c.png", encoded(GREY[4]))]
    raw = parse_pictures("a.zip", archive(entries))
    assert raw.labels is None
    assert raw.notes == ("No labels: some pictures lie in a folder and some do not.",)


@pytest.mark.parametrize(
    ("pictures", "labels"),
    [
        ("x_train x_test", "y_test y_train"),
        ("train-images-idx3-ubyte t10k-images", "t10k-labels train-labels-idx1-ubyte"),
    ],
)
def test_parts_of_one_length_are_matched_by_name(pictures, labels):
    first, second = pictures.split()
    late, early = labels.split()
    raw = parse_pictures("a", npz(**{first: GREY[:6], second: GREY[6:], late: LABELS[6:], early: LABELS[:6]}))
    np.testing.assert_array_equal(np.array(raw.classes).astype(int)[raw.labels], LABELS)


def test_labels_that_fit_twice_are_not_guessed():
    raw = parse_pictures("a", npz(x=GREY, one=LABELS, two=LABELS))
    assert raw.labels is None
    assert raw.notes[-1] == "No labels: more than one array fits x."


MEANT = np.arange(6 * 4 * 3, dtype=np.uint8).reshape(6, 4, 3) * 3
STORED = {  # what a camera stores so that the tag says MEANT (EXIF 2.32: which side row 0 and column 0 are)
    1: MEANT,
    2: MEANT[:, ::-1],
    3: np.rot90(MEANT, 2),
    4: MEANT[::-1],
    5: MEANT.transpose(1, 0, 2),
    6: np.rot90(MEANT, 1),
    7: np.rot90(MEANT, 2).transpose(1, 0, 2),
    8: np.rot90(MEANT, -1),
}


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "JPEG"])
@pytest.mark.parametrize("tag", STORED)
def test_every_orientation_is_turned_upright(tag, kind):
    exif = Image.Exif()
    exif[ORIENTATION] = tag
    options = {"WEBP": {"lossless": True}, "PNG": {}, "JPEG": {"quality": 100, "subsampling": 0}}[kind]
    raw = parse_pictures("a", encoded(STORED[tag], kind, exif=exif, **options))
    assert raw.found.tolist() == [[6, 4]]
    assert np.abs(raw[0].astype(int) - MEANT).max() <= (4 if kind == "JPEG" else 0)
    assert raw.notes == (() if tag == 1 else ("1 picture: turned upright by the EXIF tag.",))


def test_colours_beside_an_opacity_are_multiplied_by_it():
    image = np.zeros((4, 4, 4), np.uint8)
    image[..., 0], image[..., 3] = 200, np.arange(0, 256, 16).reshape(4, 4)
    raw = parse_pictures("a", encoded(image))
    alpha = image[..., 3:] / 255
    np.testing.assert_allclose(raw[0], np.concatenate([alpha * image[..., :3], 255 * alpha], axis=2), atol=1)
    assert raw.notes == ("1 picture: partly transparent.",)


def test_palette_bilevel_and_transparent_palette():
    colours = np.array([[255, 0, 0], [0, 255, 0], [9, 8, 7]], np.uint8)
    places = np.array([[0, 1], [2, 0]], np.uint8)
    palette = Image.frombytes("P", (2, 2), places.tobytes())
    palette.putpalette(colours.tobytes())
    np.testing.assert_array_equal(parse_pictures("a", encoded(palette))[0], colours[places])
    clear = parse_pictures("a", encoded(palette, transparency=1))
    np.testing.assert_array_equal(clear[0][0], [[255, 0, 0, 255], [0, 0, 0, 0]])
    two = Image.fromarray(np.eye(8, dtype=bool))
    np.testing.assert_array_equal(parse_pictures("a", encoded(two))[0][..., 0], 255 * np.eye(8))


def test_grey_of_sixteen_bits_stays_so():
    deep = np.linspace(0, 65535, 64).astype(np.uint16).reshape(8, 8)
    raw = parse_pictures("a", encoded(Image.fromarray(deep)))
    np.testing.assert_array_equal(raw[0][..., 0], deep)
    assert (raw.notes, raw.span, raw.extent) == ((), (0, 65535), (0, 65535))


def test_eight_bits_beside_sixteen_keep_their_brightness():
    deep = np.linspace(0, 65535, 63).astype(np.uint16).reshape(9, 7)
    raw = parse_pictures("a.zip", archive([("a.png", encoded(Image.fromarray(deep))), ("b.png", encoded(GREY[0]))]))
    np.testing.assert_array_equal(raw[0][..., 0], deep)
    np.testing.assert_array_equal(raw[1], GREY[0].astype(np.uint16) * 257)


def test_a_large_picture_of_sixteen_bits_is_reduced_as_well():
    deep = np.full((192, 222), 40_000, np.uint16)
    raw = parse_pictures("a", encoded(Image.fromarray(deep)))
    assert (raw.shapes.tolist(), raw.flat.min(), raw.flat.max()) == ([[64, 74, 1]], 40_000, 40_000)


def test_cmyk_becomes_rgb():
    raw = parse_pictures("a", encoded(Image.new("CMYK", (16, 16), (0, 255, 255, 0)), "JPEG"))
    np.testing.assert_allclose(raw[0].reshape(-1, 3).mean(axis=0), [255, 0, 0], atol=3)
    assert raw.notes == ("1 picture: CMYK ink turned into red, green and blue.",)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_the_first_frame_of_several_is_taken(kind):
    frames = [Image.fromarray(one) for one in COLOUR[:3]]
    options = {"lossless": True} if kind == "WEBP" else {}
    raw = parse_pictures("a", encoded(frames[0], kind, save_all=True, append_images=frames[1:], **options))
    np.testing.assert_array_equal(raw[0], COLOUR[0])
    assert raw.notes == ("1 picture: several frames in the file, the first one taken.",)


def test_a_large_picture_is_reduced_by_whole_blocks():
    large = RNG.integers(0, 256, (64 * 3, 64 * 3 + 30), dtype=np.uint8)
    raw = parse_pictures("a", encoded(large))
    blocks = large[:, :222].reshape(64, 3, 74, 3).mean(axis=(1, 3))
    assert raw.found.tolist() == [[192, 222]]
    np.testing.assert_allclose(raw[0][..., 0], blocks, atol=0.56)  # Pillow's own rounding of ninths


def test_notes_count_the_pictures():
    entries = [(f"{i}.png", encoded(Image.new("LA", (5, 5), (9, 50 * i)))) for i in range(4)]
    raw = parse_pictures("a.zip", archive([*entries, ("x.png", encoded(GREY[0]))]))
    assert raw.notes == ("4 pictures of 5: partly transparent.",)


def test_several_files_are_read_as_one():
    files = {"train-images-idx3-ubyte": idx(GREY[..., 0]), "train-labels-idx1-ubyte.gz": gzip.compress(idx(LABELS))}
    name, raw = bundle(files)
    assert (name, bundle(files)[1]) == ("train-images-idx3-ubyte and 1 more", raw)
    found = parse_pictures(name, raw)
    assert found.notes[-1] == "Labels: train-labels-idx1-ubyte, of 3 values."
    np.testing.assert_array_equal(stacked(found), GREY)
    assert bundle({"a.png": b"x"}) == ("a.png", b"x")


@pytest.mark.parametrize("case", ["zip-png", "npz-labelled", "npz-two-parts", "npy-float-1", "zip-folders", "npy-rows"])
def test_the_confined_child_reads_the_same(case):
    raw = {"zip-folders": pngs(GREY, ["train/a", "test/b"] * 6), "npy-rows": npy(RNG.random((5, 192)))} | SAME_GREY
    here, there = parse_pictures("../x/a", raw[case]), read_pictures("../x/a", raw[case])
    for one in (there, wire.unpack(wire.pack(here))):
        np.testing.assert_array_equal(one.flat, here.flat)
        np.testing.assert_array_equal(one.shapes, here.shapes)
        np.testing.assert_array_equal(
            one.labels if one.labels is not None else [], here.labels if here.labels is not None else []
        )
        for key in ("planar", "parts"):
            np.testing.assert_equal(getattr(one, key), getattr(here, key))
        assert (one.folders is None) == (here.folders is None) == (case != "zip-folders")
        if here.folders is not None:
            np.testing.assert_array_equal(one.folders.places, here.folders.places)
            assert one.folders.names == here.folders.names
        words = ("name", "notes", "left_out", "lost", "classes", "digest", "span", "top")
        assert [getattr(one, word) for word in words] == [getattr(here, word) for word in words]
    assert there.name == "a"


def test_a_reading_is_frozen_and_its_counts_agree():
    raw = parse_pictures("a", SAME_GREY["npz-labelled"])
    with pytest.raises(ValueError, match="read-only"):
        raw.flat[0] = 1
    with pytest.raises(ValueError, match="disagree"):
        RawPictures("a", raw.flat[1:], raw.shapes, raw.found)
    with pytest.raises(ValueError, match="names no class"):
        RawPictures("a", raw.flat, raw.shapes, raw.found, raw.labels, ("1", "3"))
