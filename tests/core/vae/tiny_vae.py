"""Small pictures of a spot that wanders in two directions, and small models of them."""

from collections import deque
from functools import cache

import numpy as np

from core.key import Key
from core.vae import fit


def spots(n=240, side=4, levels=5, seed=0, channels=1):
    """n pictures of a spot, on even grey levels in [0, 1], and where the spots are."""
    g = (Key(seed) / "spots").generator()
    where = g.uniform(0, side - 1, (n, 2))
    axis = np.arange(side)
    row, column = (np.exp(-0.5 * ((axis - w[:, None]) / 0.8) ** 2) for w in where.T)
    x = (row[:, :, None] * column[:, None, :])[:, None] * np.linspace(1, 0.6, channels)[:, None, None]
    return np.rint(x * (levels - 1)) / (levels - 1), where


@cache
def trained(likelihood="categorical", architecture="mlp", epochs=30, **options):
    """A model of the spots after some epochs."""
    config = fit.Config(
        likelihood=likelihood,
        architecture=architecture,
        width=32,
        levels=5,
        epochs=epochs,
        batch=32,
        rate=5e-3,
        **options,
    )
    return last(fit.fit(config, spots()[0], Key(0))).state


def last(steps):
    """The last Step."""
    return deque(steps, maxlen=1)[0]
