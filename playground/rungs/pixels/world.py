"""Pictures drawn with every level alike, and how many of them are anything like the real ones."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from core.categorical.products import Products
from core.key import Key
from core.process import Step
from playground.rungs.pixels.screen import ACROSS, Screen

EVERY, BATCH = 20_000, 1000  # random pictures in all, and at a time
JUDGED = ("digits", "strokes")  # sets of digits with a stored judge
SHARE = 0.05  # of the real pictures that a line leaves out

Certain = Callable[[Float[np.ndarray, "n c h w"]], Float[np.ndarray, " n"]]


@dataclass(frozen=True, eq=False)
class World:
    """Of `n` random pictures: how many the model finds as likely, and how many the judge calls a digit as surely, as 19
    real ones in 20; their lines in nats and in certainty (NaN without a judge); the greatest log p; and the pictures that the
    judge is surest of, in [0, 1], with its certainty."""

    n: int
    typical: int
    called: int
    nats: float
    line: float
    best: float
    surest: Float[np.ndarray, "m c h w"]
    certainty: Float[np.ndarray, " m"]


def looked(screen: Screen, model: Products, certain: Certain | None) -> Iterator[Step[World]]:
    """One Step a batch of random pictures."""
    c, h, w = screen.pictures.shape
    top = screen.levels - 1
    nats = -float(np.quantile(model.log_prob(screen.test), SHARE))
    line = math.nan
    if certain is not None:
        line = float(np.quantile(certain((screen.test / top).reshape(-1, c, h, w)), SHARE))
    n = typical = called = 0
    best, surest, certainty = -math.inf, np.zeros((0, c, h, w)), np.zeros(0)
    for i in range(EVERY // BATCH):
        draw = (Key(screen.asked.deal) / "pixels" / "world" / i).generator()
        codes = draw.integers(0, screen.levels, (BATCH, screen.pictures.dim))
        log_p, x = model.log_prob(codes), (codes / top).reshape(-1, c, h, w)
        said = certain(x) if certain is not None else np.zeros(BATCH)
        n, best = n + BATCH, max(best, float(log_p.max()))
        typical += int((log_p >= -nats).sum())
        called += int((said >= line).sum()) if certain is not None else 0
        surest, certainty = np.concatenate([surest, x]), np.concatenate([certainty, said])
        first = np.argsort(-certainty, kind="stable")[:ACROSS]
        surest, certainty = surest[first], certainty[first]
        yield Step(i, World(n, typical, called, nats, line, best, surest, certainty))
