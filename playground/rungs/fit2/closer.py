"""What stands beside and below the plane: figures, conditionals, the table of ways, two samples, checks, code and files."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from core.dataset import Dataset
from core.evaluation import metrics, two_sample
from core.evaluation.two_sample import Null
from core.joint import checks, ranking
from core.joint.joint import Kernels, Way, WithPrior
from core.kernels.kde import KDE
from core.key import Key
from core.process import Halt, Step
from playground import session
from playground.rungs.em import numbers
from playground.rungs.fit1.numbers import placed
from playground.rungs.fit1.panels.families import watch
from playground.rungs.fit2 import charts, controls, files, joint
from playground.rungs.fit2 import words as plane_words
from playground.rungs.fit2.joint import Seen
from playground.runs import runs
from playground.runs.jobs import Progress

RANKED = 10_000  # points that the ways are ranked on
CHECKED = 5000  # points that the self-test looks at
REPEATS = 499
STATISTICS = {
    "energy": "energy distance (squared, standard units)",
    "sliced wasserstein": "sliced Wasserstein distance",
}
AGAINST = ("unseen points", "all points")
WORDS = {"against": AGAINST}


def part(x: np.ndarray, most: int, key: Key) -> np.ndarray:
    """At most so many of the points, at random."""
    return x if len(x) <= most else x[np.sort(key.generator().choice(len(x), most, replace=False))]


def figures(way: Way, seen: Seen, dataset: Dataset) -> None:
    """The chip, and the live numbers of the law on the stage."""
    word, why = joint.HOW[type(way)]
    n, total, count = len(dataset), seen.log_likelihood.value * len(dataset), seen.law.count
    rows = [("Log-likelihood", f"{seen.log_likelihood.value:.4f}", "nats per point")]
    if count is not None:
        rows.append(("BIC", f"{metrics.bic(total, count, n):,.1f}", "nats, less is better"))
    if seen.gap is not None:
        rows.append(("KL from the truth", numbers.estimate(seen.gap), "nats, 0 is perfect"))
    if dataset.entropy is not None:
        rows.append(("Of the truth", f"{-dataset.entropy:.4f}", "nats per point, exact"))
    st.markdown(f":{'green' if word == 'exact' else 'orange'}-badge[{word}] {why}")
    st.markdown(numbers.table(way.title, rows))
    if isinstance(way, Kernels):
        st.caption("Every point lies under its own bump, so this log-likelihood flatters; see the held-out scores.")
    if isinstance(way, WithPrior):
        st.caption("This is the top of the posterior, not of the likelihood: AIC and BIC do not apply.")


def conditionals(name: str, dataset: Dataset, seen: Seen, column: int, place: float) -> None:
    """The exact conditional mean and spread at the line beside the points near it, and both marginals."""
    other, (given, asked) = 1 - column, (dataset.columns[column], dataset.columns[1 - column])
    low, high = dataset.bounds[other]
    pad = high - low
    at = np.linspace(low - pad, high + pad, 3001)
    there = seen.law.conditional(column, place, at)
    whole = np.trapezoid(there, at)
    near, stands = joint.strip(dataset, column, place), placed(place, float(dataset.points[:, column].std()))
    if np.isfinite(whole) and whole > 0:
        mean = float(np.trapezoid(at * there, at) / whole)
        sd = float(np.sqrt(np.trapezoid((at - mean) ** 2 * there, at) / whole))
        saw = f"The {len(near)} points within {joint.near(dataset, column):.2g} of it have "
        digits = max(0, 1 - int(np.floor(np.log10(sd)))) if sd > 0 else 3
        saw += f"mean {near.mean():.{digits}f}, sd {near.std():.2g}." if len(near) > 1 else "too little to say."
        said = (
            f"Where **{given}** is **{stands}**, the law expects **{asked}** {mean:.{digits}f} with sd {sd:.2g}. {saw}"
        )
    else:
        said = f"Where {given} is {stands}, the law has no mass."
    st.markdown(session.plain(said).replace(r"\*\*", "**"))
    for where, k in zip(st.columns(2, gap="large"), (0, 1), strict=True):
        chart = charts.marginal(dataset, seen.law, k, session.dark())
        where.altair_chart(chart, key=f"{name}.marginal.{k}", alt=f"{dataset.columns[k]} alone: histogram and law")


def in_numbers(name: str, dataset: Dataset, way: Way, seen: Seen, key: Key) -> None:
    """The fitted parameters, and every way of fitting ranked by points it has not seen."""
    left, middle, right = st.columns([1, 1, 1.2], gap="large")
    left.markdown(numbers.table("Fitted", charts.parameters(seen.law, dataset)))
    with middle:
        mean, covariance, exact = joint.moments(seen.law, key)
        rows = charts.means(mean, np.sqrt(np.diag(covariance)), dataset.columns)
        rows += charts.shape(covariance, (dataset.columns[0], dataset.columns[1]))
        st.markdown(numbers.table("The whole law" if exact else "The whole law, by 100,000 draws", rows))
    x = part(dataset.points, RANKED, key / "ranked")
    ways = controls.others(way, key)
    run = runs.open_run(f"{name}.rank", (dataset.digest, key, way), "", lambda: ranking.rank(x, key / "held out", ways))

    def draw(progress: Progress) -> None:
        rows = run.job.trace[-1].state if len(run.job.trace) else ()
        with right:
            if progress.alive:
                st.progress(len(rows) / len(ways), f"{len(rows)} of {len(ways)} ways judged.")
            elif rows:
                st.markdown(plane_words.verdict(rows))
            st.caption(
                "Held out: the mean log-density of each fifth under the fit to the other four, with its standard error; "
                "more is better. ▸ is on the stage."
                + (f" Ranked on a random {RANKED:,} points." if len(dataset) > RANKED else "")
            )
        formats = {"log-likelihood": "%.4f", "AIC (nats)": "%.1f", "BIC (nats)": "%.1f"}
        config: dict[str, Any] = {c: st.column_config.NumberColumn(format=f) for c, f in formats.items()}
        st.dataframe(charts.ranked(rows, way.name), hide_index=True, height=35 * (len(ways) + 1) + 3,
                     column_config=config, placeholder="")  # fmt: skip

    watch(run, draw)
    st.markdown(session.plain(plane_words.known(dataset)).replace(r"\*\*", "**"))


def comparison(way: Way, dataset: Dataset, law: Any, unseen: bool, statistic: str, key: Key) -> Iterator[Step[Null]]:
    """The samples of a law against the points: of one fitted to a random half, against the other half, if `unseen`."""
    x = dataset.points
    if unseen:
        train, held = metrics.split(len(x), 0.5, key / "half")
        if len(train) < 5:
            raise Halt("These points are too few to hold half of them out: compare with all of them.")
        law, x = way.fit(x[train]), x[held]
    x = part(x, two_sample.MOST, key / "part")
    y = law.sample(len(x), key / "samples")
    spread = dataset.points.std(axis=0)
    return two_sample.compare(x / spread, y / spread, key / statistic, statistic, REPEATS)


def two_samples(name: str, dataset: Dataset, way: Way, seen: Seen, key: Key) -> None:
    """Energy and sliced Wasserstein distances beside what one source would give."""
    against = st.segmented_control(
        "Compare the samples with", AGAINST, default=AGAINST[0], key="against", bind="query-params", required=True
    )
    unseen = against != AGAINST[1]
    st.caption(
        "Fitted to a random half, compared with the other: an exact p for the law as fitted, its estimation error included."
        if unseen
        else "Not calibrated: samples lie too near to points the law was fitted to, so these distances are too small and their "
        "p too large, most of all for kernels. A small one still counts against the law; a large one says nothing."
    )
    for where, (statistic, title) in zip(st.columns(2, gap="large"), STATISTICS.items(), strict=True):
        steps = partial(comparison, way, dataset, seen.law, unseen, statistic, key / "compare")
        run = runs.open_run(f"{name}.{statistic}", (dataset.digest, key, way, unseen), "", steps)

        def draw(progress: Progress, run: runs.Run = run, title: str = title) -> None:
            if not len(run.job.trace):
                return
            found: Null = run.job.trace[-1].state
            if progress.alive:
                st.progress(len(found.null) / REPEATS, f"{len(found.null)} of {REPEATS} reshuffles.")
            if len(found.null):
                chart = charts.null(found, title, session.dark())
                st.altair_chart(chart, key=f"{name}.{title}", alt=f"{title}: observed {found.observed:.4g}")
            if not progress.alive:
                words = plane_words.compared(found, title[0].upper() + title.split(" (")[0][1:], unseen)
                st.markdown(f"{words} Observed {found.observed:.4g}, 95 % of reshuffles below {found.limit:.4g}.")

        with where:
            watch(run, draw)


def self_test(name: str, dataset: Dataset, way: Way, seen: Seen, key: Key) -> None:
    """The identities that must hold for the law on the stage."""
    x = part(dataset.points, CHECKED, key / "checked")

    def steps() -> Iterator[Step]:
        law = seen.law if len(x) == len(dataset) else way.fit(x)
        yield Step(0, tuple(checks.of_law(way, law, x, contours_of(law), key / "checks")))

    def contours_of(law: Any) -> Any:
        return seen.contours if law is seen.law else joint.contours(law, joint.MASSES, key)

    run = runs.open_run(f"{name}.checks", (dataset.digest, key, way), "", steps)

    def draw(progress: Progress) -> None:
        if len(run.job.trace):
            st.markdown(numbers.self_test(run.job.trace[-1].state))
        elif not progress.error:
            st.caption("Testing...")

    watch(run, draw)
    if len(x) < len(dataset):
        st.caption(f"Tested on the fit to a random {CHECKED:,} of the points.")


def take_home(dataset: Dataset, way: Way, seen: Seen, n: int, key: Key, code: str) -> None:
    """The script that makes these parameters again, the files, and the link."""
    st.code(files.script(code, way, key / "samples", n), language="python")
    offered: dict[str, Any] = {"on_click": "ignore", "icon": ":material/download:"}
    with st.container(horizontal=True):
        draws = partial(files.samples, seen, dataset, n, key / "samples")
        st.download_button(f"{n:,} samples (CSV)", draws, "samples.csv", **offered)
        st.download_button("Density grid (CSV)", lambda: files.grid_csv(seen, dataset), "density.csv", **offered)
        st.download_button("Density grid (NPY)", lambda: files.grid_npy(seen, dataset), "density.npy", **offered)
        parameters = files.as_json(seen, dataset, way)
        st.download_button("Parameters (JSON)", parameters, "parameters.json", **offered)
    st.caption(
        f"Samples are drawn with `{key / 'samples'}`: the same key, the same samples. How many is set under More."
    )
    if isinstance(seen.law.model, KDE):
        st.caption("A kernel density is its points and its bandwidth: the points are the data.")
    st.caption("A link to this screen:")
    st.code(session.link(), language=None, wrap_lines=True)
