"""Guidance: how often the words are obeyed as they push harder, and how much of the variety is left."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st
from jaxtyping import Int

from core.data.images import Pictures
from core.data.renderers import outfits
from core.diffusion.walk import Sampler
from core.key import Key
from core.painting import judge, scores
from core.process import Step
from playground import session
from playground.instruments.easel import Easel, bytes_of
from playground.rungs.paint import charts, film, words
from playground.rungs.paint.screen import NAME, Screen
from playground.runs import runs
from playground.runs.jobs import Progress
from playground.runs.runs import Run
from playground.runs.watch import watch

STRENGTHS = (0.0, 1.0, 2.0, 4.0, 8.0, 0.5, 1.5, 3.0, 6.0)  # those on the grid first
SHOWN, SIDE = 5, 8  # rows and columns of the grid
MANY = 24  # pictures for each strength
REAL = 40  # draws of as many real pictures, for the data's diversity
SAMPLER = Sampler("DPM-Solver++(2M)", 12)


@dataclass(frozen=True)
class Row:
    """One strength: how many of the told labels are right, with its standard error, and the diversity beside the data's."""

    w: float
    right: float
    error: float
    diverse: float


def steps(screen: Screen) -> Iterator[Step[np.ndarray]]:
    """A Step for each strength: the grid so far as bytes, and `rows` (k, 4) of w, accuracy, error, diversity."""
    pictures, wish = screen.pictures, screen.wish
    key, shape = screen.key / "guidance", screen.pictures.shape
    told, open_ = np.tile(np.array(wish.told), (MANY, 1)), np.array(wish.told) < 0
    data = variety_of_data(pictures, wish.told)
    labels = wish.labels(MANY)
    sheet = np.full((SHOWN * SIDE, *shape), 128, np.uint8)
    rows: list[tuple[float, ...]] = []
    for i, w in enumerate(STRENGTHS):
        x = screen.painter.sample(MANY, key, SAMPLER, labels, w)
        if i < SHOWN:
            sheet[i * SIDE : (i + 1) * SIDE] = bytes_of(x[:SIDE])
        seen = judged(pictures, x)
        right = scores.accuracy(seen, told)
        rows.append((w, right.value, right.error, variety(pictures, x, seen[:, open_]) / data))
        yield Step(i, sheet.copy(), "", {"w": w}, {"rows": np.array(rows)})


def judged(pictures: Pictures, x: np.ndarray) -> Int[np.ndarray, "n a"]:
    """The labels seen in pictures: read off exactly for outfits, else by a classifier of the set."""
    if pictures.name == "outfits":
        return outfits.measure(x)
    return judge.stored(pictures.name).labels(x)


def judgeable(pictures: Pictures) -> bool:
    """Whether somebody can say what is in pictures of this set."""
    if pictures.name == "outfits":
        return True
    try:
        return bool(judge.stored(pictures.name))
    except ValueError:
        return False


def variety(pictures: Pictures, x: np.ndarray, seen: np.ndarray) -> float:
    """How unlike each other pictures are: rows of `seen` that differ (outfits), or the mean distance of features."""
    if pictures.name == "outfits":
        return float(len(np.unique(seen, axis=0)))  # of what the words leave open
    found = judge.stored(pictures.name).features(x)
    square = (found**2).sum(axis=1)
    apart = np.maximum(square[:, None] + square - 2 * found @ found.T, 0)
    return float(np.sqrt(apart).sum() / (len(x) * (len(x) - 1)))


def variety_of_data(pictures: Pictures, told: tuple[int, ...]) -> float:
    """The mean variety of as many real pictures that are what the words say."""
    known = words.labels(pictures)
    assert known is not None
    wanted = np.array(told)
    rows = np.flatnonzero(((wanted < 0) | (known == wanted)).all(axis=1))
    found = []
    for k in range(REAL if pictures.name == "outfits" else 3):
        drawn = (Key(0) / "variety" / k).generator().choice(rows, size=MANY)
        x = pictures.pixels[drawn] / (pictures.levels - 1) if pictures.name != "outfits" else np.empty(0)
        found.append(variety(pictures, x, known[drawn][:, wanted < 0]))
    return float(np.mean(found)) or 1.0


def show(screen: Screen, step: Step[np.ndarray]) -> None:
    """The panel."""
    if screen.labels is None:
        st.caption("Guidance pushes towards words: say above what is to be painted.")
        return
    if not judgeable(screen.pictures):
        st.caption("Nobody here can say what is in these pictures: guidance is judged on the built-in sets.")
        return
    spec = (screen.pictures.digest, screen.source.id, screen.wish.told, screen.seed)
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
        f"with {100 * best.diverse:.0f} % of the data's diversity."
    )


def how(pictures: Pictures) -> str:
    """What is measured, and how well it can be."""
    if pictures.name == "outfits":
        return (
            f"{MANY} pictures each. Attributes are read off the pixels, exactly; diversity counts different outfits, "
            "beside as many real ones that are what the words say."
        )
    right = 100 * float(np.mean(judge.stored(pictures.name).accuracy))
    return (
        f"{MANY} pictures each, seen by a small classifier that is right on {right:.1f} % of real held-out pictures; "
        "diversity is the mean distance in its features, beside real pictures of the class."
    )
