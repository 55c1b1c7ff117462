"""What is to be painted, in words: a prompt read as attributes, or a class; and what was understood of it."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import streamlit as st
from jaxtyping import Int

from core.data.images import Pictures
from core.data.renderers.outfit_words import ATTRIBUTES, VALUES, VOCABULARY, Word, describe, parse
from playground import session

PROMPT, ADDED = "prompt", "prompt_add"
FIRST = "red hair, round glasses, hoodie"
OFFERED = 6  # words offered at once
LONGEST = 200


@dataclass(frozen=True)
class Wish:
    """What was asked for: `told` holds the value of every condition, -1 where it is free; `words` says it."""

    told: tuple[int, ...] = ()
    words: str = "anything"

    def labels(self, n: int) -> Int[np.ndarray, "n a"] | None:
        """The same for `n` pictures; None where nothing is asked for."""
        asked = any(value >= 0 for value in self.told)
        return np.tile(np.array(self.told, dtype=np.int64), (n, 1)) if asked else None


def conditions(pictures: Pictures) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What a painter of these pictures can be told: the name and the words of every condition."""
    if pictures.name == "outfits":
        return tuple(zip(ATTRIBUTES, VALUES, strict=True))
    return (("class", pictures.classes),) if len(pictures.classes) > 1 and pictures.labels is not None else ()


def counts(pictures: Pictures) -> tuple[int, ...]:
    """How many values each condition of these pictures has."""
    return tuple(len(values) for _, values in conditions(pictures))


def labels(pictures: Pictures) -> Int[np.ndarray, "n a"] | None:
    """What is known of every picture, in the order of `conditions`; None where nothing is."""
    if pictures.name == "outfits" and pictures.factors is not None:
        return np.asarray(pictures.factors, dtype=np.int64)
    if not conditions(pictures) or pictures.labels is None:
        return None
    return np.array(pictures.labels, dtype=np.int64)[:, None]


def choose(pictures: Pictures, sizes: tuple[int, ...], key: str = "", first: str = FIRST) -> Wish:
    """The controls that say what is wanted of a painter told `sizes`, and the wish.

    `key` tells two of them apart, `first` is the prompt they begin with.
    """
    if not sizes or counts(pictures) != sizes:
        st.caption("This painter is told nothing: it paints whatever it likes.")
        return Wish()
    if pictures.name == "outfits":
        return prompted(key, "Paint", first)
    words = conditions(pictures)[0][1]
    name = f"{key}{pictures.name}_class" if not pictures.name.startswith("file-") else f"{key}own_class"
    bind: Literal["query-params"] | None = None if pictures.name.startswith("file-") else "query-params"
    chosen = st.pills("Which one? None: any.", words, key=name, bind=bind, wrap=True)
    return Wish((words.index(chosen),), chosen) if chosen else Wish((-1,))


def prompted(key: str = "", label: str = "Paint", first: str = FIRST) -> Wish:
    """A box for words of outfits, words that would complete it, and what was understood."""
    box, added = key + PROMPT, key + ADDED

    def add() -> None:
        picked = session.widget(added)
        if picked:
            session.set_widgets({box: extended(session.widget(box) or "", picked), added: None})

    prompt = st.text_input(
        label, first, LONGEST, key=box, bind="query-params", live=True, placeholder="curly hair, sunglasses, blue hoodie"
    )  # fmt: skip
    prompt = prompt or ""
    offered = completions(prompt)
    if offered:
        st.pills("Go on", offered, key=added, on_change=add, label_visibility="collapsed", wrap=True)
    attributes, unused = parse(prompt)
    st.markdown(understood(attributes))
    begun = typing(prompt)
    if begun < len(prompt):
        st.caption(f"“{session.plain(prompt[begun:].strip())}”: which of these is meant?")
    if wrong := tuple(word for word in unused if word.start < begun):
        st.warning(objection(wrong))
    told = tuple(-1 if value is None else int(value) for value in attributes)
    return Wish(told, describe(attributes) or "any outfit")


