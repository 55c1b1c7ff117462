"""The hidden rules: land and sea, a crescent, a spiral, an island drawn by hand, a picture in black and white.

They are offered without their names, which would give them away.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import streamlit as st

from core.data.read import ReadError
from core.data.readers.pictures.read import read_pictures
from core.region import land, shapes
from core.region.mask import Mask
from playground import session
from playground.shelf.picture import KINDS
from playground.shelf.reading import offer_again, read_once

FIRST, SECOND, THIRD, DRAWN, PICTURE = RULES = (
    "First rule",
    "Second rule",
    "Third rule",
    "Draw an island",
    "Your picture",
)
SHAPE = (720, 1440)
UNIT = np.array([[0.0, 1.6], [0.0, 1.0]])
NIB = 0.06  # of the width: the brush's radius
DRAWING = "game.island"


@dataclass(frozen=True)
class Rule:
    """A rule: its `mask`, the names of the axes, in words what is in and what is out, and where it is from."""

    title: str
    mask: Mask
    axes: tuple[str, str]
    inside: str
    outside: str
    source: str

    @property
    def everybody(self) -> bool:
        """Whether it is one of the house's own."""
        return self.title in (FIRST, SECOND, THIRD)


@cache
def earth() -> Rule:
    """The land of the Earth."""
    return Rule(FIRST, land.load(), land.AXES, "land", "sea", land.SOURCE)


@cache
def crescent() -> Rule:
    """A disc without another."""
    x, y = shapes.centres(SHAPE, UNIT)
    cells = ((x - 0.8) ** 2 + (y[:, None] - 0.5) ** 2 <= 0.16) & ((x - 0.95) ** 2 + (y[:, None] - 0.55) ** 2 > 0.09)
    source = "A disc of radius 0.4 without what it shares with one of radius 0.3."
    return Rule(SECOND, Mask(cells, UNIT), ("x", "y"), "the crescent", "outside", source)


@cache
def spiral() -> Rule:
    """A band that winds outwards."""
    x, y = shapes.centres(SHAPE, UNIT)
    r, angle = np.hypot(x - 0.8, y[:, None] - 0.5), np.arctan2(y[:, None] - 0.5, x - 0.8)
    cells = (r < 0.48) & ((r / 0.2 - angle / (2 * np.pi)) % 1 < 0.45)
    return Rule(THIRD, Mask(cells, UNIT), ("x", "y"), "the spiral", "outside", "An Archimedean spiral's band.")


def drawn() -> Rule | None:
    """The island that was drawn, or None while there is none."""
    strokes: np.ndarray | None = session.recall(DRAWING, lambda: None, screen=True)
    if strokes is None or not len(strokes):
        return None
    mask = session.once("game.drawn", strokes.tobytes(), lambda: Mask(island(strokes), UNIT))
    return Rule(DRAWN, mask, ("x", "y"), "your island", "outside", "Drawn by hand.")


def island(strokes: np.ndarray) -> np.ndarray:
    """Discs of the brush's size (in widths) where it was, in the unit square, cell by cell."""
    x, y = shapes.centres(SHAPE, UNIT)
    found = np.zeros(SHAPE, dtype=bool)
    for px, py in strokes * UNIT[:, 1]:
        found |= (x - px) ** 2 + (y[:, None] - py) ** 2 <= (NIB * UNIT[0, 1] / 2) ** 2
    return found


def draw(strokes: np.ndarray) -> bool:
    """Take what was drawn, in the unit square; whether it is something else than before."""
    before = session.recall(DRAWING, lambda: None, screen=True)
    if not len(strokes) or (before is not None and before.shape == strokes.shape and (before == strokes).all()):
        return False
    session.hold(DRAWING, strokes, screen=True)
    return True


def forget() -> None:
    """An empty sheet again."""
    session.hold(DRAWING, None, screen=True)


def pictured() -> Rule | None:
    """The dark (or the bright) of a picture; None without one that can be read and has both."""
    file = st.file_uploader("A picture in black and white", KINDS, key="game.picture", max_upload_size=8)
    bright = st.toggle("The bright parts are the rule", key="game.bright")
    if file is None:
        return None
    try:
        raw = read_once("game.raw", file.name, file.getvalue(), read_pictures)
        grey = raw[0].astype(float)
        mask = Mask(placed(parted(grey[..., :3].mean(axis=2) if grey.shape[2] > 2 else grey[..., 0], bright)), UNIT)
    except (ReadError, ValueError) as error:
        st.error(session.plain(str(error)))
        offer_again(error, "game.raw")
        return None
    inside, outside = ("bright", "dark") if bright else ("dark", "bright")
    return Rule(PICTURE, mask, ("x", "y"), inside, outside, f"The {inside} parts of {session.plain(file.name)}.")


def parted(grey: np.ndarray, bright: bool) -> np.ndarray:
    """Which pixels are brighter (or not) than the middle of the darkest and the brightest; ValueError where all are one."""
    low, high = float(grey.min()), float(grey.max())
    if low == high:
        raise ValueError("This picture is all of one colour: a rule needs dark parts and bright ones.")
    return (grey > (low + high) / 2) == bright


def placed(pixels: np.ndarray) -> np.ndarray:
    """A picture in the middle of the map, upright and as high as the map or as wide; nothing of the rule beside it."""
    h, w = pixels.shape
    size = min(1.0 / h, UNIT[0, 1] / w)
    x, y = shapes.centres(SHAPE, UNIT)
    column = np.floor((x - UNIT[0, 1] / 2) / size + w / 2).astype(int)
    row = np.floor((0.5 - y) / size + h / 2).astype(int)
    on = ((row >= 0) & (row < h))[:, None] & ((column >= 0) & (column < w))
    return on & pixels[np.clip(row, 0, h - 1)[:, None], np.clip(column, 0, w - 1)]


def called(title: str) -> Rule | None:
    """The rule of this title; None for one's own before there is one."""
    makes: dict[str, Callable[[], Rule | None]] = {
        FIRST: earth, SECOND: crescent, THIRD: spiral, DRAWN: drawn, PICTURE: pictured,
    }  # fmt: skip
    return makes[title]()
