"""Beliefs about mu and sigma as charts: prior, likelihood and posterior, their plane, and the next point's law."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from core.dataset import Dataset
from core.laws.bins import Histogram
from core.laws.conjugate.normal import NormalInverseGamma
from core.laws.conjugate.predictive import StudentT
from core.laws.gaussian import Gaussian
from core.process import Halt
from playground.shown.density import Curve, Domain, axis, bars, ceiling, lines, marks, paint, span, words


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
