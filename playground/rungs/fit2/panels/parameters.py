"""The fitted parameters, and every way of fitting ranked by points it has not seen."""

from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.dataset import Dataset
from core.evaluation import held_out
from core.joint import ranking
from core.joint.joint import Way
from core.joint.ranking import Scored
from core.laws.ranking import Row
from core.process import Step
from playground import session
from playground.rungs.fit2 import joint, ways
from playground.rungs.fit2.joint import Seen
from playground.rungs.fit2.numbers import means, parameters, part, shape
from playground.rungs.fit2.screen import NAME, Screen
from playground.runs import runs, shared
from playground.runs.drain import Progress
from playground.runs.watch import watch
from playground.shown import tables
from playground.shown.criteria import AIC, BIC, CRITERIA, HEADS
from playground.shown.numbers import bare, estimate, minus, table, written

RANKED = 10_000  # points that the ways are ranked on
DIGITS = {"log-likelihood": ".4f", AIC: ",.1f", BIC: ",.1f"}
HEADERS = {"held out (nats per point)": "held out", "behind the best": "behind", "log-likelihood": "log L"}
HEADERS |= HEADS
HELD = (
    "Held out: the mean log-density of all points in nats, each fifth in turn under the fit to the other four, with its "
    f"standard error; more is better. {CRITERIA} ▸ is on the stage."
)


def show(screen: Screen, step: Step[Seen]) -> None:
    """The panel."""
    dataset, way, key, law = screen.dataset, screen.way, screen.key, step.state.law
    left, middle, right = st.columns([1, 1, 1.2], gap="large")
    left.markdown(table("Fitted", parameters(law, dataset)))
    moments = partial(joint.moments, law, key)
    mean, covariance, exact = shared.once(f"{NAME}.moments", (*screen.law, key), dataset, moments)
    rows = means(mean, np.sqrt(np.diag(covariance)), dataset.columns)
    rows += shape(covariance, (dataset.columns[0], dataset.columns[1]))
    middle.markdown(table("The whole law" if exact else "The whole law, by 100,000 draws", rows))
    x, every = part(dataset.points, RANKED, key / "ranked"), ways.others(way, key)
    spec = (dataset.digest, key, way)
    judged = {each: judgement(screen, each, x) for each in every}
    run = runs.open_run(
        f"{NAME}.rank", spec, "", lambda: ranking.rank(x, every, lambda each: judged[each]()), of=dataset
    )
    watch(run, partial(draw, screen, right, len(every)))
    st.markdown(session.plain(known(dataset)).replace(r"\*\*", "**"))


def judgement(screen: Screen, way: Way, x: np.ndarray) -> Callable[[], Scored]:
    """The row of a way judged on the points x, to be asked for by the ranking; another seed leaves most as they are."""
    spec = *joint.decides(way, screen.dataset), screen.key if len(x) < len(screen.dataset) else None
    make = partial(ranking.scored, way, x, held_out.parts(len(x)))
    return shared.later(f"{NAME}.judged.{way.name}", spec, screen.dataset, make)


def draw(
    screen: Screen, right: DeltaGenerator, count: int, newest: Step[tuple[Row, ...]] | None, progress: Progress
) -> None:
    """The table of ways as far as it is known; at the right, how far that is or what it says."""
    rows = newest.state if newest else ()
    with right:
        if progress.alive:
            st.progress(len(rows) / count, f"{len(rows)} of {count} ways judged.")
        elif rows:
            st.markdown(verdict(rows))
        some = f" Ranked on a random {RANKED:,} points." if len(screen.dataset) > RANKED else ""
        st.caption(HELD + some)
    tables.show(ranked(rows, screen.way.name), DIGITS, HEADERS, rows=count)


