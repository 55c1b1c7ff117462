"""K from 1 to 12, each from several starts, with BIC's choice marked."""

import streamlit as st

from core.mixture import select
from core.mixture.gmm import GMM
from core.mixture.select import Judged
from core.process import Step
from playground import session
from playground.rungs.em import fitting, numbers
from playground.rungs.em.screen import NAME, Screen
from playground.runs import runs
from playground.runs.jobs import Progress
from playground.runs.watch import watch
from playground.shown import charts


def show(screen: Screen, step: Step[GMM]) -> None:
    """The panel."""
    dataset, config = screen.dataset, screen.config
    spec = (dataset.digest, config.covariance, config.floor, screen.key)
    run = runs.open_run(f"{NAME}.select", spec, "", lambda: fitting.sweep(dataset, config, screen.key))
    watch(run, judged, "Fitting K = 1...")


def judged(newest: Step[tuple[Judged, ...]] | None, progress: Progress) -> None:
    """The criteria over K as far as they are known, and the choice."""
    assert newest is not None
    rows = newest.state
    best = select.chosen(rows)
    left, right = st.columns([1, 1.2], gap="large")
    with left:
        for title, drawn in charts.selection(rows, best.components if best else None, 12, session.dark()).items():
            st.altair_chart(drawn, key=f"{NAME}.{title}", alt=title)
    with right:
        if progress.alive:
            words = f"Fitted K = 1 to {len(rows)}, {select.RESTARTS} starts each."
            st.progress(newest.metrics["progress"], words)
        elif best:
            choice(best.components)
        st.dataframe(numbers.judged(rows), hide_index=True)


def choice(best: int) -> None:
    """What BIC says, and the button that follows it."""
    st.markdown(f"BIC chooses **K = {best}**, each K by the best of {select.RESTARTS} starts.")
    set_k = {"components": best}
    if st.button(f"Use K = {best}", on_click=session.set_widgets, args=(set_k,), key=f"{NAME}.use"):
        st.rerun(scope="app")
