"""Whose a set is: every built-in is the house's own, and nothing a person brings or draws ever is, whatever it holds."""

import io

import numpy as np
import pytest

from core.data import builtin, clinic, images, picture_clinic
from core.data.read import parse
from core.data.readers.pictures.read import parse_pictures
from core.dataset import Dataset
from core.key import Key
from playground.runs import shared
from playground.shelf import points, sketch


@pytest.mark.parametrize("name", builtin.NAMES)
def test_every_set_of_points_on_the_shelf_is_the_houses(name):
    dataset = builtin.load(name)
    assert dataset.builtin
    assert builtin.columns(dataset, dataset.columns[:1]).builtin


@pytest.mark.parametrize("name", images.NAMES)
def test_every_set_of_pictures_on_the_shelf_is_the_houses(name):
    assert images.load(name, 10).builtin


def theirs():
    """The house's own points and pictures as a person's file, and a drawing."""
    iris, digits = builtin.load("iris"), images.load("digits").pixels[:200] * 15
    text = ",".join("abcd") + "\n" + "\n".join(",".join(map(str, row)) for row in iris.points)
    table = parse("iris.csv", text.encode())
    sent = io.BytesIO()
    np.save(sent, digits[:, 0])
    raw = parse_pictures("digits.npy", sent.getvalue())
    xy = np.random.default_rng(0).random((40, 2))
    yield clinic.admit(table, ("a", "b"), None, Key(0))[0]
    yield clinic.admit(table, ("a",), None, Key(0))[0]
    yield picture_clinic.admit(raw, picture_clinic.propose(raw), Key(0))[0]
    yield sketch.dataset(sketch.encode(xy, np.zeros(40)), flat=False)
    yield sketch.dataset(sketch.encode(xy, np.zeros(40)), flat=True)
    yield Dataset("iris", iris.points, iris.bounds, iris.columns)  # the name alone says nothing


def test_what_a_person_brings_or_draws_is_theirs(monkeypatch):
    monkeypatch.setattr(shared, "store", shared.Store())
    found = list(theirs())
    assert len(found) == 6
    assert not any(noun.builtin for noun in found)
    for noun in found:
        assert next(iter(shared.steps("em", noun.digest, noun, lambda: iter([1])))) == 1
    assert shared.store.nbytes == 0


def test_the_shelf_hands_on_whose_it_is():
    dataset = points.shelved("two_moons", (2,), points.Amount(n=100, draw=3)).dataset
    assert dataset is not None
    assert dataset.builtin
