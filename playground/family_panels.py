"""Two panels of the 1-D page: which law is best by values it has not seen, and whether a law fits at all."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import streamlit as st

from core import bins, discrete, ranking
from core.bernoulli import BetaBernoulli
from core.data.dataset import Dataset
from core.families import FAMILIES, Family
from core.goodness import MOST, bootstrap, check_the_check, qq
from core.key import Key
from core.ranking import Row
from playground import family_charts as charts
from playground import runs, session
from playground.jobs import Progress
from playground.runs import Run

BEST, TAKEN = "The best", ("counts", "measurements")
ALL = tuple(family.title for family in FAMILIES)
WORDS = {"law": (BEST, *ALL, *(law.title for law in discrete.FAMILIES)), "tested": ALL, "taken": TAKEN}
"""The panels' keyed widgets with their allowed words, the default first."""
JUDGED = ("KS", "AD", "CvM")
REPLICATES, REPEATS = 199, 200
NAIVE = (
    "The naive p takes the law as named before the data came; it was fitted to them and lies closer, so this p is too "
    f"large. The calibrated p fits again to each of {REPLICATES} samples of the law; it is at least {1 / (1 + REPLICATES):g}."
)
FORMATS: dict[str, Any] = {title: st.column_config.NumberColumn(format=f) for title, f in charts.FORMATS.items()}
FORMATS["law"] = st.column_config.TextColumn(width=145)


def kind_of(dataset: Dataset) -> discrete.Kind:
    """What the column holds."""
    return session.once("families.kind", dataset.digest, lambda: discrete.recognise(dataset.points))


def watch(run: Run, draw: Callable[[Progress], None]) -> None:
    """Draw again while the run may go on, with its error if it failed; at its end the page stops looking."""
    polled = runs.every(run)

    @st.fragment(run_every=polled)
    def look() -> None:
        progress = run.job.progress()
        if progress.error:
            st.warning(progress.error)
        draw(progress)
        if polled and not progress.alive:
            st.rerun(scope="app")

    look()


def families(name: str, dataset: Dataset, key: Key) -> None:
    """Every law fitted and ranked by its held-out score, the chosen one drawn over the histogram."""
    kind, x = kind_of(dataset), dataset.points[:, 0]
    laws: Sequence[Any] = FAMILIES
    if kind.kind != "continuous":
        st.caption(kind.reason)
    if kind.kind == "constant":
        return
    if kind.kind == "binary":
        x, laws = (x == kind.values[1]).astype(float), (discrete.BERNOULLI,)
    elif kind.kind == "counts":
        taken = st.segmented_control(
            "Take them as", TAKEN, default=TAKEN[0], key="taken", bind="query-params", required=True
        )
        laws = FAMILIES if taken == TAKEN[1] else discrete.FAMILIES
    continuous, column = laws is FAMILIES, dataset.columns[0]
    run = runs.open_run(f"{name}.families", (dataset.digest, key, continuous), "", lambda: ranking.rank(x, key, laws))
    rule, histogram = session.widget("bins") or bins.NAMES[0], None
    if continuous:
        histogram = session.once(f"{name}.histogram", (dataset.digest, rule), lambda: bins.histogram(x, rule))
    axis = f"{column}: 0 is {kind.values[0]:g}, 1 is {kind.values[1]:g}" if kind.values else column

    def draw(progress: Progress) -> None:
        rows: tuple[Row, ...] = run.job.trace[-1].state if len(run.job.trace) else ()
        left, right = st.columns([1.35, 1], gap="large")
        with right:
            asked = st.selectbox("Law drawn", (BEST, *(law.title for law in laws)), key="law", bind="query-params")
            row = next((r for r in rows if asked in (BEST, r.title)), None)
            if progress.alive:
                st.progress(len(rows) / len(laws), f"{len(rows)} of {len(laws)} laws fitted.")
            else:
                st.markdown(charts.verdict(rows, len(dataset), dataset.entropy))
            if kind.kind == "binary":
                st.markdown(posterior(x, kind))
            st.caption(
                f"Held out: the mean log-{'density' if continuous else 'probability'} of points, each fifth in turn, which "
                "the law has not seen, with its standard error; more is better. Tied: less than one standard error "
                "behind the best. AIC, BIC: less is better."
            )
            for note in (row.note if row else "", histogram.note if histogram else ""):
                if note:
                    st.caption(note)
        what = f"{row.title} at {row.log_likelihood:.4f} nats per point" if row else "no law yet"
        drawn = charts.picture(dataset, x, row, histogram, axis, session.dark())
        left.altair_chart(drawn, key=f"{name}.families", alt=f"{len(x):,} points of {column} and {what}")
        table = charts.ranked(rows, charts.unit_of(column))
        st.dataframe(table, hide_index=True, height=35 * (len(laws) + 1) + 3, column_config=FORMATS, placeholder="")

    watch(run, draw)


