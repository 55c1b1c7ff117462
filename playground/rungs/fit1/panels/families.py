"""Which law is best by values it has not seen: every law fitted and ranked, the chosen one drawn over the data."""

from functools import partial

import numpy as np
import streamlit as st

from core.digits import minus
from core.laws import bins
from core.laws.bins import Histogram
from core.laws.conjugate.bernoulli import BetaBernoulli
from core.laws.ranking import Row
from core.process import Step
from playground import plot, session
from playground.rungs.fit1 import beliefs, column, picture, ranking
from playground.rungs.fit1.bell import Bell
from playground.rungs.fit1.column import Ranked
from playground.rungs.fit1.screen import BEST, NAME, Screen
from playground.runs.drain import Progress
from playground.runs.watch import watch
from playground.shown import criteria, tables
from playground.shown.density import Curve
from playground.shown.numbers import unit_of

WIDEST = 205  # pixels of a law's name
HELD = (
    "Held out: the mean log-{} of all points in nats, each fifth in turn under the fit to the other four, with its standard "
    "error; more is better. Tied: behind the best by less than one standard error, or by less than 0.001. {} ± of a "
    "parameter: its standard error if the law is right, by observed information unless its row says otherwise."
)


def show(screen: Screen, step: Bell) -> None:
    """The panel."""
    ranked, cut = column.taken(screen.dataset), screen.asked.bins
    if ranked is None:
        return
    histogram = None
    if ranked.continuous:
        key = (screen.dataset.digest, cut)
        histogram = session.once(f"{NAME}.histogram", key, lambda: bins.histogram(ranked.x, cut))
    watch(column.open_ranking(screen, ranked), partial(draw, screen, ranked, histogram))


def draw(
    screen: Screen,
    ranked: Ranked,
    histogram: Histogram | None,
    newest: Step[tuple[Row, ...]] | None,
    progress: Progress,
) -> None:
    """The table as far as it is known, what it says, and one of its laws over the data."""
    rows, unit = newest.state if newest else (), unit_of(screen.dataset.columns[0])
    left, right = st.columns([1.35, 1], gap="large")
    with right:
        session.settle("law", ranked.titles, BEST)
        asked = st.selectbox("Law drawn", (BEST, *ranked.titles), key="law", bind="query-params")
        row = column.asked_for(ranked, rows, asked)
        if row and row.fitted:
            st.caption(f"{session.plain(row.title)}: {session.plain(ranking.parameters(row, unit))}.")
        said(screen, ranked, newest, progress)
        for note in (row.note if row else "", histogram.note if histogram else ""):
            if note:
                st.caption(note)
    with left:
        drawn(screen, ranked, row, histogram)
        if ranked.kind.kind == "binary":
            believed(ranked)
    tables.show(ranking.ranked(rows, unit), ranking.DIGITS, ranking.HEADS, first=WIDEST, rows=len(ranked.laws))


def drawn(screen: Screen, ranked: Ranked, row: Row | None, histogram: Histogram | None) -> None:
    """The law of a row over the data; a poll that finds the same law best draws nothing anew."""
    dataset, dark = screen.dataset, session.dark()
    law = row and (row.title, row.log_likelihood)
    spec = (dataset.digest, ranked.axis, histogram and screen.asked.bins, law, dark)
    make = partial(picture.picture, dataset, ranked.x, row, histogram, ranked.axis, dark)
    what = f"{row.title} at {minus(f'{row.log_likelihood:.4f}')} nats per point" if row else "no law yet"
    alt = f"{len(dataset):,} points of {ranked.axis} and {what}"
    plot.show(session.once(f"{NAME}.picture", spec, make), key=f"{NAME}.families", alt=alt)


def said(screen: Screen, ranked: Ranked, newest: Step[tuple[Row, ...]] | None, progress: Progress) -> None:
    """How far the ranking is, or what it says and what it cannot say."""
    dataset, rows = screen.dataset, newest.state if newest else ()
    last, n = newest.metrics if newest and rows else {}, len(dataset)
    few = int(last.get("values", n))
    if progress.alive:
        done, which = last.get("progress", 0.0), f"{len(rows)} of {len(ranked.laws)} laws fitted."
        if few < n:
            which = f"A first answer, from a random {few:,} of the {n:,} points. All of them: {done:.0%} fitted."
        st.progress(done if few < n else len(rows) / len(ranked.laws), which)
    if rows and (not progress.alive or (few < n and len(rows) == len(ranked.laws))):
        st.markdown(ranking.verdict(rows, few, dataset.entropy))
    if ranked.kind.kind == "binary":
        st.markdown(posterior(ranked))
    elif rows and not progress.alive:
        st.caption(ranking.limits(rows, ranked.x, unit_of(dataset.columns[0]), not ranked.continuous))
    st.caption(HELD.format("density" if ranked.continuous else "probability", criteria.CRITERIA))


def posterior(ranked: Ranked) -> str:
    """What a column of two values tells of its probability."""
    ones, n, value = int(ranked.x.sum()), len(ranked.x), ranked.kind.values[1]
    law = BetaBernoulli().posterior(ones, n - ones)
    low, high = law.interval()
    return (
        f"The value {value:g} came {ones:,} times of {n:,}: its probability lies between {low:.3f} and "
        f"{high:.3f} with probability 0.95 (flat prior, exact). The next value is {value:g} with probability "
        f"{law.predictive():.3f}."
    )


def believed(ranked: Ranked) -> None:
    """The posterior of the probability, beside the flat prior."""
    ones, p = int(ranked.x.sum()), np.linspace(0, 1, 801)
    law = BetaBernoulli().posterior(ones, len(ranked.x) - ones)
    density = np.exp(law.log_prob(p))
    curves = [
        Curve("flat prior", "noise", p, np.ones_like(p) / density.max()),
        Curve(f"posterior: Beta({law.a:g}, {law.b:g})", "model", p, density / density.max()),
    ]
    title = f"probability of {ranked.kind.values[1]:g}"
    marked = {"share": (float(ranked.x.mean()), "data")}
    drawn = beliefs.beliefs(curves, marked, law.interval(), title, (0.0, 1.0), session.dark())
    plot.show(drawn, key=f"{NAME}.belief", alt=f"Posterior of the {title}")
