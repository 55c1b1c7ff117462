"""Every word of outfits, unfolded: those that the prompt leaves are pressed; a press adds one, another takes it out."""

import re

import streamlit as st

from core.data.renderers.outfit_lexicon import BREAK, FILLERS, OR
from core.data.renderers.outfit_prompts import Reading, parse
from core.data.renderers.outfit_words import (
    ATTRIBUTES,
    FREE,
    HAIR_COLOUR,
    HAIR_TYPE,
    HAIRY,
    VALUES,
    Left,
    describe,
)
from playground import session
from playground.rungs.paint.prompt.offers import ORDER

SAYS_NOTHING = FILLERS | BREAK | OR | {"nor", "hair", "clothes", "brows"}


def unfold(key: str, box: str, found: Reading) -> None:
    """The words of all attributes; a press rewrites the prompt in the widget `box`."""
    with st.expander("All words"):
        for attribute in ORDER:
            row(f"{key}words_{attribute}", box, found, attribute)


def row(name: str, box: str, found: Reading, attribute: int) -> None:
    """The words of one attribute, as buttons: what a browser remembers of its pills comes back late and undoes the prompt."""
    shown = asked(found.left, attribute)
    st.caption(ATTRIBUTES[attribute].capitalize())
    with st.container(horizontal=True, gap="xsmall"):
        for value, word in enumerate(VALUES[attribute]):
            label = f"✓ {word}" if value in shown else word
            st.button(label, key=f"{name}_{value}", on_click=press, args=(box, attribute, value))


def press(box: str, attribute: int, value: int) -> None:
    """Add a word to the prompt of the widget `box`, or take it out."""
    prompt = str(session.widget(box) or "")
    values = asked(parse(prompt).left, attribute) ^ {value}
    session.set_widgets({box: pressed(prompt, attribute, values)})


def asked(left: Left, attribute: int) -> frozenset[int]:
    """The values whose words are pressed."""
    return frozenset() if implied(left, attribute) else left[attribute]


def implied(left: Left, attribute: int) -> bool:
    """Whether no word of the attribute itself is asked for."""
    return left[attribute] == FREE[attribute] or (attribute == HAIR_TYPE and left[attribute] == HAIRY)


def pressed(prompt: str, attribute: int, values: frozenset[int]) -> str:
    """The prompt that leaves these values to an attribute (none, or all: every one), and to the others what they had.

    The rest of the words stays where that is possible; else the prompt is put in the vocabulary's own.
    """
    found = parse(prompt)
    target = [*found.left]
    target[attribute] = values or FREE[attribute]
    if attribute in (HAIR_TYPE, HAIR_COLOUR) and implied(tuple(target), HAIR_TYPE):
        coloured = target[HAIR_COLOUR] != FREE[HAIR_COLOUR] and 2 * len(target[HAIR_COLOUR]) <= len(FREE[HAIR_COLOUR])
        target[HAIR_TYPE] = HAIRY if coloured else FREE[HAIR_TYPE]
    goal = tuple(target)
    alone = tuple(goal[a] if a == attribute else free for a, free in enumerate(FREE))
    phrase = "" if implied(goal, attribute) else describe(alone).replace("brows", "hair")
    shorter = without(prompt, found, attribute)
    for kept in (prompt, shorter) if implied(found.left, attribute) else (shorter, prompt):
        tried = ", ".join(part for part in (kept.strip(" ,"), phrase) if part)
        after = parse(tried)
        if after.left == goal and len(after.unused) <= len(found.unused):
            return tried
    return describe(goal)


def without(prompt: str, found: Reading, attribute: int) -> str:
    """The prompt less the words that only this attribute is narrowed by, and less what then says nothing."""
    others = {word.start for a, words in enumerate(found.used) if a != attribute for word in words}
    own = {word.start: word.end for word in found.used[attribute] if word.start not in others}
    kept, start = [], 0
    for clause in prompt.split(","):
        words = [m for m in re.finditer(r"[^\W_]+", clause) if start + m.start() not in own]
        if all(m.group().lower() in SAYS_NOTHING for m in words):
            clause = "" if any(start <= at < start + len(clause) for at in own) else clause
        for at in sorted(own, reverse=True):
            if start <= at < start + len(clause):
                clause = clause[: at - start] + clause[own[at] - start :]
        kept.append(re.sub(r"\s+", " ", clause).strip())
        start = prompt.find(",", start) + 1
    return ", ".join(clause for clause in kept if clause)
