"""Prompts: what is said is taken, what is not wanted is kept away, what is not known is pointed out, nothing is guessed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.data.renderers.outfit_parts import apart
from core.data.renderers.outfit_prompts import nearest, parse
from core.data.renderers.outfit_words import FREE, HAIR_COLOUR, HAIR_TYPE, VOCABULARY, describe


def left_over(prompt):
    return [word.text for word in parse(prompt).unused]


def whys(prompt):
    return " ".join(word.why for word in parse(prompt).unused)


READ = {  # prompt: what is left of the outfits, in the vocabulary's own words
    "red hair, round glasses, hoodie, white clothes": "red hair, round glasses, hoodie, white clothes",
    "sunglasses, NO HAIR": "no hair, sunglasses",
    "long curly red hair": "red hair, long curly hair",
    "long red curly hair": "red hair, long curly hair",
    "a person with a red hoodie and blonde hair": "blonde hair, hoodie, red clothes",
    "pink hair pink hoodie": "pink hair, hoodie, pink clothes",
    "red v-neck shirt": "v-neck shirt, red clothes",
    "gray overalls, blond bun": "blonde hair, long bun hair, overall, grey clothes",
    "blonde": "blonde hair",
    "wearing yellow": "yellow clothes",
    "straight hair": "long straight hair",
    "hoodie, hoodie": "hoodie",
    "": "",
    # several values
    "curly hair": "curly hair",
    "short hair, curly hair": "short curly hair",
    "shirt": "shirt",
    "glasses": "glasses",
    "red or blonde hair": "blonde or red hair",
    "red/blonde hair": "blonde or red hair",
    "hoodie or overalls": "hoodie or overall",
    "hair": "hair",
    # no, not, without, non-, isn't, anything but ...
    "not red hair": "not red hair",
    "No red hair.": "not red hair",
    "non-red hair": "not red hair",
    "hair that isn't red": "not red hair, hair",
    "hair isn’t red": "not red hair, hair",
    "I don't want red hair": "not red hair",
    "anything but red hair": "not red hair",
    "any hair but red": "not red hair, hair",
    "neither red nor blonde hair": "not blonde or red hair",
    "neither red, black nor blonde hair": "not black or blonde or red hair",
    "hair neither red nor blonde": "not blonde or red hair, hair",
    "not red or blonde hair": "not blonde or red hair",
    "no red hoodie": "not red clothes",
    "not blonde": "not blonde hair",
    "not curly": "not curly hair",
    "long but not curly hair": "long straight hair or long bun hair",
    "not bald": "hair",
    "without glasses": "no glasses",
    "wearing no glasses": "no glasses",
    "without sunglasses": "not sunglasses",
    "not wearing sunglasses": "not sunglasses",
    "everything except sunglasses": "not sunglasses",
    "no sunglasses or hoodie": "not sunglasses, not hoodie",
    "no sunglasses and no hoodie": "not sunglasses, not hoodie",
    "not red hair and wearing a hoodie": "not red hair, hoodie",
    "not red hair but a hoodie": "not red hair, hoodie",
    "red not blonde hair": "red hair",
    "no hair or glasses": "no hair, no glasses",
    "not without glasses": "glasses",
    "nothing but red hair": "red hair",
    "w/o sunglasses": "not sunglasses",
    "-red hair": "not red hair",
    "!red hair": "not red hair",
    "🚫 sunglasses": "not sunglasses",
    # capitals, signs, synonyms, order
    "RED HAIR!!! (hoodie)": "red hair, hoodie",
    'not "red hair"; "sunglasses"': "not red hair, sunglasses",
    "ｒｅｄ hair": "red hair",
    "hair: red": "red hair",
    "hair red": "red hair",
    "hoodie red": "hoodie, red clothes",
    "red-haired person, shades": "red hair, sunglasses",
    "ginger, specs, dungarees": "red hair, glasses, overall",
    "brunette": "brown hair",
    "red eyebrows": "red brows",
}


@pytest.mark.parametrize("prompt", READ)
def test_what_is_said_is_read(prompt):
    found = parse(prompt)
    assert describe(found.left) == READ[prompt]
    assert not found.unused


UNUSED = {  # prompt: the words that are not used, part of the reason, and what is used
    "purple hair": (["purple"], "hair colour: black, blonde, brown, pink, red, silver", "hair"),
    "zebra hair": (["zebra"], "hair colour: black, blonde, brown, pink, red, silver; hair type: no hair", "hair"),
    "blue hair": (["blue"], "no hair colour is blue; hair colour: black", "hair"),
    "silver hoodie": (["silver"], "no clothes colour is silver", "hoodie"),
    "red": (["red"], "hair or of clothes", ""),
    "not red": (["red"], "hair or of clothes", ""),
    "green hat": (["green", "hat"], "accessory: no glasses, round glasses, sunglasses", ""),
    "red hat hoodie": (["red", "hat"], "", "hoodie"),
    "yellow glasses": (["yellow"], "", "glasses"),
    "blonde round glasses": (["blonde"], "hair or of clothes", "round glasses"),
    "pink hoodie red": (["red"], "hair or of clothes", "hoodie, pink clothes"),
    "purple cape": (["purple", "cape"], "clothes type: hoodie", ""),
    "zebra": (["zebra"], "not a word of this vocabulary", ""),
    "short straight hair": (["short", "straight", "hair"], "no hair type is all of this", ""),
    # contradictions
    "hoodie, overall": (["overall"], "contradicts “hoodie”", "hoodie"),
    "bald, long hair": (["long", "hair"], "contradicts “bald”", "no hair"),
    "red hair, no hair": (["hair"], "contradicts “red hair”", "red hair"),
    "no hair, red hair": (["red", "hair"], "contradicts “no hair”", "no hair"),
    "red hair, not red hair": (["red", "hair"], "contradicts “red hair”", "red hair"),
    "no glasses, sunglasses": (["sunglasses"], "contradicts “no glasses”", "no glasses"),
    "no clothes": (["clothes"], "every outfit wears something", ""),
    # meant either way
    "no, red hair": (["no", "red", "hair"], "Say “no” right before it", ""),
    "red hair, no": (["red", "hair", "no"], "Say “no” right before it", ""),
    "red hair not": (["red", "hair", "not"], "Say “no” right before it", ""),
    "no no red hair": (["no", "no", "red", "hair"], "one after the other", ""),
    "no sunglasses and hoodie": (["hoodie"], "Put a comma before it", "not sunglasses"),
    "no red, blonde or black hair": (["red", "blonde", "black", "hair"], "Say “no” before each", ""),
    "no hoodie, overall or shirt": (["overall", "shirt"], "Say “no” before each", "not hoodie"),
    "not only red hair": (["not", "only", "red", "hair"], "“only” leaves open", ""),
    "hardly red hair": (["hardly", "red", "hair"], "“hardly” leaves open", ""),
    "red-free hair": (["red", "free", "hair"], "“free” leaves open", ""),
    "no red long hair": (["red", "long", "hair"], "two things at once", ""),
    "hoodie or sunglasses": (["hoodie", "sunglasses"], "either of two kinds", ""),
    # misspelt, and other languages
    "nto red hair": (["nto", "red", "hair"], "“nto” leaves open", ""),
    "wihtout sunglasses": (["wihtout", "sunglasses"], "“wihtout” leaves open", ""),
    "hodie, red hair": (["hodie"], "vocabulary", "red hair"),
    "kein red hair": (["kein", "red", "hair"], "“kein” leaves open", ""),
    "keine roten Haare": (["keine", "roten", "Haare"], "vocabulary", ""),
    "sans lunettes": (["sans", "lunettes"], "vocabulary", ""),
    "没有 hair": (["没有", "hair"], "leaves open", ""),
}


@pytest.mark.parametrize("prompt", UNUSED)
def test_what_cannot_be_used_is_pointed_out_and_not_guessed(prompt):
    words, why, used = UNUSED[prompt]
    assert left_over(prompt) == words
    assert why in whys(prompt)
    assert describe(parse(prompt).left) == used


@pytest.mark.parametrize(
    ("word", "meant"),
    [("blnode", "blonde"), ("hodie", "hoodie"), ("sunglass", "sunglasses"), ("ahir", "hair"), ("nto", "not"),
     ("wihtout", "without"), ("zebra", ""), ("re", ""), ("cape", "")],
)  # fmt: skip
def test_a_misspelling_is_answered_with_the_nearest_word(word, meant):
    assert nearest(word) == meant


@given(st.text("abc", max_size=6), st.text("abc", max_size=6), st.text("abc", max_size=6))
def test_words_are_apart_as_far_as_they_have_to_be_changed(a, b, c):
    assert apart(a, b) == apart(b, a)
    assert (apart(a, b) == 0) == (a == b)
    assert abs(len(a) - len(b)) <= apart(a, b) <= max(len(a), len(b))
    assert apart(a + c, b + c) <= apart(a, b)


SAYS_NO = (
    "no",
    "not",
    "Not a",
    "without",
    "non-",
    "anything but",
    "isn't",
    "never",
    "NOT wearing",
    "everything except",
)
PHRASE = st.sampled_from(sorted(set(VOCABULARY) - {"no hair", "no glasses"}))


@given(st.lists(st.tuples(st.sampled_from(("", *SAYS_NO)), PHRASE), min_size=1, max_size=5))
@settings(max_examples=400)
def test_no_word_is_ever_turned_into_its_opposite(told):
    """Part by part: what is wanted is left alone, what is unwanted is not left, or the words are given back."""
    clauses = [f"{no} {phrase}".strip() for no, phrase in told]
    starts = [sum(len(c) + 2 for c in clauses[:i]) for i in range(len(clauses))]
    found = parse(", ".join(clauses))
    for (no, phrase), clause, start in zip(told, clauses, starts, strict=True):
        attribute, value = VOCABULARY[phrase]
        refused = any(start <= word.start < start + len(clause) for word in found.unused)
        assert refused or (value in found.left[attribute]) == (not no)
        assert refused or no or found.left[attribute] == {value}


ODDS = ("red", "hair", "glasses", "or", "and", ",", "but", "zebra", "nto", "with", "is", "-", "?")
PIECES = st.lists(st.sampled_from([*VOCABULARY, *SAYS_NO, *ODDS]), max_size=9).map(" ".join)


def test_the_rest_of_a_prompt_still_counts_and_places_are_exact():
    prompt = "Green hat, red hair; zebra & hoodie"
    found = parse(prompt)
    assert describe(found.left) == "red hair, hoodie"
    assert [(w.text, w.start, w.end) for w in found.unused] == [("Green", 0, 5), ("hat", 6, 9), ("zebra", 21, 26)]


def test_the_words_that_were_used_are_known_by_attribute():
    used = parse("not a blonde person, long curly hair").used
    assert [w.text for w in used[HAIR_COLOUR]] == ["not", "blonde"]
    assert [w.text for w in used[HAIR_TYPE]] == ["long", "curly", "hair"]


@given(st.text(max_size=80) | PIECES)
def test_any_text_is_answered(prompt):
    found = parse(prompt)
    assert len(found.left) == 5
    assert all(values and values <= free for values, free in zip(found.left, FREE, strict=True))
    assert all(0 <= w.start < w.end <= len(prompt) and w.why for w in found.unused)
    assert all(prompt[w.start : w.end] == w.text for w in found.unused)
    assert [w.start for w in found.unused] == sorted({w.start for w in found.unused})


@given(st.lists(st.sampled_from([*VOCABULARY, "zebra", "red", "curly", "and", ",", "shirt", "no", "neck"]), max_size=8))
def test_adding_a_clause_never_unsettles_an_earlier_one(parts):
    before = parse(", ".join(parts)).left
    after = parse(", ".join([*parts, "hoodie", "red hair"])).left
    lone = "no" in parts  # whose neighbours are not used
    assert lone or all(a <= b for a, b in zip(after, before, strict=True))
