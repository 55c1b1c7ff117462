"""Arrays to charts. One palette, fixed meanings; no Streamlit here."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import altair as alt
import numpy as np
import pandas as pd
from jaxtyping import Float

from core.laws.bins import Histogram
from core.mixture.select import Judged
from playground.palette import ROLES
from playground.shown.criteria import LESS

DASH = {"truth": [6, 4], "model": [1, 0]}


def selection(rows: Sequence[Judged], chosen: int | None, most: int, dark: bool) -> dict[str, Any]:
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
    k = alt.X(
        "K:Q", scale=alt.Scale(domain=[0.5, most + 0.5], nice=False), axis=alt.Axis(values=list(range(1, most + 1)))
    )
    long = table.melt("K", ["BIC", "AIC"], "criterion", "value").dropna()
    paint = alt.Color(
        "criterion:N",
        scale=alt.Scale(domain=["BIC", "AIC"], range=[colour["model"], colour["data"]]),
        legend=alt.Legend(orient="top", title=None),
    )
    base = alt.Chart(long).encode(k, alt.Y("value:Q", scale=alt.Scale(zero=False), title=LESS), paint)
    layers = [base.mark_line(strokeWidth=2), base.mark_point(filled=True, size=45)]
    if chosen is not None:
        mark = alt.Chart(pd.DataFrame({"K": [chosen]})).encode(alt.X("K:Q"))
        layers.insert(0, mark.mark_rule(strokeDash=[4, 4], color=colour["hand"], strokeWidth=2))
    seen = table.dropna()
    held, title = alt.Chart(seen).encode(k), "held out (nats per point)"
    scale = alt.Scale(zero=False) if len(seen) else alt.Scale(domain=fitted(rows))  # an axis without values has no ends
    aria = len(seen) > 0  # a mark of nothing has no name to be read out
    bars = held.mark_rule(color=colour["truth"], strokeWidth=2, aria=aria).encode(
        alt.Y("low:Q", scale=scale, title=title), alt.Y2("high:Q")
    )
    dots = held.mark_point(filled=True, size=45, color=colour["truth"], aria=aria).encode(
        alt.Y("held out:Q", scale=scale, title=title)
    )
    return {
        "BIC and AIC over K": alt.layer(*layers).properties(height=270),
        "held-out log-likelihood over K": alt.layer(bars, dots).properties(height=190),
    }


def fitted(rows: Sequence[Judged]) -> list[float]:
    """Ends of an axis of nats per point, from what the points that were fitted have."""
    known = [r.log_likelihood for r in rows if np.isfinite(r.log_likelihood)] or [0.0]
    return [min(known) - 0.5, max(known) + 0.5]


def density(
    histogram: Histogram,
    grid: Float[np.ndarray, " g"],
    lines: Mapping[str, tuple[str, Float[np.ndarray, " g"]]],
    x: tuple[str, tuple[float, float]],
    y: tuple[str, float],
    dark: bool,
) -> Any:
    """Bars in the data's colour and, by role, named curves of densities at `grid`; `x` is (title, domain), `y` (title, top)."""
    bars = pd.DataFrame({"from": histogram.edges[:-1], "to": histogram.edges[1:], "density": histogram.heights})
    across = alt.X("from:Q", title=x[0], scale=alt.Scale(domain=list(x[1]), nice=False))
    up = alt.Y("density:Q", title=y[0], scale=alt.Scale(domain=[0, y[1]], nice=False))
    boxes = alt.Chart(bars).mark_bar(color=ROLES["data"][dark], opacity=0.45, clip=True)
    layers = [boxes.encode(across, alt.X2("to"), up, y2=alt.datum(0), tooltip=["from", "to", "density"])]
    for role, (_, values) in lines.items():
        curve = pd.DataFrame({"x": grid, "density": np.where(np.isfinite(values), values, np.nan)}).dropna()
        drawn = alt.Chart(curve).mark_line(color=ROLES[role][dark], strokeWidth=2.5, strokeDash=DASH[role], clip=True)
        layers.append(drawn.encode(alt.X("x:Q"), alt.Y("density:Q")))
    names = {"data": f"{histogram.counts.sum():,} points"} | {role: name for role, (name, _) in lines.items()}
    return alt.layer(*layers, *labels(names, dark)).properties(height=330)


def labels(names: Mapping[str, str], dark: bool, side: Literal["left", "right"] = "right") -> list[Any]:
    """Words in the colour of what they name, in an upper corner."""
    blank = alt.Chart(pd.DataFrame({"at": [0]}))
    return [
        blank.mark_text(align=side, baseline="top", fontSize=13, fontWeight=600, color=ROLES[role][dark]).encode(
            x=alt.value("width" if side == "right" else 6), y=alt.value(4 + 18 * i), text=alt.value(name)
        )
        for i, (role, name) in enumerate(names.items())
    ]
