"""Prior, likelihood and posterior of a bell: exact, for as many of the points as one cares to use."""

from collections.abc import Callable
from typing import TypeVar

import numpy as np
import pandas as pd
import streamlit as st

from core import bins, conjugate
from core.conjugate import Config, NormalInverseGamma
from core.data.dataset import Dataset
from core.gaussian import Gaussian
from core.key import Key
from core.likelihood import Sufficient, sufficient
from core.process import Halt
from playground import controls, density_charts, mixture_numbers, session
from playground.density_charts import Curve, Domain

PRESET = Config()
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
    key = Key(0) / "posterior"
    return session.once(
        "bayes.order", dataset.digest, lambda: dataset.points[key.generator().permutation(len(dataset)), 0]
    )


@st.fragment
def posterior(name: str, dataset: Dataset) -> None:
    """The panel: the prior's controls, how many points to use, the pictures and the table."""
    left, right = st.columns([1.35, 1], gap="large")
    everything = sufficient(dataset.points)
    shift, scale = float(everything.mean[0]), float(np.sqrt(everything.covariance[0, 0]))
    if scale == 0:
        st.caption("All values are the same, so there is no spread to measure the prior by. Choose another column.")
        return
    with right:
        across, up = st.columns(2)
        with across:
            values = controls.draw(PRESET, more=False)
        with up:
            values |= controls.draw(PRESET, more=True)
        options = counts(len(dataset))
        chosen = st.select_slider("Use the first n points", options, ALL, key="first", bind="query-params")
        zoom = st.toggle("Zoom to the posterior", key="zoom", bind="query-params")
    prior = Config(**values).prior(shift, scale)
    x = ordered(dataset)
    n = len(x) if chosen == ALL else int(chosen)
    found = prior.posterior(x[:n])
    points = sufficient(x[:n, None])
    with right:
        st.badge("exact", color="green")
        st.markdown(said(dataset, prior, found, n))
        st.dataframe(table(dataset, found, points), hide_index=True)
        st.markdown(mixture_numbers.table(f"First {n:,} of {len(x):,} points", figures(prior, found, x[:n])))
        st.altair_chart(predictive(dataset, found, points), key=f"{name}.predictive", alt="Posterior predictive")
        st.caption(
            "Bars: all the data. The posterior predictive is wider than the plug-in normal, because mu and sigma are unknown."
        )
    domains = reach(dataset, everything, found if zoom else None)
    with left:
        for which, (title, drawn) in enumerate(pictures(dataset, prior, found, points, domains).items()):
            st.altair_chart(drawn, key=f"{name}.belief{which}", alt=title)
        drawn = plane(dataset, prior, found, points, x, domains)
        st.altair_chart(drawn, key=f"{name}.plane", alt="Posterior over mu and sigma with the path of the MAP")
        st.caption(
            "The grey path is the MAP (top of the density in mu and sigma) as the points come in, from the prior to the MLE. "
            "The points are taken in an order drawn once, so that a sorted table is fair."
        )


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


def pictures(
    dataset: Dataset,
    prior: NormalInverseGamma,
    law: NormalInverseGamma,
    points: Sufficient,
    domains: tuple[Domain, Domain],
) -> dict[str, density_charts.alt.LayerChart]:
    """Prior, likelihood and posterior over mu, and over sigma."""
    laws = (("prior", "noise", prior), ("likelihood", "data", PROFILE.updated(points)), ("posterior", "model", law))
    best, unit, made = peak(law), dataset.columns[0], {}
    for which, symbol in enumerate(("mu", "sigma")):
        x = np.linspace(*domains[which], 801)
        if which:
            x = x[x > 0]
        curves = []
        for word, role, one in laws:
            y = attempt(
                lambda one=one: one.marginal_variance().log_prob_sigma(x) if which else one.marginal_mu().log_prob(x)
            )  # type: ignore[misc]
            if y is not None:
                curves.append(Curve(word, role, x, np.exp(y)))
        marked = {"MLE": (top(points)[which], "data")} | ({"MAP": (best[which], "model")} if best else {})
        band = attempt(law.interval_sigma if which else law.interval_mu)
        title = f"{symbol}: {unit}"
        made[f"Prior, likelihood and posterior of {symbol}"] = density_charts.beliefs(
            curves, marked, band, title, domains[which], session.dark()
        )
    return made


def plane(
    dataset: Dataset,
    prior: NormalInverseGamma,
    law: NormalInverseGamma,
    points: Sufficient,
    x: np.ndarray,
    domains: tuple[Domain, Domain],
) -> density_charts.alt.LayerChart:
    """The posterior over (mu, sigma), and the way its top goes as points come in."""
    mus, sigmas = (
        low + (high - low) * (np.arange(m) + 0.5) / m for (low, high), m in zip(domains, (90, 60), strict=True)
    )
    level = attempt(lambda: law.log_prob_sigma(mus, sigmas[:, None]))
    height = np.zeros((60, 90)) if level is None else np.exp(level - level.max())
    sizes = [int(m) for m in counts(len(x))[:-1]] + [len(x)]
    sizes = [0, *sizes] if peak(prior) else sizes
    way = session.once("bayes.path", (dataset.digest, prior), lambda: attempt(lambda: walk(prior, x, sizes))) or []
    marked = {"MLE": (*top(points), "data")}
    if best := peak(law):
        marked["MAP"] = (*best, "model")
    unit = dataset.columns[0]
    return density_charts.joint(
        mus, sigmas, height, way, marked, (f"mu: {unit}", f"sigma: {unit}"), domains, session.dark()
    )


