"""The plane on its stages: what travels to the browser is what the law says."""

import numpy as np
import pytest

from core.dataset import Dataset, around
from core.joint.joint import Kernels, Mixture, OneGaussian, WithPrior
from core.laws.conjugate import normal
from playground.instruments.stage import pack, unpack
from playground.rungs.fit2 import film, joint
from tests.playground.rungs.fit2.laws import FAITHFUL, KEY, MOONS, screen, seen, step


def layers(scene):
    return {layer["name"]: layer for layer in unpack(pack(scene, [], run="r"))["scene"]["layers"]}


def test_the_square_has_its_layers_and_one_line():
    way = WithPrior(normal.Config())
    found = layers(film.scene(screen(way, MOONS, 1, 0.5), step(way, MOONS)))
    assert list(found) == ["density", "points", "contours", "labels", "likeliest", "truth", "samples", "line"]
    assert found["line"]["form"] == "line"
    assert found["line"]["axis"] == "y"
    assert found["line"]["arrays"]["xy"][0, 1] == 0.5
    draws = way.fit(MOONS.points).sample(50, KEY / "samples")
    np.testing.assert_allclose(found["samples"]["arrays"]["xy"], draws, rtol=1e-5)
    np.testing.assert_allclose(found["likeliest"]["arrays"]["mean"][0], MOONS.points.mean(axis=0), rtol=1e-5)
    assert found["density"]["log"]


def test_before_the_fit_there_are_the_points_alone():
    assert list(layers(film.scene(screen(OneGaussian()), None))) == ["points"]


@pytest.mark.parametrize("column", [0, 1])
def test_the_second_stage_cuts_what_the_first_shows(column):
    found = seen(Kernels("Scott"))
    scene = film.along(screen(Kernels("Scott"), FAITHFUL, column), step(Kernels("Scott")))
    sent = layers(scene)
    assert sent["given"]["axis"] == "xy"[column]
    np.testing.assert_allclose(sent["given"]["arrays"]["values"], found.density, rtol=1e-6, atol=1e-30)
    np.testing.assert_allclose(sent["given"]["across"], FAITHFUL.bounds[column])
    np.testing.assert_allclose(scene.bounds[0], FAITHFUL.bounds[1 - column])
    assert scene.axes[0] == FAITHFUL.columns[1 - column]
    alone = sent["alone"]["arrays"]
    assert np.trapezoid(alone["y"][0], alone["x"]) == pytest.approx(1, abs=0.05)  # a little lies beyond the axis
    at, known = joint.axes(FAITHFUL)[column], sent["given"]["arrays"]["known"]
    np.testing.assert_allclose(known, np.exp(found.law.log_marginal(column, at)), rtol=1e-5, atol=1e-30)
    cut = found.density[:, 70] if column == 0 else found.density[70]
    exact = found.law.conditional(column, at[70], joint.axes(FAITHFUL)[1 - column])
    np.testing.assert_allclose(cut / known[70], exact, rtol=1e-5)


@pytest.mark.parametrize("way", [OneGaussian(), Kernels("Scott"), Mixture(2)], ids=lambda way: way.title)
def test_no_bump_is_lost_between_the_nodes_of_a_wide_square(way):
    x = np.append(MOONS.points, [[1e6, -1e6]], axis=0)
    far = Dataset("far", x, around(x), ("a", "b"), standardise=True)
    state = seen(way, far)
    values = film.density(far, state).values
    assert np.isfinite(values).all()
    assert values.max() == pytest.approx(np.exp(state.law.log_prob(x)).max(), rel=1e-6)
    assert (values >= state.density).all()
    assert np.array_equal(film.density(MOONS, seen(way, MOONS)).values, seen(way, MOONS).density)
