"""A Table as bytes and back, for the pipe between the child that reads a file and the page that asked.

    8 bytes   length of the header, little-endian
    header    JSON: {"error": sentence, "ways": ...}, or name, digest, notes, decisions, choices, layout and the columns,
              each with its words if it has any
    body      the columns in order: float64 numbers, or int32 places in the column's list of words

The receiving side trusts nothing: every length, type and place is checked, and there is no pickle.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

import numpy as np

from core.data.readers.choices import Decision, Way, parse
from core.data.readers.table import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, Column, Layout, Obstacle, ReadError, Table

RECORD = ("name", "kind", "missing", "infinite", "notes", "unit", "spelling")


def pack_error(error: ReadError) -> bytes:
    """A refusal as bytes."""
    return frame({"error": str(error), "ways": written(error.ways)}, [])


def pack(table: Table) -> bytes:
    """A table as bytes."""
    columns, body = [], []
    for column in table.columns:
        record = {key: getattr(column, key) for key in RECORD}
        record["obstacle"] = asdict(column.obstacle) if column.obstacle else None
        if isinstance(column.values, np.ndarray):
            body.append(column.values.astype("<f8").tobytes())
        else:
            places = {word: i for i, word in enumerate(dict.fromkeys(column.values))}
            record["words"] = list(places)
            body.append(np.fromiter(map(places.__getitem__, column.values), "<i4", len(column)).tobytes())
        columns.append(record)
    head = {"name": table.name, "digest": table.digest, "notes": table.notes, "rows": table.rows, "columns": columns}
    head["decisions"] = [[one.said, one.open, written(one.ways)] for one in table.decisions]
    head["choices"] = table.choices.words()
    head["layout"] = asdict(table.layout) if table.layout else None
    return frame(head, body)


def written(ways: Iterable[Way]) -> list[list[str]]:
    """Ways as JSON has them."""
    return [[way.label, way.choices.words()] for way in ways]


def ways(found: Any) -> tuple[Way, ...]:
    """The ways that `written` wrote; ValueError for anything else."""
    return tuple(Way(text(label, 200), parse(text(words, 20_000))) for label, words in found)


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
    refused(head)
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
        decisions = tuple(
            Decision(text(said), ways(others), is_open is True) for said, is_open, others in head["decisions"]
        )
        layout = None if head["layout"] is None else laid_out(head["layout"])
        said = tuple(map(text, head["notes"]))
        choices = parse(text(head["choices"], 20_000))
        return Table(text(head["name"]), tuple(columns), said, text(head["digest"], 12), decisions, choices, layout)
    except (KeyError, TypeError, AttributeError, OverflowError) as error:
        raise ValueError(f"the header is not a table: {error!r}") from None


def refused(head: Any) -> None:
    """Raise the ReadError that a reply's header holds, if it holds one."""
    if isinstance(head, dict) and "error" in head:
        try:
            offered = ways(head["ways"])
        except (KeyError, TypeError) as error:
            raise ValueError(f"the header is no refusal: {error!r}") from None
        raise ReadError(text(head["error"], 1000), offered)


def laid_out(found: dict[str, Any]) -> Layout:
    """The Layout that a header holds."""
    skipped, names = tuple(map(int, found["skipped"])), tuple(map(text, found["names"]))
    marks = {key: text(found[key], 20) for key in ("encoding", "separator", "decimal", "thousands", "quote")}
    return Layout(skipped=skipped, names=names, width=int(found["width"]), **marks)


def take(record: dict[str, Any], rows: int, reply: bytes, start: int) -> tuple[Column, int]:
    """The column that a record describes, its body at `start`, and where the body ends."""
    words = record.get("words")
    size = 8 if words is None else 4
    end = start + rows * size
    if end > len(reply):
        raise ValueError("the reply ends within a column")
    values = np.frombuffer(reply, "<f8" if words is None else "<i4", rows, start)
    said: dict[str, Any] = {key: text(record[key]) for key in ("name", "kind", "unit", "spelling")}
    said |= {"missing": int(record["missing"]), "infinite": int(record["infinite"])}
    said |= {"notes": tuple(map(text, record["notes"])), "obstacle": obstacle(record["obstacle"])}
    if words is None:
        return Column(values=values.astype(float), **said), end
    if not all(isinstance(word, str) for word in words) or values.min() < 0 or values.max() >= len(words):
        raise ValueError("a word is missing")
    return Column(values=tuple(words[i] for i in values), **said), end


def obstacle(found: Any) -> Obstacle | None:
    """The Obstacle that a record holds, if it holds one."""
    if found is None:
        return None
    row, line, count = (int(found[key]) for key in ("row", "line", "count"))
    return Obstacle(row, line, text(found["cell"]), count, float(found["share"]))


def text(value: Any, limit: int = 2000) -> str:
    """`value` if it is a string of at most `limit` characters; else ValueError."""
    if not isinstance(value, str) or len(value) > limit:
        raise ValueError("a string was expected")
    return value
