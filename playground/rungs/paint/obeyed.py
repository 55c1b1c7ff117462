"""Whether the pictures on show are what was asked for: at every moment, read off the guess of the clean picture."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache

import numpy as np

from core.data.images import Pictures
from core.data.renderers.outfit_words import describe, only
from core.painting.wish import Wish
from core.process import Step
from playground.rungs.paint import words

CROSS = "✕ "


def read(steps: Iterator[Step[np.ndarray]], pictures: Pictures, wish: Wish) -> Iterator[Step[np.ndarray]]:
    """The moments of a walk with what is seen in their guesses, where somebody can read it.

    Arrays: `seen` (n, a), the labels. Metrics: `obey`, how many pictures are all that was asked for, if anything was, and
    `variety`, how far apart two of them lie, in per cent of two such real ones.
    """
    from core.painting import sight  # here, because it brings torch, which a page's first words need not wait for

    reader = sight.reader(pictures.name) if words.conditions(pictures) else None
    if reader is None:
        yield from steps
        return
    real = sight.apart_in_data(pictures, wish)
    for step in steps:
        x = step.arrays["clean"] / 255
        seen = reader(x)
        metrics = {"variety": 100 * sight.apart(x) / real} if real else {}
        if wish.asks:
            metrics["obey"] = float(wish.fulfilled(seen).all(axis=1).sum())
        yield replace(step, metrics={**step.metrics, **metrics}, arrays={**step.arrays, "seen": seen})


def missed(step: Step[np.ndarray], pictures: Pictures, wish: Wish) -> tuple[str, ...]:
    """What each picture of a moment has instead of what was asked for, "" where it obeys; () where nobody can say."""
    seen = step.arrays.get("seen")
    if seen is None or not wish.asks:
        return ()
    wrong = ~wish.fulfilled(seen)
    return tuple(
        mark(has(pictures, a, value) for a, (value, off) in enumerate(zip(row, no, strict=True)) if off)
        for row, no in zip(seen.tolist(), wrong.tolist(), strict=True)
    )


def mark(had: Iterable[str]) -> str:
    """What a picture has instead, in a word or two; "" for nothing."""
    said = ", ".join(had)
    return CROSS + said if said else ""


def verdict(step: Step[np.ndarray], pictures: Pictures) -> str:
    """How many pictures are all that was asked for, and how various they are, in words; "" where nobody can say."""
    m, n = step.metrics, len(step.state)
    various = f"{m['variety']:.0f} % of the variety of real pictures" if "variety" in m else ""
    if "obey" not in m:
        return various
    said = f"{m['obey']:.0f} of {n} obey{'' if pictures.name == 'outfits' else ' by a classifier'}"
    return f"{said}, with {various}" if various else said


def has(pictures: Pictures, condition: int, value: int) -> str:
    """A value of one condition in words."""
    if pictures.name != "outfits":
        return words.conditions(pictures)[condition][1][value]
    return of_outfit(condition, value)


@cache  # of 28 values; a film names them hundreds of times
def of_outfit(condition: int, value: int) -> str:
    """A value of one condition of outfits in words."""
    return describe(only(tuple(value if a == condition else None for a in range(5)))).replace("brows", "hair")
