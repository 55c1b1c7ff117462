"""K from 1 to 12, each from several starts, with BIC's choice marked."""

from functools import partial

import streamlit as st

from core.mixture import select
from core.mixture.gmm import GMM
from core.mixture.select import Judged
from core.process import Step
from playground import plot, session
from playground.rungs.em import fitting, numbers
from playground.rungs.em.screen import NAME, Screen
from playground.runs import runs
from playground.runs.drain import Progress
from playground.runs.watch import watch
from playground.shown import charts, criteria, tables

DIGITS = {"log L": ".4f"} | dict.fromkeys(criteria.HEADS, ",.1f")
UNITS = "log L and held out in nats per point."


def show(screen: Screen, step: Step[GMM]) -> None:
    """The panel."""
    dataset, config = screen.dataset, screen.config
    spec = (dataset.digest, config.covariance, config.floor, screen.key)
    run = runs.open_run(f"{NAME}.select", spec, "", lambda: fitting.sweep(dataset, config, screen.key))
    watch(run, partial(judged, screen), "Fitting K = 1...")


def judged(screen: Screen, newest: Step[tuple[Judged, ...]] | None, progress: Progress) -> None:
    """The criteria over K as far as they are known, and the choice."""
    assert newest is not None
    rows = newest.state
    scored = int(newest.metrics["scored"])
    best = select.chosen(rows)
    left, right = st.columns([1, 1.6], gap="large")
    with left:
        for title, drawn in charts.selection(rows, best.components if best else None, 12, session.dark()).items():
            plot.show(drawn, key=f"{NAME}.{title}", alt=title)
    with right:
        if best and (scored or not progress.alive):  # every K is fitted
            choice(screen, rows, best, rests=not progress.alive)
        if progress.alive:
            words = f"Fitted K = 1 to {len(rows)}, {select.RESTARTS} starts each."
            if scored:
                words = f"Held out: K = 1 to {scored}, {select.UNSEEN_RESTARTS} starts for each fifth."
            st.progress(newest.metrics["progress"], words)
        tables.show(numbers.judged(rows), DIGITS, criteria.HEADS)
        st.caption(UNITS)


def choice(screen: Screen, rows: tuple[Judged, ...], best: Judged, rests: bool) -> None:
    """What BIC says, and the buttons that put a K's best run on show, once the sweep `rests`."""
    st.markdown(
        f"BIC chooses **K = {best.components}**. Each K is the best of {select.RESTARTS} starts, so that the run on show, from "
        "one start, may end lower: a press begins it at the best start."
    )
    now = next((row for row in rows if row.components == screen.config.components and row is not best), None)
    with st.container(horizontal=True, gap="small"):
        use(screen, best, f"Use K = {best.components}", rests)
        if now is not None:
            use(screen, now, f"Best start of K = {now.components}", rests)


def use(screen: Screen, row: Judged, label: str, rests: bool) -> None:
    """The button that makes a K's best run the one on show.

    While a sweep is looked at again and again, the browser may say the old K once more after the press: it waits for rest.
    """
    if row.start is None:
        return
    key, asked = f"{NAME}.use.{row.components}", (row.components, row.start)
    if st.button(label, on_click=screen.begin, args=asked, key=key, disabled=not rests):
        st.rerun(scope="app")
