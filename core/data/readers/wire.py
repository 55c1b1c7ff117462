"""A Table as bytes and back, for the pipe between the child that reads a file and the page that asked.

    8 bytes   length of the header, little-endian
    header    JSON: {"error": sentence}, or name, digest, notes and the columns, each with its words if it has any
    body      the columns in order: float64 numbers, or int32 places in the column's list of words

The receiving side trusts nothing: every length, type and place is checked, and there is no pickle.
"""

import json
from typing import Any

import numpy as np

from core.data.readers.table import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, Column, ReadError, Table

MAX_REPLY = 512_000_000
"""The longest reply that is taken from a child, in bytes."""


def pack_error(sentence: str) -> bytes:
    """A refusal as bytes."""
    return frame({"error": sentence}, [])


def pack(table: Table) -> bytes:
    """A table as bytes."""
    columns, body = [], []
    for column in table.columns:
        record = {key: getattr(column, key) for key in ("name", "kind", "missing", "infinite", "notes")}
        if isinstance(column.values, np.ndarray):
            body.append(column.values.astype("<f8").tobytes())
        else:
            places = {word: i for i, word in enumerate(dict.fromkeys(column.values))}
            record["words"] = list(places)
            body.append(np.fromiter(map(places.__getitem__, column.values), "<i4", len(column)).tobytes())
        columns.append(record)
    head = {"name": table.name, "digest": table.digest, "notes": table.notes, "rows": table.rows, "columns": columns}
    return frame(head, body)


def frame(head: dict[str, Any], body: list[bytes]) -> bytes:
    """Header length, header and body in one."""
    header = json.dumps(head).encode()
    return b"".join([len(header).to_bytes(8, "little"), header, *body])


def unpack(reply: bytes) -> Table:
    """The table in a reply; ReadError if the reply is a refusal, ValueError if it is not a reply at all."""
    end = 8 + int.from_bytes(reply[:8], "little")
    if not 8 < end <= len(reply):
        raise ValueError("the header is longer than the reply")
    head = json.loads(reply[8:end])
    if isinstance(head, dict) and set(head) == {"error"}:
        raise ReadError(text(head["error"], 1000))
    try:
        rows, records = int(head["rows"]), head["columns"]
        if not (0 < rows <= MAX_ROWS and 0 < len(records) <= MAX_COLUMNS and rows * len(records) <= MAX_CELLS):
            raise ValueError("the table is empty or too large")
        columns = []
        for record in records:
            column, end = take(record, rows, reply, end)
            columns.append(column)
        if end != len(reply):
            raise ValueError("the reply is longer than its columns")
        return Table(text(head["name"]), tuple(columns), tuple(map(text, head["notes"])), text(head["digest"], 12))
    except (KeyError, TypeError, AttributeError, OverflowError) as error:
        raise ValueError(f"the header is not a table: {error!r}") from None


def take(record: dict[str, Any], rows: int, reply: bytes, start: int) -> tuple[Column, int]:
    """The column that a record describes, its body at `start`, and where the body ends."""
    words = record.get("words")
    size = 8 if words is None else 4
    end = start + rows * size
    if end > len(reply):
        raise ValueError("the reply ends within a column")
    values = np.frombuffer(reply, "<f8" if words is None else "<i4", rows, start)
    notes = tuple(map(text, record["notes"]))
    counts = int(record["missing"]), int(record["infinite"])
    if words is None:
        return Column(text(record["name"]), record["kind"], values.astype(float), *counts, notes), end
    if not all(isinstance(word, str) for word in words) or values.min() < 0 or values.max() >= len(words):
        raise ValueError("a word is missing")
    return Column(text(record["name"]), record["kind"], tuple(words[i] for i in values), *counts, notes), end


def text(value: Any, limit: int = 2000) -> str:
    """`value` if it is a string of at most `limit` characters; else ValueError."""
    if not isinstance(value, str) or len(value) > limit:
        raise ValueError("a string was expected")
    return value
