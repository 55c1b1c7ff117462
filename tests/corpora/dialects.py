"""A table of known numbers and words, written as some program would: `written()` draws both.

A program is of one mind over a whole file, quotes a cell that would be misread, leaves no row without a number, and does
not write what nobody could read back: a blank between thousands where blanks separate, a lone unquoted column 1,5 without
a name, 5.974 for thousands where no number shows it. What is left may still have two readings (1,234); then a reader must
ask.
"""

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

MISSING = (
    *("", "NA", "NaN", "nan", "N/A", "n/a", "NULL", "null", "None", "-", "--", ".", "..", "?"),
    *("#N/A", "\\N", "*", ":", "-nan", "<NA>", "#DIV/0!", "missing"),
)
PLAIN = ("red", "green", "blue", "amber", "north-west", "O'Hara", "x-ray", "Zürich")
PAIRS = ("New York", "San Juan", "left hand")
HARD = ('said "so"', "one, two", "this; that", "up | down", "two\nlines")
NAMES = ("alpha", "beta", "gamma", "width", "height", "mass", "temp_c", "x1", "Größe", "body size", "speed.max")
UNITS = ("mm", "kg", "s", "m/s", "degC", "%", "°C", "V")
TITLES = ("Field notes of May", "Lake survey", "Printed by the office")
REMARKS = ("run seven", "made by hand", "grid of the lake: coarse")
FOOTERS = ("Source: field notes", "# end", "* preliminary", "(end of file)")
MONEY = (("${}", "$"), ("£{}", "£"), ("€{}", "€"), ("{}€", "€"), ("{}EUR", "EUR"))
MONEY_WITH_BLANKS = (("€ {}", "€"), ("CHF {}", "CHF"), ("{} €", "€"), ("{} kr", "kr"), ("{} USD", "USD"))
TOUCHING = (" ", "=")  # runs of blanks, and fixed widths


@dataclass(frozen=True, repr=False)
class Written:
    """A file, and what was written into it: columns of numbers and words, and their names if the file gives them."""

    text: str
    encoding: str
    columns: tuple
    names: tuple
    beside: tuple

    @property
    def raw(self):
        return self.text.encode(self.encoding)

    def __repr__(self):
        lines = "\n".join(f"    {line!r}" for line in self.text.splitlines(keepends=True))
        return f"a file in {self.encoding}\n{lines}\n"

    def _repr_pretty_(self, printer, cycle):
        printer.text(repr(self))


@dataclass(frozen=True)
class Style:
    """How a program writes cells and lines."""

    separator: str
    decimal: str
    thousands: str
    quoting: str  # minimal, words, all or none
    minus: str
    letter: str
    zero: bool  # whether 0.5 is written with its zero
    missing: str
    end: str
    trailing: bool
    gap: int

    @property
    def touching(self):
        return self.separator in TOUCHING


@st.composite
def written(draw):
    """A file of some program, and what is in it."""
    separator = draw(st.sampled_from(",;\t| ="))
    width = draw(st.integers(2 if separator in TOUCHING else 1, 6))
    style = draw(styles(separator, width))
    rows = draw(st.integers(3, 40))
    kinds = [draw(st.sampled_from(kinds_of(style))) for _ in range(width)]
    if set(kinds) <= {"words"} or misleading(style, kinds):
        kinds[-1] = "fixed"
    columns = [draw(words(style, rows) if kind == "words" else numbers(style, kind, rows)) for kind in kinds]
    masks = draw(absent(kinds, rows)) if style.missing or width > 1 else [[False] * rows] * width
    right, cells = [], []
    for kind, (plain, dressed), mask in zip(kinds, columns, masks, strict=True):
        none = None if kind == "words" else np.nan
        right.append(
            tuple(none if gone else w if none is None else float(w) for w, gone in zip(plain, mask, strict=True))
        )
        cells.append([style.missing if gone else cell for cell, gone in zip(dressed, mask, strict=True)])
    return draw(files(style, kinds, right, cells))


