"""The map of the codes: it is q(z), a hole decodes to what the model says, and the hand goes anywhere."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.key import Key
from core.vae.latent import surgery as core_surgery
from playground.instruments.latent_pad import Snapshot, pack
from playground.instruments.stage import Field, Points, unpack
from playground.rungs.vae import film, seen
from playground.rungs.vae.panels import surgery
from playground.rungs.vae.panels.parts import holes
from tests import apps
from tests.playground.rungs.vae import sets


@pytest.fixture(autouse=True)
def _rested(monkeypatch):
    with apps.rested(monkeypatch):
        yield


def page(latent, told):
    from playground.rungs.vae.panels import surgery
    from tests.playground.rungs.vae import sets

    surgery.show(*sets.shown(latent, told))


def codes():
    return list(surgery.steps(sets.model(), sets.pictures(), Key(0)))[-1].state.codes


def test_the_map_is_the_aggregate_posterior_with_its_holes():
    found, model, (screen, _) = codes(), sets.model(), sets.shown()
    plane = holes.plane("test", found, screen, model, np.array([0.3, -0.2]), ())
    field, dug = plane.layers
    assert isinstance(field, Field)
    for i, j in ((60, 60), (30, 80)):
        z = np.array([[found.grid.axes[0][j], found.grid.axes[1][i]]])
        want = core_surgery.log_aggregate(z, found.means, found.log_vars)[0]
        assert np.log(field.values[i, j]) == pytest.approx(want)
    assert plane.reach == found.grid.axes[0][-1], "the map fills the plane"
    assert isinstance(dug, Points)
    assert [tuple(z) for z in dug.xy] == [tuple(hole.z) for hole in found.holes]
    message = unpack(pack(plane, [Snapshot(film.browser(model)[1])], run="test"))
    layers = {layer["name"]: layer for layer in message["scene"]["layers"]}
    assert layers["decoder"]["z"] == [0.3, -0.2]
    assert layers["codes"]["bare"]


def test_the_hand_counts_when_it_is_news():
    def page():
        import numpy as np
        import streamlit as st

        from playground.instruments.latent_pad import Said
        from playground.rungs.vae.panels.parts import holes

        z, there = np.zeros(2), Said(z=np.array([1.0, 2.0]))
        for told in (Said(), there, there):
            st.caption(str(holes.moved("test", told, z).tolist()))

    at = AppTest.from_function(page).run()
    assert [c.value for c in at.caption] == ["[0.0, 0.0]", "[1.0, 2.0]", "[0.0, 0.0]"]


def sent(at):
    """Where the pad was last told to put its marker."""
    layers = unpack(at.get("bidi_component")[0].proto.bytes)["scene"]["layers"]
    return next(layer["z"] for layer in layers if layer["name"] == "decoder")


def test_a_hole_is_jumped_into_and_a_click_goes_anywhere(monkeypatch):
    shown = []
    monkeypatch.setattr(seen, "strip", lambda pictures, alt, *rest: shown.append(pictures))
    at = apps.opened(page, {"latent": 2, "told": False})
    found = list(surgery.steps(sets.model(), sets.pictures(), Key(0) / "vae" / "surgery"))[-1].state.codes
    assert found.holes, "the spots leave holes"
    i = len(found.holes) - 1
    at.button(key=f"vae.hole.{i}").click().run()
    z = found.holes[i].z
    assert f"At ({z[0]:.2f}, {z[1]:.2f}) the prior is" in apps.words(at)
    assert f"= {found.holes[i].depth:.2f} nats" in apps.words(at)
    np.testing.assert_allclose(sent(at), z, atol=1e-6)
    dug = np.array([hole.z for hole in found.holes])
    np.testing.assert_allclose(shown[-2], sets.model().decode(dug))
    nearest = ((found.means - z) ** 2).sum(axis=1).argmin()
    np.testing.assert_allclose(shown[-1][0], sets.pictures().images[found.rows[nearest]])
    name = unpack(at.get("bidi_component")[0].proto.bytes)["scene"]["id"]
    hand = {"scene": name, "z": [0.5, 0.25], "labels": [], "axes": [0, 1], "point": None}
    at.session_state[f"pad.vae.holes.{name}"] = {"hand": hand}
    at.run()
    assert "At (0.50, 0.25) the prior is" in apps.words(at)
    before = sent(at)
    np.testing.assert_allclose(before, z, atol=1e-6)
    at.button(key=f"vae.hole.{i}").click().run()
    assert sent(at) != before, "the same hole is news again"
    np.testing.assert_allclose(sent(at), z, atol=1e-6)
    assert f"At ({z[0]:.2f}, {z[1]:.2f}) the prior is" in apps.words(at)


@pytest.mark.parametrize(
    ("depth", "said"),
    [
        (0.7, "2"),
        (-0.7, "2"),
        (5.0, "148"),
        (13.0, "442,413"),
        (14.0, "more than a million"),
        (900.0, "more than a million"),
    ],
)
def test_ratios_are_said_in_words(depth, said):
    assert holes.times(depth) == said
