"""A bump on every point: kernel, bandwidth and bins by choice, the rules on one axis, and what the truth would say."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import pandas as pd
import streamlit as st

from core.check import Check
from core.dataset import Dataset
from core.evaluation import metrics
from core.kernels import bandwidth, kde, risk, sums
from core.kernels.kde import KDE
from core.key import Key
from core.laws import bins
from core.laws.families.line_kde import LineKDE
from core.options import Choice
from core.process import Halt, Step
from playground import controls, session
from playground.rungs.em import numbers
from playground.runs import baton, runs
from playground.runs.runs import Run
from playground.shown import density

FACTORS = tuple(f"{f:.3g}" for f in np.geomspace(0.01, 3, 100))
HAND = bandwidth.RULES[-1]
PRESET = min(FACTORS, key=lambda f: abs(float(f) - 0.25))
FEWEST, MOST_HELD = 10, 500  # values; held-out values that are scored
TITLES = ("h", "left-out score (nats)", "least squares", "MISE / oracle's")
EXACT = "Exact for this truth and this n, without boundary correction; no rule may look at it. MISE = bias² + variance."
LEFT_OUT = "The truth is not known, so each h is judged by the mean log-density of each point under all the others."


@dataclass(frozen=True)
class Smoothing:
    """The estimate's choices of few words; the bandwidth's rule is a box and, by hand, a slider of their own."""

    kernel: Annotated[str, Choice(sums.KERNELS, "Kernel", "The bump put on every point.")] = "gaussian"
    boundary: Annotated[str, Choice(("none", "reflect"), "Boundary", "Fold back what leaks over an edge.")] = "none"


@dataclass(frozen=True)
class Judged:
    """Over the axis of `h`: the left-out `score`, and the exact risk where the truth is known.

    `rules` are, by name, h (NaN if the rule finds none), the left-out score, the least-squares criterion and MISE over
    the oracle's; the oracle is one of them where the truth is known.
    """

    h: np.ndarray
    score: np.ndarray
    known: risk.Risk | None
    rules: Mapping[str, tuple[float, ...]]


def judge(dataset: Dataset, kernel: str) -> Iterator[Step[Judged]]:
    """Yield what is known of the bandwidths, one more rule a Step."""
    x, n, truth = dataset.points, len(dataset), dataset.truth
    sd, least = float(np.sqrt(kde.covariance(x)[0, 0])), float("nan")
    h = sd * np.geomspace(float(FACTORS[0]), float(FACTORS[-1]), 120)
    score, known = bandwidth.likelihood(x, h, kernel), risk.risk(truth, n, h, kernel) if truth else None
    names = [*(["oracle"] if truth else []), *bandwidth.RULES[:-1]]
    rules: dict[str, tuple[float, ...]] = {}
    for i, rule in enumerate(names):
        try:
            if truth and rule == "oracle":
                width = risk.oracle(truth, n, kernel)
            else:
                width = bandwidth.factors(rule, x / sd, kernel, Key(0))[-1][0] * sd
            at = np.array([width])
            mise = float(risk.risk(truth, n, at, kernel).mise[0]) if truth else float("nan")
            least = mise if rule == "oracle" else least
            scores = bandwidth.likelihood(x, at, kernel)[0], bandwidth.least_squares(x, at, kernel)[0]
            rules[rule] = (width, float(scores[0]), float(scores[1]), mise / least)
        except Halt:
            rules[rule] = (float("nan"),) * 4
        yield Step(i, Judged(h, score, known, dict(rules)), rule, {"progress": (i + 1) / len(names)})


@dataclass(frozen=True)
class Panel:
    """What the panel was asked for: the bins' rule `cut`, the bandwidth's `rule`, its `factor` by hand, and the run."""

    name: str
    dataset: Dataset
    key: Key
    cut: str
    rule: str
    factor: float
    asked: Smoothing
    run: Run

    def now(self) -> tuple[Judged, KDE] | None:
        """The rules so far and the estimate, or None with a word on what it waits for."""
        trace, x = self.run.job.trace, self.dataset.points
        judged: Judged | None = trace[-1].state if len(trace) else None
        if judged is None or self.rule not in (*judged.rules, HAND):
            st.progress(trace[-1].metrics["progress"] if judged else 0.0, "Trying bandwidths...")
            return None
        sd = float(np.sqrt(kde.covariance(x)[0, 0]))
        h = self.factor * sd if self.rule == HAND else judged.rules[self.rule][0]
        if not np.isfinite(h):
            st.warning("This rule finds no bandwidth for these values. Choose another rule or the Gaussian kernel.")
            return None
        edges = np.array([[0.0, np.inf] if x.min() > 0 else [x.min(), x.max()]])
        return judged, KDE.on_line(x, h, self.asked.kernel, edges if self.asked.boundary == "reflect" else None)


@baton.fragment()
def smooth(name: str, dataset: Dataset, key: Key, cut: str | None = None) -> None:
    """The panel; `cut` is the bins' rule where the page has a control of its own for it."""
    try:
        kde.covariance(dataset.points)
    except Halt as halt:
        st.caption(session.plain(str(halt)))
        return
    left, right = st.columns([1.35, 1], gap="large")
    with right:
        if cut is None:
            cut = st.selectbox("Bins by", bins.NAMES, key="cut", bind="query-params")
        rule = st.selectbox("Bandwidth by", bandwidth.RULES, 2, key="rule", bind="query-params")
        words, factor = "Bandwidth h, in standard deviations of the data (log scale)", PRESET
        if rule == HAND:
            factor = st.select_slider(words, FACTORS, PRESET, key="factor", bind="query-params")
        asked = Smoothing(**controls.draw(Smoothing(), more=False))
    what = (dataset.digest, dataset.name, asked.kernel)
    run = runs.open_run(f"{name}.smooth", what, "", lambda: judge(dataset, asked.kernel))
    panel, polling = Panel(name, dataset, key, cut or bins.NAMES[0], rule, float(factor), asked, run), runs.every(run)
    with left:
        baton.fragment(polling)(pictures)(panel)
    with right:
        baton.fragment(polling)(figures)(panel, polling is not None)