@st.composite
def styles(draw, separator, width):
    """A style that is legal with this separator and this many columns."""
    touching, alone = separator in TOUCHING, width == 1
    quoting = "none" if separator == "=" else draw(st.sampled_from(("minimal", "words", "all", "none")))
    commas = separator == "," or alone
    decimal = draw(st.sampled_from(".," if quoting != "none" or not commas else "."))
    marks = ["", "", "", "'", "\u2019", *([] if touching else ["\u00a0", "\u202f", "\u2009"])]
    marks += [] if touching or alone else [" "]
    other = "," if decimal == "." else "."
    kept_apart = quoting == "all" or (separator == "," and quoting != "none")
    marks += [other] if other == "." or not commas or kept_apart else []
    thousands = draw(st.sampled_from(marks))
    minus = draw(st.sampled_from(("-{}", "\u2212{}", "{}-", "({})")))
    letters = "eEdD" if decimal == "." and not thousands else "eE"
    filled = [word for word in MISSING if word or not (alone or separator == " ")]
    return Style(
        separator,
        decimal,
        thousands,
        quoting,
        minus,
        draw(st.sampled_from(letters)),
        # "red  ,5" is a cell that commas part and blanks pad.
        bool(thousands)
        or minus != "-{}"
        or (touching and decimal == ",")
        or draw(st.booleans())
        or draw(st.booleans()),
        draw(st.sampled_from(filled)),
        draw(st.sampled_from(("\n", "\r\n", "\r"))),
        not touching and draw(st.sampled_from((False, False, False, True))),
        draw(st.integers(2 if separator == "=" else 1, 4)),
    )


def misleading(style, kinds):
    """Whether no number tells that 5.974 is a thousand times as much as everybody would think: commas beside semicolons
    are decimal, points elsewhere, unless a number of the file has another decimal mark."""
    usual = "," if style.separator == ";" else "."
    return style.thousands == usual and set(kinds) <= {"whole", "free", "words"}


def kinds_of(style):
    """What a column can be in this style."""
    kinds = ["whole", "fixed", "free", "words"]
    kinds += ["exponent"] if style.minus in ("-{}", "\u2212{}") else []
    return kinds + (["percent", "money"] if style.minus != "{}-" else [])


@st.composite
def numbers(draw, style, kind, rows):
    """Numbers as plain words, and as they are dressed."""
    digits = {"whole": 0, "money": 2}[kind] if kind in ("whole", "money") else draw(st.integers(1, 6))
    size = 10 ** draw(st.integers(1, 9))
    low = -size if draw(st.booleans()) else 0
    drawn = draw(st.lists(st.integers(low, size), min_size=rows, max_size=rows))
    places = draw(st.lists(st.integers(0, digits), min_size=rows, max_size=rows)) if kind == "free" else [digits] * rows
    plain = [point(value, place) for value, place in zip(drawn, places, strict=True)]
    around, blank = "{}", ""
    if kind == "exponent":
        far = draw(st.sampled_from((3, 12, 290)))
        powers = draw(st.lists(st.integers(-far, far), min_size=rows, max_size=rows))
        plain = [
            f"{point(value % 10 ** (digits + 1) * (-1 if value < 0 else 1), digits)}e{power:+03d}"
            for value, power in zip(drawn, powers, strict=True)
        ]
    elif kind == "percent":
        blank = "" if style.touching else draw(st.sampled_from(("", " ")))
        around = "{}" + blank + "%"
    elif kind == "money":
        around = draw(st.sampled_from(MONEY if style.touching else MONEY + MONEY_WITH_BLANKS))[0]
    # -$5, $-5 and $(5) are all written, but no program closes its parentheses before what stands behind a number.
    outside = (style.minus == "({})" and around.startswith("{}")) or draw(st.booleans())
    return plain, [dressed(style, word, around, outside) for word in plain]