def walk(prior: NormalInverseGamma, x: np.ndarray, sizes: list[int]) -> list[tuple[int, float, float]]:
    """n, mu and sigma of the MAP after so many points."""
    models = conjugate.path(prior, x, sizes, "sigma")
    return [(n, float(m.mean[0]), float(np.sqrt(m.covariance[0, 0]))) for n, m in zip(sizes, models, strict=True)]


def predictive(dataset: Dataset, law: NormalInverseGamma, points: Sufficient) -> density_charts.alt.LayerChart:
    """The density of the next point, mu and sigma unknown, beside the normal with mu and sigma at the MLE."""
    hist = session.once("bayes.bars", dataset.digest, lambda: bins.histogram(dataset.points))
    low, high = (float(b) for b in dataset.bounds[0])
    x, curves = np.linspace(low, high, 401), []
    if student := attempt(law.predictive):
        curves.append(Curve("predictive", "model", x, student.pdf(x)))
    mu, sigma = top(points)
    if sigma > 0:
        plug = Gaussian(np.array([mu]), np.array([[sigma**2]]))
        curves.append(Curve("plug-in normal", "noise", x, np.exp(plug.log_prob(x[:, None]))))
    height = 1.25 * float(hist.heights.max())
    return density_charts.bars(hist, curves, dataset.columns[0], (low, high), height, session.dark(), 200)


def table(dataset: Dataset, law: NormalInverseGamma, points: Sufficient) -> pd.DataFrame:
    """MLE, MAP, posterior mean and 95 % intervals of mu and sigma, in the column's unit."""
    mean, variance = law.expectation() if law.proper else (np.nan, np.nan)
    rows = {
        "MLE": top(points),
        "MAP": peak(law) or (np.nan, np.nan),
        "posterior mean (sigma: root of the mean square)": (mean, float(np.sqrt(variance))),
    }
    spans = attempt(law.interval_mu), attempt(law.interval_sigma)
    for end, which in (("95 % from", 0), ("95 % to", 1)):
        rows[end] = tuple(span[which] if span else np.nan for span in spans)
    unit = dataset.columns[0]
    return pd.DataFrame(
        {
            "estimate": list(rows),
            f"mu: {unit}": [shown(m) for m, _ in rows.values()],
            f"sigma: {unit}": [shown(s) for _, s in rows.values()],
        }
    )


def shown(value: float) -> str:
    """A number with five digits, or a word where there is none."""
    return f"{value:.5g}" if np.isfinite(value) else "infinite" if value > 0 else "none yet"


def figures(prior: NormalInverseGamma, law: NormalInverseGamma, x: np.ndarray) -> list[tuple[str, str, str]]:
    """Log evidence, and the next point's law."""
    evidence, student = attempt(lambda: prior.evidence(x)), attempt(law.predictive)
    rows = [
        ("Log evidence", f"{evidence:,.3f}" if evidence is not None else "none", "nats, exact"),
        ("Predictive: Student t", f"{law.shape * 2:g}" if student else "none yet", "degrees of freedom"),
    ]
    return [*rows, ("its scale", shown(student.scale if student else np.nan), "in the column's unit")]


def said(dataset: Dataset, prior: NormalInverseGamma, law: NormalInverseGamma, n: int) -> str:
    """The prior in the column's unit, and what n points can say, in plain sentences."""
    unit = session.plain(dataset.columns[0])
    if not prior.proper:
        words = "The prior is flat in mu or sigma: it has no curve of its own, and the evidence is not defined."
    else:
        guess = float(np.sqrt(prior.scale / prior.shape))
        words = (
            f"Prior, in {unit}: mu near **{prior.mean:.4g}** as if from {prior.strength:.3g} points, sigma near "
            f"**{guess:.4g}** as if from {2 * prior.shape:.3g}."
        )
    many = f"{n:,} point{'s' if n > 1 else ''}"
    span, wide = attempt(law.interval_mu), attempt(law.interval_sigma)
    if span is None or wide is None:
        return f"{words} {many} cannot yet make the posterior proper: use more, or raise strength, shape and scale."
    return (
        f"{words} After {many}, mu lies between **{span[0]:.4g}** and **{span[1]:.4g}** and sigma between "
        f"**{wide[0]:.4g}** and **{wide[1]:.4g}** with probability 95 % each, if the data are normal. The prior is "
        f"{prior.strength / law.strength:.1%} of what says where mu is."
    )
