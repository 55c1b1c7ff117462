"""How a line is cut into cells: at a mark, at blanks, at fixed places or not at all."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass

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


@dataclass(frozen=True)
class Cut:
    """How lines are cut: the separator (as in Choices), the mark around cells, and the places of fixed columns."""

    separator: str
    quote: str = '"'
    spans: tuple[tuple[int, int], ...] = ()


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
