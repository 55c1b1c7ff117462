"""A painter that averages over the group told: what it says, what it refuses, and what the stored one scores."""

from dataclasses import replace

import numpy as np
import pytest

from core.data.renderers import wallpapers
from core.key import Key
from core.painting.config import NO_GROUP, WALLPAPER
from core.painting.recipes import stored
from core.painting.symmetry.average import asymmetry, mixed
from tests.core.painting.symmetry.papers import papers
from tests.core.painting.tiny_painter import rough

LABELS = np.array([[10], [3], [-1]])


def averaging():
    return rough((1, 32, 32), (17,), symmetry=WALLPAPER)


def noisy(painter, t):
    pictures = np.concatenate([papers("p4m")[0][:1], papers("pg")[0][:1], papers("p1")[0][:1]])
    noise = Key(2).generator().standard_normal(pictures.shape)
    return float(painter.schedule.alpha(t)) * pictures + float(painter.schedule.sigma(t)) * noise


@pytest.mark.parametrize("w", [0.5, 1.0, 3.0])
def test_the_guided_guess_is_mixed_with_the_average_of_what_is_seen(w):
    painter, t = averaging(), 0.4
    x = noisy(painter, t)
    free, told = painter.denoise(x, t), painter.denoise(x, t, LABELS)
    alpha, sigma = float(painter.schedule.alpha(t)), float(painter.schedule.sigma(t))
    wanted = mixed(free + w * (told - free), x / alpha, LABELS[:, 0], (sigma / alpha) ** 2, w)
    found = painter.told(LABELS, w).denoise(x, t)
    np.testing.assert_allclose(found, wanted, atol=1e-5)
    np.testing.assert_allclose(found[2], free[2], atol=1e-5)
    assert np.abs(found[:2] - (free + w * (told - free))[:2]).max() > 0.1


def test_no_guidance_and_no_group_leave_the_network_alone():
    painter, t = averaging(), 0.4
    x = noisy(painter, t)
    np.testing.assert_allclose(painter.told(LABELS, 0.0).denoise(x, t), painter.denoise(x, t), atol=1e-4)
    np.testing.assert_array_equal(painter.told(None).denoise(x, t), painter.denoise(x, t))


def test_in_much_noise_the_guess_has_the_symmetry_that_was_told():
    painter, t = averaging(), 0.9
    x = noisy(painter, t)[:1]
    alpha, sigma = float(painter.schedule.alpha(t)), float(painter.schedule.sigma(t))
    r = (sigma / alpha) ** 2
    assert asymmetry("p4m", x / alpha, r) < 1e-8
    near = painter.told(LABELS[:1]).denoise(x, t)
    assert np.abs(near - mixed(np.zeros_like(x), x / alpha, LABELS[:1, 0], r)).max() < 0.01


@pytest.mark.parametrize(("shape", "sizes"), [((1, 8, 8), (17,)), ((1, 32, 32), (2, 2)), ((3, 32, 32), (17,))])
def test_only_a_painter_told_groups_of_wallpapers_averages_over_them(shape, sizes):
    with pytest.raises(ValueError, match=r"^Only a painter of wallpapers.*\.$"):
        rough(shape, sizes, symmetry=WALLPAPER)


def test_the_stored_painter_obeys_four_fifths_as_often_as_real_pictures_are_known():
    scores = stored("paint-wallpapers").metrics
    assert stored("paint-wallpapers").model.averages
    assert scores["right_1"] >= 0.8 * scores["classifier"]
    assert scores["frechet"] <= 2 * scores["frechet_floor"]
    assert scores["variety_1"] > 0.9


def test_its_network_alone_leaves_what_is_asked_for_and_the_average_keeps_it():
    """Of high symmetry: how far a painted picture is from its own average, in shares of its variance."""
    held = stored("paint-wallpapers").model
    alone = replace(held, config=replace(held.config, symmetry=NO_GROUP))
    group = wallpapers.CLASSES.index("p6m")
    left = []
    for painter in (held, alone):
        u = painter.to_model(painter.sample(4, Key(5), labels=np.array([group])))
        off = mixed(u, u, np.full(4, group), 1e-9 + 0.06) - u  # at so little noise A is nearly the projection
        left.append(np.mean(off**2) / u.var())
    assert left[0] < 0.5 * left[1]
