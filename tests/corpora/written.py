"""How the files of the corpus are written down: invented cells, their dress in one dialect, and the right answer.

Cells are decided as plain decimal words ("-1234.50", "" for none), so that the right number is the float of the word and
what stands in the file is the word as one program or country would write it.
"""

from dataclasses import dataclass, field

import numpy as np

ROWS = 14


@dataclass(frozen=True)
class File:
    """A text file, and what a person would say stands in it.

    columns: name -> numbers (nan = missing) or words (None = missing), or a tuple of such lists where each is right.
    named: whether the file gives the names; if not, only the order of the columns counts.
    beside: further columns that may be kept or left out, under any name: row numbers, row names.
    units: name -> the unit that the file gives. drops: words that stand in the lines, and only in those, which are
    neither names nor rows and must be said to be left out.
    open: whether the reader must ask; None if it may: the reading is right, or one of the ways asked about is.
    """

    name: str
    text: str
    columns: dict
    encoding: str = "utf-8"
    named: bool = True
    beside: tuple = ()
    units: dict = field(default_factory=dict)
    drops: tuple = ()
    open: bool | None = False

    @property
    def raw(self):
        return self.text.encode(self.encoding)

    def __repr__(self):
        return f"File({self.name!r})"


def decimals(seed, low, high, digits=3, rows=ROWS):
    """Decimal words, spread evenly from low to high."""
    return [f"{value:.{digits}f}" for value in np.random.default_rng(seed).uniform(low, high, rows)]


def wholes(seed, low, high, rows=ROWS):
    return [str(value) for value in np.random.default_rng(seed).integers(low, high, rows)]


def cycle(*words, rows=ROWS):
    return [words[i % len(words)] for i in range(rows)]


def gaps(words, every=5, missing=""):
    """`words` with every fifth, from the third, missing."""
    return [missing if i % every == 2 else word for i, word in enumerate(words)]


def numbers(words):
    return [float(word) if word else np.nan for word in words]


def some(words):
    """Words of which the empty ones are missing."""
    return [word or None for word in words]


def grouped(whole, mark, lakh=False):
    """The digits of a whole number with a mark between thousands; as in India, between hundreds above the first."""
    head, tail = whole[:-3], whole[-3:]
    size, parts = (2 if lakh else 3), []
    while head:
        head, part = head[:-size], head[-size:]
        parts.insert(0, part)
    return mark.join([*parts, tail])


def dress(words, decimal=".", thousands="", minus="-{}", plain="{}", missing="", lakh=False):
    """Plain words as another would write them; `minus` and `plain` say what stands around a number, by its sign."""
    dressed = []
    for word in words:
        whole, point, fraction = word.lstrip("-").partition(".")
        whole = grouped(whole, thousands, lakh) if thousands else whole
        digits = whole + (decimal + fraction if point else "")
        dressed.append((minus if word.startswith("-") else plain).format(digits) if word else missing)
    return dressed


def quoted(words, mark='"'):
    return [f"{mark}{word}{mark}" for word in words]


def rows(separator, *columns):
    return [separator.join(row) for row in zip(*columns, strict=True)]


def text(*parts, end="\n"):
    """Lines and lists of lines as one text."""
    lines = [line for part in parts for line in ([part] if isinstance(part, str) else part)]
    return end.join(lines) + end


def widths(*columns, gap=2, left=()):
    """Columns of cells, headings included, in fixed widths: to the right, or to the left for those in `left`."""
    aligned = []
    for i, column in enumerate(columns):
        width = max(map(len, column))
        aligned.append([cell.ljust(width) if i in left else cell.rjust(width) for cell in column])
    return [(" " * gap).join(row).rstrip() for row in zip(*aligned, strict=True)]


COUNT = [str(i) for i in range(ROWS)]
COUNT_1 = [str(i + 1) for i in range(ROWS)]
LENGTH = decimals(1, 5, 15, 2)
WEIGHT = decimals(2, 40, 60, 2)
SHIFT = decimals(3, -3, 3)
GAMES = wholes(4, 100, 200)
MONEY = decimals(5, -90_000, 90_000, 2)
PEOPLE = wholes(6, 211, 55_170)
SHARE = decimals(7, 2, 98, 1)
COLOUR = cycle("red", "green", "blue")
TOWNS = [
    *("Arden", "Bexley", "Corrin", "Dunmore", "Eastwick", "Farrow", "Glenby"),
    *("Harrow", "Ilston", "Jarrow", "Kelby", "Lorne", "Marlow", "Nesby"),
]
DAYS = [f"2023-05-{i + 1:02d}" for i in range(ROWS)]
BODY = {"length": numbers(LENGTH), "weight": numbers(WEIGHT)}
"""The right answer of every file that holds just these two."""
