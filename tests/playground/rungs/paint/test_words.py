"""What is to be painted: attributes or classes of the set, any of several."""

import numpy as np
import pytest

from core.data import images
from core.data.renderers.outfit_words import ATTRIBUTES
from playground.rungs.paint.words import conditions, labels, said


def test_conditions_are_attributes_or_the_class():
    outfits, digits = images.load("outfits"), images.load("digits")
    assert [name for name, _ in conditions(outfits)] == list(ATTRIBUTES)
    assert conditions(digits) == (("class", tuple("0123456789")),)
    np.testing.assert_array_equal(labels(outfits), outfits.factors)
    np.testing.assert_array_equal(labels(digits)[:, 0], digits.labels)
    assert conditions(images.load("jars")) == ()
    assert labels(images.load("jars")) is None


@pytest.mark.parametrize(
    ("chosen", "words"), [((3,), "3"), ((3, 7), "3 or 7"), ((0, 1, 2, 4, 5, 6, 7, 8, 9), "not 3")], ids=str
)
def test_classes_are_said_as_short_as_can_be(chosen, words):
    assert said(tuple("0123456789"), chosen) == words
