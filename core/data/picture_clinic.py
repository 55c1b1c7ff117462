"""From RawPictures to Pictures: one size, grey or colour, and what had to be done for that.

    propose(raw)            a sensible Cut
    admit(raw, cut, key)    Pictures of `side` x `side` pixels, or one sentence why not

Every picture is cut and resampled (`core.data.resample`) in 64 bits and rounded once, at the end. Grey is the luma of
ITU-R BT.601, 0.299 R + 0.587 G + 0.114 B. Everything that was done is a sentence beside the Pictures.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np
from jaxtyping import Float, Int, UInt8

from core.data.examine import ClinicError
from core.data.images import Pictures
from core.data.readers.pictures.raw import RawPictures, count
from core.data.resample import resample
from core.key import Key
from core.options import Choice, check

LIMIT = 20_000
"""The most pictures that are learned from."""
MAX_VALUES = 20_480_000
"""The most pixel values of a set: 20,000 grey pictures of 32x32, or 6,666 in colour."""
FEWEST = 10
"""The fewest different pictures that are learned from."""
SIDES = ("8", "16", "28", "32")
CROP = "Fill keeps the square in the middle, fit adds a border, stretch changes the proportions."
LIGHT = "Inverted turns black on white into white on black."
GREY = (0.299, 0.587, 0.114)
PIECE = 2_000_000
"""Numbers that are resampled at a time, so that those of 64 bits stay few."""

Rows = Int[np.ndarray, " m"]
Square = Float[np.ndarray, "m side side c"]


@dataclass(frozen=True)
class Cut:
    """How pictures are made alike: their side, what becomes of those that are not square, and their tones."""

    side: Annotated[str, Choice(SIDES, "Side in pixels")] = "32"
    crop: Annotated[str, Choice(("fill", "fit", "stretch"), "If not square", CROP)] = "fill"
    tone: Annotated[str, Choice(("grey", "colour"), "Tones")] = "grey"
    light: Annotated[str, Choice(("as it is", "inverted"), "Light", LIGHT)] = "as it is"

    def __post_init__(self) -> None:
        """Raise ValueError for a choice that is not offered."""
        check(self)


def propose(raw: RawPictures) -> Cut:
    """The side nearest to that of most pictures, the middle kept, colour if any picture has some."""
    typical = int(np.median(raw.shapes[:, :2].min(axis=1)))
    side = min(SIDES, key=lambda word: abs(int(word) - typical))
    return Cut(side=side, tone="colour" if (raw.shapes[:, 2] == 3).any() else "grey")


def admit(raw: RawPictures, cut: Cut, key: Key, limit: int = LIMIT) -> tuple[Pictures, tuple[str, ...]]:
    """The pictures, all alike, and what was done to make them so; ClinicError, in one sentence, if they are too few.

    Arguments:
        limit: at most this many are kept, and at most MAX_VALUES pixel values, drawn without replacement with
            `key / "sample"`.
    """
    most = min(limit, MAX_VALUES // (int(cut.side) ** 2 * channels(cut)))
    rows = np.arange(len(raw))
    notes = done(raw, cut)
    if len(raw) > most:
        rows = np.sort((key / "sample").generator().choice(len(raw), most, replace=False))
        notes.append(f"{most:,} of {len(raw):,} pictures were drawn without replacement with seed {key.seed}.")
    pixels = arrange(raw, cut, rows)
    different = len({row.tobytes() for row in pixels})
    if different < FEWEST:
        raise ClinicError(
            f"{raw.name} has {count(different, 'different picture')} at this size and at least {FEWEST} are needed; add some."
        )
    if different < len(pixels):
        notes.append(
            f"{count(len(pixels) - different)} of {len(pixels):,} repeat another: a model may learn those by heart."
        )
    pictures = Pictures(
        name=f"file-{raw.digest}",
        pixels=pixels,
        title=raw.name,
        source=f"your file {raw.name}, {count(len(raw))}",
        labels=None if raw.labels is None else raw.labels[rows],
        classes=raw.classes,
    )
    return pictures, tuple(notes)


def arrange(raw: RawPictures, cut: Cut, rows: Rows) -> UInt8[np.ndarray, "m c side side"]:
    """The pictures of these rows as a model takes them, 256 levels; those of one shape are worked on together."""
    side, c = int(cut.side), channels(cut)
    made = np.empty((len(rows), c, side, side), np.uint8)
    for shape, places in alike(raw.shapes[rows]):
        size = int(np.prod(shape))
        step = max(PIECE // size, 1)
        for start in range(0, len(places), step):
            some = places[start : start + step]
            taken = raw.flat[raw.starts[rows[some]][:, None] + np.arange(size)].reshape(-1, *shape)
            squares = tones(SQUARED[cut.crop](taken, side), c)
            # A half is rounded up, with room for the last digits, so that every machine rounds alike.
            whole = np.floor(squares + (0.5 + 1e-6)).clip(0, 255).astype(np.uint8)
            made[some] = (255 - whole if cut.light == "inverted" else whole).transpose(0, 3, 1, 2)
    return made


def like(raw: RawPictures, pictures: Pictures, cut: Cut) -> UInt8[np.ndarray, "m c h w"]:
    """All pictures read, cut and lit as `cut` says, with the size, channels and grey levels of `pictures`, to be encoded.

    ValueError if `pictures` have another size than those offered.
    """
    c, h, _ = pictures.shape
    same = replace(cut, side=str(h), tone="colour" if c == 3 else "grey")
    made = arrange(raw, same, np.arange(len(raw)))
    return np.floor(made * ((pictures.levels - 1) / 255) + (0.5 + 1e-6)).astype(np.uint8)


def alike(shapes: Int[np.ndarray, "m 3"]) -> Iterator[tuple[tuple[int, int, int], Rows]]:
    """Each different shape and the places that have it."""
    different, which = np.unique(shapes, axis=0, return_inverse=True)
    order = np.argsort(which, kind="stable")
    parts = np.split(order, np.cumsum(np.bincount(which))[:-1])
    return zip(map(tuple, different.tolist()), parts, strict=True)


def channels(cut: Cut) -> int:
    """1 for grey, 3 for colour."""
    return 3 if cut.tone == "colour" else 1


def tones(squares: Square, c: int) -> Float[np.ndarray, "m side side channels"]:
    """The pictures in `c` channels."""
    if squares.shape[3] == c:
        return squares
    return squares @ np.array(GREY)[:, None] if c == 1 else np.repeat(squares, 3, axis=3)


def stretch(pixels: UInt8[np.ndarray, "m h w c"], side: int) -> Square:
    """The whole picture, its sides scaled apart."""
    return resample(pixels, side, side)


def fill(pixels: UInt8[np.ndarray, "m h w c"], side: int) -> Square:
    """The square in the middle (rounded down and to the left by half a pixel where it must be)."""
    h, w = pixels.shape[1:3]
    short = min(h, w)
    down, across = (h - short) // 2, (w - short) // 2
    return resample(pixels[:, down : down + short, across : across + short], side, side)


def fit(pixels: UInt8[np.ndarray, "m h w c"], side: int) -> Square:
    """The whole picture in the middle of a square of the median colour of its own border."""
    n, h, w, c = pixels.shape
    height, width = (max(round(side * size / max(h, w)), 1) for size in (h, w))
    border = np.concatenate([pixels[:, 0], pixels[:, -1], pixels[:, :, 0], pixels[:, :, -1]], axis=1)
    squares = np.empty((n, side, side, c))
    squares[:] = np.median(border, axis=1)[:, None, None]
    down, across = (side - height) // 2, (side - width) // 2
    squares[:, down : down + height, across : across + width] = resample(pixels, height, width)
    return squares


SQUARED = {"fill": fill, "fit": fit, "stretch": stretch}


def sizes(raw: RawPictures) -> str:
    """The sizes found, as width x height: the one there is, or the commonest and the range."""
    different = Counter(map(tuple, raw.found.tolist()))
    (h, w), times = different.most_common(1)[0]
    if len(different) == 1:
        return f"{w:,}x{h:,}"
    (low_h, low_w), (high_h, high_w) = raw.found.min(axis=0), raw.found.max(axis=0)
    often = f", most often {w:,}x{h:,}" if times > 1 else ""
    return f"{len(different):,} sizes, {low_w:,} to {high_w:,} wide and {low_h:,} to {high_h:,} high{often}"


def done(raw: RawPictures, cut: Cut) -> list[str]:
    """What making all pictures alike changes, in sentences."""
    h, w, c = raw.shapes.T
    side, notes = int(cut.side), []
    oblong = int((h != w).sum())
    if oblong:
        how = {
            "fill": "cut to the square in the middle",
            "fit": "set in a square of the colour of their border",
            "stretch": "stretched into a square",
        }[cut.crop]
        notes.append(f"{count(oblong)} not square: {how}.")
    short = np.maximum(h, w) if cut.crop == "fit" else np.minimum(h, w)
    larger, smaller = int((short > side).sum()), int((short < side).sum())
    if larger:
        notes.append(f"{count(larger)} larger than {side}x{side}: each new pixel is the mean of the area it covers.")
    if smaller:
        notes.append(f"{count(smaller)} smaller than {side}x{side}: interpolated, which adds no detail.")
    coloured = int((c == 3).sum())
    if coloured and cut.tone == "grey":
        notes.append(f"{count(coloured)} in colour: turned into grey by luma (ITU-R BT.601).")
    if cut.light == "inverted":
        notes.append("Inverted: 0 became 255.")
    return notes
