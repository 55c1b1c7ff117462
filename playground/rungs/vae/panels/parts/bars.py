"""What a number of nats is made of, as bars."""

from collections.abc import Mapping

import numpy as np

from core.evaluation.metrics import Estimate
from playground.shown import vega
from playground.shown.density import paint, words
from playground.shown.numbers import nice, written
from playground.shown.vega import Part, axis, layer, number, word


def stacked(rows: Mapping[str, Mapping[str, Estimate]], roles: Mapping[str, str], title: str, dark: bool) -> Part:
    """One bar a row, of parts that add up, each with its value written on or after it; the ruler is the error of the sum."""
    cells: list[tuple[str, str, float, float, float]] = []
    ends: list[tuple[str, float, float, str]] = []
    for row, parts in rows.items():
        at = 0.0
        for part, value in parts.items():
            length = max(value.value, 0.0)
            cells.append((row, part, at, at + length, value.value))
            at += length
        error = float(np.sqrt(np.nansum([v.error**2 for v in parts.values()])))
        ends.append((row, at - error, at + error, written(at, 3)))
    whole = dict(zip(("row", "part", "from", "to", "nats"), zip(*cells, strict=True), strict=True))
    summed = dict(zip(("row", "low", "high", "text"), zip(*ends, strict=True), strict=True))
    across = axis("from", title, (0, nice(1.15 * max(whole["to"]))), axis={"tickCount": 6})
    up = word("row", title=None, sort=list(rows), axis={"labelLimit": 120})
    scale = {"domain": list(roles), "range": [paint(role, dark) for role in roles.values()]}
    tip = [word("part"), number("nats", format=".4g")]
    paints, ink = word("part", scale=scale, legend=None), paint("text", dark)
    box = {"x": across, "x2": {"field": "to"}, "y": up, "color": paints, "tooltip": tip}
    rule, said = (
        {"x": number("low"), "x2": {"field": "high"}, "y": up},
        {"x": number("high"), "y": up, "text": word("text")},
    )
    layers = [
        layer("bar", whole, box, clip=True, height={"band": 0.62}),
        layer("rule", summed, rule, color=ink, strokeWidth=2),
        layer("text", summed, said, align="left", dx=7, color=ink),
        *words(list(roles.items()), dark),
    ]
    return vega.layers(layers, 44 * len(rows) + 84)
