"""Arrays that are pictures: which axis is what, what the numbers mean, and which labels belong to them.

Read: (n, h, w), (n, h, w, c), (n, c, h, w) and one (h, w, c), c being 1, 3 or 4 (the fourth is dropped). Numbers are
understood by their range: floats in [0, 1] or [0, 255], whole numbers in {0, 1}, [0, 255] or [0, 65535]; all become 8
bits, and which it was is said. Labels are an array of n whole numbers, matched by name (x_train and y_train,
train-images and train-labels) or, where there is but one, by length.
"""

import math
import re
from dataclasses import dataclass

import numpy as np
from jaxtyping import Shaped, UInt8

from core.data.readers.npy import check_length, claims
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
SCALES = {
    "1": (1, "0 (black) to 1 (white)"),
    "255": (255, "0 to 255"),
    "65535": (65535, "0 to 65,535, brought to 8 bits"),
}
DIM = 64
"""Pictures whose brightest number is below this, of 255, look black; that is said."""
SHAPES = "pictures need (n, height, width) or (n, height, width, channels)"
ROLE = {"image", "images", "img", "imgs", "pixels", "data", "x", "label", "labels", "target", "targets", "y"}
ROLE |= {"idx1", "idx3", "idx4", "ubyte", "gz", "npy"}


@dataclass(frozen=True)
class Stack:
    """Pictures of one size from one array, 8 bits a number, and how the array was understood."""

    member: str
    pixels: UInt8[np.ndarray, "n h w c"]
    note: str


def array_of(name: str, raw: bytes) -> Array:
    """The numeric array of any shape in an NPY file, its header and length checked, not copied."""
    dtype, fortran, shape, start = claims(name, raw)
    check_length(name, raw, dtype, shape, start)
    return np.frombuffer(raw, dtype, math.prod(shape), start).reshape(shape, order="F" if fortran else "C")


def understand(name: str, arrays: list[tuple[str, Array]], refused: list[str]) -> RawPictures:
    """All pictures among named arrays, with their labels if every one has some; ReadError if there are none."""
    stacks, flat = [], []
    for member, array in arrays:
        try:
            if array.ndim == 1 or (array.ndim == 2 and array.shape[1] == 1):
                flat.append((member, whole(member, array)))
            else:
                stacks.append(stack(member, array))
        except ReadError as error:
            refused.append(str(error))
    if not stacks:
        if flat and not refused:
            raise ReadError(
                f"{name} holds labels alone; upload the pictures with them, both files at once or in a ZIP."
            )
        raise ReadError(refused[0] if refused else f"{name} holds no pictures; {SHAPES}.")
    check_kept(name, stacks)
    labels, said = match(stacks, flat)
    shapes = np.concatenate([np.tile(s.pixels.shape[1:], (len(s.pixels), 1)) for s in stacks]).astype(np.int64)
    return RawPictures(
        name,
        np.concatenate([s.pixels.reshape(-1) for s in stacks]),
        shapes,
        shapes[:, :2].copy(),
        *labels,
        notes=(*(s.note for s in stacks), *said),
        left_out=tuple(refused[:MAX_SENTENCES]),
        lost=len(refused),
    )


def stack(member: str, array: Array) -> Stack:
    """The pictures in one array; ReadError for a shape or numbers that are none."""
    pixels, layout = axes(member, array)
    if 0 in pixels.shape:
        raise ReadError(f"{member} is empty, with shape {shown(array.shape)}; {SHAPES}.")
    check_sides(member, *pixels.shape[1:3])
    if pixels.size > MAX_KEPT:
        raise ReadError(
            f"{member} holds {count(len(pixels))} of {pixels.shape[2]}x{pixels.shape[1]}, {pixels.size / 1e6:.0f} million "
            f"numbers, and the limit is {MAX_KEPT / 1e6:.0f} million; keep fewer pictures."
        )
    levels, scale = eight_bits(member, pixels)
    size = f"{pixels.shape[2]}x{pixels.shape[1]}"
    note = f"{member}: {count(len(pixels))} of {size} {layout}, its numbers taken as {scale}."
    if levels.max() < DIM:
        note += f" The brightest is {levels.max()} of 255, so the pictures are dark."
    return Stack(member, np.ascontiguousarray(levels), note)


def axes(member: str, array: Array) -> tuple[Array, str]:
    """The array as (n, h, w, 1 or 3), and how its axes were read."""
    shape = array.shape
    if array.ndim == 3 and shape[2] in CHANNELS and min(shape[:2]) > 4:
        pixels, layout = array[None], "(height, width, channels)"
    elif array.ndim == 3:
        pixels, layout = array[..., None], "(n, height, width)"
    elif array.ndim == 4 and shape[3] in CHANNELS:
        pixels, layout = array, "(n, height, width, channels)"
    elif array.ndim == 4 and shape[1] in CHANNELS:
        pixels, layout = array.transpose(0, 2, 3, 1), "(n, channels, height, width)"
    else:
        raise ReadError(f"{member} has the shape {shown(shape)}; {SHAPES}.")
    return (pixels[..., :3], layout + ", the fourth channel dropped") if pixels.shape[3] == 4 else (pixels, layout)


def eight_bits(member: str, pixels: Array) -> tuple[UInt8[np.ndarray, "..."], str]:
    """The numbers as 0 to 255, and the range they were taken to be in; ReadError for numbers that are no brightness."""
    low, high = float(pixels.min()), float(pixels.max())  # NaN spreads to both
    if not (math.isfinite(low) and math.isfinite(high)):
        raise ReadError(f"{member} has numbers that are missing or infinite; replace them.")
    most = next((key for key, (top, _) in SCALES.items() if high <= top), None)
    if low < 0 or most is None or (most == "65535" and pixels.dtype.kind == "f"):
        raise ReadError(f"{member} has numbers from {low:.4g} to {high:.4g}; pictures need 0 to 1 or 0 to 255.")
    top, words = SCALES[most]
    if top == 255 and pixels.dtype.kind != "f":
        return pixels.astype(np.uint8), words
    rounded = np.empty(pixels.shape, np.uint8)
    for i in range(0, len(pixels), 1000):  # in pieces: eight bytes a number would not fit
        rounded[i : i + 1000] = np.rint(pixels[i : i + 1000].astype(np.float64) * (255 / top))
    return rounded, words


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
