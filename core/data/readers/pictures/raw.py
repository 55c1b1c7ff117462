"""What a reading of pictures is: RawPictures, 8-bit pictures of any sizes, and the limits it keeps.

The pictures lie end to end in one array, so that sixty thousand of them cost no more than their pixels. Everything that
was understood or changed on the way is a sentence in `notes`; every picture that could not be read is one in `left_out`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Int, UInt8

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
"""The most 8-bit numbers that are kept, after large pictures have been reduced."""
MAX_SIDE = 4096
"""The longest side that is kept, in pixels."""
MAX_CLASSES = 100
MAX_SENTENCES = 20
"""The most pictures that are left out with a sentence of their own."""

Picture = UInt8[np.ndarray, "h w c"]


@dataclass(frozen=True)
class RawPictures:
    """Pictures as they were read: n of them, each (h, w, c) with c = 1 (grey) or 3 (red, green, blue), 8 bits a number.

    `flat` holds their numbers one after another, `shapes` each one's (h, w, c), `found` each one's (height, width) in the
    file, which is larger where a picture was reduced. `labels` are class numbers indexing `classes`. `left_out` are the
    first sentences, of `lost` in all, on what was not read. `digest` names the file by its content.
    """

    name: str
    flat: UInt8[np.ndarray, " total"]
    shapes: Int[np.ndarray, "n 3"]
    found: Int[np.ndarray, "n 2"]
    labels: Int[np.ndarray, " n"] | None = None
    classes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    lost: int = 0
    digest: str = ""

    def __post_init__(self) -> None:
        """Freeze the arrays; raise ValueError for counts that disagree."""
        n, (h, w, c) = len(self.shapes), self.shapes.T
        if not n or self.shapes.min() < 1 or not np.isin(c, (1, 3)).all() or (h * w * c).sum() != len(self.flat):
            raise ValueError("the shapes of the pictures disagree with their numbers")
        if len(self.found) != n or (self.labels is not None and len(self.labels) != n):
            raise ValueError(f"{n} pictures need {n} sizes and labels")
        if self.labels is not None and not 0 <= self.labels.min() <= self.labels.max() < len(self.classes):
            raise ValueError("a label names no class")
        for array in (self.flat, self.shapes, self.found, *([] if self.labels is None else [self.labels])):
            array.flags.writeable = False

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
