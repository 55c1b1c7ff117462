"""A file read the same way without us: lines of plain pandas, or of numpy for an array.

    script(table, columns, label)    a program that ends with the same rows in `x`, and with `labels` if there are any

It is made of what the table knows of its reading. pandas reads plain numbers itself, in full precision; columns with gaps,
or that are spelt otherwise (signs of percent or currency, blanks between thousands, brackets for a minus), are read as
words and spelt anew, one step a line.
"""

import re
from contextlib import suppress

import numpy as np

from core.data import recode
from core.data.readers import dates
from core.data.readers.dates import Order
from core.data.readers.sniff import Format
from core.data.readers.table import Column, Layout, Table

MARKS = frozenset(("", ",", ".", "'"))
"""The marks between thousands that pandas can be told of."""
BETWEEN = {"commas between": ",", "points between": ".", "apostrophes between": "'", "blanks between": " "}
"""Marks between thousands by the words of a column's spelling."""
DRESSED = re.compile(r"Percent|Letters|Brackets|.* is taken as the unit")
"""Notes on columns whose numbers have something about them."""
NUMBER = r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?"
BLANKS = r"[\s\u00a0\u2009\u202f]"
UNDRESS = (  # what is sought, what is put in its place
    (BLANKS, ""),
    (r"[\u2212\u2013]", "-"),
    (r"kr\.|Fr\.|Rs\.", ""),
    (r"[^\W\d_]{2,}|[^\W\d_](?![+-]?\d)|[^\w.,'+()-]", ""),
    (r"^[+-]?\(+(.*)\)$|^(.*)-$", r"-\1\2"),
    (r"[dD]", "e"),
)
"""A number without currency, unit, percent sign or flag, its minus in front."""
SINCE = re.compile(r".*\((\w+) since (.+?)( UTC)?\)", re.DOTALL)


def script(
    table: Table, columns: tuple[str, ...], label: str | None, order: Order | None = None, kind: Format = "text"
) -> str:
    """A program without this house that reads the columns of a file of some `kind`; "" where that cannot be said.

    `order` is that of dates whose day and month cannot be told apart.
    """
    chosen = [table[name] for name in columns]
    if kind == "text" and turned(table):
        return ""
    if kind in ("npy", "zip"):
        opened = from_npy(table) if kind == "npy" else from_npz(table)
    elif kind == "parquet":
        opened = [f"frame = pd.read_parquet({table.name!r})"]
    elif table.layout:
        opened = from_text(table, table.layout, chosen, label)
    else:
        return ""
    made = [line for column in chosen for line in as_numbers(table, column, order)]
    names = "[" + ", ".join(map(repr, columns)) + "]"
    ending = [f"x = frame[{names}].to_numpy(float)", "kept = np.isfinite(x).all(axis=1)"]
    if label is None:
        ending.append("x = x[kept]  # rows without gaps")
    else:
        ending.append(f"x, labels = x[kept], frame[{label!r}].to_numpy()[kept]  # rows without gaps")
    return "\n".join(["import numpy as np", "import pandas as pd", "", *opened, *made, *ending, ""])


def from_text(table: Table, layout: Layout, chosen: list[Column], label: str | None) -> list[str]:
    """The call that reads a text file as its layout says."""
    names = list(layout.names)
    if layout.width == len(names) + 1:
        names.insert(0, next(name for name in ("row name", "row name (2)") if name not in names))
    words = [column.name for column in chosen if not plainly(column, layout)]
    words += [label] if label is not None and label not in words and not table[label].numeric else []
    fixed = layout.separator == "="
    told: dict[str, str] = {"encoding": repr(layout.encoding)}
    if not fixed:
        told["sep"] = {" ": 'r"\\s+"', "  ": 'r"\\s{2,}"', "": r'"\x1f"'}.get(layout.separator, repr(layout.separator))
        told["quotechar" if layout.quote else "quoting"] = repr(layout.quote) if layout.quote else "3"
        told["skipinitialspace"] = "True"
        told["float_precision"] = '"round_trip"'
    if layout.separator == "  ":
        told["engine"] = '"python"'  # its other engine takes no pattern
        del told["float_precision"]
    if layout.decimal not in ("", "."):
        told["decimal"] = repr(layout.decimal)
    if layout.thousands and layout.thousands in MARKS:
        told["thousands"] = repr(layout.thousands)
    if layout.skipped:
        told["skiprows"] = rows(layout.skipped)
    told |= {"header": "None", "names": repr(names)} | ({} if fixed else {"index_col": "False"})
    if words:
        told["dtype"] = "{" + ", ".join(f"{name!r}: str" for name in words) + "}"
    reader = "read_fwf" if fixed else "read_csv"
    return [f"frame = pd.{reader}(", f"    {table.name!r},", *(f"    {k}={v}," for k, v in told.items()), ")"]


def rows(skipped: tuple[int, ...]) -> str:
    """Lines of a file, from 1, as pandas is told to leave them out."""
    lines = sorted(set(skipped))
    return str(len(lines)) if lines[-1] == len(lines) else str([line - 1 for line in lines])


