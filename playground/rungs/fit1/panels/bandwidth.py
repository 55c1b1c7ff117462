"""A bump on every point: kernel, bandwidth and bins by choice, the rules on one axis, and what the truth would say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import pandas as pd
import streamlit as st

from core.dataset import Dataset
from core.digits import written
from core.kernels import bandwidth, sums
from core.kernels.kde import KDE
from core.laws import bins
from core.laws.bins import Histogram
from core.options import Choice
from core.process import Halt
from playground import controls, plot, session
from playground.rungs.fit1 import smoothing
from playground.rungs.fit1.bell import Bell
from playground.rungs.fit1.screen import NAME, Screen
from playground.rungs.fit1.smoothing import BOUNDARIES, FACTORS, Judged
from playground.runs import baton, runs
from playground.runs.runs import Run
from playground.runs.watch import watch
from playground.shown import tables, vega
from playground.shown.density import Curve, bars, ceiling, lines, marks, span, words
from playground.shown.points import places
from playground.shown.vega import Domain, Part, axis

HAND = bandwidth.RULES[-1]
PRESET = min(FACTORS, key=lambda f: abs(float(f) - 0.25))
HEADS = {"left out (nats)": "left out", "MISE / oracle's": "MISE ratio"}
TITLES = ("h", "left out (nats)", "least squares", "MISE / oracle's")
EXACT = "Exact for this truth and this n, without boundary correction; no rule may look at it. MISE = bias² + variance."
LEFT_OUT = "The truth is not known, so each h is judged by the mean log-density of each point under all the others."


@dataclass(frozen=True)
class Smoothing:
    """The estimate's choices of few words; the bandwidth's rule is a box and, by hand, a slider of their own."""

    kernel: Annotated[str, Choice(sums.KERNELS, "Kernel", "The bump put on every point.")] = "gaussian"
    boundary: Annotated[str, Choice(BOUNDARIES, "Boundary", "Fold back what leaks over an edge.")] = "none"


@dataclass(frozen=True)
class Panel:
    """What the panel was asked for: the bandwidth's `rule`, its `factor` by hand, and the run that tries the rules."""

    screen: Screen
    rule: str
    factor: float
    asked: Smoothing
    run: Run

    def now(self) -> tuple[Judged, KDE] | None:
        """The rules so far and the estimate, or None with a word on what it waits for."""
        trace, x = self.run.job.trace, self.screen.dataset.points
        judged: Judged | None = trace[-1].state if len(trace) else None
        if judged is None or self.rule not in (*judged.rules, HAND):
            st.progress(trace[-1].metrics["progress"] if judged else 0.0, "Trying bandwidths...")
            return None
        h = self.factor * smoothing.deviation(x) if self.rule == HAND else judged.rules[self.rule][0]
        if not np.isfinite(h):
            st.warning("This rule finds no bandwidth for these values. Choose another rule or the Gaussian kernel.")
            return None
        return judged, smoothing.estimate(x, h, self.asked.kernel, self.asked.boundary)


@baton.fragment()
def show(screen: Screen, step: Bell) -> None:
    """The panel."""
    dataset = screen.dataset
    try:
        bandwidth.covariance(dataset.points)
    except Halt as halt:
        st.caption(session.plain(str(halt)))
        return
    left, right = st.columns([1.35, 1], gap="large")
    with right:
        rule = st.selectbox("Bandwidth by", bandwidth.RULES, 2, key="rule", bind="query-params")
        label, factor = "Bandwidth h, in standard deviations of the data (log scale)", PRESET
        if rule == HAND:
            factor = st.select_slider(label, FACTORS, PRESET, key="factor", bind="query-params")
        asked = Smoothing(**controls.draw(Smoothing(), more=False))
    what = (dataset.digest, dataset.name, asked.kernel)
    run = runs.open_run(f"{NAME}.smooth", what, "", lambda: smoothing.judge(dataset, asked.kernel))
    panel, polling = Panel(screen, rule, float(factor), asked, run), runs.every(run)
    with left.container(key="place bandwidth"):
        baton.fragment(polling, run.job.news)(pictures)(panel)
    with right:
        baton.fragment(polling, run.job.news)(figures)(panel, polling is not None)


