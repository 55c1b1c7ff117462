"""Where one cell ends and the next begins: every candidate cuts a sample of the lines, and the best cut is taken.

find(lines)     the cut of a text table, others that may be meant, and whether one of them explains as much
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from core.data.readers.cells import looks_numeric
from core.data.readers.text.cuts.cut import BLANKS, CANDIDATES, FIXED, SINGLE, WIDE, Cut, cut_lines
from core.data.readers.text.cuts.fixed import fixed
from core.data.readers.text.cuts.weigh import ZERO, weigh

QUOTED = re.compile(r"(?:^|[\t;|, ])'[^'\n]*'(?=$|[\t;|, ])", re.MULTILINE)
HEAD, TAIL = 200, 50
"""How many of the first and of the last lines are looked at."""
ENOUGH = 28  # of so many groups of digits one begins with 0, in 19 of 20 cases
TABS = 0.5
"""A weight of tabs that keeps blanks from being taken for separators: they stand within words then."""
CLEAR = 0.93
"""A weight that makes fixed widths not worth looking for."""
PLAUSIBLE = 0.4
"""What share of the best weight makes another cut worth offering."""


@dataclass(frozen=True)
class Found:
    """The cut that explains the lines best, the `others` worth offering, and those among them that explain as much."""

    best: Cut
    others: tuple[Cut, ...]
    equal: tuple[Cut, ...]


def find(lines: Sequence[str], asked: str | None = None) -> Found:
    """The best cut of the lines of a text table (empty ones and remarks left out), or the one that was `asked` for."""
    sample = [*lines[:HEAD], *lines[max(HEAD, len(lines) - TAIL) :]]
    quote = quote_of(sample)
    marks = CANDIDATES if asked in (None, *CANDIDATES) else (*CANDIDATES, asked)
    cuts = [Cut(mark, quote) for mark in marks if mark not in (None, FIXED)]
    weights = {cut: weigh(list(cut_lines(sample, cut)), cut) for cut in cuts}
    tabs = weights[Cut("\t", quote)] > TABS and asked not in (WIDE, BLANKS)
    weights = {cut: weight for cut, weight in weights.items() if not (tabs and cut.separator in (WIDE, BLANKS))}
    if asked == FIXED or not settled(sample, weights):
        weights |= {cut: weigh(list(cut_lines(sample, cut)), cut) for cut in fixed(sample, quote)}
    best = max(weights, key=lambda cut: (cut.separator == asked, round(weights[cut], 9)))  # the first of equals
    others = tuple(cut for cut in weights if cut is not best and weights[cut] > PLAUSIBLE * weights[best])
    equal = tuple(cut for cut in others if asked is None and alike(cut, best, sample, weights))
    return Found(best, others, equal)


def settled(sample: list[str], weights: dict[Cut, float]) -> bool:
    """Whether fixed widths need not be looked for: a mark explains nearly all lines, or blanks cut all rows alike."""
    best = max(weights, key=lambda cut: round(weights[cut], 9))
    if best.separator == SINGLE:
        return not any(WIDE in line.strip() for line in sample)
    if best.separator not in (WIDE, BLANKS):
        return weights[best] >= CLEAR
    widths = Counter(len(row) for row in cut_lines(sample, best) if any(map(looks_numeric, row)))
    return len(widths) == 1


def alike(cut: Cut, best: Cut, sample: list[str], weights: dict[Cut, float]) -> bool:
    """Whether two cuts explain all lines, as numbers only, and disagree in how many there are."""
    if (
        weights[cut] < weights[best] - 1e-9
        or weights[cut] < 0.999
        or {cut.separator, best.separator} <= {WIDE, BLANKS, FIXED}
    ):
        return False
    rows = [list(cut_lines(sample, one)) for one in (cut, best)]
    if SINGLE in (cut.separator, best.separator):
        later = [cell for row in max(rows, key=lambda some: len(some[-1])) for cell in row[1:]]
        if len(later) >= ENOUGH and not any(ZERO.match(cell) for cell in later):
            return False  # of so many groups of digits behind a mark, some would begin with 0
    return Counter(map(len, rows[0])) != Counter(map(len, rows[1]))


def quote_of(sample: list[str]) -> str:
    """The mark around cells: a single one where most lines have cells in such, and none in double ones."""
    text = "\n".join(sample)
    return "'" if '"' not in text and len(QUOTED.findall(text)) >= max(len(sample) / 2, 1) else '"'
