"""Where one cell ends and the next begins: every candidate cuts a sample of the lines, and the best cut is taken.

    find(lines)     the cut of a text table, others that may be meant, and whether one of them explains as much

A candidate is weighed by the share of lines with the commonest number of cells, from the first such line on, times the
mean grade of their cells: a number, a date or a gap is worth more than a word, a word with other separators in it hardly
anything. A row of names that does not fit the rows below costs a little, which settles a heading over 1,5.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache

from core.data.readers.cells import is_missing, looks_numeric, names_rows
from core.data.readers.dates import looks_like_date

WIDE, BLANKS, FIXED, SINGLE = "  ", " ", "=", ""
MARKS = ("\t", ";", "|", ",")
CANDIDATES = (*MARKS, WIDE, BLANKS, FIXED, SINGLE)
WORDS = {
    "\t": "tabs",
    ";": "semicolons",
    "|": "bars",
    ",": "commas",
    WIDE: "two blanks or more",
    BLANKS: "blanks",
    FIXED: "their place in the line (fixed width)",
}
WIDE_CELL = re.compile(r'"((?:[^"]|"")*)"(?= {2}|\t|$)|[^ \t]+(?: [^ \t]+)*')
GAP = re.compile(r"[ \t]+")
QUOTED = re.compile(r"(?:^|[\t;|, ])'[^'\n]*'(?=$|[\t;|, ])", re.MULTILINE)
HEAD, TAIL = 200, 50
"""How many of the first and of the last lines are looked at."""
LONGEST = 2_000  # the longest line of fixed width, in characters
ZERO = re.compile(r"\s*0\d")
ZEROS = 1e-6
"""What numbers such as 05 cost that are not the first in their row: it settles what nothing else does."""
ENOUGH = 28  # of so many groups of digits one begins with 0, in 19 of 20 cases
MISFIT = 0.05
"""What a row of names costs that does not fit the rows below."""
CUT_NAMES = 0.3
"""What it costs to leave a row of names whole that has separators in it."""
TABS = 0.5
"""A weight of tabs that keeps blanks from being taken for separators: they stand within words then."""
SEVERAL = 0.5
"""What a cell of several words is worth."""
CLEAR = 0.98
"""A weight that makes fixed widths not worth looking for."""
PLAUSIBLE = 0.4
"""What share of the best weight makes another cut worth offering."""


@dataclass(frozen=True)
class Cut:
    """How lines are cut: the separator (as in Choices), the mark around cells, and the places of fixed columns."""

    separator: str
    quote: str = '"'
    spans: tuple[tuple[int, int], ...] = ()


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
    if asked == FIXED or max(weights.values()) < CLEAR - MISFIT:
        weights |= {cut: weigh(list(cut_lines(sample, cut)), cut) for cut in fixed(sample, quote)}
    best = max(weights, key=lambda cut: (cut.separator == asked, round(weights[cut], 9)))  # the first of equals
    others = tuple(cut for cut in weights if cut is not best and weights[cut] > PLAUSIBLE * weights[best])
    equal = tuple(cut for cut in others if asked is None and alike(cut, best, sample, weights))
    return Found(best, others, equal)


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


def cut_lines(lines: Iterable[str], cut: Cut) -> Iterator[list[str]]:
    """The cells of each line; what is wrong with a quotation mark is said when the whole table is read."""
    if cut.separator not in (WIDE, BLANKS, FIXED, SINGLE):
        text = io.StringIO("\n".join(lines), newline="")
        reader = csv.reader(text, delimiter=cut.separator, quotechar=cut.quote, skipinitialspace=True)
        with suppress(csv.Error):
            yield from (row for row in reader if row)
        return
    for line in lines:
        yield cut_line(line, cut)


def cut_line(line: str, cut: Cut) -> list[str]:
    """The cells of one line that is cut at blanks, at fixed places or not at all."""
    if cut.separator == FIXED:
        return placed(line, cut.spans)
    line = line.strip(" \t")
    if cut.separator == WIDE:
        cells = WIDE_CELL.finditer(line)
        return [found[0] if found[1] is None else found[1].replace('""', '"') for found in cells]
    if cut.separator == SINGLE:
        bare = line[1:-1] if len(line) > 1 and line[0] == line[-1] == cut.quote else line
        return [bare] if line else []
    if cut.quote not in line:
        return GAP.split(line) if line else []
    with suppress(csv.Error):
        reader = csv.reader([GAP.sub(" ", line)], delimiter=" ", quotechar=cut.quote, skipinitialspace=True)
        return next(reader, [])
    return GAP.split(line)


def placed(line: str, spans: tuple[tuple[int, int], ...]) -> list[str]:
    """The cells of one line of fixed columns: cut between them, or word by word where one reaches out of its place."""
    edges = [(end + start) // 2 for (_, end), (start, _) in zip(spans, spans[1:], strict=False)]
    if not any(line[end:start].strip() for (_, end), (start, _) in zip(spans, spans[1:], strict=False)):
        return [line[a:b].strip() for a, b in zip([0, *edges], [*edges, len(line)], strict=True)]
    cells = [""] * len(spans)
    words = list(re.finditer(r"\S+", line))
    if len(words) > len(spans):
        return [line.strip()]  # a title
    for word in words:
        near = max(range(len(spans)), key=lambda i: min(word.end(), spans[i][1]) - max(word.start(), spans[i][0]))
        cells[near] = f"{cells[near]} {word.group()}".strip()
    return cells


def fixed(sample: list[str], quote: str) -> list[Cut]:
    """The cut into columns of fixed width: between places that are blank in all lines but, perhaps, some at either end."""
    found: dict[Cut, float] = {}
    for first in range(min(4, len(sample) - 2)):
        for last in range(3 if len(sample) > first + 5 else 1):
            body = sample[first : len(sample) - last]
            spans = filled_places(body)
            if len(spans) > 1 and all(placed(body[0], spans)) and often(body[1:], spans):
                cut = Cut(FIXED, quote, spans)
                found[cut] = weigh(list(cut_lines(body, cut)), cut) - MISFIT * (first + last)
    return [max(found, key=lambda cut: found[cut])] if found else []


def often(lines: list[str], found: tuple[tuple[int, int], ...]) -> bool:
    """Whether every column is filled in a tenth of the lines at least."""
    least = max(len(lines) / 10, min(2, len(lines)))
    return all(sum(bool(line[a:b].strip()) for line in lines) >= least for a, b in found)


def filled_places(body: list[str]) -> tuple[tuple[int, int], ...]:
    """The stretches of places that are not blank in all lines."""
    if any("\t" in line for line in body):
        return ()
    width = min(max(map(len, body)), LONGEST)
    filled = [False, *(any(line[i : i + 1] not in ("", " ") for line in body) for i in range(width)), False]
    edges = [i for i in range(width + 1) if filled[i] != filled[i + 1]]
    return tuple(zip(edges[::2], edges[1::2], strict=True))


def weigh(rows: list[list[str]], cut: Cut) -> float:
    """How well a cut explains the sample, from 0 to 1."""
    if cut.separator == SINGLE:
        rows = without_remarks(rows)
    widths = Counter(len(row) for row in rows if len(row) > 1 or (row and cut.separator == SINGLE))
    if not widths:
        return 0.0
    width = max(widths, key=lambda w: (widths[w], w))
    first = next(i for i, row in enumerate(rows) if len(row) == width)
    body = [row for row in rows[first:] if len(row) == width]
    judged = body[2:] if len(body) > 3 else body[1:] or body
    grades = [grade(cell, cut.separator) for row in judged for cell in row]
    last = max(i for i, row in enumerate(rows) if len(row) == width)
    behind = rows[last + 1 :]  # a remark or three may follow the table, but no row of fewer numbers
    odd = behind if len(behind) > 3 else [row for row in behind if all(map(looks_numeric, row))]
    longer = sum(len(row) > width for row in behind)
    share = len(body) / (last + 1 - first + len(odd)) - MISFIT * min(longer, 3)
    zeros = ZEROS * any(ZERO.match(cell) for row in body for cell in row[1:])
    return share * sum(grades) / len(grades) - misfit(rows, first, body, cut.separator) - zeros


def without_remarks(rows: list[list[str]]) -> list[list[str]]:
    """The lines of one cell without up to three of several words at their end."""
    end = len(rows)
    while end > max(len(rows) - 3, 3) and grade(rows[end - 1][0], SINGLE) == SEVERAL:
        end -= 1
    return rows[:end]


def misfit(rows: list[list[str]], first: int, body: list[list[str]], separator: str) -> float:
    """What it costs that the row of names, if there is one, has other cells than the rows below it."""
    if any(not looks_numeric(cell) and not is_missing(cell) for cell in body[0]):
        # It heads the rows, unless it is a single cell that another mark would cut.
        return CUT_NAMES if len(body[0]) == 1 and any(mark in body[0][0] for mark in MARKS) else 0.0
    if not first:
        return 0.0
    if any(map(looks_numeric, rows[first - 1])):
        return MISFIT  # a row of values that has another number of cells
    above, below = rows[first - 1], [row[0] for row in body]
    if separator == WIDE and len(" ".join(above).split()) == len(body[0]):
        return MISFIT
    return 0.0 if len(above) == len(body[0]) - 1 and names_rows(below) else MISFIT


@lru_cache(maxsize=20_000)
def grade(cell: str, separator: str) -> float:
    """What a cell is worth as evidence."""
    cell = cell.strip()
    if looks_numeric(cell) or looks_like_date(cell):
        return 1.0
    if is_missing(cell):
        return 0.95
    if any(mark in cell for mark in MARKS if mark != separator) or ('"' in cell and separator in (FIXED, SINGLE)):
        return 0.1
    if " " not in cell:
        return 0.6
    parts = cell.split()
    if not any(map(looks_numeric, parts)):
        return SEVERAL
    alone = len(parts) == 2 and "  " not in cell and len(parts[1]) < 4 and not looks_numeric(parts[1])
    return 0.9 if alone else 0.1  # a number and its unit or flag
