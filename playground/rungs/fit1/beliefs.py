"""Beliefs about mu and sigma as charts: prior, likelihood and posterior, their plane, and the next point's law."""

from collections.abc import Mapping, Sequence

import numpy as np

from core.dataset import Dataset
from core.laws.bins import Histogram
from core.laws.conjugate.normal import NormalInverseGamma
from core.laws.conjugate.predictive import StudentT
from core.laws.gaussian import Gaussian
from core.process import Halt
from playground.shown import vega
from playground.shown.density import Curve, bars, ceiling, lines, marks, paint, span, words
from playground.shown.vega import Domain, Part, axis, layer, number, word


def beliefs(
    curves: Sequence[Curve],
    marked: Mapping[str, tuple[float, str]],
    band: Domain | None,
    title: str,
    domain: Domain,
    dark: bool,
) -> Part:
    """Prior, likelihood and posterior of one parameter, each scaled to height 1, over the posterior's 95 % interval."""
    across, up = axis("x", title, domain), axis("y", "density / its peak", (0, 1.25))
    layers = []
    if band is not None:
        low, high = np.clip(band, *domain)
        ends = {"x": across, "x2": {"field": "high"}}
        layers.append(layer("rect", {"x": [low], "high": [high]}, ends, color=paint("model", dark), opacity=0.16))
    layers += lines(curves, across, up, dark) + marks(marked, across, dark)
    return vega.layers(layers + words([(c.word, c.role) for c in curves], dark), 210)


def parameter(
    laws: Sequence[tuple[str, str, NormalInverseGamma]],
    which: int,
    marked: Mapping[str, tuple[float, str]],
    title: str,
    domain: Domain,
    dark: bool,
) -> Part:
    """Some laws of mu (`which` 0) or of sigma (1); word, role and law. An improper law has no curve."""
    x, curves, band = np.linspace(*domain, 802)[1:], [], None
    for said, role, law in laws:
        try:
            y = law.marginal_variance().log_prob_sigma(x) if which else law.marginal_mu().log_prob(x)
            if role == "model":
                band = law.interval_sigma() if which else law.interval_mu()
        except Halt:
            continue
        curves.append(Curve(said, role, x, np.exp(y - y.max())))
    return beliefs(curves, marked, band, title, domain, dark)


def joint(
    law: NormalInverseGamma,
    path: Sequence[tuple[int, float, float]],
    marked: Mapping[str, tuple[float, float, str]],
    unit: str,
    domains: tuple[Domain, Domain],
    dark: bool,
) -> Part:
    """A law of (mu, sigma) as a map (none where improper), the MAP's path as points come in, and named points."""
    at = {"x": axis("x", f"mu: {unit}", domains[0]), "y": axis("y", f"sigma: {unit}", domains[1])}
    layers = [*heat(law, at, domains, dark), *trodden(path, at, dark)]
    for name, place in marked.items():
        layers += point(name, *place, at, dark)
    return vega.layers(layers, 330)


def heat(law: NormalInverseGamma, at: Part, domains: tuple[Domain, Domain], dark: bool) -> list[Part]:
    """The law's density over its peak, as cells."""
    edges = [np.linspace(*domain, m + 1) for domain, m in zip(domains, (90, 60), strict=True)]
    mus, sigmas = ((e[1:] + e[:-1]) / 2 for e in edges)
    try:
        level = law.log_prob_sigma(mus, sigmas[:, None])
    except Halt:
        level = np.full((60, 90), -np.inf)
    height = np.exp(level - max(level.max(), -1e300))
    lap = [0.1 * (e[1] - e[0]) for e in edges]  # cells overlap a little, so that no seam shows
    (x, y), (x2, y2) = (np.meshgrid(*[e[i : len(e) - 1 + i] for e in edges]) for i in (0, 1))
    seen = height > 0.004
    cells = {"x": x[seen], "x2": x2[seen] + lap[0], "y": y[seen], "y2": y2[seen] + lap[1], "height": height[seen]}
    ramp = {"domain": [0, 1], "range": [paint("page", dark), paint("model", dark)], "interpolate": "rgb"}
    ends = {"x2": {"field": "x2"}, "y2": {"field": "y2"}, "color": number("height", scale=ramp, legend=None)}
    return [layer("rect", cells, at | ends, clip=True)]


def trodden(path: Sequence[tuple[int, float, float]], at: Part, dark: bool) -> list[Part]:
    """The way of a point in the plane: (n, mu, sigma)."""
    table = dict(zip(("n", "x", "y"), zip(*path, strict=True), strict=True))
    encoding = at | {"order": number("n"), "tooltip": [number("n"), number("x"), number("y")]}
    grey = paint("noise", dark)
    return [
        layer("line", table, encoding, color=grey, strokeWidth=1.4, clip=True),
        layer("point", table, encoding, color=grey, filled=True, size=22, clip=True),
    ]


def point(name: str, m: float, s: float, role: str, at: Part, dark: bool) -> list[Part]:
    """A named point in the plane: a full disc, or for the MLE an open diamond with its name at the other side."""
    table, encoding, left = {"x": [m], "y": [s], "mark": [name]}, at | {"tooltip": [word("mark")]}, name == "MLE"
    dot = {"size": 90, "strokeWidth": 2, "color": paint(role, dark), "opacity": 1, "clip": True, "filled": not left}
    said = {"align": "right" if left else "left", "dx": -8 if left else 8, "dy": -8, "fontWeight": 600, "clip": True}
    text = encoding | {"text": word("mark"), "color": {"value": paint("text", dark)}}
    return [
        layer("point", table, encoding, shape="diamond" if left else "circle", **dot),
        layer("text", table, text, **said),
    ]


def predictive(
    dataset: Dataset, histogram: Histogram, student: StudentT | None, plug: Gaussian | None, dark: bool
) -> Part:
    """The next point's density, mu and sigma unknown, beside the normal with both at the MLE."""
    domain = span(dataset)
    x, curves = np.linspace(*domain, 401), []
    if plug is not None:
        curves.append(Curve("plug-in normal", "noise", x, np.exp(plug.log_prob(x[:, None]))))
    if student is not None:
        curves.insert(0, Curve("predictive", "model", x, student.pdf(x)))
    return bars(histogram, curves, dataset.columns[0], domain, ceiling(dataset), dark, 260)
