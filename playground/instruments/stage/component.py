"""Mounts the stage and reads back where the hand and the playhead came to rest."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np

from playground.instruments.parts.component import BRUSH, PLANE, about, playhead, playing, registered, show

HERE: Final = Path(__file__).parent
SCRIPTS: Final = ("hands", "slice", "outline", "brush", "tools", "pointer", "keep", "main")  # each file is one idea
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
    return read(show(_component(), data, key=key, reports=("rest", "hands", "drawn", "missing")), scene)


def read(said: Mapping[str, Any], scene: str) -> Result:
    """The component's reports as a Result, leaving out what was said about another scene."""
    here = about(said, scene, "hands", "drawn")
    return Result(
        **playhead(said, scene),
        handles=np.array(here["hands"]["xy"], float).reshape(-1, 2) if "hands" in here else None,
        drawn=_drawn(here["drawn"]["points"]) if "drawn" in here else None,
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
    return registered("stage", PLANE + BRUSH, playing(HERE / "stage.html"), HERE, SCRIPTS, ("stage",))
