"""Two panels of the 1-D page: which law is best by values it has not seen, and whether a law fits at all."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from core import bins, discrete, goodness, metrics, ranking
from core.bernoulli import BetaBernoulli
from core.data.dataset import Dataset
from core.distances import TITLES
from core.families import FAMILIES, Family
from core.key import Key
from core.ranking import Row
from playground import family_charts as charts
from playground import mixture_numbers as numbers
from playground import runs, session
from playground.runs import Run

BEST, TAKEN = "The best", ("counts", "measurements")
ALL = [family.title for family in FAMILIES]
WORDS = {"law": (BEST, *ALL, *(law.title for law in discrete.FAMILIES)), "tested": tuple(ALL), "taken": TAKEN}
"""The panels' keyed widgets with their allowed words, the default first."""
PROPER = ("Student", "Laplace", "Cauchy", "Gumbel", "Pareto", "Weibull", "Poisson", "Bernoulli")
JUDGED = ("KS", "AD", "CvM")
REPLICATES, REPEATS = 199, 200


def kind_of(dataset: Dataset) -> discrete.Kind:
    """What the column holds."""
    return session.once("families.kind", dataset.digest, lambda: discrete.recognise(dataset.points))


def unit_of(column: str) -> str:
    """The unit at the end of a column's name, in brackets: "min" of "waiting (min)"; "" if there is none."""
    found = re.search(r"\(([^()]+)\)\s*$", column)
    return found.group(1).strip() if found else ""


def spoken(title: str) -> str:
    """A law's name inside a sentence."""
    return title if title.startswith(PROPER) else title[:1].lower() + title[1:]


def estimate(value: metrics.Estimate) -> str:
    """A value with its standard error; without one, a value to four digits."""
    return numbers.estimate(value) if np.isfinite([value.value, value.error]).all() else f"{value.value:.4f}"


def families(name: str, dataset: Dataset, key: Key) -> None:
    """Every law fitted and ranked by its held-out score, the chosen one drawn over the histogram."""
    kind, x = kind_of(dataset), dataset.points[:, 0]
    laws: Sequence[Any] = FAMILIES
    if kind.kind != "continuous":
        st.caption(kind.reason)
    if kind.kind == "constant":
        return
    if kind.kind == "binary":
        x, laws = (x == kind.values[1]).astype(float), (discrete.BERNOULLI,)
    elif kind.kind == "counts":
        taken = {"default": TAKEN[0], "key": "taken", "bind": "query-params", "required": True}
        if st.segmented_control("Take them as", TAKEN, **taken) == TAKEN[0]:
            laws = discrete.FAMILIES
    spec = (dataset.digest, key, laws is FAMILIES)
    run = runs.open_run(f"{name}.families", spec, "", lambda: ranking.rank(x, key, laws))
    polled = runs.every(run)

    @st.fragment(run_every=polled)
    def panel() -> None:
        progress = run.job.progress()
        if progress.error:
            st.warning(progress.error)
        rows: tuple[Row, ...] = run.job.trace[-1].state if len(run.job.trace) else ()
        left, right = st.columns([1, 1.35], gap="large")
        with left:
            titles = (BEST, *(law.title for law in laws))
            asked = st.selectbox("Law drawn", titles, key="law", bind="query-params")
            row = next((r for r in rows if asked in (BEST, r.title)), None)
            picture(name, dataset, x, row, laws is FAMILIES, kind)
            if progress.alive:
                st.progress(len(rows) / len(laws), f"{len(rows)} of {len(laws)} laws fitted.")
            else:
                st.markdown(verdict(rows, dataset))
                if kind.kind == "binary":
                    st.markdown(posterior(x, kind))
        with right:
            shown, formats = table(rows, unit_of(dataset.columns[0]))
            st.dataframe(shown, hide_index=True, height=35 * (len(laws) + 1) + 3, column_config=formats)
            st.caption(
                "Held out: the mean log-density of a fifth of the points, which the law has not seen, with its standard "
                "error; more is better. Tied: less than one standard error behind the best. AIC, BIC: less is better."
            )
        if polled and not progress.alive:
            st.rerun(scope="app")  # the page stops looking

    panel()


