"""Densities to charts: curves over bars, beliefs about mu and sigma, and what a bandwidth costs. No Streamlit here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from core.bins import Histogram
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
        text = alt.Chart(pd.DataFrame({"word": [word]})).encode(alt.Text("word:N"), x=alt.value(at), y=alt.value(-7))
        layers.append(text.mark_text(align="left", baseline="bottom", fontWeight=600, color=paint(role, dark)))
        at += 7.2 * len(word) + 16
    return layers


def lines(curves: Sequence[Curve], across: Any, up: Any, dark: bool) -> list[Any]:
    """One layer a curve; the truth and the past are dashed."""
    layers = []
    for curve in curves:
        table = pd.DataFrame({"x": curve.x, "y": curve.y, "curve": curve.word})
        dash = [6, 4] if curve.role in ("truth", "noise") else [1, 0]
        tip = [alt.Tooltip("curve:N"), alt.Tooltip("x:Q", format=".4g"), alt.Tooltip("y:Q", format=".4g")]
        line = alt.Chart(table).encode(across, up, tooltip=tip)
        layers.append(line.mark_line(strokeWidth=2.2, strokeDash=dash, color=paint(curve.role, dark), clip=True))
    return layers


def marks(named: Mapping[str, tuple[float, str]], across: Any, dark: bool, stairs: bool = False) -> list[Any]:
    """Upright rules with their names: side by side for two, in stairs for more; name -> (place, role)."""
    layers, ordered = [], sorted(named.items(), key=lambda item: item[1][0])
    for i, (name, (place, role)) in enumerate(ordered):
        base = alt.Chart(pd.DataFrame({"x": [place], "mark": [name]})).encode(across, tooltip=["mark:N", "x:Q"])
        colour = paint(role, dark)
        dash = [6, 4] if role == "truth" else [1, 0]
        layers.append(base.mark_rule(color=colour, strokeWidth=1.6, strokeDash=dash, clip=True))
        left = i == 0 and len(ordered) > 1 and not stairs
        text = base.mark_text(align="right" if left else "left", dx=-4 if left else 4, color=colour, clip=True)
        layers.append(text.encode(alt.Text("mark:N"), y=alt.value(9 + 14 * i * stairs)))
    return layers


def beliefs(
    curves: Sequence[Curve],
    marked: Mapping[str, tuple[float, str]],
    band: Domain | None,
    title: str,
    domain: Domain,
    dark: bool,
) -> Any:
    """Prior, likelihood and posterior of one parameter, each scaled to height 1, over the posterior's 95 % interval."""
    across = axis("x", title, domain)
    up = axis("y", "density / its peak", (0, 1.18), cls=alt.Y)
    scaled = [Curve(c.word, c.role, c.x, c.y / c.y.max()) for c in curves if c.y.max() > 0]
    layers = []
    if band is not None:
        low, high = np.clip(band, *domain)
        area = alt.Chart(pd.DataFrame({"x": [low], "high": [high]})).encode(across, alt.X2("high:Q"))
        layers.append(area.mark_rect(color=paint("model", dark), opacity=0.16))
    layers += lines(scaled, across, up, dark) + marks(marked, across, dark)
    return alt.layer(*layers, *words([(c.word, c.role) for c in curves], dark)).properties(height=165)


def joint(
    mus: np.ndarray,
    sigmas: np.ndarray,
    height: np.ndarray,
    path: Sequence[tuple[int, float, float]],
    marked: Mapping[str, tuple[float, float, str]],
    titles: tuple[str, str],
    domains: tuple[Domain, Domain],
    dark: bool,
) -> Any:
    """The posterior over (mu, sigma) as a map, the MAP's path as points come in, and named points."""
    across = axis("x", titles[0], domains[0])
    up = axis("y", titles[1], domains[1], cls=alt.Y)
    du, dv = (mus[1] - mus[0]) / 2, (sigmas[1] - sigmas[0]) / 2
    x, y = (a.ravel() for a in np.meshgrid(mus, sigmas))
    cells = pd.DataFrame({"x": x - du, "x2": x + du, "y": y - dv, "y2": y + dv, "height": height.ravel()})
    cells = cells[cells["height"] > 0.004]
    ramp = alt.Scale(domain=[0, 1], range=[paint("stage", dark), paint("model", dark)])
    colour = alt.Color("height:Q", scale=ramp, legend=None)
    layers = [alt.Chart(cells).mark_rect(clip=True).encode(across, up, alt.X2("x2:Q"), alt.Y2("y2:Q"), colour)]
    way = pd.DataFrame(path, columns=["n", "x", "y"])
    step = alt.Chart(way).encode(across, up, order="n:Q", tooltip=["n:Q", "x:Q", "y:Q"])
    layers.append(step.mark_line(color=paint("noise", dark), strokeWidth=1.4, clip=True))
    layers.append(step.mark_point(color=paint("noise", dark), filled=True, size=22, clip=True))
    for name, (m, s, role) in marked.items():
        dot = alt.Chart(pd.DataFrame({"x": [m], "y": [s], "mark": [name]})).encode(across, up, tooltip=["mark:N"])
        left = name == "MLE"
        shape = {"filled": not left, "shape": "diamond" if left else "circle"}
        layers.append(dot.mark_point(size=90, strokeWidth=2, color=paint(role, dark), opacity=1, clip=True, **shape))
        text = dot.mark_text(align="right" if left else "left", dx=-8 if left else 8, dy=-8, fontWeight=600, clip=True)
        layers.append(text.encode(alt.Text("mark:N"), color=alt.value(paint("text", dark))))
    return alt.layer(*layers).properties(height=270)


def bars(
    histogram: Histogram, curves: Sequence[Curve], title: str, domain: Domain, top: float, dark: bool, height: int = 300
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


def widths(
    curves: Sequence[Curve],
    marked: Mapping[str, tuple[float, str]],
    titles: tuple[str, str],
    domains: tuple[Domain, Domain],
    dark: bool,
) -> Any:
    """Curves over the bandwidth (log axis) with the rules' choices marked."""
    across = axis("x", titles[0], domains[0], log=True)
    up = axis("y", titles[1], domains[1], cls=alt.Y)
    layers = lines(curves, across, up, dark) + marks(marked, across, dark, stairs=True)
    return alt.layer(*layers, *words([(c.word, c.role) for c in curves], dark)).properties(height=230)
