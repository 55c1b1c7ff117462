"""Representation: scores are core's, all codes are drawn on the same axes, and a set without factors is told what it can be."""

import numpy as np
import pytest

from core.evaluation import neighbours
from core.key import Key
from core.vae.latent import ppca, representation
from playground.rungs.vae import charts
from playground.rungs.vae.panels import representation as panel
from tests import apps
from tests.playground.rungs.vae import sets


@pytest.fixture(autouse=True)
def _rested(monkeypatch):
    monkeypatch.setattr(panel, "EPOCHS", 4)
    with apps.rested(monkeypatch):
        yield


def page(latent, kind, told=False):
    from core.key import Key
    from playground.rungs.vae.panels import representation as vae_represent
    from tests.playground.rungs.vae import sets

    vae_represent.panel("test", sets.model(latent, told), sets.pictures(kind), 3, Key(0))


def compared(kind="factors", latent=2):
    return list(panel.steps(sets.model(latent), sets.pictures(kind), Key(0)))[-1].state


def test_the_codes_are_of_unseen_pictures():
    found, pictures = compared(), sets.pictures()
    assert not set(found.rows) & set(pictures.split.train)
    assert (np.diff(found.rows) < 0).any()  # in no order: the first few are drawn
    x = pictures.images[found.rows]
    assert np.allclose(found.codes[panel.OURS], sets.model().encode(x)[0])
    train = pictures.images[pictures.split.train].reshape(-1, 16)
    assert np.allclose(found.codes[panel.PCA], ppca.fit(train, 2).encode(x.reshape(len(x), -1))[0])
    assert list(found.scores) == [panel.OURS, panel.PCA, panel.AE]


def test_the_autoencoder_has_no_noise_and_no_kl():
    config = panel.plain(sets.model())
    assert (config.beta, config.code, config.epochs) == (0.0, "mean", 4)
    assert config.width == sets.model().config.width


def test_the_scores_are_cores():
    found, pictures = compared(), sets.pictures()
    factors = pictures.factors[found.rows]
    table = panel.scored(found, pictures).set_index("code")
    for name, code in found.codes.items():
        assert found.scores[name].procrustes == pytest.approx(representation.procrustes(code, factors))
        assert table.loc[name, "Procrustes R²"] == f"{found.scores[name].procrustes:.3f}"
        want = representation.information(code, factors[:, 1], Key(0) / name / "column")
        assert found.scores[name].information[1].value == pytest.approx(want.value)
    assert f"**{found.scores['VAE'].procrustes:.2f}**" in panel.finding(found, pictures)


def test_two_factors_are_the_axes_of_all_codes():
    found, pictures = compared(), sets.pictures()
    drawn = {name: panel.placed(code, pictures, found.rows) for name, code in found.codes.items()}
    assert len({axes for _, axes in drawn.values()}) == 1
    factors = pictures.factors[found.rows]
    xy = drawn[panel.OURS][0]
    spread = factors.std(axis=0)
    left = (((xy - factors) / spread) ** 2).sum() / (((factors - factors.mean(axis=0)) / spread) ** 2).sum()
    assert 1 - left == pytest.approx(found.scores[panel.OURS].procrustes)


@pytest.mark.parametrize("latent", [1, 2, 3])
def test_other_codes_are_drawn_in_units_of_their_spread(latent):
    found = compared("classes", latent)
    xy, axes = panel.placed(found.codes[panel.OURS], sets.pictures("classes"), found.rows)
    assert xy.shape == (len(found.rows), 2)
    assert xy[:, 0].std() == pytest.approx(1)
    assert [span for _, span in axes] == [(-3.5, 3.5)] * 2


def test_without_factors_the_classes_are_counted():
    found, pictures = compared("classes"), sets.pictures("classes")
    labels = pictures.labels[found.rows]
    want = neighbours.accuracy(found.codes[panel.OURS], labels)
    assert found.scores[panel.OURS].accuracy == want
    said = panel.finding(found, pictures)
    assert said.startswith("No true factors are known here")
    assert f"**{want.value:.0%}**" in said
    assert f"guessing {neighbours.chance(labels):.0%}" in said


def test_words_are_measured_by_information_alone():
    found, pictures = compared("words"), sets.pictures("words")
    assert np.isnan(found.scores[panel.OURS].procrustes)
    assert "tells most of **half**" in panel.finding(found, pictures)
    assert list(panel.scored(found, pictures).columns) == ["code", "I(half) (nats)", "5 nearest, class"]


def test_bare_pictures_have_nothing_to_compare_with():
    found, pictures = compared("bare"), sets.pictures("bare")
    assert "neither factors nor classes" in panel.finding(found, pictures)
    assert panel.scored(found, pictures) is None


@pytest.mark.parametrize("words", [(), ("up", "down")])
def test_the_chart_holds_every_code(words):
    g = Key(0).generator()
    xy, value = g.standard_normal((7, 2)), g.integers(0, 2, 7).astype(float)
    axes = (("a", (-1.0, 1.0)), ("b", (-2.0, 2.0)))
    spec = charts.codes("VAE", xy, axes, value, words, ("half", "px"), True).to_dict()
    rows = [row for table in spec["datasets"].values() for row in table if "x" in row]
    assert np.allclose([[r["x"], r["y"]] for r in rows], xy)
    assert [r["value"] for r in rows] == ([words[int(v)] for v in value] if words else value.tolist())
    encoding = next(layer for layer in spec["layer"] if "color" in layer["encoding"])["encoding"]
    assert encoding["x"]["scale"]["domain"] == [-1, 1]
    assert encoding["y"]["scale"]["domain"] == [-2, 2]


@pytest.mark.parametrize(
    ("latent", "kind", "told"), [(2, "factors", False), (3, "words", False), (1, "bare", False), (2, "classes", True)]
)
def test_the_panel_opens(latent, kind, told):
    at = apps.opened(page, {"latent": latent, "kind": kind, "told": told})
    assert "no model was trained on" in apps.words(at)
    assert len(at.dataframe) == (kind != "bare")


def test_the_colour_is_chosen():
    at = apps.opened(page, {"latent": 2, "kind": "factors"}, shade="column")
    assert at.segmented_control(key="shade").value == "column"
