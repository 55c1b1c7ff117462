"""The words of an outfit: five attributes, their values, how they are said, and how an outfit is put into words.

    describe(only((None, None, 0, None, 5)))  ->  "long bun hair, hoodie"

What is wanted of an outfit is, for every attribute, the set of values that are left to it; all of them leave it free.
Prompts are read by `core.data.renderers.outfit_prompts`.
"""

from collections.abc import Iterable

ACCESSORY, CLOTHES_COLOUR, CLOTHES_TYPE, HAIR_COLOUR, HAIR_TYPE = range(5)
ATTRIBUTES = ("accessory", "clothes colour", "clothes type", "hair colour", "hair type")
VALUES = (
    ("no glasses", "round glasses", "sunglasses"),
    ("black", "blue", "green", "grey", "pink", "red", "white", "yellow"),
    ("hoodie", "overall", "crew neck shirt", "v-neck shirt"),
    ("black", "blonde", "brown", "pink", "red", "silver"),
    ("no hair", "short flat", "short curly", "short waved", "long straight", "long bun", "long curly"),
)
"""The values of each attribute, numbered from 0; 3 x 8 x 4 x 6 x 7 = 4,032 outfits."""

Attributes = tuple[int | None, ...]
Left = tuple[frozenset[int], ...]
FREE: Left = tuple(frozenset(range(len(values))) for values in VALUES)
"""Nothing is asked for: every value is left to every attribute."""

_PLAIN: dict[int, list[tuple[str, ...]]] = {
    ACCESSORY: [(value,) for value in VALUES[ACCESSORY]],
    CLOTHES_COLOUR: [(f"{value} clothes",) for value in VALUES[CLOTHES_COLOUR]],
    CLOTHES_TYPE: [("hoodie",), ("overall", "overalls"), ("crew neck shirt", "crew neck"), ("v-neck shirt", "v-neck")],
    HAIR_COLOUR: [(f"{value} hair", f"{value} brows") for value in VALUES[HAIR_COLOUR]],
    HAIR_TYPE: [("no hair", "bald"), *((f"{value} hair",) for value in VALUES[HAIR_TYPE][1:])],
}
VOCABULARY: dict[str, tuple[int, int]] = {
    phrase: (attribute, value)
    for attribute, said in _PLAIN.items()
    for value, phrases in enumerate(said)
    for phrase in phrases
}
"""Phrase -> (attribute, value): what a prompt may say, each phrase read as just that."""

SETS: dict[str, tuple[int, tuple[int, ...]]] = {
    "round": (ACCESSORY, (1,)),
    "sunglasses": (ACCESSORY, (2,)),
    "sun glasses": (ACCESSORY, (2,)),
    "glasses": (ACCESSORY, (1, 2)),
    "bald": (HAIR_TYPE, (0,)),
    "short": (HAIR_TYPE, (1, 2, 3)),
    "long": (HAIR_TYPE, (4, 5, 6)),
    "flat": (HAIR_TYPE, (1,)),
    "curly": (HAIR_TYPE, (2, 6)),
    "waved": (HAIR_TYPE, (3,)),
    "straight": (HAIR_TYPE, (4,)),
    "bun": (HAIR_TYPE, (5,)),
    "hoodie": (CLOTHES_TYPE, (0,)),
    "overall": (CLOTHES_TYPE, (1,)),
    "crew neck": (CLOTHES_TYPE, (2,)),
    "v neck": (CLOTHES_TYPE, (3,)),
    "shirt": (CLOTHES_TYPE, (2, 3)),
    "brunette": (HAIR_COLOUR, (2,)),
    "ginger": (HAIR_COLOUR, (4,)),
    "redhead": (HAIR_COLOUR, (4,)),
}
"""A word or two, and the values of an attribute that they leave."""
HAIRY = FREE[HAIR_TYPE] - {0}
"""What the word "hair" leaves of the hair's types, where no other word says anything of them."""

