"""Guidance: how often the words are obeyed as they push harder, and how much of the variety is left."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from core.data.images import Pictures
from core.diffusion.walk import Sampler
from core.evaluation import metrics
from core.painting import judge, sight
from core.process import Step
from playground import session
from playground.instruments.easel import Easel, bytes_of
from playground.rungs.paint import charts, film
from playground.rungs.paint.screen import NAME, Screen
from playground.runs import runs
from playground.runs.drain import Progress
from playground.runs.runs import Run
from playground.runs.watch import watch

STRENGTHS = (0.0, 1.0, 2.0, 4.0, 8.0, 0.5, 1.5, 3.0, 6.0)  # those on the grid first
SHOWN, SIDE = 5, 8  # rows and columns of the grid
MANY = 24  # pictures for each strength
VARIETY = "Variety: how far apart two pictures lie, beside two real ones that are what the words say."
SAMPLER = Sampler("DPM-Solver++(2M)", 12)


@dataclass(frozen=True)
class Row:
    """One strength: how many of the told labels are right, with its standard error, and the variety beside the data's."""

    w: float
    right: float
    error: float
    diverse: float


def steps(screen: Screen) -> Iterator[Step[np.ndarray]]:
    """A Step for each strength: the grid so far as bytes, and `rows` (k, 4) of w, accuracy, error, variety."""
    pictures, wish = screen.pictures, screen.wish
    key, shape = screen.key / "guidance", screen.pictures.shape
    reader, real = sight.reader(pictures.name), sight.apart_in_data(pictures, wish)
    assert reader is not None
    asked = [condition for condition, values in enumerate(wish.left) if values]
    labels = wish.labels(MANY, key / "told")
    sheet = np.full((SHOWN * SIDE, *shape), 128, np.uint8)
    rows: list[tuple[float, ...]] = []
    for i, w in enumerate(STRENGTHS):
        x = screen.painter.sample(MANY, key, SAMPLER, labels, w)
        if i < SHOWN:
            sheet[i * SIDE : (i + 1) * SIDE] = bytes_of(x[:SIDE])
        right = metrics.mean(wish.fulfilled(reader(x))[:, asked].mean(axis=1))
        rows.append((w, right.value, right.error, sight.apart(x) / real if real else np.nan))
        yield Step(i, sheet.copy(), "", {"w": w}, {"rows": np.array(rows)})


def show(screen: Screen, step: Step[np.ndarray]) -> None:
    """The panel."""
    if not screen.wish.asks:
        st.caption("Guidance pushes towards words: say above what is to be painted.")
        return
    if sight.reader(screen.pictures.name) is None:
        st.caption("Nobody here can say what is in these pictures: guidance is judged on the built-in sets.")
        return
    spec = (screen.pictures.digest, screen.source.id, screen.wish.left, screen.seed)
    run = runs.open_run(f"{NAME}.guidance", spec, "", lambda: steps(screen))

    def draw(newest: Step[np.ndarray], _: Progress) -> None:
        rows = [Row(*row) for row in sorted(newest.arrays["rows"].tolist())]
        left, right = st.columns([1.2, 1], gap="large")
        with left:
            grid(run, newest.state, len(rows))
        with right:
            table = pd.DataFrame([vars(row) for row in rows])
            drawn = charts.guidance(table, screen.push.guidance, session.dark())
            st.altair_chart(drawn, key=f"{NAME}.guidance.chart", alt=finding(rows))
            st.markdown(finding(rows))
            st.caption(how(screen.pictures))

    watch(run, draw, "The first pictures...")


def grid(run: Run, sheet: np.ndarray, strengths: int) -> None:
    """A row of pictures for each strength so far, of those that are on the grid."""
    done = min(strengths, SHOWN)
    made = Easel(
        f"{film.scene_id(f'{NAME}.guidance', run.spec)}:{strengths}",
        sheet.shape[1:],
        done * SIDE,
        film.PAINTED,
        groups=tuple((f"w = {w:g}", SIDE) for w in STRENGTHS[:done]),
        columns=SIDE,
        alt="The same noise under stronger and stronger guidance",
        close=False,
    )
    film.still(f"{NAME}.guidance", made, sheet[: done * SIDE])


def finding(rows: list[Row]) -> str:
    """What the curves say, in a sentence."""
    best = max(rows, key=lambda row: (round(row.right, 3), row.diverse))
    return (
        f"Obeyed most at w = {best.w:g}: **{100 * best.right:.0f} ± {100 * best.error:.0f} %** of what was told is right, "
        f"with {100 * best.diverse:.0f} % of the data's variety."
    )


def how(pictures: Pictures) -> str:
    """What is measured, and how well it can be."""
    if pictures.name == "outfits":
        return f"{MANY} pictures each. Attributes are read off the pixels, exactly. {VARIETY}"
    right = 100 * float(np.mean(judge.stored(pictures.name).accuracy))
    return (
        f"{MANY} pictures each, seen by a small classifier that is right on {right:.1f} % of real held-out pictures. "
        f"{VARIETY}"
    )
