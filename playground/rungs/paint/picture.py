"""One picture to work on: from the set, of one's own, drawn, or one that was just painted."""

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from playground import session
from playground.instruments.easel import bytes_of
from playground.rungs.paint.screen import NAME, Screen
from playground.shelf import picture
from playground.shelf.picture import Chosen

if TYPE_CHECKING:
    from core.diffusion.noise.target import Denoiser

SET, PAINTED, UPLOAD, DRAWN = "Of the set", "Painted", "Upload", "Draw"
OWN = "painted"  # begins the id of a picture from the easel
WAYS = (PAINTED, SET, UPLOAD, DRAWN)


def choose(screen: Screen) -> Chosen:
    """The controls that choose a picture, and the picture."""
    pictures = screen.pictures
    way = st.segmented_control(
        "Picture", WAYS, default=WAYS[0], key="way", bind="query-params", required=True, wrap=True
    )
    if way == PAINTED and (own := painted(screen)) is not None:
        return own
    if way == UPLOAD and (own := picture.uploaded(NAME, pictures)) is not None:
        return own
    if way == DRAWN and (own := picture.drawn(NAME, pictures)) is not None:
        return own
    n = len(pictures)
    if way == SET:
        session.settle("row", range(1, n + 1), 1)
        st.number_input(f"Its number, 1 to {n:,}", 1, n, 1, key="row", bind="query-params", width=180)
    row = int(session.widget("row") or 1) - 1
    x = pictures.pixels[row] / (pictures.levels - 1)
    return Chosen(x, f"{pictures.digest}-{row}", f"Picture {row + 1:,} of the set", row)


def denoiser(screen: Screen, chosen: Chosen) -> "Denoiser":
    """The painter for work on a picture: told the words if it painted the picture by them, else told nothing."""
    return screen.denoiser() if chosen.id.startswith(OWN) else screen.painter.told(None)


def note(screen: Screen, chosen: Chosen) -> str:
    """What the painter is told, in a sentence."""
    if chosen.id.startswith(OWN) and screen.labels is not None:
        return "The painter is told the words above, by which it painted this picture."
    return "The painter is told nothing of what is in this picture."


def painted(screen: Screen) -> Chosen | None:
    """The picture chosen on the easel, when it is finished."""
    ends = screen.ends()
    if ends is None:
        st.caption("The pictures are not finished yet; meanwhile, one of the set.")
        return None
    row = min(screen.picked, len(ends) - 1)
    x = np.asarray(ends[row])
    name = session.fingerprint(x.tobytes()).hex()[:12]
    st.caption(f"Picture {row + 1} of the easel; choose another there.")
    return Chosen(x, f"{OWN}-{name}", f"Painted picture {row + 1}")


def crisp(x: np.ndarray) -> np.ndarray:
    """A picture (c, h, w) as 8-bit pixels, large and crisp: (H, W, c) or (H, W)."""
    pixels = np.moveaxis(bytes_of(x[None])[0], 0, -1)
    times = max(1, 128 // pixels.shape[1])
    large = pixels.repeat(times, axis=0).repeat(times, axis=1)
    return large[..., 0] if large.shape[2] == 1 else large