def posterior(x: np.ndarray, kind: discrete.Kind) -> str:
    """What a column of two values tells of its probability."""
    ones = int(x.sum())
    law = BetaBernoulli().posterior(ones, len(x) - ones)
    low, high = law.interval()
    return (
        f"The value {kind.values[1]:g} came {ones:,} times of {len(x):,}: its probability lies between {low:.3f} and "
        f"{high:.3f} with probability 0.95 (flat prior, exact)."
    )


def goodness(name: str, dataset: Dataset, key: Key) -> None:
    """The chosen law against the data: calibrated and naive p-values, the QQ plot, and the check of the check."""
    kind, x = kind_of(dataset), dataset.points[:, 0]
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
    right.caption(NAIVE)
    title = left.selectbox("Law tested", fit, key="tested", bind="query-params")
    family = next(family for family in FAMILIES if family.title == title)
    spec = (dataset.digest, key, family.name)
    run = runs.open_run(
        f"{name}.goodness", spec, "", lambda: bootstrap(family.fit(x), x, key / "test", replicates=REPLICATES)
    )

    def draw(progress: Progress) -> None:
        if len(run.job.trace):
            tests(name, run, dataset, family)
        elif not progress.error:
            st.caption(f"Fitting {charts.spoken(family.title)}...")

    watch(run, draw)
    if not run.job.progress().error:
        recheck(name, dataset, key, family)


def tests(name: str, run: Run, dataset: Dataset, family: Family) -> None:
    """The p-values as far as they are known, beside the QQ plot."""
    step = run.job.trace[-1]
    test, done = step.state, step.metrics["progress"]
    left, right = st.columns(2, gap="large")
    with left:
        st.dataframe(charts.tested(test, JUDGED), hide_index=True, column_config=FORMATS, placeholder="")
        if done < 1:
            st.progress(done, f"{done:.0%} of {REPLICATES} samples drawn from the law and fitted again.")
        else:
            st.markdown(charts.judgement(test, family.title))
        if len(dataset) > MOST:
            st.caption(
                f"Tested on a random {MOST:,} of the {len(dataset):,} points; the law was fitted to them afresh."
            )
        if test.failed:
            st.caption(f"{test.failed} samples could not be fitted again and are left out.")
    with right:
        plot = session.once(f"{name}.qq", (run.id, step.index), lambda: qq(test))
        outside = f"Outside the band, as crosses: {plot.outside.sum()} of the {len(plot.outside)} points drawn"
        drawn = charts.qq(plot, family.title, dataset.columns[0], session.dark())
        st.altair_chart(drawn, key=f"{name}.qq", alt=f"QQ plot of {family.title}: {outside}")
        i = test.names.index("QQ")
        p = f" (p = {test.p[i]:.3f} ± {test.error[i]:.3f})" if done == 1 else ""
        st.caption(f"{outside}{p}. If the law is true, there is none with probability 0.95.")


def recheck(name: str, dataset: Dataset, key: Key, family: Family) -> None:
    """The p-values of samples for which the law is true, once they are asked for."""
    x, spec, asked = dataset.points[:, 0], (dataset.digest, key, family.name), f"{name}.recheck"
    st.button("Check the check", on_click=session.hold, args=(asked, spec), key=asked, icon=":material/rule:")
    if session.recall(asked, lambda: None) != spec:
        st.caption(
            f"Draws {REPEATS} samples from the fitted law and tests each; here the law is true, so p is uniform."
        )
        return
    given: dict[str, Any] = {"names": JUDGED, "repeats": REPEATS}
    run = runs.open_run(asked, spec, "", lambda: check_the_check(family.fit(x), len(x), key / "check", **given))

    def draw(progress: Progress) -> None:
        found = run.job.trace[-1].state if len(run.job.trace) else None
        done = run.job.trace[-1].metrics["progress"] if found else 0.0
        if progress.alive:
            st.progress(done, f"{done:.0%} of {REPEATS} samples tested, each as the data were.")
        if found:
            drawn = charts.uniformity(found, JUDGED, session.dark())
            for place, (title, chart) in zip(st.columns(3), drawn.items(), strict=True):
                place.altair_chart(chart, key=f"{name}.{title}", alt=title)
            st.dataframe(charts.rejections(found, JUDGED), hide_index=True, column_config=FORMATS)

    watch(run, draw)
