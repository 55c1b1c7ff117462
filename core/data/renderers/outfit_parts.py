"""A prompt cut into parts: the words of each, what they are wanted or not wanted, and what leaves that open.

    "a red hoodie, but not blonde or pink hair"  ->  [a red hoodie], not [blonde or pink hair]

Commas, "and", "but", "with" end a part, a word that says no begins one that holds to its end. Where it cannot be known
whether words are wanted ("no, red hair"; "no sunglasses and hoodie"; a word that may be a misspelt "not"), the part holds
a `doubt` and is not to be used: so nothing is ever read as its opposite.
"""

import re
import unicodedata
from dataclasses import dataclass, field, replace
from itertools import pairwise

from core.data.renderers.outfit_lexicon import BREAK, FILLERS, HEDGES, JOIN, NO, OR, PAIRS, SYNONYMS
from core.data.renderers.outfit_words import COLOURS, NOUNS, SETS

_TOKEN = re.compile(r"w/o\b|[^\W_]+(?:['’][^\W_]+)*|(?<!\w)-(?=\w)|[^\w\s-]", re.IGNORECASE)
_SURE = NO | BREAK | OR | {"nor"} | FILLERS | HEDGES | {*SYNONYMS, *COLOURS, *NOUNS, *" ".join(SETS).split()}
LONE, TWICE, JOINED, LISTED = (
    "no to what? Say “no” right before it",
    "two words that say no, one after the other: is it wanted?",
    "wanted or not? Put a comma before it, or say “no” again",
    "wanted or not? Say “no” before each",
)


@dataclass(frozen=True)
class Word:
    """A word of a prompt at characters `start` to `end`; `why` it was not used, "" if it was; what it may have `meant`.

    It is read as if `like` had been said, if that is given.
    """

    text: str
    start: int
    end: int
    why: str = ""
    meant: str = ""
    like: str = ""

    @property
    def said(self) -> str:
        """The word as the vocabulary has it."""
        if self.like:
            return self.like
        text = unicodedata.normalize("NFKC", self.text).casefold()
        return SYNONYMS.get(text, text)


@dataclass
class Part:
    """Words that are wanted, or (`no`) not; `doubt` is why that cannot be known. `clause` counts commas and the like."""

    clause: int
    no: bool = False
    words: list[Word] = field(default_factory=list)
    doubt: str = ""
    by: list[Word] = field(default_factory=list)  # the words that say no
    after: str = ""  # what ended the part before

    @property
    def options(self) -> list[list[Word]]:
        """The words between every "or"."""
        found: list[list[Word]] = [[]]
        for word in self.words:
            if word.said in OR | {"nor"}:
                found.append([])
            else:
                found[-1].append(word)
        return found


def parts(prompt: str) -> list[Part]:
    """The parts of a prompt, in order; some may be empty."""
    found = [Part(0)]
    for word in _words(prompt):
        last, said = found[-1], word.said
        begun = bool(last.words)
        if said == "nor":
            said = "or" if last.no and begun else "no"
        if said == "but" and any(w.said in ("any", "every", "all") for w in last.words):
            said = "no"
        if said in NO:
            if last.no and not begun:
                last.doubt = TWICE
            else:
                found.append(Part(last.clause, no=True))
            found[-1].by.append(word)
        elif said in BREAK and last.no and not begun and said.isalpha():
            continue  # "not wearing"
        elif said in BREAK:
            joined = said in JOIN and last.no
            found.append(Part(last.clause + (said not in JOIN), doubt=JOINED if joined else "", after=said))
        else:
            last.words.append(word)
    return _doubted(found)


def _words(prompt: str) -> list[Word]:
    """The words and signs of a prompt; two that belong together are one, a sign without a meaning is none."""
    words = [Word(match.group(), *match.span()) for match in _TOKEN.finditer(prompt)]
    words = [w for w in words if w.text[0].isalnum() or w.text in NO | BREAK | OR]
    for i, (a, b) in enumerate(pairwise(words)):
        if a.text == "!" and a.end == b.start and b.text[0].isalnum():
            glued = a.start == 0 or prompt[a.start - 1].isspace()
            words[i] = Word("!", a.start, a.end, like="no") if glued else a  # "!red"
    found: list[Word] = []
    for word in words:
        pair = PAIRS.get((found[-1].text.lower(), word.text.lower())) if found else None
        if pair is not None:
            found[-1] = Word(prompt[found[-1].start : word.end], found[-1].start, word.end, like=pair)
        else:
            found.append(word)
    return _either(found)


def _either(words: list[Word]) -> list[Word]:
    """Commas between "neither" and "nor" say "or"."""
    said = [word.said for word in words]
    if "neither" not in said or "nor" not in said:
        return words
    first, last = said.index("neither"), len(said) - 1 - said[::-1].index("nor")
    return [replace(w, like="or") if first < i < last and w.text == "," else w for i, w in enumerate(words)]


def _doubted(every: list[Part]) -> list[Part]:
    """The parts that say anything, with a doubt where it cannot be known whether they are wanted."""
    found = [part for part in every if part.words or part.no]
    for i, part in enumerate(found):
        suspects = [w for w in part.words if w.said in HEDGES or negator(w.said)]
        if suspects and not part.doubt:
            part.doubt = f"“{suspects[0].text[:30]}” leaves open whether it is wanted"
        if part.no and not part.words:
            for near in found[max(i - 1, 0) : i + 2]:
                near.doubt = near.doubt or LONE
    for before, after in pairwise(found):
        bare = all(word.said in COLOURS | FILLERS | OR for word in before.words)
        listed = after.after in (",", "and", "&") and not after.no and after.words[0].said in COLOURS
        if bare and listed and (before.no or before.doubt == LISTED):
            after.doubt = after.doubt or LISTED  # "no red, blonde or black hair"
    return found


def negator(word: str) -> bool:
    """Whether an unknown word may be a misspelt one that says no."""
    if word in _SURE or len(word) < 3:
        return False
    return any(apart(word, no) <= (1 if len(no) < 6 else 2) for no in NO if len(no) > 2)


def apart(a: str, b: str) -> int:
    """The letters to add, drop, change or swap with their neighbour that make one word of the other.

    Optimal string alignment (Damerau, 1964; Levenshtein, 1966).
    """
    rows = [list(range(len(b) + 1))]
    for i in range(1, len(a) + 1):
        row = [i]
        for j in range(1, len(b) + 1):
            best = min(rows[i - 1][j] + 1, row[j - 1] + 1, rows[i - 1][j - 1] + (a[i - 1] != b[j - 1]))
            if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                best = min(best, rows[i - 2][j - 2] + 1)
            row.append(best)
        rows.append(row)
    return rows[-1][-1]
