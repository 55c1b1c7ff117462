"""Mounts the easel and the sheet for masks, and reads back where the playhead rests, what was chosen and what was painted."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from jaxtyping import Bool

from playground.instruments.parts.component import (
    BRUSH,
    CANVAS,
    PICTURES,
    PLAYER,
    about,
    markup,
    playhead,
    playing,
    registered,
    shared,
    show,
)

HERE: Final = Path(__file__).parent
EASEL: Final = ("layout", "grid", "film", "choice", "easel")
SHEET: Final = ("tools", "mask")


@dataclass(frozen=True)
class Said:
    """What the easel has reported; None where nothing was.

    `frame` is where the playhead rests in recording `run`, `picked` the picture that was chosen. `missing` lives for one
    script run: send the frames from that index on.
    """

    frame: int | None = None
    run: str | None = None
    picked: int | None = None
    missing: int | None = None


@dataclass(frozen=True, eq=False)
class Mask:
    """What was painted: `covered` (h, w), True where it is to be repainted, and how often it was changed."""

    covered: Bool[np.ndarray, "h w"]
    count: int


def easel(data: bytes, *, key: str, scene: str) -> Said:
    """Show the message `data` (from `pack`, for the Easel whose id is `scene`) on the easel called `key`."""
    return read(show(_easel(), data, key=key, reports=("rest", "pick", "missing")), scene)


def read(said: Mapping[str, Any], scene: str) -> Said:
    """The component's reports, leaving out what was said about another scene."""
    pick = about(said, scene, "pick").get("pick")
    return Said(**playhead(said, scene), picked=pick and pick["picture"])


def masking(data: bytes, *, key: str, scene: str, shape: tuple[int, int]) -> Mask | None:
    """Show the message `data` (from `pack_mask`) on the sheet called `key`; what was painted on this `scene`, if anything."""
    return read_mask(show(_sheet(), data, key=key, reports=("mask",)), scene, shape)


def read_mask(said: Mapping[str, Any], scene: str, shape: tuple[int, int]) -> Mask | None:
    """The sheet's report as a Mask; None before anything was painted on this scene."""
    told = about(said, scene, "mask").get("mask")
    if told is None:
        return None
    bits = np.unpackbits(np.frombuffer(base64.b64decode(told["bits"]), np.uint8))[: shape[0] * shape[1]]
    return Mask(bits.reshape(shape).astype(bool), int(told["count"]))


@cache
def _easel() -> Any:
    """The component, registered at its first use, so that importing this module needs no running server."""
    html = playing(HERE / "easel.html", more=shared("transport/save", what="pictures"))
    return registered("easel", PLAYER + PICTURES, html, HERE, EASEL, ("easel",))


@cache
def _sheet() -> Any:
    return registered("mask", CANVAS + PICTURES + BRUSH, markup(HERE / "mask.html"), HERE, SHEET, ("easel",))
