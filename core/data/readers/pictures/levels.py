"""Numbers of any kind as whole levels: 8 bits where these hold them exactly, 16 where they do not, and what they stand for.

All arrays of a set are taken together, so that a number means the same brightness in each. Nothing is decided here about
black and white: the range is only the one that the numbers are kept in.
"""

import math
from collections.abc import Iterator, Sequence

import numpy as np
from jaxtyping import Float, Shaped, UInt

from core.data.readers.table import ReadError
from core.digits import raised

Array = Shaped[np.ndarray, "..."]
Levels = UInt[np.ndarray, " total"]
USUAL = ((0.0, 1.0), (-1.0, 1.0), (0.0, 255.0))
"""From black to white, as pictures usually go."""
LEAST = 25.5
"""The least brightest number with a fraction that is taken to be one of 255; 1.2 is sooner of a range of its own."""
SLACK = 1e-3
"""How far beyond, of the whole range, rounding may take a number that has a fraction."""
PIECE = 1000
"""Pictures that are converted at a time: eight bytes a number would not fit for all."""


def extent(member: str, pixels: Array) -> tuple[float, float]:
    """The least and the greatest number; ReadError if any is none."""
    low, high = float(pixels.min()), float(pixels.max())  # NaN spreads to both
    if not (math.isfinite(low) and math.isfinite(high)):
        raise ReadError(f"{member} has numbers that are missing or infinite; replace them.")
    return low, high


def levels(member: str, arrays: Sequence[Array]) -> tuple[Levels, tuple[float, float], str]:
    """All numbers as levels, end to end, what the least and the greatest level stand for, and a sentence.

    `member` names the first array, for a refusal.
    """
    extents = [extent(member, pixels) for pixels in arrays]
    low, high = min(least for least, _ in extents), max(greatest for _, greatest in extents)
    stored = all(pixels.dtype.kind in "biu" for pixels in arrays)
    whole = stored or all(is_whole(pixels) for pixels in arrays)
    span = spanned(member, low, high, whole, stored)
    eight = span in USUAL and (stored or all(is_whole(pixels, span, 255) for pixels in arrays))
    kind = np.uint8 if eight else np.uint16
    flat = np.concatenate([leveled(pixels, span, kind) for pixels in arrays])
    return flat, span, f"The numbers run from {raised(f'{low:,.6g}')} to {raised(f'{high:,.6g}')}."


def spanned(member: str, low: float, high: float, whole: bool, stored: bool) -> tuple[float, float]:
    """The range that numbers from `low` to `high` are kept in; ReadError where one number alone is no brightness.

    `whole` says that none has a fraction, `stored` that they are stored as whole numbers.
    """
    slack = 0 if stored else SLACK
    for least, most in USUAL:
        beyond = slack * (most - least)
        usual = whole or most == 1 or high >= LEAST
        if usual and least - beyond <= low and high <= most + beyond and (least == 0 or low < min(-beyond, high)):
            return least, most
    if whole and low >= 0 and high <= 65535 and (stored or low < high):
        return 0.0, 65535.0
    if not max(1e-30, 1e-9 * max(abs(low), abs(high))) < high - low < 1e30:
        raise ReadError(
            f"{member} has numbers from {raised(f'{low:,.6g}')} to {raised(f'{high:,.6g}')}; pictures need 0 to 1 or 0 to 255."
        )
    return low, high


def is_whole(pixels: Array, span: tuple[float, float] = (0.0, 1.0), top: int = 1) -> bool:
    """Whether all numbers are whole levels, up to rounding, if `span` stands for 0 and `top`."""
    return all(bool((np.abs(shares - np.rint(shares)) < SLACK).all()) for shares in scaled(pixels, span, top))


def leveled(pixels: Array, span: tuple[float, float], kind: type) -> Levels:
    """The nearest levels of `kind`, end to end."""
    top = np.iinfo(kind).max
    if pixels.dtype.kind in "biu" and span == (0, top):
        return pixels.astype(kind).reshape(-1)
    made: Array = np.empty(pixels.shape, kind)
    for i, shares in enumerate(scaled(pixels, span, top)):
        made[i * PIECE : (i + 1) * PIECE] = np.rint(shares.clip(0, top))
    return made.reshape(-1)


def scaled(pixels: Array, span: tuple[float, float], top: int) -> Iterator[Float[np.ndarray, "..."]]:
    """The numbers on a scale on which `span` is 0 and `top`, some pictures at a time."""
    low, high = span
    for i in range(0, len(pixels), PIECE):
        yield (pixels[i : i + PIECE].astype(np.float64) - low) * (top / (high - low))