def point(value, places):
    """A whole number with its last digits behind a point: -1234 with two is -12.34."""
    if not places:
        return str(value)
    digits = str(abs(value)).zfill(places + 1)
    return ("-" if value < 0 else "") + digits[:-places] + "." + digits[-places:]


def dressed(style, word, around, outside):
    """A plain word as the style writes it, its sign before or behind what stands `around` it."""
    mantissa, e, power = word.removeprefix("-").partition("e")
    whole, dot, fraction = mantissa.partition(".")
    if style.thousands and not e:
        whole = f"{int(whole):,}".replace(",", style.thousands)
    if not style.zero and whole == "0" and dot and not e:
        whole = ""
    digits = whole + (style.decimal + fraction if dot else "")
    digits += (style.letter + power) if e else ""
    if not word.startswith("-"):
        return around.format(digits)
    signed = style.minus.format(around.format(digits)) if outside else around.format(style.minus.format(digits))
    return signed.replace("-", "\u2212") if style.minus.startswith("\u2212") else signed


@st.composite
def words(draw, style, rows):
    """Words without digits that the style can write, twice: as they are and as they are written."""
    pool = PLAIN + (PAIRS if style.separator != " " or style.quoting != "none" else ())
    if style.separator != "=":
        hard = [w for w in HARD if "\n" not in w or (style.end != "\r" and style.separator != " ")]
        unquoted = [w for w in hard if not special(style, w) and style.separator != " "]
        pool += tuple(hard if style.quoting != "none" and style.separator != " " else unquoted)
    drawn = draw(st.lists(st.sampled_from(pool), min_size=rows, max_size=rows))
    return drawn, drawn


@st.composite
def absent(draw, kinds, rows):
    """Which cells are missing: none is alone in its row, and no column is without a value."""
    masks = []
    for _ in kinds:
        holes = draw(st.sampled_from((False, False, True)))
        drawn = draw(st.lists(st.integers(0, 4), min_size=rows, max_size=rows)) if holes else [1] * rows
        mask = [value == 0 for value in drawn]
        if all(mask):
            mask[draw(st.integers(0, rows - 1))] = False
        masks.append(mask)
    for row in range(rows):
        counted = [i for i, kind in enumerate(kinds) if kind != "words"]
        if all(masks[i][row] for i in counted):
            masks[counted[0]][row] = False
    return masks


def special(style, cell):
    """Whether a cell must be quoted."""
    blank = style.separator == " " and (" " in cell or not cell)
    return blank or style.separator in cell or '"' in cell or "\n" in cell


def quote(style, cell, word):
    """A cell as it stands in the file."""
    if style.quoting == "none" or style.separator == "=":
        return cell
    if style.quoting == "all" or (style.quoting == "words" and word) or special(style, cell):
        return '"' + cell.replace('"', '""') + '"'
    return cell


@st.composite
def files(draw, style, kinds, right, cells):
    """The text around the cells: remarks above, names, units, remarks below, line ends and encoding."""
    width, rows = len(kinds), len(cells[0])
    header = draw(st.sampled_from(headers(style, kinds)))
    names = draw(headings(style, kinds, header)) if header != "none" else []
    above = [list(names)] if header not in ("none", "remark") else []
    if header in ("names", "quoted") and draw(st.sampled_from((False, False, True))):
        above.append(draw(units(style, kinds)))
    body = [
        [quote(style, cell, kind == "words") for cell, kind in zip(row, kinds, strict=True)]
        for row in zip(*cells, strict=True)
    ]
    marked = header == "quoted" or style.quoting in ("all", "words")
    above = [[quote(style, cell, True) if marked or special(style, cell) else cell for cell in row] for row in above]
    if header == "short":
        body = [[quote(style, str(i), True), *row] for i, row in enumerate(body, start=1)]
    if header == "quoted" and style.quoting == "none":
        above[0] = [f'"{name}"' for name in names]
    lines = laid(style, above, body, kinds)
    top = draw(preamble(style, header, width))
    if header == "remark":
        mark = top[0].split()[0] if top else draw(st.sampled_from(("#", "%", "//")))
        lines.insert(0, f"{mark} " + style.separator.join(names))
    lines = top + lines + draw(footer(width))
    text = style.end.join(lines) + (style.end if draw(st.booleans()) else "")
    beside = (tuple(range(1, rows + 1)), tuple(map(str, range(1, rows + 1)))) if header == "short" else ()
    encodings = [name for name in ("utf-8", "utf-8", "cp1252", "utf-8-sig", "utf-16") if encodes(text, name)]
    return Written(text, draw(st.sampled_from(encodings)), tuple(right), tuple(names), beside)


