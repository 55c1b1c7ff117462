"""Small pictures that are easy to paint, and small painters of them."""

from collections import deque
from dataclasses import replace
from functools import cache

import numpy as np

from core.key import Key
from core.painting.config import Config
from core.painting.fit import fit, initial
from core.painting.painter import Painter

TINY = Config(width=8, depth=1, batch=32, steps=160, every=40, rate=8e-3, average=0.9, dropout=0.3)


def bars(n=256, side=8, seed=0):
    """Pictures (n, 1, s, s) of a bar lying or standing, dark or light, and their labels (n, 2)."""
    g = (Key(seed) / "bars").generator()
    labels = g.integers(2, size=(n, 2))
    x = np.zeros((n, 1, side, side))
    x[:, 0, side // 2 - 1 : side // 2 + 1] = 0.5 + 0.5 * labels[:, 1, None, None]
    lying = labels[:, 0] == 0
    x[lying] = x[lying].swapaxes(2, 3)
    return x, labels


def seen(x):
    """The labels read off pictures: which way the middle runs, and how light it is."""
    across, down = x[:, 0, 3:5, :].mean(axis=(1, 2)), x[:, 0, :, 3:5].mean(axis=(1, 2))
    light = np.maximum(across, down)
    return np.stack([(across > down), (light > 0.75)], axis=1).astype(int)


@cache
def trained(**options) -> Painter:
    """A painter of the bars."""
    x, labels = bars()
    return deque(fit(replace(TINY, **options), x, Key(0), labels), maxlen=1)[0].state


@cache
def rough(shape=(1, 8, 8), sizes=(2, 2), **options) -> Painter:
    """An untrained painter with random weights that say something."""
    painter = initial(replace(TINY, **options), shape, sizes, Key(0))
    g = (Key(0) / "rough").generator()
    filled = {k: v if v.any() else (0.2 * g.standard_normal(v.shape)).astype("f") for k, v in painter.weights.items()}
    return replace(painter, weights=filled)
