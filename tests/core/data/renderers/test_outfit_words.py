"""The words of outfits: whatever may be wanted of one can be said, and is read back as just that."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from core.data.renderers.outfit_prompts import parse
from core.data.renderers.outfit_words import FREE, VALUES, VOCABULARY, describe, only

LEFT = st.tuples(*(st.just(free) | st.frozensets(st.sampled_from(sorted(free)), min_size=1) for free in FREE))


def test_every_outfit_is_described_so_that_it_is_read_back():
    for attributes in np.ndindex(*map(len, VALUES)):
        found = parse(describe(only(attributes)))
        assert found.left == only(attributes)
        assert found.settled == attributes
        assert found.unused == ()


@given(LEFT)
@settings(max_examples=500)
def test_any_sets_of_values_are_described_so_that_they_are_read_back(left):
    found = parse(describe(left))
    assert found.left == left
    assert found.unused == ()


def test_every_phrase_of_the_vocabulary_is_read_as_itself():
    assert {(a, v) for a, v in VOCABULARY.values()} == {
        (a, v) for a, words in enumerate(VALUES) for v in range(len(words))
    }
    for phrase, (attribute, value) in VOCABULARY.items():
        found = parse(phrase)
        assert found.settled == tuple(value if i == attribute else None for i in range(5))
        assert found.unused == ()


def test_an_outfit_without_hair_has_brows_of_a_colour():
    assert describe(only((None, None, None, 4, 0))) == "red brows, no hair"
    assert describe(only((None, None, None, 4, 2))) == "red hair, short curly hair"


def test_what_most_values_are_left_to_is_said_by_those_it_has_not():
    left = parse("not red hair, not curly, not sunglasses, no pink clothes, not a hoodie").left
    assert describe(left) == "not red hair, not curly hair, not sunglasses, not hoodie, not pink clothes"
