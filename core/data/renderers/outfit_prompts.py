"""Prompts for outfits, read as the values that are left to each attribute, and nothing guessed.

    parse("red or blonde hair, not curly, no glasses").left

A word narrows what an attribute may be: "long" leaves three kinds of hair, "long curly" one, "not curly" five; "red or
blonde" leaves two colours; who has red hair has hair. A colour belongs to the next thing named after it; standing last, to
the thing before it, or to hair or clothes if only one of them comes in it. What is not known, cannot be, contradicts an
earlier part or may be meant either way (`core.data.renderers.outfit_parts`) is given back with its place and the reason.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from core.data.renderers.outfit_lexicon import ABOUT, FILLERS, HEDGES, NO, SYNONYMS
from core.data.renderers.outfit_parts import LISTED, Part, Word, apart, negator, parts
from core.data.renderers.outfit_words import (
    ATTRIBUTES,
    CLOTHES_COLOUR,
    CLOTHES_TYPE,
    COLOURS,
    FREE,
    HAIR_COLOUR,
    HAIR_TYPE,
    HAIRY,
    NOUNS,
    SETS,
    VALUES,
    Attributes,
    Left,
)

Narrowed = dict[int, tuple[frozenset[int], list[Word]]]
_BETWEEN = COLOURS | {"short", "long", "flat", "curly", "waved", "straight", "crew", "v"}  # a colour and its thing
_KNOWN = sorted({*COLOURS, *NOUNS, *(word for phrase in SETS for word in phrase.split() if len(word) > 2)})
UNKNOWN = "not a word of this vocabulary"
AT_ONCE = "two things at once: say which is unwanted"
EITHER = "either of two kinds cannot be asked for: say one"
NOT_BARE = "every outfit wears something"


@dataclass(frozen=True)
class Reading:
    """What a prompt leaves to every attribute, the words that narrowed each, and those that were not used, in order."""

    left: Left
    used: tuple[tuple[Word, ...], ...]
    unused: tuple[Word, ...]

    @property
    def settled(self) -> Attributes:
        """The attributes of which one value is left; None for the others."""
        return tuple(next(iter(values)) if len(values) == 1 else None for values in self.left)


def parse(prompt: str) -> Reading:
    """Read a prompt; any text is answered."""
    left, used, unused = list(FREE), [[] for _ in FREE], []  # type: tuple[list[frozenset[int]], list[list[Word]], list[Word]]
    earlier = ["" for _ in FREE]  # the words that narrowed an attribute last
    every, before = parts(prompt), None  # type: tuple[list[Part], Narrowed | None]
    for part in every:
        clause = [word for other in every if other.clause == part.clause for word in other.words]
        narrowed, unknown = _read(part, clause)
        unused += unknown
        words = [word for _, said in narrowed.values() for word in said]
        against = [a for a, (values, _) in narrowed.items() if not values & left[a]]
        listed_on = before is not None and not part.no and len(part.options) > 1 and before.keys() & narrowed.keys()
        before = narrowed if part.no else None
        why = part.doubt or (LISTED if listed_on else "")  # "no hoodie, overall or shirt"
        why = why or (f"contradicts “{earlier[against[0]]}”" if against else "")
        if why:
            unused += [replace(word, why=why) for word in _once([*words, *(part.by if part.doubt else [])])]
            continue
        for attribute, (values, said) in narrowed.items():
            left[attribute] &= values
            used[attribute] += [*part.by, *said]
            earlier[attribute] = prompt[min(w.start for w in [*part.by, *words]) : max(w.end for w in words)]
    return Reading(tuple(left), tuple(map(tuple, used)), tuple(_once(unused)))


def _once(words: Iterable[Word]) -> list[Word]:
    """Every place once, in order."""
    return sorted({word.start: word for word in reversed(list(words))}.values(), key=lambda word: word.start)


def _read(part: Part, clause: list[Word]) -> tuple[Narrowed, list[Word]]:
    """What a part narrows, and the words that say nothing, with the reason."""
    options, unknown = [], []  # type: tuple[list[Narrowed], list[Word]]
    for words in part.options:
        narrowed, odd = _option(words, clause)
        unknown += odd
        if part.no and odd and narrowed:  # "not only red"
            unknown += [replace(w, why=f"“{odd[0].text[:30]}” leaves open what is unwanted") for w in _words(narrowed)]
        elif narrowed:
            options.append(narrowed)
    refused = ""
    found: Narrowed = {}
    if part.no:
        for narrowed in options:
            refused = refused or _exclude(found, narrowed)
    elif len(options) > 1:
        refused = _either(found, options)
    elif options:
        found = _haired(options[0])
    if not refused and (empty := [ATTRIBUTES[a] for a, (values, _) in found.items() if not values]):
        refused = f"no {empty[0]} is all of this"
    if refused:
        return {}, [*unknown, *(replace(w, why=refused) for n in options for w in _words(n))]
    return found, unknown


def _words(narrowed: Narrowed) -> list[Word]:
    return [word for _, words in narrowed.values() for word in words]


_THING = -1  # in place of an attribute: a thing is named, and nothing said of it


def _haired(narrowed: Narrowed) -> Narrowed:
    """One wanted option: who has hair, or hair of a colour, is not bald, unless the hair's type is said."""
    things = narrowed.get(_THING, (frozenset(), []))[1]
    found = {attribute: kept for attribute, kept in narrowed.items() if attribute != _THING}
    hair = [word for word in things if word.said == "hair"]
    coloured = found[HAIR_COLOUR][1] if HAIR_COLOUR in found and not any(w.said == "brows" for w in things) else []
    if hair or coloured:
        values, words = found.get(HAIR_TYPE, (HAIRY, []))
        found[HAIR_TYPE] = (values, [*words, *hair] or coloured)
    return found


