"""Columns of fixed width: the places that are blank in all lines part them."""

from core.data.readers.text.cuts.cut import FIXED, Cut, cut_lines, placed
from core.data.readers.text.cuts.weigh import MISFIT, weigh

LONGEST = 2_000
"""The longest line that is looked at, in characters."""


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
