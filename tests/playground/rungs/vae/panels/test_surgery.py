"""Surgery on a VAE's bound: the parts add up, the map is q(z), a hole decodes to what the model says, betas are compared."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.evaluation.metrics import Estimate
from core.key import Key
from core.vae import sweep
from core.vae.latent import surgery as vae_surgery
from core.vae.latent.surgery import Surgery
from playground.instruments.latent_pad import Snapshot, pack
from playground.instruments.stage import Field, Points, unpack
from playground.rungs.vae import charts as vae_charts
from playground.rungs.vae import holes
from playground.rungs.vae import plane as vae_plane
from playground.rungs.vae import seen as vae_seen
from playground.rungs.vae.panels import surgery as vae_surgery_panel
from tests import apps
from tests.playground.rungs.vae import sets


@pytest.fixture(autouse=True)
def _rested(monkeypatch):
    with apps.rested(monkeypatch):
        yield


def page(latent, told):
    from core.key import Key
    from playground.rungs.vae.panels import surgery as vae_surgery_panel
    from tests.playground.rungs.vae import sets

    kind = "classes" if told else "factors"
    vae_surgery_panel.panel("test", sets.model(latent, told), sets.pictures(kind), 3, Key(0))


def seen(latent=2):
    return list(vae_surgery_panel.steps(sets.model(latent), sets.pictures(), Key(0)))[-1].state


def rows_of(chart):
    return [row for table in chart.to_dict()["datasets"].values() for row in table]


def test_the_parts_add_up_to_the_mean_kl():
    found = seen()
    assert found.check.holds
    exact = vae_surgery.surgery_on_grid(found.means, found.log_vars)
    for name in ("information", "marginal"):
        part = getattr(found.parts, name)
        assert abs(part.value - getattr(exact, name).value) < 4 * part.error
    assert found.parts.kl == pytest.approx(exact.information.value + exact.marginal.value, abs=1e-2)


def test_parts_that_do_not_add_up_are_told():
    found = seen()
    wrong = Surgery(found.parts.kl + 1, found.parts.information, found.parts.marginal)
    assert not vae_surgery_panel.Seen(found.rows, found.means, found.log_vars, wrong).check.holds


def test_the_codes_are_of_training_pictures():
    found, pictures = seen(), sets.pictures()
    assert set(found.rows) <= set(pictures.split.train)
    means, log_vars = sets.model().encode(pictures.images[found.rows])
    assert np.allclose(found.means, means)
    assert np.allclose(found.log_vars, log_vars)


def test_the_map_is_the_aggregate_posterior_with_its_holes():
    found, model = seen(), sets.model()
    plane = holes.plane(
        "test", found.grid, found.log_all, found.holes, model, sets.pictures(), np.array([0.3, -0.2]), ()
    )
    field, dug = plane.layers
    assert isinstance(field, Field)
    for i, j in ((60, 60), (30, 80)):
        z = np.array([[found.grid.axes[0][j], found.grid.axes[1][i]]])
        want = vae_surgery.log_aggregate(z, found.means, found.log_vars)[0]
        assert np.log(field.values[i, j]) == pytest.approx(want)
    assert plane.reach == found.grid.axes[0][-1], "the map fills the plane"
    assert isinstance(dug, Points)
    assert [tuple(z) for z in dug.xy] == [tuple(hole.z) for hole in found.holes]
    message = unpack(pack(plane, [Snapshot(vae_plane.browser(model)[1])], run="test"))
    layers = {layer["name"]: layer for layer in message["scene"]["layers"]}
    assert layers["decoder"]["z"] == [0.3, -0.2]
    assert layers["codes"]["bare"]


def test_the_hand_counts_when_it_is_news():
    def page():
        import numpy as np
        import streamlit as st

        from playground.instruments.latent_pad import Said
        from playground.rungs.vae import holes

        z, there = np.zeros(2), Said(z=np.array([1.0, 2.0]))
        for told in (Said(), there, there):
            st.caption(str(holes.moved("test", told, z).tolist()))

    at = AppTest.from_function(page).run()
    assert [c.value for c in at.caption] == ["[0.0, 0.0]", "[1.0, 2.0]", "[0.0, 0.0]"]


def test_the_bar_holds_both_parts():
    found = seen()
    parts = {"mutual information": found.parts.information, "KL(q(z), p(z))": found.parts.marginal}
    cells = [
        r
        for r in rows_of(vae_charts.stacked({"KL": parts}, dict.fromkeys(parts, "data"), "nats", False))
        if "part" in r
    ]
    assert [r["nats"] for r in cells] == [e.value for e in parts.values()]
    assert cells[0]["to"] == cells[1]["from"]


def test_dimensions_are_awake_or_asleep():
    chart = vae_charts.dimensions(np.array([1.5, 0.0]), np.array([True, False]), True)
    assert [(r["z"], r["nats"], r["state"]) for r in rows_of(chart)] == [("z1", 1.5, "active"), ("z2", 0.0, "asleep")]


def sent(at):
    """Where the pad was last told to put its marker."""
    layers = unpack(at.get("bidi_component")[0].proto.bytes)["scene"]["layers"]
    return next(layer["z"] for layer in layers if layer["name"] == "decoder")


def test_a_hole_is_jumped_into_and_a_click_goes_anywhere(monkeypatch):
    shown = []
    monkeypatch.setattr(vae_seen, "strip", lambda pictures, alt, *rest: shown.append(pictures))
    at = apps.opened(page, {"latent": 2, "told": False})
    found = list(vae_surgery_panel.steps(sets.model(), sets.pictures(), Key(0) / "surgery"))[-1].state
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


@pytest.mark.parametrize(("latent", "told"), [(1, False), (3, False), (2, True)])
def test_other_models_are_cut_open_too(latent, told):
    at = apps.opened(page, {"latent": latent, "told": told})
    assert "tell which picture it was" in apps.words(at)
    assert ("Holes are shown in a plane" in apps.words(at)) == (latent != 2)


def test_the_sweep_is_cores_and_collapses(monkeypatch):
    monkeypatch.setattr(vae_surgery_panel, "EPOCHS", 3)
    monkeypatch.setattr(sweep, "BETAS", (0.1, 30.0))
    last = list(vae_surgery_panel.sweep(sets.model(), sets.pictures(), Key(0)))[-1]
    assert last.index == 3
    assert last.arrays["kl"][1] < last.arrays["kl"][0]
    charts = vae_charts.over_beta(last, False)
    assert [r["y"] for r in rows_of(charts["KL"])] == list(last.arrays["kl"])
    awake = (last.arrays["activity"] > vae_surgery.ACTIVE).sum(axis=1)
    assert [r["y"] for r in rows_of(charts["active units"])] == awake.tolist()
    low, high = vae_charts.ends_of(last.arrays["reconstruction"])
    assert low <= last.arrays["reconstruction"].min()
    assert high >= last.arrays["reconstruction"].max()


def test_collapse_is_named_where_it_is():
    from core.process import Step

    def said(activity):
        arrays = {"activity": np.array(activity), "kl": np.array([3.0, 1.0, 0.01])}
        return vae_surgery_panel.collapse(Step(9, (0.1, 1.0, 10.0), "", {}, arrays))

    gone = said([[1.0, 1.0], [1.0, 0.0], [0.0, 0.0]])
    assert "active up to beta = 0.1;" in gone
    assert "from beta = 10 on it has **collapsed** (KL 0.01 nats)" in gone
    assert "nowhere" in said([[1.0, 1.0], [1.0, 1.0], [1.0, 0.0]])
    assert "from beta = 1 on" in said([[1.0, 1.0], [0.0, 0.0], [0.0, 0.0]])
    assert "always sleeps" in said([[1.0, 0.0], [1.0, 0.0], [0.0, 0.0]])


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


@pytest.mark.parametrize(("sharp", "told"), [(True, True), (False, False)])
def test_information_at_its_ceiling_is_told(sharp, told):
    def page(sharp):
        import numpy as np

        from core.key import Key
        from core.vae.latent import surgery as vae_surgery
        from playground.rungs.vae.panels import surgery as vae_surgery_panel

        means = Key(0).generator().standard_normal((50, 2))
        log_vars = np.full((50, 2), -14.0 if sharp else -1.0)
        parts = vae_surgery.surgery(means, log_vars, Key(1))
        vae_surgery_panel.parts("test", vae_surgery_panel.Seen(np.arange(50), means, log_vars, parts))

    said = apps.words(apps.opened(page, {"sharp": sharp}))
    assert ("at its ceiling" in said) == told


def test_the_sweep_is_asked_for(monkeypatch):
    monkeypatch.setattr(vae_surgery_panel, "EPOCHS", 2)
    at = apps.opened(page, {"latent": 2, "told": False})
    at.button(key="test.sweep").click().run(timeout=60)
    assert not at.exception
    assert "After 2 epochs" in apps.words(at)


def test_the_errors_are_those_of_the_parts():
    found = vae_surgery_panel.Seen(
        np.arange(2), np.zeros((2, 2)), np.zeros((2, 2)), Surgery(3.0, Estimate(1.0, 0.03), Estimate(2.0, 0.04))
    )
    assert found.check.tolerance == pytest.approx(4 * 0.05)
