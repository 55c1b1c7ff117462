"""Whether a law fits: the tests' values, p-values and verdict, the QQ plot, and the tests of the tests. No Streamlit here."""

from collections.abc import Sequence
from dataclasses import astuple

import numpy as np
import pandas as pd
from jaxtyping import Float

from core.evaluation.distances import TITLES
from core.laws.goodness import QQ, Calibrated, Recheck
from playground.palette import ROLES, SURFACE
from playground.rungs.fit1.ranking import listed, spoken
from playground.shown import vega
from playground.shown.charts import DASH, labels
from playground.shown.numbers import p_value
from playground.shown.vega import Part, axis, layer, number, word

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


def qq(plot: QQ, column: str, dark: bool) -> Part:
    """The law's quantiles across, the sample's up; the band in the law's colour, points outside it as crosses in ink."""
    across, up = spread(plot.theoretical), spread(plot.observed)
    table = {
        "theoretical": plot.theoretical,
        "observed": plot.observed,
        "low": np.clip(plot.lower, *up),
        "high": np.clip(plot.upper, *up),
        "where": np.where(plot.outside, "outside", "inside").tolist(),
    }
    x = axis("theoretical", f"{column}, expected by the law", across)
    title, scale, kinds = f"{column}, observed", {"domain": list(up), "nice": False}, ["inside", "outside"]
    inks = [ROLES["data"][dark], SURFACE["text"][dark]]
    dots = {
        "x": x,
        "y": axis("observed", title, up),
        "shape": word("where", scale={"domain": kinds, "range": ["circle", "cross"]}, legend=None),
        "color": word("where", scale={"domain": kinds, "range": inks}, legend=None),
        "tooltip": [number(name) for name in ("theoretical", "observed", "low", "high")],
    }
    band = {"x": x, "y": axis("low", title, up), "y2": {"field": "high"}}
    colour = ROLES["model"][dark]
    layers = [
        layer("area", table, band, color=colour, opacity=0.22, clip=True),
        layer("line", table, {"x": x, "y": number("theoretical", scale=scale)}, color=colour, strokeWidth=2, clip=True),
        layer("point", table, dots, filled=True, size=42, opacity=0.9, clip=True),
    ]
    return vega.layers(layers, 400)


def spread(values: np.ndarray) -> tuple[float, float]:
    """An axis that holds the values with a small margin."""
    low, high = float(values.min()), float(values.max())
    pad = 0.05 * (high - low) or 0.5
    return low - pad, high + pad


def uniformity(found: Recheck, names: tuple[str, ...], dark: bool) -> dict[str, Part]:
    """For each statistic the share of p-values in ten equal cells: calibrated as bars, naive as a line, uniform dashed."""
    return {f"p-values of {TITLES[name]}": _cells(found, found.names.index(name), TITLES[name], dark) for name in names}


def shares_of(p: Float[np.ndarray, " r"]) -> Float[np.ndarray, " c"]:
    """The share of p-values in (0, 0.1], (0.1, 0.2] and so on."""
    cell = np.ceil(np.asarray(p) * CELLS - 1e-9).clip(1, CELLS).astype(int)
    return np.bincount(cell, minlength=CELLS + 1)[1:] / len(cell)


def _cells(found: Recheck, i: int, title: str, dark: bool) -> Part:
    edges = np.arange(CELLS + 1) / CELLS
    bars = {"from": edges[:-1], "to": edges[1:], "share": shares_of(found.calibrated[:, i])}
    naive = shares_of(found.naive[:, i])
    steps = {"from": edges, "share": [*naive, naive[-1]]}
    x = number("from", title="p-value", scale={"domain": [0, 1]}, axis={"values": [0, 0.5, 1]})
    y = axis("share", "share of the samples", (0, 0.6))
    boxes = {"x": x, "x2": {"field": "to"}, "y": y, "y2": {"datum": 0}}
    dashed = {"strokeWidth": 2, "strokeDash": DASH["truth"]}
    layers = [
        layer("bar", bars, boxes, color=ROLES["model"][dark], opacity=0.55, clip=True),
        layer(
            "line",
            steps,
            {"x": x, "y": y},
            interpolate="step-after",
            color=ROLES["noise"][dark],
            strokeWidth=2,
            clip=True,
        ),
        layer("rule", {"share": [1 / CELLS]}, {"y": y}, color=ROLES["truth"][dark], **dashed),
        *labels({"model": "calibrated", "noise": "naive", "truth": "uniform, dashed"}, dark, "left"),
    ]
    return vega.layers(layers, 260, title={"text": title, "anchor": "start", "fontSize": 14})
