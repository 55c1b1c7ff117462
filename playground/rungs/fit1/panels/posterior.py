"""Prior, likelihood and posterior of a bell: exact, for as many of the points as one cares to use."""

from collections.abc import Callable
from typing import TypeVar

import numpy as np
import pandas as pd
import streamlit as st

from core.dataset import Dataset
from core.key import Key
from core.laws import bins
from core.laws.conjugate import normal
from core.laws.conjugate.normal import Config, NormalInverseGamma
from core.laws.gaussian import Gaussian
from core.laws.likelihood import Sufficient, sufficient
from core.process import Halt
from playground import controls, plot, session
from playground.rungs.fit1 import beliefs
from playground.rungs.fit1.bell import Bell
from playground.rungs.fit1.screen import NAME, PRIOR, Screen
from playground.runs import baton
from playground.shown import numbers, tables
from playground.shown.density import Domain
from playground.shown.numbers import placed, written

ALL = "all"
COUNTS = tuple(m * 10**k for k in range(6) for m in (1, 2, 5))
PROFILE = NormalInverseGamma(0.0, 0.0, -0.5, 0.0)
"""Flat but for this: its posterior's marginals are the profile likelihoods of mu and of sigma, scaled to unit area."""
Value = TypeVar("Value")


def attempt(make: Callable[[], Value]) -> Value | None:
    """What `make` gives, or None where an improper law has none."""
    try:
        return make()
    except Halt:
        return None


def counts(n: int) -> tuple[str, ...]:
    """How many points one may use: 1, 2, 5, 10, ... and all."""
    return (*(str(m) for m in COUNTS if m < n), ALL)


def ordered(dataset: Dataset) -> np.ndarray:
    """The column in an order drawn once and for all, so that the first n points of a sorted table are no worse than others."""
    order = (Key(0) / "posterior").generator().permutation
    return session.once("bayes.order", dataset.digest, lambda: dataset.points[order(len(dataset)), 0])


@baton.fragment()
def show(screen: Screen, step: Bell) -> None:
    """The panel: the prior's controls, how many points to use, the pictures and the table."""
    left, right = st.columns([1.35, 1], gap="large")
    dataset, scale = screen.dataset, float(np.sqrt(screen.points.covariance[0, 0]))
    if scale == 0:
        st.caption("All values are the same, so there is no spread to measure the prior by. Choose another column.")
        return
    with right:
        across, up = st.columns(2)
        with across:
            values = controls.draw(PRIOR, more=False)
        with up:
            values |= controls.draw(PRIOR, more=True)
        offered = counts(len(dataset))
        session.settle("first", offered, ALL)
        first = st.select_slider("Use the first n points", offered, ALL, key="first", bind="query-params")
        zoom = st.toggle("Zoom to the posterior", key="zoom", bind="query-params")
    x = ordered(dataset)
    use = x if first == ALL else x[: int(first)]
    prior = Config(**values).prior(float(screen.points.mean[0]), scale)
    law = prior.posterior(use)
    with right:
        st.badge("exact", color="green")
        st.markdown(said(dataset, prior, law, len(use)))
        tables.right(table(dataset, law, sufficient(use[:, None])))
        st.caption(
            "MAP: top of the posterior in (mu, sigma). \\* Posterior mean; of sigma, the root of that of sigma²."
        )
        st.markdown(numbers.table(f"First {len(use):,} of {len(x):,} points", figures(prior, law, use)))
    with left:
        domains = reach(dataset, screen.points, law if zoom else None)
        pictures(dataset, prior, law, sufficient(use[:, None]), domains)


def pictures(
    dataset: Dataset,
    prior: NormalInverseGamma,
    law: NormalInverseGamma,
    points: Sufficient,
    domains: tuple[Domain, Domain],
) -> None:
    """Prior, likelihood and posterior of mu and of sigma, both at once, and what they say of the next point."""
    laws = (("prior", "noise", prior), ("likelihood", "data", PROFILE.updated(points)), ("posterior", "model", law))
    mle, best, dark = top(points), peak(law), session.dark()
    for i, symbol in enumerate(("mu", "sigma")):
        marked = {"MLE": (mle[i], "data")} | ({"MAP": (best[i], "model")} if best else {})
        drawn = beliefs.parameter(laws, i, marked, f"{symbol}: {dataset.columns[0]}", domains[i], dark)
        plot.show(drawn, key=f"{NAME}.{symbol}", alt=f"Prior, likelihood and posterior of {symbol}")
    way = session.once("bayes.path", (dataset.digest, prior), lambda: walk(prior, ordered(dataset)))
    named = {"MLE": (*mle, "data")} | ({"MAP": (*best, "model")} if best else {})
    drawn = beliefs.joint(law, way, named, dataset.columns[0], domains, dark)
    plot.show(drawn, key=f"{NAME}.plane", alt="Posterior over mu and sigma with the path of the MAP")
    st.caption(
        "The grey path is the MAP (top of the density in mu and sigma) as the points come in, from the prior to the MLE. "
        "The points are taken in an order drawn once, so that a sorted table is fair."
    )
    hist = session.once("bayes.bars", dataset.digest, lambda: bins.histogram(dataset.points))
    plug = Gaussian(points.mean, points.covariance) if mle[1] > 0 else None
    drawn = beliefs.predictive(dataset, hist, attempt(law.predictive), plug, dark)
    plot.show(drawn, key=f"{NAME}.predictive", alt="Posterior predictive over the histogram of all the data")
    st.caption("Bars: all the data. The predictive is wider than the plug-in normal: mu and sigma are not known.")


