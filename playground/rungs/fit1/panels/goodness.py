"""Whether a law fits at all: calibrated and naive p-values, the QQ plot, and the check of the check."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from core.laws.families.continuous import FAMILIES, Fitted
from core.laws.families.line_mixture import Mixtures
from core.laws.families.mixture_family import as_family
from core.laws.goodness import MOST, Calibrated, Recheck, bootstrap, check_the_check, qq
from core.process import Step
from playground import plot, session
from playground.rungs.fit1 import column, p_values
from playground.rungs.fit1.bell import Bell
from playground.rungs.fit1.ranking import spoken
from playground.rungs.fit1.screen import KERNELS, MIXTURE, NAME, Screen
from playground.runs import runs
from playground.runs.drain import Progress
from playground.runs.runs import Run
from playground.runs.watch import watch
from playground.shown import tables

JUDGED = ("KS", "AD", "CvM")
REPLICATES, REPEATS = 199, 200
NAIVE = (
    "The naive p takes the law as named before the data came; it was fitted to them and lies closer, so this p is too "
    f"large. The calibrated p fits again to each of {REPLICATES} samples of the law; it is at least {1 / (1 + REPLICATES):g}."
)
KEPT = (
    "Each sample is fitted again with the same number of components, from the mixture above and from its own quantiles."
)
UNTESTED = (
    "A kernel density cannot be tested in this way: it is made of the very points, comes as near to them as its bandwidth "
    "allows whatever the truth is, and so claims nothing that they could refute. What can be asked of it is how well it "
    "foretells points it has not seen: see Families, and Bandwidth for what its width costs."
)
RECHECK = f"{NAME}.recheck"


def show(screen: Screen, step: Bell) -> None:
    """The panel."""
    kind, x = column.kind_of(screen.dataset), screen.dataset.points[:, 0]
    if kind.kind in ("constant", "binary"):
        st.caption(f"{kind.reason} These tests are for densities.")
        return
    if kind.kind == "counts":
        st.caption(f"{kind.reason} These tests are for densities, and reject whole numbers for being whole.")
    fit = [family.title for family in FAMILIES if family.refusal(x) is None]
    if not fit:
        st.caption(str(FAMILIES[0].refusal(x)))
        return
    left, right = st.columns(2, gap="large")
    title = left.selectbox("Law tested", (*fit, MIXTURE, KERNELS), key="tested", bind="query-params")
    if title == KERNELS:
        right.caption(UNTESTED)
        return
    right.caption(f"{NAIVE} {KEPT if title == MIXTURE else ''}")
    judge(screen, title)


def judge(screen: Screen, title: str) -> None:
    """The tests of the law of this title, and of the tests."""
    x, key = screen.dataset.points[:, 0], screen.key
    spec, law = (screen.dataset.digest, key, title), partial(fitted, title, x)
    run = runs.open_run(f"{NAME}.goodness", spec, "", lambda: bootstrap(law(), x, key / "test", replicates=REPLICATES))
    watch(run, partial(tests, screen, run), f"Fitting {spoken(title)}...")
    if not run.job.progress().error:
        recheck(screen, spec, law)


def fitted(title: str, x: np.ndarray) -> Fitted:
    """The law of this title fitted to x, a mixture as a family of its own."""
    if title == MIXTURE:
        return as_family(Mixtures().fit(x))
    return next(family for family in FAMILIES if family.title == title).fit(x)


def tests(screen: Screen, run: Run, newest: Step[Calibrated], progress: Progress) -> None:
    """The p-values as far as they are known, beside the QQ plot."""
    left, right = st.columns(2, gap="large")
    with left:
        p_value_table(screen, run, newest, progress)
    with right:
        quantiles(screen, run, newest)


def p_value_table(screen: Screen, run: Run, step: Step[Calibrated], progress: Progress) -> None:
    """The p-values and what they say, or how far they are."""
    test, done, n = step.state, step.metrics["progress"], len(screen.dataset)
    tables.show(p_values.tested(test, JUDGED), p_values.DIGITS, p_values.HEADS)
    if progress.alive:
        going(run, done, f"of {REPLICATES} samples drawn from the law and fitted again.")
    elif done < 1:
        st.caption(f"Cancelled after {done:.0%} of {REPLICATES} samples: these p-values are coarse.")
    else:
        st.markdown(p_values.judgement(test, name_of(test)))
    if n > MOST:
        st.caption(f"Tested on a random {MOST:,} of the {n:,} points; the law was fitted to them afresh.")
    if test.failed:
        st.caption(f"{test.failed} samples could not be fitted again and are left out.")


def quantiles(screen: Screen, run: Run, step: Step[Calibrated]) -> None:
    """The QQ plot with its band."""
    test = step.state
    pairs = session.once(f"{NAME}.qq", (run.id, step.index), lambda: qq(test))
    outside = f"Outside the band, as crosses: {pairs.outside.sum()} of the {len(pairs.outside)} points drawn"
    drawn = p_values.qq(pairs, screen.dataset.columns[0], session.dark())
    plot.show(drawn, key=f"{NAME}.qq", alt=f"QQ plot of {name_of(test)}: {outside}")
    i = test.names.index("QQ")
    p = f" (p = {test.p[i]:.3f} ± {test.error[i]:.3f})" if step.metrics["progress"] == 1 else ""
    st.caption(f"{outside}{p}. If the law is true, there is none with probability 0.95.")


def name_of(test: Calibrated) -> str:
    """The tested law's name."""
    return test.fitted.family.title  # type: ignore[attr-defined]


def going(run: Run, done: float, words: str, then: Callable[[], None] | None = None) -> None:
    """How far a bootstrap is, and the button that ends it."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(done, f"{done:.0%} {words}")
        st.button("Cancel", on_click=then or run.job.cancel, key=f"{run.id}.cancel", icon=":material/stop:")


def recheck(screen: Screen, spec: tuple, law: Callable[[], Fitted]) -> None:
    """The p-values of samples for which the law is true, once they are asked for."""
    n, key = len(screen.dataset), screen.key / "check"
    st.button("Check the check", on_click=session.hold, args=(RECHECK, spec), key=RECHECK, icon=":material/rule:")
    if session.recall(RECHECK, lambda: None) != spec:
        st.caption(
            f"Draws {REPEATS} samples from the fitted law and tests each; here the law is true, so p is uniform."
        )
        return
    given: dict[str, Any] = {"names": JUDGED, "repeats": REPEATS}
    run = runs.open_run(RECHECK, spec, "", lambda: check_the_check(law(), n, key, **given), stays=True)
    watch(run, partial(rechecked, run))


def rechecked(run: Run, newest: Step[Recheck] | None, progress: Progress) -> None:
    """How far the check of the check is, and what it found."""
    done = newest.metrics["progress"] if newest else 0.0
    if progress.alive:
        going(run, done, f"of {REPEATS} samples tested, each as the data were.", partial(cancel, run))
    elif progress.phase == "cancelled":
        st.caption(f"Cancelled after {done:.0%} of {REPEATS} samples.")
    if newest:
        drawn = p_values.uniformity(newest.state, JUDGED, session.dark())
        for place, (title, chart) in zip(st.columns(3), drawn.items(), strict=True):
            plot.show(chart, key=f"{NAME}.{title}", alt=title, where=place)
        tables.show(p_values.rejections(newest.state, JUDGED), p_values.DIGITS, p_values.HEADS)


def cancel(run: Run) -> None:
    """End the check; what it has found stays, and if that is nothing it waits to be asked for again."""
    run.job.cancel()
    if not len(run.job.trace):
        session.hold(RECHECK, None)