def understood(attributes: tuple[int | None, ...]) -> str:
    """Chips of what is settled, and what is left free."""
    settled = [part for part in describe(attributes).split(", ") if part]
    if not settled:
        return ":gray-badge[everything is left free]"
    free = [name for name, value in zip(ATTRIBUTES, attributes, strict=True) if value is None]
    chips = " ".join(f":violet-badge[{session.plain(part)}]" for part in settled)
    return f"{chips} :gray-badge[free: {', '.join(free)}]".strip() if free else chips


def objection(unused: tuple[Word, ...]) -> str:
    """One sentence on the words that were not used, each with its reason."""
    reasons: dict[str, list[str]] = {}
    for word in unused:
        reasons.setdefault(word.why, []).append(f"“{session.plain(word.text[:30])}”")
    said = [f"{' '.join(words[:6])}{' ...' if len(words) > 6 else ''}: {why}" for why, words in reasons.items()]
    return f"Not used: {'; '.join(said)}."


def phrases() -> dict[str, tuple[int, int]]:
    """One phrase for each value: (attribute, value)."""
    first: dict[tuple[int, int], str] = {}
    for phrase, place in VOCABULARY.items():
        first.setdefault(place, phrase)
    return {phrase: place for place, phrase in first.items()}


def completions(prompt: str) -> list[str]:
    """Phrases that would complete the last clause, or, where it is whole, go on with what is still free."""
    before, tail = split(prompt)
    if tail and unclear(tail):
        settled = parse(before)[0]
        fits = [phrase for phrase, (a, _) in phrases().items() if settled[a] is None and matches(phrase, tail)]
        return fits[:OFFERED]
    settled = parse(prompt)[0]
    free = [[p for p, (a, _) in phrases().items() if a == attribute] for attribute in (4, 3, 0, 2, 1)]
    open_ = [words for words, attribute in zip(free, (4, 3, 0, 2, 1), strict=True) if settled[attribute] is None]
    each = -(-OFFERED // max(len(open_), 1))
    return [phrase for words in open_ for phrase in spread(words, each)][:OFFERED]


def unclear(clause: str) -> bool:
    """Whether a clause holds a word that is not used, or settles nothing."""
    attributes, unused = parse(clause)
    return bool(unused) or attributes == (None,) * len(ATTRIBUTES)


def typing(prompt: str) -> int:
    """Where the last clause begins if it is the beginning of something known, else the end of the prompt."""
    tail = split(prompt)[1]
    begun = len(prompt) - len(prompt.rpartition(",")[2])
    return begun if tail and unclear(tail) and completions(prompt) else len(prompt)


def spread(words: list[str], n: int) -> list[str]:
    """At most `n` of some words, evenly from the last to the first, which says the least."""
    rows = np.unique(np.linspace(len(words) - 1, 0, min(n, len(words))).astype(int))[::-1]
    return [words[i] for i in rows]


def matches(phrase: str, tail: str) -> bool:
    """Whether the phrase, or what follows one of its spaces, begins as the tail does, or with the tail's last word."""
    starts = [phrase, *(phrase[i + 1 :] for i, c in enumerate(phrase) if c == " ")]
    last = tail.split()[-1]
    whole = tail.split()[:-1]
    return any(s.startswith(tail) for s in starts) or (
        bool(whole) and all(word in phrase.split() for word in whole) and any(s.startswith(last) for s in starts)
    )


def split(prompt: str) -> tuple[str, str]:
    """What stands before the last clause, and the last clause."""
    before, _, tail = prompt.rpartition(",")
    return before.strip(), tail.strip().lower()


def extended(prompt: str, phrase: str) -> str:
    """The prompt with a phrase added; it takes the place of a last clause that it completes."""
    before, tail = split(prompt)
    whole = not tail or not unclear(tail)
    kept = prompt.strip().strip(",").strip() if whole else before
    return f"{kept}, {phrase}" if kept else phrase
