"""Prompts: what is said is taken, what is not known is pointed out, nothing is guessed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.data.renderers.outfit_words import ATTRIBUTES, VALUES, VOCABULARY, describe, parse

BLONDE = {"hair colour": "blonde"}


def named(prompt):
    """The attributes a prompt settles, in words."""
    found = parse(prompt)[0]
    return {ATTRIBUTES[i]: VALUES[i][v] for i, v in enumerate(found) if v is not None}


def left_over(prompt):
    return [word.text for word in parse(prompt)[1]]


def test_the_example_is_read():
    prompt = "red hair, round glasses, hoodie, white clothes"
    assert named(prompt) == {
        "hair colour": "red",
        "accessory": "round glasses",
        "clothes type": "hoodie",
        "clothes colour": "white",
    }
    assert left_over(prompt) == []
    assert named("sunglasses, NO HAIR") == {"accessory": "sunglasses", "hair type": "no hair"}


def test_every_outfit_is_described_so_that_it_is_read_back():
    for attributes in np.ndindex(*map(len, VALUES)):
        assert parse(describe(attributes)) == (attributes, ())


@given(st.tuples(*(st.none() | st.integers(0, len(words) - 1) for words in VALUES)))
def test_what_is_left_open_stays_open(attributes):
    assert parse(describe(attributes)) == (attributes, ())


def test_every_phrase_of_the_vocabulary_is_read_as_itself():
    assert {(a, v) for a, v in VOCABULARY.values()} == {
        (a, v) for a, words in enumerate(VALUES) for v in range(len(words))
    }
    for phrase, (attribute, value) in VOCABULARY.items():
        expected = tuple(value if i == attribute else None for i in range(5))
        assert parse(phrase) == (expected, ())


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("long curly red hair", {"hair type": "long curly", "hair colour": "red"}),
        ("long red curly hair", {"hair type": "long curly", "hair colour": "red"}),
        ("a person with a red hoodie and blonde hair", {"clothes colour": "red", "clothes type": "hoodie"} | BLONDE),
        ("pink hair pink hoodie", {"hair colour": "pink", "clothes colour": "pink", "clothes type": "hoodie"}),
        ("red v-neck shirt", {"clothes colour": "red", "clothes type": "v-neck shirt"}),
        ("gray overalls, blond bun", {"clothes colour": "grey", "clothes type": "overall", "hair type": "long bun"} | BLONDE),
        ("blonde", {"hair colour": "blonde"}),
        ("wearing yellow", {"clothes colour": "yellow"}),
        ("straight hair", {"hair type": "long straight"}),
        ("hoodie, hoodie", {"clothes type": "hoodie"}),
        ("", {}),
    ],
)  # fmt: skip
def test_other_ways_of_saying_it(prompt, expected):
    assert named(prompt) == expected
    assert left_over(prompt) == []


@pytest.mark.parametrize(
    ("prompt", "words", "why"),
    [
        ("purple hair", ["purple"], "vocabulary"),
        ("blue hair", ["blue"], "no hair colour is blue"),
        ("silver hoodie", ["silver"], "no clothes colour is silver"),
        ("red", ["red"], "hair or of clothes"),
        ("green hat", ["green", "hat"], ""),
        ("red hat hoodie", ["red", "hat"], ""),
        ("yellow glasses", ["yellow", "glasses"], ""),
        ("blonde round glasses", ["blonde"], "hair or of clothes"),
        ("yellow curly", ["yellow", "curly"], ""),
        ("curly hair", ["curly"], "short curly or long curly"),
        ("shirt", ["shirt"], "crew neck shirt or v-neck shirt"),
        ("short straight hair", ["short", "straight"], "no hair type is all of this"),
        ("glasses", ["glasses"], "vocabulary"),
        ("hoodie, overall", ["overall"], "already hoodie"),
        ("bald, long hair", ["long"], "already no hair"),
    ],
)
def test_what_cannot_be_used_is_pointed_out_and_not_guessed(prompt, words, why):
    assert left_over(prompt) == words
    for word in parse(prompt)[1]:
        assert why in word.why
        assert prompt[word.start : word.end].lower() == word.text


def test_the_rest_of_a_prompt_still_counts_and_places_are_exact():
    prompt = "Green hat, red hair; zebra & hoodie"
    attributes, unused = parse(prompt)
    assert named(prompt) == {"hair colour": "red", "clothes type": "hoodie"}
    assert [(w.text, w.start, w.end) for w in unused] == [("green", 0, 5), ("hat", 6, 9), ("zebra", 21, 26)]
    assert attributes[0] is None


@given(st.text(max_size=80))
def test_any_text_is_answered(prompt):
    attributes, unused = parse(prompt)
    assert len(attributes) == 5
    assert all(v is None or 0 <= v < len(words) for v, words in zip(attributes, VALUES, strict=True))
    assert all(0 <= w.start < w.end <= len(prompt) and w.why for w in unused)
    assert [w.start for w in unused] == sorted(w.start for w in unused)


@given(st.lists(st.sampled_from([*VOCABULARY, "zebra", "red", "curly", "and", ",", "shirt", "no", "neck"]), max_size=8))
def test_adding_a_clause_never_unsettles_an_earlier_one(parts):
    before = parse(", ".join(parts))[0]
    after = parse(", ".join([*parts, "hoodie", "red hair"]))[0]
    assert all(b is None or a == b for a, b in zip(after, before, strict=True))
