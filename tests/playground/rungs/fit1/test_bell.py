"""One Gaussian by hand: the best bell, the first one, and what counts as a move."""

import numpy as np
import pytest

from core.data import builtin
from core.dataset import Dataset, around
from core.laws.likelihood import sufficient
from playground.rungs.fit1 import bell, film
from playground.rungs.fit1.bell import Bell
from tests.playground.rungs.fit1.sets import screen


@pytest.mark.parametrize("name", ["skewed", "galaxies"])
def test_the_maximum_is_the_mean_and_deviation_of_the_data(name):
    dataset = builtin.load(name)
    top = bell.maximum(sufficient(dataset.points))
    np.testing.assert_allclose([top.mu, top.sigma], [dataset.points.mean(), dataset.points.std()], rtol=1e-12)


def test_only_another_place_is_a_move():
    now = Bell(1.5, 0.25)
    assert bell.dragged(None, now) is None
    assert bell.dragged(now.place.astype(np.float32), now) is None
    np.testing.assert_array_equal(bell.dragged(np.array([[1.6, 0.25]]), now), [[1.6, 0.25]])


@pytest.mark.parametrize("values", [np.linspace(0, 1, 50), np.repeat([0.0, 1.0], [30, 10]), np.linspace(0, 9, 40) ** 3])
def test_the_first_bell_has_both_hands_on_the_axis_and_the_best_one_its_top_on_the_picture(values):
    dataset = Dataset("x", values[:, None], around(values[:, None]), ("x",))
    points = sufficient(dataset.points)
    hand = bell.first(points, dataset.bounds[0])
    assert hand.mu > points.mean[0]
    assert hand.sigma > 0
    assert (hand.ends[:, 0] < dataset.bounds[0, 1]).all()
    top = film.scene(screen(dataset), hand).bounds[1][1]
    assert top > float(np.exp(bell.maximum(points).model.log_prob(points.mean[None]))[0])
