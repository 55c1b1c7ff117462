"""Below the box: what was understood, and what was not, harmlessly."""

import numpy as np

from core.data.renderers.outfit_prompts import parse
from core.key import Key
from playground.rungs.paint.prompt.box import objection, understood, wish


def test_chips_tell_what_is_asked_for_and_what_is_free():
    assert understood(parse("red hair, hoodie").left) == (
        ":violet-badge[red hair] :violet-badge[hoodie] :gray-badge[free: accessory, clothes colour, hair type]"
    )
    assert understood(parse("not red hair").left).startswith(":violet-badge[not red hair] :gray-badge[free: accessory")
    assert understood(parse("").left) == ":gray-badge[everything is left free]"


def test_words_that_are_not_used_are_told_with_their_reason_and_do_no_harm():
    said = objection(parse("purple cape, <b>[x](y)</b> hair").unused)
    assert said.startswith("Not used: “purple”: not a word of this vocabulary; hair colour\\: black")
    assert "“b” “x” “y” “b”: not a word of this vocabulary" in said
    assert "<b>" not in said
    assert "](y" not in said
    assert "<i>" not in objection(parse("hardly <i>kein</i> red hair").unused)


def test_a_prompt_is_a_wish():
    found = wish(parse("not red hair, hoodie").left)
    assert found.left == ((), (), (0,), (0, 1, 2, 3, 5), ())
    assert found.words == "not red hair, hoodie"
    assert not wish(parse("").left).asks
    assert np.unique(found.labels(64, Key(0))[:, 3]).tolist() == [0, 1, 2, 3, 5]
