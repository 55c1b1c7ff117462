"""The stage of outfits: those that were seen, and under them new ones of every model, drawn feature after feature.

What is not drawn yet is averaged over: a picture is the mean of all outfits that agree with what is drawn, weighed by the
model's p(x | what is drawn). So every picture sharpens until it is one outfit, and a frame is computed, not faded.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from threading import Lock

import numpy as np
from jaxtyping import Float, Int, UInt8

from core.categorical.rows import cells, number
from core.data.renderers.outfit_words import ATTRIBUTES
from core.data.renderers.outfits import COUNTS, EVERY, render
from core.process import Step, frozen
from playground import session
from playground.instruments import easel
from playground.instruments.easel import Easel, Frame, Kind, Said, bytes_of
from playground.rungs.outfits.screen import ACROSS, ALONE, FULL, MODELS, NAME, Screen, words
from playground.runs import film, runs
from playground.runs.runs import Run

PICKED = "outfit"
KIND = (Kind("x", "outfits", "model"),)
SHAPE = (3, 32, 32)


_once = Lock()  # many may be the first to ask


def every_picture() -> tuple[Float[np.ndarray, "4032 u"], Int[np.ndarray, " 3072"]]:
    """`levelled`, made by one for all."""
    with _once:
        return levelled()


@cache
def levelled() -> tuple[Float[np.ndarray, "4032 u"], Int[np.ndarray, " 3072"]]:
    """All outfits as rows of levels, in the order of their numbers, and where each pixel finds its level in such a row.

    Pixels that have one level in every outfit, as the two cheeks do, stand there once: a quarter of all.
    """
    whole = bytes_of(render(EVERY)).reshape(len(EVERY), -1)
    known: dict[bytes, int] = {}
    places = np.array([known.setdefault(pixel.tobytes(), len(known)) for pixel in whole.T])
    first = np.unique(places, return_index=True)[1]
    return frozen(whole[:, first].astype(np.float32)), frozen(places)


def mean_pictures(
    p: Float[np.ndarray, " c"], codes: Int[np.ndarray, "n 5"], known: int
) -> UInt8[np.ndarray, "n 3 32 32"]:
    """The mean picture under p of all outfits whose first `known` features are those of each row."""
    rest = cells(COUNTS[known:])
    at, back = np.unique(number(codes[:, :known], COUNTS[:known]), return_inverse=True)
    levels, places = every_picture()
    weights = p.reshape(-1, rest)[at]
    weights = (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)
    found = np.stack([w @ levels[i * rest : (i + 1) * rest] for i, w in zip(at, weights, strict=True)])
    return np.rint(np.minimum(found, 255)).astype(np.uint8)[back][:, places].reshape(-1, *SHAPE)


def steps(screen: Screen) -> Iterator[Step[UInt8[np.ndarray, "m 3 32 32"]]]:
    """The new outfits, a Step for every feature that is drawn, after one in which none is; beside each the `seen` ones."""
    arrays = {"times": screen.times(screen.outfits), "seen": bytes_of(render(screen.shown))}
    tables = {title: np.exp(table) for title, table in screen.tables.items()}
    for known in range(len(COUNTS) + 1):
        new = [mean_pictures(tables[title], screen.drawn[title], known) for title in MODELS]
        yield Step(known, np.concatenate(new), arrays=arrays)


def run(screen: Screen) -> Run:
    """The drawing of new outfits."""
    return runs.open_run(NAME, screen.spec, "", lambda: steps(screen), of=screen.rows)


def frames(made: Sequence[Step[np.ndarray]], first: int = 0) -> list[Frame]:
    """One Frame a Step; at the end each new outfit says whether it was seen."""
    return [
        Frame(caption(step), {"x": np.concatenate([step.arrays["seen"], step.state])}, marks=marks(step))
        for step in made
    ]


def caption(step: Step[np.ndarray]) -> str:
    """The moment in words."""
    if step.index == 0:
        return "Nothing is drawn yet: each new picture is the mean of all outfits under its model."
    if step.index < len(ATTRIBUTES):
        return f"Drawn: {', '.join(ATTRIBUTES[: step.index])}. The rest is still a mean."
    new = step.arrays["times"][-ACROSS * len(MODELS) :].reshape(len(MODELS), ACROSS)
    told = ", ".join(f"{title.lower()} {int((row == 0).sum())}" for title, row in zip(MODELS, new, strict=True))
    return f"Never seen before, of {ACROSS}: {told}."


def marks(step: Step[np.ndarray]) -> tuple[str, ...]:
    """What stands on each picture: that a drawn one was seen."""
    if step.index < len(ATTRIBUTES):
        return ()
    old = len(step.arrays["seen"])
    return tuple("seen" if i >= old and times else "" for i, times in enumerate(step.arrays["times"]))


def scene(screen: Screen) -> Easel:
    """The stage."""
    seen, n = len(screen.shown), len(screen.rows)
    title = f"The {n:,} outfits seen" if seen == n else f"Seen: the first {seen} of {n:,} outfits"
    names = tuple(words(code) for code in screen.outfits)
    smoothing = f"α = {screen.asked.alpha:g}"
    told = {title: f"New: {title.lower()}" for title in MODELS} | {ALONE: "New: independent features"}
    groups = [(title, seen)] + [(told[m] + (f", {smoothing}" if m != FULL else ""), ACROSS) for m in MODELS]
    return Easel(
        f"{NAME}:{session.fingerprint(repr(screen.spec).encode()).hex()[:12]}",
        SHAPE,
        len(names),
        KIND,
        names=names,
        groups=tuple(groups),
        columns=ACROSS,
        alt="Outfits that were seen, and new ones of each model",
        close=False,
        pick=True,
        picked=picked(screen, None),
    )


def picked(screen: Screen, pressed: int | None) -> int:
    """The outfit that is chosen, from 0: the one just `pressed`, else the one before, at first the link's."""
    asked = session.from_link(PICKED) or ""
    first = int(asked) - 1 if asked.isdecimal() and len(asked) < 4 and int(asked) else 0
    at = session.recall(PICKED, lambda: first, screen=True)
    if pressed is not None:
        at = pressed
        session.hold(PICKED, at, screen=True)
    at = min(at, len(screen.outfits) - 1)
    session.put_in_link(PICKED, str(at + 1) if at else None)
    return at


def show(screen: Screen, made: Run) -> Said:
    """The stage with the drawing."""
    on = film.Instrument("easel", easel.pack, easel.easel)
    return film.play(on, NAME, made, scene(screen), frames, linked=True)