def ranked(rows: tuple[Row, ...], shown: str) -> pd.DataFrame:
    """The ways as a table, the one on the stage marked."""
    decides = decisive(rows)
    columns = {
        "way": [("▸ " if r.name == shown else "") + r.title for r in rows],
        "held out (nats per point)": [score(r) for r in rows],
        f"without {decides}": [estimate(r.without.score, "") if r.without else "" for r in rows],
        "behind the best": [behind(i, r) for i, r in enumerate(rows)],
        "log-likelihood": [r.log_likelihood for r in rows],
        "parameters": [r.parameters for r in rows],
        AIC: [r.aic for r in rows],
        BIC: [r.bic for r in rows],
        "note": [r.note for r in rows],
    }
    said = {"without ": bool(decides), "note": any(r.note for r in rows)}
    return pd.DataFrame({name: column for name, column in columns.items() if said.get(name, True)})


def behind(i: int, row: Row) -> str:
    """How far a way lies behind the best, and whether that is anything."""
    if i == 0 or not np.isfinite(row.behind.value):
        return ""
    return estimate(row.behind) + (" (tied, simplest)" if row.recommended else " (tied)" if row.tied else "")


def decisive(rows: tuple[Row, ...]) -> str:
    """The point that decides the ranking; "" where none does."""
    found = next((row.without for row in rows if row.without), None)
    return f"({', '.join(f'{written(value)}' for value in found.point)})" if found else ""


def score(row: Row) -> str:
    """The held-out score with its standard error, or what is wrong."""
    value = row.held_out.value
    if np.isnan(value):
        return "none"
    return f"{row.impossible:,} ruled out" if np.isinf(value) else estimate(row.held_out)


def verdict(rows: tuple[Row, ...]) -> str:
    """Which way predicts best, the simplest of those that tie with it, and by how much it is known to."""
    sound = [r for r in rows if np.isfinite(r.held_out.value)]
    if not sound:
        return "No law could be scored on points it had not seen."
    best, rest = sound[0], sound[1:]
    tied = [r for r in rest if r.tied]
    simplest = next((r for r in tied if r.recommended), None)
    said = f"**{best.title}** predicts unseen points best, at {estimate(best.held_out)} nats per point."
    if simplest is not None:
        said += f" **{simplest.title}** is recommended: tied with the best, and it has the fewest parameters."
    if more := [r.title for r in tied if r is not simplest]:
        said += f" So close that these points cannot tell them apart{' either' * bool(simplest)}: {', '.join(more)}."
    if rest and not tied:
        near = rest[0]
        odds = np.exp(near.behind.value)
        said += (
            f" The next, {near.title}, is {estimate(near.behind)} nats behind: a new point is on average {written(odds, 2)} "
            "times as likely under the first."
        )
    if point := decisive(rows):
        said += f" One point, {point}, decides places: the table has the scores without it."
    return said


def known(dataset: Dataset) -> str:
    """How well n points pin down means and correlation, and where they fall silent."""
    x, n = dataset.points, len(dataset)
    errors = x.std(axis=0) / np.sqrt(n)
    means = " and ".join(
        f"{bare(name)} within ± {written(2 * e, 2)}" for name, e in zip(dataset.columns, errors, strict=True)
    )
    r = float(np.corrcoef(x.T)[0, 1]) if (np.ptp(x, axis=0) > 0).all() else float("nan")
    said = [f"**With {n:,} points**, the means are known: {means} (two standard errors)."]
    if np.isfinite(r) and abs(r) < 1 and n > 3:
        low, high = np.tanh(np.arctanh(r) + np.array([-1.96, 1.96]) / np.sqrt(n - 3))
        at, least, most = (minus(f"{value:.2f}") for value in (r, low, high))
        said.append(f"The correlation is {at}, between {least} and {most} with 95 % confidence if normal.")
    said.append(
        f"Where fewer than about one point in {n:,} falls, nothing was seen: there every law on this page speaks from its "
        "form alone, and they disagree."
    )
    if n < 50:
        said.append("So few points cannot tell a bent cloud from a straight one: prefer few parameters, or a prior.")
    return " ".join(said)
