"""Two panels of the 1-D page: which law is best by values it has not seen, and whether a law fits at all."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from core.dataset import Dataset
from core.key import Key
from core.laws import bins, ranking
from core.laws.conjugate.bernoulli import BetaBernoulli
from core.laws.families import discrete
from core.laws.families.continuous import FAMILIES, Fitted
from core.laws.families.line_kde import Kernels
from core.laws.families.line_mixture import Mixtures
from core.laws.families.mixture_family import as_family
from core.laws.goodness import MOST, bootstrap, check_the_check, qq
from core.laws.ranking import Row
from playground import session
from playground.rungs.fit1 import charts, numbers
from playground.rungs.fit1 import column as family_column
from playground.rungs.fit1.column import TAKEN, Ranked
from playground.runs import baton, runs
from playground.runs.jobs import Progress
from playground.runs.runs import Run
from playground.shown import density as density_charts
from playground.shown.density import Curve

BEST = "The best"
ALL = tuple(family.title for family in FAMILIES)
LAWS = (BEST, *(law.title for law in (*ranking.CONTINUOUS, *discrete.FAMILIES)))
MIXTURE, KERNELS = Mixtures(), Kernels()
TESTED = (*ALL, MIXTURE.title, KERNELS.title)
WORDS = {"law": LAWS, "tested": TESTED, "taken": TAKEN}
"""The panels' keyed widgets with their allowed words, the default first."""
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
FORMATS: dict[str, Any] = {title: st.column_config.NumberColumn(format=f) for title, f in numbers.FORMATS.items()}
FORMATS["law"] = st.column_config.TextColumn(width=205)
HELD = (
    "Held out: the mean log-{} of points, each fifth in turn, which the law has not seen, with its standard error; more is "
    "better. Tied: less than one standard error behind the best. AIC, BIC: less is better. ± of a parameter: its standard "
    "error if the law is right, by observed information unless its row says otherwise."
)


def watch(run: Run, draw: Callable[[Progress], None]) -> None:
    """Draw again while the run may go on, with its error if it failed; at its end the page stops looking."""
    polled = runs.every(run)

    @baton.fragment(run_every=polled)
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
    column = family_column.taken(dataset)
    if column is None:
        return
    run, unit = family_column.open_ranking(name, dataset, column, key), numbers.unit_of(dataset.columns[0])
    rule = session.widget("bins") or bins.NAMES[0]
    histogram = None
    if column.continuous:
        histogram = session.once(f"{name}.histogram", (dataset.digest, rule), lambda: bins.histogram(column.x, rule))

    def draw(progress: Progress) -> None:
        rows = family_column.rows_of(run)
        left, right = st.columns([1.35, 1], gap="large")
        with right:
            asked = st.selectbox("Law drawn", (BEST, *column.titles), key="law", bind="query-params")
            row = family_column.asked_for(column, rows, asked)
            if row and row.fitted:
                st.caption(f"{session.plain(row.title)}: {session.plain(numbers.parameters(row, unit))}.")
            said(column, dataset, run, rows, progress)
            for note in (row.note if row else "", histogram.note if histogram else ""):
                if note:
                    st.caption(note)
        what = f"{row.title} at {row.log_likelihood:.4f} nats per point" if row else "no law yet"
        dark, law = session.dark(), row and (row.title, row.log_likelihood)
        drawn = session.once(  # a poll that finds the same law best draws nothing anew
            f"{name}.picture",
            (dataset.digest, column.axis, histogram and rule, law, dark),
            lambda: charts.picture(dataset, column.x, row, histogram, column.axis, dark),
        )
        alt = f"{len(dataset):,} points of {column.axis} and {what}"
        left.altair_chart(drawn, key=f"{name}.families", alt=alt)
        if column.kind.kind == "binary":
            with left:
                believed(name, column)
        table = numbers.ranked(rows, unit)
        height = 35 * (len(column.laws) + 1) + 3
        st.dataframe(table, hide_index=True, height=height, column_config=FORMATS, placeholder="")

    watch(run, draw)


def said(column: Ranked, dataset: Dataset, run: Run, rows: Sequence[Row], progress: Progress) -> None:
    """How far the ranking is, or what it says and what it cannot say."""
    last, n = run.job.trace[-1].metrics if rows else {}, len(dataset)
    few = int(last.get("values", n))
    if progress.alive:
        done, which = last.get("progress", 0.0), f"{len(rows)} of {len(column.laws)} laws fitted."
        if few < n:
            which = f"A first answer, from a random {few:,} of the {n:,} points. All of them: {done:.0%} fitted."
        st.progress(done if few < n else len(rows) / len(column.laws), which)
    if rows and (not progress.alive or (few < n and len(rows) == len(column.laws))):
        st.markdown(numbers.verdict(rows, few, dataset.entropy))
    if column.kind.kind == "binary":
        st.markdown(posterior(column))
    elif rows and not progress.alive:
        st.caption(numbers.limits(rows, column.x, numbers.unit_of(dataset.columns[0]), not column.continuous))
    st.caption(HELD.format("density" if column.continuous else "probability"))


def posterior(column: Ranked) -> str:
    """What a column of two values tells of its probability."""
    ones, n, value = int(column.x.sum()), len(column.x), column.kind.values[1]
    law = BetaBernoulli().posterior(ones, n - ones)
    low, high = law.interval()
    return (
        f"The value {value:g} came {ones:,} times of {n:,}: its probability lies between {low:.3f} and "
        f"{high:.3f} with probability 0.95 (flat prior, exact). The next value is {value:g} with probability "
        f"{law.predictive():.3f}."
    )


