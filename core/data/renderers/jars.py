"""Jars: grey pictures of a jam jar drawn from two numbers, its height and its width.

A jar stands on a floor, glass with a lid, two thirds full. Its height h and width w are uniform on a rectangle; every
other length is a fixed share of them, so the pictures are a smooth surface of two dimensions in 1,024. The lid is h high
in all and the body w wide to the pixel's fraction: column and row sums of the coverage give both back.
"""

import numpy as np
from jaxtyping import Float

from core.data.images import Factor, Pictures, quantise
from core.data.renderers.drawing import box, centres, coverage
from core.key import Key

SIZE, FLOOR, MIDDLE = 32, 30.0, 16.0
COLUMNS = (Factor("height", 13.0, 28.0, "px"), Factor("width", 9.0, 26.0, "px"))
LID, NECK, FULL = 0.17, 0.07, 0.68  # shares: of the height, of the height, of the body
CHUNK = 1000
NEWTON, NUDGE = 6, 0.02  # steps of `measure`, and pixels of its difference quotients


def sample(n: int, key: Key) -> Float[np.ndarray, "n 2"]:
    """`n` pairs (height, width), uniform on their rectangle, in pixels."""
    low, high = np.array([[c.low, c.high] for c in COLUMNS]).T
    return low + (high - low) * (key / "factors").generator().random((n, 2))


def render(factors: Float[np.ndarray, "n 2"], key: Key = Key(0)) -> Float[np.ndarray, "n 1 32 32"]:  # noqa: B008
    """Jars of these heights and widths (pixels) in [0, 1], black behind them; nothing is random, so `key` is not used."""
    parts = [_draw(factors[i : i + CHUNK]) for i in range(0, len(factors), CHUNK)]
    return np.concatenate(parts) if parts else np.zeros((0, 1, SIZE, SIZE))


def measure(x: Float[np.ndarray, "n 1 32 32"]) -> Float[np.ndarray, "n 2"]:
    """Height and width (pixels) of the jar whose drawing is nearest to each picture in squared error, on the rectangle.

    From the nearest of a grid of one pixel, by as many of `NEWTON` steps of Gauss and Newton as come nearer.
    """
    low, high = np.array([[c.low, c.high] for c in COLUMNS]).T
    grid = np.stack(np.meshgrid(*map(np.arange, low, high + 1), indexing="ij"), axis=-1).reshape(-1, 2)
    flat, drawn = x.reshape(len(x), -1), render(grid).reshape(len(grid), -1)
    factors = grid[((drawn**2).sum(axis=1) - 2 * flat @ drawn.T).argmin(axis=1)]
    lost = flat - render(factors).reshape(flat.shape)
    for _ in range(NEWTON):
        inside = np.clip(factors, low + NUDGE, high - NUDGE)
        slopes = [render(inside + side) - render(inside - side) for side in NUDGE * np.eye(2)]
        slope = np.stack(slopes, axis=-1).reshape(*flat.shape, 2).transpose(0, 2, 1) / (2 * NUDGE)
        step = np.linalg.solve(slope @ slope.transpose(0, 2, 1), slope @ lost[:, :, None])[:, :, 0]
        tried = np.clip(factors + step, low, high)
        left = flat - render(tried).reshape(flat.shape)
        nearer = (left**2).sum(axis=1, keepdims=True) < (lost**2).sum(axis=1, keepdims=True)
        factors, lost = np.where(nearer, tried, factors), np.where(nearer, left, lost)
    return factors


def pictures(n: int, key: Key) -> Pictures:
    """`n` jars with their true heights and widths."""
    factors = sample(n, key)
    source = "Drawn by this program: a jar of uniform height and width, everything else fixed."
    return Pictures("jars", quantise(render(factors)), source=source, factors=factors, columns=COLUMNS)


def _draw(factors: Float[np.ndarray, "n 2"]) -> Float[np.ndarray, "n 1 32 32"]:
    x, y = centres(SIZE)
    height, width = (column[:, None, None, None] for column in factors.T)
    top = FLOOR - height
    shoulder = top + (LID + NECK) * height
    across = (x - MIDDLE) / (width / 2)  # -1 at the left side, 1 at the right
    rounded = np.sqrt(np.clip(1 - 0.9 * across**2, 0.1, 1))  # how a cylinder turns away from the light

    def upright(share: float, above: np.ndarray, below: np.ndarray, r: np.ndarray, inset: float = 0.0) -> np.ndarray:
        half = share * width / 2 - inset
        return box(x, y, MIDDLE - half, above + inset, MIDDLE + half, below - inset, r)

    floor = np.full_like(top, FLOOR)
    round_body = 0.22 * np.minimum(width, height)
    glass = upright(1.0, shoulder, floor, round_body)
    inside = upright(1.0, shoulder, floor, np.maximum(round_body - 1.5, 0.5), inset=1.5)
    level = FLOOR - FULL * (FLOOR - shoulder)
    neck = upright(0.7, top + 0.6 * LID * height, shoulder + 1.5, np.full_like(top, 0.3))
    lid = upright(0.8, top, top + LID * height, np.full_like(top, 0.8))
    canvas = np.zeros(np.broadcast_shapes(height.shape, x.shape, y.shape))
    for distance, value in (
        (neck, 0.5 * rounded),
        (glass, 0.6),
        (inside, 0.2 + 0.06 * rounded),
        (np.maximum(inside, level - y), 0.28 + 0.5 * rounded + 0.14 * np.exp(-(((across + 0.45) / 0.16) ** 2))),
        (lid, 0.5 + 0.5 * rounded),
    ):
        alpha = coverage(distance)
        canvas = canvas * (1 - alpha) + value * alpha
    return canvas
