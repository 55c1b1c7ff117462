"""Pictures: sets of small images to learn, with their labels and, where we render them, the true factors.

A picture is stored as whole grey levels 0 .. L - 1 of `pixels` (n, c, h, w), so that a discrete likelihood is exact; `images`
are the same as floats, pixels / (L - 1) in [0, 1]. `load` knows the built-in sets by name; readers of people's own
images build the same noun by `Pictures(name, pixels)` or `Pictures(name, quantise(images))`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from importlib import import_module

import numpy as np
from jaxtyping import Float, Int, UInt8

from core.dataset import digest
from core.kept import kept
from core.key import Key
from core.process import frozen

GREY, COLOUR = 1, 3
SPLIT = Key(0) / "split"  # fixed, so that every model is judged on the same rows


@dataclass(frozen=True)
class Factor:
    """What a column of `factors` is: its unit and range, or the words its whole numbers 0, 1, ... stand for."""

    name: str
    low: float | int
    high: float | int
    unit: str = ""
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Split:
    """Rows to train on, to choose by (val) and to judge by (test): disjoint, together all rows."""

    train: Int[np.ndarray, " a"]
    val: Int[np.ndarray, " b"]
    test: Int[np.ndarray, " c"]

    def __iter__(self) -> Iterator[np.ndarray]:
        """Train, val, test."""
        return iter((self.train, self.val, self.test))


@dataclass(frozen=True)
class Pictures:
    """A set of images.

    `pixels` (n, c, h, w) are grey levels 0 .. `levels` - 1 with c = 1 (grey) or 3 (red, green, blue), row 0 at the top.
    `labels` (n,) are class numbers indexing `classes`; `factors` (n, f) are the true numbers a renderer drew the images
    from, column j described by `columns[j]`. All three are None or empty where nobody knows them. `split` is four
    fifths to train on, a tenth to choose by and a tenth to judge by, drawn once by a fixed key, unless it is given.
    `digest` names pixels and labels by their content; it is filled in. `builtin` says that it is one of the house's own
    sets, which are everybody's.
    """

    name: str
    pixels: UInt8[np.ndarray, "n c h w"]
    title: str = ""
    source: str = ""
    levels: int = 256
    labels: Int[np.ndarray, " _"] | None = None  # n; checked in words below
    classes: tuple[str, ...] = ()
    factors: Float[np.ndarray, "_ f"] | None = None
    columns: tuple[Factor, ...] = ()
    split: Split = None  # type: ignore[assignment]  # filled in
    digest: str = field(default="", compare=False)
    builtin: bool = field(default=False, compare=False)

    def __post_init__(self) -> None:
        """Freeze the arrays, fill in split and digest; raise ValueError for shapes or levels that disagree."""
        pixels = np.array(self.pixels, dtype=np.uint8)
        if pixels.ndim != 4 or pixels.shape[1] not in (GREY, COLOUR) or 0 in pixels.shape:
            raise ValueError(f"{self.name}: pixels must be (n, 1 or 3, h, w), got shape {pixels.shape}.")
        if not 2 <= self.levels <= 256 or pixels.max() >= self.levels:
            raise ValueError(f"{self.name}: pixels reach {pixels.max()}, which {self.levels} levels do not hold.")
        for name in ("labels", "factors"):
            value = getattr(self, name)
            if value is not None and len(value) != len(pixels):
                raise ValueError(f"{self.name}: {len(pixels)} images need {len(pixels)} {name}, got {len(value)}.")
            object.__setattr__(self, name, None if value is None else frozen(np.array(value)))
        if self.factors is not None and self.factors.shape[1] != len(self.columns):
            raise ValueError(f"{self.name}: {self.factors.shape[1]} factors need as many descriptions.")
        object.__setattr__(self, "pixels", frozen(pixels))
        object.__setattr__(self, "split", self.split or split(len(pixels)))
        if sorted(np.concatenate(list(self.split)).tolist()) != list(range(len(pixels))):
            raise ValueError(f"{self.name}: a split must hold every row once.")
        if not self.digest:
            object.__setattr__(self, "digest", digest(pixels, self.labels))

    def __len__(self) -> int:
        """The number of images n."""
        return len(self.pixels)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Channels, height and width (c, h, w) of one image."""
        c, h, w = self.pixels.shape[1:]
        return c, h, w

    @property
    def dim(self) -> int:
        """The numbers in one image, c h w."""
        return self.pixels[0].size

    @property
    def images(self) -> Float[np.ndarray, "n c h w"]:
        """The images in [0, 1], worked out anew at each asking (8 bytes a pixel); take rows first where few are needed."""
        return self.pixels / (self.levels - 1)

    def take(self, rows: Int[np.ndarray, " m"]) -> "Pictures":
        """The images of these rows, in this order, with a fresh split."""
        labels = None if self.labels is None else self.labels[rows]
        factors = None if self.factors is None else self.factors[rows]
        fresh = split(len(rows))
        return replace(self, pixels=self.pixels[rows], labels=labels, factors=factors, split=fresh, digest="")


