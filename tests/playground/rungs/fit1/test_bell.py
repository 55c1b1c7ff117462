"""One Gaussian by hand: the bell, its place on the surface, and what counts as a move."""

import numpy as np
import pytest

from core.data import builtin
from core.dataset import Dataset, around
from core.key import Key
from core.laws import gaussian
from core.laws.likelihood import sufficient
from playground.instruments.stage import pack, unpack
from playground.rungs.fit1 import bell
from playground.rungs.fit1.bell import Bell


@pytest.fixture(scope="module", params=["skewed", "galaxies"])
def case(request):
    dataset = builtin.load(request.param)
    return dataset, sufficient(dataset.points)


def layer(scene, name):
    packed = unpack(pack(scene, [], run="r"))
    return next(found for found in packed["scene"]["layers"] if found["name"] == name)


def test_the_maximum_is_the_mean_and_deviation_of_the_data(case):
    dataset, points = case
    top = bell.maximum(points)
    np.testing.assert_allclose([top.mu, top.sigma], [dataset.points.mean(), dataset.points.std()], rtol=1e-12)


def test_the_surface_is_the_mean_log_density_and_peaks_at_the_maximum(case):
    dataset, points = case
    scene = bell.surface_scene(dataset, points, bell.first(points, dataset.bounds[0]), (), "s")
    field = layer(scene, "surface")
    values = field["arrays"]["values"]
    (x0, x1), (y0, y1) = scene.bounds
    mus, sigmas = np.linspace(x0, x1, values.shape[1]), np.linspace(y0, y1, values.shape[0])
    for row, column in ((0, 0), (60, 30), (119, 119)):
        direct = Bell(mus[column], sigmas[row]).model.log_prob(dataset.points).mean()
        assert values[row, column] == pytest.approx(direct, rel=1e-5)
    assert values.max() <= field["vmax"] + 1e-6
    row, column = np.unravel_index(values.argmax(), values.shape)
    top = bell.maximum(points)
    assert abs(mus[column] - top.mu) <= mus[1] - mus[0]
    assert abs(sigmas[row] - top.sigma) <= sigmas[1] - sigmas[0]


def test_handles_of_both_stages_say_the_same_bell(case):
    dataset, points = case
    hand = bell.first(points, dataset.bounds[0])
    ends = layer(bell.scene(dataset, points, hand, "Scott", None, "b"), "ends")
    place = layer(bell.surface_scene(dataset, points, hand, (), "s"), "hand")
    np.testing.assert_allclose(bell.as_place(ends["arrays"]["xy"]), place["arrays"]["xy"], rtol=1e-5)
    assert ends["link"] == place["link"] != ""
    assert ends["stats"] == pytest.approx([dataset.points.mean(), dataset.points.var()])


def test_only_another_place_is_a_move():
    now = Bell(1.5, 0.25)
    assert bell.dragged(None, now) is None
    assert bell.dragged(now.place.astype(np.float32), now) is None
    np.testing.assert_array_equal(bell.dragged(np.array([[1.6, 0.25]]), now), [[1.6, 0.25]])


@pytest.mark.parametrize("method", gaussian.METHODS)
def test_a_climb_is_drawn_where_its_steps_are(case, method):
    dataset, points = case
    config = gaussian.Config(method=method)
    steps = list(gaussian.fit(config, dataset.points, Key(0), start=bell.first(points, dataset.bounds[0]).model))
    over, on = bell.frames(steps, 0), bell.surface_frames(steps, 0)
    for step, a, b in zip(steps, over, on, strict=True):
        mean, variance = float(step.state.mean[0]), float(step.state.covariance[0, 0])
        assert (a.arrays["fit"]["mean"][0], a.arrays["fit"]["var"][0]) == pytest.approx((mean, variance))
        np.testing.assert_allclose(b.arrays["climb"]["xy"], [[mean, np.sqrt(variance)]])
    top = bell.maximum(points)
    assert steps[-1].metrics["log_likelihood"] == pytest.approx(
        points.log_likelihood(top.model.mean, top.model.covariance), abs=1e-6
    )


@pytest.mark.parametrize("values", [np.linspace(0, 1, 50), np.repeat([0.0, 1.0], [30, 10]), np.linspace(0, 9, 40) ** 3])
def test_the_first_bell_has_both_hands_on_the_axis_and_the_best_one_its_top_on_the_picture(values):
    dataset = Dataset("x", values[:, None], around(values[:, None]), ("x",))
    points = sufficient(dataset.points)
    hand = bell.first(points, dataset.bounds[0])
    assert hand.mu > points.mean[0]
    assert hand.sigma > 0
    assert (hand.ends[:, 0] < dataset.bounds[0, 1]).all()
    top = bell.scene(dataset, points, hand, "Freedman-Diaconis", None, "s").bounds[1][1]
    assert top > float(np.exp(bell.maximum(points).model.log_prob(points.mean[None]))[0])
