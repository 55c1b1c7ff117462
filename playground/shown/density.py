"""Named curves, marks and bars: the parts that charts of densities are made of. No Streamlit here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from core.dataset import Dataset
from core.laws import bins
from core.laws.bins import Histogram
from playground.palette import ROLES, SURFACE

Domain = tuple[float, float]


@dataclass(frozen=True)
class Curve:
    """A line to draw: its word, its role in the palette, and `y` at every `x`."""

    word: str
    role: str
    x: np.ndarray
    y: np.ndarray


def paint(role: str, dark: bool) -> str:
    """The colour of a role, or of text ("text", "quiet", "stage")."""
    return (ROLES.get(role) or SURFACE[role])[dark]


def axis(field: str, title: str, domain: Domain, log: bool = False, cls: Any = alt.X) -> Any:
    """A fixed axis."""
    scale = alt.Scale(domain=list(domain), nice=False, type="log" if log else "linear")
    return cls(f"{field}:Q", title=title, scale=scale)


def words(curves: Sequence[tuple[str, str]], dark: bool) -> list[Any]:
    """The lines' words in their colours, in a row above the picture: (word, role)."""
    layers, at = [], 0.0
    for word, role in curves:
        text = alt.Chart(pd.DataFrame({"word": [word]})).encode(alt.Text("word:N"), alt.XValue(at), alt.YValue(-7))
        layers.append(text.mark_text(align="left", baseline="bottom", fontWeight=600, color=paint(role, dark)))
        at += 7.2 * len(word) + 16
    return layers


def lines(curves: Sequence[Curve], across: Any, up: Any, dark: bool) -> list[Any]:
    """One layer a curve; the truth and the past are dashed."""
    layers = []
    for curve in curves:
        table = pd.DataFrame({"x": curve.x, "y": curve.y, "curve": curve.word})
        dash = [6, 4] if curve.role in ("truth", "noise") else [1, 0]
        thick = 5 if curve.word == "likelihood" else 2.2  # it often lies under the posterior
        tip = [alt.Tooltip("curve:N"), alt.Tooltip("x:Q", format=".4g"), alt.Tooltip("y:Q", format=".4g")]
        line = alt.Chart(table).encode(across, up, tooltip=tip)
        layers.append(
            line.mark_line(
                strokeWidth=thick,
                opacity=0.55 if thick > 3 else 1,
                strokeDash=dash,
                color=paint(curve.role, dark),
                clip=True,
            )
        )
    return layers


def marks(named: Mapping[str, tuple[float, str]], across: Any, dark: bool, stairs: bool = False) -> list[Any]:
    """Upright rules under their names, which stand side by side for two, in stairs for more; name -> (place, role)."""
    rules, names, ordered = [], [], sorted(named.items(), key=lambda item: item[1][0])
    for i, (name, (place, role)) in enumerate(ordered):
        base = alt.Chart(pd.DataFrame({"x": [place], "mark": [name]})).encode(
            across, tooltip=[alt.Tooltip("mark:N"), alt.Tooltip("x:Q")]
        )
        colour = paint(role, dark)
        dash = [6, 4] if role == "truth" else [1, 0]
        rules.append(base.mark_rule(color=colour, strokeWidth=1.6, strokeDash=dash, clip=True))
        left = i == 0 and len(ordered) > 1 and not stairs
        at: dict[str, Any] = {"align": "right" if left else "left", "dx": -4 if left else 4, "clip": True}
        for ink in ({"stroke": paint("page", dark), "strokeWidth": 4}, {"color": colour}):  # a halo, for rules cross it
            text = base.mark_text(**at, **ink)
            names.append(text.encode(alt.Text("mark:N"), alt.YValue(9 + 14 * i * stairs)))
    return [*rules, *names]


def bars(
    histogram: Histogram, curves: Sequence[Curve], title: str, domain: Domain, top: float, dark: bool, height: int = 340
) -> Any:
    """Curves over the bars of a histogram, both as densities."""
    across = axis("x", title, domain)
    up = axis("y", "density", (0, top), cls=alt.Y)
    table = pd.DataFrame(
        {"x": histogram.edges[:-1], "to": histogram.edges[1:], "y": histogram.heights, "count": histogram.counts}
    )
    tip = [alt.Tooltip(f"{f}:Q", format=".4g") for f in ("x", "to", "count", "y")]
    drawn = alt.Chart(table).encode(across, up, alt.X2("to:Q"), alt.Y2(datum=0), tooltip=tip)
    blue = paint("data", dark)
    layers = [drawn.mark_rect(color=blue, opacity=0.35, stroke=paint("stage", dark), strokeWidth=0.6, clip=True)]
    layers += lines(curves, across, up, dark)
    named = [("data", "data"), *((c.word, c.role) for c in curves)]
    return alt.layer(*layers, *words(named, dark)).properties(height=height)


def span(dataset: Dataset) -> Domain:
    """The fixed axis of a column."""
    return float(dataset.bounds[0, 0]), float(dataset.bounds[0, 1])


def ceiling(dataset: Dataset) -> float:
    """The top of a density's axis, the same whatever is drawn."""
    return 1.5 * float(bins.histogram(dataset.points).heights.max())
