"""Representation: scores are core's, all codes are drawn on the same axes, and a set without factors is told what it can be."""

from functools import partial

import numpy as np
import pytest

from core.evaluation import neighbours
from core.key import Key
from core.vae import fit
from core.vae.latent import representation
from playground.rungs.vae.panels import representation as panel
from playground.rungs.vae.panels.parts import compared
from playground.runs.shared import Store
from tests import apps
from tests.playground.rungs.vae import sets


@pytest.fixture(autouse=True)
def _rested(monkeypatch):
    monkeypatch.setattr(compared, "EPOCHS", 4)
    with apps.rested(monkeypatch):
        yield


def page(latent, kind, told=False):
    from playground.rungs.vae.panels import representation
    from tests.playground.rungs.vae import sets

    representation.show(*sets.shown(latent, told, kind))


def found_in(kind="factors", latent=2):
    return list(compared.steps(sets.model(latent), sets.pictures(kind), Key(0)))[-1].state


def test_the_scores_are_cores():
    found, pictures = found_in(), sets.pictures()
    factors = pictures.factors[found.rows]
    table = panel.scored(found, pictures).set_index("code")
    for name, code in found.codes.items():
        assert found.scores[name].procrustes == pytest.approx(representation.procrustes(code, factors))
        assert table.loc[name, "Procrustes R²"] == f"{found.scores[name].procrustes:.3f}"
        want = representation.information(code, factors[:, 1], Key(0) / name / "column")
        assert found.scores[name].information[1].value == pytest.approx(want.value)
    assert f"**{found.scores['VAE'].procrustes:.2f}**" in panel.finding(found, pictures)


@pytest.mark.parametrize("readers", [1, 3])
def test_whoever_shares_it_and_in_whatever_order_it_ends_the_same(readers):
    pictures, store = sets.pictures(), Store()
    make = partial(compared.steps, sets.model(), pictures, Key(0))
    shared = [store.read("represent", make) for _ in range(readers)]
    for i, j in enumerate((0, 1, 1)):  # some are ahead of others, and another learns beside them
        next(shared[j % readers], None)
        list(fit.fit(fit.Config(width=8, epochs=1), pictures.images[:40], Key(i)))
    alone = found_in()
    for reader in shared:
        found = list(reader)[-1].state
        assert found.age == found.epochs == alone.age
        assert found.scores == alone.scores


def test_without_factors_the_classes_are_counted():
    found, pictures = found_in("classes"), sets.pictures("classes")
    labels = pictures.labels[found.rows]
    want = neighbours.accuracy(found.codes[compared.OURS], labels)
    assert found.scores[compared.OURS].accuracy == want
    said = panel.finding(found, pictures)
    assert said.startswith("No true factors are known here")
    assert f"**{want.value:.0%}**" in said
    assert f"guessing {neighbours.chance(labels):.0%}" in said


def test_words_are_measured_by_information_alone():
    found, pictures = found_in("words"), sets.pictures("words")
    assert np.isnan(found.scores[compared.OURS].procrustes)
    assert "tells most of **half**" in panel.finding(found, pictures)
    assert list(panel.scored(found, pictures).columns) == ["code", "I(half) (nats)", "5 nearest, class"]


def test_bare_pictures_have_nothing_to_compare_with():
    found, pictures = found_in("bare"), sets.pictures("bare")
    assert "neither factors nor classes" in panel.finding(found, pictures)
    assert panel.scored(found, pictures) is None


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


@pytest.mark.parametrize("kind", ["factors", "classes", "words", "bare"])
def test_every_moment_has_the_rows_of_the_last(kind):
    pictures = sets.pictures(kind)
    first, *_, last = [step.state for step in compared.steps(sets.model(2), pictures, Key(0))]
    early, late = panel.scored(first, pictures), panel.scored(last, pictures)
    if kind == "bare":
        assert early is late is None
        return
    assert (early["code"] == late["code"]).all()
    assert list(early.columns) == list(late.columns)
    assert (early.iloc[-1] == late.iloc[-1]).all(), "ours is known at once"
    assert (early.iloc[:-1, 1:] == panel.PENDING).all(axis=None)
    assert panel.PENDING in panel.finding(first, pictures)
    assert panel.PENDING not in panel.finding(last, pictures)
