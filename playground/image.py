"""A picture on the page, its bytes in the message that shows it."""

import base64
import io
from typing import Literal

import numpy as np
import streamlit as st
from PIL import Image


def show(picture: bytes | np.ndarray, alt: str, width: int | Literal["stretch"], caption: str | None = None) -> None:
    """A PNG, or 8-bit pixels (h, w) or (h, w, 3), exactly, `width` CSS pixels wide or as wide as its place."""
    png = picture if isinstance(picture, bytes) else written(picture)
    st.image(carried(png), caption=caption, width=width, alt=alt)


def carried(png: bytes) -> str:
    """An address that is the picture itself.

    Streamlit would serve it at an address of its own and forget it at the next run: a browser that asks late, or asks
    another of several processes, then finds nothing.
    """
    return "data:image/png;base64," + base64.b64encode(png).decode()


def written(pixels: np.ndarray) -> bytes:
    """8-bit pixels as a PNG."""
    out = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(out, "png")
    return out.getvalue()
