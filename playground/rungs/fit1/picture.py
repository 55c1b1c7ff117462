"""A law over the data it was fitted to: densities over a histogram, probabilities over shares. No Streamlit here."""

from collections.abc import Mapping
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
from jaxtyping import Float

from core.dataset import Dataset
from core.laws.bins import Histogram
from core.laws.ranking import Row
from playground.palette import ROLES
from playground.shown import charts
from playground.shown.numbers import unit_of
from playground.shown.points import places


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
    grid, lines = places(dataset.points[:, 0], low, high, 500), {}
    top = float(histogram.heights.max())
    if row and fitted:
        lines["model"] = (row.title, np.exp(fitted.log_prob(grid)))
    if dataset.truth is not None:
        lines["truth"] = ("truth, dashed", np.exp(dataset.truth.log_prob(grid[:, None])))
        top = max(top, float(lines["truth"][1].max()))
    title = f"density (per {unit})" if unit else "density"
    return charts.density(histogram, grid, lines, (said, (low, high)), (title, 1.2 * top), dark)


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
    return alt.layer(*layers, *charts.labels(names, dark)).properties(height=330)
