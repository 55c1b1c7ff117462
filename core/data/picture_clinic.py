"""From RawPictures to Pictures: one size, grey or colour, and what had to be done for that.

    propose(raw)            a sensible Cut
    admit(raw, cut, key)    Pictures of `side` x `side` pixels, or one sentence why not

Every picture is laid on a ground, cut, resampled (`core.data.resample`) and brought to its tones in 64 bits, and rounded
once, at the end. Grey is the luma of ITU-R BT.601, 0.299 R + 0.587 G + 0.114 B. Everything that was done is a sentence
beside the Pictures.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from jaxtyping import Float, Int, UInt, UInt8

from core.data.examine import ClinicError
from core.data.images import Pictures, split, split_by
from core.data.readers.pictures.cut import SIDES, TURNS, Cut, done, sentence_of_split, shapes_read, tone_ends
from core.data.readers.pictures.evidence import GREY, contrasting, roughness, usual_range
from core.data.readers.pictures.folders import LEVELS, naming
from core.data.readers.pictures.raw import MAX_CLASSES, RawPictures, Rows, count, numbered
from core.data.resample import SQUARED, Square
from core.dataset import digest
from core.key import Key

LIMIT = 20_000
"""The most pictures that are learned from."""
MAX_VALUES = 20_480_000
"""The most pixel values of a set: 20,000 grey pictures of 32x32, or 6,666 in colour."""
FEWEST = 10
"""The fewest different pictures that are learned from."""
DIM = 64
"""Pictures whose brightest pixel is below this, of 255, look black; that is said."""
PIECE = 2_000_000
"""Numbers that are resampled at a time, so that those of 64 bits stay few."""


def propose(raw: RawPictures) -> Cut:
    """The side nearest to that of most pictures, the middle kept, colour if any picture has some, the rest by evidence."""
    rough, smooth = roughness(raw) if raw.planar is not None else (0, 0)
    first = "first" if smooth < rough else "last"
    shapes = shapes_read(raw, first)
    typical = int(np.median(shapes[:, :2].min(axis=1)))
    level = naming(raw.folders, MAX_CLASSES) if raw.folders is not None and raw.labels is not None else None
    return Cut(
        side=min(SIDES, key=lambda word: abs(int(word) - typical)),
        tone="colour" if (shapes[:, 2] >= 3).any() else "grey",
        range=usual_range(raw),
        channels=first,
        ground=contrasting(raw),
        classes="as read" if level is None else LEVELS[level],
    )


def admit(raw: RawPictures, cut: Cut, key: Key, limit: int = LIMIT) -> tuple[Pictures, tuple[str, ...]]:
    """The pictures, all alike, and what was done to make them so; ClinicError, in one sentence, if they are too few.

    Arguments:
        limit: at most this many are kept, and at most MAX_VALUES pixel values, drawn without replacement with
            `key / "sample"`.
    """
    most = min(limit, MAX_VALUES // (int(cut.side) ** 2 * channels(cut)))
    rows = np.arange(len(raw))
    notes = done(raw, cut)
    labels, classes = classed(raw, cut)
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
    if 0 < pixels.max() < DIM:
        notes.append(f"The brightest pixel is {pixels.max()} of 255, so the pictures are dark.")
    kept = None if raw.parts is None or cut.split == "drawn" else raw.parts[rows]
    of_rows = None if labels is None else labels[rows]
    pictures = Pictures(
        name=f"file-{raw.digest}",
        pixels=pixels,
        title=raw.name,
        source=f"your file {raw.name}, {count(len(raw))}",
        labels=of_rows,
        classes=classes,
        split=split(len(pixels)) if kept is None else split_by(kept),
        # Another split is another set to whoever remembers what was learned from it.
        digest="" if kept is None else digest(pixels, kept if of_rows is None else np.stack([of_rows, kept])),
    )
    return pictures, (*notes, *sentence_of_split(kept, pictures.split))


def classed(raw: RawPictures, cut: Cut) -> tuple[Rows | None, tuple[str, ...]]:
    """The class of every picture and the classes, named as `cut` says; ClinicError where that names none."""
    if cut.classes == "none":
        return None, ()
    if cut.classes == "as read" or raw.folders is None:
        return raw.labels, raw.classes
    level = LEVELS.index(cut.classes)
    if not raw.folders.whole(level):
        raise ClinicError(f"{raw.name} has pictures that lie in no {cut.classes}; let another level name the classes.")
    different = len(raw.folders.different(level))
    if different > MAX_CLASSES:
        raise ClinicError(f"{cut.classes.capitalize()} has {different:,} names, and {MAX_CLASSES} is the limit.")
    return numbered(raw.folders.words(level))


def arrange(raw: RawPictures, cut: Cut, rows: Rows) -> UInt8[np.ndarray, "m c side side"]:
    """The pictures of these rows as a model takes them, 256 levels; those of one shape are worked on together."""
    side, c = int(cut.side), channels(cut)
    gain, offset = brightness(raw, cut)
    made = np.empty((len(rows), c, side, side), np.uint8)
    first = np.zeros(len(raw)) if raw.planar is None or cut.channels == "last" else raw.planar.any(axis=1)
    kinds = np.column_stack([first.astype(np.int64), shapes_read(raw, cut.channels)])
    for (planes, h, w, d), places in alike(kinds[rows]):
        size = h * w * d
        step = max(PIECE // size, 1)
        for start in range(0, len(places), step):
            some = places[start : start + step]
            taken = raw.flat[raw.starts[rows[some]][:, None] + np.arange(size)]
            read = taken.reshape(-1, d, h, w).transpose(0, 2, 3, 1) if planes else taken.reshape(-1, h, w, d)
            squares = tones(SQUARED[cut.crop](laid(read, cut.ground, raw.top), side), c)
            lit = (TURNS[cut.turn](squares) * gain + offset).clip(0, 255)
            # A half is rounded up, with room for the last digits, so that every machine rounds alike.
            whole = np.floor(lit + (0.5 + 1e-6)).astype(np.uint8)
            made[some] = (255 - whole if cut.light == "inverted" else whole).transpose(0, 3, 1, 2)
    return made


def brightness(raw: RawPictures, cut: Cut) -> tuple[float, float]:
    """The a and b that turn a level x into its brightness a x + b, of 255."""
    low, high = raw.span
    black, white = tone_ends(raw, cut)
    return 255 * (high - low) / ((white - black) * raw.top), 255 * (low - black) / (white - black)


def laid(pixels: UInt[np.ndarray, "m h w c"], ground: str, top: int) -> UInt[np.ndarray, "m h w d"]:
    """The pictures on a ground where they are transparent, without their opacity."""
    if pixels.shape[3] in (1, 3):
        return pixels
    colours, opacity = pixels[..., :-1], pixels[..., -1:]
    return colours if ground == "black" else colours + (pixels.dtype.type(top) - opacity)


def like(raw: RawPictures, pictures: Pictures, cut: Cut) -> UInt8[np.ndarray, "m c h w"]:
    """All pictures read, cut and lit as `cut` says, with the size, channels and grey levels of `pictures`, to be encoded.

    ValueError if `pictures` have another size than those offered.
    """
    c, h, _ = pictures.shape
    same = replace(cut, side=str(h), tone="colour" if c == 3 else "grey")
    made = arrange(raw, same, np.arange(len(raw)))
    return np.floor(made * ((pictures.levels - 1) / 255) + (0.5 + 1e-6)).astype(np.uint8)


def alike(shapes: Int[np.ndarray, "m columns"]) -> Iterator[tuple[tuple[int, ...], Rows]]:
    """Each different row and the places that have it."""
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


def sizes(raw: RawPictures) -> str:
    """The sizes found, as width x height: the one there is, or the commonest and the range."""
    different = Counter(map(tuple, raw.found.tolist()))
    (h, w), times = different.most_common(1)[0]
    if len(different) == 1:
        return f"{w:,}x{h:,}"
    (low_h, low_w), (high_h, high_w) = raw.found.min(axis=0), raw.found.max(axis=0)
    often = f", most often {w:,}x{h:,}" if times > 1 else ""
    return f"{len(different):,} sizes, {low_w:,} to {high_w:,} wide and {low_h:,} to {high_h:,} high{often}"
