"""How the numbers of a file are written: 1,234 is 1234 or 1.234, and the whole file says which.

    spelt(cells)        what a column's cells may mean as numbers: Evidence, or None if they are words
    decide(evidence)    the mark that is a decimal mark wherever a column could be read in two ways

A column is numbers under a pair (decimal mark, mark between thousands) if that pair reads every cell. Groups of thousands
have exactly three digits and begin with another digit than 0, and no exponent follows them. Most columns leave one pair;
one that leaves two (each mark followed by three digits) is read as the certain ones of the same file are. Where there is
none, the person is asked.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

import numpy as np

from core.data.readers.table import Numbers
from core.data.readers.text.dress import Bare, undress

PARTED = re.compile(
    r"^(?!\s*[+-]?(?:[1-9]\d{0,2}(?:\.\d{3})+|\d+|nan|[+-]?inf(?:inity)?)\s*$)", re.MULTILINE | re.IGNORECASE
)
"""A line that is not whole, were points to stand between thousands."""

EXPONENTS = str.maketrans("dD", "ee")
OTHER = {".": ",", ",": "."}

Pair = tuple[str, str]
PLAIN: Pair = (".", "")
COMMAS: Pair = (".", ",")
DECIMAL_COMMA: Pair = (",", "")
POINTS: Pair = (",", ".")
Role = Literal["decimal", "thousands"]


@dataclass(frozen=True)
class Evidence:
    """What a column's cells may mean: the pairs that read all of them, and what the cells are without their dress.

    values: the numbers, where Python reads every cell as it stands. facts: what a mark is, where only one pair fits. lean:
    which of two readings is the likelier one, and whether it is all but sure. whole: some numbers have no mark.
    """

    pairs: tuple[Pair, ...]
    values: Numbers | None = None
    bare: Bare = Bare()
    facts: tuple[tuple[str, Role], ...] = ()
    lean: tuple[Role, bool] = ("decimal", False)
    whole: bool = False
    example: str = ""

    @property
    def mark(self) -> str:
        """The mark that may be decimal or stand between thousands; "" where that is certain."""
        if len(self.pairs) < 2:
            return ""
        return "," if COMMAS in self.pairs else "."


@dataclass(frozen=True)
class Verdict:
    """The decimal mark of a file's open columns; `asked` if the file alone cannot say, with an `example` of a cell."""

    decimal: str = "."
    asked: bool = False
    example: str = ""


def spelt(cells: Sequence[str], gaps: frozenset[str]) -> Evidence | None:
    """What `cells` may mean as numbers, or None; `gaps` are the words, in small letters, that stand for no value."""
    usual = spellings(gaps)
    if not usual.isdisjoint(cells):
        cells = ["nan" if cell in usual else cell for cell in cells]
    values = plain(cells)
    if values is not None:
        joined = "\n".join(cells)
        parted = "." in joined and not PARTED.search(joined)
        if not parted:
            return Evidence((PLAIN,), values, facts=((".", "decimal"),) if "." in joined else ())
    bare = undress(cells, gaps)
    evidence = None if bare is None else judged(bare)
    return evidence if evidence is None or values is None else replace(evidence, values=values)


@lru_cache(maxsize=64)
def spellings(gaps: frozenset[str]) -> frozenset[str]:
    """The words for a gap as programs write them: in small letters, in capitals, NaN, None."""
    return frozenset(form for word in gaps for form in (word, word.upper(), word.capitalize())) | {"NaN", "<NA>", "NaT"}


def plain(cells: Sequence[str]) -> Numbers | None:
    """All cells as numbers, or None if any is not spelt plainly."""
    try:
        values = np.fromiter(map(float, cells), float, len(cells))
    except ValueError:
        return None
    # Python reads 1_000 as a thousand; in a table it is a word.
    return None if any("_" in cell for cell in cells) else values


def judged(bare: Bare) -> Evidence | None:
    """The evidence of bare numbers: every pair that reads all of them."""
    joined = bare.text
    marks = {mark for mark in ",.' " if mark in joined}
    if {" ", "'"} <= marks:
        return None
    between = next((mark for mark in " '" if mark in marks), "")
    if between:
        pairs = [(",", between)] if "," in marks else [(".", between)]
    else:
        pairs = [PLAIN, DECIMAL_COMMA, *([COMMAS] if "," in marks else []), *([POINTS] if "." in marks else [])]
        pairs = pairs if marks & {",", "."} else [PLAIN]
    pairs = [pair for pair in pairs if not joined or not unlike(pair).search(joined)]
    if not pairs:
        return None
    mark = "," if COMMAS in pairs else "."
    roles: tuple[Role, Role] = ("decimal", "thousands")
    facts = tuple(zip(pairs[0], roles, strict=True)) if len(pairs) == 1 else ()
    evidence = Evidence(
        tuple(pairs),
        bare=bare,
        facts=tuple((sign, role) for sign, role in facts if sign and sign in marks),
    )
    if len(pairs) < 2:
        return evidence
    words = [word for word in joined.split("\n") if word != "nan"]
    example = max((word for word in words if mark in word), key=len)
    return replace(evidence, lean=lean(words, mark), whole=any(mark not in word for word in words), example=example)