def _either(found: Narrowed, options: list[Narrowed]) -> str:
    """Any of some wanted options, which have to be of one attribute; the reason where they are not."""
    kinds = {tuple(sorted(set(option) - {_THING})) for option in options} - {()}
    if len(kinds) != 1 or len(kind := next(iter(kinds))) != 1:
        return EITHER
    attribute = kind[0]
    several = [option[attribute] for option in options if attribute in option]
    things = [word for option in options if _THING in option for word in option[_THING][1]]
    joined = (frozenset().union(*(values for values, _ in several)), [word for _, words in several for word in words])
    found |= _haired({attribute: joined, _THING: (frozenset(), things)})
    return ""


def _exclude(found: Narrowed, narrowed: Narrowed) -> str:
    """What an unwanted option leaves; the reason where that is not said."""
    things = narrowed.get(_THING, (frozenset(), []))[1]
    kinds = set(narrowed) - {_THING}
    if kinds == {CLOTHES_COLOUR, CLOTHES_TYPE}:
        kinds = {CLOTHES_COLOUR}  # "no red hoodie": the colour is unwanted
    if not kinds and any(word.said == "hair" for word in things):
        attribute, values, words = HAIR_TYPE, HAIRY, things
    elif not kinds:
        return NOT_BARE
    elif len(kinds) > 1:
        return AT_ONCE
    else:
        attribute = kinds.pop()
        values, words = narrowed[attribute][0], _words(narrowed)
    before, said = found.get(attribute, (FREE[attribute], []))
    found[attribute] = (before - values, said + words)
    return ""


def _option(words: list[Word], clause: list[Word]) -> tuple[Narrowed, list[Word]]:
    """What words narrow: attribute -> (values left, words that say so); and the words that say nothing."""
    narrowed: Narrowed = {}
    unknown: list[Word] = []
    i = 0
    while i < len(words):
        size, meaning = _meaning(words, i, clause)
        if isinstance(meaning, Word):
            unknown.append(meaning)
        elif meaning is not None:
            attribute, values = meaning
            before, said = narrowed.get(attribute, (values, []))
            narrowed[attribute] = (before & values, said + words[i : i + size])
        i += size
    return narrowed, unknown


def _meaning(words: list[Word], i: int, clause: list[Word]) -> tuple[int, tuple[int, frozenset[int]] | Word | None]:
    """How many words from the i-th belong together, and what they leave; None for a filler, the word itself if unknown."""
    word = words[i]
    for size in (2, 1):
        phrase = " ".join(w.said for w in words[i : i + size])
        if len(phrase.split()) == size and phrase in SETS:
            attribute, values = SETS[phrase]
            return size, (attribute, frozenset(values))
    if word.said in COLOURS:
        found = _colour(word.said, clause, clause.index(word))
        return 1, replace(word, why=found) if isinstance(found, str) else found
    if word.said in ("hair", "clothes", "brows"):
        return 1, (_THING, frozenset())
    return 1, None if word.said in FILLERS else _unknown(word, clause)


def _colour(colour: str, clause: list[Word], at: int) -> tuple[int, frozenset[int]] | str:
    """Whose colour this is, and which; or why that cannot be known."""
    before, after = ([w.said for w in words if w.said not in FILLERS] for words in (clause[:at], clause[at + 1 :]))
    possible = [a for a in (CLOTHES_COLOUR, HAIR_COLOUR) if colour in VALUES[a]]
    skipped = _BETWEEN | {"or", "nor", "/", "|"}
    named = next((text for text in after if text in NOUNS or text not in skipped), None)
    owner = NOUNS.get(named) if named else None
    if named is None and (things := [k for k, text in enumerate(before) if text in NOUNS]):
        own = any(text in COLOURS for text in before[: things[-1]])  # that thing has its colour already
        owner = None if own else NOUNS[before[things[-1]]]
    elif not after and len(possible) == 1:
        owner = possible[0]
    if owner is None:
        return "the colour of hair or of clothes?"
    if owner not in possible:
        return f"no {ATTRIBUTES[owner]} is {colour}; {listed(owner)}"
    return owner, frozenset([VALUES[owner].index(colour)])


def _unknown(word: Word, clause: list[Word]) -> Word:
    """A word that is not known: what it may have meant, or all that can be said of what it is about."""
    meant = "" if word.said in ABOUT else nearest(word.said)
    after = [w.said for w in clause[clause.index(word) + 1 :]]
    owner = next((NOUNS[text] for text in after if text in NOUNS), -1)
    both: dict[int, tuple[int, ...]] = {
        HAIR_COLOUR: (HAIR_COLOUR, HAIR_TYPE),
        CLOTHES_COLOUR: (CLOTHES_COLOUR, CLOTHES_TYPE),
    }
    about = ABOUT.get(word.said, () if meant or word.said in HEDGES else both.get(owner, ()))
    if owner in about and word.said in ABOUT:
        about = (owner,)
    return replace(word, why="; ".join([UNKNOWN, *(listed(attribute) for attribute in about)]), meant=meant)


def nearest(word: str) -> str:
    """The word of the vocabulary that this may be a misspelling of, or ""."""
    most = 1 if len(word) < 6 else 2
    among = [no for no in NO if no.isalpha()] if negator(word) else [*_KNOWN, *SYNONYMS]
    near = sorted(
        (apart(word, known), abs(len(known) - len(word)), known)
        for known in among
        if abs(len(known) - len(word)) <= most
    )
    return near[0][2] if len(word) > 2 and near and near[0][0] <= most else ""


def listed(attribute: int) -> str:
    """An attribute and all its values in words."""
    return f"{ATTRIBUTES[attribute]}: {', '.join(VALUES[attribute])}"
