"""Choose what to learn: a built-in set, a drawing, or a file of one's own.

`choose` draws the controls and returns what was chosen as a `Shelved`: the Dataset, the brush if points are being drawn,
and the lines of Python that make the same Dataset. Nothing already on screen is lost to a file that cannot be used.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, TypeVar

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.data import builtin, clinic
from core.data.read import ReadError, Table, read
from core.data.readers.dates import ORDERS, Order
from core.data.readers.table import display_name
from core.data.recode import unordered
from core.data.summary import summary
from core.dataset import Dataset
from core.key import Key
from core.options import Option, Range, check, options
from playground import controls, session
from playground.instruments.stage import Brush
from playground.shelf import sketch

Read = TypeVar("Read")
DRAWN, UPLOAD = "drawn", "upload"
TYPES = ["csv", "tsv", "txt", "parquet", "npy", "npz"]


@dataclass(frozen=True)
class Amount:
    """How much of a toy to learn from."""

    n: Annotated[int, Range(10, 20_000, "Points n", step=100, more=True)] = 1000
    draw: Annotated[int, Range(0, 9999, "Draw of the data", "The seed of the points.", more=True)] = 0

    def __post_init__(self) -> None:
        """Raise ValueError for an amount outside its declaration."""
        check(self)


@dataclass(frozen=True)
class Shelved:
    """What was chosen: a `dataset` (None while a drawing has too few points), a `brush` to draw with, and its `code`."""

    dataset: Dataset | None
    code: str
    brush: Brush | None = None

    @property
    def dim(self) -> int:
        """The number of columns."""
        return self.dataset.dim if self.dataset else 2


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
    for other, link in ((DRAWN, "points"), (UPLOAD, "digest"), (UPLOAD, "file")):
        if name != other:
            session.put_in_link(link, None)
    if name == DRAWN:
        return drawn(dims)
    if name == UPLOAD:
        return uploaded(dims, default)
    return shelved(name or default, dims)


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


def shelved(name: str, dims: tuple[int, ...]) -> Shelved:
    """A built-in set, with two columns picked where it has more."""
    asked = amount()
    dataset = _load(name, asked.n, asked.draw)
    code = f"dataset = builtin.load({name!r}"
    code += f", n={asked.n}, key=Key({asked.draw}))" if name in builtin.TOYS else ")"
    if dataset.dim not in dims:
        picked = columns(dataset.columns, dataset.columns[-max(dims) :], dims)
        dataset = builtin.columns(dataset, picked)
        code += f"\ndataset = builtin.columns(dataset, {picked!r})"
    return Shelved(dataset, code)


@st.cache_data(show_spinner=False, max_entries=64)
def _load(name: str, n: int, draw: int) -> Dataset:
    return builtin.load(name, n, Key(draw))


def columns(names: tuple[str, ...], preset: tuple[str, ...], dims: tuple[int, ...]) -> tuple[str, ...]:
    """Pick the column across and, where the page allows, a second one or none."""
    left, right = st.columns(2) if 2 in dims else (st.container(), st.container())
    across = pick_one(left, "Across" if 2 in dims else "Column", "across", names, preset[0])
    if 2 not in dims:
        return (across,)
    none = "(none: 1-D)"
    rest = ([none] if 1 in dims else []) + [name for name in names if name != across]
    up = pick_one(right, "Up", "up", rest, preset[1] if len(preset) > 1 and preset[1] in rest else rest[0])
    return (across,) if up == none else (across, up)


def pick_one(place: DeltaGenerator, label: str, key: str, names: Sequence[str], default: str) -> str:
    """A select box bound to the link; says so if a fresh session's link asks for a name that is not there."""
    asked = session.recall(f"asked.{key}", lambda: session.from_link(key))
    if asked and asked not in names:
        place.warning(f"In this link: there is no column called {session.plain(asked[:40])} to put {key}.")
    return place.selectbox(label, names, names.index(default), key=key, bind="query-params") or default


def drawn(dims: tuple[int, ...]) -> Shelved:
    """Points being drawn on the stage; they live in the link."""
    flat = 2 not in dims or (1 in dims and st.toggle("Use x alone (1-D)", key="flat", bind="query-params"))
    text = session.recall("drawing", lambda: session.from_link("points") or "")
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