def pictures(panel: Panel) -> None:
    """The estimate over the bars, and what each bandwidth costs."""
    if (found := panel.now()) is None:
        return
    (judged, model), dataset, dark = found, panel.dataset, session.dark()
    spec = (dataset.digest, panel.cut)
    hist = session.once(f"{panel.name}.bars", spec, lambda: bins.histogram(dataset.points, panel.cut))
    marked = {word: (row[0], "truth" if word == "oracle" else "noise") for word, row in judged.rules.items()}
    marked[panel.rule] = (model.h, "hand")
    drawn = density.estimate(dataset, hist, model, dark)
    st.altair_chart(drawn, key=f"{panel.name}.estimate", alt="The kernel estimate over the histogram")
    st.caption(f"{len(hist.counts):,} bins by {panel.cut}: the bins choose the story. {session.plain(hist.note)}")
    drawn = density.cost(dataset.columns[0], judged.h, judged.score, judged.known, marked, dark)
    st.altair_chart(drawn, key=f"{panel.name}.widths", alt="What each bandwidth costs, with the rules' choices")
    st.caption(EXACT if judged.known else LEFT_OUT)


def figures(panel: Panel, polled: bool) -> None:
    """The bandwidth, the rules' table, the self-test and the held-out score."""
    if (progress := panel.run.job.progress()).error:
        st.warning(session.plain(progress.error))
    if polled and not progress.alive:
        st.rerun(scope="app")  # the last look: the next one does not poll
    if (found := panel.now()) is None:
        return
    (judged, model), dataset = found, panel.dataset
    st.markdown(f"**h = {model.h:.4g}** in {session.plain(dataset.columns[0])}. {announced(model)}")
    st.dataframe(table(judged), hide_index=True)
    spec = (dataset.digest, model.h, model.kernel, panel.asked.boundary, panel.key)
    checks, held = session.once(f"{panel.name}.checks", spec, lambda: (tested(model), held_out(model, panel.key)))
    st.markdown(numbers.self_test(checks))
    st.markdown(held)


def announced(model: KDE) -> str:
    """What the boundary correction does, in words."""
    if model.bounds is None:
        return "No boundary correction: bumps near an edge leak over it."
    low, high = model.bounds[0]
    where = f"the extremes, {low:.4g} and {high:.4g}," if high < np.inf else "0 (all values are positive)"
    return f"Corrected: what leaks over {where} is folded back."


def tested(model: KDE) -> list[Check]:
    """The integral of what is drawn, by the trapezoid rule on eight nodes or more to a bandwidth."""
    reach = model.h * min(sums.REACH, sums.radius(model.kernel, 1))
    ends, bounds = (model.points.min() - reach, model.points.max() + reach), model.bounds
    low, high = ends if bounds is None else np.clip(ends, *bounds[0])
    x = np.linspace(low, high, int(np.clip(8 * (high - low) / model.h, 1_000, 1 << 17)))
    return [Check("integral of the estimate", float(np.trapezoid(model.on_grid(x), x)), 1.0, 1e-3)]


def held_out(model: KDE, key: Key) -> str:
    """The log score of values that the estimate was not shown, with its standard error."""
    if len(model.points) < FEWEST:
        return "Too few values to hold some out."
    train, held = (model.points[rows] for rows in metrics.split(len(model.points), 0.2, key / "split"))
    plain = model.kernel == "gaussian" and model.bounds is None  # then a hundred thousand bumps are read in no time
    law = LineKDE(train[:, 0], model.h) if plain else KDE(train, model.bandwidth, model.kernel, model.bounds)
    scores = law.log_prob(held := held[:MOST_HELD])
    if not np.isfinite(scores).all():
        return "Held-out log score: minus infinity, because a value lies where no bump reaches."
    score = numbers.estimate(metrics.mean(scores))
    return f"Held-out log score at this h: **{score}** nats per point ({len(held):,} values; standard error)."


def table(judged: Judged) -> pd.DataFrame:
    """The rules' bandwidths, scores and, where the truth is known, what they cost."""
    columns = dict(zip(TITLES, zip(*judged.rules.values(), strict=True), strict=True))
    made = {title: [f"{v:.4g}" if np.isfinite(v) else "none" for v in values] for title, values in columns.items()}
    return pd.DataFrame({"rule": list(judged.rules)} | made).drop(columns=[] if judged.known else [TITLES[-1]])
