"""Whether the law's samples can be told from the points: two distances beside what one source would give."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

from core.dataset import Dataset
from core.evaluation import metrics, two_sample
from core.evaluation.two_sample import Null
from core.joint.joint import Joint, Way
from core.key import Key
from core.process import Halt, Step
from playground import session
from playground.palette import ROLES
from playground.rungs.fit2.joint import Seen
from playground.rungs.fit2.numbers import part
from playground.rungs.fit2.screen import AGAINST, NAME, Screen
from playground.runs import runs
from playground.runs.jobs import Progress
from playground.runs.watch import watch
from playground.shown import charts

REPEATS = 499
CELLS = 24  # bars of a null
STATISTICS = {
    "energy": "energy distance (squared, standard units)",
    "sliced wasserstein": "sliced Wasserstein distance",
}
UNSEEN = (
    "Fitted to a random half, compared with the other: an exact p for the law as fitted, its estimation error included."
)
SEEN = (
    "Not calibrated: samples lie too near to points the law was fitted to, so these distances are too small and their "
    "p too large, most of all for kernels. A small one still counts against the law; a large one says nothing."
)


def show(screen: Screen, step: Step[Seen]) -> None:
    """The panel."""
    dataset, way, key, law = screen.dataset, screen.way, screen.key, step.state.law
    against = st.segmented_control(
        "Compare the samples with", AGAINST, default=AGAINST[0], key="against", bind="query-params", required=True
    )
    unseen = against != AGAINST[1]
    st.caption(UNSEEN if unseen else SEEN)
    for where, (statistic, title) in zip(st.columns(2, gap="large"), STATISTICS.items(), strict=True):
        steps = partial(comparison, way, dataset, law, unseen, statistic, key / "compare")
        with where:
            run = runs.open_run(f"{NAME}.{statistic}", (dataset.digest, key, way, unseen), "", steps)
            watch(run, partial(draw, title, unseen))


def comparison(way: Way, dataset: Dataset, law: Joint, unseen: bool, statistic: str, key: Key) -> Iterator[Step[Null]]:
    """The samples of a law against the points: of one fitted to a random half, against the other half, if `unseen`."""
    x = dataset.points
    if unseen:
        train, held = metrics.split(len(x), 0.5, key / "half")
        if len(train) < 5:
            raise Halt("These points are too few to hold half of them out: compare with all of them.")
        law, x = way.fit(x[train]), x[held]
    x = part(x, two_sample.MOST, key / "part")
    y = law.sample(len(x), key / "samples")
    spread = dataset.points.std(axis=0)
    return two_sample.compare(x / spread, y / spread, key / statistic, statistic, REPEATS)


def draw(title: str, unseen: bool, newest: Step[Null] | None, progress: Progress) -> None:
    """One distance among those of the reshuffles so far, and what it says."""
    if newest is None:
        return
    found = newest.state
    if progress.alive:
        st.progress(len(found.null) / REPEATS, f"{len(found.null)} of {REPEATS} reshuffles.")
    if len(found.null):
        chart, alt = null(found, title, session.dark()), f"{title}: observed {found.observed:.4g}"
        st.altair_chart(chart, key=f"{NAME}.{title}", alt=alt)
    if not progress.alive:
        words = compared(found, title[0].upper() + title.split(" (")[0][1:], unseen)
        st.markdown(f"{words} Observed {found.observed:.4g}, 95 % of reshuffles below {found.limit:.4g}.")


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


def compared(found: Null, title: str, unseen: bool) -> str:
    """What a comparison says, and what it does not."""
    p = found.p_value
    against = "the points that the fit had not seen" if unseen else "the points the law was fitted to"
    if not unseen:
        said = (
            f"**They differ**, even by a p that is too large ({p:.3f}, not calibrated)."
            if p <= 0.05
            else f"**Nothing can be said** (p = {p:.3f}, not calibrated: too large). Compare with unseen points instead."
        )
        return f"{title}: {said} Compared: {found.m:,} samples with {found.n:,} of {against}."
    if p <= 0.05:
        said = (
            f"**They differ** (p = {p:.3f}): samples of one source are this far apart in fewer than 1 of 20 reshuffles."
        )
    else:
        said = (
            f"**No difference seen** (p = {p:.3f}): so far apart, or further, are {p:.0%} of reshuffles of one source."
        )
    tail = (
        "That is no proof that the law is true: more points would see more."
        if p > 0.05
        else "Where they differ, the stage shows: turn the samples on."
    )
    return f"{title}: {said} Compared: {found.m:,} samples with {found.n:,} of {against}. {tail}"
