"""The land of the Earth on an equal-area map, and the way from there to degrees.

The map is Lambert's (1772): x is the longitude in degrees, y the sine of the latitude, so that equal areas of the sphere
are equal areas of the map, and a uniform law on the one is uniform on the other. `land.png` (1440 x 720 cells, a byte for
eight) is derived from the GLOBE digital elevation model (NOAA, 1999; public domain in the United States) as the package
global-land-mask 1.0.0 (MIT) carries it, at 1/120 of a degree: the cells with the largest share of land, as many as make up
the land's own area, .2891 of the sphere. Lakes and the Caspian Sea are land there, and so is the ice of Antarctica.
"""

from functools import cache
from pathlib import Path

import numpy as np
from jaxtyping import Float
from PIL import Image

from core.region.mask import Mask

FILE = Path(__file__).with_name("land.png")
BOUNDS = np.array([[-180.0, 180.0], [-1.0, 1.0]])
AXES = ("longitude (°)", "sine of latitude")
SOURCE = "Land of the Earth from the GLOBE elevation model (NOAA, 1999), on an equal-area map (Lambert, 1772)."


@cache
def load() -> Mask:
    """The land."""
    with Image.open(FILE) as picture:
        return Mask(np.asarray(picture)[::-1], BOUNDS)


def latitude(y: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
    """Degrees, from the sine of the latitude."""
    return np.degrees(np.arcsin(np.clip(y, -1.0, 1.0)))


def in_degrees(by: float = 0.5) -> Float[np.ndarray, "h w"]:
    """The land on a map whose rows are `by` degrees of latitude each, which shows the poles far too large: 1 is land.

    A row of that map has the area of cos(latitude), which no picture of it says.
    """
    mask = load()
    rows, columns = (np.arange(int(round(side / by))) + 0.5 for side in (180.0, 360.0))
    up, across = np.sin(np.radians(rows * by - 90.0)), columns * by - 180.0
    x = np.stack([np.tile(across, len(up)), np.repeat(up, len(across))], axis=1)
    return mask.holds(x).reshape(len(up), len(across)).astype(float)
