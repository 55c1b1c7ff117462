"""What the panels ask first: a model is known by its content, and told what it was trained with."""

import dataclasses

import numpy as np
import pytest

from playground.rungs.vae import seen
from tests.playground.rungs.vae import sets


def test_a_model_is_known_by_its_content():
    assert seen.fingerprint(sets.model()) == seen.fingerprint(sets.model())
    assert seen.fingerprint(sets.model()) != seen.fingerprint(sets.model(3))
    model = sets.model()
    weights = {name: value + (name == "decoder.0.bias") for name, value in model.weights.items()}
    assert seen.fingerprint(model) != seen.fingerprint(dataclasses.replace(model, weights=weights))


def test_a_model_is_told_what_it_was_trained_with():
    told, rows = sets.model(told=True), np.array([0, 5])
    classes, words = sets.pictures("classes"), sets.pictures("words")
    assert seen.told(sets.model(), classes, rows) is None
    assert (seen.told(told, classes, rows)[:, 0] == classes.labels[rows]).all()
    unnamed = dataclasses.replace(words, labels=None, classes=())
    assert (seen.told(told, unnamed, rows)[:, 0] == words.labels[rows]).all()
    with pytest.raises(ValueError, match="labels"):
        seen.told(told, sets.pictures("factors"), rows)