def reach(dataset: Dataset, points: Sufficient, law: NormalInverseGamma | None) -> tuple[Domain, Domain]:
    """The axes of mu and sigma: the same for every prior and n, or close around a law."""
    low, high = (float(b) for b in dataset.bounds[0])
    m, s = float(points.mean[0]), float(np.sqrt(points.covariance[0, 0]))
    wide = (min(low, m - 3 * s), max(high, m + 3 * s)), (0.0, 2.5 * s)
    close = attempt(lambda: (law.interval_mu(0.9999), law.interval_sigma(0.9999))) if law else None
    if close is None:
        return wide
    mu, sigma = ((max(c[0], w[0]), min(c[1], w[1])) for c, w in zip(close, wide, strict=True))
    return (mu, sigma) if mu[0] < mu[1] and sigma[0] < sigma[1] else wide


def top(points: Sufficient) -> tuple[float, float]:
    """The most likely mu and sigma; one point's sigma is 0."""
    return float(points.mean[0]), float(np.sqrt(points.covariance[0, 0]))


def peak(law: NormalInverseGamma) -> tuple[float, float] | None:
    """The most probable mu and sigma by the density in (mu, sigma)."""
    found: Gaussian | None = attempt(lambda: law.mode("sigma"))
    return (float(found.mean[0]), float(np.sqrt(found.covariance[0, 0]))) if found else None


def walk(prior: NormalInverseGamma, x: np.ndarray) -> list[tuple[int, float, float]]:
    """n, mu and sigma of the MAP after so many points, from the first n that has one."""
    sizes = [0, *(int(m) for m in counts(len(x))[:-1]), len(x)]
    while sizes and attempt(lambda: normal.path(prior, x, sizes[:1], "sigma")) is None:
        sizes.pop(0)
    models = normal.path(prior, x, sizes, "sigma")
    return [(n, float(m.mean[0]), float(np.sqrt(m.covariance[0, 0]))) for n, m in zip(sizes, models, strict=True)]


def table(dataset: Dataset, law: NormalInverseGamma, points: Sufficient) -> pd.DataFrame:
    """MLE, MAP, posterior mean and 95 % intervals of mu and sigma, in the column's unit."""
    mean, variance = law.expectation() if law.proper else (np.nan, np.nan)
    rows = {"MLE": top(points), "MAP": peak(law) or (np.nan, np.nan), "mean*": (mean, float(np.sqrt(variance)))}
    mu, sigma = attempt(law.interval_mu), attempt(law.interval_sigma)
    for i, end in enumerate(("95 % from", "95 % to")):
        rows[end] = mu[i] if mu else np.nan, sigma[i] if sigma else np.nan
    width = mu[1] - mu[0] if mu else np.nan
    symbols = {
        "mu": [placed(row[0], width, 5) if np.isfinite(row[0]) else shown(row[0]) for row in rows.values()],
        "sigma": [shown(row[1]) for row in rows.values()],
    }
    return pd.DataFrame({f"in {dataset.columns[0]}": list(rows)} | symbols)


def shown(value: float) -> str:
    """A number with five digits, or a word where there is none."""
    return written(value, 5) if np.isfinite(value) else "infinite" if value > 0 else "none yet"


def figures(prior: NormalInverseGamma, law: NormalInverseGamma, x: np.ndarray) -> list[tuple[str, str, str]]:
    """Log evidence, and the next point's law."""
    evidence, student = attempt(lambda: prior.evidence(x)), attempt(law.predictive)
    return [
        ("Log evidence", f"{evidence:,.3f}" if evidence is not None else "none", "nats, exact"),
        ("Predictive: Student t", shown(student.degrees if student else np.nan), "degrees of freedom"),
        ("Its scale", shown(student.scale if student else np.nan), "in the column's unit"),
    ]


def said(dataset: Dataset, prior: NormalInverseGamma, law: NormalInverseGamma, n: int) -> str:
    """The prior in the column's unit, and what n points can say, in plain sentences."""
    unit = session.plain(dataset.columns[0])
    if not prior.proper:
        words = "The prior is flat in mu or sigma: it has no curve of its own, and the evidence is not defined."
    else:
        guess = float(np.sqrt(prior.scale / prior.shape))
        words = (
            f"Prior, in {unit}: mu near **{placed(prior.mean, guess)}** (it weighs {written(prior.strength, 3)}, a point "
            f"weighs 1), sigma near **{written(guess)}** (it weighs {written(2 * prior.shape, 3)})."
        )
    many = f"{n:,} point{'s' if n > 1 else ''}"
    span, wide = attempt(law.interval_mu), attempt(law.interval_sigma)
    if span is None or wide is None:
        return f"{words} {many} cannot yet make the posterior proper: use more, or raise strength, shape and scale."
    low, high = (placed(end, span[1] - span[0]) for end in span)
    return (
        f"{words} After {many}, mu lies between **{low}** and **{high}** and sigma between "
        f"**{written(wide[0])}** and **{written(wide[1])}** with probability 95 % each, if the data are normal. The prior is "
        f"{written(100 * prior.strength / law.strength, 2)} % of what says where mu is."
    )
