"""Arrays to charts. One palette, fixed meanings; no Streamlit here."""

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from core.mixture.select import Judged
from playground.palette import ROLES


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
    long = table.melt("K", ["BIC", "AIC"], "criterion", "nats").dropna()
    paint = alt.Color(
        "criterion:N",
        scale=alt.Scale(domain=["BIC", "AIC"], range=[colour["model"], colour["data"]]),
        legend=alt.Legend(orient="top", title=None),
    )
    base = alt.Chart(long).encode(k, alt.Y("nats:Q", scale=alt.Scale(zero=False), title="nats (less is better)"), paint)
    layers = [base.mark_line(strokeWidth=2), base.mark_point(filled=True, size=45)]
    if chosen is not None:
        mark = alt.Chart(pd.DataFrame({"K": [chosen]})).encode(alt.X("K:Q"))
        layers.insert(0, mark.mark_rule(strokeDash=[4, 4], color=colour["hand"], strokeWidth=2))
    held = alt.Chart(table.dropna()).encode(k)
    score = alt.Y("held out:Q", scale=alt.Scale(zero=False), title="held out (nats)")
    bars = held.mark_rule(color=colour["truth"], strokeWidth=2).encode(
        alt.Y("low:Q", title="held out (nats)"), alt.Y2("high:Q")
    )
    dots = held.mark_point(filled=True, size=45, color=colour["truth"]).encode(score)
    return {
        "BIC and AIC over K": alt.layer(*layers).properties(height=270),
        "held-out log-likelihood over K": alt.layer(bars, dots).properties(height=190),
    }
