"""The surface: it is the mean log-density of every bell, and both stages hold one hand."""

import numpy as np
import pytest

from core.data import builtin
from core.key import Key
from core.laws import gaussian
from playground.instruments.stage import pack, unpack
from playground.rungs.fit1 import bell, film
from playground.rungs.fit1.bell import Bell
from playground.rungs.fit1.panels import surface
from tests.playground.rungs.fit1.sets import screen


@pytest.fixture(scope="module", params=["skewed", "galaxies"])
def case(request):
    return screen(builtin.load(request.param))


def layer(scene, name):
    packed = unpack(pack(scene, [], run="r"))
    return next(found for found in packed["scene"]["layers"] if found["name"] == name)


def test_the_surface_is_the_mean_log_density_and_peaks_at_the_maximum(case):
    dataset, points = case.dataset, case.points
    scene = surface.scene(case, case.bell, ())
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
    x = case.dataset.points
    ends = layer(film.scene(case, case.bell), "ends")
    place = layer(surface.scene(case, case.bell, ()), "hand")
    np.testing.assert_allclose(bell.as_place(ends["arrays"]["xy"]), place["arrays"]["xy"], rtol=1e-5)
    assert ends["link"] == place["link"] != ""
    assert ends["stats"] == pytest.approx([x.mean(), x.var()])


@pytest.mark.parametrize("method", gaussian.METHODS)
def test_a_climb_is_drawn_where_its_steps_are(case, method):
    dataset, points = case.dataset, case.points
    config = gaussian.Config(method=method)
    steps = list(gaussian.fit(config, dataset.points, Key(0), start=case.bell.model))
    over, on = film.frames(steps, 0), surface.frames(steps, 0)
    for step, a, b in zip(steps, over, on, strict=True):
        mean, variance = float(step.state.mean[0]), float(step.state.covariance[0, 0])
        assert (a.arrays["fit"]["mean"][0], a.arrays["fit"]["var"][0]) == pytest.approx((mean, variance))
        np.testing.assert_allclose(b.arrays["climb"]["xy"], [[mean, np.sqrt(variance)]])
    top = bell.maximum(points)
    assert steps[-1].metrics["log_likelihood"] == pytest.approx(
        points.log_likelihood(top.model.mean, top.model.covariance), abs=1e-6
    )
