"""Drawn digits: handwriting from a renderer, as many as one likes, with the hand that wrote each known.

A digit's pen path (`core.data.renderers.letterforms`) is bent: its points are jittered, the whole is slanted, sized, turned a
little and put a little off the middle, and the pen presses unevenly. The ink of a pixel at distance d from the path is
clip(1/2 + r - d, 0, 1), r the pen's half-width there. True factors: class, slant, thickness, size and wobble.
"""

import numpy as np
from jaxtyping import Float, Int

from core.data.images import Factor, Pictures, quantise
from core.data.renderers.letterforms import ALL, Form
from core.key import Key

SIZE, CHUNK = 32, 500
CLASSES = tuple("0123456789")
COLUMNS = (
    Factor("class", 0, 9, words=CLASSES),
    Factor("slant", -12.0, 24.0, "degrees"),
    Factor("thickness", 1.7, 3.7, "px"),
    Factor("size", 16.0, 23.0, "px"),
    Factor("wobble", 0.0, 1.0),
)
REACH = 2.4  # px of ink beyond the path: the widest pen's half-width, pressed, and half a pixel


def sample(n: int, key: Key) -> Float[np.ndarray, "n 5"]:
    """`n` rows (class, slant, thickness, size, wobble): classes in equal numbers and shuffled, the rest uniform."""
    generator = (key / "factors").generator()
    low, high = np.array([[c.low, c.high] for c in COLUMNS]).T
    factors = low + (high - low) * generator.random((n, len(COLUMNS)))
    factors[:, 0] = generator.permutation(np.arange(n) % len(CLASSES))
    return factors


def render(factors: Float[np.ndarray, "n 5"], key: Key = Key(0)) -> Float[np.ndarray, "n 1 32 32"]:  # noqa: B008
    """Digits of these factors, ink 1 on 0; the way of writing and the jitter are drawn from `key`."""
    images = np.zeros((len(factors), 1, SIZE, SIZE))
    style = (key / "style").generator().random(len(factors))
    for digit in range(len(CLASSES)):
        forms = [form for form in ALL if form.digit == digit]
        which = np.where(factors[:, 0] == digit, (style * len(forms)).astype(int), -1)
        for i, form in enumerate(forms):
            rows = np.flatnonzero(which == i)
            path, width = write(form, factors[rows], key / digit / i)
            for part in np.array_split(np.arange(len(rows)), -(-len(rows) // CHUNK) or 1):
                images[rows[part], 0] = ink(path[part], width[part], form.pieces)
    return images


def pictures(n: int, key: Key) -> Pictures:
    """`n` drawn digits, classes in equal numbers, with their true factors."""
    factors = sample(n, key)
    return Pictures(
        "strokes",
        quantise(render(factors, key)),
        source="Drawn by this program: pen paths of the ten digits, bent at random.",
        labels=factors[:, 0].astype(np.int64),
        classes=CLASSES,
        factors=factors,
        columns=COLUMNS,
    )


def write(
    form: Form, factors: Float[np.ndarray, "m 5"], key: Key
) -> tuple[Float[np.ndarray, "m q 2"], Float[np.ndarray, "m q"]]:
    """The bent pen paths in pixels, and the pen's half-width along them."""
    generator, m = key.generator(), len(factors)
    _, slant, thickness, size, wobble = factors.T
    loose = generator.standard_normal((m, *form.points.shape)) * (0.012 + 0.035 * wobble[:, None, None])
    path = form.path @ (form.points + loose)
    path -= (path.min(axis=1, keepdims=True) + path.max(axis=1, keepdims=True)) / 2
    path[..., 0] *= np.exp(generator.uniform(-0.22, 0.18, m))[:, None]
    path *= (size / np.ptp(path[..., 1], axis=1))[:, None, None]  # as tall as asked for, whatever the jitter
    path[..., 0] -= np.tan(np.radians(slant))[:, None] * path[..., 1]
    path[..., 0] -= (path[..., 0].min(axis=1, keepdims=True) + path[..., 0].max(axis=1, keepdims=True)) / 2
    spare = np.clip(SIZE / 2 - REACH - np.ptp(path, axis=1, keepdims=True) / 2, 0, 1)  # no digit is cut off
    path += SIZE / 2 + generator.uniform(-1, 1, (m, 1, 2)) * spare
    along = np.linspace(0, 1, path.shape[1])
    phase, turns = generator.random((2, m, 1))
    press = 1 + 0.16 * np.sin(2 * np.pi * (phase + (0.6 + 0.9 * turns) * along))
    return path, thickness[:, None] / 2 * press


def ink(
    path: Float[np.ndarray, "m q 2"], width: Float[np.ndarray, "m q"], pieces: Int[np.ndarray, "s 2"]
) -> Float[np.ndarray, "m 32 32"]:
    """The ink of the pen along the pieces of its paths, each piece worked out only in a window around itself."""
    m, pad = len(path), 16
    room = SIZE + 2 * pad
    start, end = path[:, pieces[:, 0]], path[:, pieces[:, 1]]
    side = int(np.ceil(np.abs(end - start).max(initial=0) + 2 * REACH)) + 1
    offset = np.arange(side)
    canvas = np.zeros(m * room * room)
    corner = np.floor(np.minimum(start, end) - REACH)  # of each piece's window
    place = np.clip(corner + pad, 0, room - side).astype(int)
    radius = (width[:, pieces[:, 0]] + width[:, pieces[:, 1]]) / 2 + 0.5
    step = end - start
    square = np.maximum((step**2).sum(axis=2), 1e-12)
    for s in range(len(pieces)):
        x = place[:, s, 0, None, None] - pad + 0.5 + offset[None, None, :] - start[:, s, 0, None, None]
        y = place[:, s, 1, None, None] - pad + 0.5 + offset[None, :, None] - start[:, s, 1, None, None]
        dx, dy = step[:, s, :, None, None].transpose(1, 0, 2, 3)
        t = np.clip((x * dx + y * dy) / square[:, s, None, None], 0, 1)
        x, y = x - t * dx, y - t * dy
        drawn = radius[:, s, None, None] - np.sqrt(x * x + y * y)
        flat = (np.arange(m) * room + place[:, s, 1])[:, None, None] + offset[None, :, None]
        flat = flat * room + place[:, s, 0, None, None] + offset[None, None, :]
        canvas[flat] = np.maximum(canvas[flat], drawn)
    return np.clip(canvas, 0, 1).reshape(m, room, room)[:, pad:-pad, pad:-pad]
