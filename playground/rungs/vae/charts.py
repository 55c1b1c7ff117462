"""What a VAE's panels count and compare, as charts. No Streamlit here."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
from jaxtyping import Float

from core.evaluation.metrics import Estimate
from core.process import Step
from core.vae.latent.surgery import ACTIVE
from playground.palette import CLASSES
from playground.shown.density import axis, paint, words


def nice(value: float) -> float:
    """The first of 1, 2, 5, 10, ... times a power of ten that is at least `value` > 0: where an axis ends."""
    base = 10.0 ** np.floor(np.log10(max(value, 1e-9)))
    return float(next(m * base for m in (1, 2, 5, 10, 20) if m * base >= value))


def stacked(rows: Mapping[str, Mapping[str, Estimate]], roles: Mapping[str, str], title: str, dark: bool) -> Any:
    """One bar a row, of parts that add up, each with its value written on or after it; the ruler is the error of the sum."""
    cells: list[dict[str, Any]] = []
    ends: list[dict[str, Any]] = []
    for row, parts in rows.items():
        at = 0.0
        for part, value in parts.items():
            length = max(value.value, 0.0)
            cells.append({"row": row, "part": part, "from": at, "to": at + length, "nats": value.value})
            at += length
        error = float(np.sqrt(np.nansum([v.error**2 for v in parts.values()])))
        ends.append({"row": row, "low": at - error, "high": at + error, "total": at, "text": f"{at:.3g}"})
    top = nice(1.15 * max(float(cell["to"]) for cell in cells))
    across, up = (
        axis("from", title, (0, top)).axis(tickCount=6),
        alt.Y("row:N", title=None, sort=list(rows), axis=alt.Axis(labelLimit=120)),
    )
    scale = alt.Scale(domain=list(roles), range=[paint(role, dark) for role in roles.values()])
    tip = [alt.Tooltip("part:N"), alt.Tooltip("nats:Q", format=".4g")]
    bars = alt.Chart(pd.DataFrame(cells)).mark_bar(clip=True, height={"band": 0.62})
    summed = alt.Chart(pd.DataFrame(ends))
    layers = [
        bars.encode(across, up, alt.X2("to:Q"), alt.Color("part:N", scale=scale, legend=None), tooltip=tip),
        summed.mark_rule(color=paint("text", dark), strokeWidth=2).encode(alt.X("low:Q"), alt.X2("high:Q"), up),
        summed.mark_text(align="left", dx=7, color=paint("text", dark)).encode(alt.X("high:Q"), up, alt.Text("text:N")),
    ]
    return alt.layer(*layers, *words(list(roles.items()), dark)).properties(height=44 * len(rows) + 84)


def split(parts: Mapping[str, tuple[Estimate, Estimate]], dark: bool) -> Any:
    """Approximation and amortisation of each row of `parts`."""
    rows = {row: {"approximation": a, "amortisation": b} for row, (a, b) in parts.items()}
    return stacked(rows, {"approximation": "hand", "amortisation": "model"}, "log p(x) - ELBO (nats)", dark)


def bound(found: Mapping[int, Estimate], dark: bool) -> Any:
    """The importance-weighted bound with its standard error, over k."""
    values = [(k, e.value, e.value - e.error, e.value + e.error) for k, e in found.items()]
    table = pd.DataFrame(values, columns=["k", "nats", "low", "high"])
    domain = (float(np.floor(table["low"].min() - 0.5)), float(np.ceil(table["high"].max() + 0.5)))
    across = axis("k", "draws k (log)", (0.7, 1500), log=True)
    up = axis("nats", "bound on log p(x) (nats)", domain, cls=alt.Y)
    base, colour = alt.Chart(table).encode(across), paint("model", dark)
    rules = base.mark_rule(color=colour, strokeWidth=2).encode(alt.Y("low:Q"), alt.Y2("high:Q"))
    tip = [alt.Tooltip("k:Q"), alt.Tooltip("nats:Q", format=".2f")]
    line = base.mark_line(color=colour, point={"color": colour, "size": 60}).encode(up, tooltip=tip)
    return alt.layer(line, rules).properties(height=230)


def dimensions(divergence: Float[np.ndarray, " d"], awake: Sequence[bool] | np.ndarray, dark: bool) -> Any:
    """The mean KL of each latent dimension, the active ones in the model's colour."""
    table = pd.DataFrame({"z": [f"z{i + 1}" for i in range(len(divergence))], "nats": divergence})
    table["state"] = np.where(awake, "active", "asleep")
    up = alt.Y("z:N", title=None, sort=list(table["z"]))
    colours = alt.Scale(domain=["active", "asleep"], range=[paint("model", dark), paint("noise", dark)])
    across = axis("nats", "mean KL of the dimension (nats)", (0, nice(1.15 * max(float(divergence.max()), 0.1)))).axis(
        tickCount=6
    )
    bars = alt.Chart(table).encode(across, up, tooltip=["z:N", "state:N", alt.Tooltip("nats:Q", format=".3f")])
    text = bars.mark_text(align="left", dx=5).encode(
        alt.Text("state:N"), color=alt.value(paint("quiet", dark)), opacity=alt.value(1)
    )
    drawn = bars.mark_bar(height={"band": 0.62}).encode(alt.Color("state:N", scale=colours, legend=None))
    return alt.layer(drawn, text).properties(height=24 * len(divergence) + 64)