def uploaded(dims: tuple[int, ...], default: str) -> Shelved:
    """A file of one's own: read it, show what was understood, pick columns; a refusal leaves the last choice standing."""
    file = st.file_uploader("Your file (CSV, TSV, Parquet, NPY, NPZ; at most 20 MB)", TYPES, key="file")
    link = session.recall("asked.file", lambda: (session.from_link("digest") or "", session.from_link("file") or ""))
    last: Shelved | None = session.recall(f"upload.last{dims}", lambda: None)
    if file is None:
        if last is None and link[0]:
            st.warning(f"This link was made with {named(*link)}; upload that file to see the same screen.")
            return Shelved(None, "")
        return last or shelved(default, dims)
    try:
        with st.spinner("Reading the file..."):
            table = read_once("tables", file.name, file.getvalue(), read)
        picked, label = pick(table, dims)
        order, clear = date_order(table, picked)
        if not clear:
            return last or shelved(default, dims)
        most = clinic.LIMIT if 2 in dims else clinic.LIMIT_ALONE
        spec = (table.digest, picked, label, order, most)
        dataset, said = session.once(
            "admitted", spec, lambda: clinic.admit(table, picked, label, Key(0), most, dates=order)
        )
    except (ReadError, clinic.ClinicError) as error:
        st.error(session.plain(str(error)))
        standing = last or shelved(default, dims)
        if standing.dataset is not None:
            st.caption(f"What is on show is still {session.plain(standing.dataset.title)}.")
        return standing
    understood(table, said)
    if link[0] and link[0] != table.digest == session.recall("first.file", lambda: table.digest):
        st.warning(f"The link was made with {named(*link)} and this is another file, so the screen differs.")
    session.put_in_link("digest", table.digest)
    session.put_in_link("file", table.name)
    asked = (f", {most}" if most != clinic.LIMIT else "") + (f", dates={order!r}" if order else "")
    code = (
        f"table = read({table.name!r}, Path({table.name!r}).read_bytes())\n"
        f"dataset, notes = clinic.admit(table, {picked!r}, {label!r}, Key(0){asked})"
    )
    chosen = Shelved(dataset, code)
    session.hold(f"upload.last{dims}", chosen)
    return chosen


def named(digest: str, name: str) -> str:
    """The file that a link speaks of, in words."""
    called = f"the file {session.plain(display_name(name))}" if name else "somebody's own file"
    return f"{called} (digest {session.plain(digest[:12])})"


def understood(table: Table, said: Sequence[str]) -> None:
    """What the clinic made of a file: what was done to the chosen columns, and every column under a lid."""
    if said:
        st.caption(session.plain(" ".join(said)))
    count = len(table.columns)
    with st.expander(f"Understood: {table.rows:,} rows, {count} column{'s' * (count != 1)}"):
        st.dataframe(session.once("summary", table.digest, lambda: summary(table)), hide_index=True, placeholder="")
        for note in table.notes:
            st.caption(session.plain(note))


def pick(table: Table, dims: tuple[int, ...]) -> tuple[tuple[str, ...], str | None]:
    """The one or two columns to learn from, and the column that labels the rows."""
    proposal, names, words = session.once(
        "offered", table.digest, lambda: (clinic.propose(table), clinic.number_names(table), clinic.label_names(table))
    )
    if len(names) < min(dims):
        raise clinic.ClinicError(f"{table.name} has one column of numbers and two are needed here.")
    picked = columns(names, proposal.columns if 2 in dims else (proposal.alone,), dims)
    labels, none = [name for name in words if name not in picked], "(none)"
    label = st.selectbox("Label", [none, *labels], key="label", bind="query-params") if labels and 2 in dims else none
    return picked, None if label in (none, None) else label


def date_order(table: Table, picked: tuple[str, ...]) -> tuple[Order | None, bool]:
    """How dates are written that could be read in two ways, asked of the person, and whether that is clear."""
    if not session.once("unordered", (table.digest, picked), lambda: any(unordered(table[name]) for name in picked)):
        return None, True
    order = st.segmented_control("Dates are written", ORDERS, key="dates", bind="query-params")
    if order is None:
        st.caption("Every date fits both ways, so the file alone cannot say; choose one to go on.")
    return order, order is not None


def read_once(held: str, name: str, raw: bytes, reader: Callable[[str, bytes], Read]) -> Read:
    """What `reader` makes of a file, or its ReadError: asked once, and kept in the session under `held`."""

    def attempt() -> Read | ReadError:
        try:
            return reader(name, raw)
        except ReadError as error:
            return error

    found = session.once(held, session.fingerprint(name.encode() + b"\0" + raw), attempt)
    if isinstance(found, ReadError):
        raise found
    return found
