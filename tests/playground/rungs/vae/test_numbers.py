"""The self-test of a VAE: what it is about, in which order, and that another picture or model is another test."""

from dataclasses import replace

import numpy as np
import pytest

from core.vae.truth import checks
from playground.rungs.vae import numbers, screen
from playground.shelf.picture import Chosen
from tests import apps
from tests.playground.rungs.vae import sets


@pytest.fixture
def alone(monkeypatch):
    """A session of its own, without a browser."""
    held = {}
    monkeypatch.setattr(screen.session, "_held", lambda: held)


@pytest.fixture
def judged(monkeypatch, alone):
    """What the identities are asked of: model, pictures, key, labels."""
    asked = []
    monkeypatch.setattr(checks, "of_vae", lambda *what: asked.append(what) or iter(()))
    return asked


@pytest.mark.parametrize("told", [False, True])
def test_the_chosen_picture_is_tested_first_and_then_test_pictures(judged, told):
    found, step = sets.shown(told=told)
    own = replace(found, chosen=Chosen(np.full((1, 4, 4), 0.5), "own", "Your picture"))
    for one in (found, own):
        list(numbers.self_test(one, step).checks())
    rows = found.pictures.split.test[: checks.FEW - 1]
    for (model, x, key, labels), chosen in zip(judged, (found.chosen, own.chosen), strict=True):
        assert model is step.state
        assert key == found.key / "checks"
        np.testing.assert_array_equal(x, [chosen.x, *found.pictures.images[rows]])
        if told:
            first = 0 if chosen.row is None else found.pictures.labels[chosen.row]
            np.testing.assert_array_equal(labels[:, 0], [first, *found.pictures.labels[rows]])
        else:
            assert labels is None


def test_another_picture_or_another_model_is_another_test(alone):
    found, step = sets.shown()
    first = numbers.self_test(found, step).spec
    assert numbers.self_test(found, step).spec == first
    other = replace(found, chosen=replace(found.chosen, id="other"))
    assert numbers.self_test(other, step).spec != first
    weights = {name: value + (name == "decoder.0.bias") for name, value in step.state.weights.items()}
    assert numbers.self_test(found, replace(step, state=replace(step.state, weights=weights))).spec != first
    assert step.state.digest in first


def test_every_identity_holds_on_the_page(monkeypatch):
    def page():
        from playground.rungs.vae import numbers
        from playground.shown import closer
        from tests.playground.rungs.vae import sets

        closer.strip("vae", numbers.self_test(*sets.shown()))

    with apps.rested(monkeypatch):
        at = apps.opened(page)
    table = next(m.value for m in at.markdown if "identity" in m.value)
    assert table.count("✓") >= 5
    assert "broken" not in table