def plainly(column: Column, layout: Layout) -> bool:
    """Whether pandas reads a column as it stands: no gaps, nothing about its numbers, and the marks of the file."""
    if not isinstance(column.values, np.ndarray) or column.missing or column.infinite or dressed(column):
        return False
    decimal, between = marks(column)
    as_told = decimal == layout.decimal or bool((column.values == np.floor(column.values)).all())
    return as_told and between in MARKS and between in ("", layout.thousands)


def dressed(column: Column) -> bool:
    """Whether more than digits and marks stands in the cells of a column of numbers."""
    return "brackets" in column.spelling or any(map(DRESSED.match, column.notes))


def marks(column: Column) -> tuple[str, str]:
    """The decimal mark of a column and the mark between its thousands, "" for none."""
    between = next((mark for words, mark in BETWEEN.items() if words in column.spelling), "")
    return "," if "decimal comma" in column.spelling or between == "." else ".", between


def as_numbers(table: Table, column: Column, order: Order | None) -> list[str]:
    """The lines that make a column numbers, once it is in the frame."""
    name, lines = f"frame[{column.name!r}]", []
    pair = recode.pair(column)
    if column.kind == "date":
        lines = from_dates(name, column, order)
    elif pair:
        zero, one = (word.casefold() for word in pair)
        lines = [f"{name} = {name}.str.strip().str.casefold().map({{{zero!r}: 0.0, {one!r}: 1.0}})"]
    elif table.layout and not plainly(column, table.layout):
        lines = anew(name, column)
    for word in (word for said, word in table.choices.missing if said == column.name):
        with suppress(ValueError):  # other words are no numbers, and so are missing anyway
            lines.append(f"{name} = {name}.mask({name} == {float(word)!r})  # said to be missing")
    return lines


def anew(name: str, column: Column) -> list[str]:
    """Words spelt as plain numbers; what then is none is missing."""
    decimal, between = marks(column)
    steps = list(UNDRESS) if dressed(column) else []
    steps += [(BLANKS if between == " " else re.escape(between), "")] if between else []
    steps += [(",", ".")] if decimal == "," else []
    lines = [f"cells = {name}.str.strip()"]
    lines += [f"cells = cells.str.replace({raw(sought)}, {raw(put)}, regex=True)" for sought, put in steps]
    lines.append(f"cells = cells.where(cells.str.fullmatch({raw(NUMBER)}, na=False))  # all else is missing")
    return [*lines, f"{name} = cells.to_numpy(object, na_value=np.nan).astype(float)"]


def raw(pattern: str) -> str:
    """A pattern as it stands in a program."""
    return f'r"{pattern}"' if "\\" in pattern else f'"{pattern}"'


def from_dates(name: str, column: Column, order: Order | None) -> list[str]:
    """Dates as the time since the first, in the unit that they are counted in here."""
    found = SINCE.fullmatch(recode.recode(column, order)[0].name)
    if not found:
        return []
    unit, first, zoned = found.groups()
    forced = dates.order_of(map(str, column.values))
    day_first = (order if forced == "either" else forced) == "day/month/year"
    told = ['format="mixed"', 'errors="coerce"'] + ["dayfirst=True"] * day_first + ["utc=True"] * bool(zoned)
    start = f"pd.Timestamp({first!r}{', tz=' + repr('UTC') if zoned else ''})"
    return [
        f"when = pd.to_datetime({name}, {', '.join(told)})",
        f"{name} = (when - {start}) / pd.Timedelta(1, {unit!r})",
    ]


def turned(table: Table) -> bool:
    """Whether an array was turned: one of its decisions then leads back."""
    return any(way.choices.turned is False for decision in table.decisions for way in decision.ways)


def from_npy(table: Table) -> list[str]:
    """The lines that read an array."""
    array = f"np.load({table.name!r})" + (".T" if turned(table) else "")
    names = [column.name for column in table.columns]
    listed = repr(names) if names != [f"column {i + 1}" for i in range(len(names))] else numbered(len(names))
    return [f"array = {array}", f"frame = pd.DataFrame(array.reshape(len(array), -1), columns={listed}, dtype=float)"]


def numbered(count: int) -> str:
    """The names of columns that have none, as a program makes them."""
    return f'[f"column {{i}}" for i in range(1, {count + 1})]'


def from_npz(table: Table) -> list[str]:
    """The lines that read an archive of arrays: the columns of each are named after it."""
    return [
        "columns = {}",
        f"for name, array in np.load({table.name!r}).items():",
        "    if array.ndim == 1:",
        "        columns[name] = array",
        "    elif array.ndim == 2:",
        f"        rows = array{'' if turned(table) else '.T'}",
        '        columns |= {f"{name} {i}": row for i, row in enumerate(rows, start=1)}',
        f"frame = pd.DataFrame({{name: row for name, row in columns.items() if len(row) == {table.rows}}}, dtype=float)",
    ]
