"""Whether a law fits: the tests' values, p-values and verdict, the QQ plot, and the tests of the tests. No Streamlit here."""

from collections.abc import Sequence
from dataclasses import astuple
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
from jaxtyping import Float

from core.evaluation.distances import TITLES
from core.laws.goodness import QQ, Calibrated, Recheck
from playground.palette import ROLES, SURFACE
from playground.rungs.fit1.ranking import listed, spoken
from playground.shown.charts import DASH, labels
from playground.shown.numbers import p_value

RATES = ("calibrated p ≤ 0.05 (%)", "± calibrated (%)", "naive p ≤ 0.05 (%)", "± naive (%)")
DIGITS = {"value (no unit)": ".4f"} | dict.fromkeys(("p, calibrated", "± (Monte Carlo)"), ".3f")
HEADS = {"value (no unit)": "value", "p, calibrated": "p", "± (Monte Carlo)": "±", "p, naive": "naive p"}
DIGITS |= dict.fromkeys(RATES, ".1f")
HEADS |= dict(zip(RATES, ("p ≤ 0.05 (%)", "±", "naive p ≤ 0.05 (%)", "±"), strict=True))
CELLS = 10  # bars of a histogram of p-values


def tested(test: Calibrated, names: Sequence[str]) -> pd.DataFrame:
    """The statistics with their p-values; those that need replicates are empty until there are some."""
    at = [test.names.index(name) for name in names]
    known = np.where(len(test.null) > 0, 1.0, np.nan)
    return pd.DataFrame(
        {
            "statistic": [TITLES[name] for name in names],
            "value (no unit)": test.observed[at],
            "p, calibrated": test.p[at] * known,
            "± (Monte Carlo)": test.error[at] * known,
            "p, naive": [p_value(p) for p in test.naive[at]],
        }
    )


def judgement(test: Calibrated, law: str, level: float = 0.05) -> str:
    """What the calibrated tests, the QQ band among them, say of the law."""
    titles = [TITLES[name].replace("QQ", "the QQ") for name in test.names]
    against = [title for title, p in zip(titles, test.p, strict=True) if p <= level]
    close = [titles[i] for i in np.flatnonzero(abs(test.p - level) <= test.error)]
    verb = "rejects" if len(against) == 1 else "reject"
    if not against:
        said = f"Nothing here speaks against **{spoken(law)}**. With {len(test.x):,} points that is no proof: "
        said += "small departures do not show."
    elif len(against) == len(titles):
        said = f"**{law} does not fit**: {listed(against)} {verb} it at the level {level:g}."
    else:
        said = f"**{law} is in doubt**: {listed(against)} {verb} it at the level {level:g}, the others do not. "
        said += "Of several tests one rejects a true law more often than that."
    if close:
        said += f" {listed(close)} {'is' if len(close) == 1 else 'are'} too close to {level:g} to call."
    return said


def rejections(found: Recheck, names: Sequence[str]) -> pd.DataFrame:
    """How often the tests rejected a true law at the level 0.05, with the standard error."""
    at = [found.names.index(name) for name in names]
    rates = [[found.rejected(0.05, which)[i] for i in at] for which in ("calibrated", "naive")]
    columns = [[100 * part for part in parts] for rate in rates for parts in zip(*map(astuple, rate), strict=True)]
    return pd.DataFrame({"statistic": [TITLES[name] for name in names]} | dict(zip(RATES, columns, strict=True)))


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
