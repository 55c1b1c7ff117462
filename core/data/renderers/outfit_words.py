"""The words of an outfit: five attributes, how they are said, and how a prompt is read.

    parse("red hair, round glasses, hoodie, white clothes")

A prompt is read clause by clause (commas, "and", "with"). A word narrows what an attribute may be: "long" leaves three
kinds of hair, "long curly" one. A colour belongs to the next thing named after it; standing last, it is of hair or of
clothes if only one of them comes in it. What the words settle is taken; a word that is not known, settles nothing or
contradicts an earlier one is given back with its place and the reason. Nothing is guessed.
"""

import re
from dataclasses import dataclass

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

_PLAIN: dict[int, list[tuple[str, ...]]] = {
    ACCESSORY: [(value,) for value in VALUES[ACCESSORY]],
    CLOTHES_COLOUR: [(f"{value} clothes",) for value in VALUES[CLOTHES_COLOUR]],
    CLOTHES_TYPE: [("hoodie",), ("overall", "overalls"), ("crew neck shirt", "crew neck"), ("v-neck shirt", "v-neck")],
    HAIR_COLOUR: [(f"{value} hair",) for value in VALUES[HAIR_COLOUR]],
    HAIR_TYPE: [("no hair", "bald"), *((f"{value} hair",) for value in VALUES[HAIR_TYPE][1:])],
}
VOCABULARY: dict[str, tuple[int, int]] = {
    phrase: (attribute, value)
    for attribute, said in _PLAIN.items()
    for value, phrases in enumerate(said)
    for phrase in phrases
}
"""Phrase -> (attribute, value): what a prompt may say, each phrase read by `parse` as just that."""

Narrowing = tuple[int, frozenset[int]]
_FIXED = {
    "no glasses": (ACCESSORY, (0,)),
    "round glasses": (ACCESSORY, (1,)),
    "sunglasses": (ACCESSORY, (2,)),
    "sun glasses": (ACCESSORY, (2,)),
    "no hair": (HAIR_TYPE, (0,)),
    "bald": (HAIR_TYPE, (0,)),
    "short": (HAIR_TYPE, (1, 2, 3)),
    "long": (HAIR_TYPE, (4, 5, 6)),
    "flat": (HAIR_TYPE, (1,)),
    "curly": (HAIR_TYPE, (2, 6)),
    "waved": (HAIR_TYPE, (3,)),
    "wavy": (HAIR_TYPE, (3,)),
    "straight": (HAIR_TYPE, (4,)),
    "bun": (HAIR_TYPE, (5,)),
    "hoodie": (CLOTHES_TYPE, (0,)),
    "overall": (CLOTHES_TYPE, (1,)),
    "overalls": (CLOTHES_TYPE, (1,)),
    "crew neck": (CLOTHES_TYPE, (2,)),
    "v neck": (CLOTHES_TYPE, (3,)),
    "shirt": (CLOTHES_TYPE, (2, 3)),
}
NARROWS: dict[tuple[str, ...], Narrowing] = {
    tuple(phrase.split()): (attribute, frozenset(left)) for phrase, (attribute, left) in _FIXED.items()
}
_OWNERS = dict.fromkeys(("hair", "bun"), HAIR_COLOUR) | dict.fromkeys(
    ("clothes", "clothing", "hoodie", "overall", "overalls", "shirt", "neck"), CLOTHES_COLOUR
)
_SPELLED = {"gray": "grey", "blond": "blonde"}
_BREAKS, _FILLERS = ("and", "with", "wearing", "in"), ("a", "an", "the", "person", "hair", "clothes", "clothing")
_BETWEEN = {"short", "long", "flat", "curly", "waved", "wavy", "straight", "crew", "v"}  # a colour and its thing
_BETWEEN |= {*VALUES[HAIR_COLOUR], *VALUES[CLOTHES_COLOUR]}


@dataclass(frozen=True)
class Word:
    """A word of a prompt at characters `start` to `end`; `why` it was not used, "" if it was."""

    text: str
    start: int
    end: int
    why: str = ""


