"""Charts read back as a browser reads them: what is sent must be valid Vega-Lite, and name columns that are there."""

import altair as alt
import pyarrow as pa

from playground import plot


def sent(chart):
    """The specification that leaves for the browser, held to Vega-Lite's schema, and its tables by their names."""
    tables = {}
    spec = plot.apart(chart, tables)
    alt.Chart.from_dict(spec)  # raises for anything that the schema does not know
    return spec, {name: pa.ipc.open_stream(raw).read_all().to_pylist() for name, raw in tables.items()}


def layers(chart):
    """(mark, encoding, rows) of every layer."""
    spec, tables = sent(chart)
    found = []
    for part in spec["layer"]:
        data = tables[part["data"]["name"]]
        found.append((part["mark"], part["encoding"], data))
        assert not data or set(fields(part["encoding"])) <= set(data[0])
    return found


def fields(encoding):
    """The columns that an encoding asks for."""
    for channel in encoding.values():
        for one in channel if isinstance(channel, list) else [channel]:
            if "field" in one:
                yield one["field"]


def rows(chart):
    """The rows of all tables, each table once."""
    return [row for table in sent(chart)[1].values() for row in table]
