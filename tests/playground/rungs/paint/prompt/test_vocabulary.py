"""The unfolded words: a press adds one, another takes it out, and nothing else that was said changes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.data.renderers.outfit_prompts import parse
from core.data.renderers.outfit_words import FREE, HAIR_COLOUR, HAIR_TYPE, VALUES, describe
from playground.rungs.paint.prompt.vocabulary import implied, pressed

RED, BLONDE = 4, 1


@pytest.mark.parametrize(
    ("prompt", "attribute", "values", "then"),
    [
        ("hoodie", HAIR_COLOUR, {RED}, "hoodie, red hair"),
        ("red hair, hoodie", HAIR_COLOUR, set(), "hoodie"),
        ("long red hair", HAIR_COLOUR, set(), "long hair"),
        ("red hair", HAIR_COLOUR, {RED, BLONDE}, "blonde or red hair"),
        ("hoodie, blonde or red hair", HAIR_COLOUR, {BLONDE}, "hoodie, blonde hair"),
        ("a red hoodie", 2, set(), "red clothes"),
        ("", 0, {0}, "no glasses"),
        ("purple cape, sunglasses", 0, set(), "purple cape"),
        ("red hair", HAIR_TYPE, {0}, "red brows, no hair"),
        ("not red hair", HAIR_COLOUR, set(), ""),
    ],
)
def test_a_press_adds_a_word_or_takes_it_out(prompt, attribute, values, then):
    assert pressed(prompt, attribute, frozenset(values)) == then


LEFT = st.tuples(*(st.just(free) | st.frozensets(st.sampled_from(sorted(free)), min_size=1) for free in FREE))


@given(LEFT, st.integers(0, 4), st.data())
@settings(max_examples=300)
def test_a_press_is_read_as_just_that(left, attribute, data):
    values = data.draw(st.frozensets(st.sampled_from(range(len(VALUES[attribute])))))
    after = parse(pressed(describe(left), attribute, values)).left
    others = [a for a in range(5) if a not in (attribute, HAIR_TYPE)]
    assert [after[a] for a in others] == [left[a] for a in others]
    if attribute == HAIR_TYPE and implied((*FREE[:4], values or FREE[4]), HAIR_TYPE):
        assert implied(after, HAIR_TYPE)
    else:
        assert after[attribute] == (values or FREE[attribute])
    if attribute != HAIR_TYPE and not implied(left, HAIR_TYPE):
        assert after[HAIR_TYPE] == left[HAIR_TYPE]


@given(st.integers(0, 4), st.data())
def test_pressed_twice_is_not_pressed(attribute, data):
    value = data.draw(st.integers(0, len(VALUES[attribute]) - 1))
    assert pressed(pressed("zebra", attribute, frozenset({value})), attribute, frozenset()) == "zebra"
