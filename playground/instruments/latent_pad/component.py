"""Mounts the latent pad and reads back where the hand and the playhead came to rest."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import streamlit as st

from playground.instruments.stage import component as stage

HERE: Final = Path(__file__).parent
SHARED: Final = tuple(name for name in stage.SCRIPTS if name != "main")  # the pad is a stage with another hand
SCRIPTS: Final = (
    "floats",
    "network",
    "picture",
    "codes",
    "manifold",
    "overlays",
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
    said = _component()(
        key=key,
        data=data,
        on_rest_change=stage.nothing,
        on_hand_change=stage.nothing,
        on_missing_change=stage.nothing,
    )
    return read(said, plane)


def read(said: Mapping[str, Any], plane: str) -> Said:
    """The component's reports as a Said, leaving out what was said about another plane."""
    here = {name: v for name in ("rest", "hand") if (v := said.get(name)) and v["scene"] == plane}
    rest, hand, missing = here.get("rest"), here.get("hand"), said.get("missing")
    return Said(
        z=hand and np.array(hand["z"], float),
        labels=hand and tuple(hand["labels"]),
        axes=hand and (hand["axes"][0], hand["axes"][1]),
        point=hand and hand["point"],
        frame=rest and rest["frame"],
        run=rest and rest["run"],
        missing=missing and missing["have"],
    )


@cache
def _component() -> Any:
    """The component, registered at its first use, so that importing this module needs no running server."""
    script = stage.together(stage.HERE, SHARED, "js") + "\n" + stage.together(HERE, SCRIPTS, "js")
    css = stage.together(stage.HERE, ("stage",), "css") + "\n" + stage.together(HERE, ("pad",), "css")
    return st.components.v2.component("latent_pad", html=stage.together(HERE, ("pad",), "html"), css=css, js=script)
