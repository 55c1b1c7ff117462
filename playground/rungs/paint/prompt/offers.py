"""What would go on with a prompt: phrases that complete its last clause, or say more of what is still free."""

import numpy as np

from core.data.renderers.outfit_prompts import parse
from core.data.renderers.outfit_words import FREE, VOCABULARY

OFFERED = 6  # words offered at once
ORDER = (4, 3, 0, 2, 1)  # attributes, those asked about first


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
        return [phrase for phrase in fitting(before) if matches(phrase, tail)][:OFFERED]
    fits = fitting(prompt)
    open_ = [[p for p in fits if phrases()[p][0] == attribute] for attribute in ORDER]
    open_ = [words for words in open_ if words]
    each = -(-OFFERED // max(len(open_), 1))
    return [phrase for words in open_ for phrase in spread(words, each)][:OFFERED]


def fitting(prompt: str) -> list[str]:
    """The phrases that would settle one more attribute and contradict nothing, attribute by attribute."""
    left = parse(prompt).left
    return [phrase for phrase, (a, value) in phrases().items() if len(left[a]) > 1 and value in left[a]
            and not (phrase.endswith(" hair") and a == 3 and left[4] == {0})]  # fmt: skip


def unclear(clause: str) -> bool:
    """Whether a clause holds a word that is not used, or narrows nothing."""
    found = parse(clause)
    return bool(found.unused) or found.left == FREE


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
