"""Learning curve: how far the smoothed table and the independent product are from the truth, as more outfits are seen."""

import numpy as np
import streamlit as st

from core.categorical import curves, information
from core.evaluation import crossing
from core.key import Key
from core.process import Step
from playground import plot, session
from playground.rungs.outfits import charts, numbers
from playground.rungs.outfits.screen import ALONE, NAME, SMOOTHED, TREE, Screen
from playground.runs import runs
from playground.runs.drain import Progress
from playground.runs.watch import watch


def show(screen: Screen, step: object) -> None:
    """The panel; the curves follow from the law, the smoothing and the seed, not from the outfits that are seen."""
    alpha, law = screen.asked.alpha, screen.law
    floor = information.total_correlation(law.p)
    if alpha == 0:
        st.caption(
            "Without smoothing both models call some outfits impossible that are not, so they are infinitely far from the "
            "truth. Put α above 0 to see the curves."
        )
        return
    key = Key(screen.seed) / NAME / "curve"
    spec = ("curve", alpha, screen.asked.dependence, screen.seed)
    run = runs.open_run(f"{NAME}.curve", spec, "", lambda: curves.curves(law, alpha, key))

    def draw(newest: Step[tuple[int, ...]], progress: Progress) -> None:
        means = {name: newest.arrays[name].mean(axis=0) for name in (curves.FULL, curves.ALONE)}
        bands = {name: np.quantile(newest.arrays[name], (0.05, 0.95), axis=0) for name in means}
        here = (len(screen.rows), {title: numbers.divergences(screen)[title] for title in (SMOOTHED, ALONE, TREE)})
        left, right = st.columns([1.35, 1], gap="large")
        with left:
            drawn = charts.curve(newest.state, means, bands, floor, here, session.dark())
            plot.show(drawn, f"{NAME}.curve.chart", said(newest, floor))
        with right:
            st.markdown(said(newest, floor) if not progress.alive else "Drawing...")
            st.caption(
                f"{curves.REDRAWS} redraws of each size; lines are means, bands hold 9 redraws in 10. KL is exact over all "
                f"outfits. The dots are the models on the stage, fitted to {len(screen.rows):,} outfits."
            )

    watch(run, draw, "Drawing outfits...")


def said(step: Step[tuple[int, ...]], floor: float) -> str:
    """Where the curves cross, in words."""
    full, alone = step.arrays[curves.FULL], step.arrays[curves.ALONE]
    crossed = crossing.overtaken(step.state, full, alone)
    most = step.state[-1]
    if crossed is None:
        return f"Up to {most:,} outfits, **independent features are nearer to the truth** than the smoothed table."
    if crossed <= step.state[0]:
        return f"The smoothed table is nearer to the truth from {step.state[0]} outfits on."
    return (
        f"**Independent features are nearer to the truth up to about {float(f'{crossed:.2g}'):,.0f} outfits.** Then the "
        f"smoothed table overtakes them: it goes on learning, and they never get below {floor:.3f} nats."
    )
