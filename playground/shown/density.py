"""Densities to charts: curves over bars, beliefs about mu and sigma, and what a bandwidth costs. No Streamlit here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from core.dataset import Dataset
from core.kernels.kde import KDE
from core.kernels.risk import Risk
from core.laws import bins
from core.laws.bins import Histogram
from core.laws.conjugate.normal import NormalInverseGamma
from core.laws.conjugate.predictive import StudentT
from core.laws.gaussian import Gaussian
from core.process import Halt
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
        thick = 5 if curve.word == "likelihood" else 2.2  # it often lies under the posterior
        tip = [alt.Tooltip("curve:N"), alt.Tooltip("x:Q", format=".4g"), alt.Tooltip("y:Q", format=".4g")]
        line = alt.Chart(table).encode(across, up, tooltip=tip)
        layers.append(
            line.mark_line(
                strokeWidth=thick,
                opacity=0.55 if thick > 3 else 1,
                strokeDash=dash,
                color=paint(curve.role, dark),
                clip=True,
            )
        )
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
    up = axis("y", "density / its peak", (0, 1.25), cls=alt.Y)
    layers = []
    if band is not None:
        low, high = np.clip(band, *domain)
        area = alt.Chart(pd.DataFrame({"x": [low], "high": [high]})).encode(across, alt.X2("high:Q"))
        layers.append(area.mark_rect(color=paint("model", dark), opacity=0.16))
    layers += lines(curves, across, up, dark) + marks(marked, across, dark)
    return alt.layer(*layers, *words([(c.word, c.role) for c in curves], dark)).properties(height=210)


def joint(
    law: NormalInverseGamma,
    path: Sequence[tuple[int, float, float]],
    marked: Mapping[str, tuple[float, float, str]],
    unit: str,
    domains: tuple[Domain, Domain],
    dark: bool,
) -> Any:
    """A law of (mu, sigma) as a map (none where improper), the MAP's path as points come in, and named points."""
    across = axis("x", f"mu: {unit}", domains[0])
    up = axis("y", f"sigma: {unit}", domains[1], cls=alt.Y)
    edges = [np.linspace(*domain, m + 1) for domain, m in zip(domains, (90, 60), strict=True)]
    mus, sigmas = ((e[1:] + e[:-1]) / 2 for e in edges)
    try:
        level = law.log_prob_sigma(mus, sigmas[:, None])
    except Halt:
        level = np.full((60, 90), -np.inf)
    height = np.exp(level - max(level.max(), -1e300))
    lap = [0.1 * (e[1] - e[0]) for e in edges]  # cells overlap a little, so that no seam shows
    (x, y), (x2, y2) = (np.meshgrid(*[e[i : len(e) - 1 + i] for e in edges]) for i in (0, 1))
    cells = pd.DataFrame(
        {"x": x.ravel(), "x2": x2.ravel() + lap[0], "y": y.ravel(), "y2": y2.ravel() + lap[1], "height": height.ravel()}
    )
    cells = cells[cells["height"] > 0.004]
    ramp = alt.Scale(domain=[0, 1], range=[paint("page", dark), paint("model", dark)], interpolate="rgb")
    colour = alt.Color("height:Q", scale=ramp, legend=None)
    layers = [alt.Chart(cells).mark_rect(clip=True).encode(across, up, alt.X2("x2:Q"), alt.Y2("y2:Q"), colour)]
    way = pd.DataFrame(path, columns=["n", "x", "y"])
    step = alt.Chart(way).encode(across, up, order="n:Q", tooltip=["n:Q", "x:Q", "y:Q"])
    layers.append(step.mark_line(color=paint("noise", dark), strokeWidth=1.4, clip=True))
    layers.append(step.mark_point(color=paint("noise", dark), filled=True, size=22, clip=True))
    for name, (m, s, role) in marked.items():
        dot = alt.Chart(pd.DataFrame({"x": [m], "y": [s], "mark": [name]})).encode(across, up, tooltip=["mark:N"])
        left = name == "MLE"
        shape = "diamond" if left else "circle"
        layers.append(
            dot.mark_point(
                size=90, strokeWidth=2, color=paint(role, dark), opacity=1, clip=True, filled=not left, shape=shape
            )
        )
        text = dot.mark_text(align="right" if left else "left", dx=-8 if left else 8, dy=-8, fontWeight=600, clip=True)
        layers.append(text.encode(alt.Text("mark:N"), color=alt.value(paint("text", dark))))
    return alt.layer(*layers).properties(height=330)


