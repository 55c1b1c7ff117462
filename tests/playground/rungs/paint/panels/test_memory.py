"""Memory: a training picture is found in itself, and what chance brings is not called remembered."""

import numpy as np

from core.data import images
from core.data.renderers import outfits
from core.painting.wish import Wish
from playground.rungs.paint.panels.memory import allowed, flat, nearest, steps, verdict


def test_memory_finds_a_training_picture_in_itself():
    pictures = images.load("digits")
    rows = pictures.split.train
    distance, at = nearest(flat(pictures, rows[:5]), flat(pictures, rows))
    np.testing.assert_allclose(distance, 0, atol=1e-9)
    np.testing.assert_array_equal(pictures.pixels[rows[at]], pictures.pixels[rows[:5]])
    *_, last = steps(pictures, pictures.images[rows[:8]])
    assert "some are remembered" in verdict(last.arrays["painted"], last.arrays["held"])
    *_, last = steps(pictures, pictures.images[pictures.split.test[:60]])
    assert "no more than chance" in verdict(last.arrays["painted"], last.arrays["held"])


def test_a_world_that_is_known_whole_is_met_again_by_chance():
    pictures, told = images.load("outfits"), (1, -1, 0, 4, -1)
    fits = [i for i, row in enumerate(outfits.EVERY) if all(t in (-1, v) for t, v in zip(told, row, strict=True))]
    world = allowed(pictures, Wish(((1,), (), (0,), (4,), ())))
    assert world == (8 * 7, len(set(fits) & set(pictures.split.train.tolist())))
    assert allowed(pictures, Wish(((),) * 5)) == (4032, len(pictures.split.train))
    assert allowed(images.load("digits"), Wish(((3,),))) is None
    held = np.linspace(4, 20, 100)
    met = np.where(np.arange(16) < round(16 * world[1] / world[0]), 1.0, 9.0)  # just as many as chance brings
    assert "no more than chance" in verdict(met, held, world)
    assert "some are remembered" in verdict(met, held)
    assert "some are remembered" in verdict(np.ones(60), held, (56, 42))


def test_few_pictures_are_not_compared():
    few = images.load("digits").take(np.arange(12))
    (only,) = steps(few, few.images[:4])
    assert "held" not in only.arrays
