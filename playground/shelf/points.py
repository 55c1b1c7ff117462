"""Choose what to learn: a built-in set, a drawing, or a file of one's own.

`choose` draws the controls and returns what was chosen as a `Shelved`: the Dataset, the brush if points are being drawn,
and the lines of Python that make the same Dataset. Nothing already on screen is lost to a file that cannot be used.
"""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import streamlit as st

from core.data import builtin
from core.dataset import Dataset
from core.key import Key
from core.options import Option, Range, check, options
from playground import controls, session
from playground.instruments.stage import Brush
from playground.shelf import sketch
from playground.shelf.shelved import Shelved, columns
from playground.shelf.upload import uploaded

DRAWN, UPLOAD = "drawn", "upload"


@dataclass(frozen=True)
class Amount:
    """How much of a toy to learn from."""

    n: Annotated[int, Range(10, 20_000, "Points n", step=100, more=True)] = 1000
    draw: Annotated[int, Range(0, 9999, "Draw of the data", "The seed of the points.", more=True)] = 0

    def __post_init__(self) -> None:
        """Raise ValueError for an amount outside its declaration."""
        check(self)


def titles(dims: tuple[int, ...]) -> dict[str, str]:
    """The sets a page of models for `dims` columns can use: those, and wider ones from which columns are picked."""
    sets = {name: title for name, title in builtin.NAMES.items() if builtin.dim(name) in dims or wider(name, dims)}
    return sets | {DRAWN: "Draw your own", UPLOAD: "Your own file"}


def wider(name: str, dims: tuple[int, ...]) -> bool:
    """Whether a real set has more columns than a page takes, which are then picked."""
    return name in builtin.REAL and builtin.dim(name) > max(dims)


def choose(dims: tuple[int, ...], default: str) -> Shelved:
    """The controls that choose a data set of `dims` columns, and what was chosen."""
    words = titles(dims)
    names = list(words)
    name = st.selectbox("Data", names, names.index(default), words.__getitem__, key="data", bind="query-params")
    for other, link in ((DRAWN, "points"), (UPLOAD, "digest"), (UPLOAD, "file"), (UPLOAD, "read")):
        if name != other:
            session.put_in_link(link, None)
    if name == DRAWN:
        return drawn(dims)
    if name == UPLOAD:
        return uploaded(dims, lambda: shelved(default, dims, Amount()))
    return shelved(name or default, dims, amount())


def more(name: str) -> None:
    """The controls of a toy that belong under "More"."""
    if name in builtin.TOYS:
        controls.draw(Amount(), more=True)


def amount() -> Amount:
    """How many points of a toy, and which draw of them; as set under "More"."""
    held = ((option, session.widget(option.name)) for option in options(Amount))
    return Amount(*(linked(option) if value is None else value for option, value in held))


def linked(option: Option) -> int:
    """What the link says of a widget that holds nothing (not drawn yet, or emptied), or the default."""
    try:
        return option.parse(session.from_link(option.name) or str(option.default))
    except ValueError:
        return option.default


def shelved(name: str, dims: tuple[int, ...], asked: Amount) -> Shelved:
    """A built-in set, of a toy as much as `asked`, with two columns picked where it has more."""
    dataset = _load(name, asked.n, asked.draw)
    code = f"dataset = builtin.load({name!r}"
    code += f", n={asked.n}, key=Key({asked.draw}))" if name in builtin.TOYS else ")"
    if dataset.dim not in dims:
        picked = columns(dataset.columns, dataset.columns[-max(dims) :], dims)
        dataset = builtin.columns(dataset, picked)
        code += f"\ndataset = builtin.columns(dataset, {picked!r})"
    return Shelved(dataset, code)


@st.cache_resource(show_spinner=False, max_entries=64)  # a frozen value, and the same for all
def _load(name: str, n: int, draw: int) -> Dataset:
    return builtin.load(name, n, Key(draw))


def drawn(dims: tuple[int, ...]) -> Shelved:
    """Points being drawn on the stage; they live in the link."""
    flat = 2 not in dims or (1 in dims and st.toggle("Use x alone (1-D)", key="flat", bind="query-params"))
    linked = session.from_link("points") or ""
    taken = session.recall("points.taken", lambda: not session.turn(), screen=True)
    text = session.recall("drawing", lambda: linked) if taken else linked
    session.hold("points.taken", True, screen=True)
    if text and sketch.decode(text) is None:
        st.warning(
            "The drawing in this link is damaged, so the sheet is empty; draw again or ask for the link once more."
        )
        text = ""
    session.hold("drawing", text)
    session.put_in_link("points", text or None)
    points = sketch.decode(text)
    xy, cls = points if points else (None, None)
    brush = Brush(classes=sketch.CLASSES, xy=xy, cls=cls, name="drawing")
    st.caption("Draw on the stage; the fit follows when you let go. Ten points or more make a data set.")
    return Shelved(sketch.dataset(text, flat), f"dataset = sketch.dataset({text!r}, flat={flat})", brush)


def draw(xy: np.ndarray, cls: np.ndarray) -> bool:
    """Take what the brush reported as the session's drawing; whether it is a new one (the page's next run links it)."""
    text = sketch.encode(xy, cls) if len(xy) else ""
    if text == session.recall("drawing", str):
        return False
    session.hold("drawing", text)
    return True
