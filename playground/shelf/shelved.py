"""What was chosen to learn from, and which of its columns."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.dataset import Dataset
from playground import session
from playground.instruments.stage import Brush


@dataclass(frozen=True)
class Shelved:
    """What was chosen: a `dataset` (None while a drawing has too few points), a `brush` to draw with, and its `code`.

    `pandas` reads the same rows of a file of one's own without us; "" for everything else.
    """

    dataset: Dataset | None
    code: str
    brush: Brush | None = None
    pandas: str = ""

    @property
    def dim(self) -> int:
        """The number of columns."""
        return self.dataset.dim if self.dataset else 2


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
    asked = session.recall(f"asked.{key}", lambda: session.from_link(key), screen=True)
    if asked and asked not in names:
        place.warning(f"In this link: there is no column called {session.plain(asked[:40])} to put {key}.")
    session.settle(key, names, default)
    return place.selectbox(label, names, names.index(default), key=key, bind="query-params") or default
