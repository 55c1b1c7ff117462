"""What is offered while a prompt is typed completes it, and settles one attribute more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.data.renderers.outfit_prompts import parse
from core.data.renderers.outfit_words import VALUES
from playground.rungs.paint.prompt.offers import OFFERED, completions, extended, phrases, typing

PROMPTS = st.lists(
    st.sampled_from([*phrases(), "not red hair", "not a hoodie", "re", "purple", "long", "bl", ""]), max_size=5
).map(", ".join)


def test_every_value_has_one_phrase():
    assert sorted(phrases().values()) == [(a, v) for a, words in enumerate(VALUES) for v in range(len(words))]


@given(PROMPTS)
def test_whatever_is_offered_settles_one_more_attribute(prompt):
    before = parse(prompt).left
    offered = completions(prompt)
    assert len(offered) <= OFFERED
    for phrase in offered:
        attribute, value = phrases()[phrase]
        after = parse(extended(prompt, phrase)).left
        assert len(before[attribute]) > 1
        assert after[attribute] == {value}
        assert all(a <= b for i, (a, b) in enumerate(zip(after, before, strict=True)) if i != attribute and len(b) == 1)


@pytest.mark.parametrize(
    ("prompt", "offered", "then"),
    [
        ("red hair, ro", ["round glasses"], "red hair, round glasses"),
        ("short cu", ["short curly hair"], "short curly hair"),
        ("hoodie, sung", ["sunglasses"], "hoodie, sunglasses"),
        ("not red hair, re", ["red clothes"], "not red hair, red clothes"),
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
    assert typing("red hair, no") == len("red hair,")
    for whole in ("", "red hair", "red hair, ", "purple", "red hair, purple"):
        assert typing(whole) == len(whole)


def test_what_is_settled_or_cannot_be_is_offered_no_more():
    whole = "red hair, long bun, round glasses, hoodie, white clothes"
    assert completions(whole) == []
    assert {phrases()[p][0] for p in completions("red hair, long bun")} == {0, 1, 2}
    assert not any("hair" in phrase for phrase in completions("bald"))
    assert "no hair" not in completions("red hair")