def picture(name: str, dataset: Dataset, x: np.ndarray, row: Row | None, continuous: bool, kind: discrete.Kind) -> None:
    """The data, the law of `row` and the truth, on axes that do not move; why the law cannot be drawn, if so."""
    column, unit, dark = dataset.columns[0], unit_of(dataset.columns[0]), session.dark()
    low, high = (float(v) for v in dataset.bounds[0])
    fitted = row.fitted if row else None
    if continuous:
        rule = session.widget("bins") or bins.NAMES[0]
        histogram = session.once(f"{name}.bins", (dataset.digest, rule), lambda: bins.histogram(x, rule))
        grid, lines = np.linspace(low, high, 500), {}
        if fitted and row:
            lines["model"] = (row.title, np.exp(fitted.log_prob(grid)))
        top = histogram.heights.max()
        if dataset.truth is not None:
            lines["truth"] = ("truth, dashed", np.exp(dataset.truth.log_prob(grid[:, None])))
            top = max(top, lines["truth"][1].max())
        title = f"density (per {unit})" if unit else "density"
        drawn = charts.density(histogram, grid, lines, (column, (low, high)), (title, 1.2 * float(top)), dark)
        if histogram.note:
            st.caption(histogram.note)
    else:
        values, count = np.unique(x, return_counts=True)
        share = dict(zip(values.tolist(), (count / len(x)).tolist(), strict=True))
        whole = np.arange(values.max() + 1)
        law = (row.title, dict(zip(whole, np.exp(fitted.log_prob(whole)), strict=True))) if fitted and row else None
        domain = (-0.75, float(values.max()) + 0.75)
        said = f"{column}: 0 is {kind.values[0]:g}, 1 is {kind.values[1]:g}" if kind.values else column
        drawn = charts.shares(share, law, (said, domain), min(1.0, 1.3 * max(share.values())), len(x), dark)
    what = f"{row.title} at {row.log_likelihood:.4f} nats per point" if fitted and row else "no law yet"
    st.altair_chart(drawn, key=f"{name}.families", alt=f"{len(x):,} points of {column} and {what}")
    if row and row.note:
        st.caption(row.note)


def table(rows: Sequence[Row], unit: str) -> tuple[pd.DataFrame, dict[str, Any]]:
    """The ranked table, and how its numbers are written."""

    def words(row: Row) -> str:
        described = row.fitted.describe(unit) if hasattr(row.fitted, "describe") else ()  # type: ignore[union-attr]
        said = ", ".join(f"{word} {value:.4g} {of}".strip() for word, value, of in described)
        return ". ".join(part for part in (said, row.note) if part)

    ranks = {id(row): "tied" if row.tied else "" for row in rows} | {id(r): "best" for r in rows[:1]}
    data = {
        "law": [row.title for row in rows],
        "standing": ["failed" if row.problem else ranks[id(row)] for row in rows],
        "held out (nats per point)": [row.held_out.value for row in rows],
        "± (nats per point)": [row.held_out.error for row in rows],
        "behind the best (nats per point)": ["" if np.isnan(r.behind.value) else estimate(r.behind) for r in rows],
        "parameters, or why it failed": [words(row) for row in rows],
        "log-likelihood (nats per point)": [row.log_likelihood for row in rows],
        "AIC (nats)": [row.aic for row in rows],
        "BIC (nats)": [row.bic for row in rows],
    }
    formats = {title: "%.1f" if title.startswith(("AIC", "BIC")) else "%.4f" for title in data if "(nats" in title}
    formats.pop("behind the best (nats per point)")
    return pd.DataFrame(data), {title: st.column_config.NumberColumn(format=f) for title, f in formats.items()}


def verdict(rows: Sequence[Row], dataset: Dataset) -> str:
    """What can and cannot be said with so many points."""
    scored = [row for row in rows if np.isfinite(row.held_out.value)]
    if not scored:
        return "None of these laws can be ranked here; each row says why."
    n, best, rest = f"{len(dataset):,}", scored[0], [row for row in scored[1:] if not row.tied]
    tied = [spoken(row.title) for row in scored if row.tied]
    said = f"**{best.title}** is best" if rest else f"**{best.title}** scores {estimate(best.held_out)} nats per point"
    if rest:
        said += f" by {estimate(rest[0].behind)} nats per held-out point, before {spoken(rest[0].title)}"
    if tied:
        several = ", ".join(tied[:-1]) + f" and {tied[-1]}" if len(tied) > 1 else tied[0]
        said += f"; {several} cannot be told from it with {n} points"
    said += "."
    if rest and rest[0].behind.value < 2 * rest[0].behind.error:
        said += " Less than two standard errors are a hint, no proof."
    if dataset.entropy is not None:
        said += f" The truth itself scores {-dataset.entropy:.4f} nats per point on average (exact)."
    return said + " The best of these need not fit: that is for the goodness of fit to say."
