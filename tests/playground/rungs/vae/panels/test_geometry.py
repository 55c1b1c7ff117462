"""The decoder as a surface: the map is core's, the ways join the two pictures, the strips are the pictures on them."""

import numpy as np
import pytest

from core.key import Key
from core.vae.latent import geometry as vae_geometry
from playground.instruments.stage import Field, Paths, Points, pack
from playground.rungs.vae import seen
from playground.rungs.vae.panels import geometry as panel
from tests import apps
from tests.playground.rungs.vae import sets


@pytest.fixture(autouse=True)
def _rested(monkeypatch):
    with apps.rested(monkeypatch):
        yield


def page(latent, told):
    from playground.rungs.vae.panels import geometry
    from tests.playground.rungs.vae import sets

    geometry.show(*sets.shown(latent, told))


def surveyed():
    return list(panel.survey(sets.model(), sets.pictures(), Key(0)))


def ways(ends=(3, 60)):
    return list(panel.between(sets.model(), sets.pictures(), ends, Key(0)))[-1].state


def test_the_map_is_the_log_magnification():
    coarse, fine = (step.state for step in surveyed())
    assert coarse.level.shape < fine.level.shape
    field, codes = panel.scene(fine, None, "test").layers
    assert isinstance(field, Field)
    for i, j in ((40, 40), (20, 55)):
        z = np.array([[fine.grid.axes[0][j], fine.grid.axes[1][i]]])
        want = np.log(vae_geometry.magnification(sets.model(), z)[0])
        assert field.values[i, j] == pytest.approx(want)
    assert field.vmin == field.values.min()
    assert field.vmax > field.values.max()
    assert isinstance(codes, Points)


def test_both_ways_join_the_codes_of_the_two_pictures():
    found, model = ways(), sets.model()
    a, b = model.encode(sets.pictures().images[[3, 60]])[0]
    layers = panel.scene(surveyed()[-1].state, found, "test").layers
    lines = {layer.name: layer for layer in layers if isinstance(layer, Paths)}
    assert list(lines) == ["line", "geodesic"]
    for layer in lines.values():
        assert np.allclose(layer.xy[0, [0, -1]], [a, b])
    want = vae_geometry.geodesic(model, a, b, panel.POINTS)
    assert np.allclose(lines["geodesic"].xy[0], want.z)
    dots = next(layer for layer in layers if layer.name == "geodesic pictures")
    assert len(dots.xy) == 10
    assert pack(panel.scene(surveyed()[0].state, found, "test"), [], run="test")


def test_lengths_are_of_the_pictures():
    found, x = ways(), sets.pictures().images[[3, 60]]
    legs = np.diff(found.mix, axis=0).reshape(panel.POINTS - 1, -1)
    assert np.linalg.norm(legs, axis=1).sum() == pytest.approx(found.mixed)
    assert np.allclose(found.mix[[0, -1]], x)
    assert found.geodesic.length <= found.line.length
    steps = np.diff(sets.model().decode(found.line.z), axis=0).reshape(panel.POINTS - 1, -1)
    assert np.linalg.norm(steps, axis=1).sum() == pytest.approx(found.line.length)
    known = sets.pictures().images[sets.pictures().split.train].reshape(-1, 16)
    middle = found.mix[panel.POINTS // 2].ravel()
    assert found.strange[0] == pytest.approx(np.linalg.norm(known - middle, axis=1).min())
    assert f"| geodesic | **{found.geodesic.length:.2f}** | {found.strange[2]:.2f} |" in panel.figures(found)


def test_the_sentence_is_of_the_lengths():
    found = ways()
    shorter = 1 - found.geodesic.length / found.line.length
    assert f"**{shorter:.0%} shorter**" in panel.finding(found)
    first = next(panel.between(sets.model(), sets.pictures(), (3, 60), Key(0))).state
    assert "looking for" in panel.finding(first)


def test_every_way_has_ten_pictures(monkeypatch):
    shown = {}
    monkeypatch.setattr(seen, "strip", lambda pictures, alt, *rest: shown.update({alt.split(",")[0]: pictures}))
    monkeypatch.setattr(panel.st, "caption", lambda text: None)
    found = ways()
    panel.strips(found)
    assert list(shown) == ["Geodesic", "Straight line in z", "Pixels mixed"]
    assert all(len(pictures) == 10 for pictures in shown.values())
    assert np.allclose(shown["Geodesic"], sets.model().decode(found.geodesic.z[::3]))


@pytest.mark.parametrize(("latent", "told"), [(2, False), (2, True), (1, False), (3, False)])
def test_the_panel_opens(latent, told):
    at = apps.opened(page, {"latent": latent, "told": told})
    at.session_state["held"]["run.vae.ways"].job.wait(60)
    at.run()
    assert "% shorter" in apps.words(at)
    assert "full whites" in apps.words(at)
    assert ("The map needs a plane" in apps.words(at)) == (latent != 2)


def test_the_two_pictures_are_picked():
    at = apps.opened(page, {"latent": 2, "told": False}, path_to="4")
    assert at.selectbox(key="path_to").value == "4"
    before = apps.words(at)
    at.selectbox(key="path_to").select("6").run()
    assert apps.words(at) != before
    at.selectbox(key="path_from").select("6").run()
    assert not at.exception
    assert "the same picture" in apps.words(at)
