"""NPY files, their header read by our own grammar: a claim is checked against the length before anything is allocated.

numpy evaluates the header as a Python literal and believes its shape (128 bytes may claim 15 GiB). Here the header must
be the flat dictionary that every writer produces, the type one of the plain numeric ones, and shape x item size equal to
the bytes that follow; then the bytes are viewed, not parsed. Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
"""

import math
import re
from dataclasses import replace

import numpy as np
from jaxtyping import Shaped

from core.data.readers.cells import EXACT, number_column
from core.data.readers.choices import Choices, Decision, Way
from core.data.readers.table import Column, Numbers, ReadError, Reading, check_size
from core.digits import WHOLE, plain_power

MAX_HEADER = 10_000

DESCR = re.compile(r"'descr'\s*:\s*(?:'([^']{1,40})'|(\[))")
ORDER = re.compile(r"'fortran_order'\s*:\s*(True|False)")
SHAPE = re.compile(r"'shape'\s*:\s*\(([-\d\s,L]*)\)")
NUMERIC = re.compile(r"[<>=|]?([biuf])(\d{1,2})")
REFUSED = {
    "O": "Python objects, which can run code and are never opened",
    "c": "complex numbers",
    "S": "words",
    "U": "words",
    "a": "words",
    "M": "dates",
    "m": "durations",
    "V": "records (a structured array)",
}
Array = Shaped[np.ndarray, "..."]


ON_ITS_SIDE = 3
"""The most rows of an array that is taken to lie on its side, where it has ten times as many columns."""


def read_npy(name: str, raw: bytes, choices: Choices) -> Reading:
    """The columns of an NPY file; ReadError for one that is damaged or holds no numeric table."""
    array, decisions = upright(as_array(name, raw), choices)
    columns, notes = array_columns(array, "column")
    return Reading(columns, ("NPY file: columns are named by their place.", *notes), decisions)


def upright(array: Array, choices: Choices) -> tuple[Array, tuple[Decision, ...]]:
    """The array with a row for each point, and what was decided: a few long rows are taken for columns."""
    side, across = array.shape if array.ndim == 2 else (0, 0)
    if not lies(side, across) and not choices.turned:
        return array, ()
    turned = choices.turned is not False
    ways = (Way("Leave it as it is" if turned else "Turn it", replace(choices, turned=not turned)),)
    shape = f"{side:,} rows of {across:,} numbers"
    said = (
        f"The array has {shape}, so it is turned: each row is read as a column."
        if turned
        else f"The array is read as {shape}."
    )
    return array.T if turned else array, (Decision(said, ways),)


def lies(rows: int, columns: int) -> bool:
    """Whether a table of this shape is taken to lie on its side."""
    return 0 < rows <= ON_ITS_SIDE and columns >= 10 * rows


def as_array(name: str, raw: bytes) -> Array:
    """The 1-D or 2-D numeric array in an NPY file, its header and length checked, not copied."""
    dtype, fortran, shape, start = check_npy(name, raw)
    flat = np.frombuffer(raw, dtype, math.prod(shape), start)
    return flat.reshape(shape, order="F" if fortran else "C")


def check_npy(name: str, raw: bytes) -> tuple[np.dtype, bool, tuple[int, ...], int]:
    """What `claims` says of a table that is within the limits, and whose length agrees with it; else ReadError."""
    dtype, fortran, dims, start = claims(name, raw)
    if len(dims) not in (1, 2):
        raise ReadError(
            f"{name} holds an array of {len(dims)} dimensions; a table needs 1 (one column) or 2 (rows, columns)."
        )
    check_length(name, raw, dtype, dims, start)
    rows, columns = dims if len(dims) == 2 else (*dims, 1)
    check_size(*((columns, rows) if lies(rows, columns) else (rows, columns)))
    return dtype, fortran, dims, start


def claims(name: str, raw: bytes) -> tuple[np.dtype, bool, tuple[int, ...], int]:
    """The type, order, shape and start of the numbers, as the header has them; ReadError unless it is sound."""
    header, start = header_of(name, raw)
    descr, order, shape = DESCR.search(header), ORDER.search(header), SHAPE.search(header)
    if not descr or not order or not shape:
        raise ReadError(f"The header of {name} is damaged; save the array again with numpy.save.")
    dtype = numeric_type(name, "V" if descr[2] else descr[1])
    sizes = [size.strip().removesuffix("L") for size in shape[1].split(",") if size.strip()]
    if not all(size.isdecimal() and len(size) < 19 for size in sizes):
        raise ReadError(f"The header of {name} claims an impossible shape; save the array again with numpy.save.")
    return dtype, order[1] == "True", tuple(int(size) for size in sizes), start


def check_length(name: str, raw: bytes, dtype: np.dtype, dims: tuple[int, ...], start: int) -> None:
    """Raise ReadError unless as many bytes follow the header as it claims."""
    claimed, held = math.prod(dims) * dtype.itemsize, len(raw) - start
    if claimed != held:
        said = f"{claimed:,}" if claimed < WHOLE else plain_power(float(claimed), 4).replace("\xa0", " ")
        raise ReadError(
            f"The header of {name} claims {said} bytes of numbers but the file holds {held:,}; "
            "it is damaged or cut short, so save it again."
        )


def header_of(name: str, raw: bytes) -> tuple[str, int]:
    """The header as text and where it ends."""
    version = raw[6:7]
    width = {b"\x01": 2, b"\x02": 4, b"\x03": 4}.get(version, 0)
    start = 8 + width
    length = int.from_bytes(raw[8:start], "little")
    if not width or len(raw) < start + length:
        raise ReadError(f"{name} is a damaged or shortened NPY file; save the array again with numpy.save.")
    if length > MAX_HEADER:
        raise ReadError(
            f"The header of {name} is {length:,} bytes long and the limit is {MAX_HEADER:,}; save a plain numeric array."
        )
    return raw[start : start + length].decode("latin-1"), start + length


def numeric_type(name: str, descr: str) -> np.dtype:
    """The numeric type called `descr`; ReadError naming what else it is."""
    plain = NUMERIC.fullmatch(descr)
    if plain:
        try:
            return np.dtype(descr)
        except TypeError:
            raise ReadError(f"{name} holds numbers of a type unknown here ({descr}); save it as float64.") from None
    what = REFUSED.get(descr.lstrip("<>=|")[:1], "values of an unknown type")
    raise ReadError(f"{name} holds {what}; save a plain array of numbers.")


def array_columns(array: Array, stem: str) -> tuple[tuple[Column, ...], tuple[str, ...]]:
    """The columns of a 1-D or 2-D numeric array, as float64, named after `stem`."""
    table = array.reshape(len(array), -1)
    names = [stem] if array.ndim == 1 else [f"{stem} {i}" for i in range(1, table.shape[1] + 1)]
    with np.errstate(over="ignore", invalid="ignore"):
        numbers = table.astype(np.float64)
    columns = tuple(number_column(n, numbers[:, i], digits(table, numbers[:, i])) for i, n in enumerate(names))
    notes = [] if array.dtype == np.float64 else [f"Numbers of type {array.dtype.name} are read as float64."]
    return columns, tuple(notes)


def digits(table: Array, column: Numbers) -> tuple[str, ...]:
    """A note where whole numbers are too large for float64."""
    large = table.dtype.kind in "iu" and len(column) > 0 and np.abs(column).max() > EXACT
    return ("Whole numbers beyond 2^53 lose their last digits.",) if large else ()