def unlike(pair: Pair) -> re.Pattern[str]:
    """Finds a line that the pair does not read."""
    decimal, between = map(re.escape, pair)
    grouped = rf"[1-9]\d{{0,2}}(?:{between}\d{{3}})+(?:{decimal}\d*)?|" if between else ""
    grouped += r"[1-9]\d?(?:,\d\d)+,\d{3}(?:\.\d*)?|" if between == "," else ""  # lakhs and crores
    number = rf"(?:{grouped}(?:\d+(?:{decimal}\d*)?|{decimal}\d+)(?:[eEdD][+-]?\d+)?)"
    return re.compile(rf"^(?!(?:[+-]?{number}|nan)$)", re.MULTILINE | re.ASCII)


def lean(words: Sequence[str], mark: str) -> tuple[Role, bool]:
    """The likelier role of a mark that is always followed by three digits, and whether it is all but sure.

    Were it decimal, few numbers would be whole, and those above 999 would stand beside them unmarked. Were it between
    thousands, every number below 1000, and no other, would have none.
    """
    whole = [sum(map(str.isdigit, word)) for word in words if mark not in word]
    marked = len(words) - len(whole)
    if any(digits > 3 for digits in whole):
        return "decimal", False
    return ("thousands", len(whole) >= 5 and marked >= 20) if whole else ("decimal", False)


def decide(columns: Sequence[Evidence | None], separator: str, chosen: str | None) -> Verdict:
    """The decimal mark for the columns that can be read in two ways: as `chosen`, as the others have it, or the likelier."""
    held = [one for one in columns if one is not None]
    unclear = [one for one in held if one.mark]
    if not unclear:
        return Verdict()
    example = unclear[0].example
    if chosen is not None:
        return Verdict(chosen, False, example)
    facts = {fact for one in held for fact in one.facts}
    said = {mark if role == "decimal" else OTHER[mark] for mark, role in facts if mark in OTHER}
    if len(said) == 1:
        return Verdict(said.pop(), False, example)
    mark = unclear[0].mark
    if not said and facts:  # thousands are parted by blanks or apostrophes
        return Verdict(mark, False, example)
    leans = {one.lean for one in unclear}
    role = likelier({role for role, _ in leans}, mark, separator)
    # Programs part cells by semicolons where commas are decimal marks; elsewhere points are.
    usual = (
        role == "decimal"
        and (mark == "," if separator == ";" else mark == ".")
        and len({one.mark for one in unclear}) == 1
    )
    sure = not said and (usual or (len(leans) == 1 and (role, True) in leans))
    return Verdict(mark if role == "decimal" else OTHER[mark], not sure, example)


def likelier(roles: set[Role], mark: str, separator: str) -> Role:
    """The role that is taken while nobody has said: by how the numbers look, else by what such files mostly hold."""
    if "thousands" in roles:
        return "thousands"
    return "thousands" if mark == "," and separator in (",", "\t") else "decimal"


def chosen_pair(evidence: Evidence, decimal: str) -> Pair:
    """The pair under which a column is read, given the decimal mark of the file."""
    return next((pair for pair in evidence.pairs if pair[0] == decimal), evidence.pairs[0])


def numbers(evidence: Evidence, pair: Pair, cells: Sequence[str]) -> Numbers:
    """The cells as numbers: the doubles nearest to what is written."""
    if evidence.values is not None and pair == PLAIN:
        return evidence.values
    decimal, between = pair
    text = evidence.bare.text
    text = (text.replace(between, "") if between else text).replace(decimal, ".")
    text = text.translate(EXPONENTS) if "d" in text or "D" in text else text
    read = map(float, text.split("\n")) if text else ()
    if evidence.bare.joined:
        return np.fromiter(read, float, len(cells))
    place = evidence.bare.special | dict(zip(evidence.bare.digits, read, strict=True))
    # What is in neither was a gap in its usual spelling.
    return np.fromiter((place.get(cell, np.nan) for cell in cells), float, len(cells))
