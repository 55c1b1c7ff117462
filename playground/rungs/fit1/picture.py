"""A law over the data it was fitted to: densities over a histogram, probabilities over shares. No Streamlit here."""

from collections.abc import Mapping

import numpy as np
from jaxtyping import Float

from core.dataset import Dataset
from core.laws.bins import Histogram
from core.laws.ranking import Row
from playground.palette import ROLES
from playground.shown import charts, vega
from playground.shown.numbers import unit_of
from playground.shown.points import places
from playground.shown.vega import Domain, Part, axis, layer, number


def picture(
    dataset: Dataset, x: Float[np.ndarray, " n"], row: Row | None, histogram: Histogram | None, said: str, dark: bool
) -> Part:
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
    x: tuple[str, Domain],
    top: float,
    points: int,
    dark: bool,
) -> Part:
    """The share of every count as a bar, and a law's probabilities as points; `x` is (title, domain)."""
    across, up = axis("count", *x, axis={"tickMinStep": 1}), axis("share", "share of the points", (0, top))
    wide = max(1.0, min(26.0, 300 / (x[1][1] - x[1][0])))
    bars = {"count": list(counted), "share": list(counted.values())}
    encoding = {"x": across, "y": up, "tooltip": [number(name) for name in bars]}
    layers = [layer("bar", bars, encoding, color=ROLES["data"][dark], opacity=0.45, size=wide, clip=True)]
    names = {"data": f"{points:,} points"}
    if law:
        names["model"] = law[0]
        dots = {"count": list(law[1]), "share": list(law[1].values())}
        look = {"color": ROLES["model"][dark], "filled": True, "opacity": 1, "size": 60, "clip": True}
        layers.append(layer("point", dots, {"x": number("count"), "y": number("share")}, **look))
    return vega.layers(layers + charts.labels(names, dark), 330)
