"""Marginals over histograms, null bands and the table of ways. No Streamlit here."""

from collections.abc import Sequence
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
from jaxtyping import Float

from core.dataset import Dataset
from core.evaluation.two_sample import Null
from core.joint.copula import GaussianCopula
from core.joint.joint import Joint
from core.joint.margins import KernelMargin
from core.kernels.kde import KDE
from core.laws import bins
from core.laws.families.continuous import Fitted
from core.laws.gaussian import Gaussian
from core.laws.ranking import Row
from core.mixture.gmm import GMM
from playground.palette import ROLES
from playground.rungs.em import numbers
from playground.rungs.fit1 import charts
from playground.rungs.fit1.numbers import placed

CELLS = 24  # bars of a null
Fact = tuple[str, str, str]  # what, how much, and of what


def marginal(dataset: Dataset, law: Joint, column: int, dark: bool) -> Any:
    """One column's histogram with the law's marginal over it."""
    low, high = (float(v) for v in dataset.bounds[column])
    grid = np.linspace(low, high, 400)
    height = np.exp(law.log_marginal(column, grid))
    histogram = bins.histogram(dataset.points[:, column], "Freedman-Diaconis")
    top = 1.25 * max(float(histogram.heights.max()), float(np.quantile(height[np.isfinite(height)], 0.995)))
    name = dataset.columns[column]
    lines = {"model": (f"p({bare(name)})", height)}
    return charts.density(histogram, grid, lines, (name, (low, high)), ("density", top), dark)


def bare(name: str) -> str:
    """A column's name without its unit."""
    return name.split(" (")[0]


def null(found: Null, title: str, dark: bool) -> Any:
    """The distances of two samples of one source as bars, 95 % of them shaded, and the observed distance as a line."""
    top = 1.15 * max(float(found.null.max(initial=0.0)), found.observed)
    edges = np.linspace(0, top, CELLS + 1)
    counts = np.histogram(found.null, edges)[0]
    table, most = pd.DataFrame({"from": edges[:-1], "to": edges[1:], "count": counts}), float(counts.max(initial=4))
    x = alt.X("from:Q", title=title, scale=alt.Scale(domain=[0, top], nice=False))
    up = alt.Y("count:Q", title="reshuffles", scale=alt.Scale(domain=[0, 1.5 * most]))
    band = alt.Chart(pd.DataFrame({"from": [0.0], "to": [found.limit]}))
    bars = alt.Chart(table).mark_bar(color=ROLES["noise"][dark], opacity=0.6, clip=True)
    rule = alt.Chart(pd.DataFrame({"from": [found.observed]})).mark_rule(color=ROLES["model"][dark], strokeWidth=3)
    shade = band.mark_rect(color=ROLES["noise"][dark], opacity=0.15).encode(x, alt.X2("to"))
    layers = [
        shade,
        bars.encode(x, alt.X2("to"), up, y2=alt.datum(0)),
        rule.encode(x, y=alt.datum(0), y2=alt.datum(1.05 * most)),
    ]
    words = {"noise": "one source (95 % shaded)", "model": "data and samples"}
    return alt.layer(*layers, *charts.labels(words, dark)).properties(height=230)


def ranked(rows: tuple[Row, ...], shown: str) -> pd.DataFrame:
    """The ways as a table, the one on the stage marked."""
    return pd.DataFrame(
        {
            "way": [("▸ " if r.name == shown else "") + r.title for r in rows],
            "held out (nats per point)": [score(r) for r in rows],
            "behind the best": ["" if i == 0 or not np.isfinite(r.behind.value) else numbers.estimate(r.behind)
                                + (" (tied)" if r.tied else "") for i, r in enumerate(rows)],
            "log-likelihood": [r.log_likelihood for r in rows],
            "parameters": [r.parameters for r in rows],
            "AIC (nats)": [r.aic for r in rows],
            "BIC (nats)": [r.bic for r in rows],
            "note": [r.note for r in rows],
        }
    )  # fmt: skip


def score(row: Row) -> str:
    """The held-out score with its standard error, or what is wrong."""
    value = row.held_out.value
    if np.isnan(value):
        return "none"
    return "-inf: a point the law rules out" if np.isinf(value) else numbers.estimate(row.held_out)


def parameters(law: Joint, dataset: Dataset) -> list[tuple[str, str, str]]:
    """What was fitted, in words, numbers and units."""
    model, (x, y) = law.model, dataset.columns
    if isinstance(model, KDE):
        found = shape(model.bandwidth, (x, y))
        return [("Bumps", f"{len(model.points):,}", "one on every point"), *relabelled(found, "of a bump, ")]
    if isinstance(model, Gaussian):
        return [*means(model.mean, np.sqrt(np.diag(model.covariance)), (x, y)), *shape(model.covariance, (x, y))]
    if isinstance(model, GMM):
        rows = []
        for k in np.argsort(-model.weights):
            sd = np.sqrt(np.diag(model.covariances[k]))
            at = ", ".join(placed(m, s) for m, s in zip(model.means[k], sd, strict=True))
            rows.append((f"component {k + 1}: weight", f"{model.weights[k]:.3f}", f"around ({at})"))
        return rows
    assert isinstance(model, GaussianCopula)
    rows = [("correlation of normal scores", f"{model.correlation[0, 1]:.3f}", "")]
    for name, margin in zip((x, y), model.margins, strict=True):
        if isinstance(margin, Fitted):
            rows += [(f"{bare(name)}: {word}", f"{value:.4g}", u) for word, value, u in margin.describe(unit(name))]
            rows[-1] = (rows[-1][0], rows[-1][1], f"{rows[-1][2]} {margin.family.title} law".strip())
        elif isinstance(margin, KernelMargin):
            rows.append((f"{bare(name)}: width of a bump", f"{margin.model.h:.4g}", unit(name)))
    return rows


def means(mean: Float[np.ndarray, " d"], sd: Float[np.ndarray, " d"], columns: Sequence[str]) -> list[Fact]:
    """A mean, a row a column, with the digits that its standard deviation deserves."""
    shown = (placed(m, s) for m, s in zip(mean, sd, strict=True))
    return [(f"mean, {bare(name)}", value, unit(name)) for name, value in zip(columns, shown, strict=True)]


def shape(covariance: Float[np.ndarray, "2 2"], columns: tuple[str, str]) -> list[tuple[str, str, str]]:
    """Standard deviations and correlation of a covariance."""
    sd = np.sqrt(np.diag(covariance))
    rows = [(f"sd, {bare(n)}", f"{s:.4g}", unit(n)) for n, s in zip(columns, sd, strict=True)]
    return [
        *rows,
        ("covariance", f"{covariance[0, 1]:.4g}", ""),
        ("correlation", f"{covariance[0, 1] / sd.prod():.3f}", ""),
    ]


def relabelled(rows: list[tuple[str, str, str]], before: str) -> list[tuple[str, str, str]]:
    """The rows with a word before each name."""
    return [(before + name, value, said) for name, value, said in rows]


def unit(name: str) -> str:
    """A column's unit, "" if it names none."""
    return name.split(" (")[1].rstrip(")") if " (" in name else ""
