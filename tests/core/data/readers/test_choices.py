"""Choices stand in links: their words come back as the same choices, and a stranger's words are a ValueError at worst."""

import json
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.data.readers.choices import LONGEST, MOST, Choices, parse

names = st.text(max_size=12)
pairs = st.lists(st.tuples(names, names), max_size=4).map(tuple)
lines = st.lists(st.integers(1, 10**9), max_size=6).map(tuple)
flags = st.sampled_from((None, True, False))
made = st.fixed_dictionaries(
    {},
    optional={
        "separator": st.sampled_from((None, ",", ";", "|", "\t", " ", "=", "")),
        "decimal": st.sampled_from((None, ".", ",")),
        "begin": st.one_of(st.none(), st.integers(1, 10**9)),
        "header": st.sampled_from((None, 0, 1, 2)),
        "units": flags,
        "row_names": flags,
        "skip": lines,
        "keep": lines,
        "missing": pairs,
        "forms": pairs,
        "turned": flags,
    },
)
"""What somebody may choose."""


@given(made)
def test_words_come_back_as_the_same_choices(made):
    made = Choices(**made)
    words = made.words()
    assert "\n" not in words  # one line of what a child is told
    assert parse(words) == made
    assert parse(words).words() == words


@given(made)
def test_only_what_was_chosen_is_written(made):
    made = Choices(**made)
    written = json.loads(made.words() or "{}")
    chosen = {field.name for field in fields(made) if getattr(made, field.name) != field.default}
    assert set(written) == chosen


def test_nothing_chosen_is_no_words():
    assert Choices().words() == ""
    assert parse("") == Choices()


HOSTILE = (
    *("{", "[]", "null", "1", '"a"', "true", "[[]]", "{}x", "NaN", " ", "\x00", "\ud800"),
    *("[" * 5000, '{"skip":' * 900, '{"a":1}', '{"words":""}', '{"__class__":1}', '{"separator":1}'),
    *('{"separator":"x"}', '{"separator":", "}', '{"separator":[","]}', '{"separator":{}}'),
    *('{"decimal":";"}', '{"decimal":""}', '{"begin":0}', '{"begin":-1}', '{"begin":1.5}', '{"begin":true}'),
    *('{"begin":"1"}', '{"begin":NaN}', '{"header":3}', '{"header":-1}', '{"header":true}', '{"header":0.5}'),
    *('{"units":1}', '{"units":"true"}', '{"row_names":0}', '{"turned":[]}', '{"turned":{}}'),
    *('{"skip":1}', '{"skip":[0]}', '{"skip":["1"]}', '{"skip":[true]}', '{"skip":[1.5]}', '{"skip":[[1]]}'),
    *('{"skip":{"1":2}}', '{"skip":"12"}', '{"skip":null}', '{"keep":null}', '{"keep":{}}', '{"keep":"a"}'),
    *('{"missing":["ab"]}', '{"missing":[["a"]]}', '{"missing":[["a","b","c"]]}', '{"missing":[["a",1]]}'),
    *('{"missing":[["a",["b"]]]}', '{"missing":{"a":"b"}}', '{"missing":{}}', '{"missing":"ab"}', '{"missing":null}'),
    *('{"forms":["xy"]}', '{"forms":[[1,2]]}', '{"forms":[null]}', '{"forms":1}', '{"forms":""}'),
    *('{"skip":[' + "1," * MOST + "1]}", json.dumps({"missing": [["a", "b"]] * (MOST + 1)})),
    *('{"begin":' + "9" * 5000 + "}", '{"skip":[' + "9" * 5000 + "]}", "x" * (LONGEST + 1)),
)


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_words_are_refused(words):
    with pytest.raises(ValueError, match=r"."):
        parse(words)


def settled(words):
    """The choices in some words, or None where they are refused; they are of no other type than they say."""
    try:
        made = parse(words)
    except ValueError:
        return None
    assert hash(made) == hash(parse(words))
    for name in ("skip", "keep", "missing", "forms"):
        assert isinstance(getattr(made, name), tuple)
    assert all(isinstance(line, int) for line in (*made.skip, *made.keep))
    assert all(isinstance(pair, tuple) for pair in (*made.missing, *made.forms))
    assert parse(made.words()) == made
    return made


@given(st.text(max_size=60))
def test_any_text_is_choices_or_a_value_error(words):
    settled(words)


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-3, 10**6), st.floats(), st.text(max_size=3)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=3), inner, max_size=2)),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from([field.name for field in fields(Choices)]), json_values, max_size=4))
def test_any_object_with_the_right_names_is_choices_or_a_value_error(made):
    settled(json.dumps(made))


@given(made, st.data())
def test_words_cut_or_changed_in_one_place(made, data):
    words = Choices(**made).words() or '{"header":1}'
    place = data.draw(st.integers(0, len(words) - 1))
    settled(words[:place])
    settled(words[:place] + data.draw(st.characters()) + words[place + 1 :])
