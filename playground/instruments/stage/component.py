"""Mounts the stage and reads back where the hand and the playhead came to rest."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import streamlit as st

HERE: Final = Path(__file__).parent
SCRIPTS: Final = (  # concatenated in this order into one module; each file is one idea
    "codec",
    "colour",
    "geometry",
    "discs",
    "field",
    "shapes",
    "mixture",
    "slice",
    "clock",
    "paint",
    "chart",
    "readout",
    "hands",
    "brush",
    "zoom",
    "panel",
    "main",
)
GRID: Final = 4096  # drawn points lie on a GRID x GRID lattice over the bounds


@dataclass(frozen=True, eq=False)
class Result:
    """What the stage has reported for the scene it shows; None where nothing was reported.

    `frame` is where the playhead rests in recording `run`: compare `run` with the recording you hold before you use it.
    `handles` (k, 2) and `drawn` (points in the unit square, classes) stand until the scene's id changes. `missing` lives
    for one script run: send the frames from that index on.
    """

    frame: int | None = None
    handles: np.ndarray | None = None
    drawn: tuple[np.ndarray, np.ndarray] | None = None
    missing: int | None = None
    run: str | None = None


def stage(data: bytes, *, key: str, scene: str) -> Result:
    """Show the message `data` (from `pack`, for the Scene whose id is `scene`) on the stage called `key`."""
    said = _component()(
        key=key,
        data=data,
        on_rest_change=nothing,
        on_hands_change=nothing,
        on_drawn_change=nothing,
        on_missing_change=nothing,
    )
    return read(said, scene)


def read(said: Mapping[str, Any], scene: str) -> Result:
    """The component's reports as a Result, leaving out what was said about another scene."""
    here = {name: v for name in ("rest", "hands", "drawn") if (v := said.get(name)) and v["scene"] == scene}
    rest, missing = here.get("rest"), said.get("missing")
    return Result(
        frame=rest and rest["frame"],
        handles=np.array(here["hands"]["xy"], float).reshape(-1, 2) if "hands" in here else None,
        drawn=_drawn(here["drawn"]["points"]) if "drawn" in here else None,
        missing=missing and missing["have"],
        run=rest and rest["run"],
    )


def _drawn(text: str) -> tuple[np.ndarray, np.ndarray]:
    """Points in the unit square and classes, from base64: n uint16 pairs on the lattice, then n uint8 classes."""
    raw = base64.b64decode(text)
    n = len(raw) // 5
    lattice = np.frombuffer(raw, "<u2", 2 * n).reshape(n, 2)
    return lattice / (GRID - 1), np.frombuffer(raw, "u1", n, 4 * n).copy()


@cache
def _component() -> Any:
    """The component, registered at its first use, so that importing this module needs no running server."""
    html, css, js = (
        together(HERE, names, kind) for names, kind in ((("stage",), "html"), (("stage",), "css"), (SCRIPTS, "js"))
    )
    return st.components.v2.component("stage", html=html, css=css, js=js)


def together(folder: Path, names: Sequence[str], kind: str) -> str:
    """The files of these names in a folder, one after the other."""
    return "\n".join((folder / f"{name}.{kind}").read_text(encoding="utf-8") for name in names)


def nothing() -> None:
    """Reports are read from the return value; Streamlit wants a callback for each name."""
