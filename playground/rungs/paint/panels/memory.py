"""Memory: the nearest training picture of each painted one, and whether they are nearer than held-out pictures are."""

from collections.abc import Iterator

import numpy as np
import streamlit as st
from jaxtyping import Float, Int
from scipy.stats import binom

from core.data.images import Pictures
from core.painting.wish import Wish
from core.process import Step
from playground import plot, session
from playground.instruments.easel import Easel, bytes_of
from playground.rungs.paint import charts, film, words
from playground.rungs.paint.screen import NAME, Screen
from playground.runs import runs
from playground.runs.drain import Progress
from playground.runs.watch import watch

SIDE = 8  # pairs on show
HELD = 400  # held-out pictures at most
LEAST = 10  # held-out pictures below which nothing is compared
MOST = 12_000  # training pictures looked at


def nearest(
    x: Float[np.ndarray, "n d"], known: Float[np.ndarray, "m d"]
) -> tuple[Float[np.ndarray, " n"], Int[np.ndarray, " n"]]:
    """The distance to the nearest row of `known`, root mean square in grey levels of 255, and which row it is."""
    square = (x**2).sum(axis=1)[:, None] + (known**2).sum(axis=1) - 2 * x @ known.T
    row = square.argmin(axis=1)
    exact = np.sqrt(((x - known[row]) ** 2).mean(axis=1))
    return 255 * exact, row


def steps(pictures: Pictures, ends: Float[np.ndarray, "n c h w"]) -> Iterator[Step[np.ndarray]]:
    """First the pairs, painted above and nearest below, as bytes with `painted` (n,); then `held` (m,) as well."""
    train, val, test = pictures.split
    rows = train[:MOST]
    known = flat(pictures, rows)
    distance, at = nearest(ends.reshape(len(ends), -1), known)
    order = np.argsort(distance)[:SIDE]
    pairs = np.concatenate([ends[order], pictures.pixels[rows[at[order]]] / (pictures.levels - 1)])
    arrays = {"painted": distance, "order": order}
    yield Step(0, bytes_of(pairs), "", {}, arrays)
    if len(test) + len(val) < LEAST:
        return
    held = nearest(flat(pictures, np.concatenate([test, val])[:HELD]), known)[0]
    yield Step(1, bytes_of(pairs), "", {}, {**arrays, "held": held})


def flat(pictures: Pictures, rows: np.ndarray) -> Float[np.ndarray, "n d"]:
    """Pictures of the set as rows, in [0, 1]."""
    return pictures.pixels[rows].reshape(len(rows), -1) / (pictures.levels - 1)


def allowed(pictures: Pictures, wish: Wish) -> tuple[int, int] | None:
    """Of a world so small that the set holds all of it: how many of the pictures with these words there are, and how
    many of them were trained on; None for any other set.
    """
    if pictures.name != "outfits":
        return None
    labels = words.labels(pictures)
    assert labels is not None
    fulfil = np.asarray(wish.fulfilled(labels).all(axis=1))
    return int(fulfil.sum()), int(fulfil[pictures.split.train].sum())


def verdict(painted: np.ndarray, held: np.ndarray, world: tuple[int, int] | None = None) -> str:
    """Whether the painted pictures are nearer to the training pictures than chance brings them, in a sentence.

    Chance: as near as the nearest 5 % of held-out pictures; in a world that the set holds whole, the share of training
    pictures among all that are `allowed`.
    """
    low, n = float(np.quantile(held, 0.05)), len(painted)
    near = int((painted < low).sum())
    share = 0.05 if world is None else world[1] / world[0]
    limit = int(binom.ppf(0.975, n, share))
    judged = "▲ more than chance: some are remembered" if near > limit else "✓ no more than chance allows"
    said = f"**{near} of {n}** painted pictures lie nearer than {low:.1f} grey levels to a training picture"
    if world is None:
        return f"{said}, as 5 % of the held-out ones do (expected {n * share:.1f}, up to {limit}): {judged}."
    return (
        f"{said}. Of the {world[0]:,} outfits that these words allow, {world[1]:,} were trained on, so that many are met "
        f"again by a painter that has learned them all alike (expected {n * share:.1f}, up to {limit}): {judged}."
    )


def show(screen: Screen, step: Step[np.ndarray]) -> None:
    """The panel."""
    pictures, ends = screen.pictures, screen.ends()
    if ends is None:
        st.caption("The comparison begins when the pictures are finished.")
        return
    run = runs.open_run(f"{NAME}.memory", (*screen.spec, "memory"), "", lambda: steps(pictures, ends))

    def draw(newest: Step[np.ndarray], _: Progress) -> None:
        left, right = st.columns([1.2, 1], gap="large")
        with left:
            pairs(screen, newest)
        if "held" in newest.arrays:
            with right:
                compared(screen, newest.arrays["painted"], newest.arrays["held"])

    watch(run, draw, "Looking through the training pictures...")


def pairs(screen: Screen, found: Step[np.ndarray]) -> None:
    """The painted pictures that are nearest to a training picture, above it."""
    painted, order = found.arrays["painted"], found.arrays["order"]
    side = len(order)
    made = Easel(
        film.scene_id(f"{NAME}.memory", screen.spec),
        screen.pictures.shape,
        2 * side,
        film.PAINTED,
        groups=(("Painted, the nearest first", side), ("The nearest training picture, and how far it is", side)),
        labels=tuple([""] * side + [f"{painted[i]:.1f}" for i in order]),
        columns=side,
        alt="Painted pictures and the training pictures nearest to them",
        close=False,
    )
    film.still(f"{NAME}.memory", made, found.state)
    st.caption("Distances are root mean squares over all pixels, in grey levels of 255.")


def compared(screen: Screen, painted: np.ndarray, held: np.ndarray) -> None:
    """How near painted and held-out pictures come, as curves and in a sentence."""
    said = verdict(painted, held, allowed(screen.pictures, screen.wish))
    drawn = charts.distances(painted, held, session.dark())
    plot.show(drawn, key=f"{NAME}.memory.chart", alt=said)
    st.markdown(said)
