"""Diffusion in curves. No Streamlit here."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
from jaxtyping import Float

from core.diffusion.noise.schedule import Schedule
from core.digits import SUPERSCRIPTS
from core.evaluation.metrics import Estimate
from playground.palette import CLASSES, ROLES

POWERS = (
    "abs(log(datum.value) / LN10 - round(log(datum.value) / LN10)) > 1e-6 ? '' : "
    f"{['1' if k == 0 else '10' + str(k).translate(SUPERSCRIPTS) for k in range(-12, 13)]}"
    "[round(log(datum.value) / LN10) + 12]"
)
"""How Vega writes a tick of a log axis: 10⁻³; nothing between two powers of ten."""


def signal(schedule: Schedule, at: float, ticks: int, dark: bool) -> Any:
    """alpha^2 / sigma^2 over t on a log axis, with the time on show; in discrete time a dot for each of up to 100 ticks."""
    t = np.linspace(0, 1, 201)
    snr = np.exp(np.clip(schedule.log_snr(t), np.log(1e-6), np.log(1e6)))
    here = float(np.exp(np.clip(schedule.log_snr(at), np.log(1e-6), np.log(1e6))))
    x = alt.X("t:Q", title="t (0 data, 1 noise)", scale=alt.Scale(domain=[0, 1]))
    up = alt.Y(
        "snr:Q",
        title="signal-to-noise ratio (log axis)",
        scale=alt.Scale(type="log", domain=[1e-6, 1e6]),
        axis=alt.Axis(labelExpr=POWERS, values=[1e-6, 1e-3, 1, 1e3, 1e6]),
    )
    line = alt.Chart(pd.DataFrame({"t": t, "snr": snr})).mark_line(color=ROLES["truth"][dark], strokeWidth=2.5)
    dot = alt.Chart(pd.DataFrame({"t": [at], "snr": [here]})).mark_point(
        color=ROLES["hand"][dark], filled=True, size=110, opacity=1
    )
    layers = [line.encode(x, up), dot.encode(x, up)]
    if 0 < ticks <= 100:
        k = np.arange(ticks + 1) / ticks
        marked = pd.DataFrame({"t": k, "snr": np.exp(np.clip(schedule.log_snr(k), np.log(1e-6), np.log(1e6)))})
        beads = alt.Chart(marked).mark_point(color=ROLES["truth"][dark], filled=True, size=28, opacity=1)
        layers.insert(1, beads.encode(x, up))
    return alt.layer(*layers).properties(height=250)


def losses(middles: np.ndarray, loss: np.ndarray, floor: Sequence[Estimate], dark: bool) -> Any:
    """The loss in bins of t over its floor."""
    table = pd.DataFrame({"t": middles, "loss": loss, "floor": [f.value for f in floor]})
    x = alt.X("t:Q", title="t (0 data, 1 noise)", scale=alt.Scale(domain=[0, 1]))
    top = max(1.5, min(3.0, 1.3 * float(table[["loss", "floor"]].to_numpy().max())))
    scale = alt.Scale(domain=[0, top], clamp=True)
    title = "squared error per dimension"
    base = alt.Chart(table)
    line = base.mark_line(color=ROLES["model"][dark], strokeWidth=2.5, point=True, clip=True)
    below = base.mark_line(color=ROLES["truth"][dark], strokeWidth=2.5, strokeDash=[6, 4], clip=True)
    text = alt.Chart(pd.DataFrame({"t": [0.97, 0.97], "y": [0.96 * top, 0.87 * top], "s": ["loss", "floor, dashed"]}))
    paint = alt.Color("s:N", scale=alt.Scale(domain=["loss", "floor, dashed"],
                      range=[ROLES["model"][dark], ROLES["truth"][dark]]), legend=None)  # fmt: skip
    words = text.mark_text(align="right", fontSize=13).encode(alt.X("t:Q"), alt.Y("y:Q"), alt.Text("s:N"), paint)
    layers = [below.encode(x, alt.Y("floor:Q", scale=scale, title=title)), line.encode(x, alt.Y("loss:Q", scale=scale))]
    return alt.layer(*layers, words).properties(height=250)


def errors(table: pd.DataFrame, names: Sequence[str], dark: bool) -> Any:
    """Endpoint error against evaluations, both axes logarithmic; columns solver, evaluations, error."""
    x = alt.X("evaluations:Q", title="evaluations of the denoiser (log axis)",
              scale=alt.Scale(type="log", domain=[3, 400]), axis=alt.Axis(values=[5, 10, 20, 50, 100, 200]))  # fmt: skip
    low = 10 ** np.floor(np.log10(max(float(table["error"].min()), 1e-8)))
    up = alt.Y("error:Q", title="error, standard units (log axis)",
               scale=alt.Scale(type="log", domain=[float(low), 10]), axis=alt.Axis(labelExpr=POWERS, tickCount=5))  # fmt: skip
    legend = alt.Legend(orient="top", title=None, columns=2, labelLimit=240)  # one for both: Vega merges them
    inks = alt.Scale(domain=list(names), range=[c[dark] for c in CLASSES[: len(names)]])
    paint = alt.Color("solver:N", scale=inks, legend=legend)
    shape = alt.Shape("solver:N", scale=alt.Scale(domain=list(names)), legend=legend)
    base = alt.Chart(table).encode(x, up, paint)
    marks = base.mark_point(filled=True, size=70, clip=True).encode(shape)
    return alt.layer(base.mark_line(strokeWidth=2, clip=True), marks).properties(height=320)


def clouds(found: Mapping[str, Float[np.ndarray, "n 2"]], bounds: np.ndarray, role: str, dark: bool) -> Any:
    """Small multiples of points on the same axes, two or four side by side, named."""
    rows = [pd.DataFrame({"x": x[:, 0], "y": x[:, 1], "of": name}) for name, x in found.items()]
    scales = [alt.Scale(domain=[float(low), float(high)], nice=False) for low, high in bounds]
    quiet = alt.Axis(title=None, labels=False, ticks=False, grid=False)
    marks = alt.Chart(pd.concat(rows)).mark_circle(size=9, color=ROLES[role][dark], opacity=0.8, clip=True)
    cell = marks.encode(alt.X("x:Q", scale=scales[0], axis=quiet), alt.Y("y:Q", scale=scales[1], axis=quiet))
    names = alt.Facet("of:N", title=None, sort=list(found), header=alt.Header(labelFontSize=13))
    return cell.properties(width=140, height=140).facet(facet=names, columns=2, spacing=8)


def distances(samples: np.ndarray, held: np.ndarray, other: str, dark: bool) -> Any:
    """Two histograms of distances on one axis, as shares: of the samples, and of held-out points."""
    top = float(np.quantile(held, 0.995)) * 1.3 or 1.0
    edges = np.linspace(0, top, 25)
    rows = []
    for name, values in (("samples", samples), (other, held)):
        share = np.histogram(np.minimum(values, top), edges)[0] / len(values)
        rows += [
            {"from": a, "to": b, "share": s, "of": name} for a, b, s in zip(edges[:-1], edges[1:], share, strict=True)
        ]
    paint = alt.Color("of:N", scale=alt.Scale(domain=["samples", other], range=[ROLES["model"][dark], ROLES["data"][dark]]),
                      legend=alt.Legend(orient="top", title=None, labelLimit=240))  # fmt: skip
    title = "nearest training point, standard units"
    x = alt.X("from:Q", bin="binned", title=title, scale=alt.Scale(domain=[0, top], nice=False))
    up = alt.Y("share:Q", title="share", stack=None, axis=alt.Axis(format="%", tickCount=4))
    return (
        alt.Chart(pd.DataFrame(rows)).mark_bar(opacity=0.6).encode(x, alt.X2("to:Q"), up, paint).properties(height=220)
    )


def pair(found: Mapping[str, np.ndarray], roles: Sequence[str], bounds: np.ndarray, dark: bool) -> Any:
    """Clouds side by side on the same axes, each in the colour of its role, named."""
    rows = [pd.DataFrame({"x": x[:, 0], "y": x[:, 1], "of": name}) for name, x in found.items()]
    x, y = (alt.Scale(domain=[float(low), float(high)], nice=False) for low, high in bounds)
    quiet = alt.Axis(title=None, labels=False, ticks=False, grid=False)
    paint = alt.Color("of:N", scale=alt.Scale(domain=list(found), range=[ROLES[r][dark] for r in roles]), legend=None)
    marks = alt.Chart(pd.concat(rows)).mark_circle(size=9, opacity=0.8, clip=True)
    cell = marks.encode(alt.X("x:Q", scale=x, axis=quiet), alt.Y("y:Q", scale=y, axis=quiet), paint)
    names = alt.Facet("of:N", title=None, sort=list(found), header=alt.Header(labelFontSize=13))
    return cell.properties(width=150, height=150).facet(facet=names, columns=2, spacing=8)


TITLED = 59  # pixels of a chart's height that Streamlit's theme gives to a title and a margin


def paths(name: str, states: Float[np.ndarray, "m n 2"], bounds: np.ndarray, dark: bool) -> Any:
    """Paths from grey starts to orange ends, under their name."""
    m, n, _ = states.shape
    at = {"path": np.tile(np.arange(n), m), "step": np.repeat(np.arange(m), n)}
    table = pd.DataFrame({"x": states[..., 0].ravel(), "y": states[..., 1].ravel(), **at})
    x, y = (alt.Scale(domain=[float(low), float(high)], nice=False) for low, high in bounds)
    quiet = alt.Axis(title=None, labels=False, ticks=False, grid=False)
    base = alt.Chart(table).encode(alt.X("x:Q", scale=x, axis=quiet), alt.Y("y:Q", scale=y, axis=quiet))
    lines = base.mark_line(strokeWidth=1, opacity=0.7, color=ROLES["model"][dark], clip=True)
    ends = [
        base.transform_filter(f"datum.step == {k}").mark_circle(size=14, opacity=1, color=ROLES[role][dark], clip=True)
        for k, role in ((0, "noise"), (m - 1, "model"))
        if n  # marks of nothing are pictures without words to whoever hears the page
    ]
    titled = alt.Title(name, fontSize=13, anchor="middle")
    return alt.layer(lines.encode(detail="path:N", order="step:Q"), *ends).properties(
        width=220, height=220 + TITLED, title=titled
    )
