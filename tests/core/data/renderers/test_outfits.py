"""Outfits: 4,032 pictures, all different, whose attributes can be read from their pixels."""

import numpy as np
import pytest

from core.data.renderers import outfits as o
from core.data.renderers.outfit_scenes import CREAM, SHADE
from core.data.renderers.outfit_words import ATTRIBUTES, VALUES
from core.key import Key

ALL = o.pictures(0, Key(0))
IMAGES = ALL.images


def test_there_are_4032_pairwise_distinct_pictures():
    assert [len(words) for words in VALUES] == [3, 8, 4, 6, 7]
    assert ALL.pixels.shape == (4032, 3, 32, 32)
    assert len(np.unique(ALL.factors, axis=0)) == 4032
    assert len(np.unique(ALL.pixels.reshape(4032, -1), axis=0)) == 4032
    assert [c.name for c in ALL.columns] == list(ATTRIBUTES)


@pytest.mark.parametrize("attribute", range(5))
def test_every_attribute_is_seen_whatever_the_others_are(attribute):
    """Changing one attribute changes the picture clearly: by at least the colour of a pair of brows."""
    counts = [len(words) for words in VALUES]
    grid = np.moveaxis(IMAGES.reshape(*counts, -1), attribute, 0)
    for a in range(counts[attribute]):
        for b in range(a):
            assert np.sqrt(((grid[a] - grid[b]) ** 2).sum(axis=-1)).min() > 0.5


def test_chest_and_brows_are_bare_colour_to_the_last_bit():
    for attribute, palette, (rows, columns) in ((1, o.CLOTHES, o.CHEST), (3, o.HAIR, o.BROWS)):
        seen = o.render(o.EVERY)[:, :, rows][..., columns]
        expected = palette[o.EVERY[:, attribute]][:, :, None, None]
        np.testing.assert_allclose(seen, np.broadcast_to(expected, seen.shape), atol=1e-15)


def test_colours_of_a_palette_are_apart():
    for palette in (o.CLOTHES, o.HAIR):
        apart = np.linalg.norm(palette[:, None] - palette[None], axis=2) + 9 * np.eye(len(palette))
        assert apart.min() > 0.3


def test_all_attributes_are_measured_exactly():
    assert np.array_equal(o.measure(IMAGES), o.EVERY)


def test_measuring_bears_noise():
    rows = np.arange(0, 4032, 5)
    noise = 0.1 * Key(1).generator().standard_normal(IMAGES[rows].shape)
    assert (o.measure(IMAGES[rows] + noise) == o.EVERY[rows]).all(axis=1).mean() > 0.995


def test_a_picture_is_symmetric_but_for_hair_and_glint():
    """Round glasses, a v-neck, long straight hair: the left half is the right one's mirror image."""
    image = o.render(np.array([[1, 5, 3, 0, 4]]))[0]
    np.testing.assert_allclose(image, image[:, :, ::-1], atol=1e-12)


def test_bald_heads_have_no_hair_but_brows():
    counts = [len(words) for words in VALUES]
    grid = IMAGES.reshape(*counts, 3, 32, 32)[:, :, :, :, 0]
    same = grid == grid[:, :, :, :1]
    rows, columns = o.BROWS
    outside = np.ones((32, 32), dtype=bool)
    outside[rows, list(columns)] = False
    assert same[..., outside].all()
    assert not same.all()


def test_rendering_is_the_same_row_by_row():
    rows = np.array([7, 4031, 900])
    assert np.array_equal(o.render(o.EVERY[rows].astype(float)), o.render(o.EVERY)[rows])
    assert IMAGES.min() >= 0
    assert IMAGES.max() <= 1


@pytest.mark.parametrize(
    ("kind", "at", "seen"),
    [
        ("hoodie", (26, 13), "cream"),  # a string
        ("overall", (28, 6), "cream"),  # the shirt under it
        ("overall", (28, 12), "clothes"),
        ("crew neck shirt", (23, 16), "skin"),
        ("crew neck shirt", (25, 16), "clothes"),
        ("v-neck shirt", (25, 16), "skin"),
        ("v-neck shirt", (24, 11), "clothes"),
    ],
)
def test_clothes_are_cut_as_their_name_says(kind, at, seen):
    image = o.render(np.array([[0, 1, VALUES[2].index(kind), 0, 0]]))[0][:, *at]
    colours = {"clothes": o.CLOTHES[1], "skin": SHADE, "cream": CREAM}
    assert min(colours, key=lambda name: np.abs(image - colours[name]).sum()) == seen
