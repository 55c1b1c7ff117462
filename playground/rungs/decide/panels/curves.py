"""Learning curves: four rules on Gaussians of ten dimensions, their exact errors, and where one overtakes the other."""

import numpy as np
import streamlit as st

from core.classification import curves
from core.evaluation import crossing
from core.key import Key
from core.process import Step
from playground import controls, plot, session
from playground.rungs.decide import charts
from playground.rungs.decide.screen import NAME, TAILS, Screen
from playground.runs import runs
from playground.runs.drain import Progress
from playground.runs.watch import watch
from playground.runs.whose import House


def show(screen: Screen, step: object) -> None:
    """The panel; its points are its own, so that the law of every class is known and every error exact."""
    left, right = st.columns([1.35, 1], gap="large")
    with right:
        rho = st.slider("Correlation ρ of every two columns", 0.0, 0.9, 0.5, 0.1, key="rho", bind="query-params")
        tails = controls.choose(
            "Law of a class", tuple(TAILS), "tails", help="How heavy the tails of both classes are."
        )
    dof = TAILS[tails]
    key, limits = Key(0) / NAME / "curves", curves.limits(rho, dof)
    run = runs.open_run(
        f"{NAME}.curves", ("curves", rho, dof), "", lambda: curves.curves(rho, key, dof=dof), of=House()
    )

    def draw(newest: Step[tuple[int, ...]], progress: Progress) -> None:
        crossed = crossing.overtaken(newest.state, newest.arrays[curves.LOGISTIC], newest.arrays[curves.NAIVE])
        text = said(newest, limits, rho, dof)
        with left:
            drawn = charts.learning(newest.state, newest.arrays, limits, crossed, session.dark())
            plot.show(drawn, f"{NAME}.curves.chart", text)
        with right:
            st.markdown("Drawing..." if progress.alive else text)
            st.caption(
                f"Two classes ({tails}) in ten dimensions, {curves.REDRAWS} redraws of each size; lines are means, bands hold "
                "9 redraws in 10. Orange is generative (naive Bayes; LDA dotted), the other discriminative (with ridge 1 "
                "dotted). Green: the Bayes risk, and where naive Bayes ends. Every error is exact, by the formula for a "
                f"linear rule. Plain logistic regression has a ridge of {curves.TRACE:g}: few points can be parted without an "
                "error, and weights would grow without end."
            )

    watch(run, draw, "Drawing points...")


def said(step: Step[tuple[int, ...]], limits: tuple[float, float], rho: float, dof: float) -> str:
    """Where the curves cross, in words."""
    best, naive = (f"{100 * value:.1f} %" for value in limits)
    naively = step.arrays[curves.NAIVE]
    plain, ridged = (
        crossing.overtaken(step.state, step.arrays[name], naively) for name in (curves.LOGISTIC, curves.RIDGED)
    )
    most = step.state[-1]
    if plain is None:
        if np.isfinite(dof) or rho > 0:
            return f"At {most:,} points logistic regression has **not overtaken naive Bayes**; the best rule errs in {best}."
        return (
            f"Up to {most:,} points **naive Bayes makes fewer errors** than logistic regression: what it assumes is true. Both "
            f"end at {best}."
        )
    first = step.state[0]
    return (
        f"**Logistic regression overtakes naive Bayes {where(plain, first)}** (with ridge 1 {where(ridged, first)}). Naive "
        f"Bayes learns fast and ends at {naive}, for these columns are not independent; the best rule errs in {best}."
    )


def where(crossed: float | None, first: int) -> str:
    """A crossing in words."""
    if crossed is None:
        return "nowhere"
    return f"before {first} points" if crossed <= first else f"at about {crossed:.0f} points"
