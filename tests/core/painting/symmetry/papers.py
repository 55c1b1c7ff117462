"""Real wallpapers of one group, and where they truly lie."""

from functools import cache

import numpy as np

from core.data.renderers import wallpapers
from core.key import Key
from core.painting.symmetry.waves import Placing


def factors(group, n):
    drawn = wallpapers.sample(n, Key(3))
    drawn[:, 0] = wallpapers.CLASSES.index(group)
    return drawn


@cache
def papers(group, n=16):
    """Pictures (n, d) from -1 to 1, their fields before they are saturated, and their placing."""
    key = Key(4)
    waves = wallpapers.waves(group, factors(group, n), key / wallpapers.CLASSES.index(group) / 0)
    pictures = 2 * wallpapers.render(factors(group, n), key) - 1
    fields = waves.grid(wallpapers.SIZE).reshape(n, -1)
    assert np.allclose(np.tanh(wallpapers.SHARPNESS * fields), pictures.reshape(n, -1))
    return pictures.reshape(n, -1), fields, Placing(waves.bases, waves.origins)