def believed(name: str, column: Ranked) -> None:
    """The posterior of the probability, beside the flat prior."""
    ones, p = int(column.x.sum()), np.linspace(0, 1, 801)
    law = BetaBernoulli().posterior(ones, len(column.x) - ones)
    density = np.exp(law.log_prob(p))
    curves = [
        Curve("flat prior", "noise", p, np.ones_like(p) / density.max()),
        Curve(f"posterior: Beta({law.a:g}, {law.b:g})", "model", p, density / density.max()),
    ]
    title = f"probability of {column.kind.values[1]:g}"
    marked = {"share": (float(column.x.mean()), "data")}
    drawn = density_charts.beliefs(curves, marked, law.interval(), title, (0.0, 1.0), session.dark())
    st.altair_chart(drawn, key=f"{name}.belief", alt=f"Posterior of the {title}")


def goodness(name: str, dataset: Dataset, key: Key) -> None:
    """The chosen law against the data: calibrated and naive p-values, the QQ plot, and the check of the check."""
    kind, x = family_column.kind_of(dataset), dataset.points[:, 0]
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
    title = left.selectbox("Law tested", (*fit, *TESTED[len(ALL) :]), key="tested", bind="query-params")
    if title == KERNELS.title:
        right.caption(UNTESTED)
        return
    right.caption(f"{NAIVE} {KEPT if title == MIXTURE.title else ''}")
    spec, law = (dataset.digest, key, title), partial(fitted, title, x)
    run = runs.open_run(f"{name}.goodness", spec, "", lambda: bootstrap(law(), x, key / "test", replicates=REPLICATES))

    def draw(progress: Progress) -> None:
        if len(run.job.trace):
            tests(name, run, dataset, progress)
        elif not progress.error:
            st.caption(f"Fitting {numbers.spoken(title)}...")

    watch(run, draw)
    if not run.job.progress().error:
        recheck(name, dataset, key, spec, law)


def fitted(title: str, x: np.ndarray) -> Fitted:
    """The law of this title fitted to x, a mixture as a family of its own."""
    if title == MIXTURE.title:
        return as_family(MIXTURE.fit(x))
    return next(family for family in FAMILIES if family.title == title).fit(x)


def tests(name: str, run: Run, dataset: Dataset, progress: Progress) -> None:
    """The p-values as far as they are known, beside the QQ plot."""
    step = run.job.trace[-1]
    test, done, family = step.state, step.metrics["progress"], step.state.fitted.family
    left, right = st.columns(2, gap="large")
    with left:
        st.dataframe(numbers.tested(test, JUDGED), hide_index=True, column_config=FORMATS, placeholder="")
        if progress.alive:
            going(run, done, f"of {REPLICATES} samples drawn from the law and fitted again.")
        elif done < 1:
            st.caption(f"Cancelled after {done:.0%} of {REPLICATES} samples: these p-values are coarse.")
        else:
            st.markdown(numbers.judgement(test, family.title))
        if len(dataset) > MOST:
            st.caption(
                f"Tested on a random {MOST:,} of the {len(dataset):,} points; the law was fitted to them afresh."
            )
        if test.failed:
            st.caption(f"{test.failed} samples could not be fitted again and are left out.")
    with right:
        plot = session.once(f"{name}.qq", (run.id, step.index), lambda: qq(test))
        outside = f"Outside the band, as crosses: {plot.outside.sum()} of the {len(plot.outside)} points drawn"
        drawn = charts.qq(plot, dataset.columns[0], session.dark())
        st.altair_chart(drawn, key=f"{name}.qq", alt=f"QQ plot of {family.title}: {outside}")
        i = test.names.index("QQ")
        p = f" (p = {test.p[i]:.3f} ± {test.error[i]:.3f})" if done == 1 else ""
        st.caption(f"{outside}{p}. If the law is true, there is none with probability 0.95.")


def going(run: Run, done: float, words: str, then: Callable[[], None] | None = None) -> None:
    """How far a bootstrap is, and the button that ends it."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(done, f"{done:.0%} {words}")
        st.button("Cancel", on_click=then or run.job.cancel, key=f"{run.id}.cancel", icon=":material/stop:")


def recheck(name: str, dataset: Dataset, key: Key, spec: tuple, law: Callable[[], Fitted]) -> None:
    """The p-values of samples for which the law is true, once they are asked for."""
    n, asked = len(dataset), f"{name}.recheck"
    st.button("Check the check", on_click=session.hold, args=(asked, spec), key=asked, icon=":material/rule:")
    if session.recall(asked, lambda: None) != spec:
        st.caption(
            f"Draws {REPEATS} samples from the fitted law and tests each; here the law is true, so p is uniform."
        )
        return
    given: dict[str, Any] = {"names": JUDGED, "repeats": REPEATS}
    run = runs.open_run(asked, spec, "", lambda: check_the_check(law(), n, key / "check", **given))

    def draw(progress: Progress) -> None:
        found = run.job.trace[-1].state if len(run.job.trace) else None
        done = run.job.trace[-1].metrics["progress"] if found else 0.0
        if progress.alive:
            words = f"of {REPEATS} samples tested, each as the data were."
            going(run, done, words, partial(cancel, run, asked))
        elif progress.phase == "cancelled":
            st.caption(f"Cancelled after {done:.0%} of {REPEATS} samples.")
        if found:
            drawn = charts.uniformity(found, JUDGED, session.dark())
            for place, (title, chart) in zip(st.columns(3), drawn.items(), strict=True):
                place.altair_chart(chart, key=f"{name}.{title}", alt=title)
            st.dataframe(numbers.rejections(found, JUDGED), hide_index=True, column_config=FORMATS)

    watch(run, draw)


def cancel(run: Run, asked: str) -> None:
    """End the check; what it has found stays, and if that is nothing it waits to be asked for again."""
    run.job.cancel()
    if not len(run.job.trace):
        session.hold(asked, None)
