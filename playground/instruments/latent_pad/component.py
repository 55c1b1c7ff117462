"""Mounts the latent pad and reads back where the hand and the playhead came to rest."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np

from playground.instruments.parts.component import PICTURES, PLANE, about, playhead, playing, registered, show

HERE: Final = Path(__file__).parent
SCRIPTS: Final = (
    "decoder/floats",
    "decoder/network",
    "decoder/picture",
    "codes",
    "decoder/manifold",
    "overlays",
    "path/sheets",
    "path/path",
    "marker",
    "knobs",
    "twin",
    "keep",
    "main",
)


@dataclass(frozen=True, eq=False)
class Said:
    """What the pad has reported for the plane it shows; None where nothing was reported.

    `z` (d,) is where the hand came to rest and `labels` the condition it holds (an index for each), `axes` the two
    dimensions it looks at, `point` the datum whose code it holds. `frame` is where the playhead rests in training run
    `run`. `missing` lives for one script run: send the snapshots from that index on.
    """

    z: np.ndarray | None = None
    labels: tuple[int, ...] | None = None
    axes: tuple[int, int] | None = None
    point: int | None = None
    frame: int | None = None
    run: str | None = None
    missing: int | None = None


def latent_pad(data: bytes, *, key: str, plane: str) -> Said:
    """Show the message `data` (from `pack`, for the Plane whose id is `plane`) on the pad called `key`."""
    return read(show(_component(), data, key=key, reports=("rest", "hand", "missing")), plane)


def read(said: Mapping[str, Any], plane: str) -> Said:
    """The component's reports as a Said, leaving out what was said about another plane."""
    hand = about(said, plane, "hand").get("hand")
    return Said(
        **playhead(said, plane),
        z=hand and np.array(hand["z"], float),
        labels=hand and tuple(hand["labels"]),
        axes=hand and (hand["axes"][0], hand["axes"][1]),
        point=hand and hand["point"],
    )


@cache
def _component() -> Any:
    """The component, registered at its first use, so that importing this module needs no running server."""
    html = playing(HERE / "pad.html", back=",", forward=".")
    return registered("latent_pad", PLANE + PICTURES, html, HERE, SCRIPTS, ("pad", "path/path"))
