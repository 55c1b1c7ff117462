"""The picture that is encoded: one of the set by its number or a press on the pad, one from a file, or a drawing."""

import streamlit as st

from core.data.images import Pictures
from playground import session
from playground.rungs.vae.screen import NAME
from playground.shelf import picture
from playground.shelf.picture import Chosen

SET, UPLOAD, DRAWN = WAYS = ("From the set", "Upload one", "Draw one")


def choose(pictures: Pictures) -> Chosen:
    """The controls that choose a picture, and the picture."""
    with st.container(horizontal=True, gap="medium"):
        way = st.segmented_control(
            "Encode a picture", WAYS, default=SET, key="encode", bind="query-params", required=True
        )
        row = picture.numbered(pictures, way == SET, "Or press a point on the plane.")
    if way == UPLOAD and (own := picture.uploaded(NAME, pictures)) is not None:
        return own
    if way == DRAWN and (own := picture.drawn(NAME, pictures)) is not None:
        return own
    labels, classes = pictures.labels, pictures.classes
    word = f", a {classes[int(labels[row])]}" if classes and labels is not None else ""
    return picture.of_set(pictures, row, f"Picture {row + 1:,}{word}")


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