def pictures(panel: Panel) -> None:
    """The estimate over the bars, and what each bandwidth costs."""
    if (found := panel.now()) is None:
        return
    (judged, model), dataset, cut, dark = found, panel.screen.dataset, panel.screen.asked.bins, session.dark()
    hist = session.once(f"{NAME}.bars", (dataset.digest, cut), lambda: bins.histogram(dataset.points, cut))
    marked = {word: (row[0], "truth" if word == "Oracle" else "noise") for word, row in judged.rules.items()}
    marked[panel.rule] = (model.h, "hand")
    drawn = estimate(dataset, hist, model, dark)
    plot.show(drawn, key=f"{NAME}.estimate", alt="The kernel estimate over the histogram")
    st.caption(f"{len(hist.counts):,} bins by {cut}: the bins choose the story. {session.plain(hist.note)}")
    drawn = cost(dataset.columns[0], judged, marked, dark)
    plot.show(drawn, key=f"{NAME}.widths", alt="What each bandwidth costs, with the rules' choices")
    st.caption(EXACT if judged.known else LEFT_OUT)


def figures(panel: Panel, polled: bool) -> None:
    """The bandwidth, the rules' table, and the held-out score."""
    if (progress := panel.run.job.progress()).error:
        st.warning(session.plain(progress.error))
    if polled and not progress.alive:
        st.rerun(scope="app")  # the last look: the next one does not poll
    if (found := panel.now()) is None:
        return
    (judged, model), dataset = found, panel.screen.dataset
    st.markdown(f"**h = {written(model.h)}** in {session.plain(dataset.columns[0])}. {announced(model)}")
    tables.right(table(judged), HEADS)
    asked = (model.h, panel.rule, model.kernel, panel.asked.boundary)
    run = runs.open_run(f"{NAME}.held", (dataset.digest, *asked), "", lambda: smoothing.unseen(dataset.points, *asked))
    watch(run, lambda newest, _: st.markdown(smoothing.told(newest)), "Holding out a fifth...")


def announced(model: KDE) -> str:
    """What the boundary correction does, in words."""
    if model.bounds is None:
        return "No boundary correction: bumps near an edge leak over it."
    low, high = model.bounds[0]
    where = f"the extremes, {written(low)} and {written(high)}," if high < np.inf else "0 (all values are positive)"
    return f"Corrected: what leaks over {where} is folded back."


def table(judged: Judged) -> pd.DataFrame:
    """The rules' bandwidths, scores and, where the truth is known, what they cost."""
    columns = dict(zip(TITLES, zip(*judged.rules.values(), strict=True), strict=True))
    made = {title: [written(v) if np.isfinite(v) else "none" for v in values] for title, values in columns.items()}
    return pd.DataFrame({"rule": list(judged.rules)} | made).drop(columns=[] if judged.known else [TITLES[-1]])


def estimate(dataset: Dataset, histogram: Histogram, model: KDE, dark: bool) -> Part:
    """A kernel estimate over the bars, and the truth where it is known."""
    domain = span(dataset)
    even = np.linspace(*domain, 801)
    x, height = places(dataset.points[:, 0], *domain, len(even)), model.on_grid(even)
    if len(x) > len(even):
        more = np.setdiff1d(x, even)
        order = np.argsort(np.append(even, more), kind="stable")
        height = np.append(height, np.exp(model.log_prob(more[:, None])))[order]
    curves = [Curve("estimate", "model", x, height)]
    if dataset.truth:
        curves.append(Curve("truth", "truth", x, np.exp(dataset.truth.log_prob(x[:, None]))))
    return bars(histogram, curves, dataset.columns[0], domain, ceiling(dataset), dark)


def cost(unit: str, judged: Judged, marked: Mapping[str, tuple[float, str]], dark: bool) -> Part:
    """The exact risk over the bandwidth where it is known, else the left-out score, with the rules' choices."""
    h, score, known = judged.h, judged.score, judged.known
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


def widths(
    curves: Sequence[Curve],
    marked: Mapping[str, tuple[float, str]],
    titles: tuple[str, str],
    domains: tuple[Domain, Domain],
    dark: bool,
) -> Part:
    """Curves over the bandwidth (log axis) with the rules' choices marked."""
    across, up = axis("x", titles[0], domains[0], log=True), axis("y", titles[1], domains[1])
    layers = lines(curves, across, up, dark) + marks(marked, across, dark, stairs=True)
    return vega.layers(layers + words([(c.word, c.role) for c in curves], dark), 290)