def headers(style, kinds):
    """What can stand above the rows."""
    alone = len(kinds) == 1
    bare = alone and style.decimal == "," and style.quoting != "all" and style.separator != ","
    made = ["names", "names", *([] if bare else ["none"])]
    made += ["quoted"] if style.separator != "=" else []
    made += ["years"] if len([kind for kind in kinds if kind != "words"]) > 1 else []
    made += ["remark"] if style.separator in ", \t" and "words" not in kinds and style.quoting == "none" else []
    return made + (["short"] if style.separator in " \t" and not alone and not style.trailing else [])


@st.composite
def headings(draw, style, kinds, header):
    """The names of the columns: invented, or one year after another above numbers."""
    bare = style.touching or header in ("short", "remark")
    pool = [name for name in NAMES if not (bare and " " in name)]
    names = draw(st.lists(st.sampled_from(pool), min_size=len(kinds), max_size=len(kinds), unique=True))
    if header == "years":
        first = draw(st.integers(1950, 2015))
        names = [
            name if kind == "words" else str(first + i) for i, (name, kind) in enumerate(zip(names, kinds, strict=True))
        ]
    return names


@st.composite
def units(draw, style, kinds):
    """A row of units: one for each column of numbers, in brackets or not."""
    around = draw(st.sampled_from(("{}", "{}", "[{}]", "({})")))
    none = "-" if style.touching else draw(st.sampled_from(("", "-")))
    return [none if kind == "words" else around.format(draw(st.sampled_from(UNITS))) for kind in kinds]


def laid(style, above, body, kinds):
    """Rows of cells as lines."""
    table = above + body
    if style.separator != "=":
        gap = style.separator * (style.gap if style.separator == " " else 1)
        return [gap.join(row) + (style.separator if style.trailing else "") for row in table]
    columns = []
    for column, kind in zip(zip(*table, strict=True), kinds, strict=True):
        size = max(map(len, column))
        columns.append([cell.ljust(size) if kind == "words" else cell.rjust(size) for cell in column])
    return [(" " * style.gap).join(row).rstrip() for row in zip(*columns, strict=True)]


@st.composite
def preamble(draw, style, header, width):
    """Lines above the names: remarks with a mark, a title, or the separator as Excel gives it."""
    made = ["#", "%", "//"]
    if header != "remark":
        made += (["title"] if width > 1 else []) + ([] if style.touching else ["sep"])
    mark = draw(st.sampled_from([*[""] * 4, *made]))
    if mark in ("", "sep"):
        return [f"sep={style.separator}"] if mark else []
    count = draw(st.integers(1, 3))
    if mark != "title":
        return [f"{mark} {remark}" for remark in REMARKS[:count]]
    padded = style.separator * (width - 1) if not style.touching and draw(st.booleans()) else ""
    return [title + padded for title in TITLES[:count]] + draw(st.sampled_from(([], [padded])))


@st.composite
def footer(draw, width):
    """Lines below the rows."""
    if draw(st.sampled_from((True, True, True, False))):
        return []
    chosen = draw(st.lists(st.sampled_from(FOOTERS), min_size=1, max_size=2, unique=True))
    return draw(st.sampled_from(([], [""]))) + chosen


def encodes(text, encoding):
    """Whether an encoding has all characters of a text."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
