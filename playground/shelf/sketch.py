"""Points drawn by hand: a Dataset on a lattice, short enough to travel in a link.

A drawn point is one of 4096 x 4096 places of the unit square and a class. Sorted, differenced and deflated, a thousand
points take about three thousand characters of a link.
"""

import base64
import binascii
import zlib

import numpy as np

from core.dataset import Dataset

SIDE = 4096
LIMIT = 2000
BOUNDS = np.array([[-4.0, 4.0], [-4.0, 4.0]])
CLASSES = ("A", "B", "C")


def encode(xy: np.ndarray, cls: np.ndarray) -> str:
    """Drawn points (n, 2) of the unit square and classes (n,) as URL-safe text; their order is given up."""
    lattice = np.rint(xy * (SIDE - 1)).clip(0, SIDE - 1).astype(np.int64)
    codes = np.sort((cls.astype(np.int64) * SIDE + lattice[:, 0]) * SIDE + lattice[:, 1])
    steps = np.diff(codes, prepend=0).astype("<u4")
    planes = steps.view(np.uint8).reshape(-1, 4).T.tobytes()  # bytes of like weight together deflate better
    return base64.urlsafe_b64encode(zlib.compress(planes, 9)).decode().rstrip("=")


def decode(text: str) -> tuple[np.ndarray, np.ndarray] | None:
    """The points and classes that `encode` wrote, or None for anything it cannot have written."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        stream = zlib.decompressobj()
        planes = stream.decompress(raw, 4 * LIMIT + 1)
    except (binascii.Error, ValueError, zlib.error):
        return None
    if not stream.eof or len(planes) % 4 or not 0 < len(planes) <= 4 * LIMIT:
        return None
    steps = np.frombuffer(planes, np.uint8).reshape(4, -1).T.copy().view("<u4")[:, 0]
    codes = np.cumsum(steps.astype(np.int64))
    if codes[-1] >= len(CLASSES) * SIDE * SIDE:
        return None
    return np.stack([codes // SIDE % SIDE, codes % SIDE], axis=1) / (SIDE - 1), codes // SIDE**2


def dataset(text: str, flat: bool) -> Dataset | None:
    """The drawing as a Dataset on [-4, 4]: both coordinates, or (flat) only the first; None if it has fewer than 10 points."""
    drawn = decode(text)
    if drawn is None or len(drawn[0]) < 10:
        return None
    share, cls = drawn
    xy = BOUNDS[:, 0] + share * (BOUNDS[:, 1] - BOUNDS[:, 0])
    d = 1 if flat else 2
    if (np.ptp(xy[:, :d], axis=0) == 0).any():
        return None
    many = len(np.unique(cls)) > 1
    return Dataset(
        name="drawn",
        title="your drawing",
        points=xy[:, :d],
        bounds=BOUNDS[:d],
        columns=("x",) if flat else ("x1", "x2"),
        labels=cls if many else None,
        classes=CLASSES if many else (),
        source=f"{len(xy)} points drawn by hand.",
    )
