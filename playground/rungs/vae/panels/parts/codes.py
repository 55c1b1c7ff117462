"""Codes of pictures as points in a plane, coloured by what is true of the pictures: one chart a code, all on the same axes."""

from collections.abc import Sequence

import numpy as np
import streamlit as st
from jaxtyping import Float

from core.data.images import Pictures
from core.vae.latent import representation
from playground import plot, session
from playground.palette import CLASSES
from playground.rungs.vae.panels.parts.compared import MODELS, OURS, Compared, numeric
from playground.rungs.vae.screen import NAME
from playground.shown import vega
from playground.shown.density import words
from playground.shown.vega import Part, axis, layer, number, word

DRAWN = 500  # pictures, at most
CLASS = "class"
Axes = tuple[tuple[str, tuple[float, float]], ...]
"""A title and a range each."""


def shades(pictures: Pictures) -> list[str]:
    """What the points can be coloured by."""
    names = [column.name for column in pictures.columns]
    return names + [CLASS] * (pictures.labels is not None and CLASS not in names)


def draw(found: Compared, pictures: Pictures, by: str) -> None:
    """A chart for each code, coloured by a factor or the class; without points while the code is not known."""
    value, words, unit = shade(pictures, found.rows[:DRAWN], by)
    places = st.columns(3, gap="medium")
    for where, model in zip(places, MODELS, strict=True):
        if model in found.names:
            xy, axes = placed(found.codes.get(model, found.codes[OURS]), pictures, found.rows)
            xy = xy[:DRAWN] if model in found.codes else np.full_like(xy[:DRAWN], np.nan)
            drawn = chart(model, xy, axes, value, words, (by, unit), session.dark())
            said = f"Codes of {model}, coloured by {by or 'nothing'}"
            plot.show(drawn, key=f"{NAME}.codes.{model}", alt=said, where=where)


def shade(pictures: Pictures, rows: np.ndarray, by: str) -> tuple[np.ndarray, tuple[str, ...], str]:
    """What colours these pictures: numbers or class numbers, the classes' words, and the unit."""
    for j, column in enumerate(pictures.columns):
        if column.name == by and pictures.factors is not None:
            return pictures.factors[rows, j], column.words, column.unit
    if pictures.labels is not None and by == CLASS:
        return np.asarray(pictures.labels[rows], dtype=float), pictures.classes, ""
    return np.zeros(len(rows)), (), ""


def placed(
    code: Float[np.ndarray, "n d"], pictures: Pictures, rows: np.ndarray
) -> tuple[Float[np.ndarray, "n 2"], Axes]:
    """The code in the plane: turned and scaled onto two true factors where there are just two, else in units of its spread.

    With the axes: a title and a range each, the same for every code.
    """
    known = numeric(pictures)
    if pictures.factors is not None and len(pictures.columns) == len(known) == 2:
        axes = []
        for column in pictures.columns:
            room = 0.15 * (column.high - column.low)
            axes.append((f"code turned onto {column.name} ({column.unit})", (column.low - room, column.high + room)))
        return representation.aligned(code, pictures.factors[rows]), tuple(axes)
    centred = code - code.mean(axis=0)
    u, s, _ = np.linalg.svd(centred, full_matrices=False)
    spread = (u * s)[:, :2] if code.shape[1] > 2 else centred
    spread = spread / np.maximum(spread.std(axis=0), 1e-12)
    if spread.shape[1] == 1:
        spread = np.column_stack([spread, np.zeros(len(spread))])
    title = "z{} (sd of the code)" if code.shape[1] <= 2 else "direction {} (sd of the code)"
    return spread, tuple((title.format(i), (-3.5, 3.5)) for i in (1, 2))


def chart(
    model: str,
    xy: Float[np.ndarray, "n 2"],
    axes: Axes,
    value: Float[np.ndarray, " n"],
    words_of: Sequence[str],
    by: tuple[str, str],
    dark: bool,
) -> Part:
    """One code's pictures as points, coloured by a number or by a class; `by` is its name and unit."""
    (x, across), (y, up) = axes
    name = f"{by[0]} ({by[1]})" if by[1] else by[0]
    key = {
        "orient": "bottom",
        "direction": "horizontal",
        "columns": 5 if max(map(len, words_of), default=0) < 4 else 3,
        "symbolOpacity": 1,
        "title": name,
    }
    paints = [pair[dark] for pair in CLASSES][: len(words_of)]
    ends = [float(value.min()), float(value.max())]  # of all points, also of those that are not drawn yet
    scale = {"domain": list(words_of), "range": paints} if words_of else {"domain": ends, "scheme": "viridis"}
    kind, legend = word if words_of else number, key if by[0] else None
    table = {"x": xy[:, 0], "y": xy[:, 1], "value": [words_of[int(v)] for v in value] if words_of else value}
    encoding = {
        "x": axis("x", x, across, axis={"tickCount": 6}),
        "y": axis("y", y, up, axis={"tickCount": 6}),
        "color": kind("value", scale=scale, title=name, legend=legend),
        "tooltip": [kind("value", title=by[0] or "picture")],
    }
    points = layer(
        "point", table, encoding, filled=True, size=16, opacity=0.75, clip=True, aria=bool(np.isfinite(xy).any())
    )
    return vega.layers([points, *words([(model, "model" if model == OURS else "quiet")], dark)], 430)
