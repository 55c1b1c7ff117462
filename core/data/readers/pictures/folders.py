"""What the folders of pictures say: which of them names the classes, and which the parts of the data.

Levels are counted from the archive's own top: `train/n01/images/7.png` lies in train (1), n01 (2) and images (3). The
classes are named by the innermost level that varies and in which every picture lies. Passed over, where another level is
left, are levels of general words alone (images, masks), of more names than are classes here, and of one name a picture;
always passed over are those whose names are parts of the data (train, test).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int

LEVELS = ("folder 1", "folder 2", "folder 3", "folder 4", "innermost folder")
"""The levels that are kept of each picture, in words."""
PARTS = {"train": 0, "training": 0, "val": 1, "valid": 1, "validation": 1, "dev": 1}
PARTS |= {"test": 2, "testing": 2, "t10k": 2}
"""Words for the parts of a data set: 0 to train on, 1 to choose by, 2 to judge by."""
GENERAL = {"image", "images", "img", "imgs", "picture", "pictures", "photo", "photos", "mask", "masks", "data"}
GENERAL |= {"png", "jpg", "jpeg", "webp", "raw", "original", "originals", "annotations", "segmentation"}


@dataclass(frozen=True)
class Folders:
    """Where n pictures lie: `places` (n, 5) index `names` for each of `LEVELS`, -1 where a picture lies less deep."""

    names: tuple[str, ...]
    places: Int[np.ndarray, "n levels"]

    def __post_init__(self) -> None:
        """Freeze the places; raise ValueError for one that has no name."""
        if self.places.shape[1] != len(LEVELS) or not -1 <= self.places.min() <= self.places.max() < len(self.names):
            raise ValueError("a folder has no name")
        self.places.flags.writeable = False

    def whole(self, level: int) -> bool:
        """Whether every picture lies in a folder of this level."""
        return bool((self.places[:, level] >= 0).all())

    def words(self, level: int) -> list[str]:
        """The name of each picture's folder at a level that is `whole`."""
        return [self.names[place] for place in self.places[:, level]]

    def different(self, level: int) -> set[str]:
        """The names at a level."""
        return {self.names[place] for place in np.unique(self.places[:, level]) if place >= 0}


def folders_of(paths: Iterable[Sequence[str]]) -> Folders | None:
    """The folders of pictures, each given as its folders from the top; None if none lies in any."""
    numbers: dict[str, int] = {}
    places = [
        [numbers.setdefault(name, len(numbers)) for name in path[: len(LEVELS) - 1]]
        + [-1] * (len(LEVELS) - 1 - len(path))
        + [numbers.setdefault(path[-1], len(numbers)) if path else -1]
        for path in paths
    ]
    return Folders(tuple(numbers), np.array(places, dtype=np.int64)) if numbers else None


def candidates(folders: Folders) -> list[int]:
    """The levels that could name classes, the outermost first: whole, varying, no part of the data, none twice."""
    found: list[int] = []
    for level in range(len(LEVELS)):
        names = folders.different(level)
        if not folders.whole(level) or len(names) < 2 or {name.lower() for name in names} <= set(PARTS):
            continue
        if not any(np.array_equal(folders.places[:, level], folders.places[:, other]) for other in found):
            found.append(level)
    return found


def naming(folders: Folders, most: int) -> int | None:
    """The level that names the classes, of which there may be `most`, by the rule above; None if there is none."""
    offered = candidates(folders)
    likely = [
        level
        for level in offered
        if len(names := folders.different(level)) <= most
        and len(names) < len(folders.places)
        and not {name.lower() for name in names} <= GENERAL
    ]
    return (likely or offered)[-1] if offered else None


def parts_of(folders: Folders) -> Int[np.ndarray, " n"] | None:
    """The part of the data that each picture belongs to (see PARTS), if a level of folders says so; else None."""
    for level in range(len(LEVELS)):
        if folders.whole(level) and {name.lower() for name in folders.different(level)} <= set(PARTS):
            parts = parted(name.lower() for name in folders.words(level))
            if parts is not None:
                return parts
    return None


def parted(words: Iterable[str]) -> Int[np.ndarray, " n"] | None:
    """Words of PARTS as numbers; None unless they name something to train on and another part."""
    parts = np.array([PARTS[word] for word in words], dtype=np.int64)
    return parts if 0 in parts and parts.any() else None
