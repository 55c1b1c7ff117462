"""What a reading of pictures is: RawPictures, pictures of any sizes in whole levels, and the limits it keeps.

The pictures lie end to end in one array, so that sixty thousand of them cost no more than their pixels. Everything that
was understood or changed on the way is a sentence in `notes`; every picture that could not be read is one in `left_out`.
What can be understood in more than one way is kept open here and decided by a `Cut` (`core.data.picture_clinic`), so that
another choice needs no other reading: what the levels stand for, the order of the channels, the ground under what is
transparent, the folders that name classes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Int, UInt

from core.data.readers.pictures.folders import Folders
from core.data.readers.table import ReadError

MAX_UPLOAD = 32_000_000
"""The largest file that is looked at, in bytes: Fashion-MNIST's training images are 26 MB."""
MAX_INFLATED = 128_000_000
"""The most bytes a compressed file may grow to."""
MAX_ENTRIES = 20_000
"""The most entries of a ZIP archive."""
MAX_PIXELS = 25_000_000
"""The most pixels of one picture: those of a large camera."""
MAX_PIXELS_IN_ALL = 100_000_000
MAX_KEPT = 64_000_000
"""The most numbers that are kept, after large pictures have been reduced."""
MAX_SIDE = 4096
"""The longest side that is kept, in pixels."""
MAX_CLASSES = 100
MAX_SENTENCES = 20
"""The most pictures that are left out with a sentence of their own."""

Picture = UInt[np.ndarray, "h w c"]
Rows = Int[np.ndarray, " n"]


@dataclass(frozen=True)
class RawPictures:
    """Pictures as they were read: n of them, each (h, w, c) in whole levels of 8 bits, or all of 16.

    c is 1 (grey), 2 (grey and opacity), 3 (red, green, blue) or 4 (these and opacity); colours beside an opacity are
    multiplied by it, so they are what lies on black. `flat` holds the numbers one after another, `shapes` each picture's
    (h, w, c), `found` its (height, width) in the file, which is larger where it was reduced. `span` are the numbers that
    the least and the greatest level (0 and 255 or 65,535) stand for. `planar`, where it is not None, holds (h, w, c) for
    the case that channels come first in `flat`, and zeros for a picture that has but one reading. `labels` are class
    numbers indexing `classes`, `folders` the folders that could name others; `parts` says 0, 1 or 2 for a picture to train
    on, to choose by or to judge by. `left_out` are the first sentences, of `lost` in all, on what was not read. `digest`
    names the file by its content.
    """

    name: str
    flat: UInt[np.ndarray, " total"]
    shapes: Int[np.ndarray, "n 3"]
    found: Int[np.ndarray, "n 2"]
    labels: Rows | None = None
    classes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    lost: int = 0
    digest: str = ""
    span: tuple[float, float] = (0.0, 255.0)
    planar: Int[np.ndarray, "n 3"] | None = None
    folders: Folders | None = None
    parts: Rows | None = None

    def __post_init__(self) -> None:
        """Freeze the arrays; raise ValueError for counts that disagree."""
        n, (h, w, c) = len(self.shapes), self.shapes.T
        sizes = h * w * c
        if not n or self.shapes.min() < 1 or not np.isin(c, (1, 2, 3, 4)).all() or sizes.sum() != len(self.flat):
            raise ValueError("the shapes of the pictures disagree with their numbers")
        if self.flat.dtype not in (np.uint8, np.uint16) or not -1e30 < self.span[0] < self.span[1] < 1e30:
            raise ValueError("levels need 8 or 16 bits and something to stand for")
        places = None if self.folders is None else self.folders.places
        optional = [array for array in (self.labels, self.planar, self.parts, places) if array is not None]
        if any(len(array) != n for array in (self.found, *optional)):
            raise ValueError(f"{n} pictures need {n} sizes and labels")
        if self.labels is not None and not 0 <= self.labels.min() <= self.labels.max() < len(self.classes):
            raise ValueError("a label names no class")
        if self.parts is not None and not np.isin(self.parts, (0, 1, 2)).all():
            raise ValueError("there is no such part of the data")
        if self.planar is not None and not self._second(sizes, self.planar):
            raise ValueError("the second reading of the channels disagrees with the first")
        for array in (self.flat, self.shapes, self.found, *optional):
            array.flags.writeable = False

    @staticmethod
    def _second(sizes: Rows, planar: Int[np.ndarray, "n 3"]) -> bool:
        """Whether a second reading has as many numbers as the first, or none, and 1 or 3 channels."""
        h, w, c = planar.T
        open_ = planar.any(axis=1)
        fits = (planar.min(axis=1) >= 1) & (h * w * c == sizes) & np.isin(c, (1, 3))
        return bool((fits | ~open_).all())

    @property
    def top(self) -> int:
        """The greatest level: 255 or 65,535."""
        return int(np.iinfo(self.flat.dtype).max)

    @cached_property
    def extent(self) -> tuple[float, float]:
        """The least and the greatest number found, in the units of the file."""
        low, high = self.span
        least, greatest = (low + int(level) * (high - low) / self.top for level in (self.flat.min(), self.flat.max()))
        return least, greatest

    @cached_property
    def starts(self) -> Int[np.ndarray, " n"]:
        """Where each picture begins in `flat`."""
        sizes = self.shapes.prod(axis=1)
        return np.cumsum(sizes) - sizes

    def __len__(self) -> int:
        """The number of pictures."""
        return len(self.shapes)

    def __getitem__(self, i: int) -> Picture:
        """Picture i."""
        h, w, c = (int(size) for size in self.shapes[i])
        return self.flat[self.starts[i] : self.starts[i] + h * w * c].reshape(h, w, c)


def count(number: int, what: str = "picture") -> str:
    """A number and its noun: 1 picture, 2 pictures."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def check_pixels(name: str, height: int, width: int) -> None:
    """Raise ReadError for a picture of more pixels than are decoded."""
    if height * width > MAX_PIXELS:
        raise ReadError(
            f"{name} claims {width:,} x {height:,} pixels and the limit is {MAX_PIXELS / 1e6:.0f} million; make it smaller."
        )


def check_sides(name: str, height: int, width: int) -> None:
    """Raise ReadError for a picture that is too long to be kept."""
    if max(height, width) > MAX_SIDE:
        raise ReadError(
            f"{name} would be kept at {width:,} x {height:,} pixels and the limit is {MAX_SIDE:,} a side; cut it into pieces."
        )


def numbered(words: Sequence[str]) -> tuple[Int[np.ndarray, " n"], tuple[str, ...]]:
    """The class number of each word, and the classes in order: by value where all are whole numbers, else by name."""
    whole = all(word.isascii() and word.removeprefix("-").isdecimal() and len(word) < 10 for word in words)
    classes = tuple(sorted(set(words), key=(lambda word: (int(word), word)) if whole else (lambda word: (0, word))))
    place = {word: i for i, word in enumerate(classes)}
    return np.fromiter(map(place.__getitem__, words), np.int64, len(words)), classes
