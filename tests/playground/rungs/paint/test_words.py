"""The words of a prompt: what is offered completes it, what is added is understood, what is not is told."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.data import images
from core.data.renderers.outfit_words import ATTRIBUTES, VALUES, parse
from playground.rungs.paint.words import (
    OFFERED,
    Wish,
    completions,
    conditions,
    extended,
    labels,
    objection,
    phrases,
    typing,
    understood,
)

PROMPTS = st.lists(st.sampled_from([*phrases(), "re", "purple", "long", "bl", ""]), max_size=5).map(", ".join)


def test_every_value_has_one_phrase():
    assert sorted(phrases().values()) == [(a, v) for a, words in enumerate(VALUES) for v in range(len(words))]


@given(PROMPTS)
def test_whatever_is_offered_settles_one_more_attribute(prompt):
    before = parse(prompt)[0]
    offered = completions(prompt)
    assert len(offered) <= OFFERED
    for phrase in offered:
        attribute, value = phrases()[phrase]
        after = parse(extended(prompt, phrase))[0]
        assert before[attribute] is None
        assert after[attribute] == value
        assert all(
            a == b for i, (a, b) in enumerate(zip(before, after, strict=True)) if i != attribute and b is not None
        )


@pytest.mark.parametrize(
    ("prompt", "offered", "then"),
    [
        ("red hair, ro", ["round glasses"], "red hair, round glasses"),
        ("short cu", ["short curly hair"], "short curly hair"),
        ("hoodie, sung", ["sunglasses"], "hoodie, sunglasses"),
        ("purple", [], None),
    ],
)
def test_what_is_typed_is_completed(prompt, offered, then):
    assert completions(prompt) == offered
    if then:
        assert extended(prompt, offered[0]) == then


def test_a_word_that_is_being_typed_is_asked_about_and_not_refused():
    assert typing("purple, red ha") == len("purple,")
    assert typing("re") == 0
    for whole in ("", "red hair", "red hair, ", "purple", "red hair, purple"):
        assert typing(whole) == len(whole)


def test_what_is_settled_is_offered_no_more():
    whole = "red hair, long bun, round glasses, hoodie, white clothes"
    assert completions(whole) == []
    assert {phrases()[p][0] for p in completions("red hair, bald")} == {0, 1, 2}


def test_chips_tell_what_is_settled_and_what_is_free():
    assert understood(parse("red hair, hoodie")[0]) == (
        ":violet-badge[red hair] :violet-badge[hoodie] :gray-badge[free: accessory, clothes colour, hair type]"
    )
    assert understood((None,) * 5) == ":gray-badge[everything is left free]"


def test_words_that_are_not_used_are_told_with_their_reason_and_do_no_harm():
    said = objection(parse("purple cape, <b>[x](y)</b> hair")[1])
    assert said.startswith("Not used: “purple” “cape” “b” “x” “y” “b”: not a word of this vocabulary")
    assert "<b>" not in said
    assert "](y" not in said


def test_a_wish_is_labels_for_every_picture():
    np.testing.assert_array_equal(Wish((1, -1)).labels(3), [[1, -1]] * 3)
    assert Wish((-1, -1)).labels(3) is None
    assert Wish().labels(3) is None


def test_conditions_are_attributes_or_the_class():
    outfits, digits = images.load("outfits"), images.load("digits")
    assert [name for name, _ in conditions(outfits)] == list(ATTRIBUTES)
    assert conditions(digits) == (("class", tuple("0123456789")),)
    np.testing.assert_array_equal(labels(outfits), outfits.factors)
    np.testing.assert_array_equal(labels(digits)[:, 0], digits.labels)
    assert conditions(images.load("jars")) == ()
    assert labels(images.load("jars")) is None
