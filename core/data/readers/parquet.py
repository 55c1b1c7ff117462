"""Parquet files, by pyarrow: the footer's counts are capped before a column is read.

The sizes a footer declares are those of the encoded pages (455 kB may hold 10^8 rows), so rows x columns x 8 bytes counts
as well. Nested and binary columns are never read, and said to be left out.
"""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyarrow.types as types

from core.data.readers.cells import EXACT, number_column
from core.data.readers.table import MAX_INFLATED, Column, ReadError, check_size, clean, column_names, listed
from core.data.readers.text.columns import read_column

BROKEN = (pa.ArrowException, ValueError, OSError, KeyError, OverflowError)
"""What pyarrow raises for files that lie."""


def read_parquet(name: str, raw: bytes) -> tuple[tuple[Column, ...], tuple[str, ...]]:
    """The flat columns of a Parquet file; ReadError for a damaged or too large file, or one with no flat column."""
    try:
        file = pq.ParquetFile(pa.BufferReader(raw))
        check_footer(name, file.metadata)
        usable, left_out = flat_fields(file.schema_arrow)
        if not usable:
            raise ReadError(
                f"{name} has no column of numbers, words or dates ({listed(left_out, 3)}); save flat columns."
            )
        table = file.read(columns=usable, use_threads=False)
        if table.num_columns == 0 or table.num_rows != file.metadata.num_rows:
            raise ValueError("the footer disagrees with the columns")
        check_inflated(name, table.nbytes)
        table.validate(full=True)
        columns = tuple(to_columns(table))
    except ReadError:
        raise
    except MemoryError:
        raise ReadError(f"{name} needs more memory to read than is allowed; keep fewer rows or columns.") from None
    except BROKEN:
        raise ReadError(f"{name} is not a readable Parquet file: it is damaged or cut short; save it again.") from None
    notes = (f"Parquet columns that are not plain values are left out: {listed(left_out)}.",) if left_out else ()
    names, renamed = column_names([column.name for column in columns])
    renumbered = (
        Column(n, c.kind, c.values, c.missing, c.infinite, c.notes) for n, c in zip(names, columns, strict=True)
    )
    return tuple(renumbered), (*notes, *renamed)


def check_footer(name: str, footer: pq.FileMetaData) -> None:
    """Raise ReadError for a file that would be too large to hold, judged by its footer alone."""
    check_size(footer.num_rows, footer.num_columns)
    # Not by way of each column: pyarrow ends the process for some damaged columns that `read` merely refuses.
    check_inflated(name, sum(footer.row_group(i).total_byte_size for i in range(footer.num_row_groups)))


def check_inflated(name: str, size: int) -> None:
    """Raise ReadError if columns of `size` bytes are more than is allowed."""
    if size > MAX_INFLATED:
        raise ReadError(
            f"{name} inflates to {size / 1e6:,.0f} MB and the limit is {MAX_INFLATED / 1e6:.0f} MB; "
            "keep fewer rows or columns."
        )


def flat_fields(schema: pa.Schema) -> tuple[list[str], list[str]]:
    """The names of the columns that can be read, and of those that cannot."""
    usable: list[str] = []
    left_out: list[str] = []
    for field in schema:
        (usable if is_number(field.type) or is_word(field.type) or is_date(field.type) else left_out).append(field.name)
    return usable, left_out


def is_number(kind: pa.DataType) -> bool:
    """Whether the type casts to float64."""
    tests = (types.is_integer, types.is_floating, types.is_boolean, types.is_decimal, types.is_null)
    return any(test(kind) for test in tests)


def is_word(kind: pa.DataType) -> bool:
    """Whether the type is text, plain or by dictionary."""
    if types.is_dictionary(kind):
        return is_word(kind.value_type)
    return types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind)


def is_date(kind: pa.DataType) -> bool:
    """Whether the type is a day or a moment."""
    return types.is_date(kind) or types.is_timestamp(kind)


def to_columns(table: pa.Table) -> Iterator[Column]:
    """Each flat column of an Arrow table as ours."""
    for field, cells in zip(table.schema, table.columns, strict=True):
        if is_number(field.type):
            yield from_numbers(field.name, cells)
        elif is_word(field.type) or is_date(field.type):
            yield from_words(field, cells)


def from_numbers(name: str, cells: pa.ChunkedArray) -> Column:
    """A column of float64, a null as nan."""
    values = np.array(cells.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False), dtype=float)
    notes = []
    if types.is_decimal(cells.type):
        notes.append("Decimal numbers are read as float64.")
    if types.is_boolean(cells.type):
        notes.append("False and true are read as 0 and 1.")
    if types.is_integer(cells.type) and np.nanmax(np.abs(values), initial=0.0) > EXACT:
        notes.append("Whole numbers beyond 2^53 lose their last digits.")
    return number_column(name, values, tuple(notes))


def from_words(field: pa.Field, cells: pa.ChunkedArray) -> Column:
    """A column of words, a null as the empty word; dates as they are written by ISO 8601."""
    utc = ""
    if types.is_timestamp(field.type) and field.type.tz:
        cells, utc = cells.cast(pa.timestamp(field.type.unit)), "Z"  # moments are stored in UTC, whatever the zone
    words = ["" if word is None else word + utc for word in cells.cast(pa.string()).to_pylist()]
    if sum(map(len, set(words))) > MAX_INFLATED:
        raise ReadError(f"The column {clean(field.name, 40)} holds too much text; leave it out.")
    return read_column(field.name, words)
