"""Arrays to charts. One palette, fixed meanings; no Streamlit here."""

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import pandas as pd
from jaxtyping import Float

from core.laws.bins import Histogram
from core.mixture.select import Judged
from playground.palette import ROLES
from playground.shown import vega
from playground.shown.criteria import LESS
from playground.shown.vega import Domain, Part, axis, layer, number, word

DASH = {"truth": [6, 4], "model": [1, 0]}


def selection(rows: Sequence[Judged], chosen: int | None, most: int, dark: bool) -> dict[str, Part]:
    """BIC and AIC over K with the chosen K marked, and the held-out log-likelihood with its standard error."""
    colour = {role: pair[dark] for role, pair in ROLES.items()}
    table = pd.DataFrame(
        {
            "K": [r.components for r in rows],
            "BIC": [r.bic for r in rows],
            "AIC": [r.aic for r in rows],
            "held out": [r.held_out.value for r in rows],
            "low": [r.held_out.value - r.held_out.error for r in rows],
            "high": [r.held_out.value + r.held_out.error for r in rows],
        }
    )
    k = number("K", scale={"domain": [0.5, most + 0.5], "nice": False}, axis={"values": list(range(1, most + 1))})
    long = table.melt("K", ["BIC", "AIC"], "criterion", "value").dropna().to_dict("list")
    ramp = {"domain": ["BIC", "AIC"], "range": [colour["model"], colour["data"]]}
    paint = word("criterion", scale=ramp, legend={"orient": "top", "title": None})
    cost = {"x": k, "y": number("value", scale={"zero": False}, title=LESS), "color": paint}
    layers = [layer("line", long, cost, strokeWidth=2), layer("point", long, cost, filled=True, size=45)]
    if chosen is not None:
        look = {"strokeDash": [4, 4], "color": colour["hand"], "strokeWidth": 2}
        layers.insert(0, layer("rule", {"K": [chosen]}, {"x": number("K")}, **look))
    held, title = table.dropna().to_dict("list"), "held out (nats)"
    scale = {"zero": False} if held["K"] else {"domain": fitted(rows)}  # an axis without values has no ends
    aria = bool(held["K"])  # a mark of nothing has no name to be read out
    ends = {"x": k, "y": number("low", scale=scale, title=title), "y2": {"field": "high"}}
    score = {"x": k, "y": number("held out", scale=scale, title=title)}
    scores = [
        layer("rule", held, ends, color=colour["truth"], strokeWidth=2, aria=aria),
        layer("point", held, score, filled=True, size=45, color=colour["truth"], aria=aria),
    ]
    return {
        "BIC and AIC over K": vega.layers(layers, 270),
        "held-out log-likelihood over K": vega.layers(scores, 190),
    }


def fitted(rows: Sequence[Judged]) -> list[float]:
    """Ends of an axis of nats per point, from what the points that were fitted have."""
    known = [r.log_likelihood for r in rows if np.isfinite(r.log_likelihood)] or [0.0]
    return [min(known) - 0.5, max(known) + 0.5]


def density(
    histogram: Histogram,
    grid: Float[np.ndarray, " g"],
    lines: Mapping[str, tuple[str, Float[np.ndarray, " g"]]],
    x: tuple[str, Domain],
    y: tuple[str, float],
    dark: bool,
) -> Part:
    """Bars in the data's colour and, by role, named curves of densities at `grid`; `x` is (title, domain), `y` (title, top)."""
    bars = {"from": histogram.edges[:-1], "to": histogram.edges[1:], "density": histogram.heights}
    encoding = {
        "x": axis("from", *x),
        "x2": {"field": "to"},
        "y": axis("density", y[0], (0, y[1])),
        "y2": {"datum": 0},
        "tooltip": [number(name) for name in bars],
    }
    layers = [layer("bar", bars, encoding, color=ROLES["data"][dark], opacity=0.45, clip=True)]
    for role, (_, values) in lines.items():
        known = np.isfinite(values)
        look = {"color": ROLES[role][dark], "strokeWidth": 2.5, "strokeDash": DASH[role], "clip": True}
        curve = {"x": grid[known], "density": values[known]}
        layers.append(layer("line", curve, {"x": number("x"), "y": number("density")}, **look))
    names = {"data": f"{histogram.counts.sum():,} points"} | {role: name for role, (name, _) in lines.items()}
    return vega.layers(layers + labels(names, dark), 330)


def labels(names: Mapping[str, str], dark: bool, side: Literal["left", "right"] = "right") -> list[Part]:
    """Words in the colour of what they name, in an upper corner."""
    look = {"align": side, "baseline": "top", "fontSize": 13, "fontWeight": 600}
    place = "width" if side == "right" else 6
    return [
        layer(
            "text",
            {"at": [0]},
            {"x": {"value": place}, "y": {"value": 4 + 18 * i}, "text": {"value": name}},
            color=ROLES[role][dark],
            **look,
        )
        for i, (role, name) in enumerate(names.items())
    ]
