"""What stands about the digits of a number: a percent sign, a currency, a unit, brackets that mean less than 0.

undress(cells, gaps)    the digits and marks of every different cell, and what was about them; None for words
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from core.data.readers.cells import MONEY

ALIKE = str.maketrans({"\u2212": "-", "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2019": "'", "\u02bc": "'"})
"""Signs and blanks that mean the same."""
SIMPLE = r"[+-]?[.,]?[0-9](?:[0-9.,' ]*[0-9.,])?(?:[eEdD][+-]?[0-9]+)?"
NOT_SIMPLE = re.compile(rf"^(?!(?:{SIMPLE}|nan)$)", re.MULTILINE)
DRESSED = re.compile(
    rf"(?P<open>\()?\s*(?P<sign>[+-])?\s*(?P<before>{MONEY})?\s*(?P<inner>\()?(?P<late>[+-])?\s*"
    r"(?P<core>[0-9.,](?:[0-9.,' ]*[0-9.,])?(?:[eEdD][+-]?[0-9]+)?)"
    r"\s*(?P<after>[^\W\d_][^\d()\n]{0,11}|[%‰°\"″'′$€£¥₹₽₩₺₪][^\d()\n]{0,11})?(?P<trail>-)?(?P<close>\))?"
)
DIGITS = frozenset("0123456789")
FLAG = re.compile(r"[a-z]{1,2}")
SPECIAL = dict.fromkeys(("inf", "infinity", "+inf", "+infinity", "1.#inf", "∞", "+∞"), np.inf)
SPECIAL |= dict.fromkeys(("-inf", "-infinity", "-1.#inf", "-∞"), -np.inf)


@dataclass(frozen=True)
class Bare:
    """The different cells of a column without their dress.

    joined: all cells in order, a line each, where none needs more than its signs levelled; else "", and digits: cell ->
    digits and marks. special: cell -> a gap or an infinity. unit: what stands before or after all numbers,
    such as % or $. turned: some are negative by brackets or by a minus behind. flags: letters behind some of the numbers,
    as statistical offices put them.
    """

    joined: str = ""
    digits: dict[str, str] = field(default_factory=dict)
    special: dict[str, float] = field(default_factory=dict)
    unit: str = ""
    turned: bool = False
    flags: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The digits and marks, a line for each cell or different cell."""
        return self.joined or "\n".join(self.digits.values())


def undress(cells: Sequence[str], gaps: frozenset[str]) -> Bare | None:
    """The cells without signs, units, currencies or brackets about them; `gaps` are the words that stand for no value."""
    joined = levelled(cells)
    if joined.count("\n") == len(cells) - 1 and not NOT_SIMPLE.search(joined):
        return Bare(joined)
    special, words = set_apart(cells, gaps)
    if not words:
        return Bare(special=special)
    joined = levelled(words.values())
    if joined.count("\n") != len(words) - 1:
        return None
    bare = joined.split("\n")
    if not NOT_SIMPLE.search(joined):
        return Bare("", dict(zip(words, bare, strict=True)), special)
    digits: dict[str, str] = {}
    units: dict[str, bool] = {}
    turned = False
    for cell, word in zip(words, bare, strict=True):
        found = DRESSED.fullmatch(word)
        brackets = 0 if found is None else bool(found["open"]) + bool(found["inner"])
        if found is None or brackets != bool(found["close"]) or (found["before"] and found["after"]):
            return None
        minus = [bool(brackets), found["sign"] == "-", found["late"] == "-", bool(found["trail"])]
        if sum(minus) > 1:
            return None
        turned = turned or minus[0] or minus[3]
        digits[cell] = ("-" if any(minus) else "") + found["core"]
        units[(found["before"] or found["after"] or "").strip()] = bool(found["before"]) or money(found["after"])
    named = [unit for unit in units if unit]
    if "" in units and all(FLAG.fullmatch(unit) for unit in named):
        return Bare("", digits, special, "", turned, tuple(named))
    if len(named) > 1 or (len(units) == 2 and not units[named[0]]):
        return None  # some have a unit and some have none: only a currency may be left out
    return Bare("", digits, special, named[0] if named else "", turned)


def levelled(words: Iterable[str]) -> str:
    """The words, a line each, with one kind of minus, blank and apostrophe."""
    joined = "\n".join(words)
    return joined if joined.isascii() else joined.translate(ALIKE)


def set_apart(cells: Sequence[str], gaps: frozenset[str]) -> tuple[dict[str, float], dict[str, str]]:
    """The different cells that are a gap or an infinity, with their value, and the others, with their word."""
    special: dict[str, float] = {}
    words: dict[str, str] = {}
    for cell in dict.fromkeys(cells):
        if cell[:1] in DIGITS and cell[-1:] in DIGITS:
            words[cell] = cell  # the short way for nearly all numbers
            continue
        word = cell.strip()
        low = word.casefold()
        if low in gaps:
            special[cell] = np.nan
        elif low in SPECIAL:
            special[cell] = SPECIAL[low]
        else:
            words[cell] = word
    return special, words


def money(after: str | None) -> bool:
    """Whether what stands behind a number is a currency."""
    return re.fullmatch(MONEY, (after or "").strip()) is not None
