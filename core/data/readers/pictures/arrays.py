"""Arrays that are pictures: which axis is what, what the numbers mean, and which labels belong to them.

Read: (n, h, w), (n, h, w, c), (n, c, h, w) and one (h, w, c), c being 1, 3 or 4 (the fourth is dropped); and flat rows,
(n, s s) in grey and (n, 3 s s) in colour for s of 8 or more. Where channels may come last or first, both readings are
kept. The numbers of all arrays together become whole levels of 8 bits or 16, and what those stand for is kept, so that
nothing is decided here about black and white. Labels are an array of n whole numbers, matched by name (x_train and y_train,
train-images and train-labels) or, where there is but one, by length; the names also say which part of the data it is.
"""

import math
import re
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int, Shaped

from core.data.readers.npy import check_length, claims
from core.data.readers.pictures.folders import PARTS, parted
from core.data.readers.pictures.levels import extent, levels
from core.data.readers.pictures.raw import (
    MAX_CLASSES,
    MAX_KEPT,
    MAX_SENTENCES,
    RawPictures,
    check_sides,
    count,
    numbered,
)
from core.data.readers.table import ReadError

Array = Shaped[np.ndarray, "..."]
CHANNELS = (1, 3, 4)
LEAST_SIDE = 8
"""The shortest side of pictures in flat rows; shorter ones are sooner tables of numbers."""
SHAPES = "pictures need (n, height, width) or (n, height, width, channels)"
ROLE = {"image", "images", "img", "imgs", "pixels", "data", "x", "label", "labels", "target", "targets", "y"}
ROLE |= {"idx1", "idx3", "idx4", "ubyte", "gz", "npy"}


@dataclass(frozen=True)
class Stack:
    """Pictures of one size from one array, their numbers as they are, and how its axes were understood.

    `planar` is the (h, w, c) of each picture if its channels come first in memory; zeros if only this reading fits.
    """

    member: str
    pixels: Shaped[np.ndarray, "n h w c"]
    note: str
    planar: tuple[int, int, int] = (0, 0, 0)


def array_of(name: str, raw: bytes) -> Array:
    """The numeric array of any shape in an NPY file, its header and length checked, not copied."""
    dtype, fortran, shape, start = claims(name, raw)
    check_length(name, raw, dtype, shape, start)
    return np.frombuffer(raw, dtype, math.prod(shape), start).reshape(shape, order="F" if fortran else "C")


def understand(name: str, arrays: list[tuple[str, Array]], refused: list[str]) -> RawPictures:
    """All pictures among named arrays, with their labels if every one has some; ReadError if there are none."""
    stacks, flat_labels = [], []
    for member, array in arrays:
        try:
            if array.ndim == 1 or (array.ndim == 2 and array.shape[1] == 1):
                flat_labels.append((member, whole(member, array)))
            else:
                stacks.append(stack(member, array))
        except ReadError as error:
            refused.append(str(error))
    if not stacks:
        if flat_labels and not refused:
            raise ReadError(
                f"{name} holds labels alone; upload the pictures with them, both files at once or in a ZIP."
            )
        raise ReadError(refused[0] if refused else f"{name} holds no pictures; {SHAPES}.")
    check_kept(name, stacks)
    flat, span, numbers = levels(stacks[0].member, [one.pixels for one in stacks])
    labels, said = match(stacks, flat_labels)
    shapes = tiled([one.pixels.shape[1:] for one in stacks], stacks)
    planar = tiled([one.planar for one in stacks], stacks)
    parts = [named & set(PARTS) for named in (set(part(one.member)) for one in stacks)]
    return RawPictures(
        name,
        flat,
        shapes,
        shapes[:, :2].copy(),
        *labels,
        notes=(*(one.note for one in stacks), numbers, *said),
        left_out=tuple(refused[:MAX_SENTENCES]),
        lost=len(refused),
        span=span,
        planar=planar if planar.any() else None,
        parts=parted(min(named) for named, one in zip(parts, stacks, strict=True) for _ in one.pixels)
        if all(parts)
        else None,
    )


def tiled(rows: list[tuple[int, ...]], stacks: list[Stack]) -> Int[np.ndarray, "n 3"]:
    """A row of three for each stack, repeated for each of its pictures."""
    return np.repeat(np.array(rows, dtype=np.int64), [len(one.pixels) for one in stacks], axis=0)


