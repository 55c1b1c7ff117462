"""How pictures that were read are understood and made alike: the choices, and the sentences on what each of them does."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from jaxtyping import Int

from core.data.images import Split
from core.data.readers.pictures.evidence import RANGES
from core.data.readers.pictures.folders import LEVELS
from core.data.readers.pictures.raw import RawPictures, Rows, count
from core.data.readers.table import listed
from core.digits import raised
from core.options import Choice, check

SIDES = ("8", "16", "28", "32")
CROP = "Fill keeps the square in the middle, fit adds a border, stretch changes the proportions."
RANGE = "The numbers that become black and white: as found are the least and the greatest of the set."
TURN = "EMNIST's files hold their letters transposed: rows are columns."
CHANNELS = "Last: the red, green and blue of a pixel lie together. First: all red, then all green, then all blue."
SPLIT = "As read keeps the parts that folders or names like train and test say; drawn mixes them and draws new ones."
LIGHT = "Inverted turns black on white into white on black."
TURNS = {
    "as it is": lambda x: x,
    "transposed": lambda x: x.swapaxes(1, 2),
    "turned left": lambda x: np.rot90(x, 1, axes=(1, 2)),
    "turned right": lambda x: np.rot90(x, -1, axes=(1, 2)),
    "upside down": lambda x: np.rot90(x, 2, axes=(1, 2)),
    "mirrored": lambda x: x[:, :, ::-1],
}
"""Ways to turn pictures (m, side, side, c); transposed: rows become columns."""


@dataclass(frozen=True)
class Cut:
    """How pictures are understood and made alike: their side, tones and ground, which way is up, and their classes.

    The defaults take everything as it was read; `propose` says what suits.
    """

    side: Annotated[str, Choice(SIDES, "Side in pixels")] = "32"
    crop: Annotated[str, Choice(("fill", "fit", "stretch"), "If not square", CROP)] = "fill"
    tone: Annotated[str, Choice(("grey", "colour"), "Tones")] = "grey"
    light: Annotated[str, Choice(("as it is", "inverted"), "Light", LIGHT)] = "as it is"
    range: Annotated[str, Choice(("as it is", *RANGES, "as found"), "From black to white", RANGE)] = "as it is"
    turn: Annotated[str, Choice(tuple(TURNS), "Turn", TURN)] = "as it is"
    channels: Annotated[str, Choice(("last", "first"), "Channels come", CHANNELS)] = "last"
    ground: Annotated[str, Choice(("white", "black"), "Under what is transparent")] = "white"
    classes: Annotated[str, Choice(("as read", *LEVELS, "none"), "Classes named by")] = "as read"
    split: Annotated[str, Choice(("as read", "drawn"), "Train and test", SPLIT)] = "as read"

    def __post_init__(self) -> None:
        """Raise ValueError for a choice that is not offered."""
        check(self)


def shapes_read(raw: RawPictures, channels: str) -> Int[np.ndarray, "n 3"]:
    """The (h, w, c) of each picture if, where both fit, channels come last or first."""
    if raw.planar is None or channels == "last":
        return raw.shapes
    return np.where(raw.planar.any(axis=1, keepdims=True), raw.planar, raw.shapes)


def tone_ends(raw: RawPictures, cut: Cut) -> tuple[float, float]:
    """The numbers that become black and white."""
    black, white = RANGES.get(cut.range, raw.extent if cut.range == "as found" else raw.span)
    return (black, white) if black < white else raw.span  # one tone alone has no range of its own


def done(raw: RawPictures, cut: Cut) -> list[str]:
    """What the choices change, in sentences."""
    return [*understood(raw, cut), *resized(raw, cut), *toned(raw, cut)]


def understood(raw: RawPictures, cut: Cut) -> list[str]:
    """How what can be read in more than one way was read."""
    notes = []
    if raw.planar is not None:
        how = {"last": "pixel by pixel", "first": "as whole planes, one after another"}[cut.channels]
        notes.append(f"Red, green and blue were read {how}.")
    clear = int((raw.shapes[:, 2] % 2 == 0).sum())
    if clear:
        notes.append(f"{count(clear)} partly transparent: laid on {cut.ground}.")
    if cut.turn != "as it is":
        notes.append(f"Every picture was {cut.turn}.".replace("was upside", "was turned upside"))
    if raw.folders is not None and cut.classes in LEVELS:
        names = sorted(raw.folders.different(LEVELS.index(cut.classes)))
        notes.append(f"Classes are named by {level(cut.classes)}: {listed(names)}.")
    if raw.labels is not None and cut.classes == "none":
        notes.append("The labels are left aside.")
    return notes


def level(word: str) -> str:
    """A level of folders in a sentence."""
    return f"the {word}" if word == LEVELS[-1] else word.replace("folder", "folder level")


def resized(raw: RawPictures, cut: Cut) -> list[str]:
    """How the sizes changed."""
    h, w, _ = shapes_read(raw, cut.channels).T
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
    return notes


def toned(raw: RawPictures, cut: Cut) -> list[str]:
    """How the tones changed."""
    notes, ends = [], tone_ends(raw, cut)
    if ends != (0, 255) or raw.top > 255:
        black, white = (raised(f"{end:,.6g}") for end in ends)
        notes.append(f"From black to white the numbers go from {black} to {white}, in all pictures alike.")
    coloured = int((shapes_read(raw, cut.channels)[:, 2] >= 3).sum())
    if coloured and cut.tone == "grey":
        notes.append(f"{count(coloured)} in colour: turned into grey by luma (ITU-R BT.601).")
    if cut.light == "inverted":
        notes.append("Inverted: 0 became 255.")
    return notes


def sentence_of_split(parts: Rows | None, split: Split) -> list[str]:
    """How many pictures there are to train on and to hold out, where `parts` of the data were kept."""
    if parts is None:
        return []
    train, val, test = (f"{len(rows):,}" for rows in split)
    lent = [word for part, word in ((1, "choose"), (2, "judge")) if not (parts == part).any()]
    more = f"; those to {lent[0]} by were taken from those to train on" if lent else ""
    return [f"Train and test are kept as read: {train} to train on, {val} to choose by, {test} to judge by{more}."]
