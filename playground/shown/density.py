"""Named curves, marks and bars: the parts that charts of densities are made of. No Streamlit here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.dataset import Dataset
from core.laws import bins
from core.laws.bins import Histogram
from playground.palette import ROLES, SURFACE
from playground.shown import vega
from playground.shown.vega import Domain, Part, axis, layer, number, word


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


def words(curves: Sequence[tuple[str, str]], dark: bool) -> list[Part]:
    """The lines' words in their colours, in a row above the picture: (word, role)."""
    layers, at = [], 0.0
    for said, role in curves:
        encoding = {"text": word("word"), "x": {"value": at}, "y": {"value": -7}}
        look = {"align": "left", "baseline": "bottom", "fontWeight": 600, "color": paint(role, dark)}
        layers.append(layer("text", {"word": [said]}, encoding, **look))
        at += 7.2 * len(said) + 16
    return layers


def lines(curves: Sequence[Curve], across: Part, up: Part, dark: bool) -> list[Part]:
    """One layer a curve; the truth and the past are dashed."""
    tip = [word("curve"), number("x", format=".4g"), number("y", format=".4g")]
    layers = []
    for curve in curves:
        table = {"x": curve.x, "y": curve.y, "curve": [curve.word] * len(curve.x)}
        thick = 5 if curve.word == "likelihood" else 2.2  # it often lies under the posterior
        look = {"strokeWidth": thick, "opacity": 0.55 if thick > 3 else 1, "color": paint(curve.role, dark)}
        dash = [6, 4] if curve.role in ("truth", "noise") else [1, 0]
        layers.append(layer("line", table, {"x": across, "y": up, "tooltip": tip}, strokeDash=dash, clip=True, **look))
    return layers


def marks(named: Mapping[str, tuple[float, str]], across: Part, dark: bool, stairs: bool = False) -> list[Part]:
    """Upright rules under their names, which stand side by side for two, in stairs for more; name -> (place, role).

    In stairs a rule begins at its own name, so that none crosses another's.
    """
    rules, names, ordered = [], [], sorted(named.items(), key=lambda item: item[1][0])
    for i, (name, (place, role)) in enumerate(ordered):
        table, encoding = {"x": [place], "mark": [name]}, {"x": across, "tooltip": [word("mark"), number("x")]}
        colour = paint(role, dark)
        dash = [6, 4] if role == "truth" else [1, 0]
        tall = {"y": {"value": 2 + 14 * i}, "y2": {"value": "height"}} if stairs else {}
        rules.append(layer("rule", table, encoding | tall, color=colour, strokeWidth=1.6, strokeDash=dash, clip=True))
        left = i == 0 and len(ordered) > 1 and not stairs
        at: dict[str, Any] = {"align": "right" if left else "left", "dx": -4 if left else 4, "clip": True}
        said = encoding | {"text": word("mark"), "y": {"value": 9 + 14 * i * stairs}}
        for ink in ({"stroke": paint("page", dark), "strokeWidth": 4}, {"color": colour}):  # a halo, for rules cross it
            names.append(layer("text", table, said, **at, **ink))
    return [*rules, *names]


def bars(
    histogram: Histogram, curves: Sequence[Curve], title: str, domain: Domain, top: float, dark: bool, height: int = 340
) -> Part:
    """Curves over the bars of a histogram, both as densities."""
    across, up = axis("x", title, domain), axis("y", "density", (0, top))
    table = {"x": histogram.edges[:-1], "to": histogram.edges[1:], "y": histogram.heights, "count": histogram.counts}
    tip = [number(name, format=".4g") for name in ("x", "to", "count", "y")]
    encoding = {"x": across, "y": up, "x2": {"field": "to"}, "y2": {"datum": 0}, "tooltip": tip}
    look = {"color": paint("data", dark), "opacity": 0.35, "stroke": paint("stage", dark), "strokeWidth": 0.6}
    layers = [layer("rect", table, encoding, clip=True, **look), *lines(curves, across, up, dark)]
    named = [("data", "data"), *((c.word, c.role) for c in curves)]
    return vega.layers(layers + words(named, dark), height)


def span(dataset: Dataset) -> Domain:
    """The fixed axis of a column."""
    return float(dataset.bounds[0, 0]), float(dataset.bounds[0, 1])


def ceiling(dataset: Dataset) -> float:
    """The top of a density's axis, the same whatever is drawn."""
    return 1.5 * float(bins.histogram(dataset.points).heights.max())
