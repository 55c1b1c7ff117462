"""Other shares: classes come in other shares than those learned from, and both posteriors are re-weighted by Bayes' rule."""

from collections.abc import Iterator

import numpy as np
import streamlit as st

from core.classification import priors
from core.process import Step
from playground import plot, session
from playground.instruments.stage import Contours, Scene
from playground.rungs.decide import charts, film
from playground.rungs.decide.judged import Seen, lay, nodes
from playground.rungs.decide.numbers import share, table
from playground.rungs.decide.screen import NAME, SHARES, Screen
from playground.runs import film as stage
from playground.runs import runs
from playground.runs.drain import Progress
from playground.runs.watch import watch

BEST = "Bayes rule"
Lines = dict[str, tuple[np.ndarray, np.ndarray]]  # rule: (errors where it is told the shares, where it is not)


def show(screen: Screen, step: Step[Seen]) -> None:
    """The panel."""
    seen, of = step.state, session.plain(screen.rows.classes[0])
    left, right = st.columns([1, 1], gap="large")
    with right:
        percent = st.slider(
            f"Share of {of} (%)", int(100 * SHARES[0]), int(100 * SHARES[-1]), 50, 2, key="share", bind="query-params",
            help="The other classes keep their shares to each other.",
        )  # fmt: skip
    with left:
        stage.still(f"{NAME}.shares", scene(screen, seen, percent / 100))
        st.caption(
            "Dots: the class that logistic regression says at these shares, with its boundary; orange: the generative one's."
        )
    spec = (*screen.models, seen.truth is not None)
    run = runs.open_run(f"{NAME}.risks", spec, "", lambda: steps(screen, seen), of=screen.dataset)

    def draw(newest: Step[Lines], progress: Progress) -> None:
        found = newest.state
        with right:
            chart = charts.at_shares(SHARES, found, percent / 100, of, session.dark())
            plot.show(chart, f"{NAME}.shares.chart", f"Error of both models over the share of {of}")
            st.markdown(said(found, percent / 100))
            how = "Exact" if seen.truth is not None else f"Of the {len(seen.held):,} points held out"
            st.caption(
                f"{how}. p(x | y) stays as it was; each p(y | x) is multiplied by the new share over the one learned from "
                "(dotted: left as it was). The discriminative model needs no p(x) for that."
            )

    watch(run, draw, "Weighing...")


def steps(screen: Screen, seen: Seen) -> Iterator[Step[Lines]]:
    """The errors of one rule after the other at all shares."""
    truth, found = seen.truth, Lines()
    weight = np.eye(screen.rows.k)[seen.held.y] if truth is None else np.exp(truth.log_joint)
    x, before = seen.held.x if truth is None else truth.cells.x, seen.learned.shares
    for i, (name, model) in enumerate(zip(screen.titles, seen.both, strict=True)):
        log_q = model.log_posterior(x)
        one, other = (priors.risks(weight, log_q, before, SHARES, told) for told in (True, False))
        found = found | {name: (one, other)}
        yield Step(i, found)
    if truth is not None:
        shares = weight.sum(axis=0) / weight.sum()
        one, other = (priors.risks(weight, truth.log_joint, shares, SHARES, told) for told in (True, False))
        yield Step(2, found | {BEST: (one, other)})


def said(found: Lines, first: float) -> str:
    """The errors at this share as a Markdown table."""
    i = int(np.abs(SHARES - first).argmin())
    rows = [[name, f"**{share(float(one[i]))}**", share(float(other[i]))] for name, (one, other) in found.items()]
    return table("Error", ["re-weighted", "left as it was"], rows)


def scene(screen: Screen, seen: Seen, first: float) -> Scene:
    """Both re-weighted models on one stage."""
    dataset = screen.dataset
    before = seen.learned.shares
    at = nodes(dataset)
    posteriors = session.once(f"{NAME}.shares", screen.models, lambda: tuple(m.log_posterior(at) for m in seen.both))
    after = priors.moved(before, first)
    one, other = (lay(dataset, priors.reweighted(log_p, before, after)) for log_p in posteriors)
    layers = [
        film.dots(screen, other),
        film.data(screen),
        Contours(name="edges", label="Generative", role="model", **one.edges),
        Contours(name="other", label="Discriminative", role="data", **other.edges),
    ]
    alt = f"What both models say where {share(first)} of all points are of class {screen.rows.classes[0]}"
    name = f"{NAME}:shares:{dataset.digest}"
    return Scene(name, dataset.bounds, layers, (dataset.columns[0], dataset.columns[1]), alt=alt)
