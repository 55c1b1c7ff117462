"""Painting in curves. No Streamlit here."""

from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from playground.palette import ROLES

TOP = 8  # the largest guidance on the axis


def guidance(table: pd.DataFrame, at: float, dark: bool) -> Any:
    """The share that obeys with its interval, and variety, over the guidance w; columns w, right, low, high, diverse."""
    colours = {"right": ROLES["model"][dark], "diverse": ROLES["data"][dark]}
    x = alt.X("w:Q", title="guidance w", scale=alt.Scale(domain=[0, TOP], nice=False))
    scale = alt.Scale(domain=[0, 1.1], nice=False, clamp=True)
    here = alt.Chart(pd.DataFrame({"w": [at]})).mark_rule(color=ROLES["hand"][dark], strokeDash=[4, 4])
    whole = alt.Chart(pd.DataFrame({"y": [1.0]})).mark_rule(color=ROLES["truth"][dark], strokeDash=[6, 4])
    base = alt.Chart(table).encode(x)
    layers: list[Any] = [here.encode(x), whole.encode(alt.Y("y:Q", scale=scale))]
    for name, title, below in (("right", "obey, 95 % interval", -12), ("diverse", "variety, of the data's", 16)):
        colour = colours[name]
        up = alt.Y(f"{name}:Q", scale=scale, title="share", axis=alt.Axis(format="%", tickCount=5))
        layers.append(
            base.mark_line(color=colour, strokeWidth=2.5, point=alt.OverlayMarkDef(size=50, color=colour)).encode(up)
        )
        known = table.dropna(subset=[name]).tail(1).assign(of=title)
        near = float(known["w"].max()) > TOP / 2  # to the right end of the axis
        last = alt.Chart(known)
        words = last.mark_text(
            align="right" if near else "left", dx=0 if near else 10, dy=below, fontSize=13, color=colour
        )
        layers.append(words.encode(x, alt.Y(f"{name}:Q", scale=scale), alt.Text("of:N")))
    low = alt.Y("low:Q", scale=scale, title="share")
    layers.append(base.mark_rule(color=colours["right"], strokeWidth=1.5).encode(low, alt.Y2("high:Q")))
    return alt.layer(*layers).properties(height=300)


def distances(painted: np.ndarray, held: np.ndarray, dark: bool) -> Any:
    """How near pictures come to a training picture, as shares below each distance: painted ones, and held-out ones."""
    rows = []
    for name, values in (("painted", painted), ("held out", held)):
        ordered = np.sort(values)
        share = np.arange(1, len(ordered) + 1) / len(ordered)
        rows.append(pd.DataFrame({"distance": ordered, "share": share, "of": name}))
    table = pd.concat(rows)
    top = float(table["distance"].max()) * 1.05 or 1.0
    colours = alt.Scale(domain=["painted", "held out"], range=[ROLES[role][dark] for role in ("model", "data")])
    paint = alt.Color("of:N", scale=colours, legend=alt.Legend(orient="top", title=None))
    title = "to the nearest training picture (grey levels)"
    x = alt.X("distance:Q", title=title, scale=alt.Scale(domain=[0, top], nice=False))
    up = alt.Y("share:Q", title="share at most so far", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%"))
    drawn = alt.Chart(table).mark_line(interpolate="step-after", strokeWidth=2.5).encode(x, up, paint)
    return drawn.properties(height=260)
