"""A chart on the page, in a place that is as high as the chart from the moment it is named."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Literal

import pyarrow as pa
import streamlit as st


def show(chart: Any, key: str, alt: str, where: Any = st, width: Literal["stretch", "content"] = "stretch") -> None:
    """A chart (of `shown.vega`, or Altair's), in the page or in the block `where`.

    Streamlit gives a chart no height before it is drawn, so that what follows would jump when it is. One of several cells
    (a facet) has no height of its own; it needs a place that is kept.
    """
    if isinstance(chart, dict):
        tables: dict[str, bytes] = {}
        spec = apart(chart, tables) | {"datasets": tables}
        where.vega_lite_chart(spec, key=key, alt=alt, width=width, height=chart.get("height", "content"))
        return
    height = getattr(chart, "height", None)
    tall = height if isinstance(height, int) else "content"
    where.altair_chart(chart, key=key, alt=alt, width=width, height=tall)


def apart(part: Mapping[str, Any], tables: dict[str, bytes]) -> dict[str, Any]:
    """The specification without its columns, which go to `tables` and leave their names there.

    A table is called by its content: the page draws anew what changed, and nothing else.
    """
    found = dict(part)
    if "data" in part:
        raw = arrow(part["data"])
        name = sha256(raw).hexdigest()
        tables[name], found["data"] = raw, {"name": name}
    if "layer" in part:
        found["layer"] = [apart(inner, tables) for inner in part["layer"]]
    return found


def arrow(columns: Mapping[str, Any]) -> bytes:
    """Columns as an Arrow stream; what is no number is no value."""
    table = pa.table({name: pa.array(values, from_pandas=True) for name, values in columns.items()})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return sink.getvalue().to_pybytes()
