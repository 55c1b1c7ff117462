"""What pixels say about how they are meant: which order of channels, which ground, which range, and which way is up.

Each is a statistic of at most SAMPLE pictures spread over the set, decided over the set and never for each picture alone.
"""

import math
from collections.abc import Iterator

import numpy as np
from jaxtyping import Shaped

from core.data.readers.pictures.raw import Picture, RawPictures

SAMPLE = 200
GREY = (0.299, 0.587, 0.114)
"""The luma of red, green and blue, ITU-R BT.601."""
RANGES: dict[str, tuple[float, float]] = {
    "0 to 1": (0.0, 1.0),
    "-1 to 1": (-1.0, 1.0),
    "0 to 255": (0.0, 255.0),
    "0 to 1023": (0.0, 1023.0),
    "0 to 4095": (0.0, 4095.0),
    "0 to 16383": (0.0, 16383.0),
    "0 to 65535": (0.0, 65535.0),
}
"""From black to white: fractions, and whole numbers of 8, 10, 12, 14 and 16 bits."""
FEWEST, WIDER, WIDE, THIN, CALM = 10, 0.7, 1.16, 0.2, 0.75
"""What lying letters need: so many pictures, so large a share of them wider than high, a mean width / height, strokes at
most so thick for the size of the letter, and so large a share of their borders in the colour of the ground."""


def sampled(raw: RawPictures) -> Iterator[int]:
    """Pictures from the first to the last, at most SAMPLE of them."""
    return map(int, np.unique(np.linspace(0, len(raw) - 1, min(len(raw), SAMPLE)).astype(int)))


def roughness(raw: RawPictures) -> tuple[float, float]:
    """How much neighbouring pixels differ, in levels, with channels last and with channels first; 0 where that is closed."""
    assert raw.planar is not None
    last, first = [], []
    for i in sampled(raw):
        if raw.planar[i].any():
            h, w, c = (int(size) for size in raw.planar[i])
            last.append(unevenness(raw[i]))
            first.append(unevenness(raw[i].reshape(c, h, w).transpose(1, 2, 0)))
    return (float(np.mean(last)), float(np.mean(first))) if last else (0.0, 0.0)


def unevenness(pixels: Picture) -> float:
    """The mean absolute difference of pixels side by side and one above another."""
    levels = pixels.astype(np.float64)
    steps = [np.abs(np.diff(levels, axis=axis)).reshape(-1) for axis in (0, 1)]
    return float(np.concatenate([*steps, [0.0]]).mean())


def usual_range(raw: RawPictures) -> str:
    """The range, in words, that the numbers are probably meant in: one of RANGES, "as it is" or "as found".

    Whole numbers of 16 bits have the fewest bits that hold all of them; other numbers the usual range that does.
    """
    low, high = raw.span
    if (low, high) == RANGES["0 to 65535"] and raw.top > 255:
        deep = (word for word, (_, most) in RANGES.items() if most >= 255 and raw.extent[1] <= most)
        word = next(deep)
        return "as it is" if word == "0 to 65535" else word
    if (low, high) not in RANGES.values():
        return "as found"
    return "as it is" if low == 0 else "-1 to 1"


def contrasting(raw: RawPictures) -> str:
    """The ground, "black" or "white", from which what is drawn on transparency differs more."""
    lumas = []
    for i in sampled(raw):
        if raw.shapes[i, 2] in (2, 4):
            drawn, opacity = raw[i][..., :-1].astype(np.float64), raw[i][..., -1].astype(np.float64).sum()
            luma = drawn @ np.array(GREY) if drawn.shape[2] == 3 else drawn[..., 0]
            if opacity:
                lumas.append(luma.sum() / opacity)
    return "black" if lumas and np.mean(lumas) > 0.5 else "white"


def lying(raw: RawPictures) -> float | None:
    """The mean width / height of drawn letters or digits that seem to lie on their side; None where they do not.

    Letters and digits are strokes on an even ground, and in every script that stands on lines of this kind most are
    higher than wide; a set in which they are wider is turned or transposed. Which of the two, shapes alone do not tell.
    """
    if len(raw) < FEWEST or (raw.shapes[:, 2] != 1).any():
        return None
    found = [box for i in sampled(raw) if (box := ink(raw[i][..., 0])) is not None]
    if not found:
        return None
    wide, thick, calm = np.array(found).T
    letters = thick.mean() < THIN and calm.mean() > CALM
    mean = math.exp(wide.mean())
    return mean if letters and (wide > 0).mean() >= WIDER and mean >= WIDE else None


def ink(pixels: Shaped[np.ndarray, "h w"]) -> tuple[float, float, float] | None:
    """log(width / height) of what is drawn, the thickness of its strokes for its size, and how even its border is.

    Ink is what differs from the median of the border by more than half of what anything does; the thickness is twice
    the area over the perimeter, over the longer side. None for a picture of one colour.
    """
    levels = pixels.astype(np.float64)
    border = np.concatenate([levels[0], levels[-1], levels[:, 0], levels[:, -1]])
    away = np.abs(levels - np.median(border))
    if not away.max():
        return None
    drawn = away > away.max() / 2
    down, across = (np.flatnonzero(drawn.any(axis=axis)) for axis in (1, 0))
    height, width = np.ptp(down) + 1, np.ptp(across) + 1
    padded = np.pad(drawn, 1)
    perimeter = sum(int((np.diff(padded, axis=axis)).sum()) for axis in (0, 1))
    thick = 2 * drawn.sum() / perimeter / max(height, width)
    even = (np.abs(border - np.median(border)) < away.max() / 4).mean()
    return math.log(width / height), float(thick), float(even)
