"""Guidance: how often the words are obeyed as they push harder, and how much of the variety is left."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

import numpy as np
import pandas as pd
import streamlit as st

from core.data.images import Pictures
from core.diffusion.walk import Sampler
from core.evaluation import metrics
from core.painting import judge, sight
from core.process import Step
from playground import plot, session
from playground.instruments.easel import Easel, bytes_of
from playground.rungs.paint import charts, film, words
from playground.rungs.paint.screen import NAME, Screen
from playground.runs import runs
from playground.runs.drain import Progress
from playground.runs.runs import Run
from playground.runs.watch import watch

STRENGTHS = (0.0, 1.0, 2.0, 4.0, 8.0, 0.5, 1.5, 3.0, 6.0)  # those on the grid first
SHOWN, SIDE = 5, 8  # rows and columns of the grid
MANY = 24  # pictures for each strength
ALL = MANY * len(STRENGTHS)
VARIETY = "Variety: how far apart two pictures lie, beside two real ones that are what the words say."
SAMPLER = Sampler("DPM-Solver++(2M)", 12)


@dataclass(frozen=True)
class Row:
    """One strength: how many of its pictures are all that was told, and their variety beside the data's."""

    w: float
    obey: int
    painted: int
    diverse: float

    @property
    def ends(self) -> tuple[float, float]:
        """What the share that obeys may be, with 95 % confidence."""
        return metrics.wilson(self.obey, self.painted)


def steps(screen: Screen) -> Iterator[Step[np.ndarray]]:
    """`SIDE` pictures for each strength, then as many more, until there are `MANY`: a coarse curve first, then a finer one.

    States: the grid so far as bytes, grey where nothing is painted. Metrics: `painted`, pictures in all. Arrays: `rows`
    (k, 4) of w, how many obey, of how many, variety. The last Step is of all pictures of all strengths.
    """
    pictures, wish, ticks = screen.pictures, screen.wish, count(1)
    key, shape = screen.key / "guidance", screen.pictures.shape
    reader, real = sight.reader(pictures.name), sight.apart_in_data(pictures, wish)
    assert reader is not None
    noise, labels = screen.painter.begin(MANY, key), wish.labels(MANY, key / "told")
    sheet = np.full((SHOWN * SIDE, *shape), 128, np.uint8)
    made = dict.fromkeys(STRENGTHS, np.empty((0, *shape)))
    rows: dict[float, tuple[float, ...]] = {}
    for batch in np.split(np.arange(MANY), MANY // SIDE):
        for i, w in enumerate(STRENGTHS):
            told = None if labels is None else labels[batch]
            x = screen.painter.sample(len(batch), key, SAMPLER, told, w, noise[batch])
            if batch[0] == 0 and i < SHOWN:
                sheet[i * SIDE : (i + 1) * SIDE] = bytes_of(x)
            made[w] = x = np.concatenate([made[w], x])
            obey = wish.fulfilled(reader(x)).all(axis=1).sum()
            rows[w] = (w, obey, len(x), sight.apart(x) / real if real else np.nan)
            done = next(ticks)
            yield Step(
                done - 1, sheet.copy(), "", {"painted": float(done * SIDE)}, {"rows": np.array(list(rows.values()))}
            )


def show(screen: Screen, step: Step[np.ndarray]) -> None:
    """The panel."""
    if not words.heard(screen.pictures, screen.painter.sizes):
        st.caption("This painter is told nothing, so there is nothing that guidance could push towards.")
        return
    if not screen.wish.asks:
        st.caption("Guidance pushes towards words: say above what is to be painted.")
        return
    if sight.reader(screen.pictures.name) is None:
        st.caption("Nobody here can say what is in these pictures: guidance is judged on the built-in sets.")
        return
    spec = (screen.pictures.digest, screen.source.id, screen.wish.left, screen.seed)
    run = runs.open_run(f"{NAME}.guidance", spec, "", lambda: steps(screen))

    def draw(newest: Step[np.ndarray], _: Progress) -> None:
        painted = int(newest.metrics["painted"])
        found = sorted(newest.arrays["rows"].tolist())
        rows = [Row(w, int(obey), int(of), diverse) for w, obey, of, diverse in found]
        left, right = st.columns([1.2, 1], gap="large")
        with left:
            grid(run, newest.state, min(painted // SIDE, SHOWN))
        with right:
            drawn = charts.guidance(curve(rows), screen.push.guidance, session.dark())
            plot.show(drawn, key=f"{NAME}.guidance.chart", alt=finding(rows))
            st.markdown(finding(rows))
            st.progress(painted / ALL, f"{painted} of {ALL} pictures, {MANY} for each strength.")
            st.caption(how(screen.pictures))

    watch(run, draw, "The first pictures...")


def grid(run: Run, sheet: np.ndarray, done: int) -> None:
    """A row of pictures for each strength on the grid, `done` of them painted."""
    made = Easel(
        f"{film.scene_id(f'{NAME}.guidance', run.spec)}:{done}",
        sheet.shape[1:],
        len(sheet),
        film.PAINTED,
        groups=tuple((f"w = {w:g}", SIDE) for w in STRENGTHS[:SHOWN]),
        columns=SIDE,
        alt="The same noise under stronger and stronger guidance",
        close=False,
    )
    film.still(f"{NAME}.guidance", made, sheet)


def curve(rows: list[Row]) -> pd.DataFrame:
    """The shares over the strengths: columns w, right, low, high, diverse."""
    shares = [(row.w, row.obey / row.painted, *row.ends, row.diverse) for row in rows]
    return pd.DataFrame(shares, columns=["w", "right", "low", "high", "diverse"])


def finding(rows: list[Row]) -> str:
    """What the curves say, in a sentence."""
    best = max(rows, key=lambda row: (row.obey / row.painted, row.diverse))
    low, high = (f"{100 * end:.0f}" for end in best.ends)
    return (
        f"Obeyed most at w = {best.w:g}: **{best.obey} of {best.painted}** pictures are all that was told "
        f"(95 % interval {low} to {high} %), with {100 * best.diverse:.0f} % of the data's variety."
    )


def how(pictures: Pictures) -> str:
    """What is measured, and how well it can be."""
    if pictures.name == "outfits":
        return f"Attributes are read off the pixels, exactly. {VARIETY}"
    right = 100 * float(np.mean(judge.stored(pictures.name).accuracy))
    return f"Seen by a small classifier that is right on {right:.1f} % of real held-out pictures. {VARIETY}"
