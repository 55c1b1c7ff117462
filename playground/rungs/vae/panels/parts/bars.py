"""What a number of nats is made of, as bars."""

from collections.abc import Mapping
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from core.evaluation.metrics import Estimate
from playground.shown.density import axis, paint, words
from playground.shown.numbers import nice, written


def stacked(rows: Mapping[str, Mapping[str, Estimate]], roles: Mapping[str, str], title: str, dark: bool) -> Any:
    """One bar a row, of parts that add up, each with its value written on or after it; the ruler is the error of the sum."""
    cells: list[dict[str, Any]] = []
    ends: list[dict[str, Any]] = []
    for row, parts in rows.items():
        at = 0.0
        for part, value in parts.items():
            length = max(value.value, 0.0)
            cells.append({"row": row, "part": part, "from": at, "to": at + length, "nats": value.value})
            at += length
        error = float(np.sqrt(np.nansum([v.error**2 for v in parts.values()])))
        ends.append({"row": row, "low": at - error, "high": at + error, "total": at, "text": written(at, 3)})
    top = nice(1.15 * max(float(cell["to"]) for cell in cells))
    across, up = (
        axis("from", title, (0, top)).axis(tickCount=6),
        alt.Y("row:N", title=None, sort=list(rows), axis=alt.Axis(labelLimit=120)),
    )
    scale = alt.Scale(domain=list(roles), range=[paint(role, dark) for role in roles.values()])
    tip = [alt.Tooltip("part:N"), alt.Tooltip("nats:Q", format=".4g")]
    bars = alt.Chart(pd.DataFrame(cells)).mark_bar(clip=True, height={"band": 0.62})
    summed = alt.Chart(pd.DataFrame(ends))
    layers = [
        bars.encode(across, up, alt.X2("to:Q"), alt.Color("part:N", scale=scale, legend=None), tooltip=tip),
        summed.mark_rule(color=paint("text", dark), strokeWidth=2).encode(alt.X("low:Q"), alt.X2("high:Q"), up),
        summed.mark_text(align="left", dx=7, color=paint("text", dark)).encode(alt.X("high:Q"), up, alt.Text("text:N")),
    ]
    return alt.layer(*layers, *words(list(roles.items()), dark)).properties(height=44 * len(rows) + 84)
