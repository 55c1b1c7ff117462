"""Laws of one variable in pictures. No Streamlit here."""

from collections.abc import Mapping
from typing import Any, Literal

import altair as alt
import numpy as np
import pandas as pd
from jaxtyping import Float

from core.dataset import Dataset
from core.evaluation.distances import TITLES
from core.laws.bins import Histogram
from core.laws.goodness import QQ, Recheck
from core.laws.ranking import Row
from playground.palette import ROLES, SURFACE
from playground.rungs.fit1.numbers import unit_of

CELLS = 10  # bars of a histogram of p-values
DASH = {"truth": [6, 4], "model": [1, 0]}


def picture(
    dataset: Dataset, x: Float[np.ndarray, " n"], row: Row | None, histogram: Histogram | None, said: str, dark: bool
) -> Any:
    """The data, the law of `row` and the truth on axes that do not move; counts (no `histogram`) as shares."""
    unit, low, high = unit_of(said), *(float(v) for v in dataset.bounds[0])
    fitted = row.fitted if row else None
    if histogram is None:
        values, count = np.unique(x, return_counts=True)
        share = dict(zip(values.tolist(), (count / len(x)).tolist(), strict=True))
        whole = np.arange(values.max() + 1)
        law = (row.title, dict(zip(whole, np.exp(fitted.log_prob(whole)), strict=True))) if row and fitted else None
        domain = (-0.75, float(values.max()) + 0.75)
        return shares(share, law, (said, domain), min(1.0, 1.3 * max(share.values())), len(x), dark)
    grid, lines = np.linspace(low, high, 500), {}
    top = float(histogram.heights.max())
    if row and fitted:
        lines["model"] = (row.title, np.exp(fitted.log_prob(grid)))
    if dataset.truth is not None:
        lines["truth"] = ("truth, dashed", np.exp(dataset.truth.log_prob(grid[:, None])))
        top = max(top, float(lines["truth"][1].max()))
    title = f"density (per {unit})" if unit else "density"
    return density(histogram, grid, lines, (said, (low, high)), (title, 1.2 * top), dark)


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


def shares(
    counted: Mapping[float, float],
    law: tuple[str, Mapping[float, float]] | None,
    x: tuple[str, tuple[float, float]],
    top: float,
    points: int,
    dark: bool,
) -> Any:
    """The share of every count as a bar, and a law's probabilities as points; `x` is (title, domain)."""
    across = alt.X("count:Q", title=x[0], scale=alt.Scale(domain=list(x[1]), nice=False), axis=alt.Axis(tickMinStep=1))
    up = alt.Y("share:Q", title="share of the points", scale=alt.Scale(domain=[0, top], nice=False))
    wide = max(1.0, min(26.0, 300 / (x[1][1] - x[1][0])))
    bars = alt.Chart(pd.DataFrame({"count": list(counted), "share": list(counted.values())}))
    boxes = bars.mark_bar(color=ROLES["data"][dark], opacity=0.45, size=wide, clip=True)
    layers = [boxes.encode(across, up, tooltip=["count", "share"])]
    names = {"data": f"{points:,} points"}
    if law:
        names["model"] = law[0]
        given = alt.Chart(pd.DataFrame({"count": list(law[1]), "share": list(law[1].values())}))
        dots = given.mark_point(color=ROLES["model"][dark], filled=True, opacity=1, size=60, clip=True)
        layers.append(dots.encode(alt.X("count:Q"), alt.Y("share:Q")))
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


def qq(plot: QQ, column: str, dark: bool) -> Any:
    """The law's quantiles across, the sample's up; the band in the law's colour, points outside it as crosses in ink."""
    across, up = spread(plot.theoretical), spread(plot.observed)
    table = pd.DataFrame(
        {
            "theoretical": plot.theoretical,
            "observed": plot.observed,
            "low": np.clip(plot.lower, *up),
            "high": np.clip(plot.upper, *up),
            "where": np.where(plot.outside, "outside", "inside"),
        }
    )
    x = alt.X("theoretical:Q", title=f"{column}, expected by the law", scale=alt.Scale(domain=list(across), nice=False))
    scale = alt.Scale(domain=list(up), nice=False)
    title = f"{column}, observed"
    kinds = ["inside", "outside"]
    shape = alt.Shape("where:N", scale=alt.Scale(domain=kinds, range=["circle", "cross"]), legend=None)
    inks = [ROLES["data"][dark], SURFACE["text"][dark]]
    paint = alt.Color("where:N", scale=alt.Scale(domain=kinds, range=inks), legend=None)
    colour = ROLES["model"][dark]
    base = alt.Chart(table)
    band = base.mark_area(color=colour, opacity=0.22, clip=True).encode(
        x, alt.Y("low:Q", scale=scale, title=title), alt.Y2("high")
    )
    line = base.mark_line(color=colour, strokeWidth=2, clip=True).encode(x, alt.Y("theoretical:Q", scale=scale))
    dots = base.mark_point(filled=True, size=42, opacity=0.9, clip=True).encode(
        x,
        alt.Y("observed:Q", scale=scale, title=title),
        shape,
        paint,
        tooltip=["theoretical", "observed", "low", "high"],
    )
    return alt.layer(band, line, dots).properties(height=400)


def spread(values: np.ndarray) -> tuple[float, float]:
    """An axis that holds the values with a small margin."""
    low, high = float(values.min()), float(values.max())
    pad = 0.05 * (high - low) or 0.5
    return low - pad, high + pad


def uniformity(found: Recheck, names: tuple[str, ...], dark: bool) -> dict[str, Any]:
    """For each statistic the share of p-values in ten equal cells: calibrated as bars, naive as a line, uniform dashed."""
    return {f"p-values of {TITLES[name]}": _cells(found, found.names.index(name), TITLES[name], dark) for name in names}


def shares_of(p: Float[np.ndarray, " r"]) -> Float[np.ndarray, " c"]:
    """The share of p-values in (0, 0.1], (0.1, 0.2] and so on."""
    cell = np.ceil(np.asarray(p) * CELLS - 1e-9).clip(1, CELLS).astype(int)
    return np.bincount(cell, minlength=CELLS + 1)[1:] / len(cell)


def _cells(found: Recheck, i: int, title: str, dark: bool) -> Any:
    edges = np.arange(CELLS + 1) / CELLS
    table = pd.DataFrame({"from": edges[:-1], "to": edges[1:], "share": shares_of(found.calibrated[:, i])})
    naive = shares_of(found.naive[:, i])
    steps = pd.DataFrame({"from": edges, "share": [*naive, naive[-1]]})
    x = alt.X("from:Q", title="p-value", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(values=[0, 0.5, 1]))
    y = alt.Y("share:Q", title="share of the samples", scale=alt.Scale(domain=[0, 0.6], nice=False))
    bars = alt.Chart(table).mark_bar(color=ROLES["model"][dark], opacity=0.55, clip=True)
    line = alt.Chart(steps).mark_line(interpolate="step-after", color=ROLES["noise"][dark], strokeWidth=2, clip=True)
    even = alt.Chart(pd.DataFrame({"share": [1 / CELLS]}))
    rule = even.mark_rule(color=ROLES["truth"][dark], strokeWidth=2, strokeDash=DASH["truth"]).encode(y)
    names = labels({"model": "calibrated", "noise": "naive", "truth": "uniform, dashed"}, dark, "left")
    layers = [bars.encode(x, alt.X2("to"), y, y2=alt.datum(0)), line.encode(x, y), rule, *names]
    return alt.layer(*layers).properties(height=260, title=alt.Title(title, anchor="start", fontSize=14))