def stack(member: str, array: Array) -> Stack:
    """The pictures in one array; ReadError for a shape or numbers that are none."""
    pixels, layout, planar = axes(member, array)
    if 0 in pixels.shape:
        raise ReadError(f"{member} is empty, with shape {shown(array.shape)}; {SHAPES}.")
    check_sides(member, *pixels.shape[1:3])
    if pixels.size > MAX_KEPT:
        raise ReadError(
            f"{member} holds {count(len(pixels))} of {pixels.shape[2]}x{pixels.shape[1]}, {pixels.size / 1e6:.0f} million "
            f"numbers, and the limit is {MAX_KEPT / 1e6:.0f} million; keep fewer pictures."
        )
    extent(member, pixels)
    note = f"{member}: {count(len(pixels))} of {pixels.shape[2]}x{pixels.shape[1]} {layout}."
    return Stack(member, pixels, note, planar)


def axes(member: str, array: Array) -> tuple[Array, str, tuple[int, int, int]]:
    """The array as (n, h, w, 1 or 3), how its axes were read, and what they are if channels come first after all."""
    shape, planar = array.shape, (0, 0, 0)
    side, coloured = square(shape[1]) if array.ndim == 2 else (0, False)
    if side:
        pixels = array.reshape(-1, side, side, 3 if coloured else 1)
        layout, planar = f"(rows of {shape[1]:,} numbers)", (side, side, 3) if coloured else planar
    elif array.ndim == 3 and shape[2] in CHANNELS and min(shape[:2]) > 4:
        pixels, layout = array[None], "(height, width, channels)"
    elif array.ndim == 3:
        pixels, layout = array[..., None], "(n, height, width)"
    elif array.ndim == 4 and shape[3] in CHANNELS:
        pixels, layout = array, "(n, height, width, channels)"
        if shape[1] in (1, 3) and shape[3] != 4:
            layout, planar = "(channels last or first)", (shape[2], shape[3], shape[1])
    elif array.ndim == 4 and shape[1] in CHANNELS:
        pixels, layout = array.transpose(0, 2, 3, 1), "(n, channels, height, width)"
    else:
        raise ReadError(f"{member} has the shape {shown(shape)}; {SHAPES}.")
    if pixels.shape[3] == 4:
        return pixels[..., :3], layout + ", the fourth channel dropped", planar
    return pixels, layout, planar


def square(columns: int) -> tuple[int, bool]:
    """The side of a picture of so many numbers, and whether it is in colour; 0 if it is no square."""
    for c in (1, 3):
        side = math.isqrt(columns // c)
        if side >= LEAST_SIDE and c * side * side == columns:
            return side, c == 3
    return 0, False


def whole(member: str, array: Array) -> list[str]:
    """Labels as words; ReadError if they are not whole numbers."""
    values = array.reshape(-1)
    if values.dtype.kind == "f":
        if not (np.isfinite(values) & (values == np.rint(values)) & (np.abs(values) < 1e9)).all():
            raise ReadError(f"{member} is no picture, and as labels its numbers must be whole.")
        values = values.astype(np.int64)
    return [str(int(value)) for value in values.tolist()]


def match(
    stacks: list[Stack], flat: list[tuple[str, list[str]]]
) -> tuple[tuple[np.ndarray | None, tuple[str, ...]], list[str]]:
    """The labels of all pictures, if each stack has some, with their classes; and what is said of that."""
    if not flat:
        return (None, ()), []
    words: list[str] = []
    used = []
    for one in stacks:
        fits = [(member, labels) for member, labels in flat if len(labels) == len(one.pixels)]
        named = [(member, labels) for member, labels in fits if part(member) == part(one.member)]
        chosen = named or fits
        if len(chosen) != 1:
            why = "more than one array fits" if chosen else f"no array of {len(one.pixels):,} labels fits"
            return (None, ()), [f"No labels: {why} {one.member}."]
        used.append(chosen[0][0])
        words += chosen[0][1]
    labels, classes = numbered(words)
    if len(classes) > MAX_CLASSES:
        return (None, ()), [
            f"No labels: {', '.join(used)} has {len(classes):,} values, and {MAX_CLASSES} is the limit."
        ]
    return (labels, classes), [f"Labels: {', '.join(used)}, of {count(len(classes), 'value')}."]


def part(member: str) -> list[str]:
    """What is left of an array's name without the words for pictures and labels: which part of the data it is."""
    return [word for word in re.split(r"[^a-z0-9]+", member.lower()) if word not in ROLE]


def check_kept(name: str, stacks: list[Stack]) -> None:
    """Raise ReadError for more numbers, in all, than are kept."""
    total = sum(one.pixels.size for one in stacks)
    if total > MAX_KEPT:
        raise ReadError(
            f"{name} holds {total / 1e6:.0f} million numbers and the limit is {MAX_KEPT / 1e6:.0f} million; "
            "keep fewer pictures."
        )


def shown(shape: tuple[int, ...]) -> str:
    """A shape in a sentence."""
    return f"({', '.join(f'{size:,}' for size in shape)})"