def describe(attributes: Attributes) -> str:
    """The outfit as a prompt that `parse` reads back; attributes that are None are left out."""
    order = (HAIR_COLOUR, HAIR_TYPE, ACCESSORY, CLOTHES_TYPE, CLOTHES_COLOUR)
    said = [(attribute, attributes[attribute]) for attribute in order]
    return ", ".join(_PLAIN[attribute][value][0] for attribute, value in said if value is not None)


def parse(prompt: str) -> tuple[Attributes, tuple[Word, ...]]:
    """The five attributes (None where the prompt leaves one free), and the words that were not used, in their order."""
    taken: list[int | None] = [None] * len(ATTRIBUTES)
    unused: list[Word] = []
    for clause in _clauses(prompt):
        narrowed, unknown = _read(clause)
        unused += unknown
        for attribute, (left, words) in narrowed.items():
            why = _objection(attribute, left, taken[attribute])
            if why:
                unused += [Word(word.text, word.start, word.end, why) for word in words]
            else:
                taken[attribute] = min(left)
    return tuple(taken), tuple(sorted(unused, key=lambda word: word.start))


def _objection(attribute: int, left: frozenset[int], before: int | None) -> str:
    """Why words that leave these values of an attribute cannot be used, or ""."""
    name, values = ATTRIBUTES[attribute], VALUES[attribute]
    if not left:
        return f"no {name} is all of this"
    if before is not None and before not in left:
        return f"the {name} is already {values[before]}"
    if len(left) > 1 and before is None:
        return f"the {name} could be {' or '.join(values[value] for value in sorted(left))}"
    return ""


def _clauses(prompt: str) -> list[list[Word]]:
    """The words of each clause, lower case, with their places."""
    clauses: list[list[Word]] = [[]]
    for match in re.finditer(r"[^\W_]+|[^\w\s-]", prompt):
        text = match.group().lower()
        if text in _BREAKS or not text[0].isalnum():
            clauses.append([])
        else:
            clauses[-1].append(Word(_SPELLED.get(text, text), *match.span()))
    return clauses


def _read(clause: list[Word]) -> tuple[dict[int, tuple[frozenset[int], list[Word]]], list[Word]]:
    """What a clause narrows: attribute -> (values left, words that say so); and the words it does not know."""
    narrowed: dict[int, tuple[frozenset[int], list[Word]]] = {}
    unknown: list[Word] = []
    i = 0
    while i < len(clause):
        size, meaning = _meaning(clause, i)
        words = clause[i : i + size]
        if isinstance(meaning, str):
            unknown += [Word(word.text, word.start, word.end, meaning) for word in words]
        elif meaning is not None:
            attribute, left = meaning
            before, said = narrowed.get(attribute, (left, []))
            narrowed[attribute] = (before & left, said + words)
        i += size
    return narrowed, unknown


def _meaning(clause: list[Word], i: int) -> tuple[int, Narrowing | str | None]:
    """How many words from the i-th belong together, and what they narrow; None for a filler, a reason if unknown."""
    texts = tuple(word.text for word in clause)
    for size in (2, 1):
        if texts[i : i + size] in NARROWS:
            return size, NARROWS[texts[i : i + size]]
    if texts[i] in VALUES[HAIR_COLOUR] + VALUES[CLOTHES_COLOUR]:
        return 1, _colour(texts[i], texts[i + 1 :])
    return 1, None if texts[i] in _FILLERS else "not a word of this vocabulary"


def _colour(colour: str, after: tuple[str, ...]) -> Narrowing | str:
    """Whose colour this is: of the next thing named after it, or, where it stands last, of the only thing it comes in."""
    possible = [attribute for attribute in (CLOTHES_COLOUR, HAIR_COLOUR) if colour in VALUES[attribute]]
    named = next((text for text in after if text in _OWNERS or text not in _BETWEEN), None)
    owner = _OWNERS.get(named) if named else None
    if not after and len(possible) == 1:
        owner = possible[0]
    if owner is None:
        return "the colour of hair or of clothes?"
    if owner not in possible:
        return f"no {ATTRIBUTES[owner]} is {colour}"
    return owner, frozenset([VALUES[owner].index(colour)])