NOUNS = dict.fromkeys(("hair", "bun", "brows"), HAIR_COLOUR) | dict.fromkeys(
    ("clothes", "hoodie", "overall", "shirt", "neck"), CLOTHES_COLOUR
)
"""The things that have a colour, and the attribute it is."""
COLOURS = frozenset((*VALUES[HAIR_COLOUR], *VALUES[CLOTHES_COLOUR]))

_SHORT = {
    (ACCESSORY, frozenset({1, 2})): "glasses",
    (CLOTHES_TYPE, frozenset({2, 3})): "shirt",
    (HAIR_TYPE, frozenset({1, 2, 3})): "short hair",
    (HAIR_TYPE, frozenset({4, 5, 6})): "long hair",
    (HAIR_TYPE, frozenset({2, 6})): "curly hair",
}


def only(attributes: Attributes) -> Left:
    """What is left where each attribute has one value, or (None) is free."""
    return tuple(free if a is None else frozenset({a}) for a, free in zip(attributes, FREE, strict=True))


def describe(left: Left) -> str:
    """An outfit of which these values are left, none of them empty, as a prompt that is read back as just that."""
    said = {a: _said(a, left[a]) for a in (ACCESSORY, CLOTHES_TYPE)}
    cuts, shades, colours = left[HAIR_TYPE], left[HAIR_COLOUR], left[CLOTHES_COLOUR]
    said[CLOTHES_COLOUR] = _coloured(CLOTHES_COLOUR, colours, "clothes", 2 * len(colours) > len(FREE[CLOTHES_COLOUR]))
    bald, without = 0 in cuts, 2 * len(shades) - len(FREE[HAIR_COLOUR])
    mostly = cuts != {0} and (without > 0 or (bald and without == 0))  # said by the colours it has not
    said[HAIR_COLOUR] = _coloured(HAIR_COLOUR, shades, "hair" if mostly or not bald else "brows", mostly)
    said[HAIR_TYPE] = _cut(cuts, hairy=shades != FREE[HAIR_COLOUR] and not bald and not mostly)
    order = (HAIR_COLOUR, HAIR_TYPE, ACCESSORY, CLOTHES_TYPE, CLOTHES_COLOUR)
    return ", ".join(said[a] for a in order if left[a] != FREE[a] and said[a])


def _coloured(attribute: int, values: frozenset[int], noun: str, mostly: bool) -> str:
    """The colours of a thing, or those it has not."""
    shown = FREE[attribute] - values if mostly else values
    return f"{'not ' if mostly else ''}{_listed(VALUES[attribute], shown)} {noun}"


def _listed(words: tuple[str, ...], rows: Iterable[int]) -> str:
    return " or ".join(words[row] for row in sorted(rows))


def _said(attribute: int, values: frozenset[int]) -> str:
    """The values, or, if those are fewer, the others with a "not" before them."""
    other = FREE[attribute] - values
    for kept, no, fits in ((values, "", True), (other, "not ", len(other) < len(values))):
        if fits and (short := _SHORT.get((attribute, kept))):
            return no + short
    phrases = tuple(said[0] for said in _PLAIN[attribute])
    return f"not {_listed(phrases, other)}" if len(other) < len(values) else _listed(phrases, values)


def _cut(values: frozenset[int], hairy: bool) -> str:
    """The types of hair; "" where there is just hair, and that is said already."""
    if values == HAIRY:
        return "" if hairy else "hair"
    other = FREE[HAIR_TYPE] - values
    if values == {0} or (HAIR_TYPE, values) in _SHORT or (HAIR_TYPE, other) in _SHORT:
        return _said(HAIR_TYPE, values)
    phrases = ("bald", *(said[0] for said in _PLAIN[HAIR_TYPE][1:]))
    if 2 * len(values) <= len(HAIRY):
        return _listed(phrases, values)
    said = f"not {_listed(phrases, other - {0})}"
    return said if 0 in values or hairy else f"hair, {said}"
