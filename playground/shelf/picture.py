"""One picture to look at closely: by its number in the set, from a file, or drawn with the brush."""

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import streamlit as st
from jaxtyping import Float

from core.data import picture_clinic
from core.data.examine import ClinicError
from core.data.images import Pictures
from core.data.read import ReadError
from core.data.readers.pictures.read import read_pictures
from playground import session
from playground.instruments.stage import Brush, Scene
from playground.runs import film
from playground.shelf import ink
from playground.shelf.reading import offer_again, read_once

KINDS = ["png", "jpg", "jpeg", "webp"]


@dataclass(frozen=True, eq=False)
class Chosen:
    """A picture `x` (c, h, w) in [0, 1]; its `row` in the set (None: not of it), `id` names it, `title` says it."""

    x: Float[np.ndarray, "c h w"]
    id: str
    title: str
    row: int | None = None


def of_set(pictures: Pictures, row: int, title: str) -> Chosen:
    """A picture of the set."""
    return Chosen(pictures.pixels[row] / (pictures.levels - 1), f"{pictures.digest}-{row}", title, row)


def numbered(pictures: Pictures, visible: bool, hint: str | None = None) -> int:
    """The row of the set that is chosen, from 0; its control, with a `hint`, is drawn where it is `visible`."""
    n = len(pictures)
    if visible:
        session.settle("row", range(1, n + 1), 1)
        st.number_input(f"Its number, 1 to {n:,}", 1, n, 1, key="row", bind="query-params", help=hint, width=180)
    return last_row()


def last_row() -> int:
    """The row of the set that was chosen last, from 0."""
    return int(session.widget("row") or 1) - 1


def uploaded(name: str, pictures: Pictures) -> Chosen | None:
    """A picture of one's own, cut and lit to be like those of the set; None without one that can be read."""
    file = st.file_uploader("A picture to encode", KINDS, key=f"{name}.own", max_upload_size=8)
    if file is None:
        return None
    inverted = bool(session.widget(f"{name}.inverted"))
    try:
        raw = read_once(f"{name}.raw", file.name, file.getvalue(), read_pictures)
        cut = replace(picture_clinic.propose(raw), crop="fit", light="inverted" if inverted else "as it is")
        x = picture_clinic.like(raw, pictures, cut)[0] / (pictures.levels - 1)
    except (ReadError, ClinicError, ValueError) as error:
        st.error(session.plain(str(error)))
        offer_again(error, f"{name}.raw")
        return None
    if not inverted and ink.against(x, pictures):
        st.caption(f"Mean brightness {x.mean():.2f}, and these pictures are {words(pictures)}.")
        st.button("Invert", key=f"{name}.invert", icon=":material/invert_colors:", on_click=partial(invert, name))
    else:
        st.toggle("Invert it", key=f"{name}.inverted", help="Turns black on white into white on black.")
    return Chosen(x, f"own-{raw.digest}-{inverted}-{pictures.digest}", "Your picture")


def words(pictures: Pictures) -> str:
    """How the pictures of a set are drawn."""
    return "bright on dark" if ink.ground(pictures) < 0.5 else "dark on bright"


def invert(name: str) -> None:
    """Turn the light of the picture of one's own."""
    session.set_widgets({f"{name}.inverted": True})


def drawn(name: str, pictures: Pictures) -> Chosen | None:
    """A picture drawn with the brush, in the light of the set: white on black, or black on white."""
    brush = Brush(classes=("ink",), size=0.07, jitter=0.0, points_per_second=250.0, name=f"{name}.ink")
    scene = Scene(f"{name}.sheet", [[0, 1], [0, 1]], (), ("", ""), brush=brush, alt="A sheet to draw a picture on")
    with st.container(width=300):
        said = film.still(f"{name}.sheet", scene)
    points = (
        said.drawn[0]
        if said.drawn is not None
        else session.recall(f"{name}.ink", lambda: np.zeros((0, 2)), screen=True)
    )
    session.hold(f"{name}.ink", points, screen=True)
    if not len(points):
        st.caption("Draw, and let go.")
        return None
    x = ink.painted(points, pictures)
    return Chosen(x, f"drawn-{session.fingerprint(points.tobytes()).hex()[:12]}-{pictures.digest}", "Your drawing")