def bars(
    histogram: Histogram, curves: Sequence[Curve], title: str, domain: Domain, top: float, dark: bool, height: int = 340
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
    return alt.layer(*layers, *words([(c.word, c.role) for c in curves], dark)).properties(height=290)


def estimate(dataset: Dataset, histogram: Histogram, model: KDE, dark: bool) -> Any:
    """A kernel estimate over the bars, and the truth where it is known."""
    domain = span(dataset)
    x = np.linspace(*domain, 801)
    curves = [Curve("estimate", "model", x, model.on_grid(x))]
    if dataset.truth:
        curves.append(Curve("truth", "truth", x, np.exp(dataset.truth.log_prob(x[:, None]))))
    return bars(histogram, curves, dataset.columns[0], domain, ceiling(dataset), dark)


def cost(
    unit: str,
    h: np.ndarray,
    score: np.ndarray,
    known: Risk | None,
    marked: Mapping[str, tuple[float, str]],
    dark: bool,
) -> Any:
    """The exact risk over the bandwidth where it is known, else the left-out score, with the rules' choices."""
    marked = {rule: (place, role) for rule, (place, role) in marked.items() if np.isfinite(place)}
    if known:
        title, up = "integrated squared error", (0.0, 8 * float(known.mise.min()))
        curves = [
            Curve("bias²", "data", h, known.bias2),
            Curve("variance", "noise", h, known.variance),
            Curve("MISE", "truth", h, known.mise),
        ]
    else:
        seen, best = np.isfinite(score), float(score.max())
        title, up = "nats per point (more is better)", (best - 1.0, best + 0.7)
        curves = [Curve("left-out score", "model", h[seen], score[seen])]
    return widths(curves, marked, (f"h: {unit} (log)", title), ((float(h[0]), float(h[-1])), up), dark)


def parameter(
    laws: Sequence[tuple[str, str, NormalInverseGamma]],
    which: int,
    marked: Mapping[str, tuple[float, str]],
    title: str,
    domain: Domain,
    dark: bool,
) -> Any:
    """Some laws of mu (`which` 0) or of sigma (1); word, role and law. An improper law has no curve."""
    x, curves, band = np.linspace(*domain, 802)[1:], [], None
    for word, role, law in laws:
        try:
            y = law.marginal_variance().log_prob_sigma(x) if which else law.marginal_mu().log_prob(x)
            if role == "model":
                band = law.interval_sigma() if which else law.interval_mu()
        except Halt:
            continue
        curves.append(Curve(word, role, x, np.exp(y - y.max())))
    return beliefs(curves, marked, band, title, domain, dark)


def predictive(
    dataset: Dataset, histogram: Histogram, student: StudentT | None, plug: Gaussian | None, dark: bool
) -> Any:
    """The next point's density, mu and sigma unknown, beside the normal with both at the MLE."""
    domain = span(dataset)
    x, curves = np.linspace(*domain, 401), []
    if plug is not None:
        curves.append(Curve("plug-in normal", "noise", x, np.exp(plug.log_prob(x[:, None]))))
    if student is not None:
        curves.insert(0, Curve("predictive", "model", x, student.pdf(x)))
    return bars(histogram, curves, dataset.columns[0], domain, ceiling(dataset), dark, 260)


def span(dataset: Dataset) -> Domain:
    """The fixed axis of a column."""
    return float(dataset.bounds[0, 0]), float(dataset.bounds[0, 1])


def ceiling(dataset: Dataset) -> float:
    """The top of a density's axis, the same whatever is drawn."""
    return 1.5 * float(bins.histogram(dataset.points).heights.max())
