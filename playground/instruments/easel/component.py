"""Mounts the easel and the sheet for masks, and reads back where the playhead rests, what was chosen and what was painted."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import streamlit as st
from jaxtyping import Bool

from playground.instruments.stage import component as stage

HERE: Final = Path(__file__).parent
SHARED: Final = ("codec", "colour", "geometry", "shapes", "clock", "chart", "panel")  # of the stage: recording, player
EASEL: Final = ("pixels", "layout", "grid", "strip", "player", "easel")
SHEET: Final = ("pixels", "mask")


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
    said = _easel()(
        key=key, data=data, on_rest_change=_nothing, on_pick_change=_nothing, on_missing_change=_nothing
    )  # fmt: skip
    return read(said, scene)


def read(said: Mapping[str, Any], scene: str) -> Said:
    """The component's reports, leaving out what was said about another scene."""
    here = {name: v for name in ("rest", "pick") if (v := said.get(name)) and v["scene"] == scene}
    rest, pick, missing = here.get("rest"), here.get("pick"), said.get("missing")
    return Said(
        frame=rest and rest["frame"],
        run=rest and rest["run"],
        picked=pick and pick["picture"],
        missing=missing and missing["have"],
    )


def masking(data: bytes, *, key: str, scene: str, shape: tuple[int, int]) -> Mask | None:
    """Show the message `data` (from `pack_mask`) on the sheet called `key`; what was painted on this `scene`, if anything."""
    return read_mask(_sheet()(key=key, data=data, on_mask_change=_nothing), scene, shape)


def read_mask(said: Mapping[str, Any], scene: str, shape: tuple[int, int]) -> Mask | None:
    """The sheet's report as a Mask; None before anything was painted on this scene."""
    told = said.get("mask")
    if not told or told["scene"] != scene:
        return None
    bits = np.unpackbits(np.frombuffer(base64.b64decode(told["bits"]), np.uint8))[: shape[0] * shape[1]]
    return Mask(bits.reshape(shape).astype(bool), int(told["count"]))


def _text(folder: Path, names: tuple[str, ...], ending: str) -> str:
    return "\n".join((folder / f"{name}.{ending}").read_text(encoding="utf-8") for name in names)


@cache
def _easel() -> Any:
    """The component, registered at its first use, so that importing this module needs no running server."""
    return _registered("easel", EASEL)


@cache
def _sheet() -> Any:
    return _registered("mask", SHEET)


def _registered(name: str, scripts: tuple[str, ...]) -> Any:
    script = _text(stage.HERE, SHARED, "js") + "\n" + _text(HERE, scripts, "js")
    css = _text(stage.HERE, ("stage",), "css") + "\n" + _text(HERE, ("easel",), "css")
    return st.components.v2.component(name, html=_text(HERE, (name,), "html"), css=css, js=script)


def _nothing() -> None:
    """Reports are read from the return value; Streamlit wants a callback for each name."""