def split(n: int) -> Split:
    """A tenth of n rows to test (rounded down, at least one from n = 3 on), as many to validate, the rest to train."""
    held = max(n // 10, 1) if n >= 3 else 0
    order = (SPLIT / n).generator().permutation(n)
    return Split(*(frozen(np.sort(part)) for part in (order[2 * held :], order[:held], order[held : 2 * held])))


def split_by(parts: Int[np.ndarray, " n"]) -> Split:
    """The split in which row i is one to train on (`parts[i]` 0), to choose by (1) or to judge by (2).

    What no row is named for is taken from the rows to train on, as many as `split` takes; if those are too few for
    that, or there are none, all rows are split anew.
    """
    train, val, test = (np.flatnonzero(parts == part) for part in range(3))
    anew = split(len(train))
    val, test = (given if len(given) else train[taken] for given, taken in ((val, anew.val), (test, anew.test)))
    train = np.setdiff1d(train, np.concatenate([val, test]))
    return Split(*map(frozen, (train, val, test))) if all(map(len, (train, val, test))) else split(len(parts))


def quantise(images: Float[np.ndarray, "n c h w"], levels: int = 256) -> UInt8[np.ndarray, "n c h w"]:
    """The nearest grey levels of images in [0, 1]; ValueError for numbers outside that range or that are none."""
    if not ((images >= 0) & (images <= 1)).all():  # NaN fails too
        raise ValueError("Images must be numbers between 0 and 1.")
    return np.rint(images * (levels - 1)).astype(np.uint8)


def contact_sheet(
    images: Float[np.ndarray, "n c h w"], columns: int = 16, gap: int = 2, ground: float | int = 1.0
) -> Float[np.ndarray, "H W c"]:
    """The images side by side in rows of `columns`, `gap` pixels of `ground` around each: one picture (H, W, c)."""
    n, c, h, w = images.shape
    rows = -(-n // columns)
    cells = np.full((rows * columns, c, h + gap, w + gap), float(ground))
    cells[:n, :, gap:, gap:] = images
    sheet = cells.reshape(rows, columns, c, h + gap, w + gap).transpose(0, 3, 1, 4, 2)
    whole = sheet.reshape(rows * (h + gap), columns * (w + gap), c)
    return np.pad(whole, ((0, gap), (0, gap), (0, 0)), constant_values=ground)


MAKERS = {
    "digits": "core.data.sets.digits",
    "strokes": "core.data.renderers.strokes",
    "jars": "core.data.renderers.jars",
    "wallpapers": "core.data.renderers.wallpapers",
    "outfits": "core.data.renderers.outfits",
}
"""Name -> the module whose `pictures(n, key)` makes the set; imported on demand."""

NAMES = {
    "digits": "Handwritten digits",
    "strokes": "Drawn digits",
    "jars": "Jars",
    "wallpapers": "Wallpapers",
    "outfits": "Outfits",
}
"""Every set's title by its name."""

SIZES = {"digits": 1797, "strokes": 10_000, "jars": 4000, "wallpapers": 6000, "outfits": 4032}
"""How many images `load` gives unless told; digits and outfits are always whole."""

FIXED = ("digits", "outfits")


def load(name: str, n: int | None = None, key: Key = Key(0)) -> Pictures:  # noqa: B008 - a Key is a constant value
    """The set called `name`, `n` images (10 to 100,000) drawn from `key / "data"`; digits and outfits come whole.

    The last few sets are kept, so asking again costs nothing, and of many who ask at once one makes it. ValueError for an
    unknown name or size.
    """
    if name not in MAKERS:
        raise ValueError(f"There is no image set called {name!r}; there are {', '.join(NAMES)}.")
    size = SIZES[name] if n is None or name in FIXED else n
    if not 10 <= size <= 100_000:
        raise ValueError(f"n must lie between 10 and 100,000, not {n}.")
    return _made(name, size, SPLIT if name in FIXED else key / "data")


@kept(8)
def _made(name: str, n: int, key: Key) -> Pictures:
    made: Pictures = import_module(MAKERS[name]).pictures(n, key)
    return replace(made, name=name, title=NAMES[name], builtin=True)
