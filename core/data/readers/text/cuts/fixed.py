"""Columns of fixed width: the places that are blank in all lines part them."""

from core.data.readers.cells import looks_numeric
from core.data.readers.text.cuts.cut import FIXED, WIDE, Cut, cut_line, cut_lines, placed
from core.data.readers.text.cuts.weigh import MISFIT, weigh, without_remarks

LONGEST = 2_000
"""The longest line that is looked at, in characters."""


def fixed(sample: list[str], quote: str) -> list[Cut]:
    """The cut into columns of fixed width: between places that are blank in all lines but, perhaps, some at either end."""
    sample = [line for (line,) in without_remarks([[line] for line in sample], False)]
    found: list[tuple[float, Cut]] = []
    for first in range(min(4, len(sample) - 2)):
        for last in range(3 if len(sample) > first + 5 else 1):
            body, behind = sample[first : len(sample) - last], sample[len(sample) - last :]
            spans = filled_places(body)
            if len(spans) > 1 and begins(body[0], spans) and often(body, spans):
                cut = Cut(FIXED, quote, spans)
                lost = sum(map(holds_values, behind)) / len(sample)
                found.append((weigh(list(cut_lines(body, cut)), cut) - MISFIT * (first + last) - lost, cut))
    return [max(found, key=lambda one: one[0])[1]] if found else []


def holds_values(line: str) -> bool:
    """Whether a line is a row rather than a remark: some of its cells are numbers, or half of its words."""
    cells, words = list(cut_line(line, Cut(WIDE))), line.split()
    return any(map(looks_numeric, cells)) or 2 * sum(map(looks_numeric, words)) >= len(words)


def begins(line: str, spans: tuple[tuple[int, int], ...]) -> bool:
    """Whether a line may be the first of a table: a row of values, or one with a name for each column."""
    return holds_values(line) or all(placed(line, spans))


def often(body: list[str], spans: tuple[tuple[int, int], ...]) -> bool:
    """Whether each column is filled in a tenth of the rows at least, or has numbers only, or a name of its own."""
    rows = body if holds_values(body[0]) else body[1:]
    named = rows is not body and len(cut_line(body[0], Cut(WIDE))) == len(spans)
    least = 1 if named else max(len(rows) / 10, min(2, len(rows)))
    columns = [[cell for line in rows if (cell := line[start:end].strip())] for start, end in spans]
    return all(cells and (len(cells) >= least or all(map(looks_numeric, cells))) for cells in columns)


def filled_places(body: list[str]) -> tuple[tuple[int, int], ...]:
    """The stretches of places that are not blank in all lines."""
    if any("\t" in line for line in body):
        return ()
    width = min(max(map(len, body)), LONGEST)
    filled = [False, *(any(line[i : i + 1] not in ("", " ") for line in body) for i in range(width)), False]
    edges = [i for i in range(width + 1) if filled[i] != filled[i + 1]]
    return tuple(zip(edges[::2], edges[1::2], strict=True))
