"""The picture that is encoded: one of the set by its number or a press on the pad, one from a file, or a drawing."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.data.images import Pictures
from playground import session
from playground.rungs.vae.screen import NAME
from playground.shelf import picture
from playground.shelf.picture import Chosen

SET, UPLOAD, DRAWN = WAYS = ("From the set", "Upload one", "Draw one")


def choose(pictures: Pictures) -> tuple[Chosen, DeltaGenerator]:
    """The controls that choose a picture.

    The picture, and the place for what the model makes of it: beside a file or a sheet, under them on a phone.
    """
    with st.container(horizontal=True, gap="medium"):
        way = st.segmented_control(
            "Encode a picture", WAYS, default=SET, key="encode", bind="query-params", required=True
        )
        row = picture.numbered(pictures, way == SET, "Or press a point on the plane.")
    labels, classes = pictures.labels, pictures.classes
    word = f", a {classes[int(labels[row])]}" if classes and labels is not None else ""
    found = picture.of_set(pictures, row, f"Picture {row + 1:,}{word}")
    if way == SET:
        return found, st.container()
    left, right = st.columns([1, 1.2], gap="small")
    with left.container(key="own-picture"):  # which has room for all that comes with a file: server/page.css
        own = (picture.uploaded if way == UPLOAD else picture.drawn)(NAME, pictures)
    place, below = right.container(), right.container()
    if own is None:
        below.caption(f"Until then: picture {row + 1:,} of the set{session.plain(word)}.")
    return own or found, place


def press(row: int) -> bool:
    """A picture was pressed on the pad: it is the chosen one from the next run on; whether it was not yet."""
    if session.widget("row") == row + 1 and session.widget("encode", SET) == SET:
        return False
    session.hold(f"{NAME}.pressed", row)
    return True


def take_pressed() -> None:
    """Let a picture that was pressed on the pad be the chosen one (before the widgets are drawn)."""
    row = session.recall(f"{NAME}.pressed", lambda: None)
    if row is not None:
        session.hold(f"{NAME}.pressed", None)
        session.set_widgets({"row": row + 1, "encode": SET})