def ends_of(values: Float[np.ndarray, " n"]) -> tuple[float, float]:
    """Round ends of an axis that holds the values and need not begin at 0."""
    step = nice(max(float(np.ptp(values)), 1.0))
    return float(np.floor(values.min() / step) * step), float(np.ceil(values.max() / step) * step)


def over_beta(step: Step[tuple[float, ...]], dark: bool) -> dict[str, Any]:
    """Reconstruction, KL and active units of a sweep over beta."""
    betas, latent = step.state, step.arrays["activity"].shape[1]
    awake = (step.arrays["activity"] > ACTIVE).sum(axis=1)
    found = {
        "reconstruction": (step.arrays["reconstruction"], "-E log p(x given z) (nats)", "data"),
        "KL": (step.arrays["kl"], "KL (nats)", "model"),
        "active units": (awake, f"active dimensions of {latent}", "hand"),
    }
    ends = (betas[0] / 1.4, betas[-1] * 1.4)
    charts = {}
    for title, (values, unit, role) in found.items():
        low, high = ends_of(values) if title == "reconstruction" else (0.0, nice(1.1 * max(float(values.max()), 1e-3)))
        low, high = (0.0, latent + 0.3) if title == "active units" else (low, high)
        across = alt.X("beta:Q", title="beta (log)", scale=alt.Scale(domain=list(ends), type="log", nice=False),
                       axis=alt.Axis(values=list(betas), format="~g"))  # fmt: skip
        up = alt.Y("y:Q", title=unit, scale=alt.Scale(domain=[low, high], nice=False), axis=alt.Axis(tickMinStep=1))
        tip = [alt.Tooltip("beta:Q"), alt.Tooltip("y:Q", format=".4g", title=unit)]
        line = alt.Chart(pd.DataFrame({"beta": betas, "y": values})).encode(across, up, tooltip=tip)
        colour = paint(role, dark)
        charts[title] = line.mark_line(color=colour, point={"color": colour, "size": 55}).properties(height=210)
    return charts


def codes(
    model: str,
    xy: Float[np.ndarray, "n 2"],
    axes: tuple[tuple[str, tuple[float, float]], ...],
    value: Float[np.ndarray, " n"],
    words_of: Sequence[str],
    by: tuple[str, str],
    dark: bool,
) -> Any:
    """One code's pictures as points, coloured by a number or by a class; `by` is its name and unit."""
    (x, across), (y, up) = axes
    table = pd.DataFrame({"x": xy[:, 0], "y": xy[:, 1], "value": value})
    name = f"{by[0]} ({by[1]})" if by[1] else by[0]
    if words_of:
        table["value"] = [words_of[int(v)] for v in value]
        paints = [pair[dark] for pair in CLASSES][: len(words_of)]
        colour = alt.Color("value:N", scale=alt.Scale(domain=list(words_of), range=paints), title=name)
    else:
        colour = alt.Color("value:Q", scale=alt.Scale(scheme="viridis"), title=name)
    legend = alt.Legend(
        orient="bottom",
        direction="horizontal",
        columns=5 if max(map(len, words_of), default=0) < 4 else 3,
        symbolOpacity=1,
        title=name,
    )
    points = alt.Chart(table).mark_point(filled=True, size=16, opacity=0.75, clip=True)
    drawn = points.encode(
        axis("x", x, across).axis(tickCount=6),
        axis("y", y, up, cls=alt.Y).axis(tickCount=6),
        colour.legend(legend if by[0] else None),
        tooltip=[alt.Tooltip("value", title=by[0] or "picture")],
    )
    return alt.layer(drawn, *words([(model, "model" if model == "VAE" else "quiet")], dark)).properties(height=430)
