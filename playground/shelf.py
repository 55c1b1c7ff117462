"""Choose what to learn: a built-in set, a drawing, or a file of one's own.

`choose` draws the controls and returns what was chosen as a `Shelved`: the Dataset, the brush if points are being drawn,
and the lines of Python that make the same Dataset. Nothing already on screen is lost to a file that cannot be used.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.data import builtin, clinic
from core.data.dataset import Dataset
from core.data.read import ReadError, Table, read
from core.data.summary import summary
from core.key import Key
from core.options import Option, Range, check, options
from playground import controls, session, sketch
from playground.stage import Brush

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
    for other, link in ((DRAWN, "points"), (UPLOAD, "digest")):
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
    last: Shelved = session.recall(f"upload.last{dims}", lambda: shelved(default, dims))
    if file is None:
        asked = session.from_link("digest")
        if asked and last.dataset is not None and not last.dataset.name.startswith("file-"):
            st.info(
                f"This link was made with somebody's own file (digest {asked[:12]}); upload it to see the same screen."
            )
        return last
    try:
        with st.spinner("Reading the file..."):
            table = _read(file.name, file.getvalue())
        picked, label = pick(table, dims)
        dataset, said = clinic.admit(table, picked, label, Key(0))
    except (ReadError, clinic.ClinicError) as error:
        st.error(session.plain(str(error)))
        return last
    count = len(table.columns)
    with st.expander(f"Understood: {table.rows:,} rows, {count} column{'s' * (count != 1)}"):
        st.dataframe(summary(table), hide_index=True)
        for note in (*table.notes, *said):
            st.caption(session.plain(note))
    session.put_in_link("digest", table.digest)
    code = (
        f"table = read({table.name!r}, Path({table.name!r}).read_bytes())\n"
        f"dataset, notes = clinic.admit(table, {picked!r}, {label!r}, Key(0))"
    )
    chosen = Shelved(dataset, code)
    session.hold(f"upload.last{dims}", chosen)
    return chosen


def pick(table: Table, dims: tuple[int, ...]) -> tuple[tuple[str, ...], str | None]:
    """The one or two numeric columns and the label column to use."""
    proposal = clinic.propose(table)
    numbers = tuple(column.name for column in table.columns if column.kind == "number")
    words = [column.name for column in table.columns if column.kind == "category"]
    picked = columns(numbers, proposal.columns, dims)
    none = "(none)"
    label = st.selectbox("Label", [none, *words], key="label", bind="query-params") if words else none
    return picked, None if label in (none, None) else label


def _read(name: str, raw: bytes) -> Table:
    """The table in a file, read once a session."""
    held: dict[bytes, Table | ReadError] = session.recall("tables", dict)
    digest = session.fingerprint(name.encode() + b"\0" + raw)
    if digest not in held:
        held.clear()
        try:
            held[digest] = read(name, raw)
        except ReadError as error:
            held[digest] = error
    found = held[digest]
    if isinstance(found, ReadError):
        raise found
    return found
